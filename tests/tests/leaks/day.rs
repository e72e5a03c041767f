//! The day: everything that is done with what is known of people, by an office and two members.

use crate::canary::{Canary, ERASED, KEEPER, KEPT, WRONG};
use crate::said::Said;
use crate::scan;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use toso_tests::binary::program;
use toso_tests::demo::{Hub, OFFICE_SECRET, PIN, Person};
use toso_tests::quick::QUICK;

#[test]
#[ignore = "started by the test that looks at what it leaves behind"]
fn lives_in_a_process_of_its_own() {
    let Some(home) = std::env::var_os("LEAKS_HOME") else {
        return;
    };
    let home = Path::new(&home);
    let mut hub = Hub::begin(&program("toso-hub"), home, "Xã Mường Lống").unwrap();
    let office = person(home, "office", OFFICE_SECRET);
    enrols(&office, &hub, &hub.staff_code.clone(), OFFICE_SECRET);
    office.sync().unwrap();
    let commune = text(&office.done("space.list", json!({})).unwrap(), "/0/id");
    let unit = json!({ "space": commune, "kind": "unit", "id": commune,
        "fields": { "name": "Xã Mường Lống", "unit_kind": "xa" } });
    office.done("record.create", unit).unwrap();
    let team = |name: &str| {
        let fields = json!({ "name": name, "team_kind": "cap_thon", "unit": commune });
        office.create(&commune, "team", fields).unwrap()
    };
    let (one, two) = (team("Tổ một"), team("Tổ hai"));
    office.sync().unwrap();
    let lan = let_in(home, &office, &hub, "lan", (&commune, &one));
    let pao = let_in(home, &office, &hub, "pao", (&commune, &one));
    // A panic in the middle of it tells ids, and nobody.
    lan.app().unwrap().on_change(Box::new(|news| {
        let news = news.clone();
        drop(std::thread::spawn(move || panic!("{news:?}")).join());
    }));
    let kept = lives(&lan, &one, &KEPT);
    let erased = lives(&lan, &one, &ERASED);
    // As a thief would find it: programs running, logs of the databases full, nothing sent yet.
    copies(home, "noon");
    lan.sync().unwrap();
    pao.sync().unwrap();
    office.sync().unwrap();
    // Two at one door, and it is settled.
    for (who, address) in [(&lan, "đầu dốc"), (&pao, "cuối dốc")] {
        for (of, canary) in [(&kept, KEPT), (&erased, ERASED)] {
            let address = format!("{} {address}", canary.address);
            who.save(&of[0], json!({ "address": address })).unwrap();
        }
    }
    for who in [&lan, &pao, &lan, &office] {
        who.sync().unwrap();
    }
    for (of, canary) in [(&kept, KEPT), (&erased, ERASED)] {
        let value = format!("{} đầu dốc", canary.address);
        let input = json!({ "id": of[0], "field": "address", "value": value });
        lan.done("clash.settle", input).unwrap();
    }
    reads(&lan, &kept[0]);
    let mut said = Said::new(home);
    scan::scans(&lan, &one, &mut said);
    // A file by hand, a backup and its way back.
    lan.app()
        .unwrap()
        .export(&home.join("carried.toso"))
        .unwrap();
    pao.app()
        .unwrap()
        .import(&home.join("carried.toso"))
        .unwrap();
    let restored = restores(home, &lan);
    hub.backup(&home.join("hub.backup")).unwrap();
    // What is refused.
    said.wrong_fields(&lan, &one);
    said.wrong_fields(&office, &commune);
    said.call(&lan, "profile.unlock", json!({ "pin": WRONG.name }));
    said.call(
        &lan,
        "profile.pin",
        json!({ "old": WRONG.name, "new": WRONG.note }),
    );
    said.at_the_hub(&hub.url);
    hub.stop().unwrap();
    said.call(&lan, "sync.run", json!({}));
    said.programs(home, &home.join("pao"));
    hub.serve().unwrap();
    // Staff: reasons they give, what they hand over, and whom they erase.
    let reason = format!("{} {}", KEPT.name, KEPT.note);
    lan.done("record.delete", json!({ "id": kept[1], "reason": reason }))
        .unwrap();
    lan.done("record.restore", json!({ "id": kept[1] }))
        .unwrap();
    let device = text(&pao.done("profile.state", json!({})).unwrap(), "/device_id");
    for who in [&lan, &pao, &office] {
        who.sync().unwrap();
    }
    for id in &erased {
        let input = json!({ "id": id, "subject": erased[0] });
        office.done("record.purge", input).unwrap();
    }
    for who in [&lan, &pao, &restored, &office, &lan, &pao] {
        who.sync().unwrap();
    }
    copies(home, "evening");
    let asked = json!({ "id": erased[0] });
    office.refused("record.get", asked, "not_found").unwrap();
    office
        .done("hand_over.set", json!({ "id": kept[0], "to": two }))
        .unwrap();
    office
        .done(
            "device.revoke",
            json!({ "device": device, "reason": reason }),
        )
        .unwrap();
    said.call(&pao, "sync.run", json!({}));
    said.call(&pao, "record.get", json!({ "id": kept[0] }));
    hub.stop().unwrap();
}

/// Every file of hub and devices as they lie on the disk now.
fn copies(home: &Path, time: &str) {
    let mut folders: Vec<PathBuf> = ["hub", "office", "lan", "pao"].map(PathBuf::from).to_vec();
    while let Some(folder) = folders.pop() {
        let to = home.join(time).join(&folder);
        std::fs::create_dir_all(&to).unwrap();
        // Keys are read only where nobody else may look.
        let private = home.join(&folder).metadata().unwrap().permissions();
        std::fs::set_permissions(&to, private).unwrap();
        for entry in std::fs::read_dir(home.join(&folder)).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(folder.join(entry.file_name()));
            } else {
                std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
            }
        }
    }
}

fn person(home: &Path, name: &str, secret: &str) -> Person {
    let machine = toso_app::machine();
    Person::new(&home.join(name), name, secret, &machine, QUICK).unwrap()
}

fn enrols(person: &Person, hub: &Hub, code: &str, secret: &str) -> Value {
    let name = format!("Máy {}", KEEPER.name);
    let input = json!({ "url": hub.url, "code": code, "name": name, "pin": secret });
    person.done("enrol.start", input).unwrap()
}

fn let_in(
    home: &Path,
    office: &Person,
    hub: &Hub,
    name: &str,
    (commune, team): (&str, &str),
) -> Person {
    let fields = json!({ "full_name": KEEPER.name, "phone": KEEPER.phone });
    let member = office.create(commune, "member", fields).unwrap();
    let invite = json!({ "member": member, "roles": ["member"], "teams": [team] });
    let invited = office.done("member.invite", invite).unwrap();
    let device = person(home, name, PIN);
    let asked = enrols(&device, hub, &text(&invited, "/code"), PIN);
    let approve = json!({ "device": asked["device_id"], "check_number": asked["check_number"] });
    office.done("device.approve", approve).unwrap();
    device.done("enrol.state", json!({})).unwrap();
    device.sync().unwrap();
    device
}

/// Writes down all there is to write of somebody: the records, the household first.
fn lives(lan: &Person, team: &str, who: &Canary) -> Vec<String> {
    let note = format!("{} {}", who.note, who.number);
    let mut made = Vec::new();
    let fields = json!({ "head_name": who.name, "address": who.address, "phone": who.phone, "note": note,
        "cluster": "Huồi Tụ", "consent": "dong_y" });
    made.push(lan.create(team, "household", fields).unwrap());
    let home = made[0].clone();
    let citizen = json!({ "household": home, "full_name": who.name, "phone": who.phone, "note": note, "consent": "dong_y" });
    made.push(lan.create(team, "citizen", citizen).unwrap());
    let paper = format!(
        "%PDF-1.4\n{} {} {}\n%%EOF\n",
        who.name, who.number, who.address
    );
    let paper = json!({ "space": team, "bytes": STANDARD.encode(paper) });
    let paper = text(&lan.done("file.add", paper).unwrap(), "/hash");
    let consent = json!({ "household": home, "purpose": "hinh_anh", "decision": "dong_y", "given_on": "2026-11-01",
        "witness": who.name, "note": note });
    made.push(lan.create(team, "consent", consent).unwrap());
    let visit = json!({ "household": home, "day": "2026-11-20", "contact": "gap_chu_ho", "needs": who.address,
        "note": note, "photo": [paper] });
    made.push(lan.create(team, "visit", visit).unwrap());
    let help = json!({ "household": home, "visit": made[3], "day": "2026-11-20", "category": "dvc",
        "outcome": "tu_lam_duoc", "dossier_code": who.number, "note": note });
    made.push(lan.create(team, "assistance", help).unwrap());
    // A form that was begun and left.
    let form = json!({ "head_name": who.name, "phone": who.phone, "note": note });
    let key = format!("visit/{home}");
    lan.done("draft.put", json!({ "key": key, "form": form }))
        .unwrap();
    made
}

/// Looks at people in every way there is.
fn reads(lan: &Person, home: &str) {
    for text in [KEPT.name, KEPT.phone, KEPT.address, KEPT.note] {
        lan.done("search", json!({ "text": text })).unwrap();
        lan.done("household.list", json!({ "text": text })).unwrap();
    }
    for name in ["record.get", "record.history", "household.timeline"] {
        lan.done(name, json!({ "id": home })).unwrap();
    }
    for name in [
        "today.get",
        "month.mine",
        "product.list",
        "store.list",
        "product.months",
        "store.months",
        "event.months",
        "people.list",
        "duplicate.list",
        "clash.list",
        "draft.list",
        "storage.get",
    ] {
        lan.done(name, json!({})).unwrap();
    }
    let fields = json!({ "head_name": KEPT.name, "phone": KEPT.phone });
    lan.done("duplicate.find", json!({ "fields": fields }))
        .unwrap();
}

/// The profile goes into a backup and comes back on another phone.
fn restores(home: &Path, lan: &Person) -> Person {
    let made = lan.done("backup.make", json!({})).unwrap();
    let piece = lan.done("backup.read", json!({ "offset": 0 })).unwrap();
    let mut restored = person(home, "restored", PIN);
    let input = json!({ "offset": 0, "bytes": piece["bytes"] });
    restored.done("backup.put", input).unwrap();
    let input = json!({ "code": made["code"], "pin": PIN });
    restored.done("backup.restore", input).unwrap();
    let profiles = restored.done("profile.list", json!({})).unwrap();
    let all = profiles.as_array().unwrap();
    let id = text(&all.last().unwrap().clone(), "/id");
    restored
        .done("profile.choose", json!({ "id": id }))
        .unwrap();
    restored
        .done("profile.unlock", json!({ "pin": PIN }))
        .unwrap();
    restored.name = "restored".to_owned();
    restored
}

fn text(answer: &Value, at: &str) -> String {
    let found = answer.pointer(at).and_then(Value::as_str);
    found
        .unwrap_or_else(|| panic!("no text at {at}"))
        .to_owned()
}
