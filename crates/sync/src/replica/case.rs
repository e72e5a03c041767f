//! The entries of one pack, judged document by document: some threads judge, one writes.
//!
//! A verdict looks at its own document and at what no judging changes (rulings, the ledger), so documents are judged beside
//! each other. They are written in their order, by the one writer.

use super::judge::{Held, Standing, Work, judge};
use super::{Fault, Replica};
use crate::book::Book;
use crate::id::{Head, Log};
use crate::ledger::Ledger;
use crate::pack::Entry;
use crate::shelf::{DraftRow, EntryRow, Shelf, Verdict};
use std::collections::BTreeMap;
use std::sync::mpsc::sync_channel;
use toso_domain::crdt::Parsed;
use toso_domain::id::{RecordId, SpaceId};

/// Documents of one pack from which on more threads pay.
const MANY: usize = 16;
/// Documents that are handed over together: one by one, waking each other costs more than judging.
const LOT: usize = 8;
/// Lots that a judge is given before the writer takes the first: what is loaded at a time is bounded by it.
const AHEAD: usize = 2;
/// More judges than this wait for the one writer.
const JUDGES: usize = 4;

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

    /// What is held of a document, to be judged with these entries.
    fn read<'e, S: Shelf>(
        &self,
        shelf: &S,
        (document, entries): (RecordId, Placed<'e>),
        drafts: &mut BTreeMap<RecordId, Vec<DraftRow>>,
    ) -> Result<Case<'e>, Fault> {
        Ok(Case {
            document,
            drafts: drafts.remove(&document).unwrap_or_default(),
            held: Held::read(shelf, self.ledger, self.space, document, Some(self.head))?,
            entries,
        })
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
        for draft in case.drafts {
            // One that was left out when what it stands on left: that may have come back just now, in another pack.
            let _ = work.doc.apply(&draft.raw);
        }
        Ok(Judged {
            document: case.document,
            view: S::view(&work.doc),
            work,
            said,
        })
    }
}

/// The writer needs a core of its own.
fn judges() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    cores.saturating_sub(1).clamp(1, JUDGES)
}

/// Entries of one document with their places in the pack.
type Placed<'a> = Vec<(usize, &'a Entry)>;

/// One document, the entries of it with their places in the pack, and what its author has saved and not sealed.
struct Case<'a> {
    document: RecordId,
    held: Held,
    entries: Placed<'a>,
    drafts: Vec<DraftRow>,
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
        let staff = self.is_by_staff(space, head)?;
        self.ledger(space)?;
        let documents = self.documents_of(entries);
        let drafts = &mut self.drafts_of(space, &documents)?;
        let mut verdicts = vec![(Verdict::Pending, ""); entries.len()];
        let Self {
            shelf,
            touched,
            book,
            ledgers,
            ..
        } = self;
        let judging = &Judging::of(book, ledgers, space, head, staff)?;
        let mut write = |shelf: &mut S, judged: Judged<S::View>| {
            for (ix, said) in judged.said {
                verdicts.get_mut(ix).into_iter().for_each(|to| *to = said);
            }
            touched.insert((space, judged.document));
            keep(shelf, space, judged.document, &judged.work, judged.view)
        };
        if documents.len() < MANY {
            for of in documents {
                let case = judging.read(shelf, of, drafts)?;
                write(shelf, judging.case::<S>(case)?)?;
            }
            return Ok(verdicts);
        }
        std::thread::scope(|scope| {
            // Each judge has a way of its own to and from the writer, who so takes what is judged in its order.
            let ways: Vec<_> = (0..judges())
                .map(|_| {
                    let (give, given) = sync_channel::<Vec<Case<'_>>>(AHEAD);
                    let (tell, told) = sync_channel(AHEAD);
                    scope.spawn(move || {
                        for lot in given {
                            let judge = |case| judging.case::<S>(case);
                            let judged: Vec<_> = lot.into_iter().map(judge).collect();
                            // A writer that failed takes no more.
                            if tell.send(judged).is_err() {
                                return;
                            }
                        }
                    });
                    (give, told)
                })
                .collect();
            let way = |n: usize| ways.get(n % ways.len()).ok_or(Fault::new("internal"));
            let gone = || Fault::new("internal");
            let mut documents = documents.into_iter();
            let (mut given, mut taken) = (0, 0);
            loop {
                while given < taken + ways.len() * AHEAD {
                    let lot = documents.by_ref().take(LOT);
                    let lot: Vec<_> = lot
                        .map(|of| judging.read(shelf, of, drafts))
                        .collect::<Result<_, _>>()?;
                    if lot.is_empty() {
                        break;
                    }
                    way(given)?.0.send(lot).map_err(|_| gone())?;
                    given += 1;
                }
                if taken == given {
                    return Ok::<_, Fault>(());
                }
                for judged in way(taken)?.1.recv().map_err(|_| gone())? {
                    write(shelf, judged?)?;
                }
                taken += 1;
            }
        })?;
        Ok(verdicts)
    }

    /// The drafts of these documents, in their order. Mostly there are none: an exchange begins by sealing them.
    fn drafts_of(
        &self,
        space: SpaceId,
        documents: &BTreeMap<RecordId, Placed<'_>>,
    ) -> Result<BTreeMap<RecordId, Vec<DraftRow>>, Fault> {
        let mut out: BTreeMap<RecordId, Vec<DraftRow>> = BTreeMap::new();
        if self.shelf.last_draft(space)? == 0 {
            return Ok(out);
        }
        for draft in self.shelf.drafts(space)? {
            if documents.contains_key(&draft.document) {
                out.entry(draft.document).or_default().push(draft);
            }
        }
        Ok(out)
    }

    /// The documents of a pack, by id, those that were erased left out.
    fn documents_of<'e>(&self, entries: &'e [Entry]) -> BTreeMap<RecordId, Placed<'e>> {
        let mut by_document: BTreeMap<RecordId, Placed<'_>> = BTreeMap::new();
        for (ix, entry) in entries.iter().enumerate() {
            if !self.book.is_purged(&entry.document) {
                let placed = by_document.entry(entry.document).or_default();
                placed.push((ix, entry));
            }
        }
        by_document
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
