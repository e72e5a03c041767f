//! The entries of one pack, judged document by document: one thread judges, the other writes.
//!
//! A verdict looks at its own document and at what no judging changes (rulings, the ledger), so documents are judged beside
//! each other. They are written in their order, by the one writer.

use super::judge::{Held, Standing, Work, judge};
use super::{Fault, Replica};
use crate::book::Book;
use crate::id::{Head, Log};
use crate::ledger::Ledger;
use crate::pack::Entry;
use crate::shelf::{EntryRow, Shelf, Verdict};
use std::collections::BTreeMap;
use std::sync::mpsc::sync_channel;
use toso_domain::crdt::Parsed;
use toso_domain::id::{RecordId, SpaceId};

/// Documents of one pack from which on a second thread pays.
const MANY: usize = 16;
/// Judged documents that may wait for the writer: what is loaded at a time is bounded by it.
const AHEAD: usize = 8;

/// A verdict with its reason.
pub(super) type Said = (Verdict, &'static str);

/// What every entry of one pack is judged by.
pub(super) struct Judging<'a> {
    book: &'a Book,
    ledger: &'a Ledger,
    head: &'a Head,
    log: Log,
    seq: u64,
    staff: bool,
    space: SpaceId,
}

impl<'a> Judging<'a> {
    /// For the entries of a pack that counts.
    pub(super) fn of(
        book: &'a Book,
        ledgers: &'a BTreeMap<SpaceId, Ledger>,
        space: SpaceId,
        head: &'a Head,
        staff: bool,
    ) -> Result<Self, Fault> {
        let ledger = ledgers.get(&space).ok_or(Fault::new("internal"))?;
        let meta = ledger.get(head).ok_or(Fault::new("internal"))?;
        Ok(Self {
            book,
            ledger,
            head,
            log: meta.log,
            seq: meta.seq,
            staff,
            space,
        })
    }

    /// Judges an entry, whose row becomes the last of `work`; an accepted change is applied.
    pub(super) fn entry(&self, row: EntryRow, entry: &Entry, work: &mut Work) -> Said {
        let pending = EntryRow {
            verdict: Verdict::Pending,
            ..row
        };
        work.rows.push((pending, self.log, self.seq));
        let said = self.verdict(entry, work);
        if let Some((row, ..)) = work.rows.last_mut() {
            row.verdict = said.0;
        }
        said
    }

    fn verdict(&self, entry: &Entry, work: &mut Work) -> Said {
        if self.book.is_lost(self.space, &entry.hash) {
            return (Verdict::Refused, "lost");
        }
        let Some(raw) = &entry.raw else {
            return (Verdict::Hole, "");
        };
        let in_past = |log: &Log, seq: u64| self.ledger.in_past(self.head, log, seq);
        let standing = Standing {
            log: self.log,
            in_past: &in_past,
            staff: self.staff,
            space: self.space,
        };
        let (verdict, why, passed) = judge(&standing, entry, raw, None, work);
        if verdict != Verdict::Accepted {
            return (verdict, why);
        }
        // One that is accepted already was not read again.
        let parsed = passed.map_or_else(|| Parsed::read(raw), Ok);
        match parsed.and_then(|parsed| work.doc.apply_parsed(parsed)) {
            Ok(change) => {
                work.history.insert(&change);
                (verdict, why)
            }
            Err(refusal) => (Verdict::Refused, refusal.code),
        }
    }

    /// Judges all entries of one document.
    fn case<S: Shelf>(&self, case: Case<'_>) -> Result<Judged<S::View>, Fault> {
        let mut work = case.held.work()?;
        let mut said = Vec::with_capacity(case.entries.len());
        for (ix, entry) in case.entries {
            let row = EntryRow {
                pack: *self.head,
                ix: u32::try_from(ix).unwrap_or(u32::MAX),
                document: entry.document,
                kind: entry.kind.clone(),
                hash: entry.hash,
                verdict: Verdict::Pending,
                why: String::new(),
            };
            said.push((ix, self.entry(row, entry, &mut work)));
        }
        Ok(Judged {
            document: case.document,
            view: S::view(&work.doc),
            work,
            said,
        })
    }
}

/// One document, and the entries of it with their places in the pack.
struct Case<'a> {
    document: RecordId,
    held: Held,
    entries: Vec<(usize, &'a Entry)>,
}

/// One document after its entries were judged.
struct Judged<V> {
    document: RecordId,
    work: Work,
    view: V,
    said: Vec<(usize, Said)>,
}

impl<S: Shelf> Replica<S> {
    /// Judges the entries of a pack that has just begun to count and keeps their documents; a verdict for each entry, which
    /// the caller stores.
    pub(super) fn judge_pack(
        &mut self,
        space: SpaceId,
        head: &Head,
        entries: &[Entry],
    ) -> Result<Vec<Said>, Fault> {
        let cases = self.cases(space, head, entries)?;
        let staff = self.is_by_staff(space, head)?;
        let mut verdicts = vec![(Verdict::Pending, ""); entries.len()];
        let Self {
            shelf,
            touched,
            book,
            ledgers,
            ..
        } = self;
        let judging = Judging::of(book, ledgers, space, head, staff)?;
        let mut write = |judged: Judged<S::View>| {
            for (ix, said) in judged.said {
                verdicts.get_mut(ix).into_iter().for_each(|to| *to = said);
            }
            touched.insert((space, judged.document));
            keep(shelf, space, judged.document, &judged.work, judged.view)
        };
        if cases.len() < MANY {
            for case in cases {
                write(judging.case::<S>(case)?)?;
            }
            return Ok(verdicts);
        }
        std::thread::scope(|scope| {
            let (give, take) = sync_channel(AHEAD);
            scope.spawn(move || {
                for case in cases {
                    // A writer that failed takes no more.
                    if give.send(judging.case::<S>(case)).is_err() {
                        return;
                    }
                }
            });
            take.into_iter().try_for_each(|judged| write(judged?))
        })?;
        Ok(verdicts)
    }

    /// The documents of a pack, by id, those that were erased left out.
    fn cases<'e>(
        &mut self,
        space: SpaceId,
        head: &Head,
        entries: &'e [Entry],
    ) -> Result<Vec<Case<'e>>, Fault> {
        let mut by_document: BTreeMap<RecordId, Vec<(usize, &Entry)>> = BTreeMap::new();
        for (ix, entry) in entries.iter().enumerate() {
            if !self.book.is_purged(&entry.document) {
                by_document
                    .entry(entry.document)
                    .or_default()
                    .push((ix, entry));
            }
        }
        let mut cases = Vec::with_capacity(by_document.len());
        for (document, entries) in by_document {
            cases.push(Case {
                document,
                held: self.held(space, document, Some(head))?,
                entries,
            });
        }
        Ok(cases)
    }
}

/// Stores a judged document, or removes it when nothing of it counts.
pub(super) fn keep<S: Shelf>(
    shelf: &mut S,
    space: SpaceId,
    document: RecordId,
    work: &Work,
    view: S::View,
) -> Result<(), Fault> {
    if work.doc.is_empty() {
        return Ok(shelf.drop_document(space, document)?);
    }
    Ok(shelf.put_document(space, document, &work.doc, view, work.is_whole())?)
}
