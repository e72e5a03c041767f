//! Records as Automerge documents: the only file that names the library.
//!
//! A record is one flat map of scalars. Here are our own names for changes, operations and versions, so that the rest of
//! the product neither sees the library nor breaks when it is replaced. The library is pinned to one version: it decides
//! which foreign bytes parse, and two copies must decide alike. It may panic on hostile bytes, so everything that gives
//! it bytes runs under `catch_unwind` on something that can be thrown away.

mod change;
mod kept;
mod look;
mod read;

pub use change::{
    Actor, Change, ChangeHash, MAX_BYTES, MAX_TEXT, MAX_TIME, Op, OpId, Patch, Refusal, Scalar,
    Version,
};
pub(crate) use change::{check_key, check_value};
pub use read::{Parsed, hash_of, read};

// The one place that names the library; the parts in this folder reach it by this word.
use automerge as library;

use change::causal;
use kept::Kept;
use library::legacy::{Key, OpType};
use library::transaction::{CommitOptions, Transactable};
use library::{ActorId, Automerge, ObjId, ROOT, ReadDoc};
use read::{guarded, neutral, to_library};
use std::collections::BTreeSet;
use std::fmt;

/// One record with its whole history.
#[derive(Clone)]
pub struct Document {
    library: Automerge,
    kept: Kept,
}

impl fmt::Debug for Document {
    /// Heads only: the values are people's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("heads", &self.heads())
            .finish()
    }
}

impl Default for Document {
    fn default() -> Self {
        Self::new()
    }
}

impl Document {
    /// A record nobody has written yet.
    #[must_use]
    pub fn new() -> Self {
        // A fixed actor: randomness is never taken here, and every write names its own.
        Self {
            library: Automerge::new().with_actor(ActorId::from([0; 16])),
            kept: Kept::nothing(),
        }
    }

    /// The changes nothing depends on yet, sorted.
    #[must_use]
    pub fn heads(&self) -> Vec<ChangeHash> {
        let mut heads: Vec<_> = self
            .library
            .get_heads()
            .iter()
            .map(|head| ChangeHash(head.0))
            .collect();
        heads.sort_unstable();
        heads
    }

    /// True while no change was applied.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.library.get_heads().is_empty()
    }

    /// A record from all its changes, each after those it depends on.
    ///
    /// # Errors
    /// Those of [`read`] and [`Document::apply`].
    pub fn from_changes<R: AsRef<[u8]>>(
        raws: impl IntoIterator<Item = R>,
    ) -> Result<Self, Refusal> {
        let mut held = BTreeSet::new();
        let mut changes = Vec::new();
        for raw in raws {
            let Parsed { change, library } = Parsed::read(raw.as_ref())?;
            if change.deps.iter().any(|dep| !held.contains(dep)) {
                return Err(Refusal::new("dep"));
            }
            if held.insert(change.hash) {
                changes.push(library);
            }
        }
        Self::new().with(changes)
    }

    /// Takes one change. A change already held is no change. On an error the record is as it was.
    ///
    /// # Errors
    /// Those of [`read`]; `dep` if a change it depends on is not held; `apply` or `panic` if the library would not take it.
    pub fn apply(&mut self, raw: &[u8]) -> Result<(), Refusal> {
        self.apply_parsed(Parsed::read(raw)?).map(drop)
    }

    /// [`Document::apply`] of a change that was read already; gives what it says.
    ///
    /// # Errors
    /// As there, without those of [`read`].
    pub fn apply_parsed(&mut self, parsed: Parsed) -> Result<Change, Refusal> {
        let Parsed { change, library } = parsed;
        if self.holds(&change.hash) {
            return Ok(change);
        }
        if change.deps.iter().any(|dep| !self.holds(dep)) {
            return Err(Refusal::new("dep"));
        }
        *self = self.with(vec![library])?;
        Ok(change)
    }

    fn holds(&self, hash: &ChangeHash) -> bool {
        self.library
            .get_change_meta_by_hash(&library::ChangeHash(hash.0))
            .is_some()
    }

    /// Writes `patch` as one change upon everything held and gives its bytes. Keys that already hold the one value given
    /// are left out; a key with several versions is always written, since that settles the clash. `None`: nothing was
    /// left to write. `time` is unix seconds by this device's clock, brought
    /// into 1970 to 9999. On an error the record is as it was.
    ///
    /// # Errors
    /// `key` (not 1 to 64 bytes), `kind` (text or bytes too long, a float that is not finite), or those of [`read`] if the
    /// change is too large.
    pub fn write(
        &mut self,
        actor: Actor,
        patch: &Patch,
        time: i64,
    ) -> Result<Option<Vec<u8>>, Refusal> {
        let written = self.write_parsed(actor, patch, time)?;
        Ok(written.map(|parsed| parsed.into_change().raw))
    }

    /// [`Document::write`], giving the change as it was read back.
    ///
    /// # Errors
    /// As there.
    pub fn write_parsed(
        &mut self,
        actor: Actor,
        patch: &Patch,
        time: i64,
    ) -> Result<Option<Parsed>, Refusal> {
        let mut left = Vec::new();
        for (key, value) in patch {
            check_key(key)?;
            value.as_ref().map_or(Ok(()), check_value)?;
            let held = self.values(key);
            let same = match (held.as_slice(), value) {
                ([], None) => true,
                ([(_, one)], Some(value)) => one.as_ref() == Some(value),
                _ => false,
            };
            if !same {
                left.push((key.as_str(), value.as_ref()));
            }
        }
        if left.is_empty() {
            return Ok(None);
        }
        let (written, raw) = guarded(|| self.commit(actor, &left, time))?;
        let parsed = Parsed::read(&raw)?;
        *self = written;
        Ok(Some(parsed))
    }

    /// This record with one more change by `actor`, and that change's bytes.
    fn commit(
        &self,
        actor: Actor,
        writes: &[(&str, Option<&Scalar>)],
        time: i64,
    ) -> Result<(Self, Vec<u8>), Refusal> {
        let apply = Refusal::new("apply");
        let mut scratch = self.clone();
        scratch.library.set_actor(ActorId::from(actor.0));
        let mut transaction = scratch.library.transaction();
        for (key, value) in writes {
            match value {
                Some(value) => transaction.put(ROOT, *key, to_library(value)),
                None => transaction.delete(ROOT, *key),
            }
            .map_err(|_| apply)?;
        }
        let (hash, _) =
            transaction.commit_with(CommitOptions::default().with_time(time.clamp(0, MAX_TIME)));
        let change = scratch
            .library
            .get_change_by_hash(&hash.ok_or(apply)?)
            .ok_or(apply)?;
        // Settling a clash for its winner, the library only deletes the losers. We want it written that this person
        // chose this value: a delete would read as a removal to whoever re-makes the change later.
        let mut expanded = change.decode();
        let mut restated = false;
        for op in &mut expanded.operations {
            let Key::Map(key) = &op.key else {
                return Err(apply);
            };
            if op.action != OpType::Delete {
                continue;
            }
            if let Some((_, Some(value))) = writes.iter().find(|(written, _)| written == key) {
                let ids = self.values(key).into_iter().map(|(id, _)| match id {
                    ObjId::Root => Err(apply),
                    ObjId::Id(counter, actor, _) => Ok(library::legacy::OpId(counter, actor)),
                });
                op.pred = ids.collect::<Result<_, Refusal>>()?;
                op.action = OpType::Put(to_library(value));
                restated = true;
            }
        }
        if !restated {
            let raw = change.raw_bytes().to_vec();
            scratch.kept = self.kept.and(&[&raw]).unwrap_or(Kept::Unsaved);
            return Ok((scratch, raw));
        }
        let change = library::Change::from(expanded);
        let raw = change.raw_bytes().to_vec();
        Ok((self.with(vec![change])?, raw))
    }

    /// All changes, those depended on first, ties by hash.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        let all = self
            .library
            .get_changes(&[])
            .into_iter()
            .filter_map(|change| {
                let hash = ChangeHash(change.hash().0);
                // Every change in here passed `read` once; one that does not pass again means a damaged save.
                guarded(|| neutral(hash, &change.decode(), change.raw_bytes()))
                    .ok()
                    .map(|change| (hash, change))
            });
        causal(all.collect())
    }
}

#[cfg(test)]
mod tests;
