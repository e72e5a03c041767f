//! One copy: device, hub or, in one direction, a file. All of them run this code over their own [`Shelf`].

mod accept;
mod adopt;
mod author;
mod case;
mod chunk;
mod epoch;
mod fault;
mod hand_over;
mod judge;
mod late;
mod leave;
mod origin;
mod redraft;
mod refused;
mod remake;
mod rule;
mod save;
mod standing;
mod tray;
mod wanted;

pub use accept::{Mode, Outcome};
pub use fault::Fault;
pub use late::Late;
pub use rule::Ingest;
pub use save::{Edit, Saved};

use crate::book::Book;
use crate::id::{DeviceKey, Head, HubKey, Log, RulingId};
use crate::key::Secret;
use crate::ledger::{Ledger, Settled};
use crate::limits::Limits;
use crate::pack::read_header;
use crate::ruling::{Certificate, Ruling};
use crate::shelf::{Shelf, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::crdt::{ChangeHash, Document};
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::planted;

/// Something a person must hear about; kept by the caller, told once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Notice {
    /// The space goes on under a new epoch: this device met its own log elsewhere (restored, copied or damaged).
    NewEpoch(SpaceId),
    /// Others hold work of this device that it does not: its files are an older copy, and what was saved after that
    /// copy and given to nobody is gone from it.
    Behind(SpaceId),
    /// Edits that no longer counted were made again.
    Remade(SpaceId, u64),
    /// An edit was refused by the device's own gate and waits with its text.
    DraftRefused(SpaceId, RecordId),
    /// This device is revoked.
    Revoked,
    /// This device does not hold the space any more: all it had of it is kept at the hub, and nothing of it is here.
    Left(SpaceId),
}

/// What lets a copy write: its key and the certificate that names it.
#[derive(Debug, Clone)]
pub struct Author {
    /// The device's key.
    pub secret: Secret,
    /// The certificate its next logs are bound to.
    pub certificate: RulingId,
}

/// One copy over its shelf.
#[derive(Debug)]
pub struct Replica<S> {
    /// What it keeps.
    pub shelf: S,
    /// What it takes at most.
    pub limits: Limits,
    authority_key: HubKey,
    authority: Option<Secret>,
    author: Option<Secret>,
    /// Secrets of earlier authorities: they sign nothing any more and open what was sealed to them.
    earlier: Vec<Secret>,
    book: Book,
    ledgers: BTreeMap<SpaceId, Ledger>,
    notices: BTreeSet<Notice>,
    /// Documents whose content may have changed in the open transaction.
    touched: BTreeSet<(SpaceId, RecordId)>,
    /// Spaces that took packs set aside since they were last settled.
    unsettled: BTreeSet<SpaceId>,
    /// The log under which all drafts of a space are known to stand. Only saves leave it: anything else may change
    /// what drafts stand on.
    calm: BTreeMap<SpaceId, Log>,
    /// Handed-over documents that may have something to carry; all of them after a start.
    to_carry: BTreeSet<RecordId>,
}

impl<S: Shelf> Replica<S> {
    /// Opens a copy that trusts `authority_key`. A hub also gives the authority's secret, a device its own.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn open(
        shelf: S,
        authority_key: HubKey,
        authority: Option<Secret>,
        author: Option<Secret>,
    ) -> Result<Self, Fault> {
        let mut replica = Self {
            shelf,
            limits: Limits::default(),
            authority_key,
            authority,
            author,
            earlier: Vec::new(),
            book: Book::new(authority_key),
            ledgers: BTreeMap::new(),
            notices: BTreeSet::new(),
            touched: BTreeSet::new(),
            calm: BTreeMap::new(),
            unsettled: BTreeSet::new(),
            to_carry: BTreeSet::new(),
        };
        replica.reload()?;
        replica.to_carry.extend(replica.book.all_moved());
        Ok(replica)
    }

    /// Forgets everything derived in memory and reads the rulings again.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn reload(&mut self) -> Result<(), Fault> {
        self.ledgers.clear();
        self.book = Book::new(self.authority_key);
        let mut waiting: Vec<Ruling> = Vec::new();
        for bytes in self.shelf.rulings()? {
            // What this copy stored it had verified; damage shows as an unreadable ruling and is given again by others.
            if let Ok(ruling) = Ruling::read(&bytes) {
                waiting.push(ruling);
            }
        }
        // A succession makes its successor's rulings count: repeat until nothing more is taken.
        loop {
            let before = waiting.len();
            waiting.retain(|r| !self.book.add(r));
            if waiting.len() == before {
                return Ok(());
            }
        }
    }

    /// The rulings.
    #[must_use]
    pub fn book(&self) -> &Book {
        &self.book
    }

    #[cfg(fault)]
    pub(crate) fn swap_revoked(&mut self, other: &mut crate::book::Revoked) {
        self.book.swap_revoked(other);
    }

    /// This device's key, when it is a device.
    #[must_use]
    pub fn device(&self) -> Option<DeviceKey> {
        self.author.as_ref().map(Secret::device)
    }

    /// The authority this copy trusts.
    #[must_use]
    pub fn authority_key(&self) -> HubKey {
        self.authority_key
    }

    /// Keeps secrets of earlier authorities, to open what was sealed to them.
    pub fn keep_earlier(&mut self, secrets: Vec<Secret>) {
        self.earlier = secrets;
    }

    /// The keys this copy can open sealed sections with.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let own = self.authority.iter().chain(&self.author);
        own.chain(&self.earlier)
    }

    /// The newest certificate of this device.
    #[must_use]
    pub fn certificate(&self) -> Option<(RulingId, Certificate)> {
        let device = self.device()?;
        self.book
            .certificate_of(&device)
            .map(|(id, c)| (*id, c.clone()))
    }

    /// True for the hub: this copy can sign rulings.
    #[must_use]
    pub fn is_authority(&self) -> bool {
        self.authority.is_some()
    }

    /// Opens a new epoch in every space: start found that this copy may not be where it last stood (rule 6.1).
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn distrust_self(&mut self) -> Result<(), Fault> {
        self.transaction(|copy| {
            for space in copy.shelf.spaces()? {
                copy.close_epoch(space)?;
            }
            Ok(())
        })
    }

    /// Notices since the last call.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices).into_iter().collect()
    }

    /// The ledger of a space, read from the shelf when needed.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn ledger(&mut self, space: SpaceId) -> Result<&mut Ledger, Fault> {
        if !self.ledgers.contains_key(&space) {
            let mut ledger = Ledger::new(space);
            let mut counting = std::collections::BTreeSet::new();
            for row in self.shelf.packs(space)? {
                if let Ok(header) = read_header(&row.header) {
                    ledger.insert(row.head, &header, row.arrived);
                    if row.valid {
                        counting.insert(row.head);
                    }
                }
            }
            // As it was left, not settled anew: settling must see the difference that new rulings make, to store it.
            ledger.resume(&counting);
            self.ledgers.insert(space, ledger);
        }
        self.ledgers.get_mut(&space).ok_or(Fault::new("internal"))
    }

    /// The document as it stands here, drafts included; `None` when there is none or it was erased.
    ///
    /// # Errors
    /// Faults of the shelf, or a saved document that cannot be read.
    pub fn document(&self, space: SpaceId, document: RecordId) -> Result<Option<Document>, Fault> {
        match self.shelf.document(space, document)? {
            Some(saved) => Ok(Some(Document::load(&saved)?)),
            None => Ok(None),
        }
    }

    /// Runs `work` as one transaction: all of it is durable when this returns `Ok`, none of it after an error.
    ///
    /// # Errors
    /// Those of `work` and of the shelf.
    pub fn transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.calm.clear();
        self.shelf.begin()?;
        let done = work(self).and_then(|value| {
            match self.shelf.commit() {
                // The answer goes out although nothing of it is on the disk.
                Err(_) if self.is_authority() && planted!("receipt_before_commit") => {
                    self.shelf.rollback();
                }
                done => done?,
            }
            Ok(value)
        });
        if done.is_ok() {
            let touched = std::mem::take(&mut self.touched).into_iter();
            let moved = touched.filter(|(_, document)| self.book.moved(document).is_some());
            self.to_carry.extend(moved.map(|(_, document)| document));
        } else {
            self.shelf.rollback();
            self.touched.clear();
            self.unsettled.clear();
            self.calm.clear();
            // What is held in memory would run ahead of what is on the disk.
            if !planted!("vector_before_commit") {
                self.reload()?;
            }
        }
        done
    }

    /// The certificate a log is bound to: named in its first header (rule 3.3).
    fn certificate_of_log(
        &mut self,
        space: SpaceId,
        head: &Head,
    ) -> Result<Option<Certificate>, Fault> {
        let ledger = self.ledger(space)?;
        let mut at = *head;
        while let Some(prev) = ledger.get(&at).and_then(|m| m.prev) {
            at = prev;
        }
        let certificate = ledger.get(&at).and_then(|m| m.cert);
        Ok(certificate.and_then(|id| self.book.certificate(&id).cloned()))
    }

    /// Stores what settling changed and rebuilds the documents it touches.
    fn take_over(&mut self, space: SpaceId, settled: &Settled) -> Result<(), Fault> {
        let mut documents: BTreeSet<RecordId> = BTreeSet::new();
        for (heads, valid) in [(&settled.left, false), (&settled.entered, true)] {
            for head in heads {
                self.shelf.set_valid(space, head, valid)?;
                for row in self.shelf.entries_of_pack(space, head)? {
                    documents.insert(row.document);
                    if matches!(row.verdict, Verdict::Accepted | Verdict::Refused) {
                        self.shelf
                            .set_verdict(space, head, row.ix, Verdict::Pending, "")?;
                    }
                }
            }
        }
        for document in documents {
            self.rebuild(space, document)?;
        }
        Ok(())
    }

    /// Settles every space after new rulings.
    pub(crate) fn settle_all(&mut self) -> Result<(), Fault> {
        for space in self.shelf.spaces()? {
            self.settle_space(space)?;
        }
        Ok(())
    }

    /// Settles a space if packs were set aside in it since it was last settled.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn settle_taken(&mut self, space: SpaceId) -> Result<(), Fault> {
        if self.unsettled.contains(&space) {
            self.settle_space(space)
        } else {
            Ok(())
        }
    }

    pub(crate) fn settle_space(&mut self, space: SpaceId) -> Result<(), Fault> {
        self.ledger(space)?;
        let Some(ledger) = self.ledgers.get_mut(&space) else {
            return Ok(());
        };
        let settled = ledger.settle(&self.book);
        self.unsettled.remove(&space);
        self.take_over(space, &settled)
    }

    pub(crate) fn is_held(&self, space: SpaceId, hash: &ChangeHash) -> Result<bool, Fault> {
        let ledger = self.ledgers.get(&space);
        Ok(self
            .shelf
            .entries_of_change(space, hash)?
            .iter()
            .any(|row| {
                row.verdict == Verdict::Accepted
                    && ledger
                        .and_then(|l| l.get(&row.pack))
                        .is_some_and(|m| m.valid)
            }))
    }
}
