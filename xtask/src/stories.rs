//! The stories in a browser: real programs behind real screens. Node.js 20 and Debian's Chromium do the work.

use std::path::Path;
use std::process::Command;

use crate::step::Steps;
use crate::{command, ui};

const FOLDER: &str = "tests/e2e";

/// Packages and checks of the stories, the screens and programs they drive, then the stories.
pub(crate) fn run(root: &Path, steps: &mut Steps) {
    steps.run("packages of the stories", || ui::install(root, FOLDER));
    steps.run("checks of the stories", || npm(root, &["run", "check"]));
    steps.run("programs of the stories", || {
        command::pass(command::cargo_whole(root, &["build"]))
    });
    steps.run("stories in a browser", || {
        command::pass_quoting(npm_at(root, &["test"]), failed)
    });
}

/// Playwright's numbered list of what failed, the first words of why, and what was on the screen.
fn failed(line: &str) -> bool {
    let numbered = line
        .split_once(") ")
        .is_some_and(|(number, rest)| number.parse::<u16>().is_ok() && rest.contains(".spec.ts"));
    numbered
        || ["Error:", "TimeoutError:", "Test timeout", "seen:"]
            .iter()
            .any(|start| line.starts_with(start))
        || line.starts_with("at ") && line.contains("tests/e2e/")
}

fn npm(root: &Path, words: &[&str]) -> anyhow::Result<crate::step::Problems> {
    command::pass(npm_at(root, words))
}

fn npm_at(root: &Path, words: &[&str]) -> Command {
    let mut npm = command::program(&root.join(FOLDER), "npm");
    npm.arg("--silent").args(words);
    npm
}
