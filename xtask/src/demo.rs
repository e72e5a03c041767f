//! `cargo xtask demo`: builds what users run, then lets the demo program of the `tests` crate play with it.

use std::path::Path;

use crate::setup::{self, Work};
use crate::step::Steps;
use crate::{command, ui, window};

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
    let begins = matches!(play, Play::Screens | Play::Terminal | Play::Check);
    if begins {
        steps.run("setup", || setup::run(&[Work::Build]));
        if !steps.all_well() {
            return;
        }
    }
    let window = play == Play::Screens && window();
    if play == Play::Screens {
        ui::build(root, steps);
    }
    // What only speaks to one that runs was built with it, perhaps with a window: made again it would take minutes.
    if begins || !command::built(root, "quick", "demo").is_file() {
        build(root, window, steps);
    }
    if !steps.all_well() {
        return;
    }
    let (name, word) = match play {
        Play::Screens => (
            "an invented commune, its hub and three devices",
            window.then_some("--window"),
        ),
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
        let mut play = command::program(root, command::built(root, "quick", "demo"));
        play.args(word);
        command::pass(play)
    });
}

fn build(root: &Path, window: bool, steps: &mut Steps) {
    steps.run("build of toso-hub, toso and the demo", || {
        println!("   an optimised build; the first one takes some minutes on 2 cores, a second one moments");
        let mut build = command::cargo(root);
        build.args(["build", "--profile", "quick", "--locked"]);
        for name in ["toso-hub", "toso", "demo"] {
            build.args(["--bin", name]);
        }
        if window {
            build.args(["--workspace", "--features", "toso-window/custom-protocol"]);
            build.args(["--bin", "toso-window"]);
        }
        command::pass(build)
    });
}

/// Whether one of the devices can be shown as a window: there is a display, and what the window needs is or can be
/// installed. Without it the demo is whole all the same.
fn window() -> bool {
    if !window::has_display() {
        return false;
    }
    match setup::run(&[Work::Window]) {
        Ok(problems) if problems.is_empty() => true,
        Ok(_) => false,
        Err(error) => {
            println!("   {error:#}");
            println!("   so all three devices open in the browser");
            false
        }
    }
}
