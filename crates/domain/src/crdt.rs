//! Records as Automerge documents: the only file that names the library.
//!
//! A record is one flat map of scalars. Here are our own names for changes, operations and versions, so that the rest of
//! the product neither sees the library nor breaks when it is replaced. The library is pinned to one version: it decides
//! which foreign bytes parse, and two copies must decide alike. It may panic on hostile bytes, so everything that gives
//! it bytes runs under `catch_unwind` on something that can be thrown away.

mod change;
mod read;

pub use change::{
    Actor, Change, ChangeHash, MAX_BYTES, MAX_TEXT, MAX_TIME, Op, OpId, Patch, Refusal, Scalar,
    Version,
};
pub(crate) use change::{check_key, check_value};
pub use read::{hash_of, read};

// The one place that names the library; the parts in this folder reach it by this word.
use automerge as library;

use crate::prescan::{self, Caps};
use change::causal;
use library::legacy::{Key, OpType};
use library::transaction::{CommitOptions, Transactable};
use library::{ActorId, Automerge, ObjId, ROOT, ReadDoc, Value};
use read::{actor, from_library, guarded, neutral, parse, to_library};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt;

/// One record with its whole history.
#[derive(Clone)]
pub struct Document {
    library: Automerge,
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
        }
    }

    /// From the bytes of [`Document::save`]. They must be this copy's own: foreign bytes come as changes, through the
    /// gate.
    ///
    /// # Errors
    /// `malformed` or `panic` if they are damaged.
    pub fn load(saved: &[u8]) -> Result<Self, Refusal> {
        guarded(|| match Automerge::load(saved) {
            Ok(library) => Ok(Self { library }),
            Err(_) => Err(Refusal::new("malformed")),
        })
    }

    /// The whole record with its history, compact. Equal changes give a loadable equal record, not always equal bytes.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        self.library.save()
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
            prescan::prescan(raw.as_ref(), &Caps::V1)?;
            let (change, library) = parse(raw.as_ref())?;
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
    /// Those of [`read`]; `dep` if a change it depends on is not held; `apply` or `panic` if the library would not take it,
    /// or took it and then saved something that does not load as the same record.
    pub fn apply(&mut self, raw: &[u8]) -> Result<(), Refusal> {
        prescan::prescan(raw, &Caps::V1)?;
        let (change, library) = parse(raw)?;
        if self.holds(&change.hash) {
            return Ok(());
        }
        if change.deps.iter().any(|dep| !self.holds(dep)) {
            return Err(Refusal::new("dep"));
        }
        *self = self.with(vec![library])?;
        Ok(())
    }

    fn holds(&self, hash: &ChangeHash) -> bool {
        self.library
            .get_change_meta_by_hash(&library::ChangeHash(hash.0))
            .is_some()
    }

    /// This record and `changes`, proven to survive being saved and loaded.
    fn with(&self, changes: Vec<library::Change>) -> Result<Self, Refusal> {
        let apply = Refusal::new("apply");
        guarded(|| {
            let new: Vec<_> = changes
                .iter()
                .map(|change| ChangeHash(change.hash().0))
                .collect();
            let mut scratch = self.clone();
            scratch.library.apply_changes(changes).map_err(|_| apply)?;
            let reloaded = Self {
                library: Automerge::load(&scratch.save()).map_err(|_| apply)?,
            };
            let whole = new
                .iter()
                .all(|hash| scratch.holds(hash) && reloaded.holds(hash));
            if !whole
                || scratch.heads() != reloaded.heads()
                || scratch.listing()? != reloaded.listing()?
            {
                return Err(apply);
            }
            Ok(reloaded)
        })
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
        read(&raw)?;
        *self = written;
        Ok(Some(raw))
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
            return Ok((scratch, change.raw_bytes().to_vec()));
        }
        let change = library::Change::from(expanded);
        let raw = change.raw_bytes().to_vec();
        Ok((self.with(vec![change])?, raw))
    }

    /// All versions of a key: the one shown first, then the others by counter and actor, descending. Empty if the key is
    /// missing. Every copy with the same changes gives the same answer.
    #[must_use]
    pub fn get(&self, key: &str) -> Vec<Version> {
        self.versions(key)
            .into_iter()
            .map(|(_, version)| version)
            .collect()
    }

    /// The keys that have a value, sorted.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let mut keys: Vec<_> = self.library.keys(ROOT).collect();
        keys.sort_unstable();
        keys
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

    /// SHA-256 of every key with every version and its writer, and of the heads: equal on two copies exactly when they
    /// applied the same changes.
    #[must_use]
    pub fn state_hash(&self) -> [u8; 32] {
        let mut out = Sha256::new();
        for key in self.keys() {
            let versions = self.get(&key);
            out.update((key.len() as u64).to_be_bytes());
            out.update(key.as_bytes());
            out.update((versions.len() as u64).to_be_bytes());
            for version in versions {
                version.value.hash_into(&mut out);
                out.update(version.change.0);
            }
        }
        self.heads().iter().for_each(|head| out.update(head.0));
        out.finalize().into()
    }

    /// Every key with every version and the operation that wrote it; refused if anything is not a plain scalar.
    fn listing(&self) -> Result<Vec<(String, OpId, Vec<u8>)>, Refusal> {
        let shape = Refusal::new("shape");
        let mut listing = Vec::new();
        for key in self.keys() {
            for (id, value) in self.values(&key) {
                let mut hash = Sha256::new();
                value.ok_or(shape)?.hash_into(&mut hash);
                listing.push((
                    key.clone(),
                    op_id(&id).ok_or(shape)?,
                    hash.finalize().to_vec(),
                ));
            }
        }
        Ok(listing)
    }

    fn versions(&self, key: &str) -> Vec<(OpId, Version)> {
        let of = |(id, value): (ObjId, Option<Scalar>)| {
            let op = op_id(&id)?;
            let change = self.library.hash_for_opid(&id)?;
            let time = self.library.get_change_meta_by_hash(&change)?.timestamp;
            Some((
                op,
                Version {
                    value: value?,
                    change: ChangeHash(change.0),
                    actor: op.actor,
                    time,
                },
            ))
        };
        self.values(key).into_iter().filter_map(of).collect()
    }

    /// The winner first. `None` for a value that no accepted change can hold.
    fn values(&self, key: &str) -> Vec<(ObjId, Option<Scalar>)> {
        let all = self.library.get_all(ROOT, key).unwrap_or_default();
        let of = |(value, id): (Value<'_>, ObjId)| (id, value.as_scalar().and_then(from_library));
        all.into_iter().rev().map(of).collect()
    }
}

fn op_id(id: &ObjId) -> Option<OpId> {
    match id {
        ObjId::Root => None,
        ObjId::Id(counter, writer, _) => actor(writer).ok().map(|actor| OpId {
            counter: *counter,
            actor,
        }),
    }
}

#[cfg(test)]
mod tests;
