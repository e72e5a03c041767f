//! Everyone connects, then the invariants of section 8 of the protocol are looked at on every live copy.

use super::World;
use super::random::Dice;
use super::reading::{copies, numbers, picture, raws, remade};
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::crdt::{ChangeHash, read};
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::memory::MemoryShelf;
use toso_sync::replica::Replica;
use toso_sync::shelf::{Shelf, Verdict};

/// Runs one history of `events` events, connects everybody, and checks.
///
/// # Errors
/// The first broken invariant, with the diary.
pub fn run(seed: u64, events: usize) -> Result<(), String> {
    play(seed, &numbers_of(seed, events))
}

/// Numbers of the events in the history of a seed: between 10 and `events` more.
#[must_use]
pub fn numbers_of(seed: u64, events: usize) -> Vec<usize> {
    (0..10 + Dice::of(seed, 0).below(events)).collect()
}

/// Plays these events of a seed, connects everybody, and checks.
///
/// # Errors
/// The first broken invariant, with the diary.
pub fn play(seed: u64, events: &[usize]) -> Result<(), String> {
    let mut world = World::new(seed);
    for number in events {
        world.event(*number);
        if std::env::var_os("SIM_WATCH").is_some() {
            world.watch()?;
        }
    }
    world.dice = Dice::of(seed, u64::MAX);
    world.check().map_err(|why| {
        let from = world.diary.len().saturating_sub(160);
        format!("seed {seed}: {why}\n  {}", world.diary[from..].join("\n  "))
    })
}

impl World {
    /// The liveness phase and all oracles.
    ///
    /// # Errors
    /// The first broken invariant.
    pub fn check(&mut self) -> Result<(), String> {
        self.retire_second();
        let edits = self.held_edits();
        let receipted = self.receipted();
        let live = self
            .devices
            .iter()
            .filter(|d| d.live)
            .map(|d| d.copy.book());
        let held: BTreeSet<RecordId> = live
            .chain(std::iter::once(self.hub.book()))
            .flat_map(|book| book.purged())
            .collect();
        // A purge that every copy which had it lost (hub and phone both put back) was never done (rule 7.2).
        self.purged.retain(|document| held.contains(document));
        self.connect()?;
        self.lose_what_nobody_has();
        self.connect()?;
        self.check_alike()?;
        for n in 0..self.devices.len() {
            if self.devices[n].live {
                self.check_copy(n)?;
            }
        }
        check_ledger(&mut self.hub, &self.spaces)?;
        self.check_receipted(&receipted)?;
        self.check_rights()?;
        self.check_hostile()?;
        self.check_homes()?;
        self.check_edits(edits)
    }

    /// Changes that some live copy holds in a pack or a draft, with the edits (their unique values) they write.
    fn held_edits(&mut self) -> BTreeMap<(SpaceId, ChangeHash), Vec<u64>> {
        let mut out = BTreeMap::new();
        let spaces = self.spaces.clone();
        for (_, copy) in copies(&mut self.devices, &mut self.hub) {
            for space in &spaces {
                for raw in raws(copy, *space) {
                    let numbers = numbers(&raw);
                    if let Some(hash) = toso_domain::crdt::hash_of(&raw) {
                        out.insert((*space, hash), numbers);
                    }
                }
            }
        }
        out
    }

    fn connect(&mut self) -> Result<(), String> {
        self.stingy = None;
        for round in 0..14 {
            let mut quiet = true;
            for n in 0..self.devices.len() {
                if self.devices[n].live {
                    let p = self
                        .sync(n)
                        .map_err(|e| format!("sync of {n} failed: {e}"))?;
                    let Self {
                        devices, dice, now, ..
                    } = self;
                    let carried = devices[n].copy.carry_due(*now, dice);
                    let carried = carried.map_err(|e| format!("carrying by {n} failed: {e}"))?;
                    quiet &= p.pushed.0 == 0 && p.pulled.0 == 0 && carried == 0;
                    if std::env::var_os("SIM_WATCH").is_some() {
                        self.watch()?;
                    }
                    self.note(format!(
                        "connect {round}: {n} {} up {} down",
                        p.pushed.0, p.pulled.0
                    ));
                }
            }
            if std::env::var_os("SIM_WATCH").is_some() {
                self.watch()?;
            }
            self.now += 60_000;
            if quiet && round > 1 {
                return Ok(());
            }
        }
        let mut why = String::new();
        for n in 0..self.devices.len() {
            for space in self.spaces.clone() {
                if self.devices[n].live {
                    why += &format!("\n   {n}{}", self.difference(n, space));
                }
            }
        }
        Err(format!("I7: the copies never go quiet{why}"))
    }

    /// Staff declare bytes lost that no copy has.
    fn lose_what_nobody_has(&mut self) {
        for space in self.spaces.clone() {
            let mut holes: BTreeSet<ChangeHash> =
                self.hub.shelf.holes(space).unwrap().into_iter().collect();
            for d in self.devices.iter().filter(|d| d.live) {
                holes.extend(d.copy.shelf.holes(space).unwrap());
            }
            for hash in holes {
                let mut somewhere = self.hub.bytes_of(space, &hash).unwrap().is_some();
                for d in self.devices.iter_mut().filter(|d| d.live) {
                    somewhere |= d.copy.bytes_of(space, &hash).unwrap().is_some();
                }
                if !somewhere {
                    let body = toso_sync::ruling::Body::Lost(
                        space.into(),
                        toso_sync::pack::Hash32(hash.0),
                    );
                    self.hub.transaction(|hub| hub.state(&body)).unwrap();
                    self.note(format!("lost {hash}"));
                }
            }
        }
    }

    /// I3: same vector, same rulings, same documents on every copy that may hold the spaces.
    fn check_alike(&mut self) -> Result<(), String> {
        for space in self.spaces.clone() {
            let hub = picture(&mut self.hub, space);
            for n in 0..self.devices.len() {
                let revoked = self.revoked.contains(&self.devices[n].secret.device());
                if !self.devices[n].live || revoked {
                    continue;
                }
                if !self.holds(n, space) {
                    let shelf = &self.devices[n].copy.shelf;
                    // A text the own gate refused is nowhere else, so the space stays with it.
                    let keeps = !shelf.refused_texts(space).is_empty();
                    if !keeps && !shelf.packs(space).unwrap().is_empty() {
                        let why = self.difference(n, space);
                        let key = self.devices[n].secret.device();
                        let copy = &mut self.devices[n].copy;
                        let void = copy.tray_of(space, &key).unwrap();
                        let drafts = copy.shelf.drafts(space).unwrap().len();
                        return Err(format!(
                            "7.6: {n} left {space} and still holds it: {drafts} drafts, own void {void:?}{why}"
                        ));
                    }
                    continue;
                }
                let theirs = picture(&mut self.devices[n].copy, space);
                if theirs.0 != hub.0 {
                    let why = self.difference(n, space);
                    return Err(format!(
                        "I3: {n} and the hub differ in vectors of {space}{why}"
                    ));
                }
                if theirs.1 != hub.1 {
                    let why = self.parted(n, space);
                    return Err(format!(
                        "I3: {n} and the hub differ in documents of {space}{why}"
                    ));
                }
                if self.devices[n].copy.book().ids(None) != self.hub.book().ids(None) {
                    return Err(format!("I3: {n} and the hub differ in rulings"));
                }
            }
        }
        Ok(())
    }

    /// I1, I2, I6, I7 on one device.
    fn check_copy(&mut self, n: usize) -> Result<(), String> {
        let spaces = self.spaces.clone();
        let device = &mut self.devices[n];
        check_ledger(&mut device.copy, &spaces)?;
        let key = device.secret.device();
        for space in &spaces {
            if !device.copy.shelf.drafts(*space).unwrap().is_empty() {
                return Err(format!("I7: {n} still holds drafts"));
            }
            if !self.revoked.contains(&key)
                && !device.copy.tray_of(*space, &key).unwrap().is_empty()
            {
                return Err(format!(
                    "I7: {n} still holds own void packs that nothing replaces"
                ));
            }
        }
        for document in &self.purged {
            if !device.copy.book().is_purged(document) {
                return Err(format!("I6: {n} forgot a purge"));
            }
            check_purged(&mut device.copy, &spaces, *document).map_err(|e| format!("{n}: {e}"))?;
        }
        Ok(())
    }

    /// I4, I5: every edit that a live copy held counts, was re-made, waits in the hub's tray, was refused and is kept by its
    /// author, or was erased.
    fn check_edits(
        &mut self,
        mut held: BTreeMap<(SpaceId, ChangeHash), Vec<u64>>,
    ) -> Result<(), String> {
        let expected: BTreeSet<u64> = held.values().flatten().copied().collect();
        // A device that left a space holds no bytes of it any more; the hub still names what was re-made of them.
        held.extend(self.held_edits());
        let mut found: BTreeSet<u64> = BTreeSet::new();
        for space in self.spaces.clone() {
            let remade = remade(&mut self.hub, space);
            let tray: BTreeSet<_> = self.hub.tray(space).unwrap().into_iter().collect();
            let here = held.iter().filter(|((of, _), _)| *of == space);
            for ((_, hash), numbers) in here {
                let rows = self.hub.shelf.entries_of_change(space, hash).unwrap();
                // A change re-made may be covered by a later own value of the same branch: the device keeps the final one.
                if remade.contains(hash)
                    || rows.iter().any(|r| {
                        matches!(r.verdict, Verdict::Accepted | Verdict::Refused)
                            || tray.contains(&r.pack)
                    })
                {
                    found.extend(numbers);
                }
            }
        }
        for space in self.spaces.clone() {
            for device in self.devices.iter().filter(|d| d.live) {
                let texts = device.copy.shelf.refused_texts(space);
                found.extend(texts.iter().flat_map(|raw| numbers(raw)));
            }
        }
        for number in &expected {
            let Some((_, document)) = self.edits.get(number).copied() else {
                continue;
            };
            if !found.contains(number)
                && !self.purged.contains(&document)
                && !self.hub.book().is_purged(&document)
            {
                return Err(format!(
                    "I5: edit {number} of {document} is nowhere{}",
                    self.whereabouts(*number)
                ));
            }
        }
        Ok(())
    }
}

/// I1: closed under past, one pack a place. I2: no two accepted changes share (document, actor, seq).
pub(super) fn check_ledger(
    copy: &mut Replica<MemoryShelf>,
    spaces: &[SpaceId],
) -> Result<(), String> {
    for space in spaces {
        let rows = copy.shelf.packs(*space).unwrap();
        let mut places = BTreeSet::new();
        let mut numbers = BTreeSet::new();
        for row in rows.iter().filter(|r| r.valid) {
            let header = toso_sync::pack::read_header(&row.header).unwrap();
            let ledger = copy.ledger(*space).unwrap();
            if !ledger.get(&row.head).is_some_and(|m| m.valid) {
                return Err(format!("I1: shelf and ledger differ on {}", row.head));
            }
            let held = |head| {
                ledger
                    .get(head)
                    .is_some_and(|m: &toso_sync::ledger::Meta| m.valid)
            };
            if header.prev.as_ref().is_some_and(|p| !held(p))
                || header.after.iter().any(|a| !held(&a.head))
            {
                return Err("I1: not closed under past".into());
            }
            if !places.insert((row.device, row.epoch, row.seq)) {
                return Err("I1: two packs at one place".into());
            }
            let entries = copy.entries(*space, &row.head).unwrap();
            let index = copy.shelf.entries_of_pack(*space, &row.head).unwrap();
            for (entry, row) in entries.iter().zip(index) {
                let Some(raw) = entry
                    .raw
                    .as_ref()
                    .filter(|_| row.verdict == Verdict::Accepted)
                else {
                    continue;
                };
                let change = read(raw).unwrap();
                if !numbers.insert((entry.document, change.actor, change.seq, change.hash)) {
                    continue;
                }
                let same = numbers.range(
                    (
                        entry.document,
                        change.actor,
                        change.seq,
                        ChangeHash([0; 32]),
                    )
                        ..=(
                            entry.document,
                            change.actor,
                            change.seq,
                            ChangeHash([255; 32]),
                        ),
                );
                if same.count() > 1 {
                    return Err(format!(
                        "I2: {} has two changes of one number",
                        entry.document
                    ));
                }
            }
        }
    }
    Ok(())
}

/// I6: no bytes of an erased document anywhere.
fn check_purged(
    copy: &mut Replica<MemoryShelf>,
    spaces: &[SpaceId],
    document: RecordId,
) -> Result<(), String> {
    if copy.shelf.holds_bytes(document) {
        return Err(format!("I6: {document} stands in a document or a draft"));
    }
    for space in spaces {
        for row in copy.shelf.packs(*space).unwrap() {
            let entries = copy.entries(*space, &row.head).unwrap();
            if entries
                .iter()
                .any(|e| e.document == document && e.raw.is_some())
            {
                return Err(format!(
                    "I6: bytes of {document} stand in a pack, counting: {}",
                    row.valid
                ));
            }
        }
    }
    Ok(())
}
