//! A phone that was revoked: it hands in what it has and then shows nothing any more.

use crate::meeting::two;
use crate::world::{Commune, Person};
use serde_json::json;
use toso_domain::id::RecordId;

/// Staff revoke a person's device where the hub holds it now.
fn revokes(commune: &Commune, person: &Person) {
    let told = person.done("profile.state", json!({}));
    let device = told["device_id"].as_str().unwrap();
    commune.revoke(toso_sync::id::DeviceKey::from_hex(device).unwrap());
}

/// Nothing that shows or changes a record is answered; what the owner must be told still is.
fn is_locked(person: &Person, id: &str) {
    let any = RecordId::from_bytes([9; 16]);
    for (call, input) in [
        ("record.get", json!({ "id": id })),
        ("record.list", json!({})),
        ("record.history", json!({ "id": id })),
        ("search", json!({ "text": "lau" })),
        ("clash.list", json!({})),
        ("duplicate.list", json!({})),
        ("duplicate.find", json!({ "fields": {} })),
        ("today.get", json!({})),
        ("household.list", json!({})),
        ("household.timeline", json!({ "id": id })),
        ("people.list", json!({})),
        ("draft.get", json!({ "key": "a" })),
        ("draft.list", json!({})),
        ("file.info", json!({ "hash": "a".repeat(52) })),
        ("late.list", json!({})),
        ("tray.list", json!({})),
        ("record.save", json!({ "id": id, "patch": { "note": "x" } })),
        ("assign.set", json!({ "household": id, "members": [any] })),
        (
            "assign.many",
            json!({ "households": [id], "members": [any], "how": "set" }),
        ),
    ] {
        assert_eq!(person.refused(call, input).code, "revoked", "{call}");
    }
    person.done("space.list", json!({}));
    person.done("sync.status", json!({}));
    person.done("sync.stop", json!({}));
    let state = person.done("profile.state", json!({}));
    assert_eq!(
        (&state["commune"], &state["team_names"]),
        (&json!(null), &json!([]))
    );
    let notices = person.done("notices.list", json!({}));
    let notices = notices.as_array().unwrap();
    assert!(notices.iter().any(|notice| notice["code"] == "revoked"));
}

#[test]
fn a_revoked_phone_hands_in_its_last_work_and_then_shows_nothing() {
    let (commune, staff, lan, _pao) = two();
    let id = lan.household("Lầu Bá Đủa");
    lan.sync();
    commune.set_online(false);
    let last = lan.household("Vừ Bá Xìa");
    revokes(&commune, &lan);
    lan.get(&id);
    commune.set_online(true);
    lan.sync();
    is_locked(&lan, &id);
    let lan = lan.restart();
    is_locked(&lan, &id);
    staff.sync();
    staff.get(&id);
    assert_eq!(
        staff.refused("record.get", json!({ "id": last })).code,
        "not_found",
        "it waits for staff in the hub's tray"
    );
    assert_eq!(commune.tray(), 1);
}

#[test]
fn a_phone_without_a_network_learns_of_its_revocation_from_a_file() {
    let (commune, staff, lan, pao) = two();
    let id = lan.household("Lầu Bá Đủa");
    lan.sync();
    revokes(&commune, &lan);
    staff.sync();
    pao.sync();
    let file = commune
        .profile("Lan")
        .parent()
        .unwrap()
        .join("for-lan.toso");
    pao.app.export(&file).unwrap();
    lan.get(&id);
    lan.app.import(&file).unwrap();
    is_locked(&lan, &id);
}
