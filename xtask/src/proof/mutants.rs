//! Mutants: small changes made to the code that keeps strangers out, each of which some test must notice.
//!
//! cargo-mutants makes them and runs the tests. Of all it can make in a subject, as many as are wanted are taken at even
//! distances, so that nobody picks the easy ones.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use super::book::{self, Book};
use crate::command;
use crate::step::Problems;

/// Part of the code, and where its tests are.
#[derive(Debug)]
struct Subject {
    name: &'static str,
    files: &'static [&'static str],
    /// Packages whose tests look at it.
    packages: &'static str,
    /// Which of those tests, as cargo picks them: fewer programs are linked anew for each mutant. None: all.
    tests: &'static [&'static str],
}

const SUBJECTS: &[Subject] = &[
    Subject {
        name: "prescan",
        files: &["crates/domain/src/prescan.rs"],
        packages: "toso-domain",
        tests: &[],
    },
    Subject {
        name: "gate",
        files: &["crates/domain/src/gate.rs"],
        packages: "toso-domain",
        tests: &[],
    },
    Subject {
        name: "session",
        files: &["crates/sync/src/session.rs", "crates/sync/src/session/*.rs"],
        packages: "toso-sync,toso-tests",
        tests: &[
            "--lib",
            "--test=protocol_stories",
            "--test=simulator",
            "--test=hostile",
        ],
    },
    Subject {
        name: "authorize",
        files: &["crates/app/src/authorize.rs", "crates/hub/src/staff/mod.rs"],
        packages: "toso-hub,toso-tests",
        tests: &["--test=staff", "--test=door", "--test=matrix"],
    },
];
/// Of each subject; some turn out not to compile and count for nothing.
const EACH: usize = 14;
/// Of all, at least.
const LEAST: usize = 40;
/// Percent of those that compile.
const KILLED: usize = 80;
/// Where cargo-mutants keeps its notes.
const NOTES: &str = "target/mutants";

/// Makes the mutants one by one, in this very work tree, and notes which were noticed.
pub(super) fn kill(root: &Path) -> anyhow::Result<Problems> {
    super::wants("cargo-mutants")?;
    let code = book::code_of(root, book::CRATES_AND_TESTS)?;
    for subject in SUBJECTS {
        let chosen = chosen(root, subject)?;
        let mut book = Book::read(root)?;
        book.begin_mutants(&code);
        let left: Vec<&Mutant> = chosen
            .iter()
            .filter(|one| !book.has_mutant(&one.name))
            .collect();
        println!(
            "   {}: {} of {} mutants to make",
            subject.name,
            left.len(),
            chosen.len()
        );
        if !left.is_empty() {
            // A mutant that does not compile is told apart from tests that do not.
            let problems = command::pass(whole(root, subject))?;
            if !problems.is_empty() {
                return Ok(problems);
            }
        }
        for one in left {
            let told = outcome(root, subject, one)?;
            println!("   {}: {told}", one.name);
            book.add_mutant(&one.name, &told);
            book.write(root)?;
        }
    }
    judged(&Book::read(root)?)
}

/// Whether enough were noticed.
fn judged(book: &Book) -> anyhow::Result<Problems> {
    let (killed, alive) = book.mutants();
    let all = killed + alive;
    println!("   {killed} of {all} mutants that compile were noticed by a test");
    ensure!(all >= LEAST, "{all} mutants, fewer than {LEAST}");
    Ok(if killed * 100 < all * KILLED {
        vec![format!("{alive} of {all} mutants were noticed by no test")]
    } else {
        Vec::new()
    })
}

/// One mutant.
#[derive(Debug, Clone)]
struct Mutant {
    /// `file:line:column: what is done`.
    name: String,
    /// Its place among all of the subject.
    at: usize,
    all: usize,
}

/// The mutants of a subject that are made.
fn chosen(root: &Path, subject: &Subject) -> anyhow::Result<Vec<Mutant>> {
    let mut list = mutants(root, subject);
    list.args(["--list", "--json"]);
    let list: Vec<Value> = serde_json::from_str(&command::text(list)?).context("cargo-mutants")?;
    let names = list
        .iter()
        .filter_map(|mutant| mutant.get("name").and_then(Value::as_str));
    let all: Vec<Mutant> = names
        .enumerate()
        .map(|(at, name)| Mutant {
            name: name.to_owned(),
            at,
            all: list.len(),
        })
        .collect();
    Ok(spread(&all, EACH))
}

/// So many of them, at even distances.
fn spread<T: Clone>(names: &[T], most: usize) -> Vec<T> {
    if names.len() <= most {
        return names.to_vec();
    }
    (0..most)
        .filter_map(|turn| names.get(turn * names.len() / most).cloned())
        .collect()
}

/// Builds a subject's tests with nothing changed.
fn whole(root: &Path, subject: &Subject) -> std::process::Command {
    let mut build = command::cargo(root);
    build.args(["nextest", "run", "--no-run", "--locked"]);
    for package in subject.packages.split(',') {
        build.args(["--package", package]);
    }
    build.args(subject.tests);
    build
}

/// What became of one: `caught`, `missed`, `timeout` or `unviable`.
fn outcome(root: &Path, subject: &Subject, one: &Mutant) -> anyhow::Result<String> {
    let mut run = mutants(root, subject);
    // By its place: a pattern does not hold back those that delete a field (cargo-mutants 27.1), and three of them would be
    // tried along with each.
    run.args(["--sharding", "slice", "--shard"]);
    run.arg(format!("{}/{}", one.at, one.all));
    run.args([
        "--in-place",
        "--baseline",
        "skip",
        "--timeout",
        "300",
        "--no-times",
        "-o",
        NOTES,
    ]);
    run.args(["--test-tool", "nextest", "--test-package", subject.packages]);
    let build = ["--locked"].iter().chain(subject.tests);
    run.args(build.map(|word| format!("--cargo-arg={word}")));
    run.args(["--", "--max-fail", "1:immediate"]);
    run.env("SIM_COUNT", "200").env("RUST_BACKTRACE", "0");
    // Ends badly when a mutant lives, which is no failure of the run.
    let ended = run.output()?;
    let notes = root.join(NOTES).join("mutants.out");
    for told in ["caught", "missed", "timeout", "unviable"] {
        let names = std::fs::read_to_string(notes.join(format!("{told}.txt"))).unwrap_or_default();
        if names.lines().any(|line| line == one.name) {
            return Ok(told.to_owned());
        }
    }
    bail!(
        "cargo-mutants says nothing of `{}`:\n{}",
        one.name,
        String::from_utf8_lossy(&ended.stdout)
    )
}

fn mutants(root: &Path, subject: &Subject) -> std::process::Command {
    let mut command = command::cargo(root);
    command.arg("mutants");
    for file in subject.files {
        command.args(["--file", file]);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn mutants_are_taken_from_all_over_a_file() {
        let names: Vec<String> = (0..100).map(|name| name.to_string()).collect();
        assert_eq!(spread(&names, 4), ["0", "25", "50", "75"]);
        assert_eq!(spread(&names[..3], 4), ["0", "1", "2"]);
    }
}
