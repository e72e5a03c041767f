//! Instructions of the work that everything else is made of, counted by callgrind: on a noisy machine a slip shows here first.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, ensure};

use super::book::{self, Book};
use crate::command;
use crate::step::Problems;

/// A piece of work, and how often it is done in the shorter of its two runs.
const WORK: &[(&str, u64)] = &[
    ("prescan", 1_000),
    ("apply", 200),
    ("project", 1_000),
    ("search", 20),
    ("save", 20),
];
/// More than so many percent above what was counted before is a slip.
const SLIP: u64 = 10;
/// Code that it depends on.
const COVERS: &[&str] = &["crates", "tests"];

/// Counts every piece of work and writes it down, unless it costs more than before. Who means it to takes the old number out of
/// `docs/proof.json`.
pub(super) fn count(root: &Path) -> anyhow::Result<Problems> {
    book::code_of(root, COVERS)?;
    let mut build = command::cargo(root);
    build.args([
        "build",
        "--release",
        "--locked",
        "--bin",
        "toso-hub",
        "--bin",
        "counts",
    ]);
    let mut problems = command::pass(build)?;
    if !problems.is_empty() {
        return Ok(problems);
    }
    let program = command::built(root, "release", "counts");
    let folder = std::env::temp_dir().join(format!("toso-counts-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let mut prepare = command::program(root, &program);
    prepare.arg("prepare").arg(&folder);
    problems.extend(command::pass(prepare)?);
    let work = if problems.is_empty() { WORK } else { &[] };
    let mut book = Book::read(root)?;
    for (work, times) in work {
        let few = instructions(root, &program, work, *times, &folder)?;
        let many = instructions(root, &program, work, 2 * times, &folder)?;
        let one = many.saturating_sub(few) / times;
        let before = book.instructions.get(*work).copied();
        println!("   {work}: {one} instructions, before {before:?}");
        if before.is_some_and(|before| one * 100 > before * (100 + SLIP)) {
            problems.push(format!(
                "{work} takes {one} instructions, {before:?} before"
            ));
        } else {
            book.instructions.insert((*work).to_owned(), one);
        }
    }
    std::fs::remove_dir_all(&folder)?;
    book.write(root)?;
    Ok(problems)
}

/// What callgrind counts in a whole run.
fn instructions(
    root: &Path,
    program: &Path,
    work: &str,
    times: u64,
    folder: &Path,
) -> anyhow::Result<u64> {
    let mut run = command::program(root, "valgrind");
    run.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    run.arg(program)
        .args([work, &times.to_string()])
        .arg(folder);
    let output = run.stdout(Stdio::null()).output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{work} under callgrind:\n{told}");
    collected(&told).with_context(|| format!("no count in:\n{told}"))
}

/// The number in `==7== Collected : 1234`.
fn collected(told: &str) -> Option<u64> {
    let line = told
        .lines()
        .find_map(|line| line.split("Collected : ").nth(1))?;
    line.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_count_is_read() {
        assert_eq!(
            super::collected("==7== x\n==7== Collected : 1234\n"),
            Some(1234)
        );
        assert_eq!(super::collected("==7== nothing"), None);
    }
}
