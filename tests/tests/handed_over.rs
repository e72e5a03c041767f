//! A household is handed over to another team, with its photos, and a member changes teams: the real hub on a free port,
//! real files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failed step is a failed test"
)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use toso_tests::binary;
use toso_tests::demo::{Hub, Person, Seen};
use toso_tests::quick::QUICK;

const PIN: &str = "135790";

fn person(home: &Path, name: &str, pin: &str) -> Person {
    Person::new(&home.join(name), name, pin, "test", QUICK).unwrap()
}

fn enrol(person: &Person, hub: &Hub, code: &str, pin: &str) -> Value {
    let input = json!({ "url": hub.url, "code": code, "name": format!("Máy của {}", person.name), "pin": pin });
    person.done("enrol.start", input).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Two teams with a member each, and the household of the first that the story is about.
struct World {
    hub: Hub,
    office: Person,
    lan: Person,
    sua: Person,
    teams: [String; 2],
    household: String,
    citizen: String,
    visit: String,
    home: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let hub = Hub::begin(&binary::program("toso-hub"), home.path(), "Xã Mường Khằm").unwrap();
        let secret = "mat khau van phong";
        let office = person(home.path(), "Hoa", secret);
        enrol(&office, &hub, &hub.staff_code, secret);
        office.sync().unwrap();
        let commune = text(&office.done("space.list", json!({})).unwrap()[0]["id"]);
        let mut people = Vec::new();
        let mut teams = Vec::new();
        for (name, village) in [("Lan", "Bản Nà Phầy"), ("Sua", "Bản Huồi Tụ")] {
            let fields = json!({ "name": format!("Tổ {village}"), "team_kind": "cap_thon", "unit": commune });
            let team = office.create(&commune, "team", fields).unwrap();
            let member = json!({ "full_name": name, "team": team });
            let member = office.create(&commune, "member", member).unwrap();
            let input = json!({ "member": member, "roles": ["member"], "teams": [team] });
            let invited = office.done("member.invite", input).unwrap();
            let phone = person(home.path(), name, PIN);
            let asked = enrol(&phone, &hub, invited["code"].as_str().unwrap(), PIN);
            let input =
                json!({ "device": asked["device_id"], "check_number": asked["check_number"] });
            office.done("device.approve", input).unwrap();
            phone.done("enrol.state", json!({})).unwrap();
            phone.sync().unwrap();
            teams.push(team);
            people.push(phone);
        }
        let (sua, lan) = (people.pop().unwrap(), people.pop().unwrap());
        let fields = json!({ "head_name": "Lò Văn Páo", "cluster": "Khe Sanh", "consent": "dong_y", "phone": "0912 000 111" });
        let household = lan.create(&teams[0], "household", fields).unwrap();
        let fields =
            json!({ "household": household, "consent": "dong_y", "full_name": "Lò Thị Ín" });
        let citizen = lan.create(&teams[0], "citizen", fields).unwrap();
        let fields =
            json!({ "household": household, "day": "2026-11-20", "contact": "gap_chu_ho" });
        let visit = lan.create(&teams[0], "visit", fields).unwrap();
        lan.sync().unwrap();
        office.sync().unwrap();
        let teams = teams.try_into().unwrap();
        Self {
            hub,
            office,
            lan,
            sua,
            teams,
            household,
            citizen,
            visit,
            home,
        }
    }

    fn hand_over(&self) -> Value {
        let input = json!({ "id": self.household, "to": self.teams[1] });
        self.office.done("hand_over.set", input).unwrap()
    }

    /// The hub starts again with these settings; what it counted of each device begins anew.
    fn restart(&mut self, settings: &str) {
        self.hub.stop().unwrap();
        std::fs::write(self.home.path().join("hub/hub.toml"), settings).unwrap();
        self.hub.serve().unwrap();
    }

    /// Where the hub keeps a file of a team, all of it.
    fn at_hub(&self, team: usize, name: &str) -> PathBuf {
        let files = self.home.path().join("hub/files");
        files.join(&self.teams[team]).join(name)
    }
}

/// Adds a picture, another for each `n`: its name.
fn picture(person: &Person, space: &str, n: u8) -> String {
    let scene = image::RgbImage::from_fn(64, 48, |x, y| image::Rgb([x as u8, y as u8, n]));
    let mut png = std::io::Cursor::new(Vec::new());
    scene.write_to(&mut png, image::ImageFormat::Png).unwrap();
    add(person, space, png.get_ref())
}

fn add(person: &Person, space: &str, bytes: &[u8]) -> String {
    let input = json!({ "space": space, "bytes": STANDARD.encode(bytes) });
    text(&person.done("file.add", input).unwrap()["hash"])
}

fn bytes(person: &Person, name: &str) -> Vec<u8> {
    let app = person.app().unwrap();
    app.file(name.parse().unwrap()).unwrap().1
}

/// Moves files, and says how many were given, taken, and are nowhere.
fn files(person: &Person, input: Value) -> [u64; 3] {
    let told = person.done("file.sync", input).unwrap();
    ["given", "taken", "nowhere"].map(|field| told[field].as_u64().unwrap())
}

fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().or(page.as_array()).unwrap();
    items.iter().map(|item| text(&item["id"])).collect()
}

fn households(person: &Person) -> Vec<String> {
    ids(&person
        .done("record.list", json!({ "kind": "household" }))
        .unwrap())
}

#[test]
fn a_household_goes_to_another_team_with_its_people_and_counts_once() {
    let world = World::new();
    let World {
        office, lan, sua, ..
    } = &world;
    let told = world.hand_over();
    assert_eq!(
        told["records"],
        json!([world.household, world.citizen]),
        "its people go with it, its visits do not"
    );
    sua.sync().unwrap();
    lan.sync().unwrap();

    assert_eq!(households(sua), std::slice::from_ref(&world.household));
    assert_eq!(
        households(office),
        std::slice::from_ref(&world.household),
        "counted once"
    );
    assert!(households(lan).is_empty());
    let found = |person: &Person| ids(&person.done("search", json!({ "text": "pao" })).unwrap());
    assert_eq!(found(sua), std::slice::from_ref(&world.household));
    assert_eq!(found(office), std::slice::from_ref(&world.household));
    assert!(found(lan).is_empty());

    let at_sua = sua.get(&world.household).unwrap();
    assert_eq!(at_sua["space"], world.teams[1].as_str());
    assert_eq!(at_sua["fields"]["phone"], "+84912000111");
    assert_eq!(at_sua["moved_to"], Value::Null);
    assert_eq!(
        sua.get(&world.citizen).unwrap()["fields"]["full_name"],
        "Lò Thị Ín"
    );
    let at_lan = lan.get(&world.household).unwrap();
    assert_eq!(at_lan["moved_to"], world.teams[1].as_str());
    assert_eq!(lan.get(&world.visit).unwrap()["moved_to"], Value::Null);
    sua.refused("record.get", json!({ "id": world.visit }), "not_found")
        .unwrap();
    for space in &world.teams {
        let seen = Seen::of(office, space).unwrap();
        assert_eq!(seen.view, seen.rebuilt, "away after a rebuild too");
    }
    let again = json!({ "id": world.household, "to": world.teams[1] });
    office
        .refused("hand_over.set", again, "same_space")
        .unwrap();
    let member = json!({ "id": world.household, "to": world.teams[0] });
    sua.refused("hand_over.set", member, "not_allowed").unwrap();
}

#[test]
fn an_edit_that_came_too_late_is_carried_or_waits_for_the_office() {
    let world = World::new();
    let World {
        office, lan, sua, ..
    } = &world;
    lan.save(
        &world.household,
        json!({ "phone": "0933 333 333", "note": "Nhà có chó" }),
    )
    .unwrap();
    lan.save(&world.citizen, json!({ "phone": "0977 555 555" }))
        .unwrap();
    world.hand_over();
    sua.sync().unwrap();
    sua.save(&world.household, json!({ "phone": "0944 444 444" }))
        .unwrap();
    sua.sync().unwrap();
    office.sync().unwrap();
    lan.sync().unwrap();
    office.sync().unwrap();
    sua.sync().unwrap();
    assert_eq!(
        sua.get(&world.citizen).unwrap()["fields"]["phone"],
        "+84977555555",
        "nobody objects: carried"
    );
    assert_eq!(
        sua.get(&world.household).unwrap()["fields"]["phone"],
        "+84944444444",
        "the new team's number is not covered"
    );
    assert_eq!(sua.done("late.list", json!({})).unwrap(), json!([]));
    let waiting = office.done("late.list", json!({})).unwrap();
    assert_eq!(waiting.as_array().unwrap().len(), 1, "{waiting}");
    let count = |person: &Person| person.done("sync.status", json!({})).unwrap()["late"].clone();
    assert_eq!((count(office), count(sua)), (json!(1), json!(0)));
    let late = &waiting[0];
    assert_eq!(late["fields"]["phone"]["late"], "+84933333333");
    assert_eq!(late["fields"]["phone"]["now"][0]["value"], "+84944444444");
    assert_eq!(late["title"], "Lò Văn Páo");
    let input = json!({ "id": world.household, "change": late["change"], "take": true });
    sua.refused("late.settle", input.clone(), "not_allowed")
        .unwrap();
    office.done("late.settle", input.clone()).unwrap();
    assert_eq!(count(office), json!(0));
    office.refused("late.settle", input, "not_found").unwrap();
    office.sync().unwrap();
    sua.sync().unwrap();
    let fields = sua.get(&world.household).unwrap()["fields"].clone();
    assert_eq!(fields["phone"], "+84933333333");
    assert_eq!(fields["note"], "Nhà có chó");
    assert_eq!(office.done("late.list", json!({})).unwrap(), json!([]));
}

#[test]
fn a_member_who_changes_teams_gives_the_last_work_and_then_holds_nothing_of_the_old_team() {
    let mut world = World::new();
    world.hub.stop().unwrap();
    let fields =
        json!({ "household": world.household, "day": "2026-11-21", "contact": "gap_chu_ho" });
    let last = world.lan.create(&world.teams[0], "visit", fields).unwrap();
    world.hub.serve().unwrap();
    let World { office, lan, .. } = &world;
    let device = text(&lan.done("profile.state", json!({})).unwrap()["device_id"]);
    let input = json!({ "device": device, "roles": ["member"], "teams": [world.teams[1]] });
    lan.refused("device.rights", input.clone(), "not_allowed")
        .unwrap();
    office.done("device.rights", input).unwrap();
    lan.sync().unwrap();
    office.sync().unwrap();
    assert_eq!(office.get(&last).unwrap()["sync"], "kept");
    for id in [&last, &world.visit, &world.household] {
        lan.refused("record.get", json!({ "id": id }), "not_found")
            .unwrap();
    }
    let spaces = lan.done("space.list", json!({})).unwrap();
    let spaces = ids(&spaces);
    assert!(!spaces.contains(&world.teams[0]) && spaces.contains(&world.teams[1]));
    assert!(lan.notices().unwrap().contains(&"left_space".to_owned()));
    let fields = json!({ "head_name": "Vàng A Của", "cluster": "x" });
    lan.create(&world.teams[1], "household", fields).unwrap();
    let told = lan.sync().unwrap();
    assert_eq!(
        (&told["waiting"], &told["refused"]),
        (&json!(0), &json!([]))
    );
}

#[test]
fn photos_of_a_store_go_with_its_household_byte_for_byte_and_are_erased_with_it() {
    let mut world = World::new();
    world.restart("device_hour_mib = 1\n");
    let [nearby, far] = world.teams.clone();
    let lan = &world.lan;
    let face = picture(lan, &nearby, 1);
    let paper = [&b"%PDF-1.7"[..], &vec![b' '; 2 << 20]].concat();
    let contract = add(lan, &nearby, &paper);
    let fields = json!({ "household": world.household, "name": "Thịt trâu gác bếp Páo", "photo": [face, contract] });
    let store = lan.create(&nearby, "digital_store", fields).unwrap();
    let crowd = picture(lan, &nearby, 2);
    let fields = json!({ "event_kind": "hop_thon", "title": "Họp thôn", "day": "2026-11-20",
        "attendance": "dem", "people": 31, "photo": [crowd] });
    lan.create(&nearby, "event", fields).unwrap();
    lan.sync().unwrap();
    for name in [&face, &crowd] {
        assert_eq!(files(lan, json!({ "hash": name })), [1, 0, 0]);
    }
    let told = lan.done("file.sync", json!({})).unwrap();
    assert_eq!((&told["given"], &told["later"]), (&json!(0), &json!(true)));
    let half = world.at_hub(0, &format!("{contract}.part"));
    assert!(half.metadata().unwrap().len() > 100_000, "half given");

    world.hand_over();
    world.restart("");
    let World {
        office, lan, sua, ..
    } = &world;
    sua.sync().unwrap();
    let missing = sua.done("file.status", json!({})).unwrap();
    assert_eq!(missing["missing"]["files"], 2, "{missing}");
    let take = json!({ "take": true });
    assert_eq!(files(sua, take.clone()), [0, 1, 1], "the one that is whole");
    lan.sync().unwrap();
    let told = lan.done("file.sync", json!({})).unwrap();
    assert_eq!(told["given"], 1, "{told}");
    let rest = told["bytes_up"].as_u64().unwrap();
    assert!(rest < paper.len() as u64, "from where it was: {rest}");
    assert!(!half.exists() && world.at_hub(0, &contract).exists());
    assert_eq!(files(sua, take.clone()), [0, 1, 0], "and the other");
    assert_eq!(bytes(sua, &contract), paper);
    assert_eq!(bytes(sua, &face), bytes(lan, &face));
    let shown = json!({ "hash": face, "space": far });
    sua.done("file.picture", shown.clone()).unwrap();

    // Who holds both teams counts and moves each once, and shows it in either.
    office.sync().unwrap();
    let missing = office.done("file.status", json!({})).unwrap();
    assert_eq!(missing["missing"]["files"], 3, "{missing}");
    assert_eq!(files(office, take.clone()), [0, 3, 0]);
    assert_eq!(files(office, take.clone()), [0, 0, 0]);
    office.done("file.picture", shown).unwrap();
    let before = json!({ "hash": face, "space": nearby });
    office.done("file.picture", before).unwrap();

    // A name that somebody knows, put into what was handed over, opens nothing of the other team.
    let fields = json!({ "photo": [face, contract, crowd] });
    sua.save(&store, fields).unwrap();
    sua.sync().unwrap();
    let asked = json!({ "take": true, "hash": crowd });
    assert_eq!(files(sua, asked), [0, 0, 1]);
    // What the hub lost, the new team gives back too.
    std::fs::remove_file(world.at_hub(0, &face)).unwrap();
    assert_eq!(files(sua, json!({ "hash": face })), [1, 0, 0]);
    assert_eq!(files(lan, json!({ "hash": face })), [0, 0, 0]);

    office.sync().unwrap();
    office.done("record.purge", json!({ "id": store })).unwrap();
    for person in [lan, sua] {
        // Who has not heard of it yet brings nothing back.
        for name in [&face, &contract] {
            assert_eq!(files(person, json!({ "hash": name }))[0], 0);
            assert!((0..2).all(|team| !world.at_hub(team, name).exists()));
        }
        person.sync().unwrap();
    }
    for (person, name) in [
        (office, &face),
        (lan, &face),
        (lan, &contract),
        (sua, &contract),
    ] {
        let asked = json!({ "hash": name });
        person.refused("file.info", asked, "file_not_here").unwrap();
    }
    assert!(world.at_hub(0, &crowd).exists(), "named by another");
    assert_eq!(bytes(office, &crowd), bytes(lan, &crowd));
}
