//! Running other programs, always from the top of the repository and with nothing on their standard input.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

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
