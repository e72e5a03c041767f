//! Reading a handed-over record on both sides: what its home has, what the spaces it left hold, what came too late.

use super::origin::Origin;
use super::{Fault, Replica};
use crate::shelf::Shelf;
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::crdt::{Change, ChangeHash, Document, Op, Patch, Scalar};
use toso_domain::id::{RecordId, SpaceId};

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
    pub(super) origins: BTreeSet<Origin>,
}

/// What a space that a record has left holds of it.
pub(super) struct Left {
    pub(super) space: SpaceId,
    pub(super) kind: String,
    /// Accepted changes, parents first, with their origins.
    pub(super) changes: Vec<(Change, BTreeSet<Origin>)>,
    /// For each, the values it wrote that are current.
    pub(super) standing: BTreeMap<ChangeHash, Patch>,
}

/// The home instance as it stands, drafts included.
pub(super) struct Home {
    pub(super) doc: Document,
    pub(super) origins: BTreeMap<ChangeHash, BTreeSet<Origin>>,
    pub(super) has: BTreeSet<Origin>,
    pub(super) changes: Vec<Change>,
}

impl<S: Shelf> Replica<S> {
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

    /// The instances a document has left, where this device is staff's, holds both spaces, and lacks no byte.
    pub(super) fn left(&mut self, document: RecordId) -> Result<Vec<Left>, Fault> {
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
            if certificate.names(space) && self.held(space, document, None)?.is_whole() {
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
        let kind = doc
            .get("_kind")
            .into_iter()
            .find_map(|version| match version.value {
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
    pub(super) fn home(&mut self, document: RecordId) -> Result<Option<Home>, Fault> {
        let space = self.book.moved(&document).map(|moved| moved.to);
        let space = space.ok_or(Fault::new("internal"))?;
        if !self.held(space, document, None)?.is_whole() {
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
    pub(super) fn late_of(
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
pub(super) fn may_carry(left: &Left, change: &Change, patch: &Patch, home: &Home) -> bool {
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
