//! Verdicts on entries, and documents made from what was accepted (section 5.4).
//!
//! A verdict is a function of the entry's bytes, its author's certificate and its pack's past. Not of arrival order, not
//! of other documents, not of any clock.

use super::case::{Judging, keep};
use super::{Fault, Replica};
use crate::id::{Epoch, Head, Log};
use crate::ledger::Ledger;
use crate::pack::{Entry, read_body, read_header};
use crate::shelf::{EntryRow, Shelf, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::crdt::{ChangeHash, Document, Parsed, read};
use toso_domain::gate::{Expect, History, pass, pass_parsed};
use toso_domain::id::{RecordId, SpaceId};

/// Kinds only staff write, frozen with gate version 1: who works where is not a member's to say.
const STAFF_KINDS: [&str; 9] = [
    "unit",
    "team",
    "member",
    "plan",
    "target",
    "school",
    "material",
    "membership",
    "catalog_item",
];

/// Whether an author with or without a staff certificate may write a kind.
pub(super) fn may_write_kind(staff: bool, kind: &str) -> bool {
    staff || !STAFF_KINDS.contains(&kind)
}

/// One document while entries of it are judged.
pub(super) struct Work {
    pub(super) doc: Document,
    pub(super) history: History,
    /// Rows of counting packs with the log and place of their pack.
    pub(super) rows: Vec<(EntryRow, Log, u64)>,
}

impl Work {
    /// True when an accepted row of this change lies in the pack's past.
    fn accepted(&self, in_past: &dyn Fn(&Log, u64) -> bool, hash: &ChangeHash) -> bool {
        self.has(in_past, hash, |v| v == Verdict::Accepted)
    }

    fn has(
        &self,
        in_past: &dyn Fn(&Log, u64) -> bool,
        hash: &ChangeHash,
        is: impl Fn(Verdict) -> bool,
    ) -> bool {
        self.rows
            .iter()
            .any(|(row, log, seq)| row.hash == *hash && is(row.verdict) && in_past(log, *seq))
    }

    /// Everything in `before` counts and is the past; what is by `log`'s actor stands in `log`.
    pub(super) fn of_past(before: &Document, log: Log, space: SpaceId) -> Self {
        let other = Log {
            device: log.device,
            epoch: Epoch([0; 16]),
        };
        let actor = log.actor(space);
        let row = |hash: ChangeHash| EntryRow {
            pack: Head([0; 16]),
            ix: 0,
            document: space.into(),
            kind: String::new(),
            hash,
            verdict: Verdict::Accepted,
            why: String::new(),
        };
        let changes = before.changes();
        let rows = changes
            .iter()
            .map(|c| (row(c.hash), if c.actor == actor { log } else { other }, 1))
            .collect();
        Self {
            doc: Document::new(),
            history: History::from_document(before),
            rows,
        }
    }

    /// The document alone.
    pub(super) fn into_document(self) -> Document {
        self.doc
    }

    /// True while no byte of the document is missing here.
    pub(super) fn is_whole(&self) -> bool {
        !self.rows.iter().any(|(row, ..)| is_open(row.verdict))
    }
}

fn is_open(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Pending | Verdict::Hole)
}

/// A document as it is held: bytes and rows, nothing loaded yet.
pub(super) struct Held {
    saved: Option<Vec<u8>>,
    rows: Vec<(EntryRow, Log, u64)>,
}

impl Held {
    /// Reads it; rows of the pack `but` are left out.
    pub(super) fn read<S: Shelf>(
        shelf: &S,
        ledger: &Ledger,
        space: SpaceId,
        document: RecordId,
        but: Option<&Head>,
    ) -> Result<Self, Fault> {
        let saved = shelf.document(space, document)?;
        let rows = shelf
            .entries_of_document(space, document)?
            .into_iter()
            .filter(|row| Some(&row.pack) != but)
            .filter_map(|row| {
                ledger
                    .get(&row.pack)
                    .filter(|m| m.valid)
                    .map(|m| (row, m.log, m.seq))
            })
            .collect();
        Ok(Self { saved, rows })
    }

    /// True while no byte of the document is missing here.
    pub(super) fn is_whole(&self) -> bool {
        !self.rows.iter().any(|(row, ..)| is_open(row.verdict))
    }

    /// The document ready for judging.
    ///
    /// # Errors
    /// The saved document cannot be read.
    pub(super) fn work(self) -> Result<Work, Fault> {
        let doc = match &self.saved {
            Some(saved) => Document::load(saved)?,
            None => Document::new(),
        };
        let accepted: BTreeSet<ChangeHash> = self
            .rows
            .iter()
            .filter(|(r, ..)| r.verdict == Verdict::Accepted)
            .map(|(r, ..)| r.hash)
            .collect();
        let mut history = History::new();
        if !accepted.is_empty() {
            for change in doc.changes().iter().filter(|c| accepted.contains(&c.hash)) {
                history.insert(change);
            }
        }
        Ok(Work {
            doc,
            history,
            rows: self.rows,
        })
    }
}

/// What one entry is judged against beside its document.
pub(super) struct Standing<'a> {
    /// The log it stands in.
    pub(super) log: Log,
    /// Whether a place of a log lies in its past.
    pub(super) in_past: &'a dyn Fn(&Log, u64) -> bool,
    /// Whether its author may write kinds of staff.
    pub(super) staff: bool,
    /// Space.
    pub(super) space: SpaceId,
}

impl<S: Shelf> Replica<S> {
    /// Makes a document again from every counting pack, judging each entry anew, then puts the drafts back on top.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn rebuild(&mut self, space: SpaceId, document: RecordId) -> Result<(), Fault> {
        self.touched.insert((space, document));
        if self.book.is_purged(&document) {
            return Ok(self.shelf.drop_document(space, document)?);
        }
        let mut work = Work {
            doc: Document::new(),
            history: History::new(),
            rows: Vec::new(),
        };
        let mut rows: BTreeMap<Head, Vec<EntryRow>> = BTreeMap::new();
        let mut order = Vec::new();
        for row in self.shelf.entries_of_document(space, document)? {
            rows.entry(row.pack).or_default().push(row);
        }
        let ledger = self.ledger(space)?;
        order.extend(
            rows.keys()
                .copied()
                .filter(|h| ledger.get(h).is_some_and(|m| m.valid)),
        );
        ledger.sort_causally(&mut order);
        for head in order {
            let staff = self.is_by_staff(space, &head)?;
            let entries = self.entries(space, &head)?;
            let judging = Judging::of(&self.book, &self.ledgers, space, &head, staff)?;
            for row in rows.remove(&head).unwrap_or_default() {
                let Some(entry) = usize::try_from(row.ix).ok().and_then(|ix| entries.get(ix))
                else {
                    continue;
                };
                let (ix, before) = (row.ix, (row.verdict, row.why.clone()));
                let after = judging.entry(row, entry, &mut work);
                if before != (after.0, after.1.to_owned()) {
                    self.shelf.set_verdict(space, &head, ix, after.0, after.1)?;
                }
            }
        }
        for draft in self.shelf.drafts(space)? {
            if draft.document == document {
                // One whose past no longer counts is left out here; the author's upkeep makes it again.
                let _ = work.doc.apply(&draft.raw);
            }
        }
        let view = S::view(&work.doc);
        keep(&mut self.shelf, space, document, &work, view)
    }

    /// What is held of a document before entries of it are judged; rows of `but` are left out because they are about to be.
    pub(super) fn held(
        &mut self,
        space: SpaceId,
        document: RecordId,
        but: Option<&Head>,
    ) -> Result<Held, Fault> {
        self.ledger(space)?;
        let ledger = self.ledgers.get(&space).ok_or(Fault::new("internal"))?;
        Held::read(&self.shelf, ledger, space, document, but)
    }

    /// Whether the author of a pack's log may write kinds of staff.
    pub(super) fn is_by_staff(&mut self, space: SpaceId, head: &Head) -> Result<bool, Fault> {
        let certificate = self.certificate_of_log(space, head)?;
        Ok(certificate.is_some_and(|c| c.is_staff()))
    }

    /// The entries of a held pack; `raw` is `None` where bytes are missing here.
    ///
    /// # Errors
    /// `db_damaged` when the pack's own bytes cannot be read back.
    pub fn entries(&self, space: SpaceId, head: &Head) -> Result<Vec<Entry>, Fault> {
        let header = self
            .shelf
            .header(space, head)?
            .ok_or(Fault::new("db_damaged"))?;
        let body = self
            .shelf
            .body(space, head)?
            .ok_or(Fault::new("db_damaged"))?;
        let header = read_header(&header).map_err(|_| Fault::new("db_damaged"))?;
        read_body(&header, &body).map_err(|_| Fault::new("db_damaged"))
    }
}

/// The rules of section 5.4 on one entry; with the change when it passes the gate now. `parsed` is what `raw` says, when it
/// was read already.
pub(super) fn judge(
    standing: &Standing<'_>,
    entry: &Entry,
    raw: &[u8],
    parsed: Option<Parsed>,
    work: &Work,
) -> (Verdict, &'static str, Option<Parsed>) {
    if work.accepted(standing.in_past, &entry.hash) {
        return (Verdict::Accepted, "", None);
    }
    let own = |verdict: fn(Verdict) -> bool| {
        let rows = work.rows.iter().filter(|(r, log, seq)| {
            *log == standing.log
                && verdict(r.verdict)
                && (standing.in_past)(log, *seq)
                && r.hash != entry.hash
        });
        rows.map(|(r, ..)| r.hash).collect::<BTreeSet<_>>()
    };
    if !own(is_open).is_empty() {
        return (Verdict::Pending, "", None);
    }
    let next_seq = own(|v| v == Verdict::Accepted).len() as u64 + 1;
    let expect = Expect {
        actor: standing.log.actor(standing.space),
        kind: &entry.kind,
        hash: entry.hash,
        may_write: may_write_kind(standing.staff, &entry.kind),
    };
    let in_past = |hash: &ChangeHash| work.accepted(standing.in_past, hash);
    let passed = match parsed {
        Some(parsed) => pass_parsed(&work.history, &in_past, next_seq, parsed, &expect),
        None => pass(&work.history, &in_past, next_seq, raw, &expect),
    };
    match passed {
        Ok(parsed) => (Verdict::Accepted, "", Some(parsed)),
        Err(refusal) => {
            let waits = read(raw)
                .map(|c| {
                    c.deps
                        .iter()
                        .any(|d| work.has(standing.in_past, d, is_open))
                })
                .unwrap_or(false);
            if waits {
                (Verdict::Pending, "", None)
            } else {
                (Verdict::Refused, refusal.code, None)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::STAFF_KINDS;
    use std::collections::BTreeSet;
    use toso_domain::record::{KINDS, Writers};

    #[test]
    fn the_gate_and_the_forms_agree_who_writes_a_kind() {
        let staff = KINDS.iter().filter(|kind| kind.writers == Writers::Staff);
        let staff: BTreeSet<&str> = staff.map(|kind| kind.name).collect();
        assert_eq!(BTreeSet::from(STAFF_KINDS), staff);
    }
}
