//! A hub, its office, and two members whose devices are let in.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use toso_store::{DatabaseKey, Profile, Secret, Store, key};
use toso_tests::binary::program;
use toso_tests::demo::{Hub, OFFICE_SECRET, PIN, Person};
use toso_tests::quick::QUICK;

/// Everything on disk under one folder, which stays when a test fails.
pub struct Stand {
    home: Option<TempDir>,
    pub hub: Hub,
    pub office: Person,
    /// Her device is closed: it is opened by the program that is killed.
    pub lan: PathBuf,
    pub pao: Person,
    pub team: String,
}

impl Stand {
    pub fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let hub = Hub::begin(&program("toso-hub"), home.path(), "Xã Mường Lống").unwrap();
        let office = person(home.path(), "Hoa", OFFICE_SECRET);
        enrol(&office, &hub, &hub.staff_code.clone(), OFFICE_SECRET);
        office.sync().unwrap();
        let commune = text(&office.done("space.list", json!({})).unwrap(), "/0/id");
        let unit = json!({ "space": commune, "kind": "unit", "id": commune,
            "fields": { "name": "Xã Mường Lống", "unit_kind": "xa" } });
        office.done("record.create", unit).unwrap();
        let team = json!({ "name": "Tổ Huồi Tụ", "team_kind": "cap_thon", "unit": commune });
        let team = office.create(&commune, "team", team).unwrap();
        office.sync().unwrap();
        let let_in = |name: &str| {
            let fields = json!({ "full_name": name });
            let member = office.create(&commune, "member", fields).unwrap();
            office.sync().unwrap();
            let invite = json!({ "member": member, "roles": ["member"], "teams": [team] });
            let invited = office.done("member.invite", invite).unwrap();
            let device = person(home.path(), name, PIN);
            let asked = enrol(&device, &hub, &text(&invited, "/code"), PIN);
            let approve =
                json!({ "device": asked["device_id"], "check_number": asked["check_number"] });
            office.done("device.approve", approve).unwrap();
            device.done("enrol.state", json!({})).unwrap();
            device.sync().unwrap();
            device
        };
        let (mut lan, pao) = (let_in("Lan"), let_in("Páo"));
        lan.close();
        Self {
            lan: lan.folder.clone(),
            home: Some(home),
            hub,
            office,
            pao,
            team,
        }
    }

    /// A folder of this stand.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.as_ref().unwrap().path().join(name)
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Some(home) = self.home.take()
        {
            eprintln!("kept for a look: {}", home.keep().display());
        }
    }
}

fn person(home: &Path, name: &str, secret: &str) -> Person {
    let machine = toso_app::machine();
    Person::new(&home.join(name), name, secret, &machine, QUICK).unwrap()
}

fn enrol(person: &Person, hub: &Hub, code: &str, secret: &str) -> Value {
    let name = format!("Máy của {}", person.name);
    let input = json!({ "url": hub.url, "code": code, "name": name, "pin": secret });
    person.done("enrol.start", input).unwrap()
}

/// A text in an answer.
pub fn text(answer: &Value, pointer: &str) -> String {
    let found = answer.pointer(pointer).and_then(Value::as_str);
    found
        .unwrap_or_else(|| panic!("no text at {pointer} of {answer}"))
        .to_owned()
}

/// Reads every page of a closed profile's database.
pub fn is_sound(profile: &Path) {
    let key: DatabaseKey = key::unlock(profile, Secret::Pin(PIN), 0, None).unwrap();
    let opened = Store::open(&Profile {
        folder: profile,
        key: &key,
        kinds: &[],
        machine: &toso_app::machine(),
    });
    opened.unwrap().store.check().unwrap();
}

/// Copies a folder with all in it, as private as it is.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    std::fs::set_permissions(to, from.metadata().unwrap().permissions()).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (entry, target) = {
            let entry = entry.unwrap();
            let target = to.join(entry.file_name());
            (entry, target)
        };
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
