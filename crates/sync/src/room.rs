//! What goes into one message, so that none is larger than the other side reads: what does not fit goes into the next.

use crate::caps;
use crate::id::{Head, RulingId};
use crate::message::Bytes;
use crate::pack::{Hash32, Pack};
use crate::replica::{Fault, Replica};
use crate::shelf::Shelf;
use toso_domain::crdt::ChangeHash;
use toso_domain::id::SpaceId;

/// What room a message has left, by list, bytes.
pub(crate) struct Room {
    pub(crate) packs: usize,
    pub(crate) tray: usize,
    pub(crate) heals: usize,
    pub(crate) rulings: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            packs: caps::BATCH_BYTES,
            tray: caps::SIDE_BYTES,
            heals: caps::SIDE_BYTES,
            rulings: caps::SIDE_BYTES,
        }
    }
}

/// Takes `size` bytes out of what room a message has left. What comes first goes in whole while there is any room, so that
/// nothing is too large for ever.
fn fits(room: &mut usize, size: usize, first: bool) -> bool {
    let fits = *room > 0 && (first || size <= *room);
    if fits {
        *room = room.saturating_sub(size);
    }
    fits
}

impl<S: Shelf> Replica<S> {
    /// As many of these rulings as there is room for; true when that is all of them.
    pub(crate) fn some_rulings(&self, ids: &[RulingId], room: &mut usize) -> (Vec<Bytes>, bool) {
        let mut out = Vec::new();
        for ruling in ids.iter().filter_map(|id| self.book().get(id)) {
            if !fits(room, ruling.bytes.len(), out.is_empty()) {
                return (out, false);
            }
            out.push(Bytes(ruling.bytes.clone()));
        }
        (out, true)
    }

    /// As many of these packs as there is room for, of those held whole; true when that is all of them.
    pub(crate) fn some_packs(
        &self,
        space: SpaceId,
        heads: &[Head],
        room: &mut usize,
    ) -> Result<(Vec<Pack>, bool), Fault> {
        let mut out = Vec::new();
        for head in heads {
            let Some(pack) = self.pack(space, head)? else {
                continue;
            };
            let size = pack.header.len() + pack.body.len() + 80;
            if !fits(room, size, out.is_empty()) {
                return Ok((out, false));
            }
            out.push(pack);
        }
        Ok((out, true))
    }

    /// The bytes of as many of these changes as there is room for, of those held.
    pub(crate) fn some_bytes(
        &mut self,
        space: SpaceId,
        hashes: &[Hash32],
        room: &mut usize,
    ) -> Result<Vec<Bytes>, Fault> {
        let mut out = Vec::new();
        for hash in hashes.iter().take(caps::HEALS) {
            let hash = ChangeHash(hash.0);
            let held = match self.bytes_of(space, &hash)? {
                Some(raw) => Some(raw),
                None => self.wanted_bytes(space, &hash)?,
            };
            let Some(raw) = held else {
                continue;
            };
            if !fits(room, raw.len(), out.is_empty()) {
                break;
            }
            out.push(Bytes(raw));
        }
        Ok(out)
    }
}
