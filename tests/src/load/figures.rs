//! How long exchanges took.

use serde_json::{Value, json};
use std::time::Duration;

/// What a crowd of exchanges was like.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    /// Milliseconds of each exchange that went well, from its first byte to its last.
    pub(crate) took: Vec<u64>,
    /// Exchanges the hub put off, and what else was answered.
    pub(crate) later: usize,
    pub(crate) failed: Vec<String>,
    /// Most memory the hub held meanwhile.
    pub(crate) most_kb: u64,
}

impl Figures {
    pub(crate) fn note(&mut self, took: Duration) {
        self.took
            .push(u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    }

    /// Milliseconds that so many of a hundred exchanges stayed below.
    fn most_of(&self, percent: usize) -> Option<u64> {
        let mut sorted = self.took.clone();
        sorted.sort_unstable();
        let last = sorted.len().checked_sub(1)?;
        sorted.get(last * percent / 100).copied()
    }

    pub(crate) fn told(&self) -> Value {
        json!({ "exchanges": self.took.len(), "p50_ms": self.most_of(50), "p99_ms": self.most_of(99),
            "longest_ms": self.most_of(100), "put_off": self.later, "failed": self.failed })
    }
}
