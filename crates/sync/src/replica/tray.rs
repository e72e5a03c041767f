//! The tray: void packs that nothing replaces (section 5.3), and changes whose bytes are missing (rule 4.6).
//! Both are queries; nothing is stored for them.

use super::{Fault, Replica};
use crate::id::{DeviceKey, Head};
use crate::pack::{Hash32, Pack, read_header, write_body};
use crate::shelf::{EntryRow, Shelf, Verdict};
use std::collections::BTreeSet;
use toso_domain::crdt::{ChangeHash, hash_of};
use toso_domain::id::SpaceId;

impl<S: Shelf> Replica<S> {
    /// Void packs here that no counting pack replaces with every change accounted for (rules 5.3 and 6.3a), oldest first. One
    /// without a change, which only said what it replaced, has nothing to lose.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn tray(&mut self, space: SpaceId) -> Result<Vec<Head>, Fault> {
        let void = self.ledger(space)?.void();
        if void.is_empty() {
            return Ok(void);
        }
        let mut replaced = self.ledger(space)?.replaced();
        replaced.extend(self.adopted(space)?);
        let remade = self.remade_changes(space)?;
        let mut out = Vec::new();
        for head in void {
            let entries = self.shelf.entries_of_pack(space, &head)?;
            let replaced = entries.is_empty() || replaced.contains(&head);
            if !replaced || !self.accounted(&entries, space, &remade)? {
                out.push(head);
            }
        }
        Ok(out)
    }

    /// What this copy gives of packs set aside, oldest first: its tray, and those of branches that had a receipt and lost,
    /// though they be replaced. Whoever holds such a receipt without its pack cannot tell which branch counts.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub(crate) fn given_aside(&mut self, space: SpaceId) -> Result<Vec<Head>, Fault> {
        let mut out = self.tray(space)?;
        let receipted = self.receipted_aside(space)?;
        if receipted.iter().all(|head| out.contains(head)) {
            return Ok(out);
        }
        let given: BTreeSet<Head> = out.drain(..).chain(receipted).collect();
        out.extend(self.ledger(space)?.void());
        out.retain(|head| given.contains(head));
        Ok(out)
    }

    /// Packs set aside that have a receipt, or that one with a receipt follows.
    fn receipted_aside(&mut self, space: SpaceId) -> Result<BTreeSet<Head>, Fault> {
        let mut out = BTreeSet::new();
        for log in self.book.receipted_logs(space) {
            let receipts: Vec<Head> = self.book.receipts(space, &log).map(|r| r.head).collect();
            let ledger = self.ledger(space)?;
            for receipt in receipts {
                let mut at = Some(receipt);
                while let Some((head, meta)) = at.and_then(|h| Some((h, ledger.get(&h)?))) {
                    if meta.valid || !out.insert(head) {
                        break;
                    }
                    at = meta.prev;
                }
            }
        }
        Ok(out)
    }

    /// Rule 6.3a: each change is accepted, named as re-made or accounted for, erased, or lost.
    fn accounted(
        &self,
        entries: &[EntryRow],
        space: SpaceId,
        remade: &BTreeSet<ChangeHash>,
    ) -> Result<bool, Fault> {
        for row in entries {
            let done = row.verdict == Verdict::Purged
                || remade.contains(&row.hash)
                || self.book.is_purged(&row.document)
                || self.book.is_lost(space, &row.hash)
                || self.is_held(space, &row.hash)?;
            if !done {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Changes of void packs that counting packs say they re-made or accounted for.
    pub(super) fn remade_changes(&mut self, space: SpaceId) -> Result<BTreeSet<ChangeHash>, Fault> {
        let mut out = BTreeSet::new();
        for head in self.ledger(space)?.replacing() {
            for entry in self.entries(space, &head)? {
                out.extend(entry.re);
            }
            let header = self.shelf.header(space, &head)?;
            if let Some(header) = header.and_then(|h| read_header(&h).ok()) {
                out.extend(header.accounts.iter().map(|Hash32(h)| ChangeHash(*h)));
            }
        }
        Ok(out)
    }

    /// The tray of one device's own packs.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn tray_of(&mut self, space: SpaceId, device: &DeviceKey) -> Result<Vec<Head>, Fault> {
        let tray = self.tray(space)?;
        let ledger = self.ledger(space)?;
        Ok(tray
            .into_iter()
            .filter(|h| ledger.get(h).is_some_and(|m| m.log.device == *device))
            .collect())
    }

    /// A held pack as it is given to others; `None` when a byte is missing that others may demand.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn pack(&self, space: SpaceId, head: &Head) -> Result<Option<Pack>, Fault> {
        if self
            .shelf
            .entries_of_pack(space, head)?
            .iter()
            .any(|r| r.verdict == Verdict::Hole)
        {
            return Ok(None);
        }
        let header = self.shelf.header(space, head)?;
        let sig = self.shelf.signature(space, head)?;
        let body = self.shelf.body(space, head)?;
        Ok(match (header, sig, body) {
            (Some(header), Some(sig), Some(body)) => Some(Pack { header, sig, body }),
            _ => None,
        })
    }

    /// Gives back bytes of a missing change, wherever this copy has them.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn bytes_of(
        &mut self,
        space: SpaceId,
        hash: &ChangeHash,
    ) -> Result<Option<Vec<u8>>, Fault> {
        for draft in self.shelf.drafts(space)? {
            if draft.hash == *hash {
                return Ok(Some(draft.raw));
            }
        }
        for row in self.shelf.entries_of_change(space, hash)? {
            let entries = self.entries(space, &row.pack)?;
            if let Some(raw) = entries
                .into_iter()
                .find(|e| e.hash == *hash)
                .and_then(|e| e.raw)
            {
                return Ok(Some(raw));
            }
        }
        Ok(None)
    }

    /// Heals from bytes this copy has itself: a change may stand in two packs, when two branches sealed one draft. Runs in its
    /// own transaction, where there is anything to heal.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub(crate) fn heal_from_own(&mut self, space: SpaceId) -> Result<(), Fault> {
        let mut raws = Vec::new();
        for hash in self.shelf.holes(space)? {
            raws.extend(self.bytes_of(space, &hash)?);
        }
        if raws.is_empty() {
            return Ok(());
        }
        self.transaction(|copy| copy.heal(space, &raws).map(drop))
    }

    /// Puts bytes of missing changes back where their hash stands. Answers how many healed. In the caller's transaction.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn heal(&mut self, space: SpaceId, raws: &[Vec<u8>]) -> Result<usize, Fault> {
        let mut healed = 0;
        let mut documents = BTreeSet::new();
        for raw in raws {
            let Some(hash) = hash_of(raw) else { continue };
            for row in self.shelf.entries_of_change(space, &hash)? {
                if row.verdict != Verdict::Hole || self.book.is_purged(&row.document) {
                    continue;
                }
                let mut entries = self.entries(space, &row.pack)?;
                for entry in entries
                    .iter_mut()
                    .filter(|e| e.hash == hash && e.len as usize == raw.len())
                {
                    entry.raw = Some(raw.clone());
                    healed += 1;
                }
                self.shelf
                    .set_body(space, &row.pack, &write_body(&entries))?;
                self.shelf
                    .set_verdict(space, &row.pack, row.ix, Verdict::Pending, "")?;
                documents.insert(row.document);
            }
        }
        for document in documents {
            self.rebuild(space, document)?;
        }
        Ok(healed)
    }
}
