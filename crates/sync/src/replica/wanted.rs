//! Bytes that devices miss and this hub has in no pack (rule 4.6). Two phones may each miss another entry of one pack, and
//! a hub that lost the pack takes it from neither: it remembers what was asked for, takes the bytes from whoever has them,
//! and hands them on. Bounded, the oldest question forgotten first.

use super::{Fault, Replica};
use crate::caps;
use crate::message::Bytes;
use crate::pack::{Hash32, decode, encode};
use crate::shelf::{Shelf, Verdict};
use minicbor::{Decode, Encode};
use std::collections::BTreeSet;
use toso_domain::crdt::{ChangeHash, hash_of};
use toso_domain::id::SpaceId;

/// A change somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
struct Wanted {
    #[n(0)]
    hash: Hash32,
    /// Its bytes, once somebody gave them.
    #[n(1)]
    raw: Option<Bytes>,
}

impl<S: Shelf> Replica<S> {
    /// Notes what a device misses and no pack here has. In the caller's transaction.
    pub(crate) fn want(&mut self, space: SpaceId, holes: &[Hash32]) -> Result<(), Fault> {
        let before = self.wanted(space)?;
        let mut all = before.clone();
        for hole in holes.iter().take(caps::HEALS) {
            let change = ChangeHash(hole.0);
            let known = all.iter().any(|wanted| wanted.hash == *hole);
            if !known && !self.book.is_lost(space, &change) && !self.has_bytes(space, &change)? {
                all.push(Wanted {
                    hash: *hole,
                    raw: None,
                });
            }
        }
        self.keep_wanted(space, &before, all)
    }

    /// What others miss and nobody gave yet.
    pub(crate) fn still_wanted(&self, space: SpaceId) -> Result<Vec<Hash32>, Fault> {
        let all = self.wanted(space)?.into_iter();
        Ok(all.filter(|w| w.raw.is_none()).map(|w| w.hash).collect())
    }

    /// Bytes kept for somebody who misses them.
    pub(crate) fn wanted_bytes(
        &self,
        space: SpaceId,
        hash: &ChangeHash,
    ) -> Result<Option<Vec<u8>>, Fault> {
        let mut all = self.wanted(space)?.into_iter();
        let found = all.find(|wanted| wanted.hash.0 == hash.0);
        Ok(found.and_then(|wanted| wanted.raw).map(|raw| raw.0))
    }

    /// Takes bytes somebody asked for, and forgets what a pack here holds by now. In the caller's transaction.
    pub(crate) fn keep_asked_for(&mut self, space: SpaceId, raws: &[Vec<u8>]) -> Result<(), Fault> {
        let before = self.wanted(space)?;
        if before.is_empty() {
            return Ok(());
        }
        let mut all = before.clone();
        for raw in raws {
            let hash = hash_of(raw);
            for wanted in all
                .iter_mut()
                .filter(|w| hash.is_some_and(|h| h.0 == w.hash.0))
            {
                wanted.raw = Some(Bytes(raw.clone()));
            }
        }
        let mut held = BTreeSet::new();
        for wanted in &all {
            let change = ChangeHash(wanted.hash.0);
            if self.book.is_lost(space, &change) || self.has_bytes(space, &change)? {
                held.insert(change);
            }
        }
        all.retain(|wanted| !held.contains(&ChangeHash(wanted.hash.0)));
        self.keep_wanted(space, &before, all)
    }

    /// Which document bytes asked for belong to is not known: an erasure drops them all, and they are asked for again.
    pub(super) fn forget_wanted_bytes(&mut self, space: SpaceId) -> Result<(), Fault> {
        let before = self.wanted(space)?;
        let mut all = before.clone();
        all.iter_mut().for_each(|wanted| wanted.raw = None);
        self.keep_wanted(space, &before, all)
    }

    fn has_bytes(&self, space: SpaceId, change: &ChangeHash) -> Result<bool, Fault> {
        let rows = self.shelf.entries_of_change(space, change)?;
        Ok(rows.iter().any(|row| row.verdict != Verdict::Hole))
    }

    fn wanted(&self, space: SpaceId) -> Result<Vec<Wanted>, Fault> {
        let bytes = self.shelf.value(&name(space))?;
        Ok(bytes
            .and_then(|bytes| decode(&bytes).ok())
            .unwrap_or_default())
    }

    fn keep_wanted(
        &mut self,
        space: SpaceId,
        before: &[Wanted],
        mut all: Vec<Wanted>,
    ) -> Result<(), Fault> {
        let size = |all: &[Wanted]| {
            let bytes = all
                .iter()
                .filter_map(|w| w.raw.as_ref())
                .map(|raw| raw.0.len());
            bytes.sum::<usize>()
        };
        while all.len() > caps::HEALS || size(&all) > caps::BATCH_BYTES {
            all.remove(0);
        }
        if all != before {
            self.shelf.set_value(&name(space), &encode(&all))?;
        }
        Ok(())
    }
}

fn name(space: SpaceId) -> String {
    format!("wanted/{space}")
}
