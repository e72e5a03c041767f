//! `cargo xtask test`: what CI runs, step by step; and `cargo xtask stories`, the ones in a browser and in the window.

use std::path::Path;

use crate::step::Steps;
use crate::{check, command, setup, stories, ui, window};

/// Set-up, then the checks, then every test of the default members; a later step runs even when an earlier one failed,
/// except that nothing is compiled on a machine that could not be set up.
pub(crate) fn run(root: &Path, steps: &mut Steps) {
    steps.run("setup", || setup::run(&[setup::Work::Build]));
    if !steps.all_well() {
        return;
    }
    // The screens first: `toso` carries them, and the generated files are checked with their packages.
    ui::build(root, steps);
    ui::check(root, steps);
    check::run(root, false, steps);
    let nextest = command::on_path("cargo-nextest");
    steps.run("build of the tests", || {
        let mut build = command::cargo(root);
        build.args(["test", "--locked", "--all-targets", "--no-run"]);
        command::pass(build)
    });
    steps.run("tests", || {
        let mut tests = command::cargo(root);
        if nextest {
            tests.args(["nextest", "run", "--locked", "--no-fail-fast"]);
            // A crate without tests yet is no failure.
            tests.arg("--no-tests=pass");
        } else {
            println!("   cargo-nextest is not installed; cargo test does the same, one file after the other");
            tests.args(["test", "--locked", "--no-fail-fast", "--all-targets"]);
        }
        command::pass(tests)
    });
    steps.run("examples in the documentation", || {
        let mut tests = command::cargo(root);
        tests.args(["test", "--locked", "--doc", "--no-fail-fast"]);
        command::pass(tests)
    });
}

/// Real programs behind real screens: in a browser, then in the window.
pub(crate) fn played(root: &Path, steps: &mut Steps) {
    steps.run("setup", || setup::run(setup::Work::ALL));
    if !steps.all_well() {
        return;
    }
    ui::build(root, steps);
    stories::run(root, steps);
    real_window(root, steps);
}

/// The window with its screens, a hub and a person at the keyboard.
fn real_window(root: &Path, steps: &mut Steps) {
    steps.run("build of the window", || window::build(root));
    steps.run("tests of the window's own code", || {
        let mut tests = command::cargo(root);
        tests.args(["test", "--locked", "--package", "toso-window"]);
        tests.args(["--features", "custom-protocol"]);
        command::pass(tests)
    });
    steps.run("the window's driver", || window::driver(root));
    for (name, script) in [
        ("what the window's page may do", "opens.mjs"),
        ("the window's story", "story.mjs"),
    ] {
        steps.run(name, || window::drive(root, script));
    }
}
