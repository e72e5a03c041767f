//! PINs, erasing, a lost phone, and what the operator does.

use crate::bench::{Bench, Who};
use crate::commune::Place;
use crate::story::{LAN, OFFICE, PAO, text};
use base64::Engine;
use serde_json::{Value, json};

/// The second office, after the first one was lost.
const AGAIN: Who = Who {
    profile: "office-again",
    pin: "mat khau moi cua phong",
};

/// PIN and lock.
pub fn secrets(bench: &mut Bench) {
    bench.chapter("The profile's secret");
    bench.note("Each run of `toso` opens the profile by itself. Without `TOSO_PIN` the secret is asked for, on standard error. The calls below are for screens; a wrong try is counted before it is checked.");
    bench.asked(LAN, "sync.status");
    bench.names.know("000000", "<other>");
    bench.names.know(LAN.pin, "<pin>");
    bench.names.know("975310", "<new-pin>");
    bench.refused(
        LAN,
        "profile.unlock",
        json!({ "pin": "000000" }),
        "pin_wrong",
    );
    bench.secret_call(LAN, "profile.unlock", json!({ "pin": LAN.pin }));
    bench.secret_call(
        LAN,
        "profile.pin",
        json!({ "old": LAN.pin, "new": "975310" }),
    );
    bench.secret_call_quiet(
        LAN,
        "profile.pin",
        &json!({ "old": "975310", "new": LAN.pin }),
    );
    bench.call(LAN, "profile.lock", json!({}));
    bench.note("Several people may share a device: the window and `toso serve` speak to the one whose turn it is, `toso --profile` to the folder's own. Practice is a commune nobody lives in; it ends with the process at the latest.");
    bench.call(LAN, "profile.list", json!({}));
    bench.call(LAN, "profile.add", json!({}));
    bench.call(LAN, "profile.choose", json!({ "id": "first" }));
    bench.call(LAN, "practice.start", json!({}));
    let nobody = Who {
        profile: "nobody",
        pin: "135790",
    };
    bench.toso_refused(nobody, &["sync"], "no_profile");
}

/// A profile in one file, and back from it.
pub fn backed_up(bench: &mut Bench) {
    bench.chapter("A backup of the profile");
    bench.note("The file is opened again and compared before it is called a backup; its code is shown this once. It goes in pieces of 1 MiB at most, in base64, since a page has no business with paths. What comes back is compared too, becomes a profile beside those that are there, and goes on under a new epoch.");
    bench.call(LAN, "storage.get", json!({}));
    bench.naming(&[("path", "<path>"), ("code", "<backup-code>")]);
    let made = bench.call(LAN, "backup.make", json!({}));
    bench.naming(&[("bytes", "<piece>")]);
    bench.call(LAN, "backup.read", json!({ "offset": 0 }));
    let new = Who {
        profile: "lan-new",
        pin: "246813",
    };
    bench.call(new, "backup.put", json!({ "offset": 0, "bytes": "" }));
    // As much as one argument of a command may hold.
    let file = std::fs::read(text(&made, "path")).unwrap();
    for (n, piece) in file.chunks(60_000).enumerate() {
        let bytes = base64::engine::general_purpose::STANDARD.encode(piece);
        let piece = json!({ "offset": n * 60_000, "bytes": bytes });
        bench.quiet(new, "backup.put", piece);
    }
    bench.names.know(new.pin, "<pin-of-the-new-phone>");
    let back = json!({ "code": made["code"], "pin": new.pin });
    let holds = bench.secret_call(new, "backup.restore", back);
    assert_eq!(holds, made["holds"]);
    bench.call(LAN, "backup.drop", json!({}));
}

/// Erasing a record, revoking a device, and letting its last work count after all.
pub fn erased_and_revoked(bench: &mut Bench, place: &Place) {
    bench.chapter("Erasing, and a lost phone");
    bench.quiet(LAN, "sync.run", json!({}));
    bench.quiet(OFFICE, "sync.run", json!({}));
    let found = bench.quiet(OFFICE, "search", json!({ "text": "vu y xia" }));
    let erased = json!({ "id": found[0]["id"] });
    bench.refused(LAN, "record.purge", erased.clone(), "not_allowed");
    bench.call(OFFICE, "record.purge", erased.clone());
    bench.quiet(LAN, "sync.run", json!({}));
    bench.refused(LAN, "record.get", erased, "not_found");
    bench.note("What a revoked phone wrote before it heard of it is set aside, not lost; staff may let it count.");
    let revoke = json!({ "device": place.lan, "reason": "mất máy" });
    bench.call(OFFICE, "device.revoke", revoke);
    let last =
        json!({ "space": place.team, "kind": "household", "fields": { "head_name": "Lầu Y Dợ" } });
    let last = text(&bench.quiet(LAN, "record.create", last), "id");
    bench.names.know(&last, "<household-last>");
    let told = bench.toso(LAN, &["sync"]);
    assert_eq!(told["refused"][0]["code"], "revoked");
    let notices = bench.call(LAN, "notices.list", json!({}));
    let key = notices
        .as_array()
        .unwrap()
        .iter()
        .find_map(|notice| notice["key"].as_str());
    bench.call(LAN, "notices.drop", json!({ "key": key.unwrap() }));
    bench.quiet(OFFICE, "sync.run", json!({}));
    bench.naming(&[("pack", "<pack>")]);
    let tray = bench.call(OFFICE, "tray.list", json!({}));
    let pack = json!({ "space": tray[0]["space"], "head": tray[0]["pack"] });
    let shown = bench.call(OFFICE, "tray.show", pack.clone());
    assert_eq!(shown[0]["fields"]["head_name"], "Lầu Y Dợ");
    bench.call(OFFICE, "tray.approve", pack);
    let held: Value = bench.quiet(OFFICE, "record.get", json!({ "id": last }));
    assert_eq!(held["fields"]["head_name"], "Lầu Y Dợ");
    adopted(bench, place);
    bench.call(OFFICE, "device.list", json!({}));
}

/// Páo's phone, let in and lost the same day: staff write its last work under their own name.
fn adopted(bench: &mut Bench, place: &Place) {
    let devices = bench.quiet(OFFICE, "device.list", json!({}));
    let waiting = devices.as_array().unwrap().iter();
    let waiting = waiting
        .clone()
        .find(|one| one["state"] == "pending")
        .unwrap();
    let approve = json!({ "device": waiting["device"], "check_number": waiting["check_number"] });
    bench.quiet(OFFICE, "device.approve", approve);
    bench.quiet(PAO, "enrol.state", json!({}));
    bench.quiet(PAO, "sync.run", json!({}));
    let revoke = json!({ "device": waiting["device"], "reason": "mất máy" });
    bench.quiet(OFFICE, "device.revoke", revoke);
    let last = json!({ "space": place.team, "kind": "household", "fields": { "head_name": "Cư Hòa Vần" } });
    let last = text(&bench.quiet(PAO, "record.create", last), "id");
    bench.names.know(&last, "<household-adopted>");
    bench.quiet(PAO, "sync.run", json!({}));
    bench.note("Another lost phone: this time staff write what it holds again, under their own name. What others wrote since shows beside it as a clash.");
    let tray = bench.quiet(OFFICE, "tray.list", json!({}));
    bench
        .names
        .know(tray[0]["pack"].as_str().unwrap(), "<pack-2>");
    let pack = json!({ "space": tray[0]["space"], "head": tray[0]["pack"] });
    bench.call(OFFICE, "tray.adopt", pack.clone());
    bench.refused(OFFICE, "tray.adopt", pack, "not_found");
    let held = bench.quiet(OFFICE, "record.get", json!({ "id": last }));
    assert_eq!(held["fields"]["head_name"], "Cư Hòa Vần");
    assert_eq!(bench.quiet(OFFICE, "tray.list", json!({})), json!([]));
}

/// Backups, and a way back in.
pub fn operator(bench: &mut Bench, place: &Place) {
    bench.chapter("The operator");
    bench.note("Photos and papers go into the folder `toso-hub-files` beside the file, sealed as they are: what is there already is not copied again, and what was erased leaves it. Both are kept together.");
    bench.hub(&["backup", "--data", "hub", "hub.age"]);
    bench.note("A backup is opened with the recovery key, from `TOSO_RECOVERY_KEY` or asked for.");
    bench.hub_with_key(&place.recovery, &["check", "--data", "hub", "hub.age"]);
    bench.hub_refused(&["check", "--data", "hub", "hub.age"], "no_recovery_key");
    bench.hub(&["check", "--data", "hub"]);
    bench.hub(&["doctor", "--data", "hub"]);
    bench.hub_with_key(
        &place.recovery,
        &["restore", "--data", "hub-again", "hub.age"],
    );
    bench.note("Work of a place without a network comes to the hub as a file, and receipts and everybody's work go back in one; the hub must be stopped.");
    bench.hub_refused(&["take", "--data", "hub", "lan.toso"], "in_use");
    bench.stop_hub();
    bench.hub(&["take", "--data", "hub", "lan.toso"]);
    bench.hub_refused(&["take", "--data", "hub", "other.txt"], "not_a_file");
    bench.hub(&["give", "--data", "hub", "village.toso"]);
    bench.note("The commune's key may be changed, signed by the old one: devices follow when they next come.");
    bench.hub(&["new-key", "--data", "hub"]);
    bench.serve_hub(false);
    bench.quiet(OFFICE, "sync.run", json!({}));
    bench.note("A commune whose only staff device was lost: with the hub stopped, the operator makes a new administrator's code. It is shown once, the trail says so, and the lost device is revoked with the new one.");
    bench.hub_refused(&["staff-code", "--data", "hub"], "in_use");
    bench.stop_hub();
    bench.naming(&[("staff_code", "<code-4>")]);
    let made = bench.hub(&["staff-code", "--data", "hub"]);
    bench.serve_hub(false);
    let (url, code) = (bench.url.clone(), text(&made, "staff_code"));
    let words = [
        "enrol",
        "--hub",
        &url,
        "--code",
        &code,
        "--name",
        "Máy văn phòng mới",
    ];
    let told = bench.toso(AGAIN, &words);
    assert_eq!(told["state"], "active");
    bench.toso(AGAIN, &["sync"]);
    bench.stop_hub();
}
