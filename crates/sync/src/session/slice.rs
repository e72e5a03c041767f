//! An answer taken in slices, so that whoever waits for the copy has a turn between them: a first exchange brings hundreds of
//! thousands of records, and people look things up meanwhile.

use super::Session;
use crate::caps;
use crate::message::{SpaceTell, Tell};
use crate::replica::{Fault, Mode, Outcome, Replica};
use crate::shelf::Shelf;
use toso_domain::id::SpaceId;

/// Bytes of packs that whoever waits has to wait for: about one full pack, or a few weeks' work of one person.
const SLICE: usize = 32 * 1024;
/// Bytes taken as one while nobody waits: an answer. Records of one kind stand in the indexes side by side, wherever they come
/// from; the more are taken at once, the fewer pages are sealed and written again and again.
const WHOLE: usize = caps::BATCH_BYTES;

impl Session {
    /// Takes some of an answer's packs as one, durable when this returns, and what must be taken before them. They are gone
    /// from `tell` then, and [`Session::take`] takes what is left. As many as there are while nobody waits (`awaited`), else no
    /// more than a slice. False when no packs are left.
    ///
    /// # Errors
    /// Faults of the shelf; none of what this call was to take is taken then.
    pub fn take_some<S: Shelf>(
        &mut self,
        device: &mut Replica<S>,
        tell: &mut Tell,
        now: i64,
        awaited: &dyn Fn() -> bool,
    ) -> Result<bool, Fault> {
        let given: Vec<Vec<u8>> = tell.give_rulings.drain(..).map(|b| b.0).collect();
        self.moved |= device.take_rulings(&given)?.taken > 0;
        let known = &self.known;
        let is_open = |part: &&mut SpaceTell| {
            let open = part.state == "open" || part.state == "level";
            open && !part.packs.is_empty() && known.contains_key(&SpaceId::from(part.space))
        };
        let mut parts: Vec<&mut SpaceTell> = tell.spaces.iter_mut().filter(is_open).collect();
        if parts.is_empty() {
            return Ok(false);
        }
        for part in &mut parts {
            let receipts: Vec<Vec<u8>> = part.give_receipts.drain(..).map(|b| b.0).collect();
            self.moved |= device.take_rulings(&receipts)?.taken > 0;
        }
        let progress = &mut self.progress;
        let (packs, changes) = device.transaction(|device| {
            let (mut taken, mut bytes) = ((0, 0), 0);
            let enough = |bytes| bytes >= WHOLE || bytes >= SLICE && awaited();
            for part in parts {
                let space = SpaceId::from(part.space);
                let mut packs = std::mem::take(&mut part.packs).into_iter();
                for pack in packs.by_ref() {
                    let outcome = device.take_pack(space, &pack, Mode::Counting, now)?;
                    if outcome == Outcome::Taken {
                        taken.0 += 1;
                        taken.1 += super::changes_in(device, space, &pack)?;
                    }
                    progress.note_unfit(&pack, &outcome);
                    bytes += usize::try_from(pack.size()).unwrap_or(WHOLE);
                    if enough(bytes) {
                        break;
                    }
                }
                part.packs = packs.collect();
                device.settle_taken(space)?;
                if enough(bytes) {
                    break;
                }
            }
            Ok(taken)
        })?;
        self.moved |= packs > 0;
        self.progress.pulled.0 += packs;
        self.progress.pulled.1 += changes;
        Ok(true)
    }
}
