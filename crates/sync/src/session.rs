//! The device's side of an exchange: a state machine without IO. `ask`, send, `take`, until `done`.

mod known;
mod progress;
mod slice;

use known::{Known, Sent};
pub use progress::Progress;

use crate::caps;
use crate::id::{Head, RulingId};
use crate::key::Random;
use crate::message::{Ask, Digest, SpaceAsk, SpaceTell, Tell, digest_of_ids};
use crate::pack::{Hash32, Pack};
use crate::replica::{Fault, Mode, Outcome, Replica};
use crate::room::Room;
use crate::shelf::Shelf;
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::id::SpaceId;

/// One exchange of one device with its hub.
#[derive(Debug)]
pub struct Session {
    spaces: Vec<SpaceId>,
    known: BTreeMap<SpaceId, Known>,
    hub_rulings: Option<Vec<RulingId>>,
    /// True when the last round changed nothing on either side.
    quiet: bool,
    done: bool,
    /// True when slices of the answer that is being taken changed something here.
    moved: bool,
    sent: Option<Sent>,
    /// What happened.
    pub progress: Progress,
}

impl Session {
    /// Prepares an exchange over these spaces: seals drafts first, so that everything saved is offered.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn start<S: Shelf>(
        device: &mut Replica<S>,
        spaces: &[SpaceId],
        now: i64,
        random: &mut dyn Random,
    ) -> Result<Self, Fault> {
        let mut known = BTreeMap::new();
        let held = device.shelf.spaces()?;
        // Of a space it has left a device only gives: with nothing to give there is nothing to ask.
        let asked = |space: &SpaceId| held.contains(space) || !device.is_leaving(*space);
        let spaces: Vec<SpaceId> = spaces.iter().copied().filter(asked).collect();
        let rulings = digest_of_ids(&device.book().ids(None));
        for space in &spaces {
            device.heal_from_own(*space)?;
            device.seal(*space, now, random)?;
            let vector = device.hub_vector(*space)?;
            known.insert(
                *space,
                Known {
                    vector,
                    sealed_by: Some(rulings),
                    ..Known::default()
                },
            );
        }
        Ok(Self {
            spaces,
            known,
            hub_rulings: None,
            quiet: false,
            done: false,
            moved: false,
            sent: None,
            progress: Progress::default(),
        })
    }

    /// True when nothing is left to exchange.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// The next request.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn ask<S: Shelf>(&mut self, device: &mut Replica<S>) -> Result<Ask, Fault> {
        let ids = device.book().ids(None);
        let mut sent = Sent::default();
        let mut room = Room::default();
        let give_rulings = match &self.hub_rulings {
            None => Vec::new(),
            Some(theirs) => {
                let theirs: BTreeSet<&RulingId> = theirs.iter().collect();
                let give: Vec<RulingId> = ids
                    .iter()
                    .filter(|id| !theirs.contains(id))
                    .copied()
                    .collect();
                let (some, all) = device.some_rulings(&give, &mut room.rulings);
                sent.more = !all;
                some
            }
        };
        let mut spaces = Vec::new();
        for space in self.spaces.clone() {
            if self.progress.closed.contains_key(&space) {
                continue;
            }
            let part = self.ask_space(device, space, &mut room, &mut sent)?;
            for pack in part.packs.iter().chain(&part.tray_packs) {
                if let Ok((_, head)) = pack.read_header() {
                    sent.packs
                        .insert(head, device.shelf.entries_of_pack(space, &head)?.len());
                }
            }
            let tray = part.tray_packs.iter().filter_map(|p| p.read_header().ok());
            sent.tray.extend(tray.map(|(_, head)| head));
            spaces.push(part);
        }
        self.sent = Some(sent);
        Ok(Ask {
            v: caps::VERSION,
            rulings: digest_of_ids(&ids),
            ruling_ids: self.hub_rulings.is_some().then_some(ids),
            give_rulings,
            spaces,
        })
    }

    fn ask_space<S: Shelf>(
        &mut self,
        device: &mut Replica<S>,
        space: SpaceId,
        room: &mut Room,
        sent: &mut Sent,
    ) -> Result<SpaceAsk, Fault> {
        let digest = device.space_digest(space)?;
        let tray = device.given_aside(space)?;
        let holes = device.shelf.holes(space)?;
        let unchanged = device.is_level(space)?;
        let known = self.known.entry(space).or_default();
        known.shown = tray.iter().copied().collect();
        let mut part = SpaceAsk {
            tray: tray.clone(),
            ..SpaceAsk::bare(space.into(), digest)
        };
        if unchanged && !known.told && tray.is_empty() && holes.is_empty()
            || known.level && known.want_tray.is_empty()
        {
            return Ok(part);
        }
        let ids = device.book().ids(Some(space));
        let vector = device.ledger(space)?.vector();
        let theirs = known.in_common(&vector).unwrap_or_default();
        part.vector = Some(vector);
        known.asked.clone_from(&part.vector);
        if known.told {
            let give: Vec<RulingId> = ids
                .iter()
                .filter(|id| !known.receipts.contains(id))
                .copied()
                .collect();
            let all;
            (part.give_receipts, all) = device.some_rulings(&give, &mut room.rulings);
            sent.more |= !all;
        }
        part.receipts = ids;
        part.holes = holes
            .iter()
            .take(caps::HEALS)
            .map(|h| Hash32(h.0))
            .collect();
        let later = self.progress.later.contains(&space);
        if (known.told || known.vector.is_some() || room.packs > 0) && !later {
            let refused: BTreeSet<Head> = self.progress.refused.keys().copied().collect();
            (part.packs, _) = device.batch(space, &theirs, &mut room.packs, &refused)?;
        }
        let mut tray = known.want_tray.clone();
        tray.retain(|head| !self.progress.declined(head));
        (part.tray_packs, _) = device.some_packs(space, &tray, &mut room.tray)?;
        part.heals = device.some_bytes(space, &known.holes, &mut room.heals)?;
        Ok(part)
    }

    /// Takes the hub's answer.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn take<S: Shelf>(
        &mut self,
        device: &mut Replica<S>,
        tell: &Tell,
        now: i64,
        random: &mut dyn Random,
    ) -> Result<(), Fault> {
        self.progress.requests += 1;
        self.progress.hub_time = tell.time;
        self.progress.hub_epoch = Some(tell.hub_epoch);
        let sent = self.sent.take().unwrap_or_default();
        let given: Vec<Vec<u8>> = tell.give_rulings.iter().map(|b| b.0.clone()).collect();
        let mut moved = device.take_rulings(&given)?.taken > 0;
        moved |= std::mem::take(&mut self.moved);
        let before = self.hub_rulings.take();
        let informed_before = before.is_some();
        self.hub_rulings = match &tell.ruling_ids {
            Some(ids) => Some(ids.clone()),
            None => before.as_ref().map(|_| device.book().ids(None)),
        };
        moved |= sent.more && self.hub_rulings != before;
        let rulings = digest_of_ids(&device.book().ids(None));
        let rulings_level = match &tell.ruling_ids {
            None => true,
            Some(ids) => {
                moved |= !informed_before;
                digest_of_ids(ids) == rulings
            }
        };
        let mut level = rulings_level;
        for part in &tell.spaces {
            let (part_moved, part_level) =
                self.take_space(device, part, (&sent, rulings), now, random)?;
            moved |= part_moved;
            level &= part_level;
        }
        let parts = tell.spaces.iter();
        let not_taken: BTreeSet<Head> = parts
            .flat_map(|part| part.not_taken.iter().map(|not| not.head))
            .collect();
        for (head, changes) in &sent.packs {
            if !not_taken.contains(head) {
                self.progress.pushed.0 += 1;
                self.progress.pushed.1 += changes;
                moved = true;
            }
        }
        // Two rounds that move nothing end the exchange even if the copies differ: what keeps them apart is not ours to mend.
        self.done = level || (self.quiet && !moved) || self.progress.requests >= 10_000;
        self.quiet = !moved;
        if self.done {
            self.leave(device)?;
        }
        Ok(())
    }

    fn take_space<S: Shelf>(
        &mut self,
        device: &mut Replica<S>,
        tell: &SpaceTell,
        (sent, rulings): (&Sent, Digest),
        now: i64,
        random: &mut dyn Random,
    ) -> Result<(bool, bool), Fault> {
        let space = SpaceId::from(tell.space);
        if !self.known.contains_key(&space) {
            return Ok((false, true));
        }
        if tell.state != "open" && tell.state != "level" {
            self.progress.closed.insert(space, tell.state.clone());
            return Ok((false, true));
        }
        for not in &tell.not_taken {
            if not.code == "later" {
                self.progress.later.insert(space);
                continue;
            }
            let final_word = !progress::passing(&not.code) || sent.tray.contains(&not.head);
            if sent.packs.contains_key(&not.head) && final_word {
                self.progress.refused.insert(not.head, not.code.clone());
            }
        }
        self.progress.refuse_full(device, space, &tell.want_tray)?;
        let receipts: Vec<Vec<u8>> = tell.give_receipts.iter().map(|b| b.0.clone()).collect();
        let mut moved = device.take_rulings(&receipts)?.taken > 0;
        let level = tell.state == "level";
        let vector = if level {
            device.ledger(space)?.vector()
        } else {
            tell.vector.clone()
        };
        let progress = &mut self.progress;
        let (packs, changes) = device.transaction(|device| {
            let mut taken = (0, 0);
            for pack in &tell.packs {
                let outcome = device.take_pack(space, pack, Mode::Counting, now)?;
                if outcome == Outcome::Taken {
                    taken.0 += 1;
                    taken.1 += changes_in(device, space, pack)?;
                }
                progress.note_unfit(pack, &outcome);
            }
            for pack in &tell.tray_packs {
                let outcome = device.take_pack(space, pack, Mode::Tray, now)?;
                taken.0 += usize::from(outcome == Outcome::Taken);
                progress.note_unfit(pack, &outcome);
            }
            device.settle_taken(space)?;
            device.prune_receipts(space)?;
            let raws: Vec<Vec<u8>> = tell.heals.iter().map(|b| b.0.clone()).collect();
            taken.0 += device.heal(space, &raws)?;
            device.meet_own_log(space, &vector)?;
            device.set_hub_vector(space, &vector)?;
            Ok(taken)
        })?;
        moved |= packs > 0;
        self.progress.pulled.0 += packs;
        self.progress.pulled.1 += changes;
        // Upkeep: what no longer counts is made again now, so that it travels in this same exchange.
        let before = device.space_digest(space)?;
        let known = self.known.entry(space).or_default();
        if known.sealed_by.replace(rulings) != Some(rulings) {
            device.seal(space, now, random)?;
        }
        device.remake(space, now, random)?;
        moved |= device.space_digest(space)? != before;
        known.told = true;
        known.level = level;
        // What was made again since the ask is yet to be given.
        let same = known.asked.take() == Some(device.ledger(space)?.vector());
        known.kept = tell.kept == Some(true) && same;
        known.vector = Some(vector);
        let apart = tell.apart.iter().flatten().copied().collect();
        moved |= known.apart != apart;
        known.apart = apart;
        let receipts = tell.receipts.iter().copied().collect();
        moved |= sent.more && known.receipts != receipts;
        known.receipts = receipts;
        let later = self.progress.later.contains(&space);
        known.want_tray = tell
            .want_tray
            .iter()
            .filter(|h| !later && !self.progress.declined(h))
            .copied()
            .collect();
        // What was given back is seen in what the hub still misses; the rest goes next.
        moved |= !known.holes.is_empty() && known.holes != tell.holes;
        known.holes.clone_from(&tell.holes);
        let wanted = known.want_tray.clone();
        for head in &wanted {
            moved |= device.pack(space, head)?.is_some();
        }
        let pending_tray = !wanted.is_empty();
        if level {
            let known = self.known.entry(space).or_default();
            known.receipts = device.book().ids(Some(space)).into_iter().collect();
            device.set_level(space)?;
        }
        let now_level = level && !pending_tray && device.is_level(space)?;
        Ok((
            moved,
            now_level || !level && self.levelled(device, space, tell)?,
        ))
    }

    /// True when, after taking the answer, both sides hold the same: then no further request is needed.
    fn levelled<S: Shelf>(
        &self,
        device: &mut Replica<S>,
        space: SpaceId,
        tell: &SpaceTell,
    ) -> Result<bool, Fault> {
        let tray = device.given_aside(space)?;
        let known = self.known.get(&space);
        let unshown = |head| known.is_none_or(|known| !known.shown.contains(head));
        let same = !tell.more
            && !tray.iter().any(unshown)
            && tell.want_tray.is_empty()
            && tell.holes.is_empty()
            && device.shelf.holes(space)?.is_empty()
            && tell.vector == device.ledger(space)?.vector()
            && tell.receipts == device.book().ids(Some(space));
        if same {
            device.set_level(space)?;
        }
        Ok(same)
    }
}

fn changes_in<S: Shelf>(device: &Replica<S>, space: SpaceId, pack: &Pack) -> Result<usize, Fault> {
    let head = crate::pack::head_of(&pack.header);
    Ok(device.shelf.entries_of_pack(space, &head)?.len())
}
