//! The author's side: sealing drafts into packs, and the upkeep before each save and seal (section 6).

use super::accept::Parts;
use super::{Fault, Notice, Replica};
use crate::caps;
use crate::id::{Epoch, Head, Log, Position};
use crate::key::Random;
use crate::pack::{Entry, Hash32, Header, Pack};
use crate::shelf::{DraftRow, Shelf, Verdict};
use std::collections::BTreeSet;
use toso_domain::crdt::ChangeHash;
use toso_domain::id::SpaceId;

/// What a pack says beside its entries.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks {
    pub(super) replaces: Vec<Head>,
    pub(super) closes: Vec<Position>,
    pub(super) accounts: Vec<ChangeHash>,
}

impl<S: Shelf> Replica<S> {
    /// Whether this copy may write at all.
    pub(super) fn may_write(&self, space: SpaceId) -> Result<(), Fault> {
        let device = self.device().ok_or(Fault::new("no_cert"))?;
        if self.book.is_revoked(&device) {
            return Err(Fault::new("revoked"));
        }
        match self.certificate() {
            None => Err(Fault::new("no_cert")),
            Some((_, certificate)) if !certificate.names(space) => Err(Fault::new("not_in_space")),
            Some(_) => Ok(()),
        }
    }

    /// The current log; a new random epoch when none is open (rule 6.1).
    pub(super) fn open_log(
        &mut self,
        space: SpaceId,
        random: &mut dyn Random,
    ) -> Result<Log, Fault> {
        if let Some(log) = self.current_log(space)? {
            return Ok(log);
        }
        let log = self.new_log(random)?;
        self.set_current_log(space, &log)?;
        Ok(log)
    }

    pub(super) fn new_log(&self, random: &mut dyn Random) -> Result<Log, Fault> {
        let device = self.device().ok_or(Fault::new("no_cert"))?;
        Ok(Log {
            device,
            epoch: Epoch(random.bytes16()),
        })
    }

    /// Seals every draft of a space into packs. Answers how many packs. Runs in its own transaction.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn seal(
        &mut self,
        space: SpaceId,
        now: i64,
        random: &mut dyn Random,
    ) -> Result<usize, Fault> {
        if self.certificate_in(space).is_none() {
            return Ok(0);
        }
        self.transaction(|replica| {
            replica.upkeep(space, now, random)?;
            let drafts = replica.shelf.drafts(space)?;
            if drafts.is_empty() {
                return Ok(0);
            }
            let log = replica.open_log(space, random)?;
            let mut entries = Vec::with_capacity(drafts.len());
            for draft in &drafts {
                entries.push(entry_of(draft, Vec::new()));
            }
            let packs = replica.seal_entries(space, log, entries, Marks::default(), now)?;
            for draft in &drafts {
                replica.shelf.drop_draft(space, &draft.hash)?;
            }
            Ok(packs)
        })
    }

    /// Seals entries into as many packs of `log` as the caps ask for; the marks stand in the last.
    pub(super) fn seal_entries(
        &mut self,
        space: SpaceId,
        log: Log,
        entries: Vec<Entry>,
        marks: Marks,
        now: i64,
    ) -> Result<usize, Fault> {
        let chunks = super::chunk::chunks(entries);
        let count = chunks.len();
        for (n, chunk) in (1..).zip(chunks) {
            let marks = if n == count {
                marks.clone()
            } else {
                Marks::default()
            };
            self.seal_one(space, log, &chunk, marks, now)?;
        }
        Ok(count)
    }

    fn seal_one(
        &mut self,
        space: SpaceId,
        log: Log,
        entries: &[Entry],
        marks: Marks,
        now: i64,
    ) -> Result<(), Fault> {
        let secret = self.author.clone().ok_or(Fault::new("no_cert"))?;
        let certificate = self.certificate_in(space).ok_or(Fault::new("no_cert"))?.0;
        let revoked = self.book.is_revoked(&log.device);
        let ledger = self.ledger(space)?;
        // A revoked device's last packs do not count, so its log goes on from the last one known, counting or not.
        let top = if revoked {
            ledger.last_known(&log)
        } else {
            ledger.top(&log)
        };
        let seen = |at: &Position| top.is_some_and(|t| ledger.in_past(&t.head, &at.log, at.seq));
        let after: Vec<Position> = ledger
            .vector()
            .into_iter()
            .filter(|at| at.log != log && !seen(at))
            .collect();
        let header = Header {
            v: caps::VERSION,
            space: *space.as_bytes(),
            device: log.device,
            epoch: log.epoch,
            seq: top.map_or(1, |t| t.seq + 1),
            prev: top.map(|t| t.head),
            after,
            replaces: marks.replaces,
            closes: marks.closes,
            device_clock: now,
            entries_hash: [0; 32],
            cert: top.is_none().then_some(certificate),
            accounts: marks.accounts.iter().map(|h| Hash32(h.0)).collect(),
        };
        let (pack, head) = Pack::seal(&secret, header, entries);
        let (header, _) = pack.read_header()?;
        let parts = Parts {
            head,
            header: &header,
            pack: &pack,
            body: &pack.body,
            entries,
            now,
        };
        if revoked {
            return self.put_void(space, &parts);
        }
        // Each entry passed the own gate when it was saved or re-made, with a past this pack includes.
        let passed = vec![(Verdict::Accepted, ""); entries.len()];
        let unsettled = self.put_counting(space, &parts, |_| Ok(passed))?;
        let documents = entries.iter().map(|entry| (space, entry.document));
        self.touched.extend(documents);
        if unsettled {
            self.settle_space(space)?;
        }
        Ok(())
    }

    /// The author's upkeep (section 6): before every save and seal, and after every settle.
    pub(crate) fn upkeep(
        &mut self,
        space: SpaceId,
        now: i64,
        random: &mut dyn Random,
    ) -> Result<(), Fault> {
        let Some(device) = self.device() else {
            return Ok(());
        };
        if self.book.is_revoked(&device) {
            return self.hand_in(space, now, random);
        }
        self.meet_own_receipts(space)?;
        if let Some(log) = self.current_log(space)?
            && self.must_rotate(space, &log)?
        {
            self.close_epoch(space)?;
        }
        self.remake_void(space, now, random)?;
        self.remake_drafts(space, random)
    }

    /// Conditions of rule 6.1 that can be read from what is held.
    fn must_rotate(&mut self, space: SpaceId, log: &Log) -> Result<bool, Fault> {
        let bound = self.certificate_in(space).map(|(id, _)| id);
        let (first, tail_void, holes_at) = {
            let ledger = self.ledger(space)?;
            if ledger.is_ended(log) {
                return Ok(true);
            }
            let known: Vec<Head> = ledger.known(log);
            let void = known
                .iter()
                .any(|h| ledger.get(h).is_some_and(|m| !m.valid));
            (
                ledger
                    .at(log, 1)
                    .next()
                    .and_then(|h| ledger.get(h))
                    .and_then(|m| m.cert),
                void,
                known,
            )
        };
        if tail_void {
            return Ok(true);
        }
        // Changed rights mean a new certificate and a new log; a renewal with the same rights changes nothing (rule 3.3).
        if first.is_some() && first != bound {
            let old = first.and_then(|id| self.book.certificate(&id).cloned());
            let new = bound.and_then(|id| self.book.certificate(&id).cloned());
            let same = matches!((&old, &new), (Some(a), Some(b)) if a.roles == b.roles && a.spaces == b.spaces && a.all_spaces == b.all_spaces);
            if !same {
                return Ok(true);
            }
        }
        if self.shelf.holes(space)?.is_empty() {
            return Ok(false);
        }
        for head in holes_at {
            if self
                .shelf
                .entries_of_pack(space, &head)?
                .iter()
                .any(|r| r.verdict == Verdict::Hole)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Rule 6.6: a revoked device seals what is left into one new epoch, for the hub's tray.
    fn hand_in(&mut self, space: SpaceId, now: i64, random: &mut dyn Random) -> Result<(), Fault> {
        self.notices.insert(Notice::Revoked);
        let drafts = self.shelf.drafts(space)?;
        if drafts.is_empty() {
            return Ok(());
        }
        self.close_epoch(space)?;
        self.remake_drafts(space, random)?;
        let log = self.open_log(space, random)?;
        let drafts = self.shelf.drafts(space)?;
        let entries = drafts.iter().map(|d| entry_of(d, Vec::new())).collect();
        self.seal_entries(space, log, entries, Marks::default(), now)?;
        let mut documents = BTreeSet::new();
        for draft in &drafts {
            self.shelf.drop_draft(space, &draft.hash)?;
            documents.insert(draft.document);
        }
        for document in documents {
            self.rebuild(space, document)?;
        }
        Ok(())
    }
}

/// A draft as the entry it will be sealed as.
pub(super) fn entry_of(draft: &DraftRow, re: Vec<ChangeHash>) -> Entry {
    Entry {
        document: draft.document,
        kind: draft.kind.clone(),
        hash: draft.hash,
        len: u32::try_from(draft.raw.len()).unwrap_or(u32::MAX),
        re,
        raw: Some(draft.raw.clone()),
    }
}
