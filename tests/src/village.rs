//! An invented village as test values: Lan and Páo with their phones, chị Hoa with the office PC, and the hub.
//!
//! Everything runs the product's own protocol code over shelves in memory. Meeting the hub is a real session; handing a
//! file from phone to phone stands for everything that goes without the hub.

mod forge;
mod look;

pub use look::*;

use crate::sim::random::Dice;
use toso_domain::crdt::{ChangeHash, Patch, Scalar};
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::carried::{Carried, To, export, import};
use toso_sync::id::{Epoch, Head, Log, Position};
use toso_sync::key::{Random, Secret};
use toso_sync::memory::MemoryShelf;
use toso_sync::message::{Ask, Tell, read_tell, sign_tell};
use toso_sync::pack::{decode, encode};
use toso_sync::replica::Replica;
use toso_sync::ruling::{Body, Certificate, Role, Ruling, SpacePosition};
use toso_sync::session::{Progress, Session};

/// 1 January 2026, milliseconds: when every story begins.
pub const MORNING: i64 = 1_767_225_600_000;

/// The space of the village's team.
#[must_use]
pub fn team() -> SpaceId {
    SpaceId::from_bytes([0x7e; 16])
}

/// The space of the neighbouring village's team.
#[must_use]
pub fn neighbours() -> SpaceId {
    SpaceId::from_bytes([0x8e; 16])
}

/// The n-th record of a story.
#[must_use]
pub fn record(n: u8) -> RecordId {
    RecordId::from_bytes([n; 16])
}

/// Somebody with a device.
#[derive(Debug)]
pub struct Person {
    /// What the device runs.
    pub copy: Replica<MemoryShelf>,
    /// The device's key.
    pub secret: Secret,
    /// Its random bytes.
    pub dice: Dice,
    /// Its clock, milliseconds since 1970; each action takes a second.
    pub clock: i64,
    /// The spaces it syncs.
    pub spaces: Vec<SpaceId>,
}

/// The hub of the commune.
#[derive(Debug)]
pub struct Hub {
    /// What it runs.
    pub copy: Replica<MemoryShelf>,
    /// The commune's key.
    pub authority: Secret,
    /// Its epoch.
    pub epoch: Epoch,
    /// Its clock, milliseconds since 1970.
    pub clock: i64,
}

/// The hub and three enrolled devices, none of which has written anything.
#[derive(Debug)]
pub struct Village {
    /// The hub.
    pub hub: Hub,
    /// Lan, a member of the team.
    pub lan: Person,
    /// Páo, a member of the team.
    pub pao: Person,
    /// Chị Hoa, staff of the commune.
    pub hoa: Person,
}

impl Village {
    /// The same village every time.
    #[must_use]
    pub fn new() -> Self {
        let authority = Secret::from_bytes(&[1; 32]);
        let copy = Replica::open(
            MemoryShelf::new(),
            authority.hub(),
            Some(authority.clone()),
            None,
        )
        .unwrap();
        let mut hub = Hub {
            copy,
            authority,
            epoch: Epoch([2; 16]),
            clock: MORNING,
        };
        let mut village = Self {
            lan: hub.enrols(3, Role::Member),
            pao: hub.enrols(4, Role::Member),
            hoa: hub.enrols(5, Role::Staff),
            hub,
        };
        let Self { hub, lan, pao, hoa } = &mut village;
        for person in [lan, pao, hoa] {
            hub.speaks_to(person);
        }
        village
    }
}

impl Default for Village {
    fn default() -> Self {
        Self::new()
    }
}

impl Hub {
    /// Enrols a new device, drawn from `seed`; it has every ruling of this moment.
    pub fn enrols(&mut self, seed: u8, role: Role) -> Person {
        let secret = Secret::from_bytes(&[seed; 32]);
        self.certifies(&secret, role);
        let copy = Replica::open(
            MemoryShelf::new(),
            self.authority.hub(),
            None,
            Some(secret.clone()),
        );
        let mut person = Person {
            copy: copy.unwrap(),
            secret,
            dice: Dice::new(u64::from(seed)),
            clock: MORNING,
            spaces: vec![team()],
        };
        self.speaks_to(&mut person);
        person
    }

    /// Gives somebody every ruling of this moment.
    pub fn speaks_to(&self, person: &mut Person) {
        let ids = self.copy.book().ids(None);
        let given = self.copy.ruling_bytes(&ids);
        person.copy.take_rulings(&given).unwrap();
    }

    /// Signs a certificate for a device.
    pub fn certifies(&mut self, secret: &Secret, role: Role) -> Ruling {
        self.certifies_for(secret, role, team())
    }

    /// Signs a certificate for a device of another team.
    pub fn certifies_for(&mut self, secret: &Secret, role: Role, space: SpaceId) -> Ruling {
        self.clock += 1_000;
        self.states(&Body::Certificate(Certificate {
            device: secret.device(),
            member: record(200).into(),
            roles: vec![role],
            spaces: vec![space.into()],
            all_spaces: role == Role::Staff,
            expires: MORNING + 90 * 86_400_000,
            issued: self.clock,
            name: "máy".into(),
        }))
    }

    /// Signs a ruling.
    pub fn states(&mut self, body: &Body) -> Ruling {
        self.copy.transaction(|hub| hub.state(body)).unwrap()
    }

    /// Revokes a device where the hub now holds its logs.
    pub fn revokes(&mut self, person: &Person) -> Ruling {
        let device = person.secret.device();
        self.copy.transaction(|hub| hub.revoke(device)).unwrap()
    }

    /// Staff approve a revoked device's log up to a pack that lies in the tray.
    pub fn approves(&mut self, head: Head) -> Ruling {
        let meta = self.copy.ledger(team()).unwrap().get(&head).unwrap();
        let (log, seq) = (meta.log, meta.seq);
        let space = team().into();
        let at = SpacePosition {
            space,
            log,
            seq,
            head,
        };
        self.states(&Body::Revocation(log.device, vec![at]))
    }

    /// The hub's machine is put back to an older state, or to nothing.
    pub fn is_restored(&mut self, shelf: MemoryShelf) {
        let authority = self.authority.clone();
        self.copy = Replica::open(shelf, authority.hub(), Some(authority), None).unwrap();
        self.epoch = Epoch(self.epoch.0.map(|byte| byte.wrapping_add(1)));
    }

    /// One request of an exchange, over encoded bytes and a signature as on the wire.
    pub fn tells(&mut self, person: &Person, ask: &Ask) -> Tell {
        let sent = encode(ask);
        let read: Ask = decode(&sent).unwrap();
        self.clock += 1_000;
        let device = person.secret.device();
        let tell = self
            .copy
            .answer(&device, &read, self.epoch, self.clock)
            .unwrap();
        let bytes = sign_tell(&self.authority, &sent, &tell);
        read_tell(|key| *key == self.authority.hub(), &sent, &bytes).unwrap()
    }

    /// A whole exchange with a device, until nothing is left.
    pub fn meets(&mut self, person: &mut Person) -> Progress {
        person.clock += 1_000;
        let Person {
            copy,
            dice,
            clock,
            spaces,
            ..
        } = person;
        let mut session = Session::start(copy, spaces, *clock, dice).unwrap();
        for _ in 0..60 {
            if session.is_done() {
                return session.progress;
            }
            let ask = session.ask(&mut person.copy).unwrap();
            let mut tell = self.tells(person, &ask);
            while session
                .take_some(&mut person.copy, &mut tell, person.clock, &|| true)
                .unwrap()
            {}
            session
                .take(&mut person.copy, &tell, person.clock, &mut person.dice)
                .unwrap();
        }
        panic!("the exchange does not end");
    }

    /// Meets everybody until nothing moves any more.
    pub fn meets_all(&mut self, people: &mut [&mut Person]) {
        let mut quiet = 0;
        for _ in 0..10 {
            let mut moved = 0;
            for person in people.iter_mut() {
                let progress = self.meets(person);
                moved += progress.pushed.0 + progress.pulled.0;
            }
            quiet = if moved == 0 { quiet + 1 } else { 0 };
            if quiet == 2 {
                return;
            }
        }
        panic!("the copies never go quiet");
    }
}

impl Person {
    /// Saves fields of a record, making it when it is not there.
    ///
    /// # Errors
    /// The code the save was refused with.
    pub fn writes(
        &mut self,
        document: RecordId,
        kind: &str,
        fields: &[(&str, &str)],
    ) -> Result<ChangeHash, &'static str> {
        self.writes_in(team(), document, kind, fields)
    }

    /// Saves fields of a record in a space.
    ///
    /// # Errors
    /// The code the save was refused with.
    pub fn writes_in(
        &mut self,
        space: SpaceId,
        document: RecordId,
        kind: &str,
        fields: &[(&str, &str)],
    ) -> Result<ChangeHash, &'static str> {
        self.clock += 1_000;
        let mut patch: Patch = fields
            .iter()
            .map(|(key, text)| ((*key).into(), Some(Scalar::Text((*text).into()))))
            .collect();
        if self.copy.document(space, document).unwrap().is_none() {
            patch.extend(genesis(kind, self.dice.bytes16()));
        }
        let Self {
            copy, dice, clock, ..
        } = self;
        let saved = copy.save(space, document, kind, &patch, *clock, dice);
        saved
            .map(|saved| saved.change.unwrap())
            .map_err(|fault| fault.code)
    }

    /// Saves fields of a household and seals them: one pack.
    pub fn notes(&mut self, document: RecordId, fields: &[(&str, &str)]) -> Head {
        self.writes(document, "household", fields).unwrap();
        self.seals();
        self.top().unwrap().head
    }

    /// Seals what is saved.
    pub fn seals(&mut self) {
        self.clock += 1_000;
        let Self {
            copy, dice, clock, ..
        } = self;
        copy.seal(team(), *clock, dice).unwrap();
    }

    /// The log this device writes to now.
    #[must_use]
    pub fn log(&self) -> Option<Log> {
        self.copy.current_log(team()).unwrap()
    }

    /// Where that log ends.
    pub fn top(&mut self) -> Option<Position> {
        let log = self.log()?;
        self.copy.ledger(team()).unwrap().top(&log)
    }

    /// A file for everybody whose certificate is known here, holding all of this phone.
    pub fn file(&mut self) -> Vec<u8> {
        let mut file = Vec::new();
        self.seals();
        export(&mut self.copy, &[team()], To::Devices, &mut file).unwrap();
        file
    }

    /// Hands a file to somebody.
    pub fn hands_file_to(&mut self, other: &mut Self) -> Carried {
        let file = self.file();
        other.takes(&file)
    }

    /// Takes a file.
    pub fn takes(&mut self, mut file: &[u8]) -> Carried {
        self.clock += 1_000;
        import(&mut self.copy, &|_, _| true, &mut file, self.clock).unwrap()
    }

    /// The phone starts on an older or copied folder without noticing.
    pub fn is_restored(&mut self, shelf: MemoryShelf) {
        let authority = self.copy.authority_key();
        self.copy = Replica::open(shelf, authority, None, Some(self.secret.clone())).unwrap();
    }

    /// What runs on a second phone that got a copy of this one's folder and did not notice.
    #[must_use]
    pub fn copy_of_the_phone(&self) -> Replica<MemoryShelf> {
        let authority = self.copy.authority_key();
        let shelf = self.copy.shelf.backup();
        Replica::open(shelf, authority, None, Some(self.secret.clone())).unwrap()
    }

    /// The texts of a field, the one shown first.
    #[must_use]
    pub fn reads(&self, document: RecordId, key: &str) -> Vec<String> {
        texts(&self.copy, document, key)
    }
}

/// What every new record carries.
fn genesis(kind: &str, salt: [u8; 16]) -> Patch {
    Patch::from([
        ("_kind".into(), Some(Scalar::Text(kind.into()))),
        ("_v".into(), Some(Scalar::Int(1))),
        ("_salt".into(), Some(Scalar::Bytes(salt.to_vec()))),
    ])
}
