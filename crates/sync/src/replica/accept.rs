//! Taking one pack, in the order of section 5.1: cheapest checks first, entries refused but never packs.

use super::{Fault, Replica};
use crate::id::{Head, Position};
use crate::ledger::Obstacle;
use crate::pack::{Entry, Header, Pack, read_body, write_body};
use crate::shelf::{EntryRow, PackRow, Shelf, Verdict};
use toso_domain::id::SpaceId;
use toso_domain::planted;

/// How a pack came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As part of what the giver counts: it is taken only if it counts here too.
    Counting,
    /// From a giver's tray: it is kept set aside, and settling says whether it counts.
    Tray,
}

/// What happened to a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is held now.
    Taken,
    /// It was held before.
    Dup,
    /// It is not held; nothing changed. Codes of section 5.1.
    Not {
        /// Stable code.
        code: &'static str,
        /// For `gap`: what is held of the log.
        have: Option<Position>,
        /// For `missing`: what is not held.
        missing: Vec<Position>,
    },
}

impl Outcome {
    fn not(code: &'static str) -> Self {
        Self::Not {
            code,
            have: None,
            missing: Vec::new(),
        }
    }

    /// The code of a pack that was not taken.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::Not { code, .. } => Some(code),
            _ => None,
        }
    }
}

impl From<Obstacle> for Outcome {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::Fork => Self::not("fork"),
            Obstacle::OtherBranch => Self::not("other_branch"),
            Obstacle::Revoked => Self::not("revoked"),
            Obstacle::Closed => Self::not("closed"),
            Obstacle::Gap(have) => Self::Not {
                code: "gap",
                have,
                missing: Vec::new(),
            },
            Obstacle::Missing(missing) => Self::Not {
                code: "missing",
                have: None,
                missing,
            },
            Obstacle::PastVoid => Self::not("past_void"),
        }
    }
}

impl<S: Shelf> Replica<S> {
    /// Takes one pack of `space`. Runs inside the caller's transaction.
    ///
    /// # Errors
    /// Only faults of the shelf: whatever is wrong with the bytes is an [`Outcome::Not`].
    pub fn take_pack(
        &mut self,
        space: SpaceId,
        pack: &Pack,
        mode: Mode,
        now: i64,
    ) -> Result<Outcome, Fault> {
        let (header, head) = match pack.read_header() {
            Ok(read) => read,
            Err(bad) => return Ok(Outcome::not(bad.code)),
        };
        if header.space() != space {
            return Ok(Outcome::not("wrong_space"));
        }
        if let Some(code) = self.refuse_author(space, &header) {
            return Ok(Outcome::not(code));
        }
        let signed = pack.verify(&header.device);
        if let Err(bad) = &signed
            && !planted!("signature_after_apply")
        {
            return Ok(Outcome::not(bad.code));
        }
        let known = self.ledger(space)?.get(&head).map(|m| m.valid);
        if known == Some(true) || known == Some(false) && mode == Mode::Tray {
            return Ok(Outcome::Dup);
        }
        let book = std::mem::take(&mut self.book);
        let obstacle = self
            .ledger(space)
            .map(|ledger| ledger.obstacle(&book, &head, &header));
        self.book = book;
        let (counts, leads) = match obstacle? {
            Ok(()) => (known.is_none(), true),
            Err(obstacle) => {
                let leads = self.leads_to_receipt(space, &header, &obstacle)?;
                if mode == Mode::Counting && !leads {
                    return Ok(obstacle.into());
                }
                (false, leads)
            }
        };
        if known.is_some() {
            return Ok(Outcome::not("void"));
        }
        let Ok(mut entries) = read_body(&header, &pack.body) else {
            return Ok(Outcome::not("bad_body"));
        };
        if entries
            .iter()
            .any(|e| e.raw.is_none() && !self.may_lack(space, e))
        {
            return Ok(Outcome::not("hole"));
        }
        if let Some(code) = self.no_room(&header, pack, counts || leads)? {
            return Ok(Outcome::not(code));
        }
        let body = self
            .without_erased(&mut entries)
            .unwrap_or_else(|| pack.body.clone());
        let parts = Parts {
            head,
            header: &header,
            pack,
            body: &body,
            entries: &entries,
            now,
        };
        if counts {
            let judge = |copy: &mut Self| copy.judge_pack(space, &head, &entries);
            if self.put_counting(space, &parts, judge)? {
                self.unsettled.insert(space);
            }
        } else {
            self.put_void(space, &parts)?;
            self.unsettled.insert(space);
        }
        // Somebody else holds a pack of our own log that we did not: we were restored or copied.
        self.met_further(space, &header.log())?;
        if let Err(bad) = signed {
            return Ok(Outcome::not(bad.code));
        }
        Ok(Outcome::Taken)
    }

    /// True when the pack may belong to a branch the authority holds further than this copy: a receipt alone does not say
    /// where that branch left ours, so its packs are taken aside until settling can follow them to the receipt.
    fn leads_to_receipt(
        &mut self,
        space: SpaceId,
        header: &Header,
        why: &Obstacle,
    ) -> Result<bool, Fault> {
        if !matches!(
            why,
            Obstacle::Fork | Obstacle::OtherBranch | Obstacle::Gap(_)
        ) {
            return Ok(false);
        }
        let receipts: Vec<Position> = self.book.receipts(space, &header.log()).copied().collect();
        let ledger = self.ledger(space)?;
        Ok(receipts
            .iter()
            .any(|r| r.seq >= header.seq && !ledger.holds(r)))
    }

    /// Whether this copy has taken enough: of one device's void packs (rule 5.3a), or from whoever gives them now (check 10).
    /// What may lead to a receipt the authority held once, so it is no stranger's weight. Else the bytes are accounted for.
    fn no_room(
        &mut self,
        header: &Header,
        pack: &Pack,
        exempt: bool,
    ) -> Result<Option<&'static str>, Fault> {
        let size = pack.size();
        if !exempt && self.is_authority() {
            let held = self.shelf.void_bytes(&header.device)?;
            if held.saturating_add(size) > self.limits.tray_bytes {
                return Ok(Some("tray_full"));
            }
        }
        match self.limits.allowance {
            Some(left) if left < size => Ok(Some("later")),
            left => {
                self.limits.allowance = left.map(|left| left - size);
                Ok(None)
            }
        }
    }

    /// Check 2 without the signature: a certificate that names the device and the space.
    fn refuse_author(&self, space: SpaceId, header: &Header) -> Option<&'static str> {
        let certificate = match &header.cert {
            Some(id) => self.book.certificate(id),
            None => self.book.certificate_of(&header.device).map(|(_, c)| c),
        };
        match certificate {
            None => Some("no_cert"),
            Some(c) if c.device != header.device => Some("bad_sig"),
            Some(c) if header.cert.is_some() && !c.names(space) => Some("not_in_space"),
            Some(_) => None,
        }
    }

    /// Bytes may be missing only for what was erased or declared lost (check 9).
    fn may_lack(&self, space: SpaceId, entry: &Entry) -> bool {
        self.book.is_purged(&entry.document) || self.book.is_lost(space, &entry.hash)
    }

    /// Drops the bytes of erased documents; answers the new body when anything was dropped.
    fn without_erased(&self, entries: &mut [Entry]) -> Option<Vec<u8>> {
        let mut dropped = false;
        for entry in entries.iter_mut() {
            if entry.raw.is_some()
                && self.book.is_purged(&entry.document)
                && !planted!("purge_ignored_on_import")
            {
                entry.raw = None;
                dropped = true;
            }
        }
        dropped.then(|| write_body(entries))
    }

    /// Stores a pack set aside.
    pub(super) fn put_void(&mut self, space: SpaceId, parts: &Parts<'_>) -> Result<(), Fault> {
        let arrived = self.ledger(space)?.next_arrived();
        self.ledger(space)?
            .insert(parts.head, parts.header, arrived);
        self.store(space, parts, arrived, None)
    }

    /// Stores a pack that counts with the verdicts on its entries, written once and not as pending first. Answers whether
    /// the space must be settled after it.
    pub(super) fn put_counting(
        &mut self,
        space: SpaceId,
        parts: &Parts<'_>,
        judge: impl FnOnce(&mut Self) -> Result<Vec<(Verdict, &'static str)>, Fault>,
    ) -> Result<bool, Fault> {
        let ledger = self.ledger(space)?;
        let arrived = ledger.next_arrived();
        ledger.insert(parts.head, parts.header, arrived);
        let unsettled = ledger.append(&parts.head);
        let verdicts = judge(self)?;
        self.store(space, parts, arrived, Some(&verdicts))?;
        Ok(unsettled)
    }

    /// Writes a pack and its entries; it counts when verdicts are given.
    fn store(
        &mut self,
        space: SpaceId,
        parts: &Parts<'_>,
        arrived: u64,
        verdicts: Option<&[(Verdict, &'static str)]>,
    ) -> Result<(), Fault> {
        let row = PackRow {
            head: parts.head,
            device: parts.header.device.0,
            epoch: parts.header.epoch,
            seq: parts.header.seq,
            header: parts.pack.header.clone(),
            sig: parts.pack.sig,
            valid: verdicts.is_some(),
            arrived,
            received_at: parts.now,
        };
        let mut given = verdicts.unwrap_or_default().iter();
        let rows: Vec<EntryRow> = (0_u32..)
            .zip(parts.entries)
            .map(|(ix, e)| {
                let (verdict, why) = match given.next() {
                    _ if self.book.is_purged(&e.document) => (Verdict::Purged, ""),
                    Some(given) => *given,
                    None => (Verdict::Pending, ""),
                };
                EntryRow {
                    pack: parts.head,
                    ix,
                    document: e.document,
                    kind: e.kind.clone(),
                    hash: e.hash,
                    verdict,
                    why: why.to_owned(),
                }
            })
            .collect();
        Ok(self.shelf.put_pack(space, &row, parts.body, &rows)?)
    }
}

/// A pack in its parts.
pub(super) struct Parts<'a> {
    pub(super) head: Head,
    pub(super) header: &'a Header,
    pub(super) pack: &'a Pack,
    /// What is kept of its body: less than came when documents in it are erased.
    pub(super) body: &'a [u8],
    pub(super) entries: &'a [Entry],
    pub(super) now: i64,
}
