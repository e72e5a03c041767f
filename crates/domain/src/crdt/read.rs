//! Foreign bytes to changes in our own words.

use super::change::{Actor, Change, ChangeHash, MAX_TIME, Op, OpId, Refusal, Scalar};
use super::library::legacy::{Key, ObjectId, OpType};
use super::library::{self, ActorId, ScalarValue};
use crate::planted;
use crate::prescan::{self, Caps};
use sha2::{Digest, Sha256};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The name of the change in `raw`, without giving it to the library. `None` unless `raw` is exactly one plain change
/// chunk whose checksum fits, so no two byte strings share a name.
#[must_use]
pub fn hash_of(raw: &[u8]) -> Option<ChangeHash> {
    let chunk = prescan::chunk(raw).ok()?;
    let hash: [u8; 32] = Sha256::digest(chunk.hashed).into();
    hash.starts_with(chunk.checksum).then_some(ChangeHash(hash))
}

/// Reads one foreign change: bounds first, then the library, then the flat profile (only scalars at the root).
///
/// # Errors
/// Those of [`prescan::prescan`]; `malformed` (checksum or form), `panic` (the library gave up), `canonical` (not the one
/// way to write it down), `shape` (nested, inserting or marked, a time outside 1970 to 9999), `kind` (a sort of value
/// records do not use).
pub fn read(raw: &[u8]) -> Result<Change, Refusal> {
    Parsed::read(raw).map(|parsed| parsed.change)
}

/// A foreign change that was read, in our words and in the library's, so that it need not be read again to be applied.
#[derive(Debug, Clone)]
pub struct Parsed {
    pub(super) change: Change,
    pub(super) library: library::Change,
}

impl Parsed {
    /// Reads a change.
    ///
    /// # Errors
    /// Those of [`read`].
    pub fn read(raw: &[u8]) -> Result<Self, Refusal> {
        prescan::prescan(raw, &Caps::V1)?;
        parse(raw)
    }

    /// What it says.
    #[must_use]
    pub fn change(&self) -> &Change {
        &self.change
    }

    /// What it says, alone.
    #[must_use]
    pub fn into_change(self) -> Change {
        self.change
    }
}

fn parse(raw: &[u8]) -> Result<Parsed, Refusal> {
    let hash = hash_of(raw).ok_or(Refusal::new("malformed"))?;
    let (library, expanded) = guarded(|| {
        let change =
            library::Change::from_bytes(raw.to_vec()).map_err(|_| Refusal::new("malformed"))?;
        let expanded = change.decode();
        if library::Change::from(expanded.clone()).raw_bytes() != raw
            && !planted!("canonical_unchecked")
        {
            return Err(Refusal::new("canonical"));
        }
        Ok((change, expanded))
    })?;
    let change = neutral(hash, &expanded, raw)?;
    Ok(Parsed { change, library })
}

/// Runs something the library may panic in.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Refusal::new("panic")))
}

pub(super) fn neutral(
    hash: ChangeHash,
    from: &library::ExpandedChange,
    raw: &[u8],
) -> Result<Change, Refusal> {
    let shape = Refusal::new("shape");
    let timely = (0..=MAX_TIME).contains(&from.time);
    let bare = from.message.is_none() && from.extra_bytes.is_empty();
    if from.operations.is_empty() || !timely || !bare {
        return Err(shape);
    }
    let ops = from.operations.iter().map(|op| {
        let (ObjectId::Root, Key::Map(key), false) = (&op.obj, &op.key, op.insert) else {
            return Err(shape);
        };
        let write = match &op.action {
            OpType::Put(value) => Some(from_library(value).ok_or(Refusal::new("kind"))?),
            OpType::Delete => None,
            _ => return Err(shape),
        };
        let pred = op.pred.iter().map(|id| {
            Ok(OpId {
                counter: id.counter(),
                actor: actor(id.actor())?,
            })
        });
        Ok(Op {
            key: key.to_string(),
            write,
            pred: pred.collect::<Result<_, Refusal>>()?,
        })
    });
    Ok(Change {
        hash,
        actor: actor(&from.actor_id)?,
        seq: from.seq,
        start_op: from.start_op.get(),
        deps: from.deps.iter().map(|dep| ChangeHash(dep.0)).collect(),
        time: from.time,
        ops: ops.collect::<Result<_, Refusal>>()?,
        raw: raw.to_vec(),
    })
}

pub(super) fn actor(id: &ActorId) -> Result<Actor, Refusal> {
    id.to_bytes()
        .try_into()
        .map(Actor)
        .map_err(|_| Refusal::new("shape"))
}

pub(super) fn from_library(value: &ScalarValue) -> Option<Scalar> {
    match value {
        ScalarValue::Null => Some(Scalar::Null),
        ScalarValue::Boolean(value) => Some(Scalar::Bool(*value)),
        ScalarValue::Int(value) => Some(Scalar::Int(*value)),
        ScalarValue::Uint(value) => i64::try_from(*value).ok().map(Scalar::Int),
        ScalarValue::F64(value) => Some(Scalar::Float(*value)),
        ScalarValue::Str(value) => Some(Scalar::Text(value.to_string())),
        ScalarValue::Bytes(value) => Some(Scalar::Bytes(value.clone())),
        ScalarValue::Counter(_) | ScalarValue::Timestamp(_) | ScalarValue::Unknown { .. } => None,
    }
}

pub(super) fn to_library(value: &Scalar) -> ScalarValue {
    match value {
        Scalar::Null => ScalarValue::Null,
        Scalar::Bool(value) => ScalarValue::Boolean(*value),
        Scalar::Int(value) => ScalarValue::Int(*value),
        Scalar::Float(value) => ScalarValue::F64(*value),
        Scalar::Text(value) => ScalarValue::Str(value.as_str().into()),
        Scalar::Bytes(value) => ScalarValue::Bytes(value.clone()),
    }
}
