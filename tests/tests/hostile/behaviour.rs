//! One hostile behaviour after the other, each a story with its outcome, beside honest people whose work goes on.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

/// One behaviour.
pub(crate) struct Behaviour<W> {
    /// What is done, in one line.
    pub(crate) name: &'static str,
    /// What must come of it; the story looks for it.
    pub(crate) outcome: &'static str,
    pub(crate) play: fn(&mut W),
}

/// A world to misbehave in.
pub(crate) trait World {
    fn begin() -> Self;
    /// The next honest thing still works.
    fn goes_on(&mut self);
    /// True when one world serves for many behaviours.
    const LASTS: bool;
}

/// What was played on one side.
#[derive(Default)]
pub(crate) struct Played {
    names: BTreeSet<&'static str>,
    failed: Vec<&'static str>,
}

impl Played {
    /// Plays these. `HOSTILE=name` plays that one alone.
    pub(crate) fn play<W: World>(&mut self, side: &str, all: &[Behaviour<W>]) {
        let only = std::env::var("HOSTILE").ok();
        let mut world: Option<W> = None;
        for one in all {
            assert!(self.names.insert(one.name), "twice: {}", one.name);
            if only.as_ref().is_some_and(|only| only != one.name) {
                continue;
            }
            let began = Instant::now();
            let mut here = world.take().unwrap_or_else(W::begin);
            let well = catch_unwind(AssertUnwindSafe(|| {
                (one.play)(&mut here);
                here.goes_on();
            }));
            let (word, took) = (if well.is_ok() { "ok" } else { "FAILED" }, began.elapsed());
            println!(
                "| {side} | {} | {} | {word}, {} ms |",
                one.name,
                one.outcome,
                took.as_millis()
            );
            if well.is_err() {
                self.failed.push(one.name);
            } else if W::LASTS {
                world = Some(here);
            }
        }
    }

    /// There are so many, and each came out as it must.
    pub(crate) fn ends(self, least: usize) {
        println!("{} behaviours", self.names.len());
        assert!(self.names.len() >= least, "{} behaviours", self.names.len());
        let replay = "HOSTILE=<name> cargo nextest run -E 'binary(hostile)'";
        assert!(self.failed.is_empty(), "{:?}; {replay}", self.failed);
    }
}
