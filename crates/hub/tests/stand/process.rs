//! The program itself, as an operator runs it.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// `toso-hub`, nothing set but what a test sets.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_toso-hub"));
    for name in [
        "TOSO_RECOVERY_KEY",
        "TOSO_HUB_LISTEN",
        "TOSO_HUB_URL",
        "TOSO_LOG",
    ] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub fn run(words: &[&str]) -> Output {
    program().args(words).output().unwrap()
}

/// What a run that must succeed told.
pub fn done(words: &[&str]) -> Value {
    told(&run(words))
}

/// The one line of JSON of a run that succeeded.
pub fn told(output: &Output) -> Value {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{error}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The code of a run that must fail; its words stand in both languages.
pub fn code(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let error: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    let message = error["error"]["message"].as_str().unwrap();
    assert!(message.contains(" / "), "{message}");
    assert!(error["error"]["hint"].is_string());
    error["error"]["code"].as_str().unwrap().to_owned()
}

/// A hub process that serves; killed when dropped.
pub struct Serving {
    pub child: Child,
    pub url: String,
}

impl Serving {
    pub fn start(data: &Path, words: &[&str]) -> Self {
        Self::spawn(program(), data, words)
    }

    /// After `before` was said to the shell that becomes the hub.
    pub fn start_in_shell(data: &Path, before: &str, words: &[&str]) -> Self {
        let mut shell = Command::new("sh");
        let hub = env!("CARGO_BIN_EXE_toso-hub");
        shell.args(["-c", &format!("{before} exec \"$0\" \"$@\""), hub]);
        Self::spawn(shell, data, words)
    }

    fn spawn(mut command: Command, data: &Path, words: &[&str]) -> Self {
        command.args(["serve", "--data"]).arg(data).args(words);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let first: Value = serde_json::from_str(&line).expect("first line");
        let url = first["listening"].as_str().unwrap().to_owned();
        Self { child, url }
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Its exit code, once it has ended by itself.
    pub fn ended(&mut self) -> Option<i32> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(40) {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the hub does not stop");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
