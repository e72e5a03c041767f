//! Runs the programs, writes down what was typed and answered, and holds each answer against its shape.

use crate::names::Names;
use crate::program::{end, first_line, line, short, talk};
use crate::shape;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use tempfile::TempDir;
use toso_tests::binary::program;

/// Answers longer than this stand on several lines.
const WIDE: usize = 110;

/// Somebody with a profile and what opens it.
#[derive(Debug, Clone, Copy)]
pub struct Who {
    pub profile: &'static str,
    pub pin: &'static str,
}

/// The bench.
pub struct Bench {
    home: TempDir,
    out: String,
    pub names: Names,
    /// Calls that stand in the transcript, and those that answered a list with something in it.
    called: BTreeSet<String>,
    lists: BTreeMap<String, bool>,
    hub: Option<(Child, ChildStdout)>,
    pub url: String,
    /// Fields of the next answer that get names of their own.
    naming: Vec<(&'static str, &'static str)>,
}

impl Bench {
    pub fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut names = Names::default();
        names.know(home.path().to_str().unwrap(), "DIR");
        Self {
            home,
            out: String::new(),
            names,
            called: BTreeSet::new(),
            lists: BTreeMap::new(),
            hub: None,
            url: "http://127.0.0.1:0".to_owned(),
            naming: Vec::new(),
        }
    }

    /// Names fields of the next answer before it is shown.
    pub fn naming(&mut self, fields: &[(&'static str, &'static str)]) {
        self.naming = fields.to_vec();
    }

    /// A path in the folder of this run.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub fn chapter(&mut self, title: &str) {
        self.out += &format!("\n## {title}\n");
    }

    pub fn note(&mut self, text: &str) {
        self.out += &format!("\n{text}\n");
    }

    pub fn show(&mut self, lines: &[String]) {
        let lines: Vec<String> = lines.iter().map(|line| self.names.text(line)).collect();
        self.out += &format!("\n```console\n{}\n```\n", lines.join("\n"));
    }

    fn command(&self, name: &str, pin: Option<&str>) -> Command {
        let mut command = Command::new(program(name));
        for (variable, _) in std::env::vars_os() {
            if variable.to_string_lossy().starts_with("TOSO_") {
                command.env_remove(variable);
            }
        }
        command.current_dir(self.home.path());
        if let Some(pin) = pin {
            command.env("TOSO_PIN", pin);
        }
        command
    }

    fn run(&self, name: &str, pin: Option<&str>, words: &[&str], input: Option<&str>) -> Output {
        talk(
            self.command(name, pin).args(words),
            input.unwrap_or_default(),
        )
    }

    /// The answer of a run that must end well; people's words may stand on standard error.
    pub fn well(&mut self, output: &Output) -> Value {
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{error}\n\n{}", self.out);
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The error of a run that must be refused: exit 1, nothing on standard output, JSON last on standard error.
    fn ill(&mut self, output: &Output, code: &str) -> Value {
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{text}\n\n{}", self.out);
        assert!(output.stdout.is_empty());
        let error: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        self.fit("error", &error);
        assert_eq!(error["error"]["code"], code, "{error}");
        error
    }

    pub fn fit(&mut self, name: &str, found: &Value) {
        let Some(shape) = shape::of(name) else { return };
        let wrong = shape::misfits(&shape, found, name);
        assert!(wrong.is_empty(), "{wrong:#?}\n{found}");
        if shape.is_array() {
            let full = found.as_array().is_some_and(|list| !list.is_empty());
            *self.lists.entry(name.to_owned()).or_default() |= full;
        }
    }

    fn answer(&mut self, name: &str, value: &Value) -> String {
        let named = self.names.value(&short(name, value));
        let line = named.to_string();
        if line.chars().count() <= WIDE {
            line
        } else {
            serde_json::to_string_pretty(&named).unwrap()
        }
    }

    /// Writes down a command and its answer.
    pub fn told(&mut self, name: &str, line: &str, value: &Value, failed: bool) {
        for (field, name) in std::mem::take(&mut self.naming) {
            let named = value.get(field).unwrap_or(&value[0][field]);
            self.names.know(named.as_str().unwrap(), name);
        }
        let answer = self.answer(name, value);
        let line = format!("$ {}", self.names.text(line));
        let mark = if failed {
            "# exit 1, on standard error:\n"
        } else {
            ""
        };
        self.out += &format!("\n```console\n{line}\n{mark}{answer}\n```\n");
    }

    /// `toso-hub`, ending well.
    pub fn hub(&mut self, words: &[&str]) -> Value {
        let output = self.run("toso-hub", None, words, None);
        let value = self.well(&output);
        let name = format!("toso-hub {}", words[0]);
        self.fit(&name, &value);
        self.told(&name, &line("toso-hub", words), &value, false);
        value
    }

    /// `toso-hub` with the recovery key, ending well.
    pub fn hub_with_key(&mut self, key: &str, words: &[&str]) -> Value {
        let mut command = self.command("toso-hub", None);
        command.env("TOSO_RECOVERY_KEY", key).args(words);
        let output = command.stdin(Stdio::null()).output().unwrap();
        let value = self.well(&output);
        let name = format!("toso-hub {}", words[0]);
        self.told(&name, &line("toso-hub", words), &value, false);
        value
    }

    pub fn hub_refused(&mut self, words: &[&str], code: &str) {
        let output = self.run("toso-hub", None, words, None);
        let error = self.ill(&output, code);
        self.told("error", &line("toso-hub", words), &error, true);
    }

    /// Serves where it served before; the first time on a free port.
    pub fn serve_hub(&mut self, show: bool) {
        let address = self.url.strip_prefix("http://").unwrap().to_owned();
        let words = ["serve", "--data", "hub", "--listen", &address];
        let (child, out, value) = first_line(self.command("toso-hub", None).args(words));
        self.fit("toso-hub serve", &value);
        value["listening"]
            .as_str()
            .unwrap()
            .clone_into(&mut self.url);
        if show {
            let host = self.url.strip_prefix("http://").unwrap().to_owned();
            self.told("toso-hub serve", &line("toso-hub", &words), &value, false);
            self.names.know(&host, "127.0.0.1:8420");
            self.out = self.out.replace(&host, "127.0.0.1:8420");
        }
        self.hub = Some((child, out));
    }

    /// SIGTERM; it ends well.
    pub fn stop_hub(&mut self) {
        let (child, _) = self.hub.take().unwrap();
        end(child);
    }

    /// `toso serve` in the background, its first line shown.
    pub fn serve_app(&mut self, who: Who) -> (Child, Value) {
        let words = ["--profile", who.profile, "serve", "--listen", "127.0.0.1:0"];
        let mut command = self.command("toso", Some(who.pin));
        let (child, _, value) = first_line(command.args(words));
        self.fit("toso serve", &value);
        (child, value)
    }

    /// A command of `toso`, ending well.
    pub fn toso(&mut self, who: Who, words: &[&str]) -> Value {
        let all: Vec<&str> = ["--profile", who.profile]
            .iter()
            .chain(words)
            .copied()
            .collect();
        let output = self.run("toso", Some(who.pin), &all, None);
        let value = self.well(&output);
        let name = format!("toso {}", words[0]);
        self.fit(&name, &value);
        self.told(&name, &line("toso", &all), &value, false);
        value
    }

    pub fn toso_refused(&mut self, who: Who, words: &[&str], code: &str) {
        let all: Vec<&str> = ["--profile", who.profile]
            .iter()
            .chain(words)
            .copied()
            .collect();
        let output = self.run("toso", Some(who.pin), &all, None);
        let error = self.ill(&output, code);
        self.told("error", &line("toso", &all), &error, true);
    }

    fn call_output(
        &mut self,
        who: Who,
        name: &str,
        input: &Value,
        secret: bool,
    ) -> (Output, String) {
        self.called.insert(name.to_owned());
        let text = input.to_string();
        let mut words = vec!["--profile", who.profile, "call", name];
        let empty = input == &json!({});
        if secret {
            words.push("-");
        } else if !empty {
            words.push(&text);
        }
        let output = self.run(
            "toso",
            Some(who.pin),
            &words,
            secret.then_some(text.as_str()),
        );
        let mut shown = line("toso", &words);
        if secret {
            shown += &format!(" <<< '{}'", self.names.value(input));
        }
        (output, shown)
    }

    /// A call, shown.
    pub fn call(&mut self, who: Who, name: &str, input: Value) -> Value {
        let (output, shown) = self.call_output(who, name, &input, false);
        let value = self.well(&output);
        self.fit(name, &value);
        self.told(name, &shown, &value, false);
        value
    }

    /// A call whose input is nobody's business, from standard input.
    pub fn secret_call(&mut self, who: Who, name: &str, input: Value) -> Value {
        let (output, shown) = self.call_output(who, name, &input, true);
        let value = self.well(&output);
        self.fit(name, &value);
        self.told(name, &shown, &value, false);
        value
    }

    /// The same, only preparing.
    pub fn secret_call_quiet(&mut self, who: Who, name: &str, input: &Value) {
        let (output, _) = self.call_output(who, name, input, true);
        self.well(&output);
    }

    /// A call that must be refused, shown.
    pub fn refused(&mut self, who: Who, name: &str, input: Value, code: &str) -> Value {
        let secret = name == "profile.unlock";
        self.refused_call(who, name, &input, secret, code)
    }

    /// The same with an input that is nobody's business, from standard input.
    pub fn secret_refused(&mut self, who: Who, name: &str, input: Value, code: &str) -> Value {
        self.refused_call(who, name, &input, true, code)
    }

    fn refused_call(
        &mut self,
        who: Who,
        name: &str,
        input: &Value,
        secret: bool,
        code: &str,
    ) -> Value {
        let (output, shown) = self.call_output(who, name, input, secret);
        let error = self.ill(&output, code);
        self.told("error", &shown, &error, true);
        error
    }

    /// A call or a sync that only prepares.
    pub fn quiet(&mut self, who: Who, name: &str, input: Value) -> Value {
        let (words, text) = (["--profile", who.profile, "call", name], input.to_string());
        let all: Vec<&str> = words.iter().copied().chain([text.as_str()]).collect();
        let output = self.run("toso", Some(who.pin), &all, None);
        let value = self.well(&output);
        self.fit(name, &value);
        value
    }

    /// A call whose PIN is asked for and typed. In a session without a terminal, so that it is read from here.
    pub fn asked(&mut self, who: Who, name: &str) {
        let words = ["--profile", who.profile, "call", name];
        let mut command = Command::new("setsid");
        command.arg("--wait").arg(program("toso")).args(words);
        command.current_dir(self.home.path()).env_remove("TOSO_PIN");
        let typed = format!("{}\n", who.pin);
        let output = talk(&mut command, &typed);
        let value = self.well(&output);
        self.fit(name, &value);
        let question = String::from_utf8(output.stderr).unwrap();
        assert!(!question.contains(who.pin));
        let shown = self.answer(name, &value);
        let lines = [format!("$ {}", line("toso", &words)), question, shown];
        self.show(&lines);
    }

    /// One line of text of a command that answers lines.
    pub fn lines(&mut self, who: Who, words: &[&str]) -> Vec<Value> {
        let all: Vec<&str> = ["--profile", who.profile]
            .iter()
            .chain(words)
            .copied()
            .collect();
        let output = self.run("toso", None, &all, None);
        assert_eq!(output.status.code(), Some(0));
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The transcript. Every call of the program must stand in it, every list must have been seen with something in it.
    pub fn finish(mut self, calls: &[String]) -> String {
        let missing: Vec<&String> = calls
            .iter()
            .filter(|call| !self.called.contains(*call))
            .collect();
        assert!(
            missing.is_empty(),
            "calls that docs/cli.md does not show: {missing:?}"
        );
        let empty: Vec<&String> = self
            .lists
            .iter()
            .filter(|(_, full)| !**full)
            .map(|(name, _)| name)
            .collect();
        assert!(
            empty.is_empty(),
            "lists never seen with something in them: {empty:?}"
        );
        std::mem::take(&mut self.out)
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if let Some((mut child, _)) = self.hub.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}
