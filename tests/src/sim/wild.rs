//! Faults of the wilder histories: clocks that jump, a hub that starts again, a second hub, a hub that is replaced, a newer
//! version about, disks that are full in the middle of anything.

use super::World;
use toso_domain::id::SpaceId;
use toso_sync::carried;
use toso_sync::id::Epoch;
use toso_sync::key::{Purpose, Random, Secret};
use toso_sync::memory::MemoryShelf;
use toso_sync::pack::encode;
use toso_sync::replica::Replica;
use toso_sync::ruling::{Body, Role, Signed};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// 1 January 2038 and 2106, a little after the clocks of 31 and 32 bits end.
const Y2038: i64 = 2_147_483_648_000;
const Y2106: i64 = 4_294_967_296_000;

impl World {
    pub(super) fn wild_event(&mut self, device: usize) {
        match self.dice.below(100) {
            0..12 => self.clock_jumps(device),
            12..20 => self.hub_restarts(),
            20..26 => self.second_hub_opens(),
            26..44 => self.meet_second(device),
            44..46 => self.retire_second(),
            46..49 => self.succeed(),
            49..53 => self.state_the_unknown(),
            53..60 => self.full_while_staff_work(device),
            60..66 => self.full_while_upkeep(device),
            _ => self.hostile_event(),
        }
    }

    /// A clock somebody set, or a battery that ran out.
    fn clock_jumps(&mut self, device: usize) {
        let by = [HOUR, DAY, 400 * DAY][self.dice.below(3)];
        let clock = match self.dice.below(6) {
            0 => by,
            1 => -by,
            2 => -self.now,
            3 => Y2038 - self.now,
            4 => Y2106 - self.now,
            _ => 0,
        };
        self.devices[device].clock = clock;
        self.note(format!("the clock of {device} is off by {clock} ms"));
    }

    /// Kill -9 of the hub, and start again.
    fn hub_restarts(&mut self) {
        let shelf = self.hub.shelf.backup();
        let authority = Some(self.authority.clone());
        self.hub = Replica::open(shelf, self.first, authority, None).unwrap();
        self.note("the hub starts again".into());
    }

    /// After a write that failed a program may be dead, or it goes on.
    pub(super) fn hub_stumbles(&mut self) {
        if self.dice.chance(50) {
            self.hub_restarts();
        }
    }

    /// The same for a device.
    pub(super) fn device_stumbles(&mut self, device: usize) {
        if self.dice.chance(50) {
            self.reopen(device);
        }
    }

    /// Somebody brings a backup of the hub to life on another machine while the first one still runs.
    fn second_hub_opens(&mut self) {
        let count = self.hub_backups.len();
        let shelf = match self.dice.below(3) {
            0 => MemoryShelf::new(),
            1 if count > 0 => self.hub_backups[self.dice.below(count)].clone(),
            _ => self.hub.shelf.backup(),
        };
        let authority = Some(self.authority.clone());
        let mut second = Replica::open(shelf, self.first, authority, None).unwrap();
        second.take_rulings(&self.led).unwrap();
        self.second = Some((second, Epoch(self.dice.bytes16())));
        self.note("a second hub opens".into());
    }

    /// What a device does with the second hub, it takes for its own.
    fn meet_second(&mut self, device: usize) {
        self.swap_hubs();
        if self.second.is_some() {
            self.note("with the second hub:".into());
            self.meet(device);
        }
        self.swap_hubs();
    }

    fn swap_hubs(&mut self) {
        if let Some((second, epoch)) = &mut self.second {
            std::mem::swap(&mut self.hub, second);
            std::mem::swap(&mut self.hub_epoch, epoch);
        }
    }

    /// The second hub is switched off, and what it has may be brought to the first.
    pub(super) fn retire_second(&mut self) {
        let Some((mut second, _)) = self.second.take() else {
            return;
        };
        if self.dice.chance(50) {
            self.note("the second hub is thrown away".into());
            return;
        }
        let mut file = Vec::new();
        carried::export_plain(&mut second, &self.spaces, &mut file).unwrap();
        let all = |_: &Replica<MemoryShelf>, _: SpaceId| true;
        let taken = carried::import(&mut self.hub, &all, &mut file.as_slice(), self.now);
        self.note(format!("the second hub's work comes home: {taken:?}"));
    }

    /// The authority hands over to a new key.
    fn succeed(&mut self) {
        let new = Secret::from_bytes(&self.dice.bytes32());
        let body = Body::Succession(new.hub());
        let stated = self.hub.transaction(|hub| hub.state(&body)).unwrap();
        self.led.push(stated.bytes);
        self.authority = new;
        self.note("the commune's key is replaced".into());
        self.hub_restarts();
    }

    /// A hub of a newer version says something nobody here understands: it is kept and passed on.
    fn state_the_unknown(&mut self) {
        let statement = self.dice.bytes32().to_vec();
        let signed = Signed {
            sig: self.authority.sign(Purpose::Ruling, &statement),
            statement,
            by: self.authority.hub(),
        };
        let taken = self.hub.take_rulings(&[encode(&signed)]).unwrap();
        assert_eq!(taken.taken, 1, "an unknown ruling is kept");
        self.note("the hub states what nobody here understands".into());
    }

    /// The hub's disk is full, or the hub dies, while staff change who may do what.
    fn full_while_staff_work(&mut self, device: usize) {
        let secret = self.devices[device].secret.clone();
        let after = u32::try_from(self.dice.below(8)).unwrap();
        let ids = self.hub.book().ids(None);
        self.hub.shelf.fail_in = Some(after);
        let done = if self.dice.chance(50) {
            self.try_certify(&secret, Role::Member)
        } else {
            let (_, document) = self.documents[self.dice.below(self.documents.len())];
            let (from, to) = (self.spaces[0], self.spaces[1]);
            self.hub
                .transaction(|hub| hub.hand_over(document, from, to))
        };
        self.hub.shelf.fail_in = None;
        if done.is_err() {
            assert_eq!(self.hub.book().ids(None), ids, "half a staff act is none");
            self.hub_stumbles();
        }
        let code = done.map_or_else(|fault| fault.code, |_| "ok");
        self.note(format!("staff work, full after {after} writes: {code}"));
    }

    /// A phone's disk is full while it seals, carries over or takes a file.
    fn full_while_upkeep(&mut self, device: usize) {
        if !self.devices[device].live {
            return;
        }
        let after = u32::try_from(self.dice.below(12)).unwrap();
        let clock = self.clock(device);
        let space = self.spaces[self.dice.below(2)];
        let file = (!self.files.is_empty() && self.dice.chance(50))
            .then(|| self.files[self.dice.below(self.files.len())].clone());
        let Self { devices, dice, .. } = self;
        let copy = &mut devices[device].copy;
        copy.shelf.fail_in = Some(after);
        let done = match file {
            Some(file) => {
                let mine = |copy: &Replica<MemoryShelf>, space| {
                    copy.certificate().is_some_and(|(_, c)| c.names(space))
                };
                carried::import(copy, &mine, &mut file.as_slice(), clock).map(drop)
            }
            None if dice.chance(50) => copy.seal(space, clock, dice).map(drop),
            None => copy.carry_due(clock, dice).map(drop),
        };
        copy.shelf.fail_in = None;
        if done.is_err() {
            self.device_stumbles(device);
        }
        let code = done.map_or_else(|fault| fault.code, |()| "ok");
        self.note(format!("{device} is full after {after} writes: {code}"));
    }
}
