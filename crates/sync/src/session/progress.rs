//! What an exchange did, and what was said of packs in it.

use crate::id::{DeviceKey, Epoch, Head};
use crate::pack::{Pack, head_of};
use crate::replica::{Fault, Outcome, Replica};
use crate::shelf::Shelf;
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::id::SpaceId;

/// What an exchange did so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Packs and changes given and taken by the hub.
    pub pushed: (usize, usize),
    /// Packs and changes taken here.
    pub pulled: (usize, usize),
    /// Requests sent.
    pub requests: usize,
    /// The hub's clock in its last answer, milliseconds since 1970.
    pub hub_time: i64,
    /// The hub's epoch in its last answer.
    pub hub_epoch: Option<Epoch>,
    /// Packs the hub did not take, with the code.
    pub refused: BTreeMap<Head, String>,
    /// Spaces the hub did not answer, with the code.
    pub closed: BTreeMap<SpaceId, String>,
    /// Spaces whose packs the hub takes another time: this device has given it enough for now.
    pub later: BTreeSet<SpaceId>,
    /// Packs the hub gave that were not taken here, with the code.
    pub unfit: BTreeMap<Head, String>,
}

impl Progress {
    /// True when the hub would not have the pack even set aside. One refused as counting may have become void since, by
    /// rulings of this very exchange: then it is handed in, or a revoked phone would lock with it.
    pub(super) fn declined(&self, head: &Head) -> bool {
        let aside =
            |code: &String| matches!(&**code, "revoked" | "closed" | "fork" | "other_branch");
        self.refused.get(head).is_some_and(|code| !aside(code))
    }

    /// Remembers why a pack the hub gave was not taken; one taken after all is forgotten.
    pub(super) fn note_unfit(&mut self, pack: &Pack, outcome: &Outcome) {
        let head = head_of(&pack.header);
        match outcome.code() {
            Some(code) => self.unfit.insert(head, code.to_owned()),
            None => self.unfit.remove(&head),
        };
    }

    /// Once the hub's tray of a device is full, nothing more of that device is offered to it this time.
    pub(super) fn refuse_full<S: Shelf>(
        &mut self,
        device: &mut Replica<S>,
        space: SpaceId,
        wanted: &[Head],
    ) -> Result<(), Fault> {
        let ledger = device.ledger(space)?;
        let author = |head: &Head| ledger.get(head).map(|meta| meta.log.device);
        let refused = &mut self.refused;
        let full: BTreeSet<DeviceKey> = refused
            .iter()
            .filter(|(_, code)| *code == "tray_full")
            .filter_map(|(head, _)| author(head))
            .collect();
        for head in wanted {
            if author(head).is_some_and(|device| full.contains(&device)) {
                refused.insert(*head, "tray_full".into());
            }
        }
        Ok(())
    }
}

/// Codes that tell about the moment, not about the pack: it is offered again.
pub(super) fn passing(code: &str) -> bool {
    matches!(
        code,
        "dup" | "gap" | "missing" | "no_cert" | "hole" | "bad_body" | "past_void"
    )
}
