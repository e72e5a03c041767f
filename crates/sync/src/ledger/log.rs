//! What is known of one log, whether it counts or not.

use super::Ledger;
use crate::id::{Head, Log, Position};
use std::collections::BTreeMap;

impl Ledger {
    /// Every pack known of a log, void ones too.
    #[must_use]
    pub fn known(&self, log: &Log) -> Vec<Head> {
        self.slots
            .get(log)
            .into_iter()
            .flat_map(BTreeMap::values)
            .flatten()
            .copied()
            .collect()
    }

    /// The last pack known of a log, counting or not.
    #[must_use]
    pub fn last_known(&self, log: &Log) -> Option<Position> {
        let (seq, heads) = self.slots.get(log)?.last_key_value()?;
        heads.first().map(|head| Position {
            log: *log,
            seq: *seq,
            head: *head,
        })
    }

    /// True when a pack is known, counting or not, and all of its log before it.
    #[must_use]
    pub fn knows_all_of(&self, head: &Head) -> bool {
        let mut at = Some(*head);
        while let Some(head) = at {
            let Some(meta) = self.packs.get(&head) else {
                return false;
            };
            // What counts has all before it.
            at = if meta.valid { None } else { meta.prev };
        }
        true
    }

    /// True when a counting pack of its own device ends the log.
    #[must_use]
    pub fn is_ended(&self, log: &Log) -> bool {
        self.ends.contains_key(log)
    }

    /// Every pack known at one place of a log.
    pub fn at(&self, log: &Log, seq: u64) -> impl Iterator<Item = &Head> {
        self.slots
            .get(log)
            .and_then(|s| s.get(&seq))
            .into_iter()
            .flatten()
    }

    /// Logs of which anything is known.
    pub fn logs(&self) -> impl Iterator<Item = &Log> {
        self.slots.keys()
    }
}
