//! `cargo xtask proof`: the long forms of the instruments, and what they counted, added to `docs/proof.json`.

mod book;
mod counts;
mod coverage;
mod fault;
mod instrument;
mod mutants;

pub(crate) use fault::{
    absent as no_fault_in, compile as compile_planted, is_compiler as is_planting,
};

use std::path::Path;

use anyhow::{Context, bail};
use book::Book;
use instrument::{INSTRUMENTS, Instrument};

use crate::step::{Problems, Steps};
use crate::{command, setup};

/// Name of the part that plants faults and looks whether a test finds them.
const FAULTS: &str = "faults";
/// Name of the part that counts instructions.
const COUNTS: &str = "counts";
/// Name of the part that counts the lines the tests run.
const COVERAGE: &str = "coverage";
/// Name of the part that changes the code a little and looks whether a test notices.
const MUTANTS: &str = "mutants";

/// Runs every instrument for its share of `minutes`, or `only` one for all of it, and writes down what it counted.
pub(crate) fn run(root: &Path, minutes: u64, only: Option<&str>, steps: &mut Steps) {
    let chosen: Vec<&Instrument> = INSTRUMENTS
        .iter()
        .filter(|one| only.is_none_or(|only| one.is_named(only)))
        .collect();
    let asked = |part: &str| only.is_none_or(|only| only == part);
    let (faults, counts) = (asked(FAULTS), asked(COUNTS));
    // Each wants a tool of its own, and the mutants are made in this work tree: by their names only.
    let (mutants, coverage) = (only == Some(MUTANTS), only == Some(COVERAGE));
    if chosen.is_empty() && !faults && !counts && !mutants && !coverage {
        steps.run("proof", || {
            let names: Vec<&str> = INSTRUMENTS.iter().map(|one| one.name).collect();
            bail!(
                "no instrument of that name; there are: {}, {COUNTS}, {FAULTS}, {MUTANTS}, {COVERAGE}",
                names.join(", ")
            )
        });
        return;
    }
    steps.run("setup", || setup::run(&[setup::Work::Build]));
    if !chosen.is_empty() {
        steps.run("build of the programs", || {
            command::pass(command::cargo_whole(root, &["build"]))
        });
    }
    let share = (minutes / chosen.len().max(1) as u64).max(1);
    for one in chosen {
        steps.run(one.name, || count(root, one, share));
    }
    if counts {
        steps.run("setup for counting", || setup::run(&[setup::Work::Count]));
        steps.run(COUNTS, || counts::count(root));
    }
    if coverage {
        steps.run(COVERAGE, || coverage::count(root));
    }
    if mutants {
        steps.run(MUTANTS, || mutants::kill(root));
    }
    if faults {
        steps.run(FAULTS, || fault::find(root));
    }
}

/// An error that says what to do where a tool of cargo's that only a part of this wants is not there.
fn wants(tool: &str) -> anyhow::Result<()> {
    if !command::on_path(tool) {
        bail!(
            "{tool} is not installed: run `cargo install {tool} --locked`, then this command again"
        );
    }
    Ok(())
}

/// One instrument's long form. What it counted is added whether it passed or not: a run that found something ran too.
fn count(root: &Path, one: &Instrument, minutes: u64) -> anyhow::Result<Problems> {
    let code = book::code_of(root, one.covers)?;
    let from = Book::read(root)?.reached(one, &code);
    let told = std::env::temp_dir().join(format!("toso-proof-{}", std::process::id()));
    let _ = std::fs::remove_file(&told);
    let mut test = command::cargo_whole(root, &["nextest", "run", "--no-fail-fast"]);
    test.args(["-E", one.tests]);
    test.env("PROOF_MINUTES", minutes.to_string());
    test.env("PROOF_FROM", from.to_string());
    test.env("PROOF_FILE", &told);
    let problems = command::pass(test)?;
    let lines = std::fs::read_to_string(&told).unwrap_or_default();
    let _ = std::fs::remove_file(&told);
    if lines.is_empty() && problems.is_empty() {
        bail!("`{}` counted nothing", one.name);
    }
    // Read again: another instrument may have written its own meanwhile.
    let mut book = Book::read(root)?;
    for line in lines.lines() {
        let line = serde_json::from_str(line).context("a line of counters that is no JSON")?;
        book.add(one, &code, &line);
    }
    book.ran(one, &code, minutes, problems.is_empty());
    book.write(root)?;
    Ok(problems)
}
