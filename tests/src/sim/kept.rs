//! I4 on whole packs: what the hub once gave a receipt for and some live copy still counts, the hub holds at the end, counting or
//! set aside, or its author made it again. Whoever wrote it, and whoever holds it: somebody who leaves a space drops no more than the hub has.

use super::World;
use std::collections::BTreeSet;
use toso_domain::id::SpaceId;
use toso_sync::id::Head;
use toso_sync::shelf::Shelf;

impl World {
    /// Packs with a receipt that some live copy counts.
    pub(super) fn receipted(&mut self) -> BTreeSet<(SpaceId, Head)> {
        let mut out = BTreeSet::new();
        for device in self.devices.iter().filter(|device| device.live) {
            for space in &self.spaces {
                let books = [device.copy.book(), self.hub.book()];
                let logs = |book: &toso_sync::book::Book| book.receipted_logs(*space);
                let mut names = BTreeSet::new();
                for book in books {
                    for log in logs(book) {
                        names.extend(book.receipts(*space, &log).map(|at| at.head));
                    }
                }
                let rows = device.copy.shelf.packs(*space).unwrap();
                let counting = rows.iter().filter(|row| row.valid).map(|row| row.head);
                let kept = counting.filter(|head| names.contains(head));
                out.extend(kept.map(|head| (*space, head)));
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
