//! Looking into a document: keys, values, versions, and what proves two documents equal.

use super::Document;
use super::change::{ChangeHash, OpId, Refusal, Scalar, Version};
use super::library::{ObjId, ROOT, ReadDoc, Value};
use super::read::{actor, from_library};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// One version of one key, as the proof of a document compares it.
pub(super) struct Listed {
    key: String,
    op: OpId,
    value: Scalar,
}

impl PartialEq for Listed {
    /// Floats by their bits: what is not a number must equal itself here.
    fn eq(&self, other: &Self) -> bool {
        let same = match (&self.value, &other.value) {
            (Scalar::Float(one), Scalar::Float(other)) => one.to_bits() == other.to_bits(),
            (one, other) => one == other,
        };
        same && self.op == other.op && self.key == other.key
    }
}

impl Document {
    /// All versions of a key: the one shown first, then the others by counter and actor, descending. Empty if the key is
    /// missing. Every copy with the same changes gives the same answer.
    #[must_use]
    pub fn get(&self, key: &str) -> Vec<Version> {
        self.versions(key)
            .into_iter()
            .map(|(_, version)| version)
            .collect()
    }

    /// Every key with the values it holds now, the one shown first. What `get` tells beside them costs much more and is
    /// asked for where values differ.
    #[must_use]
    pub fn values_by_key(&self) -> BTreeMap<String, Vec<Scalar>> {
        let mut all = BTreeMap::new();
        for item in self.library.map_range(ROOT, ..) {
            let key = item.key.to_string();
            let values = if item.conflict {
                let values = self.values(&key).into_iter();
                values.filter_map(|(_, value)| value).collect()
            } else {
                let value = Value::from(item.value);
                value
                    .as_scalar()
                    .and_then(from_library)
                    .into_iter()
                    .collect()
            };
            all.insert(key, values);
        }
        all
    }

    /// The keys that have a value, sorted.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let mut keys: Vec<_> = self.library.keys(ROOT).collect();
        keys.sort_unstable();
        keys
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
    pub(super) fn listing(&self) -> Result<Vec<Listed>, Refusal> {
        let shape = Refusal::new("shape");
        let mut listing = Vec::new();
        for key in self.keys() {
            for (id, value) in self.values(&key) {
                listing.push(Listed {
                    key: key.clone(),
                    op: op_id(&id).ok_or(shape)?,
                    value: value.ok_or(shape)?,
                });
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
    pub(super) fn values(&self, key: &str) -> Vec<(ObjId, Option<Scalar>)> {
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
