//! The screens: their packages, their checks, their build. Node.js 20 does the work.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::command;
use crate::step::{Problems, Steps};

/// Packages as the lock file has them; nothing is done when they are there already.
pub(crate) fn install(root: &Path, folder: &str) -> anyhow::Result<Problems> {
    let folder = root.join(folder);
    let wanted = std::fs::metadata(folder.join("package-lock.json"))
        .and_then(|file| file.modified())
        .context("no package-lock.json")?;
    let there = std::fs::metadata(folder.join("node_modules/.package-lock.json"))
        .and_then(|file| file.modified());
    if there.is_ok_and(|there| there >= wanted) {
        println!("   the packages are there");
        return Ok(Vec::new());
    }
    command::pass(npm(&folder, &["ci", "--no-audit", "--no-fund"]))
}

/// Packages, then what `toso serve` and the window show: `ui/dist`.
pub(crate) fn build(root: &Path, steps: &mut Steps) {
    steps.run("packages of the screens", || install(root, "ui"));
    steps.run("build of the screens", || {
        command::pass(npm(&root.join("ui"), &["run", "--silent", "build"]))
    });
}

/// Types, lints, format, words in both languages, and the tests of what needs no browser.
pub(crate) fn check(root: &Path, steps: &mut Steps) {
    for (name, script) in [
        ("checks of the screens", "check"),
        ("tests of the screens", "test"),
    ] {
        steps.run(name, || {
            command::pass(npm(&root.join("ui"), &["run", "--silent", script]))
        });
    }
}

/// TypeScript types of every call, made from their JSON Schemas.
pub(crate) fn types(root: &Path, schemas: &str) -> anyhow::Result<String> {
    if !install(root, "ui")?.is_empty() {
        bail!("the packages of `ui` cannot be installed");
    }
    let mut node = command::program(&root.join("ui"), "node");
    node.arg("check/types.mjs")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut running = node
        .spawn()
        .context("node does not start: Node.js 20 is needed")?;
    if let Some(mut input) = running.stdin.take() {
        input
            .write_all(schemas.as_bytes())
            .context("node did not read the schemas")?;
    }
    let output = running.wait_with_output().context("node did not end")?;
    if !output.status.success() {
        bail!("ui/check/types.mjs failed ({})", output.status);
    }
    String::from_utf8(output.stdout).context("ui/check/types.mjs did not print UTF-8")
}

fn npm(folder: &Path, words: &[&str]) -> Command {
    let mut npm = command::program(folder, "npm");
    npm.args(words);
    npm
}
