//! The gate, version 1: may this foreign change touch this record?
//!
//! **Frozen.** Every copy must give the same verdict on the same change for as long as the change exists, so a verdict
//! is a function of the change's bytes, of what its signed entry says of it ([`Expect`]), and of its past alone: never
//! of a clock, another record, the running app's schema, or what merely happens to be known here. A rule is never
//! altered; a new rule makes version 2 beside this one, chosen by the version in the pack's header. Unknown keys pass.
//!
//! The rules in the order they are asked, with the code each refuses with:
//!
//! 1. `role`: the author may write this kind.
//! 2. Form, by [`crdt::read`]: at most 64 KiB and one plain uncompressed chunk whose checksum fits (`size`,
//!    `malformed`, `shape`); at most 500 operations naming at most 5,000 earlier ones, 256 dependencies, 256 other
//!    actors, 64 columns (`bomb`); 16-byte actors, no message, nothing after the columns, a time within the years
//!    1970 to 9999 whatever the time is here (`shape`); written down in the one canonical way (`canonical`); only writes and deletions of keys of the root map, their values null, truth,
//!    whole numbers within 64 signed bits, floats, text or bytes (`shape`, `kind`). `panic`: the library gave up.
//! 3. `malformed`: its hash is the one its entry names.
//! 4. `actor`: its actor is the one its log has.
//! 5. `dep`: its dependencies are distinct accepted changes of its past. They and theirs are its *ancestors*, and only
//!    among ancestors is anything below looked up: a concurrent operation it names is refused wherever it arrives.
//! 6. `start_op`: its first operation counts one more than the last of its ancestors, from 1, and its last stays under
//!    1,000,000: counters cannot be inflated until nobody can write any more.
//! 7. `seq`: it is the actor's next accepted change of this record, and the one before is an ancestor.
//! 8. `key`: every key has 1 to 64 bytes and stands in the change once.
//! 9. `kind`: text has at most 16 KiB, bytes at most 64, floats are finite.
//! 10. `actor`, `pred`: the operations it takes the place of are distinct, each one that an ancestor wrote to the same
//!     key with a value, and a deletion takes the place of at least one. `actor` if no ancestor is by that actor.
//! 11. `kind`: without ancestors it must write the entry's kind as `_kind`, a whole number as `_v` and 16 bytes as
//!     `_salt`. With ancestors, one of them that has none itself must have written that kind, and `_kind`, if it is
//!     written at all, keeps it.

use crate::crdt::{self, Actor, Change, ChangeHash, Document, OpId, Parsed, Refusal, Scalar};
use crate::planted;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// This gate's version, as pack headers carry it.
pub const VERSION: u32 = 1;
/// One more than the greatest operation counter a record may reach.
const OP_BUDGET: u64 = 1_000_000;

/// What the signed entry and its certificate say about a change.
#[derive(Debug, Clone, Copy)]
pub struct Expect<'a> {
    /// The actor that follows from the log.
    pub actor: Actor,
    /// The entry's kind.
    pub kind: &'a str,
    /// The entry's change hash.
    pub hash: ChangeHash,
    /// Whether the author's rights cover writing this kind.
    pub may_write: bool,
}

/// The accepted changes of one record, as far as a verdict may need them.
#[derive(Debug, Clone, Default)]
pub struct History {
    changes: HashMap<ChangeHash, Accepted>,
}

#[derive(Debug, Clone)]
struct Accepted {
    actor: Actor,
    seq: u64,
    start_op: u64,
    deps: Vec<ChangeHash>,
    /// Per operation its key, and whether it wrote a value.
    ops: Vec<(String, bool)>,
    /// What it wrote as `_kind`.
    kind: Option<Scalar>,
}

impl Accepted {
    /// The counter after its last operation.
    fn end_op(&self) -> u64 {
        self.start_op.saturating_add(self.ops.len() as u64)
    }
}

impl History {
    /// No changes yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an accepted change.
    pub fn insert(&mut self, change: &Change) {
        let accepted = Accepted {
            actor: change.actor,
            seq: change.seq,
            start_op: change.start_op,
            deps: change.deps.clone(),
            ops: change
                .ops
                .iter()
                .map(|op| (op.key.clone(), op.write.is_some()))
                .collect(),
            kind: written(change, "_kind").cloned(),
        };
        self.changes.insert(change.hash, accepted);
    }

    /// All changes of a record: each was accepted, or it would not be in it.
    #[must_use]
    pub fn from_document(document: &Document) -> Self {
        let mut history = Self::new();
        document
            .changes()
            .iter()
            .for_each(|change| history.insert(change));
        history
    }

    /// The number the actor's next accepted change of this record must carry.
    #[must_use]
    pub fn next_seq(&self, actor: &Actor) -> u64 {
        let own = self
            .changes
            .values()
            .filter(|change| change.actor == *actor);
        own.map(|change| change.seq)
            .max()
            .unwrap_or(0)
            .saturating_add(1)
    }

    /// The changes `deps` name, and theirs, without end; `None` if one is missing.
    fn ancestors(&self, deps: &[ChangeHash]) -> Option<Ancestors<'_>> {
        let mut open = deps.to_vec();
        let mut seen: HashSet<ChangeHash> = open.iter().copied().collect();
        let mut ancestors = Ancestors::default();
        while let Some(hash) = open.pop() {
            let change = self.changes.get(&hash)?;
            ancestors.next_op = ancestors.next_op.max(change.end_op());
            ancestors
                .by_place
                .insert((change.actor, change.start_op), change);
            open.extend(change.deps.iter().filter(|dep| seen.insert(**dep)));
        }
        Some(ancestors)
    }
}

#[derive(Default)]
struct Ancestors<'a> {
    by_place: BTreeMap<(Actor, u64), &'a Accepted>,
    next_op: u64,
}

impl Ancestors<'_> {
    /// Whether an ancestor is by this actor.
    fn include(&self, actor: Actor) -> bool {
        self.by_place
            .range((actor, 0)..=(actor, u64::MAX))
            .next()
            .is_some()
    }

    /// The key an operation wrote a value to.
    fn key_of(&self, op: &OpId) -> Option<&str> {
        let ((actor, start), change) =
            self.by_place.range(..=(op.actor, op.counter)).next_back()?;
        let place = usize::try_from(op.counter.checked_sub(*start)?).ok()?;
        let (key, wrote) = change.ops.get(place)?;
        (*actor == op.actor && *wrote).then_some(key)
    }
}

/// Gives the verdict on one change; the rules are those of the module.
///
/// `history` holds at least the accepted changes of this record in the change's past; `in_past` tells which of them are
/// in it; `next_seq` is the number the actor's next accepted change of this record carries.
///
/// # Errors
/// The code of the first rule it breaks.
pub fn check(
    history: &History,
    in_past: &dyn Fn(&ChangeHash) -> bool,
    next_seq: u64,
    raw: &[u8],
    expect: &Expect<'_>,
) -> Result<Change, Refusal> {
    pass(history, in_past, next_seq, raw, expect).map(Parsed::into_change)
}

/// [`check`], giving the change in the form that [`Document::apply_parsed`] takes.
///
/// # Errors
/// As there.
pub fn pass(
    history: &History,
    in_past: &dyn Fn(&ChangeHash) -> bool,
    next_seq: u64,
    raw: &[u8],
    expect: &Expect<'_>,
) -> Result<Parsed, Refusal> {
    require(expect.may_write, "role")?;
    pass_parsed(history, in_past, next_seq, Parsed::read(raw)?, expect)
}

/// [`pass`] of a change that was read already.
///
/// # Errors
/// As there.
pub fn pass_parsed(
    history: &History,
    in_past: &dyn Fn(&ChangeHash) -> bool,
    next_seq: u64,
    parsed: Parsed,
    expect: &Expect<'_>,
) -> Result<Parsed, Refusal> {
    require(expect.may_write, "role")?;
    let change = parsed.change();
    require(change.hash == expect.hash, "malformed")?;
    require(
        change.actor == expect.actor || planted!("actor_not_tied_to_key"),
        "actor",
    )?;

    let distinct: BTreeSet<_> = change.deps.iter().collect();
    require(
        distinct.len() == change.deps.len() && change.deps.iter().all(in_past),
        "dep",
    )?;
    let ancestors = history.ancestors(&change.deps).ok_or(Refusal::new("dep"))?;

    require(change.start_op == ancestors.next_op.max(1), "start_op")?;
    require(
        change.start_op.saturating_add(change.ops.len() as u64) <= OP_BUDGET,
        "start_op",
    )?;

    require(
        change.seq == next_seq || planted!("duplicate_seq_accepted"),
        "seq",
    )?;
    let own = ancestors
        .by_place
        .values()
        .filter(|held| held.actor == change.actor);
    let last = own.map(|held| held.seq).max().unwrap_or(0);
    require(
        last.checked_add(1) == Some(change.seq) || planted!("duplicate_seq_accepted"),
        "seq",
    )?;

    fields(change)?;
    preds(change, &ancestors)?;
    kind(change, &ancestors, expect.kind)?;
    Ok(parsed)
}

fn require(holds: bool, code: &'static str) -> Result<(), Refusal> {
    if holds {
        Ok(())
    } else {
        Err(Refusal::new(code))
    }
}

/// Rules 8 and 9.
fn fields(change: &Change) -> Result<(), Refusal> {
    let mut keys = BTreeSet::new();
    for op in &change.ops {
        crdt::check_key(&op.key)?;
        require(keys.insert(op.key.as_str()), "key")?;
    }
    change
        .ops
        .iter()
        .filter_map(|op| op.write.as_ref())
        .try_for_each(crdt::check_value)
}

/// Rule 10.
fn preds(change: &Change, ancestors: &Ancestors<'_>) -> Result<(), Refusal> {
    if planted!("pred_unchecked") {
        return Ok(());
    }
    for op in &change.ops {
        require(op.write.is_some() || !op.pred.is_empty(), "pred")?;
        let mut distinct = BTreeSet::new();
        for pred in &op.pred {
            require(ancestors.include(pred.actor), "actor")?;
            let same = ancestors.key_of(pred) == Some(op.key.as_str());
            require(same && distinct.insert(*pred), "pred")?;
        }
    }
    Ok(())
}

/// Rule 11.
fn kind(change: &Change, ancestors: &Ancestors<'_>, kind: &str) -> Result<(), Refusal> {
    let is = |value: Option<&Scalar>| matches!(value, Some(Scalar::Text(text)) if text == kind);
    if ancestors.by_place.is_empty() {
        let version = matches!(written(change, "_v"), Some(Scalar::Int(_)));
        let salt =
            matches!(written(change, "_salt"), Some(Scalar::Bytes(salt)) if salt.len() == 16);
        return require(is(written(change, "_kind")) && version && salt, "kind");
    }
    let mut geneses = ancestors
        .by_place
        .values()
        .filter(|held| held.deps.is_empty());
    require(geneses.any(|genesis| is(genesis.kind.as_ref())), "kind")?;
    let mut writes = change.ops.iter().filter(|op| op.key == "_kind");
    require(writes.all(|op| is(op.write.as_ref())), "kind")
}

fn written<'a>(change: &'a Change, key: &str) -> Option<&'a Scalar> {
    change
        .ops
        .iter()
        .find(|op| op.key == key)
        .and_then(|op| op.write.as_ref())
}

#[cfg(test)]
mod tests;
