//! Which lines of the core the tests run: cargo-llvm-cov counts them, in our process and in the programs the tests start.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;

use super::book::{self, Book, Lines};
use crate::command;
use crate::step::Problems;

/// Crates whose lines count.
const CRATES: &[&str] = &["domain", "store", "sync", "hub"];
/// Percent of each crate's lines.
const LEAST: u64 = 85;
/// Not the tests that end the programs by force, since those tell nothing any more, and not those of this program.
const TESTS: &str = "not (package(xtask) | binary(kills) | binary(crash_points))";
/// What was counted, line by line.
const FILE: &str = "target/coverage.lcov";

/// Runs the tests with counters in every line and writes down how many lines of each crate they reached.
pub(super) fn count(root: &Path) -> anyhow::Result<Problems> {
    super::wants("cargo-llvm-cov")?;
    let code = book::code_of(root, book::CRATES_AND_TESTS)?;
    let mut run = command::cargo_whole(root, &["llvm-cov", "nextest"]);
    run.args(["--lcov", "--output-path", FILE, "-E", TESTS]);
    run.env("SIM_COUNT", "200");
    for (name, tool) in [("LLVM_COV", "llvm-cov"), ("LLVM_PROFDATA", "llvm-profdata")] {
        // Debian's, where it is of the compiler's own version; else those of the tool chain.
        let tool = format!("{tool}-{}", llvm(root)?);
        if std::env::var_os(name).is_none() && command::on_path(&tool) {
            run.env(name, tool);
        }
    }
    let mut problems = command::pass(run)?;
    if !problems.is_empty() {
        return Ok(problems);
    }
    let told = std::fs::read_to_string(root.join(FILE)).context(FILE)?;
    let mut crates: BTreeMap<String, Lines> = BTreeMap::new();
    for (file, lines) in files(&told) {
        let Some(name) = crate_of(file) else { continue };
        let text = std::fs::read_to_string(file).with_context(|| file.to_owned())?;
        let all = crates.entry(name.to_owned()).or_default();
        let own = end_of_code(&text);
        for (_, times) in lines.iter().filter(|(line, _)| *line < own) {
            all.lines += 1;
            all.covered += u64::from(*times > 0);
        }
    }
    for (name, Lines { lines, covered }) in &crates {
        let hundredths = covered * 10_000 / lines.max(&1);
        println!(
            "   {name}: {covered} of {lines} lines, {}.{:02} %",
            hundredths / 100,
            hundredths % 100
        );
        if hundredths < LEAST * 100 {
            problems.push(format!(
                "fewer than {LEAST} % of the lines of {name} are run by a test"
            ));
        }
    }
    let mut book = Book::read(root)?;
    book.set_coverage(code, crates);
    book.write(root)?;
    Ok(problems)
}

/// The compiler's LLVM: its first number.
fn llvm(root: &Path) -> anyhow::Result<String> {
    let mut ask = command::program(root, "rustc");
    ask.arg("-vV");
    let told = command::text(ask)?;
    let version = told
        .lines()
        .find_map(|line| line.strip_prefix("LLVM version: "));
    let major = version.and_then(|version| version.split('.').next());
    Ok(major.context("rustc names no LLVM")?.to_owned())
}

/// Each file with its lines: number, and how often it was run.
fn files(lcov: &str) -> impl Iterator<Item = (&str, Vec<(u64, u64)>)> {
    lcov.split("end_of_record").filter_map(|record| {
        let file = record.lines().find_map(|line| line.strip_prefix("SF:"))?;
        let lines = record.lines().filter_map(|line| {
            let (line, times) = line.strip_prefix("DA:")?.split_once(',')?;
            Some((line.parse().ok()?, times.parse().ok()?))
        });
        Some((file, lines.collect()))
    })
}

/// The crate a source file is of, if its lines count: files of tests do not.
fn crate_of(file: &str) -> Option<&'static str> {
    let of = |name: &&&str| file.contains(&format!("/crates/{name}/src/"));
    let name = CRATES.iter().find(of)?;
    (!file.ends_with("/tests.rs") && !file.contains("/tests/")).then_some(name)
}

/// The line at which a file's own tests begin, or one after its last.
fn end_of_code(text: &str) -> u64 {
    let tests = text.lines().position(|line| line == "#[cfg(test)]");
    tests.unwrap_or(text.lines().count()) as u64 + 1
}

#[cfg(test)]
mod tests {
    use super::{crate_of, end_of_code, files};

    #[test]
    fn lines_are_read_file_by_file() {
        let told = "SF:/x/crates/sync/src/a.rs\nDA:1,0\nDA:2,7\nLF:2\nend_of_record\nSF:/x/b.rs\nDA:9,1\nend_of_record\n";
        let all: Vec<_> = files(told).collect();
        assert_eq!(
            all,
            [
                ("/x/crates/sync/src/a.rs", vec![(1, 0), (2, 7)]),
                ("/x/b.rs", vec![(9, 1)])
            ]
        );
    }

    #[test]
    fn tests_do_not_count_as_tested_code() {
        assert_eq!(crate_of("/x/crates/sync/src/a.rs"), Some("sync"));
        assert_eq!(crate_of("/x/crates/domain/src/gate/tests.rs"), None);
        assert_eq!(crate_of("/x/crates/app/src/a.rs"), None);
        assert_eq!(end_of_code("fn a() {}\n\n#[cfg(test)]\nmod tests {}\n"), 3);
        assert_eq!(end_of_code("fn a() {}\n"), 2);
    }
}
