//! Running other programs, always from the top of the repository and with nothing on their standard input.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread;

use anyhow::{Context, bail};

use crate::setup;
use crate::step::Problems;

/// The top of the repository that holds this xtask.
///
/// Asked at run time: a path compiled in would be wrong for a second work tree that shares the target folder.
pub(crate) fn root() -> anyhow::Result<PathBuf> {
    let here = match std::env::var_os("CARGO_MANIFEST_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => std::env::current_dir().context("where am I?")?,
    };
    here.ancestors()
        .find(|folder| folder.join("xtask/Cargo.toml").is_file())
        .map(Path::to_path_buf)
        .context("run this inside the repository")
}

/// The cargo that started us, so that the tool chain stays the same.
pub(crate) fn cargo(root: &Path) -> Command {
    let name = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    program(root, &name)
}

/// Whether our own crates are compiled with clippy looking on.
static LINTED: OnceLock<PathBuf> = OnceLock::new();

/// From here on every build looks at our own crates with clippy, as `cargo clippy` does it, and a lint is an error. So
/// a run compiles the libraries once: `cargo clippy` checks all of them a second time. False where there is no clippy.
pub(crate) fn lint_own() -> bool {
    let cargo = std::env::var_os("CARGO").map(PathBuf::from);
    let driver = cargo.map(|cargo| {
        let name = format!("clippy-driver{}", std::env::consts::EXE_SUFFIX);
        cargo.with_file_name(name)
    });
    match driver.filter(|driver| driver.is_file()) {
        Some(driver) => {
            LINTED.get_or_init(|| driver);
            true
        }
        None => false,
    }
}

/// The same for everything there is, with the window where it can be compiled. One choice of packages and features for
/// every step of a run: another choice gives common libraries other features, and all of it is compiled again. Naming
/// one program with `--bin` is another choice too.
pub(crate) fn cargo_whole(root: &Path, verb: &[&str]) -> Command {
    let mut command = cargo(root);
    command.args(verb).arg("--locked");
    if setup::has_web_view() {
        command.args(["--workspace", "--features", "toso-window/custom-protocol"]);
    }
    command
}

/// A program as a build with this profile leaves it; a plain one's folder is `debug`.
pub(crate) fn built(root: &Path, profile: &str, name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR");
    let target = target.map_or_else(|| root.join("target"), |folder| root.join(folder));
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    target.join(profile).join(name)
}

/// Any program, started at `root`.
pub(crate) fn program(root: &Path, name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root).stdin(Stdio::null());
    if let Some(driver) = LINTED.get() {
        // The words between cargo-clippy and its driver. Tests that call cargo inherit them and build nothing anew.
        command.env("RUSTC_WORKSPACE_WRAPPER", driver);
        command.env(
            "CLIPPY_ARGS",
            "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__",
        );
    }
    command
}

/// Lets the program print, and turns a bad end into a problem.
pub(crate) fn pass(mut command: Command) -> anyhow::Result<Problems> {
    let line = spell(&command);
    println!("   $ {line}");
    let status = command
        .status()
        .with_context(|| format!("`{line}` does not start"))?;
    Ok(if status.success() {
        Vec::new()
    } else {
        vec![format!("`{line}` failed ({status})")]
    })
}

/// The same, and the problem quotes the lines of either output that `telling` picks, so that the summary alone says
/// what failed: a log is often kept by its end only. Not more than a page of it.
pub(crate) fn pass_quoting(
    mut command: Command,
    telling: fn(&str) -> bool,
) -> anyhow::Result<Problems> {
    const LINES: usize = 12;
    const CHARS: usize = 700;
    let line = spell(&command);
    println!("   $ {line}");
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{line}` does not start"))?;
    let outputs: [Option<Box<dyn Read + Send>>; 2] = [
        child.stdout.take().map(|out| Box::new(out) as _),
        child.stderr.take().map(|out| Box::new(out) as _),
    ];
    let readers: Vec<_> = outputs
        .into_iter()
        .flatten()
        .map(|output| thread::spawn(move || echo(output, telling)))
        .collect();
    let mut told = Vec::new();
    for reader in readers {
        told.extend(reader.join().unwrap_or_default());
    }
    let status = child.wait().with_context(|| format!("`{line}` is lost"))?;
    if status.success() {
        return Ok(Vec::new());
    }
    let mut problem = format!("`{line}` failed ({status})");
    for said in told.iter().take(LINES) {
        problem.push_str("\n      ");
        problem.extend(said.chars().take(CHARS));
    }
    Ok(vec![problem])
}

/// Prints line by line what a program says, and returns the lines picked, each once.
fn echo(output: impl Read, telling: fn(&str) -> bool) -> Vec<String> {
    let mut told = Vec::new();
    for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        let line = line.trim();
        if telling(line) && !told.iter().any(|before| before == line) {
            told.push(line.to_owned());
        }
    }
    told
}

/// The program's standard output; its standard error is shown only when it fails.
pub(crate) fn text(mut command: Command) -> anyhow::Result<String> {
    let line = spell(&command);
    let output = command
        .output()
        .with_context(|| format!("`{line}` does not start"))?;
    if !output.status.success() {
        bail!(
            "`{line}` failed ({}): {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` did not print UTF-8"))
}

/// Whether a program of this name is on PATH.
pub(crate) fn on_path(name: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(name).is_file()))
}

/// The files git holds or would take, as paths from the top with `/`: a new file is checked before it is added.
pub(crate) fn tracked(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut list = program(root, "git");
    list.args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    Ok(text(list)?
        .split('\0')
        .filter(|path| !path.is_empty() && root.join(path).is_file())
        .map(str::to_owned)
        .collect())
}

fn spell(command: &Command) -> String {
    let mut line = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned();
    for word in command.get_args() {
        line.push(' ');
        line.push_str(&word.to_string_lossy());
    }
    line
}

#[cfg(all(test, unix))]
mod tests {
    use super::{pass_quoting, program};
    use std::path::Path;

    #[test]
    fn a_failed_program_is_quoted_and_one_that_ends_well_is_not() {
        let say = |end: &str| {
            let mut shell = program(Path::new("/"), "sh");
            let script =
                format!("echo fine; echo FAIL one; echo FAIL one >&2; echo FAIL two; exit {end}");
            shell.args(["-c", &script]);
            pass_quoting(shell, |line| line.starts_with("FAIL")).unwrap()
        };
        let problems = say("3");
        let lines: Vec<&str> = problems[0].lines().map(str::trim).collect();
        assert!(lines[0].contains("exit status: 3"), "{lines:?}");
        assert!(
            lines.contains(&"FAIL one") && lines.contains(&"FAIL two"),
            "{lines:?}"
        );
        assert!(!lines.contains(&"fine"), "{lines:?}");
        assert_eq!(say("0"), Vec::<String>::new());
    }
}
