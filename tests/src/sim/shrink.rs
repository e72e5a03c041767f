//! The fewest events of a failing history that still fail, so that a person can read them.

use super::oracle::{numbers_of, play};
use std::panic::catch_unwind;

/// How often a history is played again at most.
const PLAYS: usize = 600;

/// The outcome of these events; a panic is a failure too.
#[must_use]
pub fn outcome(seed: u64, events: &[usize]) -> Option<String> {
    match catch_unwind(|| play(seed, events)) {
        Ok(done) => done.err(),
        Err(why) => {
            let text = why.downcast_ref::<String>().cloned();
            let text = text.or_else(|| why.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Some(format!(
                "seed {seed}: panicked: {}",
                text.unwrap_or_default()
            ))
        }
    }
}

/// The invariant an outcome names: what is left must break the same one, or a smaller fault would take the place of the one
/// that was met.
fn broken(outcome: &str) -> &str {
    outcome.split(": ").nth(1).unwrap_or_default()
}

/// Leaves out halves, quarters and so on, down to single events, as long as what is left still fails in the same way.
#[must_use]
pub fn shrink(seed: u64, events: usize) -> Vec<usize> {
    let mut kept = numbers_of(seed, events);
    let whole = outcome(seed, &kept).unwrap_or_default();
    let alike = |why: &String| broken(why) == broken(&whole);
    let (mut chunk, mut plays) = (kept.len().div_ceil(2), 0);
    while chunk > 0 && plays < PLAYS {
        let mut from = 0;
        while from < kept.len() && plays < PLAYS {
            let mut fewer = kept.clone();
            fewer.drain(from..(from + chunk).min(kept.len()));
            plays += 1;
            if outcome(seed, &fewer).is_some_and(|why| alike(&why)) {
                kept = fewer;
            } else {
                from += chunk;
            }
        }
        chunk = if chunk == 1 { 0 } else { chunk.div_ceil(2) };
    }
    kept
}
