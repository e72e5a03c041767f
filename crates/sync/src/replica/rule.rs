//! Taking rulings, making them (the hub), and what a purge does to the bytes here (sections 2.2 and 7).

use super::{Fault, Replica};
use crate::id::{DeviceKey, Position, RulingId};
use crate::pack::write_body;
use crate::ruling::{Body, Ruling, SpacePosition};
use crate::shelf::{Shelf, Verdict};
use toso_domain::crdt::{ChangeHash, Scalar};
use toso_domain::id::{RecordId, SpaceId};

/// What taking rulings changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ingest {
    /// New rulings taken.
    pub taken: usize,
    /// Codes of those refused (`malformed`, `bad_sig`, `untrusted`).
    pub refused: Vec<&'static str>,
}

impl<S: Shelf> Replica<S> {
    /// Takes signed rulings, then settles what they decide. Runs in its own transaction.
    ///
    /// # Errors
    /// Faults of the shelf. A ruling that cannot be read or is not by a trusted authority is counted, not an error.
    pub fn take_rulings(&mut self, all: &[Vec<u8>]) -> Result<Ingest, Fault> {
        let mut ingest = Ingest::default();
        let mut read: Vec<Ruling> = Vec::new();
        for bytes in all {
            match Ruling::read(bytes) {
                Ok(ruling) if self.book.get(&ruling.id).is_some() => {}
                Ok(ruling) => read.push(ruling),
                Err(bad) => ingest.refused.push(bad.code),
            }
        }
        if read.is_empty() {
            return Ok(ingest);
        }
        self.transaction(|replica| {
            let mut decisive = false;
            let mut entered = Vec::new();
            let mut receipts: Vec<SpaceId> = Vec::new();
            loop {
                let before = read.len();
                let mut later = Vec::new();
                for ruling in std::mem::take(&mut read) {
                    if !replica.book.trusts(&ruling.by) {
                        later.push(ruling);
                        continue;
                    }
                    decisive |= replica.enter(&ruling)?;
                    receipts.extend(ruling.space());
                    entered.push(ruling.id);
                }
                read = later;
                if read.is_empty() || read.len() == before {
                    break;
                }
            }
            ingest.refused.extend(read.iter().map(|_| "untrusted"));
            if decisive {
                replica.settle_all()?;
            }
            receipts.sort_unstable();
            receipts.dedup();
            for space in receipts {
                replica.prune_receipts(space)?;
            }
            // One that a longer receipt here replaced at once is no news, or two copies would give it to each other for ever.
            ingest.taken = entered
                .iter()
                .filter(|id| replica.book.get(id).is_some())
                .count();
            Ok(ingest)
        })
    }

    /// Enters one trusted ruling. Answers true when it may change which packs count.
    pub(super) fn enter(&mut self, ruling: &Ruling) -> Result<bool, Fault> {
        if !self.book.add(ruling) {
            return Ok(false);
        }
        self.shelf
            .put_ruling(&ruling.id, ruling.word(), ruling.space(), &ruling.bytes)?;
        match &ruling.body {
            Some(Body::Receipt(space, at)) => {
                let ledger = self.ledger((*space).into())?;
                // On our own chain a receipt changes nothing, unless something is set aside that it may bring back.
                Ok(!(ledger.holds(at) && ledger.void().is_empty())
                    && ledger.logs().any(|l| *l == at.log))
            }
            Some(Body::Purge(document, _)) => {
                self.erase((*document).into())?;
                Ok(false)
            }
            Some(Body::Revocation(..) | Body::Certificate(_)) => Ok(true),
            Some(Body::Lost(space, hash)) => {
                let space = (*space).into();
                for row in self.shelf.entries_of_change(space, &ChangeHash(hash.0))? {
                    if row.verdict == Verdict::Hole {
                        // Nothing to wait for any more: the pack may be given on, set aside or not.
                        self.shelf
                            .set_verdict(space, &row.pack, row.ix, Verdict::Pending, "")?;
                    }
                    self.rebuild(space, row.document)?;
                }
                Ok(false)
            }
            Some(Body::Move(document, ..)) => {
                self.note_home((*document).into())?;
                Ok(false)
            }
            Some(Body::Succession(_) | Body::Settings(_)) | None => Ok(false),
        }
    }

    /// Signs and enters a ruling; only a copy with the authority's secret can. Runs inside the caller's transaction.
    ///
    /// # Errors
    /// `not_authority`, faults of the shelf.
    pub fn state(&mut self, body: &Body) -> Result<Ruling, Fault> {
        let authority = self.authority.clone().ok_or(Fault::new("not_authority"))?;
        let ruling = Ruling::sign(&authority, body);
        if self.enter(&ruling)? {
            self.settle_all()?;
        }
        Ok(ruling)
    }

    /// Revokes a device: each of its logs ends where this copy holds it. Runs inside the caller's transaction.
    ///
    /// # Errors
    /// `not_authority`, faults of the shelf.
    pub fn revoke(&mut self, device: DeviceKey) -> Result<Ruling, Fault> {
        let mut ends = Vec::new();
        for space in self.shelf.spaces()? {
            for at in self.ledger(space)?.vector() {
                if at.log.device == device {
                    ends.push(SpacePosition {
                        space: space.into(),
                        log: at.log,
                        seq: at.seq,
                        head: at.head,
                    });
                }
            }
        }
        self.state(&Body::Revocation(device, ends))
    }

    /// Signs receipts for every log of a space whose top has none, and forgets shorter ones. In the caller's transaction.
    ///
    /// # Errors
    /// `not_authority`, faults of the shelf.
    pub fn sign_receipts(&mut self, space: SpaceId) -> Result<Vec<Ruling>, Fault> {
        let authority = self.authority.clone().ok_or(Fault::new("not_authority"))?;
        let mut out = Vec::new();
        for at in self.ledger(space)?.vector() {
            if self.book.receipts(space, &at.log).any(|r| *r == at) {
                continue;
            }
            let ruling = Ruling::sign(&authority, &Body::Receipt(space.into(), at));
            self.enter(&ruling)?;
            out.push(ruling);
        }
        self.prune_receipts(space)?;
        Ok(out)
    }

    /// Keeps only the longest receipt of each branch. One on a pack that does not count here takes no other's place: a copy
    /// without that pack could not tell that the one before it lies on the same branch.
    pub(crate) fn prune_receipts(&mut self, space: SpaceId) -> Result<(), Fault> {
        let mut drop: Vec<Position> = Vec::new();
        for log in self.book.receipted_logs(space) {
            let receipts: Vec<Position> = self.book.receipts(space, &log).copied().collect();
            if receipts.len() < 2 {
                continue;
            }
            let ledger = self.ledger(space)?;
            let counts = |r: &&Position| ledger.get(&r.head).is_some_and(|m| m.valid);
            for longer in receipts.iter().filter(counts) {
                let mut at = ledger.get(&longer.head).and_then(|m| m.prev);
                while let Some(head) = at {
                    drop.extend(receipts.iter().filter(|r| r.head == head));
                    at = ledger.get(&head).and_then(|m| m.prev);
                }
            }
        }
        for at in drop {
            if let Some(id) = self.book.drop_receipt(space, &at) {
                self.shelf.drop_ruling(&id)?;
            }
        }
        Ok(())
    }

    /// Drops every byte of a document from every space: packs (void ones too), drafts, refused edits, view.
    fn erase(&mut self, document: RecordId) -> Result<(), Fault> {
        for space in self.shelf.spaces()? {
            let mut packs: Vec<_> = Vec::new();
            for row in self.shelf.entries_of_document(space, document)? {
                if row.verdict != Verdict::Purged {
                    self.shelf
                        .set_verdict(space, &row.pack, row.ix, Verdict::Purged, "")?;
                }
                packs.push(row.pack);
            }
            packs.dedup();
            for head in packs {
                let mut entries = self.entries(space, &head)?;
                for entry in entries.iter_mut().filter(|e| e.document == document) {
                    entry.raw = None;
                }
                self.shelf.set_body(space, &head, &write_body(&entries))?;
            }
            for draft in self
                .shelf
                .drafts(space)?
                .iter()
                .filter(|d| d.document == document)
            {
                self.shelf.drop_draft(space, &draft.hash)?;
            }
            self.erase_refused(space, document)?;
            self.shelf.drop_document(space, document)?;
            self.forget_wanted_bytes(space)?;
            self.touched.insert((space, document));
        }
        Ok(())
    }

    /// Rule 7.3: a record that names an erased person or record must not bring them back. The authority answers each such
    /// record touched in this transaction with a follow-up purge.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn purge_returning(&mut self) -> Result<Vec<Ruling>, Fault> {
        let mut out = Vec::new();
        if self.authority.is_none() || !self.book.has_purges() {
            return Ok(out);
        }
        for (space, document) in self.touched.clone() {
            let Some(doc) = self.document(space, document)? else {
                continue;
            };
            let named = doc
                .keys()
                .into_iter()
                .flat_map(|key| doc.get(&key))
                .find_map(|v| match v.value {
                    Scalar::Text(text) => text
                        .parse::<RecordId>()
                        .ok()
                        .filter(|id| self.book.is_erased_subject(id)),
                    _ => None,
                });
            if let Some(subject) = named {
                out.push(self.state(&Body::Purge(document.into(), subject.into()))?);
            }
        }
        Ok(out)
    }

    /// Bytes of rulings by name.
    #[must_use]
    pub fn ruling_bytes(&self, ids: &[RulingId]) -> Vec<Vec<u8>> {
        ids.iter()
            .filter_map(|id| self.book.get(id))
            .map(|r| r.bytes.clone())
            .collect()
    }
}
