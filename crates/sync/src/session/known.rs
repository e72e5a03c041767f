//! What the device knows of the other side within one exchange.

use super::Session;
use crate::id::{Head, Log, Position, RulingId};
use crate::message::Digest;
use crate::pack::Hash32;
use crate::replica::{Fault, Replica};
use crate::shelf::Shelf;
use std::collections::{BTreeMap, BTreeSet};

/// What the hub said of one space; `shown` is the tray as the last ask had it, for what became void since is yet to be shown.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) vector: Option<Vec<Position>>,
    /// What this device holds of logs of which the hub has another branch, by the name of its last pack there.
    pub(super) apart: BTreeSet<Head>,
    pub(super) receipts: BTreeSet<RulingId>,
    pub(super) want_tray: Vec<Head>,
    pub(super) shown: BTreeSet<Head>,
    pub(super) holes: Vec<Hash32>,
    pub(super) level: bool,
    pub(super) told: bool,
    /// The device's own vector as the last ask had it, and whether the hub said that it holds all of it.
    pub(super) asked: Option<Vec<Position>>,
    pub(super) kept: bool,
    /// The rulings by which this device last sealed what it had saved. What is saved later in an exchange goes with the
    /// next one: somebody who keeps saving would else keep a long one from ever ending.
    pub(super) sealed_by: Option<Digest>,
}

/// What the last ask gave, to know what its answer acknowledges.
#[derive(Debug, Default)]
pub(super) struct Sent {
    pub(super) packs: BTreeMap<Head, usize>,
    pub(super) tray: BTreeSet<Head>,
    /// True when rulings were left out for want of room: they go next, once the hub shows what it took.
    pub(super) more: bool,
}

impl Known {
    /// What the hub holds, as far as it is on this device's branches: of a log that parts from its own before that, all is
    /// given.
    pub(super) fn in_common(&self, mine: &[Position]) -> Option<Vec<Position>> {
        let mut theirs = self.vector.clone()?;
        if !self.apart.is_empty() {
            let parted = mine.iter().filter(|at| self.apart.contains(&at.head));
            let parted: BTreeSet<Log> = parted.map(|at| at.log).collect();
            theirs.retain(|at| !parted.contains(&at.log));
        }
        Some(theirs)
    }
}

impl Session {
    /// Packs this device has yet to give; `None` while the hub has not said of every space what it holds.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn left_to_give<S: Shelf>(&self, device: &mut Replica<S>) -> Result<Option<usize>, Fault> {
        let mut left = 0;
        for (space, known) in &self.known {
            if self.progress.closed.contains_key(space) {
                continue;
            }
            let ledger = device.ledger(*space)?;
            let Some(theirs) = known.in_common(&ledger.vector()) else {
                return Ok(None);
            };
            let lacking = ledger.lacking(&theirs);
            let taken = |head: &&Head| !self.progress.refused.contains_key(*head);
            left += lacking.iter().filter(taken).count();
        }
        Ok(Some(left))
    }

    /// Rule 7.6: what the hub does not want any more of a space this device has left is dropped with it. Not what it wants
    /// another time.
    pub(super) fn leave<S: Shelf>(&mut self, device: &mut Replica<S>) -> Result<(), Fault> {
        for (space, known) in &self.known {
            let given = known.want_tray.is_empty() && !self.progress.later.contains(space);
            if known.told && given && (known.level || known.kept) {
                device.leave(*space)?;
            }
        }
        Ok(())
    }
}
