//! `cargo xtask demo`: builds what users run, then lets the demo program of the `tests` crate play with it.

use std::path::Path;

use crate::step::Steps;
use crate::{command, setup};

const BUILT: [&str; 8] = [
    "--release",
    "--locked",
    "--bin",
    "toso-hub",
    "--bin",
    "toso",
    "--bin",
    "demo",
];

/// Set-up, build, play: as a story with `check`, else left running; with `stop` an earlier one is ended.
pub(crate) fn run(root: &Path, check: bool, stop: bool, steps: &mut Steps) {
    if !stop {
        steps.run("setup", setup::run);
        if !steps.all_well() {
            return;
        }
    }
    steps.run("build of toso-hub, toso and the demo", || {
        println!("   an optimised build; the first one takes some minutes on 2 cores, a second one moments");
        let mut build = command::cargo(root);
        build.arg("build").args(BUILT);
        command::pass(build)
    });
    if !steps.all_well() {
        return;
    }
    let (name, word) = match (check, stop) {
        (true, _) => ("the story", Some("--check")),
        (_, true) => ("stop", Some("--stop")),
        _ => ("an invented commune, its hub and three devices", None),
    };
    steps.run(name, || {
        let mut play = command::cargo(root);
        play.args([
            "run",
            "--quiet",
            "--release",
            "--locked",
            "--package",
            "toso-tests",
            "--bin",
            "demo",
            "--",
        ]);
        play.args(word);
        command::pass(play)
    });
}
