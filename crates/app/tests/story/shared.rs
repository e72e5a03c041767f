//! One phone, several people, and practice on it.

use crate::meeting::two;
use crate::world::{Commune, Person};
use serde_json::{Value, json};
use std::sync::Arc;
use toso_domain::id::RecordId;
use toso_sync::ruling::Role;

/// Dua enrols on Lan's phone.
fn joined(commune: &Arc<Commune>, lan: &Person) {
    lan.done("profile.add", json!({}));
    assert_eq!(lan.done("profile.state", json!({}))["state"], "none");
    lan.done(
        "enrol.start",
        json!({ "url": "http://127.0.0.1:1", "code": "Dua", "name": "Máy của Dua", "pin": "777888" }),
    );
    let dua = RecordId::v5(&commune.space.into(), "Dua");
    commune.certify("Dua", dua, &[Role::Member]);
    lan.done("enrol.state", json!({}));
    lan.sync();
}

fn labels(told: &Value) -> Vec<(Option<&str>, bool)> {
    let all = told.as_array().unwrap().iter();
    all.map(|one| (one["label"].as_str(), one["current"] == true))
        .collect()
}

fn id(told: &Value, label: &str) -> String {
    let all = told.as_array().unwrap();
    let one = all.iter().find(|one| one["label"] == label).unwrap();
    one["id"].as_str().unwrap().to_owned()
}

#[test]
fn two_people_share_a_phone_and_neither_opens_the_other_s_work() {
    let (commune, _staff, lan, pao) = two();
    commune.set_online(false);
    let of_lan = lan.household("Lầu Bá Đủa");
    commune.set_online(true);
    joined(&commune, &lan);
    let told = lan.done("profile.list", json!({}));
    let both = [(Some("Máy của Lan"), false), (Some("Máy của Dua"), true)];
    assert_eq!(labels(&told), both);
    // What Lan saved lies in her file alone until she sends it.
    assert_eq!(
        lan.refused("record.get", json!({ "id": of_lan })).code,
        "not_found"
    );
    let of_dua = lan.household("Hờ Y Xa");
    lan.sync();

    lan.done("profile.choose", json!({ "id": id(&told, "Máy của Lan") }));
    assert_eq!(lan.refused("record.list", json!({})).code, "locked");
    // Dua's PIN opens nothing here.
    assert_eq!(
        lan.refused("profile.unlock", json!({ "pin": "777888" }))
            .code,
        "pin_wrong"
    );
    lan.done("profile.unlock", json!({ "pin": "123456" }));
    assert_eq!(lan.get(&of_lan)["sync"], "waiting");
    lan.sync();
    pao.sync();
    assert_eq!(pao.get(&of_lan)["fields"]["head_name"], "Lầu Bá Đủa");
    assert_eq!(pao.get(&of_dua)["fields"]["head_name"], "Hờ Y Xa");
    let by = pao.done("record.history", json!({ "id": of_dua }));
    let dua = RecordId::v5(&commune.space.into(), "Dua").to_string();
    assert_eq!(by[0]["member"], dua.as_str());
}

#[test]
fn a_damaged_key_keeps_nobody_else_from_their_work() {
    let (commune, _staff, lan, _pao) = two();
    joined(&commune, &lan);
    std::fs::write(commune.profile("Lan").join("key.json"), "{").unwrap();
    let told = lan.done("profile.list", json!({}));
    assert_eq!(labels(&told).len(), 2);
    lan.done("profile.choose", json!({ "id": id(&told, "Máy của Lan") }));
    lan.done("profile.choose", json!({ "id": id(&told, "Máy của Dua") }));
    lan.done("profile.unlock", json!({ "pin": "777888" }));
}

#[test]
fn whoever_does_not_enrol_after_all_leaves_nothing_and_no_path_is_an_id() {
    let (commune, _staff, lan, _pao) = two();
    lan.done("profile.add", json!({}));
    let told = lan.done("profile.list", json!({}));
    assert_eq!(labels(&told), [(Some("Máy của Lan"), false), (None, true)]);
    for foreign in ["", "..", "../Páo", "first/../../Páo", "/", "others"] {
        let error = lan.refused("profile.choose", json!({ "id": foreign }));
        assert_eq!(error.code, "no_such_profile", "{foreign}");
    }
    lan.done("profile.choose", json!({ "id": "first" }));
    let told = lan.done("profile.list", json!({}));
    assert_eq!(labels(&told), [(Some("Máy của Lan"), true)]);
    let others = commune.profile("Lan").join("others");
    assert_eq!(std::fs::read_dir(others).unwrap().count(), 0);
    for _ in 0..19 {
        lan.done("profile.add", json!({}));
        // As an enrolment that ended half-way does.
        lan.call(
            "enrol.start",
            json!({ "url": "http://127.0.0.1:1", "code": "X", "name": "X", "pin": "777888" }),
        )
        .unwrap();
    }
    assert_eq!(lan.refused("profile.add", json!({})).code, "profiles_full");
}

#[test]
fn practice_is_a_commune_of_its_own_and_leaves_nothing() {
    let (commune, _staff, lan, _pao) = two();
    let own = lan.household("Lầu Bá Đủa");
    lan.done("practice.start", json!({}));
    let state = lan.done("profile.state", json!({}));
    assert_eq!(
        (&state["practice"], &state["hub"]),
        (&json!(true), &json!(null))
    );
    assert_eq!(state["commune"], "Xã Tập Thử");
    assert_eq!(state["roles"], json!(["member", "lead"]));
    assert_eq!(
        lan.refused("record.get", json!({ "id": own })).code,
        "not_found"
    );
    let houses = lan.done("household.list", json!({ "scope": "mine" }));
    assert_eq!(houses["items"].as_array().unwrap().len(), 8);
    let today = lan.done("today.get", json!({ "day": "2026-10-01" }));
    assert_eq!(today["due"].as_array().unwrap().len(), 2, "{today}");
    let house = &houses["items"][0];
    lan.done(
        "record.create",
        json!({ "space": house["space"], "kind": "visit", "fields": {
            "household": house["id"], "day": "2026-10-01", "contact": "vang_nha" } }),
    );
    assert_eq!(lan.refused("sync.run", json!({})).code, "practice");

    lan.done("profile.lock", json!({}));
    assert_eq!(lan.done("profile.state", json!({}))["practice"], false);
    assert!(!commune.profile("Lan").join("practice").exists());
    lan.done("profile.unlock", json!({ "pin": "123456" }));
    assert_eq!(lan.get(&own)["sync"], "waiting");
    let visits = lan.done("record.list", json!({ "kind": "visit" }));
    assert_eq!(visits["items"], json!([]));
}
