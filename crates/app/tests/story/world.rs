//! A commune in one process: a hub that keeps in memory, devices that keep on real files.

mod way;

use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use toso_app::clock::{Clock, Random};
use toso_app::link::{Caller, Enrolled, Hub, Invited, Link};
use toso_app::phone::Phone;
use toso_app::{App, CallError, Called, Parts, call};
use toso_domain::id::{RecordId, SpaceId};
use toso_store::Cost;
use toso_sync::id::{DeviceKey, Epoch};
use toso_sync::key::Secret;
use toso_sync::memory::MemoryShelf;
use toso_sync::message::{Ask, sign_tell};
use toso_sync::pack::{decode, encode};
use toso_sync::replica::Replica;
use toso_sync::ruling::{Body, Certificate, Role};
use way::Way;

/// 1 October 2026, 08:00 in Việt Nam.
pub const START: i64 = 1_790_816_400_000;
pub const DAY: i64 = 86_400_000;

/// A clock the story moves.
#[derive(Debug, Clone)]
pub struct StoryClock(pub Arc<AtomicI64>);

impl Clock for StoryClock {
    fn now(&self) -> i64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }

    /// Stands: no story waits for a PIN, and the phone's clock is what people set.
    fn steady(&self) -> i64 {
        0
    }
}

/// Random bytes from a seed.
#[derive(Debug)]
pub struct Seeded(pub u64);

impl Random for Seeded {
    fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *byte = (self.0 >> 56) as u8;
        }
    }
}

/// The hub: the protocol's own replica over memory, and the devices it let in.
pub struct Commune {
    hub: Mutex<Replica<MemoryShelf>>,
    authority: Secret,
    pub space: SpaceId,
    pub team: SpaceId,
    pub clock: Arc<AtomicI64>,
    online: AtomicBool,
    folder: tempfile::TempDir,
    devices: Mutex<Vec<(String, DeviceKey)>>,
    /// The network between.
    pub way: Way,
}

impl Commune {
    /// A commune with one team, and its first staff device.
    pub fn new() -> (Arc<Self>, Person) {
        let authority = Secret::from_bytes(&[42; 32]);
        let hub = Replica::open(
            MemoryShelf::new(),
            authority.hub(),
            Some(authority.clone()),
            None,
        )
        .unwrap();
        let commune = Arc::new(Self {
            hub: Mutex::new(hub),
            authority,
            space: SpaceId::from_bytes([1; 16]),
            team: SpaceId::from_bytes([2; 16]),
            clock: Arc::new(AtomicI64::new(START)),
            online: AtomicBool::new(true),
            folder: tempfile::tempdir().unwrap(),
            devices: Mutex::new(Vec::new()),
            way: Way::default(),
        });
        let staff = commune.person("Hà", &[Role::Staff], "mat khau rat dai");
        staff.done(
            "record.create",
            json!({ "space": commune.space, "kind": "unit", "id": commune.space,
                "fields": { "name": "Xã Mường Lống", "unit_kind": "xa" } }),
        );
        staff.done(
            "record.create",
            json!({ "space": commune.space, "kind": "team", "id": commune.team, "fields": { "name": "Tổ Huồi Tụ", "team_kind": "cap_thon", "unit": commune.space } }),
        );
        staff.sync();
        (commune, staff)
    }

    /// Enrols a person's device and approves it at once.
    pub fn person(self: &Arc<Self>, name: &str, roles: &[Role], pin: &str) -> Person {
        let person = self.again(name, pin);
        let told = person.done(
            "enrol.start",
            json!({ "url": "http://127.0.0.1:1", "code": name, "name": format!("Máy của {name}"), "pin": pin }),
        );
        assert_eq!(told["state"], "pending");
        assert_eq!(told["check_number"], "123456");
        self.certify(name, person.member, roles);
        person.sync();
        person
    }

    pub fn certify(&self, name: &str, member: RecordId, roles: &[Role]) {
        let device = self
            .devices
            .lock()
            .unwrap()
            .iter()
            .rfind(|(n, _)| n.contains(name))
            .unwrap()
            .1;
        let now = self.clock.load(Ordering::SeqCst);
        let body = Body::Certificate(Certificate {
            device,
            member: member.into(),
            roles: roles.to_vec(),
            spaces: vec![self.space.into(), self.team.into()],
            all_spaces: roles.contains(&Role::Staff),
            expires: now + 400 * DAY,
            issued: now,
            name: format!("Máy của {name}"),
        });
        self.state(&body);
    }

    /// The hub signs a ruling.
    pub fn state(&self, body: &Body) {
        let mut hub = self.hub.lock().unwrap();
        hub.transaction(|hub| hub.state(body)).unwrap();
    }

    /// Staff revoke a device where the hub holds it now.
    pub fn revoke(&self, device: DeviceKey) {
        let mut hub = self.hub.lock().unwrap();
        hub.transaction(|hub| hub.revoke(device)).unwrap();
    }

    /// Packs of the team set aside at the hub.
    pub fn tray(&self) -> usize {
        self.hub.lock().unwrap().tray(self.team).unwrap().len()
    }

    /// The hub forgets everything but what it signed last: an empty disk.
    pub fn empty_hub(&self) {
        *self.hub.lock().unwrap() = Replica::open(
            MemoryShelf::new(),
            self.authority.hub(),
            Some(self.authority.clone()),
            None,
        )
        .unwrap();
    }

    /// A person who is enrolled already, by name; the app is locked.
    pub fn again(self: &Arc<Self>, name: &str, pin: &str) -> Person {
        Person {
            app: self.app(name),
            name: name.to_owned(),
            pin: pin.to_owned(),
            commune: Arc::clone(self),
            member: RecordId::v5(&self.space.into(), name),
        }
    }

    /// The same on a phone.
    pub fn on_phone(self: &Arc<Self>, name: &str, pin: &str, phone: Box<dyn Phone>) -> Person {
        Person {
            app: self.app_on(name, Some(phone)),
            ..self.again(name, pin)
        }
    }

    pub fn set_online(&self, online: bool) {
        self.online.store(online, Ordering::SeqCst);
    }

    pub fn wait(&self, millis: i64) {
        self.clock.fetch_add(millis, Ordering::SeqCst);
    }

    pub fn profile(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The app over a person's folder, locked.
    pub fn app(self: &Arc<Self>, name: &str) -> App {
        self.app_on(name, None)
    }

    /// The same on a phone.
    pub fn app_on(self: &Arc<Self>, name: &str, phone: Option<Box<dyn Phone>>) -> App {
        let seed = name
            .bytes()
            .fold(self.clock.load(Ordering::SeqCst) as u64, |n, b| {
                n.wrapping_mul(131).wrapping_add(u64::from(b))
            });
        App::new(Parts {
            folder: self.profile(name),
            clock: Box::new(StoryClock(Arc::clone(&self.clock))),
            random: Box::new(Seeded(seed)),
            link: Box::new(Wire(Arc::clone(self))),
            keys: None,
            phone,
            machine: "story".into(),
            cost: Cost {
                memory_kib: 8,
                passes: 1,
                lanes: 1,
            },
        })
    }
}

/// The way to the hub, in one process.
struct Wire(Arc<Commune>);

impl Wire {
    fn up(&self) -> Called<()> {
        if self.0.online.load(Ordering::SeqCst) {
            Ok(())
        } else {
            Err(CallError::new("offline"))
        }
    }

    fn enrolled(&self) -> Enrolled {
        let hub = self.0.hub.lock().unwrap();
        Enrolled {
            hub: Hub {
                url: "http://127.0.0.1:1".into(),
                authority: self.0.authority.hub(),
                pin: None,
            },
            commune: Some(self.0.space),
            check_number: "123456".into(),
            rulings: hub.ruling_bytes(&hub.book().ids(None)),
        }
    }
}

impl Link for Wire {
    fn enrol(&self, to: &Invited, _: &str, secret: &Secret) -> Called<Enrolled> {
        self.up()?;
        let mut devices = self.0.devices.lock().unwrap();
        devices.push((to.code.clone(), secret.device()));
        Ok(self.enrolled())
    }

    fn enrol_state(&self, _: &Caller) -> Called<Vec<Vec<u8>>> {
        self.up()?;
        Ok(self.enrolled().rulings)
    }

    fn successions(&self, _: &Caller) -> Called<Vec<Vec<u8>>> {
        self.up()?;
        Ok(self.0.hub.lock().unwrap().book().successions())
    }

    fn exchange(&self, caller: &Caller, ask: &[u8], stopped: &dyn Fn() -> bool) -> Called<Vec<u8>> {
        self.up()?;
        if !self.0.way.pass(stopped) {
            return Err(CallError::new("cancelled"));
        }
        let now = self.0.clock.load(Ordering::SeqCst);
        let read: Ask = decode(ask).unwrap();
        let mut hub = self.0.hub.lock().unwrap();
        let device = caller.secret.device();
        let tell = hub.answer(&device, &read, Epoch([7; 16]), now)?;
        assert_eq!(decode::<Ask>(&encode(&read)).unwrap(), read);
        Ok(sign_tell(&self.0.authority, ask, &tell))
    }

    /// This hub keeps records only.
    fn file(&self, _: &Caller, _: &[u8], _: &dyn Fn() -> bool) -> Called<Vec<u8>> {
        Err(CallError::new("offline"))
    }

    fn staff(&self, _: &Caller, call: &str, input: &Value) -> Called<Value> {
        self.up()?;
        assert_eq!(call, "record.purge");
        let id: RecordId = input["document"].as_str().unwrap().parse().unwrap();
        self.0.state(&Body::Purge(id.into(), id.into()));
        Ok(json!({ "document": id }))
    }
}

/// A person with a device.
pub struct Person {
    pub app: App,
    pub name: String,
    pub pin: String,
    pub member: RecordId,
    commune: Arc<Commune>,
}

impl Person {
    pub fn call(&self, name: &str, input: Value) -> Called<Value> {
        call(&self.app, name, input)
    }

    /// A call that must work.
    pub fn done(&self, name: &str, input: Value) -> Value {
        self.call(name, input)
            .unwrap_or_else(|e| panic!("{}: {name}: {e} {:?}", self.name, e.detail))
    }

    /// A call that must be refused.
    pub fn refused(&self, name: &str, input: Value) -> CallError {
        match self.call(name, input) {
            Ok(told) => panic!("{}: {name} was done: {told}", self.name),
            Err(error) => error,
        }
    }

    pub fn sync(&self) -> Value {
        self.done("sync.run", json!({}))
    }

    pub fn get(&self, id: &str) -> Value {
        self.done("record.get", json!({ "id": id }))
    }

    /// A household in the team's space.
    pub fn household(&self, head: &str) -> String {
        let fields = json!({ "head_name": head, "cluster": "Huồi Tụ", "consent": "dong_y" });
        let space = self.commune.team;
        let told = self.done(
            "record.create",
            json!({ "space": space, "kind": "household", "fields": fields }),
        );
        told["id"].as_str().unwrap().to_owned()
    }

    /// Ends the process without a word and starts it again.
    pub fn restart(self) -> Self {
        let (commune, name, pin) = self.end();
        let person = commune.again(&name, &pin);
        person.done("profile.unlock", json!({ "pin": person.pin }));
        person
    }

    /// Ends the process without a word.
    pub fn end(self) -> (Arc<Commune>, String, String) {
        (self.commune, self.name, self.pin)
    }
}
