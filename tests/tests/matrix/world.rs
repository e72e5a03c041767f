//! Two communes with their hubs, the people of `WHO`, and something in each scope to ask for.

use crate::people::{Somebody, WORDS};
use crate::phone::{Phone, text};
use crate::table::{SCOPES, WHO};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::runtime::Runtime;
use toso_app::call::record::Create;
use toso_app::clock::{Clock, SystemClock};
use toso_domain::id::SpaceId;
use toso_hub::{Hub, Running};
use toso_sync::id::DeviceKey;
use toso_tests::quick::unhurried;

/// A hub that serves.
pub struct Town {
    pub url: String,
    pub data: PathBuf,
    pub space: SpaceId,
    code: String,
    _serving: Running,
}

/// A scope, and what there is in it.
pub struct Place {
    pub space: SpaceId,
    /// Where a record of it may be handed over to.
    pub next: SpaceId,
    /// Stands in everything of this place, and nowhere else.
    pub mark: &'static str,
    /// Somebody who works here.
    pub member: String,
    /// A device that works here, and one that waits.
    pub device: DeviceKey,
    pub certificate: Vec<u8>,
    pub waits: (String, String),
    /// An invitation nobody has used.
    pub code: String,
    /// A pack set aside.
    pub aside: String,
    /// Records nobody has changed yet, the last one for everybody who is refused.
    pub records: Vec<String>,
    /// Records with two values, and edits that came late.
    pub clashes: Vec<String>,
    pub late: Vec<(String, String)>,
    pub file: String,
}

pub struct World {
    pub here: Town,
    pub there: Town,
    pub people: BTreeMap<&'static str, Somebody>,
    pub places: BTreeMap<&'static str, Place>,
    pub runtime: Runtime,
    pub folder: tempfile::TempDir,
}

const MARKS: [&str; 4] = ["Mốcriêng", "Mốckhác", "Mốcchung", "Mốcngoài"];
/// As many as there are cells that change one.
const RECORDS: usize = 48;
const CLASHES: usize = 8;

impl World {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let here = Town::new(&runtime, folder.path(), "here");
        let there = Town::new(&runtime, folder.path(), "there");
        let mut world = Self {
            here,
            there,
            people: BTreeMap::new(),
            places: BTreeMap::new(),
            runtime,
            folder,
        };
        let person = |name: &str| Somebody::new(world.folder.path().join(name));
        world.people = WHO.iter().map(|who| (*who, person(who))).collect();
        let second = person("second");
        world.settle("admin", &["own", "other", "commune"]);
        world.settle("stranger", &["elsewhere"]);
        for (who, role) in [
            ("member", "member"),
            ("lead", "lead"),
            ("staff", "staff"),
            ("leader", "leader"),
            ("province", "province"),
            ("revoked", "staff"),
        ] {
            world.lets_in(&world.people[who], role, "own");
        }
        world.asks(&world.people["pending"], "member", "own");
        world.lets_in(&second, "member", "other");
        world.writes();
        world.sets_aside();
        world.comes_late(&second);
        for scope in ["own", "other", "commune"] {
            crate::routes::gives_file(&world, scope);
        }
        let all = [
            "staff", "leader", "revoked", "lead", "member", "admin", "province",
        ];
        all.iter().for_each(|who| world.people[who].sync());
        // It had looked at what lies aside: it holds a copy of that, too.
        let seen = &world.places["own"];
        let input = json!({ "space": seen.space, "head": seen.aside });
        world.people["revoked"].done("tray.show", input);
        let gone = world.people["revoked"].heard.secret().unwrap().device();
        let input = json!({ "device": gone.to_string(), "reason": "đã nghỉ việc" });
        world.people["admin"].done("device.revoke", input);
        world.people["revoked"].sync();
        world
    }

    /// The first device of a commune lays out its places.
    fn settle(&mut self, who: &'static str, scopes: &[&'static str]) {
        let town = self.town(who);
        let office = &self.people[who];
        let input =
            json!({ "url": town.url, "code": town.code, "name": "Máy văn phòng", "pin": WORDS });
        assert_eq!(office.done("enrol.start", input)["state"], "active");
        let commune = town.space;
        let create = |kind: &str, id: Option<SpaceId>, fields: Value| {
            let input = json!({ "space": commune, "kind": kind, "id": id, "fields": fields });
            text(&office.done("record.create", input), "/id")
        };
        let unit = json!({ "name": "Xã Mường Lống", "unit_kind": "xa" });
        create("unit", Some(commune), unit);
        let team = |name: &str| -> SpaceId {
            let fields = json!({ "name": name, "team_kind": "cap_thon", "unit": commune });
            create("team", None, fields).parse().unwrap()
        };
        let (one, two, three) = (team("Tổ một"), team("Tổ hai"), team("Tổ ba"));
        office.sync();
        let mut places = Vec::new();
        for scope in scopes {
            let at = SCOPES.iter().position(|s| s == scope).unwrap();
            let mark = MARKS[at];
            let (space, next) = match *scope {
                "other" => (two, three),
                "commune" => (commune, one),
                _ => (one, three),
            };
            // Names of members stand in the commune's space, for all of it.
            let name = if *scope == "elsewhere" {
                mark
            } else {
                MARKS[2]
            };
            let member = create(
                "member",
                None,
                json!({ "full_name": format!("{name} Người") }),
            );
            let role = if *scope == "commune" {
                "staff"
            } else {
                "member"
            };
            let invite = || {
                let teams: Vec<SpaceId> = [space].into_iter().filter(|s| *s != commune).collect();
                let input = json!({ "member": member, "roles": [role], "teams": teams });
                text(&office.done("member.invite", input), "/code")
            };
            let device = Phone::asks(&self.runtime, &town.url, &invite(), "Máy");
            device.is_let_in(office);
            let key = device.secret.device();
            let mut running = device.begins(&self.runtime, space);
            let own = running.person.copy.certificate().unwrap().0;
            let certificate = running.person.copy.ruling_bytes(&[own]).pop().unwrap();
            running.syncs(&self.runtime);
            let waits = Phone::asks(&self.runtime, &town.url, &invite(), "Máy");
            let place = Place {
                space,
                next,
                mark,
                device: key,
                certificate,
                waits: (waits.name(), waits.check_number),
                member,
                code: String::new(),
                aside: String::new(),
                records: Vec::new(),
                clashes: Vec::new(),
                late: Vec::new(),
                file: String::new(),
            };
            places.push((*scope, place));
        }
        self.places.extend(places);
    }

    pub fn town(&self, who: &str) -> &Town {
        if who == "stranger" {
            &self.there
        } else {
            &self.here
        }
    }

    /// Who runs the commune that a place belongs to.
    pub fn office_of(&self, scope: &str) -> &Somebody {
        &self.people[if scope == "elsewhere" {
            "stranger"
        } else {
            "admin"
        }]
    }

    fn asks(&self, somebody: &Somebody, role: &str, scope: &str) -> Value {
        let (town, office, place) = (&self.here, &self.people["admin"], &self.places[scope]);
        let fields = json!({ "full_name": "Vừ A Páo" });
        let input = json!({ "space": town.space, "kind": "member", "fields": fields });
        let member = office.done("record.create", input)["id"].clone();
        let teams = if role == "province" {
            vec![]
        } else {
            vec![place.space]
        };
        let input = json!({ "member": member, "roles": [role], "teams": teams });
        let code = text(&office.done("member.invite", input), "/code");
        let input = json!({ "url": town.url, "code": code, "name": "Máy", "pin": WORDS });
        somebody.done("enrol.start", input)
    }

    fn lets_in(&self, somebody: &Somebody, role: &str, scope: &str) {
        let asked = self.asks(somebody, role, scope);
        let input = json!({ "device": asked["device_id"], "check_number": asked["check_number"] });
        self.people["admin"].done("device.approve", input);
        somebody.done("enrol.state", json!({}));
        somebody.sync();
    }

    /// Something to ask for in each place.
    fn writes(&mut self) {
        for scope in SCOPES {
            let office = self.office_of(scope);
            let place = &self.places[scope];
            let make = |n: usize| Create {
                space: place.space,
                kind: kind_of(scope).to_owned(),
                fields: fields_of(scope, place.mark, n).as_object().unwrap().clone(),
                id: None,
            };
            let count = RECORDS + CLASHES;
            let made = office
                .app
                .create_all((0..count).map(make).collect())
                .unwrap();
            let mut records: Vec<String> = made.iter().map(|named| named.id.to_string()).collect();
            let clashes = records.split_off(RECORDS);
            if scope != "commune" {
                let fields = json!({ "household": records[0], "day": "2026-11-20",
                    "contact": "gap_chu_ho", "note": place.mark });
                let input = json!({ "space": place.space, "kind": "visit", "fields": fields });
                office.done("record.create", input);
            }
            let picture = json!({ "space": place.space, "bytes": crate::calls::picture(90) });
            let file = text(&office.done("file.add", picture), "/hash");
            let place = self.places.get_mut(scope).unwrap();
            place.file = file;
            place.records = records;
            place.clashes = clashes;
        }
        let staff = &self.people["staff"];
        self.people["admin"].sync();
        self.people["stranger"].sync();
        staff.sync();
        for (somebody, value) in [(staff, "một"), (&self.people["admin"], "hai")] {
            for place in SCOPES[..3].iter().map(|scope| &self.places[scope]) {
                for id in &place.clashes {
                    let patch = json!({ clash_field(&place.space, self.here.space): value });
                    somebody.done("record.save", json!({ "id": id, "patch": patch }));
                }
            }
        }
        staff.sync();
        self.people["admin"].sync();
    }

    /// Edits that were made in a team after the record went to another, and touch what was written there.
    fn comes_late(&mut self, second: &Somebody) {
        second.sync();
        let admin = &self.people["admin"];
        for (scope, author) in [("own", &self.people["member"]), ("other", second)] {
            author.sync();
            let place = self.places.get_mut(scope).unwrap();
            for id in place.records.split_off(RECORDS - 4) {
                let save = |who: &Somebody, address: &str| {
                    let patch = json!({ "address": format!("{address} {}", place.mark) });
                    who.done("record.save", json!({ "id": id, "patch": patch }));
                };
                save(author, "muộn");
                admin.done("hand_over.set", json!({ "id": id, "to": place.next }));
                save(admin, "mới");
                place.late.push((id.clone(), String::new()));
            }
            admin.sync();
            author.sync();
            admin.sync();
        }
        let late = admin.done("late.list", json!({}));
        for waiting in late.as_array().unwrap() {
            let id = text(waiting, "/id");
            let mut all = self.places.values_mut().flat_map(|place| &mut place.late);
            if let Some((_, change)) = all.find(|(of, _)| *of == id) {
                *change = text(waiting, "/change");
            }
        }
        let all = self.places.values().flat_map(|place| &place.late);
        all.for_each(|(id, change)| assert!(!change.is_empty(), "{id} is not late: {late}"));
    }
}

/// What is written in a place.
pub fn kind_of(scope: &str) -> &'static str {
    if scope == "commune" {
        "member"
    } else {
        "household"
    }
}

/// A record of a place, by number; the first two are alike.
pub fn fields_of(scope: &str, mark: &str, n: usize) -> Value {
    if scope == "commune" {
        return json!({ "full_name": format!("{mark} {n}") });
    }
    let n = n.saturating_sub(1);
    json!({ "head_name": format!("{mark} {n}"), "cluster": format!("Cụm {n}"), "consent": "dong_y" })
}

/// A field that two people write.
pub fn clash_field(space: &SpaceId, commune: SpaceId) -> &'static str {
    if *space == commune {
        "representing"
    } else {
        "address"
    }
}

impl Town {
    fn new(runtime: &Runtime, folder: &Path, name: &str) -> Self {
        let data = folder.join(format!("hub-{name}"));
        let clock: toso_hub::clock::Clock = Arc::new(|| SystemClock.now());
        let made = toso_hub::init::init(&data, "Xã Mường Lống", None, &clock).unwrap();
        let hub = Hub::open(&data, clock).unwrap();
        let space = hub.commune();
        let serving = runtime.block_on(toso_hub::serve(hub, unhurried())).unwrap();
        Self {
            url: serving.url.clone(),
            data,
            space,
            code: made.staff_code,
            _serving: serving,
        }
    }
}
