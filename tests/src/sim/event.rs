//! What can happen to people, phones and the hub.

use super::exchange::Fate;
use super::random::Dice;
use super::{Device, World};
use toso_domain::crdt::{Patch, Scalar};
use toso_sync::id::Epoch;
use toso_sync::key::Random;
use toso_sync::memory::MemoryShelf;
use toso_sync::pack::write_body;
use toso_sync::replica::Replica;
use toso_sync::ruling::{Body, Role, SpacePosition};
use toso_sync::shelf::{Shelf, Verdict};

impl World {
    /// The event of this number: what happens follows from the seed and the number alone, on what whom from all before.
    pub fn event(&mut self, number: usize) {
        self.dice = Dice::of(self.seed, 1 + number as u64);
        self.now += 60_000 + i64::try_from(self.dice.below(3_600_000)).unwrap();
        let device = self.dice.below(self.devices.len());
        if self.wild && self.dice.chance(30) {
            return self.wild_event(device);
        }
        match self.dice.below(110) {
            0..40 => self.edit(device),
            40..62 => self.meet(device),
            62..68 => self.write_file(device),
            68..74 => self.take_file(device),
            74..78 => self.back_up(device),
            78..82 => self.restore(device),
            82..85 => self.clone_device(device),
            85..86 => self.lose(device),
            86..88 => self.back_up_hub(),
            88..90 => self.restore_hub(),
            90..92 => self.revoke(device),
            92..93 => self.approve(),
            93..95 => self.purge(),
            95..96 => self.rot(device),
            96..98 => self.change_rights(device),
            98..99 => self.enrol(Role::Member),
            99..100 => self.reopen(device),
            100..103 => self.hand_over(device),
            103..106 => self.carry(device),
            106..108 => self.change_teams(device),
            _ => self.adopt(),
        }
    }

    fn edit(&mut self, device: usize) {
        if !self.devices[device].live {
            return;
        }
        let (mut space, document) = self.documents[self.dice.below(self.documents.len())];
        let home = self.devices[device].copy.book().moved(&document);
        // Most people write where the record counts; some have not opened the list since.
        if let Some(home) = home.map(|moved| moved.to).filter(|_| self.dice.chance(70)) {
            space = home;
        }
        let kind = self.kind_of(document);
        let number = self.edits.len() as u64;
        let keys = 1 + self.dice.below(2);
        let mut patch = Patch::new();
        let exists = self.devices[device]
            .copy
            .document(space, document)
            .unwrap()
            .is_some();
        if !exists {
            patch.insert("_kind".into(), Some(Scalar::Text(kind.into())));
            patch.insert("_v".into(), Some(Scalar::Int(1)));
            patch.insert(
                "_salt".into(),
                Some(Scalar::Bytes(self.dice.bytes16().to_vec())),
            );
        }
        for n in 0..keys {
            let key = ["head_name", "phone", "address", "cluster"][self.dice.below(4)];
            patch.insert(key.into(), Some(Scalar::Text(format!("edit-{number}-{n}"))));
        }
        let clock = self.clock(device) + i64::try_from(self.dice.below(4)).unwrap() * 86_400_000;
        let Self { devices, dice, .. } = self;
        let die = dice
            .chance(5)
            .then(|| u32::try_from(dice.below(6)).unwrap());
        devices[device].copy.shelf.fail_in = die;
        let saved = devices[device]
            .copy
            .save(space, document, kind, &patch, clock, dice);
        devices[device].copy.shelf.fail_in = None;
        if saved.is_ok() {
            self.edits.insert(number, (space, document));
        } else {
            self.edits.insert(number, (space, document));
            // Never saved: nobody was told it was. Mark it so that the oracle does not look for it.
            self.edits.insert(
                number,
                (space, toso_domain::id::RecordId::from_bytes([0; 16])),
            );
            self.device_stumbles(device);
        }
        let code = saved.as_ref().map_or_else(|e| e.code, |_| "ok");
        self.note(format!("edit {number} by {device} of {document}: {code}"));
    }

    pub(super) fn meet(&mut self, device: usize) {
        if !self.devices[device].live {
            return;
        }
        let bad = self.dice.chance(40);
        let outcome = self.exchange(device, &mut |dice, _| {
            if bad { fate(dice) } else { Fate::Delivered }
        });
        let line = match outcome {
            Ok(p) => format!(
                "sync {device}: {} up {} down in {}",
                p.pushed.0, p.pulled.0, p.requests
            ),
            Err(e) => format!("sync {device}: {}", e.code),
        };
        self.note(line);
    }

    fn write_file(&mut self, device: usize) {
        let mut spaces = self.spaces.clone();
        let mut file = Vec::new();
        if self.dice.chance(20) {
            toso_sync::carried::export_plain(&mut self.hub, &spaces, &mut file).unwrap();
        } else if self.devices[device].live {
            spaces.retain(|space| self.holds(device, *space));
            let Self {
                devices, dice, now, ..
            } = self;
            for space in &spaces {
                devices[device].copy.seal(*space, *now, dice).unwrap();
            }
            toso_sync::carried::export_plain(&mut devices[device].copy, &spaces, &mut file)
                .unwrap();
        }
        self.files.push(file);
        self.note(format!("file {} by {device}", self.files.len() - 1));
    }

    fn take_file(&mut self, device: usize) {
        if self.files.is_empty() {
            return;
        }
        let n = self.dice.below(self.files.len());
        let mut file = self.files[n].clone();
        if self.dice.chance(20) {
            file.truncate(self.dice.below(file.len() + 1));
        }
        let now = self.now;
        let target = if self.dice.chance(20) {
            None
        } else {
            Some(device)
        };
        let copy = match target {
            None => &mut self.hub,
            Some(d) if self.devices[d].live => &mut self.devices[d].copy,
            Some(_) => return,
        };
        let holds = |copy: &Replica<MemoryShelf>, space| {
            let mine = copy.certificate();
            copy.is_authority() || mine.is_some_and(|(_, c)| c.names(space))
        };
        let taken = toso_sync::carried::import(copy, &holds, &mut file.as_slice(), now);
        self.note(format!("file {n} taken by {target:?}: {taken:?}"));
    }

    fn back_up(&mut self, device: usize) {
        let shelf = self.devices[device].copy.shelf.backup();
        self.devices[device].backups.push(shelf);
        self.note(format!("backup of {device}"));
    }

    fn restore(&mut self, device: usize) {
        let count = self.devices[device].backups.len();
        if count == 0 || !self.devices[device].live {
            return;
        }
        let shelf = self.devices[device].backups[self.dice.below(count)].clone();
        let seen = self.dice.chance(50);
        let secret = self.devices[device].secret.clone();
        let mut copy = Replica::open(shelf, self.first, None, Some(secret)).unwrap();
        if seen {
            copy.distrust_self().unwrap();
        }
        self.devices[device].copy = copy;
        self.note(format!("restore of {device}, noticed: {seen}"));
    }

    fn clone_device(&mut self, device: usize) {
        if !self.devices[device].live || self.devices.len() > 9 {
            return;
        }
        let shelf = self.devices[device].copy.shelf.backup();
        let secret = self.devices[device].secret.clone();
        let mut copy = Replica::open(shelf, self.first, None, Some(secret.clone())).unwrap();
        if self.dice.chance(30) {
            copy.distrust_self().unwrap();
        }
        self.devices.push(Device {
            copy,
            secret,
            backups: Vec::new(),
            clock: self.devices[device].clock,
            live: true,
        });
        self.note(format!("{} is a clone of {device}", self.devices.len() - 1));
    }

    fn lose(&mut self, device: usize) {
        if self.devices.iter().filter(|d| d.live).count() > 2 {
            self.devices[device].live = false;
            self.note(format!("{device} is lost"));
        }
    }

    fn back_up_hub(&mut self) {
        self.hub_backups.push(self.hub.shelf.backup());
        self.note("backup of the hub".into());
    }

    fn restore_hub(&mut self) {
        let empty = self.hub_backups.is_empty() || self.dice.chance(15);
        let shelf = if empty {
            MemoryShelf::new()
        } else {
            self.hub_backups[self.dice.below(self.hub_backups.len())].clone()
        };
        self.hub = Replica::open(shelf, self.first, Some(self.authority.clone()), None).unwrap();
        // What a hub states about its own key it also keeps outside its database.
        let led = self.led.clone();
        self.hub.take_rulings(&led).unwrap();
        self.hub_epoch = Epoch(self.dice.bytes16());
        self.note(format!("restore of the hub, empty: {empty}"));
    }

    fn revoke(&mut self, device: usize) {
        let key = self.devices[device].secret.device();
        let others = self.devices.iter().any(|d| {
            d.live && d.secret.device() != key && !self.revoked.contains(&d.secret.device())
        });
        if others {
            self.hub.transaction(|hub| hub.revoke(key)).unwrap();
            self.revoked.insert(key);
            self.note(format!("revoke {device}"));
        }
    }

    /// Staff approve one void pack of a revoked device: a revocation with a higher position.
    fn approve(&mut self) {
        for space in self.spaces.clone() {
            let tray = self.hub.tray(space).unwrap();
            let Some(head) = tray.last() else { continue };
            let Some((log, seq)) = self
                .hub
                .ledger(space)
                .unwrap()
                .get(head)
                .map(|m| (m.log, m.seq))
            else {
                continue;
            };
            if !self.revoked.contains(&log.device) {
                continue;
            }
            let at = SpacePosition {
                space: space.into(),
                log,
                seq,
                head: *head,
            };
            self.hub
                .transaction(|hub| hub.state(&Body::Revocation(log.device, vec![at])))
                .unwrap();
            self.note(format!("approve {head}"));
        }
    }

    fn purge(&mut self) {
        let (_, document) = self.documents[self.dice.below(self.documents.len())];
        if self.purged.len() > 1 {
            return;
        }
        // A purge is done when the hub has it and the staff device that asked still holds it (rule 7.2).
        let staff = self.dice.below(self.devices.len());
        if !self.devices[staff].live {
            return;
        }
        let ruling = self
            .hub
            .transaction(|hub| hub.state(&Body::Purge(document.into(), document.into())))
            .unwrap();
        self.devices[staff]
            .copy
            .take_rulings(&[ruling.bytes])
            .unwrap();
        self.purged.insert(document);
        self.note(format!("purge {document}, asked by {staff}"));
    }

    /// One change's bytes rot away on one device.
    fn rot(&mut self, device: usize) {
        let space = self.spaces[self.dice.below(2)];
        let copy = &mut self.devices[device].copy;
        let heads: Vec<_> = copy
            .shelf
            .packs(space)
            .unwrap()
            .into_iter()
            .map(|r| r.head)
            .collect();
        if heads.is_empty() {
            return;
        }
        let head = heads[self.dice.below(heads.len())];
        let mut entries = copy.entries(space, &head).unwrap();
        if entries.is_empty() {
            return;
        }
        let ix = self.dice.below(entries.len());
        if entries[ix].raw.take().is_none() {
            return;
        }
        let copy = &mut self.devices[device].copy;
        copy.shelf
            .set_body(space, &head, &write_body(&entries))
            .unwrap();
        copy.shelf
            .set_verdict(space, &head, u32::try_from(ix).unwrap(), Verdict::Hole, "")
            .unwrap();
        let document = entries[ix].document;
        copy.transaction(|c| c.rebuild(space, document)).unwrap();
        self.note(format!("rot on {device} in {head}"));
    }

    /// Kill -9 and start again.
    pub(super) fn reopen(&mut self, device: usize) {
        let shelf = self.devices[device].copy.shelf.backup();
        let secret = self.devices[device].secret.clone();
        self.devices[device].copy = Replica::open(shelf, self.first, None, Some(secret)).unwrap();
        self.note(format!("{device} starts again"));
    }
}

pub(super) fn fate(dice: &mut Dice) -> Fate {
    match dice.below(12) {
        0 => Fate::Lost,
        1 => Fate::ReplyLost,
        2 => Fate::Doubled,
        3 => Fate::Shuffled,
        4 => Fate::HubDies(u32::try_from(dice.below(20)).unwrap()),
        5 => Fate::DeviceDies(u32::try_from(dice.below(20)).unwrap()),
        _ => Fate::Delivered,
    }
}
