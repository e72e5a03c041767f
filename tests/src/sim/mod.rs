//! The simulator: devices, a hub and carried files in one thread, driving the real session, settling and gate.
//!
//! One seed is one history, and each of its events draws from dice of its own, so that a history can be played without some
//! of them ([`shrink`]). Faults come first; then everybody connects and the oracles look (see [`oracle`]). Every second
//! seed is a *wild* one: more devices, clocks that jump, a second hub, a hub that is replaced, hostile peers ([`wild`]).

pub mod event;
mod exchange;
mod homes;
mod hostile;
mod kept;
mod moves;
pub mod oracle;
pub mod random;
mod reading;
mod rights;
pub mod shrink;
pub mod whereabouts;
mod wild;

use random::Dice;
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::id::HubKey;
use toso_sync::id::{DeviceKey, Epoch};
use toso_sync::key::Secret;
use toso_sync::memory::MemoryShelf;
use toso_sync::replica::{Fault, Replica};
use toso_sync::ruling::{Body, Certificate, Role, Ruling};

/// One simulated phone or PC.
#[derive(Debug)]
pub struct Device {
    /// What it runs.
    pub copy: Replica<MemoryShelf>,
    /// Its key; a clone has the same.
    pub secret: Secret,
    /// Older states of its folder.
    pub backups: Vec<MemoryShelf>,
    /// What its clock is off by, milliseconds.
    pub clock: i64,
    /// False once it is lost for good.
    pub live: bool,
}

/// Everything in one history.
#[derive(Debug)]
pub struct World {
    /// What it all follows from.
    pub seed: u64,
    /// Whether the wilder faults happen too.
    pub wild: bool,
    /// Dice of the event that is being played.
    pub dice: Dice,
    /// Milliseconds since 1970, the true time; devices' clocks are off by their own offsets.
    pub now: i64,
    /// The commune's authority of today.
    pub authority: Secret,
    /// The one it began with, which every copy was opened with.
    pub first: HubKey,
    /// The hub.
    pub hub: Replica<MemoryShelf>,
    /// The hub's epoch, new after each restore.
    pub hub_epoch: Epoch,
    /// Older states of the hub.
    pub hub_backups: Vec<MemoryShelf>,
    /// A second hub under the same key: a backup brought back elsewhere while the first one still runs.
    pub second: Option<(Replica<MemoryShelf>, Epoch)>,
    /// Enrolled devices that keep no rule.
    pub(crate) hostile: Vec<hostile::Hostile>,
    /// Successions so far, as the hub keeps them outside its database.
    pub led: Vec<Vec<u8>>,
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
        let wild = seed % 2 == 1;
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
            seed,
            wild,
            dice,
            now: 1_790_000_000_000,
            first: authority.hub(),
            authority,
            hub,
            hub_epoch,
            hub_backups: Vec::new(),
            second: None,
            hostile: Vec::new(),
            led: Vec::new(),
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
        let count = match (wild, world.dice.below(12)) {
            (false, _) => 3 + world.dice.below(3),
            (true, 0) => 9 + world.dice.below(17),
            (true, _) => 5 + world.dice.below(3),
        };
        world.enrol(Role::Staff);
        for _ in 1..count {
            world.enrol(Role::Member);
        }
        world
    }

    /// Kind of a record: the last is one that only staff write, so that rights matter.
    pub(super) fn kind_of(&self, document: RecordId) -> &'static str {
        let of_staff = self.documents.last().is_some_and(|(_, d)| *d == document);
        if of_staff { "unit" } else { "household" }
    }

    /// Enrols one more device, online.
    pub fn enrol(&mut self, role: Role) {
        let secret = Secret::from_bytes(&toso_sync::key::Random::bytes32(&mut self.dice));
        self.certify(&secret, vec![role]);
        let mut copy =
            Replica::open(MemoryShelf::new(), self.first, None, Some(secret.clone())).unwrap();
        let ids = self.hub.book().ids(None);
        copy.take_rulings(&self.hub.ruling_bytes(&ids)).unwrap();
        self.devices.push(Device {
            copy,
            secret,
            backups: Vec::new(),
            clock: 0,
            live: true,
        });
    }

    /// The authority signs a certificate for a device.
    pub fn certify(&mut self, secret: &Secret, roles: Vec<Role>) {
        self.certify_for(secret, roles, &self.spaces.clone());
    }

    /// The authority signs a certificate for a device that holds some spaces.
    pub fn certify_for(&mut self, secret: &Secret, roles: Vec<Role>, spaces: &[SpaceId]) {
        let body = self.certificate(secret, roles, spaces);
        self.hub.transaction(|hub| hub.state(&body)).unwrap();
    }

    /// The same with a hub that may not be able to write.
    pub(crate) fn try_certify(&mut self, secret: &Secret, role: Role) -> Result<Ruling, Fault> {
        let body = self.certificate(secret, vec![role], &self.spaces.clone());
        self.hub.transaction(|hub| hub.state(&body))
    }

    fn certificate(&mut self, secret: &Secret, roles: Vec<Role>, spaces: &[SpaceId]) -> Body {
        // Each later than the last, whatever the clock says.
        self.now += 1;
        Body::Certificate(Certificate {
            device: secret.device(),
            member: self.spaces[0].into(),
            roles,
            spaces: spaces.iter().map(|space| (*space).into()).collect(),
            all_spaces: spaces.len() == self.spaces.len(),
            expires: i64::MAX,
            issued: self.now,
            name: "máy".into(),
        })
    }

    /// True when a device's own newest certificate names the space.
    #[must_use]
    pub fn holds(&self, device: usize, space: SpaceId) -> bool {
        let certificate = self.devices[device].copy.certificate();
        certificate.is_some_and(|(_, certificate)| certificate.names(space))
    }

    /// What a device's clock shows, milliseconds since 1970.
    #[must_use]
    pub fn clock(&self, device: usize) -> i64 {
        (self.now + self.devices[device].clock).max(0)
    }

    /// Writes a line into the diary.
    pub fn note(&mut self, line: String) {
        self.diary.push(line);
    }
}
