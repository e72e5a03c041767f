//! The office and two members over real HTTP: the hub is the real program on port 0, the devices keep real files.
//! The whole invented commune goes in at the office and comes out whole at the doors.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failed step is a failed test"
)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use toso_tests::quick::QUICK;

use serde_json::{Value, json};
use toso_app::clock::{SystemClock, SystemRandom};
use toso_app::http::HttpLink;
use toso_app::{App, Parts, call};
use toso_tests::binary::program;
use toso_tests::commune::{Commune, Space};

/// The hub's program, ended with the test.
struct Hub {
    process: Child,
    url: String,
}

impl Hub {
    fn init(data: &Path) -> String {
        let made = Command::new(program("toso-hub"))
            .arg("init")
            .arg("--data")
            .arg(data)
            .args(["--name", "Xã Mường Khằm"])
            .output()
            .unwrap();
        let told: Value = serde_json::from_slice(&made.stdout).unwrap();
        told["staff_code"].as_str().unwrap().to_owned()
    }

    fn serve(data: &Path) -> Self {
        Self::serve_at(data, "127.0.0.1:0")
    }

    fn serve_at(data: &Path, address: &str) -> Self {
        let mut process = Command::new(program("toso-hub"))
            .arg("serve")
            .arg("--data")
            .arg(data)
            .args(["--listen", address])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        let url = told["listening"].as_str().unwrap().to_owned();
        Self { process, url }
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Somebody with a device.
struct Person {
    app: App,
    name: &'static str,
}

impl Person {
    fn new(folder: &Path, name: &'static str) -> Self {
        let app = App::new(Parts {
            folder: folder.join(name),
            clock: Box::new(SystemClock),
            random: Box::new(SystemRandom),
            link: Box::new(HttpLink::new().unwrap()),
            keys: None,
            phone: None,
            machine: name.to_owned(),
            cost: QUICK,
        });
        Self { app, name }
    }

    fn done(&self, call_name: &str, input: Value) -> Value {
        call(&self.app, call_name, input).unwrap_or_else(|error| {
            panic!(
                "{}: {call_name}: {}",
                self.name,
                serde_json::to_string(&error.to_json()).unwrap()
            )
        })
    }

    fn enrol(&self, hub: &Hub, code: &str, pin: &str) -> Value {
        self.done(
            "enrol.start",
            json!({ "url": hub.url, "code": code, "name": format!("Máy của {}", self.name), "pin": pin }),
        )
    }

    fn sync(&self) -> Value {
        self.done("sync.run", json!({}))
    }

    /// What this device holds of a record, without what is its own: where it stands with the hub.
    fn get(&self, id: &str) -> Value {
        let mut record = self.done("record.get", json!({ "id": id }));
        record.as_object_mut().unwrap().remove("sync");
        record
    }
}

/// The office lets a member's device in: invited, asked, compared, approved.
fn let_in(
    office: &Person,
    hub: &Hub,
    folder: &Path,
    name: &'static str,
    commune: &Commune,
) -> Person {
    let actor = commune.actor(name).unwrap();
    let team = commune.space_id(Space::Team(actor.team.unwrap()));
    let invited = office.done(
        "member.invite",
        json!({ "member": actor.member, "roles": ["member"], "teams": [team] }),
    );
    let person = Person::new(folder, name);
    let asked = person.enrol(hub, invited["code"].as_str().unwrap(), "135790");
    assert_eq!(asked["state"], "pending");
    office.done(
        "device.approve",
        json!({ "device": asked["device_id"], "check_number": asked["check_number"] }),
    );
    assert_eq!(person.done("enrol.state", json!({}))["state"], "active");
    person
}

#[test]
fn a_whole_commune_goes_in_at_the_office_and_comes_out_at_the_doors_with_a_clash_all_see_settled() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("hub");
    let code = Hub::init(&data);
    let hub = Hub::serve(&data);
    let office = Person::new(folder.path(), "Hoa");
    assert_eq!(
        office.enrol(&hub, &code, "mat khau van phong")["state"],
        "active"
    );
    office.sync();
    let invented = Commune::invent(2026);
    // The commune's space is the hub's own; its unit record takes that id, and all that named the invented one follow.
    let spaces = office.done("space.list", json!({}));
    let ours = spaces[0]["id"].as_str().unwrap().to_owned();
    let place = |id: &str| {
        if id == invented.id {
            ours.clone()
        } else {
            id.to_owned()
        }
    };
    for record in &invented.records {
        let text = serde_json::to_string(&record.fields).unwrap();
        let fields: Value = serde_json::from_str(&text.replace(&invented.id, &ours)).unwrap();
        let space = place(invented.space_id(record.space));
        office.done(
            "record.create",
            json!({ "space": space, "kind": record.kind, "id": place(&record.id), "fields": fields }),
        );
        if record.kind == "team" {
            office.sync();
        }
    }
    let pushed = office.sync();
    assert_eq!(pushed["waiting"], 0, "{pushed}");

    let lan = let_in(&office, &hub, folder.path(), "Lan", &invented);
    let pao = let_in(&office, &hub, folder.path(), "Páo", &invented);
    lan.sync();
    pao.sync();
    let here: Vec<&str> = invented
        .of_kind("household")
        .filter(|household| household.space == Space::Team(0))
        .map(|household| household.id.as_str())
        .collect();
    for id in &here {
        assert_eq!(lan.get(id), office.get(id));
        assert_eq!(pao.get(id), office.get(id));
    }
    let elsewhere = invented
        .of_kind("household")
        .find(|household| household.space == Space::Team(1))
        .unwrap();
    let refused = call(&lan.app, "record.get", json!({ "id": elsewhere.id }));
    assert!(refused.is_err(), "another team's household reached Lan");

    let id = here[3];
    lan.done(
        "record.save",
        json!({ "id": id, "patch": { "head_name": "Vừ Bá Chò", "phone": "0912 345 678" } }),
    );
    pao.done(
        "record.save",
        json!({ "id": id, "patch": { "head_name": "Vừ Bá Trò", "address": "Đầu dốc" } }),
    );
    for person in [&lan, &pao, &lan, &office] {
        person.sync();
    }
    let seen = office.get(id);
    assert_eq!(
        seen["clashes"]["head_name"].as_array().unwrap().len(),
        2,
        "{seen}"
    );
    assert_eq!(seen["fields"]["phone"], "+84912345678");
    assert_eq!(seen["fields"]["address"], "Đầu dốc");
    assert_eq!(lan.get(id), seen);
    assert_eq!(pao.get(id), seen);
    office.done(
        "clash.settle",
        json!({ "id": id, "field": "head_name", "value": "Vừ Bá Chò" }),
    );
    for person in [&office, &lan, &pao] {
        person.sync();
    }
    let settled = office.get(id);
    assert_eq!(settled["clashes"], json!({}));
    assert_eq!(settled["fields"]["head_name"], "Vừ Bá Chò");
    assert_eq!(lan.get(id), settled);
    assert_eq!(pao.get(id), settled);
    let find = |person: &Person| person.done("search", json!({ "text": "vu ba cho" }));
    assert_eq!(find(&lan), find(&pao));
    assert!(!find(&lan).as_array().unwrap().is_empty());

    // The view is made of packs and rulings alone: dropped and made again on each device it is the same, and the same on all.
    let team = invented.space_id(Space::Team(0)).parse().unwrap();
    let view = office.app.view_hash(team).unwrap();
    for person in [&office, &lan, &pao] {
        assert_eq!(person.app.view_hash(team).unwrap(), view, "{}", person.name);
        person.app.rebuild_view().unwrap();
        let rebuilt = person.app.view_hash(team).unwrap();
        assert_eq!(rebuilt, view, "{}: made again", person.name);
        assert_eq!(find(person), find(&lan), "{}: search", person.name);
    }
}

#[test]
fn an_office_that_was_away_follows_the_commune_to_its_new_key() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("hub");
    let code = Hub::init(&data);
    let hub = Hub::serve(&data);
    let office = Person::new(folder.path(), "Hoa");
    office.enrol(&hub, &code, "mat khau van phong");
    office.sync();
    let space = office.done("space.list", json!({}))[0]["id"].clone();
    let fields = json!({ "name": "Xã Mường Khằm", "unit_kind": "xa" });
    office.done(
        "record.create",
        json!({ "space": space, "kind": "unit", "id": space, "fields": fields }),
    );
    let address = hub.url.strip_prefix("http://").unwrap().to_owned();
    drop(hub);
    let changed = Command::new(program("toso-hub"))
        .args(["new-key", "--data"])
        .arg(&data)
        .output();
    assert!(changed.unwrap().status.success());
    let _hub = Hub::serve_at(&data, &address);
    // One that holds a session, and one that was started anew; calls of staff first.
    let again = Person::new(folder.path(), "Hoa");
    assert_eq!(office.sync()["waiting"], 0);
    office.done("profile.lock", json!({}));
    drop(office);
    again.done("profile.unlock", json!({ "pin": "mat khau van phong" }));
    assert!(again.done("device.list", json!({})).is_array());
    again.sync();
}
