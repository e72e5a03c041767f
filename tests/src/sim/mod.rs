//! The simulator: devices, a hub and carried files in one thread, driving the real session, settling and gate.
//!
//! One seed is one history. Faults come first; then everybody connects and the oracles look (see [`oracle`]).

pub mod event;
mod homes;
mod moves;
pub mod oracle;
pub mod random;
mod reading;
pub mod whereabouts;

use random::Dice;
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::id::{DeviceKey, Epoch};
use toso_sync::key::Secret;
use toso_sync::limits::Limits;
use toso_sync::memory::MemoryShelf;
use toso_sync::message::{Ask, Tell, read_tell, sign_tell};
use toso_sync::pack::{decode, encode};
use toso_sync::replica::{Fault, Replica};
use toso_sync::ruling::{Body, Certificate, Role};
use toso_sync::session::{Progress, Session};

/// One simulated phone or PC.
#[derive(Debug)]
pub struct Device {
    /// What it runs.
    pub copy: Replica<MemoryShelf>,
    /// Its key; a clone has the same.
    pub secret: Secret,
    /// Older states of its folder.
    pub backups: Vec<MemoryShelf>,
    /// False once it is lost for good.
    pub live: bool,
}

/// Everything in one history.
#[derive(Debug)]
pub struct World {
    /// The seed's dice.
    pub dice: Dice,
    /// Milliseconds since 1970, the true time; devices' clocks are off by their own offsets.
    pub now: i64,
    /// The commune's authority.
    pub authority: Secret,
    /// The hub.
    pub hub: Replica<MemoryShelf>,
    /// The hub's epoch, new after each restore.
    pub hub_epoch: Epoch,
    /// Older states of the hub.
    pub hub_backups: Vec<MemoryShelf>,
    /// Devices, lost ones too.
    pub devices: Vec<Device>,
    /// The spaces.
    pub spaces: Vec<SpaceId>,
    /// Documents of each space, created or to be created.
    pub documents: Vec<(SpaceId, RecordId)>,
    /// Carried files lying around.
    pub files: Vec<Vec<u8>>,
    /// Documents staff asked to erase.
    pub purged: BTreeSet<RecordId>,
    /// Devices staff revoked.
    pub revoked: BTreeSet<DeviceKey>,
    /// Edits by number: the unique value written.
    pub edits: BTreeMap<u64, (SpaceId, RecordId)>,
    /// Edits a person decided not to take over after a hand-over.
    pub decided: BTreeSet<u64>,
    /// In a quarter of the histories the hub now and then takes little: dice of its own, gone once everybody connects.
    pub stingy: Option<Dice>,
    /// What happened, one line each, shown when an oracle fails.
    pub diary: Vec<String>,
}

impl World {
    /// A commune with two spaces and `devices` enrolled devices, everything drawn from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let authority = Secret::from_bytes(&toso_sync::key::Random::bytes32(&mut dice));
        let hub = Replica::open(
            MemoryShelf::new(),
            authority.hub(),
            Some(authority.clone()),
            None,
        )
        .unwrap();
        let spaces: Vec<SpaceId> = (0..2)
            .map(|_| SpaceId::from_bytes(toso_sync::key::Random::bytes16(&mut dice)))
            .collect();
        let documents = (0..6)
            .map(|n| {
                (
                    spaces[n % 2],
                    RecordId::from_bytes(toso_sync::key::Random::bytes16(&mut dice)),
                )
            })
            .collect();
        let hub_epoch = Epoch(toso_sync::key::Random::bytes16(&mut dice));
        let mut world = Self {
            dice,
            now: 1_790_000_000_000,
            authority,
            hub,
            hub_epoch,
            hub_backups: Vec::new(),
            devices: Vec::new(),
            spaces,
            documents,
            files: Vec::new(),
            purged: BTreeSet::new(),
            revoked: BTreeSet::new(),
            edits: BTreeMap::new(),
            decided: BTreeSet::new(),
            stingy: matches!(seed % 8, 3 | 5).then(|| Dice::new(!seed)),
            diary: Vec::new(),
        };
        let count = 3 + world.dice.below(3);
        world.enrol(Role::Staff);
        for _ in 1..count {
            world.enrol(Role::Member);
        }
        world
    }

    /// Enrols one more device, online.
    pub fn enrol(&mut self, role: Role) {
        let secret = Secret::from_bytes(&toso_sync::key::Random::bytes32(&mut self.dice));
        self.certify(&secret, vec![role]);
        let mut copy = Replica::open(
            MemoryShelf::new(),
            self.authority.hub(),
            None,
            Some(secret.clone()),
        )
        .unwrap();
        let ids = self.hub.book().ids(None);
        copy.take_rulings(&self.hub.ruling_bytes(&ids)).unwrap();
        self.devices.push(Device {
            copy,
            secret,
            backups: Vec::new(),
            live: true,
        });
    }

    /// The authority signs a certificate for a device.
    pub fn certify(&mut self, secret: &Secret, roles: Vec<Role>) {
        self.certify_for(secret, roles, &self.spaces.clone());
    }

    /// The authority signs a certificate for a device that holds some spaces.
    pub fn certify_for(&mut self, secret: &Secret, roles: Vec<Role>, spaces: &[SpaceId]) {
        // Each later than the last, whatever the clock says.
        self.now += 1;
        let body = Body::Certificate(Certificate {
            device: secret.device(),
            member: self.spaces[0].into(),
            roles,
            spaces: spaces.iter().map(|space| (*space).into()).collect(),
            all_spaces: spaces.len() == self.spaces.len(),
            expires: i64::MAX,
            issued: self.now,
            name: "máy".into(),
        });
        self.hub.transaction(|hub| hub.state(&body)).unwrap();
    }

    /// True when a device's own newest certificate names the space.
    #[must_use]
    pub fn holds(&self, device: usize, space: SpaceId) -> bool {
        let certificate = self.devices[device].copy.certificate();
        certificate.is_some_and(|(_, certificate)| certificate.names(space))
    }

    /// A whole exchange of one device over an honest network. Answers what it did.
    ///
    /// # Errors
    /// Faults of the copies.
    pub fn sync(&mut self, device: usize) -> Result<Progress, Fault> {
        self.exchange(device, &mut |_, _| Fate::Delivered)
    }

    /// What the hub takes in the next request: as usual, or little of what is new or void.
    fn stint(&mut self) {
        let mut limits = Limits::default();
        if let Some(dice) = &mut self.stingy {
            if dice.chance(15) {
                limits.allowance = Some(dice.below(1_500) as u64);
            }
            if dice.chance(15) {
                limits.tray_bytes = dice.below(1_500) as u64;
            }
        }
        self.hub.limits = limits;
    }

    /// An exchange in which `fate` decides what becomes of each request.
    ///
    /// # Errors
    /// Faults of the copies; `cut` when the network ended it.
    pub fn exchange(
        &mut self,
        device: usize,
        fate: &mut dyn FnMut(&mut Dice, usize) -> Fate,
    ) -> Result<Progress, Fault> {
        let now = self.now;
        let spaces = self.spaces.clone();
        let mut session =
            Session::start(&mut self.devices[device].copy, &spaces, now, &mut self.dice)?;
        let mut rounds = 0;
        while !session.is_done() {
            rounds += 1;
            assert!(
                rounds < 400,
                "an exchange must end\n{}",
                self.diary[self.diary.len().saturating_sub(60)..].join("\n")
            );
            let mut ask = session.ask(&mut self.devices[device].copy)?;
            let fate = fate(&mut self.dice, rounds);
            if fate == Fate::Lost {
                return Err(Fault::new("cut"));
            }
            if fate == Fate::Shuffled {
                for part in &mut ask.spaces {
                    self.dice.shuffle(&mut part.packs);
                }
            }
            let sent = encode(&ask);
            let read: Ask = decode(&sent).expect("what we encode we decode");
            assert_eq!(read, ask, "the wire keeps every field");
            let key = self.devices[device].secret.device();
            if let Fate::HubDies(after) = fate {
                self.hub.shelf.fail_in = Some(after);
            }
            self.stint();
            let told = self.hub.answer(&key, &read, self.hub_epoch, now);
            self.hub.shelf.fail_in = None;
            let mut tell = match told {
                Ok(tell) => tell,
                Err(_) => {
                    self.hub.reload()?;
                    return Err(Fault::new("cut"));
                }
            };
            if fate == Fate::Doubled {
                tell = self.hub.answer(&key, &read, self.hub_epoch, now)?;
            }
            if fate == Fate::ReplyLost {
                return Err(Fault::new("cut"));
            }
            if fate == Fate::Shuffled {
                for part in &mut tell.spaces {
                    self.dice.shuffle(&mut part.packs);
                }
            }
            let bytes = sign_tell(&self.authority, &sent, &tell);
            let mut tell: Tell = read_tell(|k| *k == self.authority.hub(), &sent, &bytes)?;
            let Self {
                devices,
                dice,
                diary,
                ..
            } = self;
            if let Fate::DeviceDies(after) = fate {
                devices[device].copy.shelf.fail_in = Some(after);
            }
            if rounds > 390 {
                for (a, t) in ask.spaces.iter().zip(&tell.spaces) {
                    self_note(
                        diary,
                        format!(
                            "{} gives {} packs {} tray {} heals of {:?}; hub {} gives {} packs {} receipts {} tray {} heals, not {:?}, wants {:?} more {} rulings {} / {}",
                            device,
                            a.packs.len(),
                            a.tray_packs.len(),
                            a.heals.len(),
                            a.tray.len(),
                            t.state,
                            t.packs.len(),
                            t.give_receipts.len(),
                            t.tray_packs.len(),
                            t.heals.len(),
                            t.not_taken,
                            t.want_tray.len(),
                            t.more,
                            ask.give_rulings.len(),
                            tell.give_rulings.len()
                        ),
                    );
                }
            }
            let copy = &mut devices[device].copy;
            // Every other answer in slices, as the app takes it; a device may die between them.
            let mut more = Ok(rounds % 2 == 1);
            while let Ok(true) = more {
                more = session.take_some(copy, &mut tell, now);
            }
            let taken = more.and_then(|_| session.take(copy, &tell, now, dice));
            devices[device].copy.shelf.fail_in = None;
            if taken.is_err() {
                devices[device].copy.reload()?;
                return Err(Fault::new("cut"));
            }
        }
        Ok(session.progress)
    }

    /// Writes a line into the diary.
    pub fn note(&mut self, line: String) {
        self.diary.push(line);
    }
}

fn self_note(diary: &mut Vec<String>, line: String) {
    diary.push(line);
}

/// What becomes of one request and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Both arrive.
    Delivered,
    /// The request never arrives.
    Lost,
    /// The hub took it, the answer never arrives.
    ReplyLost,
    /// The request arrives twice.
    Doubled,
    /// Packs arrive in another order.
    Shuffled,
    /// The hub dies at its n-th write.
    HubDies(u32),
    /// The device dies at its n-th write.
    DeviceDies(u32),
}
