//! One device and what may happen to it.

use crate::meeting::two;
use crate::world::{Commune, DAY};
use serde_json::json;
use toso_sync::ruling::Role;

#[test]
fn a_wrong_pin_is_counted_and_opens_nothing() {
    let (_commune, _staff, lan, _pao) = two();
    lan.done("profile.lock", json!({}));
    assert_eq!(lan.refused("record.list", json!({})).code, "locked");
    let state = lan.done("profile.state", json!({}));
    assert_eq!(
        (&state["state"], &state["commune"]),
        (&json!("locked"), &json!(null))
    );
    assert_eq!(state["team_names"], json!([]));
    let error = lan.refused("profile.unlock", json!({ "pin": "000000" }));
    assert_eq!(error.code, "pin_wrong");
    assert!(error.detail.contains_key("free_left"));
    assert_eq!(lan.refused("record.list", json!({})).code, "locked");
    lan.done("profile.unlock", json!({ "pin": "123456" }));
    lan.done("record.list", json!({}));
    lan.done("profile.pin", json!({ "old": "123456", "new": "111222" }));
    lan.done("profile.lock", json!({}));
    assert_eq!(
        lan.refused("profile.unlock", json!({ "pin": "123456" }))
            .code,
        "pin_wrong"
    );
    lan.done("profile.unlock", json!({ "pin": "111222" }));
    let state = lan.done("profile.state", json!({}));
    assert_eq!(
        (&state["enrolled"], &state["roles"]),
        (&json!("active"), &json!(["member"]))
    );
    assert_eq!(state["commune"], "Xã Mường Lống");
    assert_eq!(state["team_names"], json!(["Tổ Huồi Tụ"]));
    assert_eq!(state["member_name"], json!(null), "her record is not here");
}

#[test]
fn a_second_process_on_a_profile_is_sent_away() {
    let (commune, _staff, lan, _pao) = two();
    let other = commune.app("Lan");
    let error = toso_app::call(&other, "profile.unlock", json!({ "pin": lan.pin })).unwrap_err();
    assert_eq!(error.code, "profile_in_use");
    lan.household("Lầu Bá Đủa");
}

#[test]
fn a_save_the_database_lost_comes_back_from_the_journal() {
    let (commune, _staff, lan, pao) = two();
    let early = lan.household("Lầu Bá Đủa");
    let folder = commune.profile("Lan");
    let copy = |suffix: &str| {
        let bytes = std::fs::read(folder.join(format!("toso.db{suffix}"))).unwrap_or_default();
        (suffix.to_owned(), bytes)
    };
    let before = [copy(""), copy("-wal")];
    let late = lan.household("Vừ Y Mai");
    lan.done(
        "record.save",
        json!({ "id": early, "patch": { "note": "sau" } }),
    );
    // The power fails, and the disk forgets the newest commits: the files are as they were.
    let (_, name, pin) = lan.end();
    for (suffix, bytes) in before {
        let file = folder.join(format!("toso.db{suffix}"));
        if bytes.is_empty() {
            drop(std::fs::remove_file(file));
        } else {
            std::fs::write(file, bytes).unwrap();
        }
    }
    drop(std::fs::remove_file(folder.join("toso.db-shm")));
    let lan = commune.again(&name, &pin);
    lan.done("profile.unlock", json!({ "pin": pin }));
    assert_eq!(lan.get(&late)["fields"]["head_name"], "Vừ Y Mai");
    assert_eq!(lan.get(&early)["fields"]["note"], "sau");
    let notices = lan.done("notices.list", json!({}));
    let codes: Vec<&str> = notices
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n["code"].as_str().unwrap())
        .collect();
    assert!(
        codes.contains(&"journal_ahead") && codes.contains(&"new_epoch"),
        "{codes:?}"
    );
    lan.sync();
    assert_eq!(lan.get(&late)["sync"], "kept");
    pao.sync();
    assert_eq!(pao.get(&late)["fields"]["head_name"], "Vừ Y Mai");
    assert_eq!(pao.get(&early)["fields"]["note"], "sau");
    assert_eq!(
        lan.app.view_hash(commune.team).unwrap(),
        pao.app.view_hash(commune.team).unwrap()
    );
}

#[test]
fn a_view_made_again_from_the_packs_is_the_same() {
    let (commune, _staff, lan, pao) = two();
    let id = lan.household("Lầu Bá Đủa");
    lan.sync();
    pao.sync();
    pao.done(
        "record.save",
        json!({ "id": id, "patch": { "phone": "0987654321" } }),
    );
    lan.done(
        "record.save",
        json!({ "id": id, "patch": { "phone": "0912345678" } }),
    );
    pao.sync();
    lan.sync();
    lan.household("Vừ Y Mai");
    let before = lan.app.view_hash(commune.team).unwrap();
    lan.app.rebuild_view().unwrap();
    assert_eq!(lan.app.view_hash(commune.team).unwrap(), before);
    assert_eq!(
        lan.done("search", json!({ "text": "vu y mai" }))
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn kept_falls_back_to_waiting_when_the_hub_forgot_and_is_kept_again() {
    let (commune, _staff, lan, _pao) = two();
    let id = lan.household("Lầu Bá Đủa");
    lan.sync();
    assert_eq!(lan.get(&id)["sync"], "kept");
    let spaces = lan.done("space.list", json!({}));
    let team = spaces
        .as_array()
        .unwrap()
        .iter()
        .find(|s| s["kind"] == "team")
        .unwrap();
    assert_eq!(
        (&team["kept"], &team["waiting"], &team["name"]),
        (&json!(1), &json!(0), &json!("Tổ Huồi Tụ"))
    );
    commune.empty_hub();
    assert!(lan.sync()["pushed"]["changes"].as_u64().unwrap() > 0);
    assert_eq!(lan.get(&id)["sync"], "kept");
    let other = commune.person("Chù", &[Role::Member], "222333");
    assert_eq!(other.get(&id)["fields"]["head_name"], "Lầu Bá Đủa");
}

#[test]
fn past_the_lease_old_records_hide_and_new_ones_can_be_written() {
    let (commune, _staff, lan, _pao) = two();
    let old = lan.household("Lầu Bá Đủa");
    lan.sync();
    commune.wait(21 * DAY);
    let codes = |lan: &crate::world::Person| {
        let notices = lan.done("notices.list", json!({}));
        let rows = notices.as_array().unwrap().clone();
        rows.iter()
            .map(|n| n["code"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert!(codes(&lan).contains(&"lease_notice".to_owned()));
    commune.wait(40 * DAY);
    assert_eq!(lan.refused("record.list", json!({})).code, "lease");
    assert_eq!(
        lan.refused("record.get", json!({ "id": old })).code,
        "lease"
    );
    assert_eq!(
        lan.refused("search", json!({ "text": "lau" })).code,
        "lease"
    );
    let new = lan.household("Vừ Y Mai");
    lan.done(
        "record.save",
        json!({ "id": new, "patch": { "note": "mới" } }),
    );
    assert_eq!(lan.get(&new)["sync"], "waiting");
    lan.sync();
    lan.get(&old);
    assert_eq!(codes(&lan), Vec::<String>::new());
}

#[test]
fn an_erased_record_is_gone_from_every_copy_and_from_the_journal() {
    let (commune, staff, lan, _pao) = two();
    let id = lan.household("Lầu Bá Đủa");
    lan.done(
        "draft.put",
        json!({ "key": format!("household/{id}"), "form": { "note": "x" } }),
    );
    lan.sync();
    lan.done(
        "record.save",
        json!({ "id": id, "patch": { "note": "bí mật" } }),
    );
    let size = std::fs::metadata(commune.profile("Lan").join("journal"))
        .unwrap()
        .len();
    staff.sync();
    staff.done("record.purge", json!({ "id": id }));
    assert_eq!(
        staff.refused("record.get", json!({ "id": id })).code,
        "not_found"
    );
    lan.sync();
    assert_eq!(
        lan.refused("record.get", json!({ "id": id })).code,
        "not_found"
    );
    assert!(lan.done("draft.get", json!({ "key": format!("household/{id}") }))["form"].is_null());
    assert!(
        std::fs::metadata(commune.profile("Lan").join("journal"))
            .unwrap()
            .len()
            < size
    );
    let again = json!({ "space": commune.team, "kind": "household", "id": id, "fields": { "head_name": "x", "cluster": "y" } });
    assert_eq!(lan.refused("record.create", again).code, "erased");
}

#[test]
fn erasing_reaches_the_damaged_database_that_was_set_aside() {
    let (commune, staff, lan, _pao) = two();
    let id = lan.household("Lầu Bá Đủa");
    lan.sync();
    let folder = commune.profile("Lan");
    drop(lan);
    // A person at the phone had the damaged file set aside; the phone is let in again and refilled.
    let aside = toso_store::set_aside(&folder, 1_790_000_000_000).unwrap();
    let lan = commune.person("Lan", &[Role::Member], "123456");
    assert_eq!(lan.get(&id)["fields"]["head_name"], "Lầu Bá Đủa");
    assert!(aside.exists());
    staff.sync();
    staff.done("record.purge", json!({ "id": id }));
    assert!(aside.exists(), "Lan's phone has not heard");
    lan.sync();
    let names = std::fs::read_dir(&folder).unwrap();
    let names: Vec<_> = names.map(|e| e.unwrap().file_name()).collect();
    assert!(
        names
            .iter()
            .all(|name| !name.to_str().unwrap().contains("aside")),
        "{names:?}"
    );
}

#[test]
fn staff_behind_six_digits_are_told_and_cannot_act_for_the_commune() {
    let (commune, _staff) = Commune::new();
    let weak = commune.person("Sơn", &[Role::Staff], "123456");
    let notices = weak.done("notices.list", json!({}));
    assert!(
        notices
            .as_array()
            .unwrap()
            .iter()
            .any(|n| n["code"] == "weak_secret")
    );
    assert_eq!(weak.refused("device.list", json!({})).code, "weak_secret");
    assert_eq!(
        weak.refused("profile.pin", json!({ "old": "123456", "new": "654321" }))
            .code,
        "weak_secret"
    );
    weak.done(
        "profile.pin",
        json!({ "old": "123456", "new": "mot cau rat dai" }),
    );
    let notices = weak.done("notices.list", json!({}));
    assert!(
        notices
            .as_array()
            .unwrap()
            .iter()
            .all(|n| n["code"] != "weak_secret")
    );
}

#[test]
fn setting_the_phones_clock_forward_gives_no_more_tries() {
    let (commune, _staff, lan, _pao) = two();
    lan.done("profile.lock", json!({}));
    for _ in 0..5 {
        let told = lan.refused("profile.unlock", json!({ "pin": "000000" }));
        assert_eq!(told.code, "pin_wrong");
    }
    let wait = lan.refused("profile.unlock", json!({ "pin": "123456" }));
    assert_eq!(
        (wait.code.as_str(), &wait.detail["wait_ms"]),
        ("pin_wait", &json!(30_000))
    );
    commune.wait(DAY);
    let wait = lan.refused("profile.unlock", json!({ "pin": "123456" }));
    assert_eq!(
        (wait.code.as_str(), &wait.detail["wait_ms"]),
        ("pin_wait", &json!(30_000))
    );
    assert_eq!(lan.done("profile.state", json!({}))["wait_ms"], 30_000);
}

#[test]
fn a_form_half_filled_is_there_after_the_app_was_killed() {
    let (_commune, _staff, lan, _pao) = two();
    lan.done(
        "draft.put",
        json!({ "key": "visit/new", "form": { "note": "đang gõ" } }),
    );
    let lan = lan.restart();
    assert_eq!(
        lan.done("draft.get", json!({ "key": "visit/new" }))["form"]["note"],
        "đang gõ"
    );
    for key in ["household/new", "visit/old"] {
        lan.done("draft.put", json!({ "key": key, "form": {} }));
    }
    let listed = lan.done("draft.list", json!({}));
    let listed = listed.as_array().unwrap();
    let keys: Vec<&str> = listed.iter().map(|f| f["key"].as_str().unwrap()).collect();
    assert_eq!(
        keys,
        ["visit/old", "household/new", "visit/new"],
        "newest first"
    );
    assert!(listed[0]["at"].as_i64() > listed[1]["at"].as_i64() && listed[0].get("form").is_none());
    lan.done("draft.drop", json!({ "key": "visit/new" }));
    assert_eq!(
        lan.done("draft.list", json!({})).as_array().unwrap().len(),
        2
    );
    assert!(lan.done("draft.get", json!({ "key": "visit/new" }))["form"].is_null());
}

#[test]
fn a_file_carries_work_over_the_mountain_where_no_network_goes() {
    let (commune, _staff, lan, pao) = two();
    // Lan's phone has not heard of Páo's yet: what it writes now is not for him.
    let early = commune.profile("som.toso");
    lan.app.export(&early).unwrap();
    let told = pao.app.import(&early).unwrap_err();
    assert_eq!(told.code, "not_for_this_device");
    assert!(told.hint.contains("tệp mới hơn"));
    lan.sync();
    commune.set_online(false);
    let id = lan.household("Lầu Bá Đủa");
    let file = commune.profile("mang-tay.toso");
    let told = lan.app.export(&file).unwrap();
    assert_eq!(told["readers"], 2);
    let bytes = std::fs::read(&file).unwrap();
    assert_eq!(told["bytes"], bytes.len());
    for canary in ["Lầu Bá Đủa", "Máy của"] {
        let canary = canary.as_bytes();
        assert!(!bytes.windows(canary.len()).any(|part| part == canary));
    }
    assert_eq!(lan.app.export(&file).unwrap_err().code, "file");
    let taken = pao.app.import(&file).unwrap();
    assert_eq!(
        (&taken["packs"], &taken["whole"]),
        (&json!(1), &json!(true))
    );
    assert_eq!(pao.get(&id)["fields"]["head_name"], "Lầu Bá Đủa");
    // Nobody but the hub makes work kept.
    assert_eq!(lan.get(&id)["sync"], "waiting");
    commune.set_online(true);
    pao.sync();
    lan.sync();
    assert_eq!(lan.get(&id)["sync"], "kept");
    std::fs::write(&file, b"not ours").unwrap();
    assert_eq!(pao.app.import(&file).unwrap_err().code, "not_a_file");
}

#[test]
fn a_device_that_knows_of_no_other_says_so_before_it_writes_a_file() {
    let (commune, staff) = Commune::new();
    let file = commune.profile("mot-minh.toso");
    let told = staff.app.export(&file).unwrap_err();
    assert_eq!(told.code, "no_readers");
    assert!(told.hint.contains("--for-hub"));
    assert!(!file.exists());
    assert_eq!(staff.app.export_for_hub(&file).unwrap()["readers"], 0);
    assert!(file.exists());
}
