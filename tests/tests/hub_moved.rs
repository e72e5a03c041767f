//! A commune's hub goes to another machine, as a backup and the folder of files beside it: the real hub on a free port,
//! real files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a failed step is a failed test"
)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use toso_domain::file::FileHash;
use toso_domain::id::SpaceId;
use toso_tests::binary;
use toso_tests::demo::{Hub, OFFICE_SECRET, PIN, Person};
use toso_tests::quick::QUICK;

/// The hub, the office, and Lan of the only team.
struct World {
    hub: Hub,
    office: Person,
    lan: Person,
    team: String,
    /// Where the hub's folder is now.
    data: PathBuf,
    home: tempfile::TempDir,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn enrolled(home: &Path, hub: &Hub, name: &str, pin: &str, code: &str) -> (Person, Value) {
    let person = Person::new(&home.join(name), name, pin, "test", QUICK).unwrap();
    let input =
        json!({ "url": hub.url, "code": code, "name": format!("Máy của {name}"), "pin": pin });
    let asked = person.done("enrol.start", input).unwrap();
    (person, asked)
}

impl World {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let hub = Hub::begin(&binary::program("toso-hub"), home.path(), "Xã Mường Khằm").unwrap();
        let (office, _) = enrolled(home.path(), &hub, "Hoa", OFFICE_SECRET, &hub.staff_code);
        office.sync().unwrap();
        let commune = text(&office.done("space.list", json!({})).unwrap()[0]["id"]);
        let fields = json!({ "name": "Tổ Bản Nà Phầy", "team_kind": "cap_thon", "unit": commune });
        let team = office.create(&commune, "team", fields).unwrap();
        let member = json!({ "full_name": "Lan", "team": team });
        let member = office.create(&commune, "member", member).unwrap();
        let input = json!({ "member": member, "roles": ["member"], "teams": [team] });
        let invited = office.done("member.invite", input).unwrap();
        let code = invited["code"].as_str().unwrap();
        let (lan, asked) = enrolled(home.path(), &hub, "Lan", PIN, code);
        let input = json!({ "device": asked["device_id"], "check_number": asked["check_number"] });
        office.done("device.approve", input).unwrap();
        lan.done("enrol.state", json!({})).unwrap();
        lan.sync().unwrap();
        office.sync().unwrap();
        let data = home.path().join("hub");
        Self {
            hub,
            office,
            lan,
            team,
            data,
            home,
        }
    }

    /// Lan adds a picture and writes down the meeting it is of: its name, and the meeting's id.
    fn meeting(&self, n: u8) -> (String, String) {
        let scene = image::RgbImage::from_fn(64, 48, |x, y| image::Rgb([x as u8, y as u8, n]));
        let mut png = std::io::Cursor::new(Vec::new());
        scene.write_to(&mut png, image::ImageFormat::Png).unwrap();
        self.meeting_of(png.get_ref())
    }

    fn meeting_of(&self, bytes: &[u8]) -> (String, String) {
        let input = json!({ "space": self.team, "bytes": STANDARD.encode(bytes) });
        let name = text(&self.lan.done("file.add", input).unwrap()["hash"]);
        let fields = json!({ "event_kind": "hop_thon", "title": "Họp thôn", "day": "2026-11-20",
            "attendance": "dem", "people": 31, "photo": [name] });
        let meeting = self.lan.create(&self.team, "event", fields).unwrap();
        (name, meeting)
    }

    fn backup(&self, stick: &str) -> PathBuf {
        let folder = self.home.path().join(stick);
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("hub.age");
        self.hub.backup(&file).unwrap();
        file
    }

    /// The old machine is switched off and wiped, and the hub served from the backup on a new one.
    fn moves(&mut self, backup: &Path) -> Value {
        if self.hub.pid().is_some() {
            self.hub.stop().unwrap();
        }
        std::fs::remove_dir_all(&self.data).unwrap();
        self.data = self.home.path().join("new machine");
        self.hub.restore(backup, &self.data).unwrap()
    }

    /// Names of the whole files the hub holds.
    fn held(&self) -> Vec<String> {
        let found = std::fs::read_dir(self.data.join("files").join(&self.team)).into_iter();
        let names = found.flatten().map(|entry| entry.unwrap().file_name());
        let names = names.map(|name| name.into_string().unwrap());
        let mut names: Vec<String> = names
            .filter(|name| name.parse::<FileHash>().is_ok())
            .collect();
        names.sort();
        names
    }
}

fn sorted<const N: usize>(names: [&String; N]) -> Vec<String> {
    let mut names = names.map(Clone::clone).to_vec();
    names.sort();
    names
}

/// Moves files, and says how many were given, taken, and are nowhere.
fn files(person: &Person, input: Value) -> [u64; 3] {
    let told = person.done("file.sync", input).unwrap();
    ["given", "taken", "nowhere"].map(|field| told[field].as_u64().unwrap())
}

#[test]
fn every_photo_goes_to_the_new_machine_byte_for_byte_and_an_erased_one_does_not_come_back() {
    let mut world = World::new();
    let ((first, _), (second, _), (gone, erased)) =
        (world.meeting(1), world.meeting(2), world.meeting(3));
    world.lan.sync().unwrap();
    assert_eq!(files(&world.lan, json!({})), [3, 0, 0]);
    // The fourth is half given when the old machine is switched off.
    world.hub.stop().unwrap();
    std::fs::write(world.data.join("hub.toml"), "device_hour_mib = 1\n").unwrap();
    world.hub.serve().unwrap();
    let paper = [&b"%PDF-1.7"[..], &vec![b' '; 2 << 20]].concat();
    let (fourth, _) = world.meeting_of(&paper);
    world.lan.sync().unwrap();
    let told = world.lan.done("file.sync", json!({})).unwrap();
    assert_eq!((&told["given"], &told["later"]), (&json!(0), &json!(true)));
    assert_eq!(world.held(), sorted([&first, &second, &gone]));
    // Between two backups onto one stick a meeting is erased; Lan does not hear of it.
    world.backup("stick");
    std::fs::rename(
        world.home.path().join("stick/hub.age"),
        world.home.path().join("stick/monday.age"),
    )
    .unwrap();
    world.office.sync().unwrap();
    world
        .office
        .done("record.purge", json!({ "id": erased }))
        .unwrap();
    assert_eq!(world.held(), sorted([&first, &second]));
    let backup = world.backup("stick");
    let told = world.moves(&backup);
    assert_eq!(told["files"], 2, "{told}");
    assert_eq!(world.held(), sorted([&first, &second]));

    // The first time she comes she asks about all again; what was erased on the old machine stays so on the new one.
    for hash in [json!(null), json!(gone)] {
        let given = files(&world.lan, json!({ "hash": hash }))[0];
        assert_eq!(given, u64::from(hash.is_null()), "the paper and no more");
    }
    assert_eq!(world.held(), sorted([&first, &second, &fourth]));
    world.lan.sync().unwrap();
    let asked = json!({ "hash": gone });
    world
        .lan
        .refused("file.info", asked, "file_not_here")
        .unwrap();
    world.office.sync().unwrap();
    assert_eq!(files(&world.office, json!({ "take": true })), [0, 3, 0]);
    let team: SpaceId = world.team.parse().unwrap();
    for name in [&first, &second, &fourth] {
        let bytes = |person: &Person| person.app().unwrap().file(name.parse().unwrap()).unwrap().1;
        let here = bytes(&world.office);
        assert_eq!(here, bytes(&world.lan));
        assert_eq!(FileHash::of(team, &here).to_string(), *name);
    }
    assert_eq!(files(&world.lan, json!({ "take": true })), [0, 0, 0]);
    // And it stays erased on the machine after that, and in the backups of this one.
    let backup = world.backup("another stick");
    let told = world.moves(&backup);
    assert_eq!(told["files"], 3, "{told}");
    assert_eq!(world.held(), sorted([&first, &second, &fourth]));
}

#[test]
fn a_machine_that_begins_from_an_old_backup_gets_what_came_since_and_loses_what_was_erased_since() {
    let mut world = World::new();
    let ((first, _), (gone, erased)) = (world.meeting(1), world.meeting(2));
    world.lan.sync().unwrap();
    assert_eq!(files(&world.lan, json!({})), [2, 0, 0]);
    let old = world.backup("stick");
    let (later, _) = world.meeting(3);
    world.lan.sync().unwrap();
    assert_eq!(files(&world.lan, json!({})), [1, 0, 0]);
    world.office.sync().unwrap();
    world
        .office
        .done("record.purge", json!({ "id": erased }))
        .unwrap();
    assert_eq!(world.held(), sorted([&first, &later]));
    // Its disk burns, the log of rulings with it: the new hub knows of no erasure until the office comes.
    let told = world.moves(&old);
    assert_eq!(told["files"], 2, "{told}");
    assert_eq!(world.held(), sorted([&first, &gone]));
    world.office.sync().unwrap();
    assert_eq!(world.held(), sorted([&first]));
    world.lan.sync().unwrap();
    assert_eq!(
        files(&world.lan, json!({})),
        [1, 0, 0],
        "at once, not within a week"
    );
    assert_eq!(world.held(), sorted([&first, &later]));
    world.office.sync().unwrap();
    assert_eq!(files(&world.office, json!({ "take": true })), [0, 2, 0]);
}

#[test]
fn a_backup_from_before_the_first_photo_opens_those_that_came_after_it() {
    let mut world = World::new();
    let old = world.backup("stick");
    let (first, _) = world.meeting(1);
    world.lan.sync().unwrap();
    assert_eq!(files(&world.lan, json!({})), [1, 0, 0]);
    // Taken back into the same folder, where the photo lies.
    world.hub.stop().unwrap();
    world.hub.restore(&old, &world.data).unwrap();
    assert_eq!(world.held(), sorted([&first]));
    world.lan.sync().unwrap();
    world.office.sync().unwrap();
    let taken = files(&world.office, json!({ "take": true }));
    assert_eq!(
        taken,
        [0, 1, 0],
        "the hub's own, though it was told of none"
    );
}
