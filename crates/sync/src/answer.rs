//! The hub's side of one exchange. Rulings first, settle, packs, commit, then receipts (section 4).

use crate::caps;
use crate::id::{DeviceKey, Epoch, Head, Position, RulingId};
use crate::ledger::Ledger;
use crate::message::{Ask, NotTaken, SpaceAsk, SpaceTell, Tell, digest_of_ids, digest_of_space};
use crate::pack::{Hash32, Pack};
use crate::replica::{Fault, Mode, Outcome, Replica};
use crate::room::Room;
use crate::shelf::Shelf;
use std::collections::BTreeSet;
use toso_domain::crdt::ChangeHash;
use toso_domain::id::SpaceId;
use toso_domain::planted;

impl<S: Shelf> Replica<S> {
    /// Answers a device. The caller has authenticated `device`; what it may see follows from its certificate.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn answer(
        &mut self,
        device: &DeviceKey,
        ask: &Ask,
        hub_epoch: Epoch,
        now: i64,
    ) -> Result<Tell, Fault> {
        let given: Vec<Vec<u8>> = ask.give_rulings.iter().map(|b| b.0.clone()).collect();
        self.take_rulings(&given)?;
        let ids = self.book().ids(None);
        let mut room = Room::default();
        // Until the device holds the commune's rulings it could not check packs by devices it never heard of.
        let (ruling_ids, (give_rulings, informed)) = if digest_of_ids(&ids) == ask.rulings {
            (None, (Vec::new(), true))
        } else if let Some(theirs) = &ask.ruling_ids {
            let theirs: BTreeSet<&RulingId> = theirs.iter().collect();
            let given: Vec<RulingId> = ids
                .iter()
                .filter(|id| !theirs.contains(id))
                .copied()
                .collect();
            let given = self.some_rulings(&given, &mut room.rulings);
            (Some(ids.clone()), given)
        } else {
            (Some(ids.clone()), (Vec::new(), false))
        };
        let level = ruling_ids.is_none();
        let mut spaces = Vec::new();
        for part in ask.spaces.iter().take(caps::SPACES) {
            spaces.push(self.answer_space(device, part, &mut room, (informed, level), now)?);
        }
        Ok(Tell {
            v: caps::VERSION,
            time: now,
            hub_epoch,
            ruling_ids,
            give_rulings,
            spaces,
        })
    }

    fn answer_space(
        &mut self,
        device: &DeviceKey,
        ask: &SpaceAsk,
        room: &mut Room,
        (informed, rulings_level): (bool, bool),
        now: i64,
    ) -> Result<SpaceTell, Fault> {
        let space = SpaceId::from(ask.space);
        let mut tell = SpaceTell {
            space: ask.space,
            state: "open".into(),
            vector: Vec::new(),
            receipts: Vec::new(),
            give_receipts: Vec::new(),
            packs: Vec::new(),
            more: false,
            not_taken: Vec::new(),
            want_tray: Vec::new(),
            tray_packs: Vec::new(),
            holes: Vec::new(),
            heals: Vec::new(),
            kept: None,
            apart: None,
        };
        let book = self.book();
        // Who was revoked, or is leaving the space, gives what it has and is given its own log only; and of a space it never
        // held nothing is said.
        let held = book.certificate_for(device, space).is_some();
        let gives_only = held && book.is_revoked(device) || book.has_left(device, space);
        let leaves = book.has_left(device, space);
        let member = book.certificate_of(device);
        let member = member.is_some_and(|(_, c)| c.names(space) || planted!("scope_missing"));
        if !gives_only && !member {
            tell.state = "not_in_space".into();
            return Ok(tell);
        }
        self.heal_from_own(space)?;
        let receipts: Vec<Vec<u8>> = ask.give_receipts.iter().map(|b| b.0.clone()).collect();
        self.take_rulings(&receipts)?;
        let gives = [ask.packs.len(), ask.tray_packs.len(), ask.heals.len()];
        if gives.iter().any(|n| *n > 0) || !ask.holes.is_empty() {
            tell.not_taken = self.take_space(space, ask, (gives_only, rulings_level), now)?;
        }
        let vector = self.ledger(space)?.vector();
        let ids = self.book().ids(Some(space));
        let holes = self.shelf.holes(space)?;
        let own_tray = self.tray_of(space, device)?;
        if digest_of_space(&vector, &ids, &holes, device, &own_tray) == ask.digest {
            tell.state = "level".into();
            tell.want_tray = self.lacks_of_tray(space, &ask.tray)?;
            return Ok(tell);
        }
        tell.want_tray = self.lacks_of_tray(space, &ask.tray)?;
        tell.holes = holes.iter().map(|h| Hash32(h.0)).collect();
        let wanted = self.still_wanted(space)?.into_iter();
        let elsewhere: Vec<Hash32> = wanted.filter(|h| !ask.holes.contains(h)).collect();
        tell.holes.extend(elsewhere);
        tell.holes.truncate(caps::HEALS);
        tell.receipts = ids;
        if let Some(theirs) = &ask.vector {
            let ledger = self.ledger(space)?;
            if gives_only {
                tell.apart = apart(ledger, theirs);
            }
            if leaves {
                tell.kept = Some(theirs.iter().all(|at| ledger.knows_all_of(&at.head)));
            }
            let held: BTreeSet<&RulingId> = ask.receipts.iter().collect();
            let missing: Vec<RulingId> = tell
                .receipts
                .iter()
                .filter(|id| !held.contains(id))
                .copied()
                .collect();
            let all_receipts;
            (tell.give_receipts, all_receipts) = self.some_rulings(&missing, &mut room.rulings);
            tell.heals = if gives_only {
                let own = self.written_by(device, space, &ask.holes)?;
                self.some_bytes(space, &own, &mut room.heals)?
            } else {
                self.some_bytes(space, &ask.holes, &mut room.heals)?
            };
            let mut theirs = after_giving(theirs, &ask.packs);
            if gives_only {
                // Nothing but its own log, to see which branch of it counts.
                theirs.retain(|at| at.log.device == *device);
                theirs.extend(vector.iter().filter(|at| at.log.device != *device));
            }
            tell.more = !informed;
            if informed {
                (tell.packs, tell.more) =
                    self.batch(space, &theirs, &mut room.packs, &BTreeSet::new())?;
            }
            let shown: BTreeSet<&Head> = ask.tray.iter().collect();
            // Nor could it tell what is void: it would make its own packs again that a revocation ends.
            let mut unshown = if informed { own_tray } else { Vec::new() };
            unshown.retain(|head| !shown.contains(head));
            let all_tray;
            (tell.tray_packs, all_tray) = self.some_packs(space, &unshown, &mut room.tray)?;
            tell.more |= !all_receipts || !all_tray;
        }
        tell.vector = vector;
        Ok(tell)
    }

    /// Takes packs, tray and healed bytes of one space in one transaction and signs receipts for what moved. `only_gives`:
    /// the giver is given nothing but its own log.
    fn take_space(
        &mut self,
        space: SpaceId,
        ask: &SpaceAsk,
        (only_gives, rulings_level): (bool, bool),
        now: i64,
    ) -> Result<Vec<NotTaken>, Fault> {
        self.transaction(|hub| {
            let mut not_taken = Vec::new();
            for pack in &ask.packs {
                let mut outcome = hub.take_pack(space, pack, Mode::Counting, now)?;
                if only_gives && hub.is_never_told(space, pack, &outcome)? {
                    outcome = hub.take_pack(space, pack, Mode::Tray, now)?;
                }
                note(&mut not_taken, pack, &outcome);
            }
            for pack in &ask.tray_packs {
                let outcome = hub.take_pack(space, pack, Mode::Tray, now)?;
                note(&mut not_taken, pack, &outcome);
            }
            hub.settle_taken(space)?;
            let raws: Vec<Vec<u8>> = ask.heals.iter().map(|b| b.0.clone()).collect();
            hub.heal(space, &raws)?;
            if rulings_level {
                // A device that does not know of an erasure yet might give what it erases.
                hub.keep_asked_for(space, &raws)?;
                hub.want(space, &ask.holes)?;
            }
            hub.purge_returning()?;
            hub.sign_receipts(space)?;
            Ok(not_taken)
        })
    }

    /// True when a giver that is given nothing but its own log cannot come to know that the pack counts no more: it would keep
    /// it, and what it has built on it, from everybody.
    fn is_never_told(
        &mut self,
        space: SpaceId,
        pack: &Pack,
        outcome: &Outcome,
    ) -> Result<bool, Fault> {
        let (Some(code), Ok((header, _))) = (outcome.code(), pack.read_header()) else {
            return Ok(false);
        };
        Ok(match code {
            // Of a revocation it is told.
            "past_void" | "fork" | "other_branch" | "closed" => true,
            // What it follows is held aside here.
            "gap" => {
                let ledger = self.ledger(space)?;
                header.prev.is_some_and(|prev| ledger.get(&prev).is_some())
            }
            _ => false,
        })
    }

    /// Those of these changes that stand in a pack of the device's own.
    fn written_by(
        &mut self,
        device: &DeviceKey,
        space: SpaceId,
        hashes: &[Hash32],
    ) -> Result<Vec<Hash32>, Fault> {
        let mut own = Vec::new();
        for hash in hashes.iter().take(caps::HEALS) {
            let rows = self.shelf.entries_of_change(space, &ChangeHash(hash.0))?;
            let ledger = self.ledger(space)?;
            let mut packs = rows.iter().filter_map(|row| ledger.get(&row.pack));
            if packs.any(|meta| meta.log.device == *device) {
                own.push(*hash);
            }
        }
        Ok(own)
    }

    /// Void packs out of a device's list that the hub does not know.
    fn lacks_of_tray(&mut self, space: SpaceId, offered: &[Head]) -> Result<Vec<Head>, Fault> {
        let ledger = self.ledger(space)?;
        Ok(offered
            .iter()
            .filter(|h| ledger.get(h).is_none())
            .take(caps::HEALS)
            .copied()
            .collect())
    }

    /// Counting packs the other side lacks, up to the byte budget; true when more wait.
    pub(crate) fn batch(
        &mut self,
        space: SpaceId,
        theirs: &[Position],
        budget: &mut usize,
        but: &BTreeSet<Head>,
    ) -> Result<(Vec<Pack>, bool), Fault> {
        let mut out = Vec::new();
        for head in self.ledger(space)?.lacking(theirs) {
            if but.contains(&head) {
                continue;
            }
            // A pack with missing bytes cannot be given, nor can what follows it: the other side asks by hash (rule 4.6).
            let Some(pack) = self.pack(space, &head)? else {
                continue;
            };
            let size = pack.header.len() + pack.body.len() + 80;
            if size > *budget && !out.is_empty() || *budget == 0 {
                return Ok((out, true));
            }
            *budget = budget.saturating_sub(size);
            out.push(pack);
        }
        if planted!("last_pack_lost") {
            out.pop();
        }
        Ok((out, false))
    }
}

/// Names in a vector that are not known here though more of their logs is: they stand on another branch.
fn apart(ledger: &Ledger, theirs: &[Position]) -> Option<Vec<Head>> {
    let further = |at: &&Position| ledger.top(&at.log).is_some_and(|top| top.seq >= at.seq);
    let unknown = theirs.iter().filter(|at| ledger.get(&at.head).is_none());
    let heads: Vec<Head> = unknown.filter(further).map(|at| at.head).collect();
    (!heads.is_empty()).then_some(heads)
}

fn note(not_taken: &mut Vec<NotTaken>, pack: &Pack, outcome: &Outcome) {
    // A pack held before is told too, so that the giver does not count it as news.
    let held = (*outcome == Outcome::Dup).then_some("dup");
    if let Some(code) = outcome.code().or(held) {
        let head = crate::pack::head_of(&pack.header);
        let code = code.to_owned();
        not_taken.push(NotTaken { head, code });
    }
}

/// The device's vector, moved on by the packs it has just given: it holds those.
fn after_giving(vector: &[Position], packs: &[Pack]) -> Vec<Position> {
    let mut out: std::collections::BTreeMap<_, Position> =
        vector.iter().map(|p| (p.log, *p)).collect();
    for (header, head) in packs.iter().filter_map(|p| p.read_header().ok()) {
        let at = Position {
            log: header.log(),
            seq: header.seq,
            head,
        };
        let held = out.entry(at.log).or_insert(at);
        if held.seq < at.seq {
            *held = at;
        }
    }
    out.into_values().collect()
}
