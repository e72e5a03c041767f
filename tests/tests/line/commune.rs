//! A hub, its first office, and a member who is let in.

use crate::bench::Bench;
use crate::story::{LAN, OFFICE, PAO, text};
use serde_json::{Value, json};
use toso_tests::qr;

/// What later chapters need.
#[derive(Debug, Clone, Default)]
pub struct Place {
    pub recovery: String,
    pub code: String,
    pub commune: String,
    pub team: String,
    /// Lan's device, in hex, and her record.
    pub lan: String,
    pub member: String,
}

/// A hub from nothing.
pub fn hub(bench: &mut Bench) -> Place {
    bench.chapter("The hub");
    bench.note("`init` makes a hub and tells four things once: the code enrols the first staff device within the hour, the recovery key opens backups.");
    let words = ["init", "--data", "hub", "--name", "Xã Mường Lống"];
    bench.naming(&[
        ("staff_code", "<code-1>"),
        ("recovery_key", "<recovery-key>"),
    ]);
    let made = bench.hub(&words);
    bench.hub_refused(&words, "exists");
    bench.note("`serve` says where it listens on its first line and ends in order on SIGTERM.");
    bench.serve_hub(true);
    Place {
        recovery: text(&made, "recovery_key"),
        code: text(&made, "staff_code"),
        ..Place::default()
    }
}

/// The first staff device, and the commune's records.
pub fn office(bench: &mut Bench, mut place: Place) -> Place {
    bench.chapter("The office");
    let url = bench.url.clone();
    let enrol = |code: &str| {
        [
            "enrol",
            "--hub",
            &url,
            "--code",
            code,
            "--name",
            "Máy văn phòng",
        ]
        .map(str::to_owned)
    };
    let wrong = enrol("0000000000000");
    bench.toso_refused(OFFICE, &wrong.each_ref().map(String::as_str), "code_wrong");
    let right = enrol(&place.code);
    let told = bench.toso(OFFICE, &right.each_ref().map(String::as_str));
    assert_eq!(told["state"], "active");
    bench.call(OFFICE, "profile.state", json!({}));
    bench.toso(OFFICE, &["sync"]);
    let spaces = bench.quiet(OFFICE, "space.list", json!({}));
    place.commune = text(&spaces[0], "id");
    bench.names.know(&place.commune, "<commune>");
    bench.note("A commune's own record and those of its teams have the ids of their spaces; the hub opens a team's space when it learns of the team.");
    let unit = json!({ "space": place.commune, "kind": "unit", "id": place.commune,
        "fields": { "name": "Xã Mường Lống", "unit_kind": "xa" } });
    bench.call(OFFICE, "record.create", unit);
    let team = json!({ "space": place.commune, "kind": "team",
        "fields": { "name": "Tổ Huồi Tụ", "team_kind": "cap_thon", "unit": place.commune } });
    place.team = text(&bench.quiet(OFFICE, "record.create", team.clone()), "id");
    bench.names.know(&place.team, "<team>");
    let mut named = team;
    named["id"] = json!(place.team);
    bench.call(OFFICE, "record.create", named);
    let member = |name: &str| json!({ "space": place.commune, "kind": "member", "fields": { "full_name": name } });
    place.member = text(
        &bench.quiet(OFFICE, "record.create", member("Vừ Thị Lan")),
        "id",
    );
    bench.names.know(&place.member, "<member-lan>");
    bench.toso(OFFICE, &["sync"]);
    bench.call(OFFICE, "space.list", json!({}));
    place
}

/// Lan is invited, asks, is compared and let in; Páo asks and waits.
pub fn let_in(bench: &mut Bench, mut place: Place) -> Place {
    bench.chapter("Letting a member in");
    let invite = json!({ "member": place.member, "roles": ["member"], "teams": [place.team] });
    bench.naming(&[("code", "<code-2>")]);
    let told = bench.call(OFFICE, "member.invite", invite.clone());
    let (url, code) = (bench.url.clone(), text(&told, "code"));
    let words = [
        "enrol",
        "--hub",
        &url,
        "--code",
        &code,
        "--name",
        "Máy của Lan",
    ];
    let asked = bench.toso(LAN, &words);
    assert_eq!(asked["state"], "pending");
    place.lan = text(&asked, "device_id");
    bench.names.know(&place.lan, "<device-lan>");
    bench.toso_refused(LAN, &["sync"], "not_enrolled");
    bench.call(OFFICE, "device.list", json!({}));
    let approve = |number: &str| json!({ "device": place.lan, "check_number": number });
    let number = text(&asked, "check_number");
    let other = if number == "000000" {
        "111111"
    } else {
        "000000"
    };
    bench.names.know(other, "<other>");
    bench.refused(OFFICE, "device.approve", approve(other), "check_number");
    bench.names.know(&number, "<check>");
    bench.call(OFFICE, "device.approve", approve(&number));
    let state = bench.call(LAN, "enrol.state", json!({}));
    assert_eq!(state["state"], "active");
    bench.toso(LAN, &["sync"]);
    bench.note("`enrol` is the call `enrol.start`; a secret in the input comes by standard input. With the text of the QR instead of address and code, the hub is held to what it says of it.");
    let told = bench.quiet(OFFICE, "member.invite", invite);
    bench.names.know(&text(&told, "code"), "<code-3>");
    let start = json!({ "qr": told["qr"], "name": "Máy của Páo", "pin": PAO.pin });
    bench.names.know(PAO.pin, "<pin>");
    bench.secret_call(PAO, "enrol.start", start);
    pictures(bench);
    phone(bench);
    place
}

/// What only a phone has, asked where there is none.
fn phone(bench: &mut Bench) {
    bench.note("A phone has a scanner, a finger's reader, reminders, and may be opened with an invitation as a link. A terminal has none of these: with `\"scanner\":true` in place of a picture the calls above answer `no_scanner`.");
    bench.call(LAN, "phone.state", json!({}));
    bench.refused(LAN, "qr.card", json!({ "scanner": true }), "no_scanner");
    bench.call(LAN, "phone.stop", json!({}));
    bench.call(LAN, "phone.invitation", json!({}));
    let words = json!({ "title": "Mở Tổ Số", "reason": "Chạm vân tay", "cancel": "Nhập mã PIN" });
    let on = json!({ "pin": LAN.pin, "words": words });
    bench.names.know(LAN.pin, "<pin>");
    bench.secret_refused(LAN, "finger.on", on, "no_finger");
    bench.refused(LAN, "finger.unlock", words, "no_finger");
    bench.call(LAN, "finger.off", json!({}));
    let set = json!({ "on": true, "ask": true, "one": "Hôm nay có 1 việc đến hạn", "many": "Hôm nay có {count} việc đến hạn" });
    bench.refused(LAN, "reminder.set", set, "no_reminders");
}

/// A QR code drawn for another's camera, and what a form takes from one that a camera saw.
fn pictures(bench: &mut Bench) {
    bench
        .note("A QR code is drawn as squares, and read from grey pixels: a byte each, in base 64.");
    let drawn = bench.call(LAN, "qr.draw", json!({ "text": "toso:1" }));
    let seen = |bench: &mut Bench, drawn: &Value| {
        let picture = qr::seen(drawn);
        bench.names.know(&text(&picture, "grey"), "<pixels>");
        picture
    };
    let picture = seen(bench, &drawn);
    let read = bench.call(LAN, "qr.read", picture);
    assert_eq!(read["text"], "toso:1");
    let blank = qr::seen(&json!({ "size": 21, "rows": ["0"] }));
    bench.names.know(&text(&blank, "grey"), "<other-pixels>");
    bench.refused(LAN, "qr.read", blank, "no_qr");
    bench.note("Each form asks for its own kind of code. Of a card only what the form shows is answered; the number becomes a tag that proposes duplicates. Of a shop's payment code the bank and the shop's name are; another kind of code is refused, and so is a damaged one.");
    let card = "040180123456||LẦU BÁ ĐỦA|02091980|Nam|Bản Huồi Tụ, Nghệ An|25042021";
    let shop = qr::vietqr("970405", "3606205123456", "TAP HOA LO POM");
    let damaged = shop.replace("POM", "POK");
    for (name, payload, code) in [
        ("qr.card", card, ""),
        ("qr.vietqr", &shop, ""),
        ("qr.vietqr", &damaged, "qr_damaged"),
        ("qr.vietqr", card, "other_qr"),
        ("qr.receipt", "H37.12-250915-0007", ""),
        ("qr.address", "https://example.vn/mat-ong-muong-long", ""),
    ] {
        // Made at a screen of ours; no person's code stands in a line that others of this machine can read.
        let drawn = quietly(bench, payload);
        let picture = seen(bench, &drawn);
        if code.is_empty() {
            bench.secret_call(LAN, name, picture);
        } else {
            bench.secret_refused(LAN, name, picture, code);
        }
    }
}

fn quietly(bench: &mut Bench, payload: &str) -> Value {
    bench.quiet(LAN, "qr.draw", json!({ "text": payload }))
}
