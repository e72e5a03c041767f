//! How long an instrument runs and what it counts: short in `cargo test`, long under `cargo xtask proof`.
//!
//! `PROOF_MINUTES` lets an instrument go on for that long, `PROOF_FROM` tells where it goes on from, so that a second
//! run sees what the first did not; `PROOF_FILE` is where its counters are told, one line of JSON a test.

use serde_json::{Map, Value, json};
use std::io::Write;
use std::time::{Duration, Instant};

/// Numbers of the histories, kills or states an instrument goes through: a fixed count, or as many as there is time for.
#[derive(Debug)]
pub struct Turns {
    next: u64,
    short: u64,
    until: Option<Instant>,
}

impl Iterator for Turns {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let on = match self.until {
            Some(until) => Instant::now() < until,
            None => self.short > 0,
        };
        self.short = self.short.saturating_sub(1);
        self.next += 1;
        on.then(|| self.next - 1)
    }
}

/// `short` turns in a plain test; under `PROOF_MINUTES` as many as there is time for.
#[must_use]
pub fn turns(short: u64) -> Turns {
    Turns {
        next: number("PROOF_FROM").unwrap_or(0),
        short,
        until: minutes().map(|minutes| Instant::now() + minutes),
    }
}

/// How long this instrument may take, when it runs in its long form.
#[must_use]
pub fn minutes() -> Option<Duration> {
    number("PROOF_MINUTES").map(|minutes| Duration::from_secs(minutes * 60))
}

/// Tells what an instrument did: plain counts by name, such as `("kills", 2000)`. Says nothing in a plain test.
pub fn tell(instrument: &str, counters: &[(&str, u64)]) {
    let Some(path) = std::env::var_os("PROOF_FILE") else {
        return;
    };
    let counters: Map<String, Value> = counters
        .iter()
        .map(|(name, count)| ((*name).to_owned(), json!(count)))
        .collect();
    let line = format!(
        "{}\n",
        json!({ "instrument": instrument, "counters": counters })
    );
    let file = std::fs::File::options()
        .append(true)
        .create(true)
        .open(path);
    // One write a line: lines of tests that end at the same time do not mix.
    file.unwrap().write_all(line.as_bytes()).unwrap();
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}
