//! `docs/proof.json`: what was counted, for which code, and what was found.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::instrument::{INSTRUMENTS, Instrument};
use crate::command;

const FILE: &str = "docs/proof.json";

/// The crates and what tests them: not the stories in a browser, which are asked for none of this.
pub(super) const CRATES_AND_TESTS: &[&str] =
    &["crates", "tests/Cargo.toml", "tests/src", "tests/tests"];

/// Git's names of the folders an instrument looks at.
pub(super) type Code = BTreeMap<String, String>;

/// Everything counted.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Book {
    #[serde(default)]
    instruments: BTreeMap<String, Record>,
    /// Instructions of one piece of work, by its name.
    #[serde(default)]
    pub(super) instructions: BTreeMap<String, u64>,
    /// The code the faults were planted in, and the tests that looked for them.
    #[serde(default)]
    faults_code: Code,
    /// For each planted fault the test that found it first; `null` for one that nothing found.
    #[serde(default)]
    pub(super) faults: BTreeMap<String, Option<String>>,
    /// Which test found each on earlier code: it is asked first.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    faults_before: BTreeMap<String, String>,
    /// The code the mutants were made in, and the tests that looked for them.
    #[serde(default)]
    mutants_code: Code,
    /// What became of each mutant, by its name.
    #[serde(default)]
    mutants: BTreeMap<String, String>,
    /// The code the lines were counted in, and the tests that ran them.
    #[serde(default)]
    coverage_code: Code,
    #[serde(default)]
    coverage: BTreeMap<String, Lines>,
}

/// Lines of a crate, and those of them a test runs.
#[derive(Debug, Default, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Lines {
    pub(super) lines: u64,
    pub(super) covered: u64,
}

/// What one instrument did on the code as it is.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Record {
    code: Code,
    minutes: u64,
    runs: u64,
    failed_runs: u64,
    counters: BTreeMap<String, u64>,
}

impl Book {
    pub(super) fn read(root: &Path) -> anyhow::Result<Self> {
        match std::fs::read_to_string(root.join(FILE)) {
            Ok(text) => serde_json::from_str(&text).context(FILE),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).context(FILE),
        }
    }

    pub(super) fn write(&self, root: &Path) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        std::fs::write(root.join(FILE), text).context(FILE)
    }

    /// Keeps what was found on this very code, of the faults there are.
    pub(super) fn begin_faults(&mut self, code: Code, names: &BTreeSet<String>) {
        if self.faults_code != code {
            let found = std::mem::take(&mut self.faults).into_iter();
            let found = found.filter_map(|(name, test)| Some((name, test?)));
            self.faults_before.extend(found);
            self.faults_code = code;
        }
        self.faults.retain(|name, _| names.contains(name));
        self.faults_before.retain(|name, _| names.contains(name));
    }

    /// The test that found a fault on earlier code.
    pub(super) fn found_before(&self, name: &str) -> Option<&str> {
        self.faults_before.get(name).map(String::as_str)
    }

    /// Which lines of each crate the tests run, in place of what was counted before.
    pub(super) fn set_coverage(&mut self, code: Code, crates: BTreeMap<String, Lines>) {
        (self.coverage_code, self.coverage) = (code, crates);
    }

    /// Keeps what became of the mutants of this very code.
    pub(super) fn begin_mutants(&mut self, code: &Code) {
        if self.mutants_code != *code {
            self.mutants.clear();
            self.mutants_code.clone_from(code);
        }
    }

    /// Whether this one was made already.
    pub(super) fn has_mutant(&self, name: &str) -> bool {
        self.mutants.contains_key(name)
    }

    /// What cargo-mutants says of one.
    pub(super) fn add_mutant(&mut self, name: &str, told: &str) {
        self.mutants.insert(name.to_owned(), told.to_owned());
    }

    /// How many were noticed by a test, and how many by none; one that does not compile is neither. One that never ends is
    /// noticed.
    pub(super) fn mutants(&self) -> (usize, usize) {
        let count = |one: &[&str]| {
            let told = self.mutants.values();
            told.filter(|told| one.contains(&told.as_str())).count()
        };
        (count(&["caught", "timeout"]), count(&["missed"]))
    }

    /// How far the counting has come on this code, where the next run goes on.
    pub(super) fn reached(&self, one: &Instrument, code: &Code) -> u64 {
        let record = self.instruments.get(one.name);
        let record = record.filter(|record| record.code == *code);
        record
            .and_then(|record| record.counters.get(one.goes_on))
            .copied()
            .unwrap_or(0)
    }

    /// Adds what one test told.
    pub(super) fn add(&mut self, one: &Instrument, code: &Code, line: &Value) {
        let record = self.record(one, code);
        let told = line.get("counters").and_then(Value::as_object);
        // Where an instrument has parts, each part's counters stand by its own name too.
        let part = line.get("instrument").and_then(Value::as_str);
        let part = part.filter(|part| *part != one.name);
        for (name, count) in told.into_iter().flatten() {
            let count = count.as_u64().unwrap_or(0);
            *record.counters.entry(name.clone()).or_default() += count;
            if let Some(part) = part {
                let name = format!("{part}: {name}");
                *record.counters.entry(name).or_default() += count;
            }
        }
    }

    /// Notes one run.
    pub(super) fn ran(&mut self, one: &Instrument, code: &Code, minutes: u64, well: bool) {
        // One that was split or named anew takes its counters with it: nothing adds to them any more.
        self.instruments
            .retain(|name, _| INSTRUMENTS.iter().any(|one| one.name == name));
        let record = self.record(one, code);
        record.minutes += minutes;
        record.runs += 1;
        record.failed_runs += u64::from(!well);
    }

    fn record(&mut self, one: &Instrument, code: &Code) -> &mut Record {
        let record = self.instruments.entry(one.name.to_owned()).or_default();
        if record.code != *code {
            *record = Record {
                code: code.clone(),
                ..Record::default()
            };
        }
        record
    }
}

/// Git's names of these folders as they were committed; an error where they hold more than that.
pub(super) fn code_of(root: &Path, folders: &[&str]) -> anyhow::Result<Code> {
    let ask = |words: &[&str]| {
        let mut git = command::program(root, "git");
        git.args(words).args(folders);
        command::text(git)
    };
    let changed = ask(&["status", "--porcelain", "--"])?;
    if !changed.trim().is_empty() {
        bail!("commit first, for counters belong to a commit:\n{changed}");
    }
    folders
        .iter()
        .map(|folder| {
            let mut git = command::program(root, "git");
            git.args(["rev-parse", "--short=12", &format!("HEAD:{folder}")]);
            Ok(((*folder).to_owned(), command::text(git)?.trim().to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Book, Code, INSTRUMENTS};
    use serde_json::json;

    #[test]
    fn counters_grow_on_the_same_code_and_begin_again_when_it_changes() {
        let one = &INSTRUMENTS[0];
        let code = |name: &str| Code::from([("crates/sync".to_owned(), name.to_owned())]);
        let line = json!({ "instrument": one.name, "counters": { one.goes_on: 7 } });
        let mut book = Book::default();
        for expected in [7, 14] {
            book.add(one, &code("a"), &line);
            assert_eq!(book.reached(one, &code("a")), expected);
        }
        assert_eq!(book.reached(one, &code("b")), 0);
        book.add(one, &code("b"), &line);
        assert_eq!(book.reached(one, &code("b")), 7);
    }

    #[test]
    fn an_instrument_that_is_no_more_is_forgotten_and_no_other() {
        let code = Code::from([("crates".to_owned(), "a".to_owned())]);
        let mut book = Book::default();
        book.ran(&INSTRUMENTS[1], &code, 1, true);
        let old = book.instruments.remove(INSTRUMENTS[1].name);
        book.instruments
            .insert("split".to_owned(), old.unwrap_or_default());
        book.ran(&INSTRUMENTS[0], &code, 1, true);
        book.ran(&INSTRUMENTS[2], &code, 1, true);
        let mut kept: Vec<&str> = book.instruments.keys().map(String::as_str).collect();
        let mut named = vec![INSTRUMENTS[0].name, INSTRUMENTS[2].name];
        kept.sort_unstable();
        named.sort_unstable();
        assert_eq!(kept, named);
    }

    #[test]
    fn what_found_a_fault_is_asked_first_on_other_code_and_proves_nothing_there() {
        let code = |name: &str| Code::from([("crates".to_owned(), name.to_owned())]);
        let names = BTreeSet::from(["torn".to_owned(), "twice".to_owned()]);
        let mut book = Book::default();
        book.begin_faults(code("a"), &names);
        book.faults
            .insert("torn".to_owned(), Some("story torn".to_owned()));
        book.faults.insert("twice".to_owned(), None);
        book.begin_faults(code("a"), &names);
        assert_eq!(book.faults.len(), 2);
        book.begin_faults(code("b"), &names);
        assert!(book.faults.is_empty());
        assert_eq!(book.found_before("torn"), Some("story torn"));
        assert_eq!(book.found_before("twice"), None);
    }
}
