//! `cargo xtask app`: the window, built with its screens and opened; and its test without a screen.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::ensure;

use crate::step::{Problems, Steps};
use crate::{command, setup, setup::Work, ui};

/// The major version of the program that presses the window's buttons; without one cargo picks an alpha.
const DRIVER: &str = "^2";

/// Set-up, screens, window; then it is opened, or with `check` driven for a moment where nobody sees it.
pub(crate) fn run(root: &Path, check: bool, steps: &mut Steps) {
    let works: &[Work] = if check {
        &[Work::Build, Work::Window, Work::WindowTest]
    } else {
        &[Work::Build, Work::Window]
    };
    steps.run("setup", || setup::run(works));
    if !steps.all_well() {
        return;
    }
    ui::build(root, steps);
    if !steps.all_well() {
        return;
    }
    steps.run("build of the window", || build(root));
    if !steps.all_well() {
        return;
    }
    if check {
        steps.run("the window's driver", || driver(root));
        steps.run("the window opens", || drive(root, "opens.mjs"));
    } else {
        steps.run("the window", || open(root));
    }
}

/// Compiles the window around the screens in `ui/dist`.
pub(crate) fn build(root: &Path) -> anyhow::Result<Problems> {
    println!("   the first build takes some minutes on 2 cores, a later one moments");
    command::pass(command::cargo_whole(root, &["build"]))
}

/// Whether a window can be seen here.
pub(crate) fn has_display() -> bool {
    let names = ["DISPLAY", "WAYLAND_DISPLAY"];
    !cfg!(target_os = "linux") || names.iter().any(|name| std::env::var_os(name).is_some())
}

fn open(root: &Path) -> anyhow::Result<Problems> {
    if !has_display() {
        println!(
            "   there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so the window stays closed."
        );
        println!("   In a desktop session: cargo xtask app");
        println!("   Where nobody sees it: cargo xtask app --check");
        println!("   In a browser instead: cargo run --bin toso -- --profile DIR serve");
        return Ok(Vec::new());
    }
    println!(
        "   close the window to end; `--profile DIR` after the program's name opens another profile"
    );
    command::pass(command::program(
        root,
        command::built(root, "debug", "toso-window"),
    ))
}

/// Installs the program that presses the window's buttons, once, beside what else is built.
pub(crate) fn driver(root: &Path) -> anyhow::Result<Problems> {
    if driver_path(root).is_file() {
        println!("   tauri-driver is there");
        return Ok(Vec::new());
    }
    let mut install = command::cargo(root);
    install.args(["install", "tauri-driver", "--version", DRIVER, "--locked"]);
    install.arg("--root").arg(root.join("target/tools"));
    // Its own folder: cargo would otherwise build in the one of this run.
    install.env("CARGO_TARGET_DIR", root.join("target/tools/build"));
    let problems = command::pass(install)?;
    // Nothing of it is needed again; a folder that stays only takes space.
    drop(std::fs::remove_dir_all(root.join("target/tools/build")));
    Ok(problems)
}

/// Runs a script of `tests/window` with the programs it asks for, on a display and a message bus of its own.
pub(crate) fn drive(root: &Path, script: &str) -> anyhow::Result<Problems> {
    ensure!(
        command::on_path("node"),
        "node is not on the path: install Node.js 20 or newer, then run this command again"
    );
    let mut drive = without_a_screen(root);
    drive.arg(format!("tests/window/{script}"));
    for (word, path) in [
        ("--driver", driver_path(root)),
        ("--window", command::built(root, "debug", "toso-window")),
        ("--hub", command::built(root, "debug", "toso-hub")),
        ("--toso", command::built(root, "debug", "toso")),
        ("--pictures", root.join("target/window-pictures")),
    ] {
        drive.arg(word).arg(path);
    }
    command::pass(drive)
}

/// Linux needs a display to draw on. A message bus of its own keeps the test from a window that a person has open.
fn without_a_screen(root: &Path) -> Command {
    if !cfg!(target_os = "linux") {
        return command::program(root, "node");
    }
    let mut drive = command::program(root, "xvfb-run");
    drive.args(["-a", "-s", "-screen 0 1280x900x24"]);
    drive.args(["dbus-run-session", "--", "node"]);
    drive
}

fn driver_path(root: &Path) -> PathBuf {
    let name = format!("tauri-driver{}", std::env::consts::EXE_SUFFIX);
    root.join("target/tools/bin").join(name)
}
