//! The stories in a browser: real programs behind real screens. Node.js 20 and Debian's Chromium do the work.

use std::path::Path;

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
    steps.run("stories in a browser", || npm(root, &["test"]));
}

fn npm(root: &Path, words: &[&str]) -> anyhow::Result<crate::step::Problems> {
    let mut npm = command::program(&root.join(FOLDER), "npm");
    npm.arg("--silent").args(words);
    command::pass(npm)
}
