//! The row about searching: words as people type them, beside the bare question to the index.

use std::path::Path;
use std::time::Instant;

use serde_json::json;
use toso_app::clock::{Clock, SystemClock};
use toso_store::{Profile, Secret, Store};

use super::row::{Bound, Figures, Row, Side, median};
use super::stand::QUICK;
use super::{Bench, disk};
use crate::demo::{OFFICE_SECRET, Person};

/// What people type: common names, rare ones, with and without marks, begun words, words of a landmark.
pub(super) const TYPED: &[&str] = &[
    "lò văn",
    "lo van",
    "nguyen",
    "vu a",
    "quang",
    "thach",
    "h'",
    "le xuan khoi",
    "cum huoi la",
    "ba",
    "tram y te",
    "zz",
];

pub(super) fn search(bench: &Bench, folder: &Path) -> anyhow::Result<Row> {
    let key = toso_store::key::unlock(
        folder,
        Secret::Passphrase(OFFICE_SECRET),
        SystemClock.steady(),
        None,
    )?;
    let machine = toso_app::machine();
    let sql =
        "SELECT rowid FROM main.record_search WHERE record_search MATCH ?1 ORDER BY rank LIMIT 50";
    let (mut ours, mut theirs, mut slowest) = (Vec::new(), Vec::new(), 0.0_f64);
    let fsync = disk::fsync_ms(folder)?;
    for _ in 0..bench.samples {
        let mut pc = Person::new(folder, "Hoa", OFFICE_SECRET, &machine, QUICK)?;
        pc.open()?;
        let mut took = Vec::new();
        for text in TYPED {
            let asked = || pc.done("search", json!({ "text": text, "limit": 50 }));
            let (seconds, _) = thrice(asked)?;
            slowest = slowest.max(seconds);
            took.push(seconds);
        }
        ours.push(sum(&took));
        drop(pc);
        let opened = Store::open(&Profile {
            folder,
            key: &key,
            kinds: &[],
            machine: &machine,
        })?;
        let mut took = Vec::new();
        for text in TYPED {
            let words = words(text);
            let (seconds, _) = thrice(|| Ok(opened.store.query(sql, &[words.clone().into()])?))?;
            took.push(seconds);
        }
        theirs.push(sum(&took));
    }
    Ok(Row {
        name: "search",
        what: format!(
            "first page of {} searches without tone marks over the whole commune",
            TYPED.len()
        ),
        ours: Side::of(&ours),
        peer: Some((
            "the bare FTS5 query on the same file".to_owned(),
            Side::of(&theirs),
        )),
        budget: vec![Bound::TimesBare(2.0)],
        fsync_ms: fsync,
        more: vec![("slowest_search_seconds", slowest)],
    })
}

fn sum(took: &[f64]) -> Figures {
    Figures {
        seconds: Some(took.iter().sum()),
        ..Figures::default()
    }
}

/// The middle of three.
pub(super) fn thrice<T>(mut work: impl FnMut() -> anyhow::Result<T>) -> anyhow::Result<(f64, T)> {
    let mut took = Vec::new();
    loop {
        let began = Instant::now();
        let value = work()?;
        took.push(began.elapsed().as_secs_f64());
        if took.len() == 3 {
            return Ok((median(&took).unwrap_or(0.0), value));
        }
    }
}

/// As the store asks the index.
fn words(text: &str) -> String {
    let folded = toso_domain::text::fold(text);
    let words: Vec<String> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\""))
        .collect();
    format!("{} *", words.join(" AND "))
}
