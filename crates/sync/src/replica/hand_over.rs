//! Hand-over of a record to another space (rules 7.4 and 7.5): where it counts, what is carried there, what waits.
//!
//! A document instance stands in a space. A `move` says which instance counts; what people wrote in the others is written
//! again in the home by a staff device, each change with a tick that names the user's change it stands for (its origin).
//! So a carry is done once however many staff devices do it, and nothing is carried twice when the record moves back.

use super::{Fault, Replica};
use crate::key::Random;
use crate::ruling::{Body, Ruling};
use crate::shelf::Shelf;
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::crdt::{Change, ChangeHash, Document, Op, Patch, Scalar};
use toso_domain::id::{RecordId, SpaceId};

/// Name of a user's change among ticks: the first 16 bytes of its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin(pub [u8; 16]);

/// Prefix of the keys that name origins.
const TICK: &str = "_from/";
/// Ticks one change may write beside its values: far below the gate's bound on operations.
const TICKS: usize = 300;

impl Origin {
    fn of(hash: &ChangeHash) -> Self {
        let mut short = [0; 16];
        short.iter_mut().zip(hash.0).for_each(|(to, from)| *to = from);
        Self(short)
    }

    fn key(self) -> String {
        let hex: String = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{TICK}{hex}")
    }

    fn read(key: &str) -> Option<Self> {
        let hex = key.strip_prefix(TICK)?.as_bytes();
        let mut bytes = [0; 16];
        if hex.len() != 32 || !hex.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

/// An edit made in a space the record has left that its home does not have: it waits for a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Late {
    /// The record.
    pub document: RecordId,
    /// Its kind.
    pub kind: String,
    /// Where the edit was made.
    pub from: SpaceId,
    /// Where the record counts.
    pub home: SpaceId,
    /// The change.
    pub change: ChangeHash,
    /// Who wrote it follows from the log of this actor.
    pub actor: toso_domain::crdt::Actor,
    /// When, by its author's clock, seconds since 1970.
    pub time: i64,
    /// What it writes that still stands in the space it was made in; `None` empties a key.
    pub patch: Patch,
    origins: BTreeSet<Origin>,
}

/// What a space that a record has left holds of it.
struct Left {
    space: SpaceId,
    kind: String,
    /// Accepted changes, parents first, with their origins.
    changes: Vec<(Change, BTreeSet<Origin>)>,
    /// For each, the values it wrote that are current.
    standing: BTreeMap<ChangeHash, Patch>,
}

/// The home instance as it stands, drafts included.
struct Home {
    doc: Document,
    origins: BTreeMap<ChangeHash, BTreeSet<Origin>>,
    has: BTreeSet<Origin>,
    changes: Vec<Change>,
}

impl<S: Shelf> Replica<S> {
    /// Hands a document over: from now on it counts in `to`. Only a copy with the authority's secret can. Runs inside the
    /// caller's transaction, so that of two at once the second finds another home.
    ///
    /// # Errors
    /// `moved_meanwhile` when its home is not `from`, `same_space`, `erased`, `not_authority`, faults of the shelf.
    pub fn hand_over(
        &mut self,
        document: RecordId,
        from: SpaceId,
        to: SpaceId,
    ) -> Result<Ruling, Fault> {
        if self.book.is_purged(&document) {
            return Err(Fault::new("erased"));
        }
        let moved = self.book.moved(&document);
        if moved.is_some_and(|moved| moved.to != from) {
            return Err(Fault::new("moved_meanwhile"));
        }
        if from == to {
            return Err(Fault::new("same_space"));
        }
        let serial = moved.map_or(1, |moved| moved.serial.saturating_add(1));
        self.state(&Body::Move(document.into(), from.into(), to.into(), serial))
    }

    /// Tells the shelf which instances of a document count elsewhere.
    pub(super) fn note_home(&mut self, document: RecordId) -> Result<(), Fault> {
        let Some(moved) = self.book.moved(&document).cloned() else {
            return Ok(());
        };
        self.shelf.set_away(moved.to, document, false)?;
        self.touched.insert((moved.to, document));
        for space in moved.others() {
            self.shelf.set_away(space, document, true)?;
            self.touched.insert((space, document));
        }
        Ok(())
    }

    /// Tells the shelf of every home again, after its derived rows were dropped. Runs inside the caller's transaction.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn note_homes(&mut self) -> Result<(), Fault> {
        for document in self.book.all_moved() {
            self.note_home(document)?;
        }
        Ok(())
    }

    /// Carries what the homes of handed-over documents lack and nobody could object to (rule 7.5). Only on a staff device;
    /// each change is a transaction of its own. Looks at documents touched since the last call, at all of them after a
    /// start. Answers how many changes were written.
    ///
    /// # Errors
    /// Faults of the shelf; what was not looked at is looked at the next time.
    pub fn carry_due(&mut self, now: i64, random: &mut dyn Random) -> Result<usize, Fault> {
        let mut written = 0;
        for document in self.to_carry.clone() {
            for left in self.left(document)? {
                written += self.carry_left(document, &left, now, random)?;
            }
            self.to_carry.remove(&document);
        }
        Ok(written)
    }

    /// Late edits of a document that wait for a person; empty on a device that is not staff or does not hold both spaces.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn late(&mut self, document: RecordId) -> Result<Vec<Late>, Fault> {
        let mut out = Vec::new();
        for left in self.left(document)? {
            let Some(home) = self.home(document)? else {
                continue;
            };
            for (change, origins) in &left.changes {
                let late = self.late_of(document, &left, change, origins, &home);
                out.extend(late.filter(|late| !late.patch.is_empty()));
            }
        }
        Ok(out)
    }

    /// A person decides on a late edit: it is written in the home, over what stands there, or only ticked as seen.
    ///
    /// # Errors
    /// `not_found` when it does not wait any more, those of a save.
    pub fn settle_late(
        &mut self,
        document: RecordId,
        change: &ChangeHash,
        take: bool,
        now: i64,
        random: &mut dyn Random,
    ) -> Result<(), Fault> {
        let late = self.late(document)?.into_iter();
        let late = late.into_iter().find(|late| late.change == *change);
        let late = late.ok_or(Fault::new("not_found"))?;
        let patch = if take { late.patch } else { Patch::new() };
        self.write_carry(late.home, document, &late.kind, patch, &late.origins, now, random)
    }

    fn carry_left(
        &mut self,
        document: RecordId,
        left: &Left,
        now: i64,
        random: &mut dyn Random,
    ) -> Result<usize, Fault> {
        let mut written = 0;
        let mut only_ticks: BTreeSet<Origin> = BTreeSet::new();
        let Some(mut home) = self.home(document)? else {
            return Ok(0);
        };
        let space = self.book.moved(&document).map(|moved| moved.to);
        let space = space.ok_or(Fault::new("internal"))?;
        for (change, origins) in &left.changes {
            let Some(late) = self.late_of(document, left, change, origins, &home) else {
                continue;
            };
            if late.patch.is_empty() {
                only_ticks.extend(late.origins);
            } else if may_carry(left, change, &late.patch, &home) {
                let kind = &left.kind;
                self.write_carry(space, document, kind, late.patch, &late.origins, now, random)?;
                written += 1;
                let Some(now_home) = self.home(document)? else {
                    return Ok(written);
                };
                home = now_home;
            }
        }
        only_ticks.retain(|origin| !home.has.contains(origin));
        let only_ticks: Vec<Origin> = only_ticks.into_iter().collect();
        for some in only_ticks.chunks(TICKS) {
            let ticks = some.iter().copied().collect();
            self.write_carry(space, document, &left.kind, Patch::new(), &ticks, now, random)?;
            written += 1;
        }
        Ok(written)
    }

    #[expect(clippy::too_many_arguments, reason = "one change in its parts")]
    fn write_carry(
        &mut self,
        home: SpaceId,
        document: RecordId,
        kind: &str,
        mut patch: Patch,
        origins: &BTreeSet<Origin>,
        now: i64,
        random: &mut dyn Random,
    ) -> Result<(), Fault> {
        let ticks = origins.iter().take(TICKS);
        patch.extend(ticks.map(|origin| (origin.key(), Some(Scalar::Bool(true)))));
        if self.document(home, document)?.is_none_or(|doc| doc.is_empty()) {
            patch.insert("_kind".into(), Some(Scalar::Text(kind.to_owned())));
            patch.insert("_v".into(), Some(Scalar::Int(1)));
            let salt = random.bytes16().to_vec();
            patch.insert("_salt".into(), Some(Scalar::Bytes(salt)));
        }
        self.save(home, document, kind, &patch, now, random).map(drop)
    }

    /// The instances a document has left, where this device is staff's, holds both spaces, and lacks no byte.
    fn left(&mut self, document: RecordId) -> Result<Vec<Left>, Fault> {
        let mut out = Vec::new();
        let certificate = self.certificate().map(|(_, certificate)| certificate);
        let (Some(certificate), Some(moved)) = (certificate, self.book.moved(&document).cloned())
        else {
            return Ok(out);
        };
        let gone = self.book.is_purged(&document) || self.book.is_revoked(&certificate.device);
        if gone || !certificate.is_staff() || !certificate.names(moved.to) {
            return Ok(out);
        }
        for space in moved.others() {
            if certificate.names(space) && self.work(space, document, None)?.is_whole() {
                out.extend(self.left_in(space, document)?);
            }
        }
        Ok(out)
    }

    fn left_in(&mut self, space: SpaceId, document: RecordId) -> Result<Option<Left>, Fault> {
        // Own drafts there are carried once they are sealed: until then their names may change.
        let accepted = self.accepted(space, document)?;
        let all = self.causal(space, document)?.into_iter();
        let changes: Vec<Change> = all.filter(|c| accepted.contains_key(&c.hash)).collect();
        if changes.is_empty() {
            return Ok(None);
        }
        let doc = Document::from_changes(changes.iter().map(|c| &c.raw))?;
        let kind = doc.get("_kind").into_iter().find_map(|version| match version.value {
            Scalar::Text(kind) => Some(kind),
            _ => None,
        });
        let mut standing: BTreeMap<ChangeHash, Patch> = BTreeMap::new();
        for key in doc.keys().into_iter().filter(|key| !key.starts_with('_')) {
            for version in doc.get(&key) {
                let patch = standing.entry(version.change).or_default();
                patch.insert(key.clone(), Some(version.value));
            }
        }
        for (hash, key) in emptied(&doc, &changes) {
            standing.entry(hash).or_default().insert(key, None);
        }
        let mut with_origins = Vec::with_capacity(changes.len());
        for change in changes {
            let origins = self.origins(space, &change)?;
            with_origins.push((change, origins));
        }
        Ok(kind.map(|kind| Left {
            space,
            kind,
            changes: with_origins,
            standing,
        }))
    }

    /// The home instance; `None` while bytes of it are missing here.
    fn home(&mut self, document: RecordId) -> Result<Option<Home>, Fault> {
        let space = self.book.moved(&document).map(|moved| moved.to);
        let space = space.ok_or(Fault::new("internal"))?;
        if !self.work(space, document, None)?.is_whole() {
            return Ok(None);
        }
        let doc = self.document(space, document)?;
        let doc = doc.unwrap_or_else(Document::new);
        let changes = doc.changes();
        let mut origins = BTreeMap::new();
        let mut has: BTreeSet<Origin> = doc.keys().iter().filter_map(|k| Origin::read(k)).collect();
        for change in &changes {
            let of = self.origins(space, change)?;
            has.insert(Origin::of(&change.hash));
            has.extend(&of);
            origins.insert(change.hash, of);
        }
        Ok(Some(Home {
            doc,
            origins,
            has,
            changes,
        }))
    }

    /// The users' changes a change stands for: those it ticks, those it re-made, or itself.
    fn origins(&mut self, space: SpaceId, change: &Change) -> Result<BTreeSet<Origin>, Fault> {
        let ticks = change.ops.iter().filter_map(|op| Origin::read(&op.key));
        let mut out: BTreeSet<Origin> = ticks.collect();
        for row in self.shelf.entries_of_change(space, &change.hash)? {
            let place = usize::try_from(row.ix).unwrap_or(usize::MAX);
            let mut entries = self.entries(space, &row.pack)?.into_iter();
            let re = entries.nth(place).map(|entry| entry.re);
            out.extend(re.iter().flatten().map(Origin::of));
        }
        if out.is_empty() {
            out.insert(Origin::of(&change.hash));
        }
        Ok(out)
    }

    /// A change of a space the record has left as the home sees it; `None` when the home has it.
    fn late_of(
        &self,
        document: RecordId,
        left: &Left,
        change: &Change,
        origins: &BTreeSet<Origin>,
        home: &Home,
    ) -> Option<Late> {
        let origins: BTreeSet<Origin> = origins.difference(&home.has).copied().collect();
        if origins.is_empty() {
            return None;
        }
        let mut patch = left.standing.get(&change.hash).cloned().unwrap_or_default();
        patch.retain(|key, value| !home.holds(key, value.as_ref()));
        Some(Late {
            document,
            kind: left.kind.clone(),
            from: left.space,
            home: self.book.moved(&document)?.to,
            change: change.hash,
            actor: change.actor,
            time: change.time,
            patch,
            origins,
        })
    }
}

impl Home {
    /// True when a key has just this value, by one writer or several, so that writing it would say nothing.
    fn holds(&self, key: &str, value: Option<&Scalar>) -> bool {
        let versions = self.doc.get(key);
        match value {
            Some(value) => !versions.is_empty() && versions.iter().all(|v| v.value == *value),
            None => versions.is_empty(),
        }
    }
}

/// Rule 7.5: a carry is causally later than all the home has, so it may only cover what the late author had seen.
fn may_carry(left: &Left, change: &Change, patch: &Patch, home: &Home) -> bool {
    let seen = seen_by(left, change);
    let known = |hash: &ChangeHash| {
        home.origins
            .get(hash)
            .is_some_and(|of| of.iter().all(|origin| seen.contains(origin)))
    };
    patch.iter().all(|(key, value)| {
        // Ticks of a set join: nobody's are covered by one more.
        if key.contains('/') && value.is_some() {
            return true;
        }
        let versions = home.doc.get(key);
        if versions.is_empty() {
            // Nothing stands there, which may be what somebody at home wanted.
            let emptied = home.changes.iter().filter(|c| empties(c, key));
            return emptied.into_iter().all(|c| known(&c.hash));
        }
        versions.iter().all(|version| known(&version.change))
    })
}

fn empties(change: &Change, key: &str) -> bool {
    let empties = |op: &Op| op.key == key && op.write.is_none();
    change.ops.iter().any(empties)
}

/// Origins of a change and of all it was written upon.
fn seen_by(left: &Left, change: &Change) -> BTreeSet<Origin> {
    let all: BTreeMap<&ChangeHash, &(Change, BTreeSet<Origin>)> =
        left.changes.iter().map(|one| (&one.0.hash, one)).collect();
    let mut seen = BTreeSet::new();
    let mut past: BTreeSet<ChangeHash> = BTreeSet::new();
    let mut queue = vec![change.hash];
    while let Some(hash) = queue.pop() {
        if past.insert(hash)
            && let Some((change, origins)) = all.get(&hash)
        {
            seen.extend(origins);
            seen.insert(Origin::of(&hash));
            queue.extend(&change.deps);
        }
    }
    seen
}

/// Keys that hold nothing, each with the last change that emptied it.
fn emptied(doc: &Document, changes: &[Change]) -> Vec<(ChangeHash, String)> {
    let held: BTreeSet<String> = doc.keys().into_iter().collect();
    let mut last: BTreeMap<String, ChangeHash> = BTreeMap::new();
    for change in changes {
        for op in &change.ops {
            if op.write.is_none() && !op.key.starts_with('_') && !held.contains(&op.key) {
                last.insert(op.key.clone(), change.hash);
            }
        }
    }
    last.into_iter().map(|(key, hash)| (hash, key)).collect()
}
