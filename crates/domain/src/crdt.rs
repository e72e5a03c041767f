//! Records as Automerge documents: the only file that names the library.
//!
//! A record is one flat map of scalars. Here are our own names for changes, operations and versions, so that the rest of
//! the product neither sees the library nor breaks when it is replaced. The library is pinned to one version: it decides
//! which foreign bytes parse, and two copies must decide alike. It may panic on hostile bytes, so everything that gives
//! it bytes runs under `catch_unwind` on something that can be thrown away.

use crate::prescan::{self, Caps};
use automerge::legacy::{Key, ObjectId, OpType};
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, ObjId, ROOT, ReadDoc, ScalarValue, Value};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Longest text of one field, in bytes of UTF-8.
pub const MAX_TEXT: usize = 16 * 1024;
/// Longest byte string of one field.
pub const MAX_BYTES: usize = 64;
/// Unix seconds of the last second of the year 9999: no change is written later. Far times overflow the differences in
/// which the library stores them, and the record could then not be saved by anybody.
pub const MAX_TIME: i64 = 253_402_300_799;

macro_rules! hex_name {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

hex_name!(
    /// Names one change: SHA-256 of its type byte, length and body. Shown as lower hex.
    ChangeHash,
    32
);
hex_name!(
    /// Names the writer of changes: one device in one space in one epoch. Shown as lower hex.
    Actor,
    16
);

/// Why foreign bytes, or an own write, were not taken. The code is stable and safe to show and log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
#[error("{code}")]
pub struct Refusal {
    /// One of `size`, `bomb`, `malformed`, `canonical`, `shape`, `dep`, `start_op`, `seq`, `actor`, `pred`, `kind`,
    /// `role`, `key`, `panic`, `apply`.
    pub code: &'static str,
}

impl Refusal {
    pub(crate) const fn new(code: &'static str) -> Self {
        Self { code }
    }
}

/// The value of one field.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// Answered with nothing; not the same as a missing key.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number, also a date or a count.
    Int(i64),
    /// A measured number; finite in every accepted change.
    Float(f64),
    /// Any text, at most [`MAX_TEXT`] bytes.
    Text(String),
    /// At most [`MAX_BYTES`] bytes, such as a salt.
    Bytes(Vec<u8>),
}

impl Scalar {
    /// As JSON: bytes become lower hex text, a float that is not finite becomes null.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Int(value) => (*value).into(),
            Self::Float(value) => (*value).into(),
            Self::Text(value) => value.as_str().into(),
            Self::Bytes(value) => value
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
                .into(),
        }
    }

    /// From JSON; `None` for an array, an object, or a whole number outside 64 signed bits. Text never becomes bytes.
    #[must_use]
    pub fn from_json(json: &serde_json::Value) -> Option<Self> {
        match json {
            serde_json::Value::Null => Some(Self::Null),
            serde_json::Value::Bool(value) => Some(Self::Bool(*value)),
            serde_json::Value::Number(value) if value.is_u64() || value.is_i64() => {
                value.as_i64().map(Self::Int)
            }
            serde_json::Value::Number(value) => value.as_f64().map(Self::Float),
            serde_json::Value::String(value) => Some(Self::Text(value.clone())),
            serde_json::Value::Array(_) | serde_json::Value::Object(_) => None,
        }
    }

    fn from_library(value: &ScalarValue) -> Option<Self> {
        match value {
            ScalarValue::Null => Some(Self::Null),
            ScalarValue::Boolean(value) => Some(Self::Bool(*value)),
            ScalarValue::Int(value) => Some(Self::Int(*value)),
            ScalarValue::Uint(value) => i64::try_from(*value).ok().map(Self::Int),
            ScalarValue::F64(value) => Some(Self::Float(*value)),
            ScalarValue::Str(value) => Some(Self::Text(value.to_string())),
            ScalarValue::Bytes(value) => Some(Self::Bytes(value.clone())),
            ScalarValue::Counter(_) | ScalarValue::Timestamp(_) | ScalarValue::Unknown { .. } => {
                None
            }
        }
    }

    fn to_library(&self) -> ScalarValue {
        match self {
            Self::Null => ScalarValue::Null,
            Self::Bool(value) => ScalarValue::Boolean(*value),
            Self::Int(value) => ScalarValue::Int(*value),
            Self::Float(value) => ScalarValue::F64(*value),
            Self::Text(value) => ScalarValue::Str(value.as_str().into()),
            Self::Bytes(value) => ScalarValue::Bytes(value.clone()),
        }
    }

    /// Appends a form in which two values are equal exactly when their bytes are.
    fn hash_into(&self, out: &mut Sha256) {
        let mut field = |tag: u8, bytes: &[u8]| {
            out.update([tag]);
            out.update((bytes.len() as u64).to_be_bytes());
            out.update(bytes);
        };
        match self {
            Self::Null => field(0, &[]),
            Self::Bool(value) => field(1, &[u8::from(*value)]),
            Self::Int(value) => field(2, &value.to_be_bytes()),
            Self::Float(value) => field(3, &value.to_bits().to_be_bytes()),
            Self::Text(value) => field(4, value.as_bytes()),
            Self::Bytes(value) => field(5, value),
        }
    }
}

/// What a save changes: key to new value, `None` removes the key.
pub type Patch = BTreeMap<String, Option<Scalar>>;

/// Names one operation: its place in the document's count and who made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpId {
    /// From 1, greater than that of every operation its writer had seen.
    pub counter: u64,
    /// Who wrote it.
    pub actor: Actor,
}

/// One write of one key.
#[derive(Debug, Clone, PartialEq)]
pub struct Op {
    /// The field.
    pub key: String,
    /// The new value; `None` removes the key.
    pub write: Option<Scalar>,
    /// The versions of this key it takes the place of.
    pub pred: Vec<OpId>,
}

/// One change of one document, checked for form but not yet against any history.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Its name.
    pub hash: ChangeHash,
    /// Who wrote it.
    pub actor: Actor,
    /// Its place among that actor's changes of this document, from 1.
    pub seq: u64,
    /// Counter of its first operation; the others follow without gaps.
    pub start_op: u64,
    /// The changes it was written upon.
    pub deps: Vec<ChangeHash>,
    /// Unix seconds by the author's clock, 1970 to 9999, to be shown only.
    pub time: i64,
    /// Its operations, at least one.
    pub ops: Vec<Op>,
    /// The bytes it travels and is kept as.
    pub raw: Vec<u8>,
}

impl Change {
    /// Counter of its last operation.
    #[must_use]
    pub fn max_op(&self) -> u64 {
        self.start_op
            .saturating_add(self.ops.len() as u64)
            .saturating_sub(1)
    }
}

/// One of the concurrent values of a key.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// The value.
    pub value: Scalar,
    /// The change that wrote it.
    pub change: ChangeHash,
    /// Who wrote it.
    pub actor: Actor,
    /// Unix seconds by the writer's clock, to be shown only.
    pub time: i64,
}

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
/// way to write it down), `shape` (nested, inserting or marked, a time outside 1970 to 9999), `kind` (a sort of value records do not use).
pub fn read(raw: &[u8]) -> Result<Change, Refusal> {
    prescan::prescan(raw, &Caps::V1)?;
    parse(raw).map(|(change, _)| change)
}

fn parse(raw: &[u8]) -> Result<(Change, automerge::Change), Refusal> {
    let hash = hash_of(raw).ok_or(Refusal::new("malformed"))?;
    let (foreign, expanded) = guarded(|| {
        let change =
            automerge::Change::from_bytes(raw.to_vec()).map_err(|_| Refusal::new("malformed"))?;
        let expanded = change.decode();
        if automerge::Change::from(expanded.clone()).raw_bytes() != raw {
            return Err(Refusal::new("canonical"));
        }
        Ok((change, expanded))
    })?;
    let change = neutral(hash, &expanded, raw)?;
    Ok((change, foreign))
}

/// Runs something the library may panic in.
fn guarded<T>(work: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Refusal::new("panic")))
}

fn neutral(
    hash: ChangeHash,
    from: &automerge::ExpandedChange,
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
            OpType::Put(value) => Some(Scalar::from_library(value).ok_or(Refusal::new("kind"))?),
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

fn actor(id: &ActorId) -> Result<Actor, Refusal> {
    id.to_bytes()
        .try_into()
        .map(Actor)
        .map_err(|_| Refusal::new("shape"))
}

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
            .get_change_meta_by_hash(&automerge::ChangeHash(hash.0))
            .is_some()
    }

    /// This record and `changes`, proven to survive being saved and loaded.
    fn with(&self, changes: Vec<automerge::Change>) -> Result<Self, Refusal> {
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
                Some(value) => transaction.put(ROOT, *key, value.to_library()),
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
                    ObjId::Id(counter, actor, _) => Ok(automerge::legacy::OpId(counter, actor)),
                });
                op.pred = ids.collect::<Result<_, Refusal>>()?;
                op.action = OpType::Put(value.to_library());
                restated = true;
            }
        }
        if !restated {
            return Ok((scratch, change.raw_bytes().to_vec()));
        }
        let change = automerge::Change::from(expanded);
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
        let of = |(value, id): (Value<'_>, ObjId)| {
            (id, value.as_scalar().and_then(Scalar::from_library))
        };
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

/// Refuses a key that is not 1 to 64 bytes long.
pub(crate) fn check_key(key: &str) -> Result<(), Refusal> {
    if key.is_empty() || key.len() as u64 > Caps::V1.key {
        Err(Refusal::new("key"))
    } else {
        Ok(())
    }
}

/// Refuses a value over its cap, or a float that is not finite.
pub(crate) fn check_value(value: &Scalar) -> Result<(), Refusal> {
    let fits = match value {
        Scalar::Null | Scalar::Bool(_) | Scalar::Int(_) => true,
        Scalar::Float(value) => value.is_finite(),
        Scalar::Text(value) => value.len() <= MAX_TEXT,
        Scalar::Bytes(value) => value.len() <= MAX_BYTES,
    };
    if fits {
        Ok(())
    } else {
        Err(Refusal::new("kind"))
    }
}

/// Dependencies first; of those that could come next, the smallest hash.
fn causal(mut all: HashMap<ChangeHash, Change>) -> Vec<Change> {
    let mut waiting: BTreeMap<ChangeHash, usize> = BTreeMap::new();
    let mut dependants: BTreeMap<ChangeHash, Vec<ChangeHash>> = BTreeMap::new();
    let mut ready = BTreeSet::new();
    for (hash, change) in &all {
        let missing = change.deps.iter().filter(|dep| all.contains_key(dep));
        let mut count = 0;
        for dep in missing {
            dependants.entry(*dep).or_default().push(*hash);
            count += 1;
        }
        if count == 0 {
            ready.insert(*hash);
        } else {
            waiting.insert(*hash, count);
        }
    }
    let mut order = Vec::with_capacity(all.len());
    while let Some(next) = ready.pop_first() {
        for dependant in dependants.remove(&next).unwrap_or_default() {
            if let Some(count) = waiting.get_mut(&dependant) {
                *count -= 1;
                if *count == 0 {
                    ready.insert(dependant);
                }
            }
        }
        order.extend(all.remove(&next));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAN: Actor = Actor([1; 16]);
    const PAO: Actor = Actor([2; 16]);

    fn patch(fields: &[(&str, Option<&str>)]) -> Patch {
        let value = |text: &Option<&str>| text.map(|text| Scalar::Text(text.into()));
        fields
            .iter()
            .map(|(key, text)| ((*key).to_owned(), value(text)))
            .collect()
    }

    fn texts(document: &Document, key: &str) -> Vec<Scalar> {
        document
            .get(key)
            .into_iter()
            .map(|version| version.value)
            .collect()
    }

    /// Lan writes a household; Páo holds a copy.
    fn two_copies() -> (Document, Document) {
        let mut lan = Document::new();
        let raw = lan
            .write(
                LAN,
                &patch(&[("name", Some("Giàng A Páo")), ("phone", Some("0912"))]),
                100,
            )
            .unwrap();
        (lan, Document::from_changes(raw).unwrap())
    }

    #[test]
    fn patches_by_two_people_to_different_fields_merge() {
        let (mut lan, mut pao) = two_copies();
        let by_lan = lan
            .write(LAN, &patch(&[("phone", Some("0987"))]), 110)
            .unwrap()
            .unwrap();
        let by_pao = pao
            .write(PAO, &patch(&[("name", Some("Giàng Páo"))]), 120)
            .unwrap()
            .unwrap();
        lan.apply(&by_pao).unwrap();
        pao.apply(&by_lan).unwrap();
        assert_eq!(lan.state_hash(), pao.state_hash());
        assert_eq!(texts(&lan, "phone"), [Scalar::Text("0987".into())]);
        assert_eq!(lan.get("name")[0].actor, PAO);
        assert_eq!(lan.get("name")[0].time, 120);
        assert_eq!(Some(lan.get("name")[0].change), hash_of(&by_pao));
    }

    #[test]
    fn a_clash_lists_every_version_until_a_write_settles_it() {
        let (mut lan, mut pao) = two_copies();
        let by_lan = lan
            .write(LAN, &patch(&[("phone", Some("1"))]), 1)
            .unwrap()
            .unwrap();
        let by_pao = pao
            .write(PAO, &patch(&[("phone", Some("2"))]), 1)
            .unwrap()
            .unwrap();
        lan.apply(&by_pao).unwrap();
        pao.apply(&by_lan).unwrap();
        assert_eq!(
            texts(&lan, "phone"),
            [Scalar::Text("2".into()), Scalar::Text("1".into())]
        );
        assert_eq!(lan.get("phone"), pao.get("phone"));
        // The winner's own value again is still a write: it says which one is right.
        let settled = lan
            .write(LAN, &patch(&[("phone", Some("2"))]), 2)
            .unwrap()
            .unwrap();
        let op = read(&settled).unwrap().ops.remove(0);
        assert_eq!(
            (op.pred.len(), op.write),
            (2, Some(Scalar::Text("2".into())))
        );
        assert_eq!(
            (lan.get("phone")[0].actor, lan.get("phone")[0].time),
            (LAN, 2)
        );
        pao.apply(&settled).unwrap();
        assert_eq!(texts(&pao, "phone"), [Scalar::Text("2".into())]);
        assert_eq!(lan.state_hash(), pao.state_hash());
    }

    #[test]
    fn keys_of_a_newer_version_survive_a_save_by_an_older_one() {
        let (mut lan, _) = two_copies();
        lan.write(PAO, &patch(&[("field_from_2031", Some("x"))]), 1)
            .unwrap();
        lan.write(LAN, &patch(&[("name", Some("y"))]), 2).unwrap();
        let again = Document::load(&lan.save()).unwrap();
        assert_eq!(again.keys(), ["field_from_2031", "name", "phone"]);
        assert_eq!(again.state_hash(), lan.state_hash());
        assert_eq!(again.changes(), lan.changes());
    }

    #[test]
    fn a_long_change_travels_uncompressed() {
        let mut document = Document::new();
        let raw = document
            .write(LAN, &patch(&[("note", Some(&"a".repeat(9_000)))]), 1)
            .unwrap()
            .unwrap();
        assert!(raw.len() > 9_000);
        assert_eq!(raw[8], 1);
        assert_eq!(read(&raw).unwrap().raw, raw);
    }

    #[test]
    fn what_would_not_change_is_not_written() {
        let (mut lan, _) = two_copies();
        assert_eq!(
            lan.write(
                LAN,
                &patch(&[("name", Some("Giàng A Páo")), ("absent", None)]),
                1
            )
            .unwrap(),
            None
        );
        let raw = lan
            .write(
                LAN,
                &patch(&[("name", Some("Giàng A Páo")), ("phone", None)]),
                1,
            )
            .unwrap()
            .unwrap();
        let change = read(&raw).unwrap();
        assert_eq!(change.ops.len(), 1);
        assert_eq!(
            (change.ops[0].key.as_str(), &change.ops[0].write),
            ("phone", &None)
        );
        assert_eq!(lan.keys(), ["name"]);
    }

    #[test]
    fn a_refused_change_or_write_leaves_the_record_as_it_was() {
        let (mut lan, mut pao) = two_copies();
        let before = lan.state_hash();
        let first = pao
            .write(PAO, &patch(&[("name", Some("1"))]), 1)
            .unwrap()
            .unwrap();
        let second = pao
            .write(PAO, &patch(&[("name", Some("2"))]), 1)
            .unwrap()
            .unwrap();
        assert_eq!(lan.apply(&second), Err(Refusal::new("dep")));
        assert_eq!(
            lan.apply(&first[..first.len() - 1]),
            Err(Refusal::new("malformed"))
        );
        let mut flipped = first.clone();
        *flipped.last_mut().unwrap() ^= 1;
        assert_eq!(lan.apply(&flipped), Err(Refusal::new("malformed")));
        assert_eq!(
            lan.write(LAN, &patch(&[("", Some("1"))]), 1),
            Err(Refusal::new("key"))
        );
        assert_eq!(
            lan.write(LAN, &patch(&[("a", Some(&"a".repeat(MAX_TEXT + 1)))]), 1),
            Err(Refusal::new("kind"))
        );
        let many: Patch = (0..501)
            .map(|key| (key.to_string(), Some(Scalar::Int(key))))
            .collect();
        assert_eq!(lan.write(LAN, &many, 1), Err(Refusal::new("bomb")));
        assert_eq!(lan.state_hash(), before);
        lan.apply(&first).unwrap();
        lan.apply(&first).unwrap();
        lan.apply(&second).unwrap();
        assert_eq!(lan.state_hash(), pao.state_hash());
    }

    #[test]
    fn any_text_and_every_sort_of_value_come_back_as_written() {
        let values = [
            Scalar::Text("a\0b\u{feff}\u{202e} hoà \u{10ffff}".into()),
            Scalar::Text(String::new()),
            Scalar::Null,
            Scalar::Bool(true),
            Scalar::Int(i64::MIN),
            Scalar::Int(i64::MAX),
            Scalar::Float(-0.5),
            Scalar::Bytes(vec![0, 255]),
        ];
        let patch: Patch = values
            .iter()
            .enumerate()
            .map(|(i, value)| (format!("k{i}\0"), Some(value.clone())))
            .collect();
        let mut document = Document::new();
        let raw = document.write(LAN, &patch, i64::MIN).unwrap();
        let copy = Document::from_changes(raw).unwrap();
        for (key, value) in &patch {
            assert_eq!(Some(&copy.get(key)[0].value), value.as_ref());
        }
        assert_eq!(copy.get("k0\0")[0].time, 0);
    }

    #[test]
    fn json_keeps_values_and_refuses_what_a_field_cannot_hold() {
        for json in [
            serde_json::json!(null),
            serde_json::json!(true),
            serde_json::json!(-3),
            serde_json::json!("ă"),
        ] {
            assert_eq!(Scalar::from_json(&json).unwrap().to_json(), json);
        }
        assert_eq!(Scalar::Bytes(vec![0, 171]).to_json(), "00ab");
        assert_eq!(Scalar::from_json(&serde_json::json!(u64::MAX)), None);
        assert_eq!(Scalar::from_json(&serde_json::json!([])), None);
    }

    #[test]
    fn changes_come_in_an_order_every_copy_can_replay() {
        let (mut lan, mut pao) = two_copies();
        for round in 0..5 {
            let by_lan = lan
                .write(LAN, &patch(&[("name", Some(&format!("l{round}")))]), 1)
                .unwrap()
                .unwrap();
            let by_pao = pao
                .write(PAO, &patch(&[("name", Some(&format!("p{round}")))]), 1)
                .unwrap()
                .unwrap();
            lan.apply(&by_pao).unwrap();
            pao.apply(&by_lan).unwrap();
        }
        assert_eq!(lan.changes(), pao.changes());
        let replayed =
            Document::from_changes(lan.changes().iter().map(|change| &change.raw)).unwrap();
        assert_eq!(replayed.state_hash(), pao.state_hash());
    }
}
