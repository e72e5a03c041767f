//! `cargo xtask demo`: builds what users run, then lets the demo program of the `tests` crate play with it.

use std::path::Path;

use crate::setup::{self, Work};
use crate::step::Steps;
use crate::{command, ui};

const BUILT: [&str; 9] = [
    "--profile",
    "quick",
    "--locked",
    "--bin",
    "toso-hub",
    "--bin",
    "toso",
    "--bin",
    "demo",
];

/// What is done with the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Play {
    /// Left running, with screens to open.
    Screens,
    /// Left running, for the command line.
    Terminal,
    /// Played as a story.
    Check,
    /// An earlier one loses its network.
    Offline,
    /// An earlier one gets it back.
    Online,
    /// An earlier one is ended.
    Stop,
}

/// Set-up, build, play.
pub(crate) fn run(root: &Path, play: Play, steps: &mut Steps) {
    if matches!(play, Play::Screens | Play::Terminal | Play::Check) {
        steps.run("setup", || setup::run(&[Work::Build]));
        if !steps.all_well() {
            return;
        }
    }
    if play == Play::Screens {
        ui::build(root, steps);
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
    let (name, word) = match play {
        Play::Screens => ("an invented commune, its hub and three devices", None),
        Play::Terminal => (
            "an invented commune, its hub and three devices",
            Some("--terminal"),
        ),
        Play::Check => ("the story", Some("--check")),
        Play::Offline => ("no network", Some("--offline")),
        Play::Online => ("network", Some("--online")),
        Play::Stop => ("stop", Some("--stop")),
    };
    steps.run(name, || {
        let mut play = command::cargo(root);
        play.args([
            "run",
            "--quiet",
            "--profile",
            "quick",
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
