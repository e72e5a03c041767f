//! Verdicts on entries, and documents made from what was accepted (section 5.4).
//!
//! A verdict is a function of the entry's bytes, its author's certificate and its pack's past. Not of arrival order, not
//! of other documents, not of any clock.

use super::{Fault, Replica};
use crate::id::{Epoch, Head, Log};
use crate::pack::{Entry, read_body, read_header};
use crate::shelf::{EntryRow, Shelf, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::crdt::{ChangeHash, Document, read};
use toso_domain::gate::{Expect, History, check};
use toso_domain::id::{RecordId, SpaceId};

/// Kinds only staff write, frozen with gate version 1: who works where is not a member's to say.
const STAFF_KINDS: [&str; 3] = ["unit", "team", "member"];

/// One document while entries of it are judged.
pub(super) struct Work {
    doc: Document,
    history: History,
    /// Rows of counting packs with the log and place of their pack.
    rows: Vec<(EntryRow, Log, u64)>,
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

    /// True while no byte of the document is missing here.
    pub(super) fn is_whole(&self) -> bool {
        !self.rows.iter().any(|(row, ..)| is_open(row.verdict))
    }
}

fn is_open(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Pending | Verdict::Hole)
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
    /// Judges the entries of a pack that has just begun to count.
    pub(super) fn judge_pack(
        &mut self,
        space: SpaceId,
        head: &Head,
        entries: &[Entry],
    ) -> Result<(), Fault> {
        let mut by_document: BTreeMap<RecordId, Vec<(u32, &Entry)>> = BTreeMap::new();
        for (ix, entry) in (0_u32..).zip(entries) {
            by_document
                .entry(entry.document)
                .or_default()
                .push((ix, entry));
        }
        let staff = self
            .certificate_of_log(space, head)?
            .is_some_and(|c| c.is_staff());
        for (document, entries) in by_document {
            if self.book.is_purged(&document) {
                continue;
            }
            let mut work = self.work(space, document, Some(head))?;
            for (ix, entry) in entries {
                self.judge_entry(space, head, ix, entry, staff, &mut work)?;
            }
            self.keep(space, document, &work)?;
        }
        Ok(())
    }

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
            let staff = self
                .certificate_of_log(space, &head)?
                .is_some_and(|c| c.is_staff());
            let entries = self.entries(space, &head)?;
            for row in rows.remove(&head).unwrap_or_default() {
                let Some(entry) = usize::try_from(row.ix).ok().and_then(|ix| entries.get(ix))
                else {
                    continue;
                };
                let (log, seq) = self.place(space, &head)?;
                let before = (row.verdict, row.why.clone());
                work.rows.push((
                    EntryRow {
                        verdict: Verdict::Pending,
                        ..row
                    },
                    log,
                    seq,
                ));
                let after = self.verdict_of(space, &head, entry, staff, &mut work)?;
                if let Some((row, ..)) = work.rows.last_mut() {
                    row.verdict = after.0;
                    if before != (after.0, after.1.to_owned()) {
                        self.shelf
                            .set_verdict(space, &head, row.ix, after.0, after.1)?;
                    }
                }
            }
        }
        for draft in self.shelf.drafts(space)? {
            if draft.document == document {
                // One whose past no longer counts is left out here; the author's upkeep makes it again.
                let _ = work.doc.apply(&draft.raw);
            }
        }
        self.keep(space, document, &work)
    }

    fn judge_entry(
        &mut self,
        space: SpaceId,
        head: &Head,
        ix: u32,
        entry: &Entry,
        staff: bool,
        work: &mut Work,
    ) -> Result<(), Fault> {
        let (log, seq) = self.place(space, head)?;
        let row = EntryRow {
            pack: *head,
            ix,
            document: entry.document,
            kind: entry.kind.clone(),
            hash: entry.hash,
            verdict: Verdict::Pending,
            why: String::new(),
        };
        work.rows.push((row, log, seq));
        let (verdict, why) = self.verdict_of(space, head, entry, staff, work)?;
        if let Some((row, ..)) = work.rows.last_mut() {
            row.verdict = verdict;
        }
        self.shelf.set_verdict(space, head, ix, verdict, why)?;
        Ok(())
    }

    /// The verdict on the entry whose row is the last of `work.rows`; an accepted change is applied.
    fn verdict_of(
        &mut self,
        space: SpaceId,
        head: &Head,
        entry: &Entry,
        staff: bool,
        work: &mut Work,
    ) -> Result<(Verdict, &'static str), Fault> {
        if self.book.is_lost(space, &entry.hash) {
            return Ok((Verdict::Refused, "lost"));
        }
        let Some(raw) = &entry.raw else {
            return Ok((Verdict::Hole, ""));
        };
        let (log, _) = self.place(space, head)?;
        let ledger = self.ledgers.get(&space).ok_or(Fault::new("internal"))?;
        let in_past = |log: &Log, seq: u64| ledger.in_past(head, log, seq);
        let standing = Standing {
            log,
            in_past: &in_past,
            staff,
            space,
        };
        let (verdict, why) = judge(&standing, entry, raw, work);
        if verdict == Verdict::Accepted
            && let Err(refusal) = work.doc.apply(raw)
        {
            return Ok((Verdict::Refused, refusal.code));
        }
        if verdict == Verdict::Accepted
            && let Ok(change) = read(raw)
        {
            work.history.insert(&change);
        }
        Ok((verdict, why))
    }

    /// A document ready for judging; rows of `but` are left out because they are about to be judged.
    pub(super) fn work(
        &mut self,
        space: SpaceId,
        document: RecordId,
        but: Option<&Head>,
    ) -> Result<Work, Fault> {
        self.ledger(space)?;
        let doc = self
            .document(space, document)?
            .unwrap_or_else(Document::new);
        let ledger = self.ledgers.get(&space).ok_or(Fault::new("internal"))?;
        let rows: Vec<(EntryRow, Log, u64)> = self
            .shelf
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
        let accepted: BTreeSet<ChangeHash> = rows
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
        Ok(Work { doc, history, rows })
    }

    /// Stores a judged document, or removes it when nothing of it counts.
    fn keep(&mut self, space: SpaceId, document: RecordId, work: &Work) -> Result<(), Fault> {
        self.touched.insert((space, document));
        if work.doc.is_empty() {
            return Ok(self.shelf.drop_document(space, document)?);
        }
        Ok(self
            .shelf
            .put_document(space, document, &work.doc, work.is_whole())?)
    }

    fn place(&self, space: SpaceId, head: &Head) -> Result<(Log, u64), Fault> {
        let meta = self.ledgers.get(&space).and_then(|l| l.get(head));
        meta.map(|m| (m.log, m.seq)).ok_or(Fault::new("internal"))
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

/// The rules of section 5.4 on one entry.
pub(super) fn judge(
    standing: &Standing<'_>,
    entry: &Entry,
    raw: &[u8],
    work: &Work,
) -> (Verdict, &'static str) {
    if work.accepted(standing.in_past, &entry.hash) {
        return (Verdict::Accepted, "");
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
        return (Verdict::Pending, "");
    }
    let next_seq = own(|v| v == Verdict::Accepted).len() as u64 + 1;
    let expect = Expect {
        actor: standing.log.actor(standing.space),
        kind: &entry.kind,
        hash: entry.hash,
        may_write: standing.staff || !STAFF_KINDS.contains(&entry.kind.as_str()),
    };
    let in_past = |hash: &ChangeHash| work.accepted(standing.in_past, hash);
    match check(&work.history, &in_past, next_seq, raw, &expect) {
        Ok(_) => (Verdict::Accepted, ""),
        Err(refusal) => {
            let waits = read(raw)
                .map(|c| {
                    c.deps
                        .iter()
                        .any(|d| work.has(standing.in_past, d, is_open))
                })
                .unwrap_or(false);
            if waits {
                (Verdict::Pending, "")
            } else {
                (Verdict::Refused, refusal.code)
            }
        }
    }
}
