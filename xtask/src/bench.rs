//! `cargo xtask bench`: builds what users run, installs the peers, lets the bench program of the `tests` crate measure.

use std::path::Path;

use anyhow::bail;

use crate::step::Steps;
use crate::{command, proof, setup};

const BUILT: [&str; 8] = [
    "--release",
    "--locked",
    "--bin",
    "toso-hub",
    "--bin",
    "toso",
    "--bin",
    "bench",
];

/// Set-up, peers, build, measure: all rows or `only` one, each `samples` times.
pub(crate) fn run(root: &Path, only: Option<&str>, samples: usize, steps: &mut Steps) {
    steps.run("setup", || setup::run(&[setup::Work::Build]));
    steps.run("peers", || {
        if !command::on_path("npm") {
            bail!("Node.js 20 with npm is not there: it runs the programs we are measured beside");
        }
        let mut install = command::program(&root.join("tests/peers"), "npm");
        // Not `ci`: newer npms miss parts for other systems in the lock file that older ones leave out.
        install.args(["install", "--no-save", "--no-audit", "--no-fund"]);
        command::pass(install)
    });
    steps.run("build of toso-hub, toso and the bench", || {
        let mut build = command::cargo(root);
        build.arg("build").args(BUILT);
        command::pass(build)
    });
    steps.run("no planted fault in them", || {
        proof::no_fault_in(root, "release")
    });
    if !steps.all_well() {
        return;
    }
    steps.run("bench", || {
        let samples = samples.to_string();
        let commit = commit(root)?;
        let mut measure = command::cargo(root);
        measure.args([
            "run",
            "--quiet",
            "--release",
            "--locked",
            "--package",
            "toso-tests",
        ]);
        measure.args([
            "--bin",
            "bench",
            "--",
            "--samples",
            &samples,
            "--commit",
            &commit,
        ]);
        if let Some(name) = only {
            measure.args(["--only", name]);
        }
        command::pass(measure)
    });
}

/// The commit that is measured; marked when the tree holds more than it.
fn commit(root: &Path) -> anyhow::Result<String> {
    let ask = |words: &[&str]| {
        let mut git = command::program(root, "git");
        git.args(words);
        command::text(git)
    };
    let name = ask(&["rev-parse", "--short", "HEAD"])?.trim().to_owned();
    let changed = ask(&["status", "--porcelain", "--untracked-files=no"])?;
    Ok(if changed.trim().is_empty() {
        name
    } else {
        format!("{name}+changes")
    })
}
