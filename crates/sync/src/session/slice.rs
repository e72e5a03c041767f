//! An answer taken in slices, so that whoever waits for the copy has a turn between them: a first exchange brings tens of
//! thousands of records, and people look things up meanwhile.

use super::Session;
use crate::message::Tell;
use crate::pack::Pack;
use crate::replica::{Fault, Mode, Outcome, Replica};
use crate::shelf::Shelf;
use toso_domain::id::SpaceId;

/// Bytes of packs taken at a time: about one full pack, or a few weeks' work of one person.
const SLICE: u64 = 32 * 1024;

impl Session {
    /// Takes some of an answer's packs, each whole and durable, and what must be taken before them. They are gone from
    /// `tell` then, and [`Session::take`] takes what is left. False when no packs are left.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn take_some<S: Shelf>(
        &mut self,
        device: &mut Replica<S>,
        tell: &mut Tell,
        now: i64,
    ) -> Result<bool, Fault> {
        let given: Vec<Vec<u8>> = tell.give_rulings.drain(..).map(|b| b.0).collect();
        self.moved |= device.take_rulings(&given)?.taken > 0;
        for part in &mut tell.spaces {
            let space = SpaceId::from(part.space);
            let is_open = part.state == "open" || part.state == "level";
            if part.packs.is_empty() || !is_open || !self.known.contains_key(&space) {
                continue;
            }
            let receipts: Vec<Vec<u8>> = part.give_receipts.drain(..).map(|b| b.0).collect();
            self.moved |= device.take_rulings(&receipts)?.taken > 0;
            let mut room = SLICE;
            let count = part.packs.iter().take_while(|pack| {
                let fits = room > 0;
                room = room.saturating_sub(pack.size());
                fits
            });
            let count = count.count();
            let slice: Vec<Pack> = part.packs.drain(..count).collect();
            self.take_packs(device, space, &slice, now)?;
            return Ok(true);
        }
        Ok(false)
    }

    fn take_packs<S: Shelf>(
        &mut self,
        device: &mut Replica<S>,
        space: SpaceId,
        packs: &[Pack],
        now: i64,
    ) -> Result<(), Fault> {
        let progress = &mut self.progress;
        let taken = device.transaction(|device| {
            let mut taken = (0, 0);
            for pack in packs {
                let outcome = device.take_pack(space, pack, Mode::Counting, now)?;
                if outcome == Outcome::Taken {
                    taken.0 += 1;
                    taken.1 += super::changes_in(device, space, pack)?;
                }
                progress.note_unfit(pack, &outcome);
            }
            device.settle_taken(space)?;
            Ok(taken)
        })?;
        self.moved |= taken.0 > 0;
        self.progress.pulled.0 += taken.0;
        self.progress.pulled.1 += taken.1;
        Ok(())
    }
}
