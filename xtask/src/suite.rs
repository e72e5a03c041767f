//! `cargo xtask test`: what CI runs, step by step; and `cargo xtask stories`, its last part alone.

use std::path::Path;

use crate::step::Steps;
use crate::{check, command, proof, setup, stories, ui, window};

/// Set-up, the checks, every test, and the stories in a browser and in the window; a later step runs even when an
/// earlier one failed, except that nothing is compiled on a machine that could not be set up.
pub(crate) fn run(root: &Path, steps: &mut Steps) {
    steps.run("setup", || setup::run(setup::Work::ALL));
    if !steps.all_well() {
        return;
    }
    // The screens first: `toso` carries them, and the generated files are checked with their packages.
    ui::build(root, steps);
    ui::check(root, steps);
    let linted = command::lint_own();
    // As programs, not only as what tests need: so cargo notes what they were made of, and tests see that they are fresh.
    steps.run("build of the programs", || {
        command::pass_quoting(command::cargo_whole(root, &["build"]), refused)
    });
    steps.run("no planted fault in them", || {
        proof::no_fault_in(root, "debug")
    });
    let compiled = if linted {
        check::Compiled::Linted
    } else {
        check::Compiled::Yes
    };
    check::run(root, compiled, steps);
    let nextest = command::on_path("cargo-nextest");
    steps.run("build of the tests", || {
        command::pass_quoting(
            command::cargo_whole(root, &["test", "--all-targets", "--no-run"]),
            refused,
        )
    });
    steps.run("tests", || {
        let tests = if nextest {
            // A crate without tests yet is no failure.
            ["nextest", "run", "--no-fail-fast", "--no-tests=pass"].as_slice()
        } else {
            println!("   cargo-nextest is not installed; cargo test does the same, one file after the other");
            ["test", "--no-fail-fast", "--all-targets"].as_slice()
        };
        command::pass_quoting(command::cargo_whole(root, tests), failed)
    });
    steps.run("examples in the documentation", || {
        command::pass(command::cargo_whole(
            root,
            &["test", "--doc", "--no-fail-fast"],
        ))
    });
    stories::run(root, steps);
    real_window(root, steps);
}

/// How the compiler begins to say what it refuses, and where.
fn refused(line: &str) -> bool {
    line.starts_with("error") || line.starts_with("--> ")
}

/// How nextest tells a failed test, and how `cargo test` does.
fn failed(line: &str) -> bool {
    let nextest = ["FAIL [", "TIMEOUT [", "SIGABRT [", "SIGSEGV [", "ABORT ["];
    nextest.iter().any(|start| line.starts_with(start))
        || line.contains(" panicked at ")
        || line.starts_with("test ") && line.ends_with("FAILED")
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
    steps.run("the window's driver", || window::driver(root));
    for (name, script) in [
        ("what the window's page may do", "opens.mjs"),
        ("the window's story", "story.mjs"),
    ] {
        steps.run(name, || window::drive(root, script));
    }
}
