//! A phone is let in by the QR on the office's screen: the hub is held to what it says, before anything is kept.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failed step is a failed test"
)]

use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use toso_sync::id::HubKey;
use toso_sync::invitation::Invitation;
use toso_tests::binary::program;
use toso_tests::demo::{OFFICE_SECRET, PIN, Person};
use toso_tests::quick::QUICK;

const HERE: &str = "127.0.0.1:0";
/// Away from loopback a hub speaks TLS.
const EVERYWHERE: &str = "0.0.0.0:0";

/// The hub's program and its office, ended with the test.
struct Commune {
    process: Child,
    home: tempfile::TempDir,
    url: String,
    office: Person,
    invite: Value,
}

impl Commune {
    fn new(listen: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let made = hub(home.path(), "init")
            .args(["--name", "Xã Mường Lống"])
            .output()
            .unwrap();
        let made: Value = serde_json::from_slice(&made.stdout).unwrap();
        let (process, url) = serve(home.path(), listen);
        let office = person(home.path(), "Hoa");
        let start = json!({ "url": url, "code": made["staff_code"], "name": "Máy văn phòng", "pin": OFFICE_SECRET });
        assert_eq!(
            office.done("enrol.start", start).unwrap()["state"],
            "active"
        );
        office.sync().unwrap();
        let space = office.done("space.list", json!({})).unwrap()[0]["id"].clone();
        let space = space.as_str().unwrap();
        let unit = json!({ "name": "Xã Mường Lống", "unit_kind": "xa" });
        let input = json!({ "space": space, "kind": "unit", "id": space, "fields": unit });
        office.done("record.create", input).unwrap();
        let team = json!({ "name": "Tổ Huồi Tụ", "team_kind": "cap_thon", "unit": space });
        let team = office.create(space, "team", team).unwrap();
        let lan = json!({ "full_name": "Vừ Thị Lan" });
        let lan = office.create(space, "member", lan).unwrap();
        office.sync().unwrap();
        let invite = json!({ "member": lan, "roles": ["member"], "teams": [team] });
        Self {
            process,
            home,
            url,
            office,
            invite,
        }
    }

    fn invited(&self) -> Invitation {
        let told = self.office.done("member.invite", self.invite.clone());
        let told = told.unwrap();
        let mut read = Invitation::read(told["qr"].as_str().unwrap()).unwrap();
        assert_eq!(told["code"], read.code.to_string());
        // It listens everywhere, which is no address to go to.
        read.url = read.url.replace("0.0.0.0", "127.0.0.1");
        read
    }
}

impl Drop for Commune {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn hub(home: &Path, word: &str) -> Command {
    let mut command = Command::new(program("toso-hub"));
    command.arg(word).arg("--data").arg(home.join("hub"));
    command
}

fn serve(home: &Path, listen: &str) -> (Child, String) {
    let mut process = hub(home, "serve")
        .args(["--listen", listen])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(process.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    let url = told["listening"].as_str().unwrap();
    (process, url.replace("0.0.0.0", "127.0.0.1"))
}

fn person(home: &Path, name: &str) -> Person {
    let secret = if name == "Hoa" { OFFICE_SECRET } else { PIN };
    Person::new(&home.join(name), name, secret, name, QUICK).unwrap()
}

fn start(qr: &str) -> Value {
    json!({ "qr": qr, "name": "Máy của Lan", "pin": PIN })
}

/// True when nothing of any hub is kept.
fn is_nobodys(phone: &Person) -> bool {
    let state = phone.done("profile.state", json!({})).unwrap();
    (&state["enrolled"], &state["hub"]) == (&json!("no"), &Value::Null)
}

#[test]
fn the_qr_lets_in_and_whoever_answers_must_be_who_it_says() {
    let commune = Commune::new(HERE);
    let right = commune.invited();
    assert_eq!((&right.url, right.tls), (&commune.url, None));
    let phone = person(commune.home.path(), "Lan");
    let refused = |invitation: &Invitation, code: &str| {
        let told = phone.refused("enrol.start", start(&invitation.to_string()), code);
        told.unwrap();
        assert!(is_nobodys(&phone), "{code}");
    };
    let other = Invitation {
        authority: HubKey([9; 32]),
        ..right.clone()
    };
    refused(&other, "wrong_hub");
    let promised = Invitation {
        tls: Some([9; 32]),
        ..right.clone()
    };
    refused(&promised, "wrong_hub");
    let nobody = Invitation {
        url: "http://127.0.0.1:1".to_owned(),
        ..right.clone()
    };
    refused(&nobody, "offline");
    let plain = Invitation {
        url: "http://192.0.2.1:8420".to_owned(),
        ..right.clone()
    };
    refused(&plain, "insecure_hub");
    // The code went to none of them, and the profile is used again.
    let asked = phone
        .done("enrol.start", start(&right.to_string()))
        .unwrap();
    assert_eq!(asked["state"], "pending");
    let approve = json!({ "device": asked["device_id"], "check_number": asked["check_number"] });
    commune.office.done("device.approve", approve).unwrap();
    phone.sync().unwrap();
    let state = phone.done("profile.state", json!({})).unwrap();
    assert_eq!(
        (&state["enrolled"], &state["hub"]),
        (&json!("active"), &json!(commune.url))
    );
    assert_eq!(state["commune"], "Xã Mường Lống");
    assert_eq!(state["member_name"], "Vừ Thị Lan");
    assert_eq!(state["team_names"], json!(["Tổ Huồi Tụ"]));
}

#[test]
fn another_hub_behind_the_address_gets_neither_code_nor_phone() {
    let (commune, other) = (Commune::new(HERE), Commune::new(HERE));
    let mut led_astray = commune.invited();
    led_astray.url.clone_from(&other.url);
    let phone = person(commune.home.path(), "Lan");
    let qr = led_astray.to_string();
    phone
        .refused("enrol.start", start(&qr), "wrong_hub")
        .unwrap();
    assert!(is_nobodys(&phone));
    let waiting = other.office.done("device.list", json!({})).unwrap();
    assert_eq!(waiting.as_array().unwrap().len(), 1, "its office alone");
}

#[test]
fn over_tls_the_certificate_must_be_the_one_on_the_screen() {
    let commune = Commune::new(EVERYWHERE);
    let right = commune.invited();
    assert!(right.tls.is_some() && right.url.starts_with("https://"));
    let phone = person(commune.home.path(), "Lan");
    let other = Invitation {
        tls: Some([9; 32]),
        ..right.clone()
    };
    let qr = other.to_string();
    phone
        .refused("enrol.start", start(&qr), "wrong_hub")
        .unwrap();
    assert!(is_nobodys(&phone));
    let asked = phone
        .done("enrol.start", start(&right.to_string()))
        .unwrap();
    assert_eq!(asked["state"], "pending");
}

#[test]
fn an_invitation_stays_good_when_the_communes_key_is_changed() {
    let mut commune = Commune::new(HERE);
    let right = commune.invited();
    let address = commune.url.strip_prefix("http://").unwrap().to_owned();
    commune.process.kill().unwrap();
    commune.process.wait().unwrap();
    let changed = hub(commune.home.path(), "new-key").output().unwrap();
    assert!(changed.status.success());
    commune.process = serve(commune.home.path(), &address).0;
    let phone = person(commune.home.path(), "Lan");
    let asked = phone
        .done("enrol.start", start(&right.to_string()))
        .unwrap();
    assert_eq!(asked["state"], "pending");
}

#[test]
fn what_is_no_invitation_makes_no_profile() {
    let home = tempfile::tempdir().unwrap();
    let phone = person(home.path(), "Lan");
    let (code, key) = ("ABC-DEFGH-JKMNP", "ab".repeat(32));
    let well = format!("toso:1?c={code}&a={key}&u=http://127.0.0.1:1");
    for (input, refusal) in [
        (start("https://vneid.gov.vn"), "bad_qr"),
        (start(&well[..well.len() - 22]), "bad_qr"),
        (start(&well.replace("toso:1", "toso:2")), "qr_version"),
        (
            json!({ "qr": well, "url": "h", "code": code, "name": "x", "pin": PIN }),
            "bad_input",
        ),
        (json!({ "url": "h", "name": "x", "pin": PIN }), "bad_input"),
        (json!({ "name": "x", "pin": PIN }), "bad_input"),
    ] {
        let told = phone.refused("enrol.start", input, refusal).unwrap();
        let told = told.to_json().to_string();
        assert!(!told.contains(code) && !told.contains("vneid"), "{told}");
        let state = phone.done("profile.state", json!({})).unwrap();
        assert_eq!(state["state"], "none");
    }
}
