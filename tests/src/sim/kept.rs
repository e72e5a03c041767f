//! I4 on whole packs: what the hub once gave a receipt for and some live copy still counts, the hub holds at the end, counting
//! or set aside, or its author made it again. Whoever wrote it, and whoever holds it: somebody who leaves a space drops no more
//! than the hub has.

use super::World;
use std::collections::BTreeSet;
use toso_domain::id::SpaceId;
use toso_sync::id::Head;
use toso_sync::shelf::Shelf;

impl World {
    /// Packs with a receipt that some live copy counts.
    pub(super) fn receipted(&self) -> BTreeSet<(SpaceId, Head)> {
        let mut out = BTreeSet::new();
        for device in self.devices.iter().filter(|device| device.live) {
            for space in &self.spaces {
                let mut names = BTreeSet::new();
                for book in [device.copy.book(), self.hub.book()] {
                    for log in book.receipted_logs(*space) {
                        names.extend(book.receipts(*space, &log).map(|at| at.head));
                    }
                }
                let rows = device.copy.shelf.packs(*space).unwrap().into_iter();
                let kept = rows.filter(|row| row.valid && names.contains(&row.head));
                out.extend(kept.map(|row| (*space, row.head)));
            }
        }
        out
    }

    /// That the hub holds each of them, or a counting pack of the same author that made it again.
    pub(super) fn check_receipted(
        &mut self,
        receipted: &BTreeSet<(SpaceId, Head)>,
    ) -> Result<(), String> {
        for (space, head) in receipted {
            let ledger = self.hub.ledger(*space).unwrap();
            if ledger.get(head).is_none() && !ledger.replaced().contains(head) {
                return Err(format!(
                    "I4: {head} of {space} had a receipt, and the hub knows nothing of it"
                ));
            }
        }
        Ok(())
    }
}
