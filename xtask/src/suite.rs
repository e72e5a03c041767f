//! `cargo xtask test`: what CI runs, step by step.

use std::path::Path;

use crate::step::Steps;
use crate::{check, command, setup, ui};

/// Set-up, then the checks, then every test of the default members; a later step runs even when an earlier one failed,
/// except that nothing is compiled on a machine that could not be set up.
pub(crate) fn run(root: &Path, steps: &mut Steps) {
    steps.run("setup", setup::run);
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
