//! Two people, one household.

use crate::world::{Commune, Person};
use serde_json::{Value, json};
use std::sync::Arc;
use toso_sync::ruling::Role;

pub fn two() -> (Arc<Commune>, Person, Person, Person) {
    let (commune, staff) = Commune::new();
    let lan = commune.person("Lan", &[Role::Member], "123456");
    let pao = commune.person("Páo", &[Role::Lead], "654321");
    (commune, staff, lan, pao)
}

#[test]
fn what_lan_writes_without_signal_is_found_by_pao_without_tone_marks() {
    let (commune, _staff, lan, pao) = two();
    commune.set_online(false);
    let id = lan.household("Lầu Bá Đủa");
    assert_eq!(lan.get(&id)["sync"], "waiting");
    assert_eq!(lan.refused("sync.run", json!({})).code, "offline");
    commune.set_online(true);
    let told = lan.sync();
    assert_eq!(told["waiting"], 0);
    assert_eq!(told["pushed"]["changes"], 1);
    assert_eq!(lan.get(&id)["sync"], "kept");
    assert_eq!(pao.sync()["pulled"]["changes"], 1);
    let hits = pao.done("search", json!({ "text": "lau ba du" }));
    assert_eq!(hits[0]["id"], id);
    assert_eq!(pao.get(&id)["fields"]["head_name"], "Lầu Bá Đủa");
    assert_eq!(
        lan.app.view_hash(commune.team).unwrap(),
        pao.app.view_hash(commune.team).unwrap()
    );
}

#[test]
fn two_values_of_one_field_show_on_both_and_one_tap_settles_them() {
    let (_commune, _staff, lan, pao) = two();
    let id = lan.household("Lầu Bá Đủa");
    lan.sync();
    pao.sync();
    lan.done(
        "record.save",
        json!({ "id": id, "patch": { "phone": "0912345678" } }),
    );
    pao.done(
        "record.save",
        json!({ "id": id, "patch": { "phone": "0987654321" } }),
    );
    lan.sync();
    pao.sync();
    lan.sync();
    for person in [&lan, &pao] {
        let clashes = person.done("clash.list", json!({}));
        let values = clashes[0]["values"].as_array().unwrap();
        assert_eq!(clashes[0]["field"], "phone");
        assert_eq!(values.len(), 2);
        let mut members: Vec<&str> = values
            .iter()
            .map(|v| v["member"].as_str().unwrap())
            .collect();
        members.sort_unstable();
        let mut both = [lan.member.to_string(), pao.member.to_string()];
        both.sort_unstable();
        assert_eq!(members, both);
        assert_eq!(person.get(&id)["clashes"]["phone"], clashes[0]["values"]);
        assert_eq!(person.done("sync.status", json!({}))["clashes"], 1);
    }
    lan.done(
        "clash.settle",
        json!({ "id": id, "field": "phone", "value": "0987654321" }),
    );
    assert_eq!(
        lan.refused(
            "clash.settle",
            json!({ "id": id, "field": "phone", "value": "0912345678" })
        )
        .code,
        "no_clash"
    );
    lan.sync();
    pao.sync();
    assert_eq!(pao.done("clash.list", json!({})), json!([]));
    assert_eq!(pao.get(&id)["fields"]["phone"], "+84987654321");
}

#[test]
fn a_field_another_changed_meanwhile_is_answered_and_the_rest_is_saved() {
    let (_commune, _staff, lan, pao) = two();
    let id = lan.household("Lầu Bá Đủa");
    lan.sync();
    pao.sync();
    let seen = lan.get(&id);
    pao.done(
        "record.save",
        json!({ "id": id, "patch": { "phone": "0987654321" } }),
    );
    pao.sync();
    lan.sync();
    let error = lan.refused(
        "record.save",
        json!({ "id": id, "rev": seen["rev"], "patch": { "phone": "0912345678", "note": "nhà sàn" } }),
    );
    assert_eq!(error.code, "field_changed");
    let phone = &error.detail["phone"];
    assert_eq!(phone["mine"], "+84912345678");
    assert_eq!(phone["theirs"], "+84987654321");
    assert_eq!(phone["member"], pao.member.to_string());
    assert_eq!(error.saved.as_ref().unwrap()["changed"], json!(["note"]));
    let now = lan.get(&id);
    assert_eq!(now["fields"]["phone"], "+84987654321");
    assert_eq!(now["fields"]["note"], "nhà sàn");
    assert_eq!(now["rev"], error.saved.unwrap()["rev"]);
    // Having seen both, Lan may insist.
    let saved = lan.done(
        "record.save",
        json!({ "id": id, "rev": now["rev"], "patch": { "phone": "0912345678" } }),
    );
    assert_eq!(saved["changed"], json!(["phone"]));
    // Equal values are no quarrel.
    let same = lan.done(
        "record.save",
        json!({ "id": id, "rev": seen["rev"], "patch": { "note": "nhà sàn" } }),
    );
    assert_eq!(same["changed"], json!([]));
}

#[test]
fn asking_twice_with_one_id_makes_one_record() {
    let (commune, _staff, lan, _pao) = two();
    let id = "0198f000-0000-7000-8000-000000000001";
    let input = json!({ "space": commune.team, "kind": "household", "id": id,
        "fields": { "head_name": "Vừ Y Mai", "cluster": "Huồi Tụ", "consent": "dong_y" } });
    let first = lan.done("record.create", input.clone());
    let rev = lan.get(id)["rev"].clone();
    assert_eq!(lan.done("record.create", input), first);
    assert_eq!(lan.get(id)["rev"], rev);
    let list = lan.done("record.list", json!({ "kind": "household" }));
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[test]
fn a_list_holds_what_is_assigned_to_me_in_vietnamese_order_page_by_page() {
    let (_commune, _staff, lan, pao) = two();
    let names = ["Lầu Bá Đủa", "Vừ Y Mai", "Hờ Bá Chù"];
    let ids: Vec<String> = names.iter().map(|name| lan.household(name)).collect();
    lan.sync();
    pao.sync();
    assert_eq!(
        lan.refused(
            "assign.set",
            json!({ "household": ids[0], "members": [lan.member] })
        )
        .code,
        "not_allowed"
    );
    for id in &ids[..2] {
        pao.done(
            "assign.set",
            json!({ "household": id, "members": [lan.member, pao.member] }),
        );
    }
    pao.sync();
    lan.sync();
    let mine = json!({ "kind": "household", "filter": { "assigned": "me" } });
    assert_eq!(
        lan.done("record.list", mine)["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let mut seen = Vec::new();
    let mut after = json!(null);
    loop {
        let page = lan.done(
            "record.list",
            json!({ "kind": "household", "limit": 2, "after": after }),
        );
        for item in page["items"].as_array().unwrap() {
            assert_eq!(item["sync"], "kept");
            seen.push(item["title"].as_str().unwrap().to_owned());
        }
        after = page["next"].clone();
        if after.is_null() {
            break;
        }
    }
    let mut all = seen.clone();
    all.sort();
    all.dedup();
    assert_eq!((seen.len(), all.len()), (3, 3));
    // Taken off again, with what pao saw: Lan's household stays Páo's.
    pao.done(
        "assign.set",
        json!({ "household": ids[0], "members": [pao.member] }),
    );
    assert_eq!(pao.get(&ids[0])["fields"]["assigned"], json!([pao.member]));
}

#[test]
fn a_history_tells_who_changed_what_from_what_to_what() {
    let (_commune, _staff, lan, pao) = two();
    let id = lan.household("Lầu Bá Đủa");
    lan.sync();
    pao.sync();
    pao.done(
        "record.save",
        json!({ "id": id, "patch": { "head_name": "Lầu Bá Đùa" } }),
    );
    let draft = pao.done("record.history", json!({ "id": id }));
    assert!(draft.as_array().unwrap().last().unwrap()["received_at"].is_null());
    pao.sync();
    lan.sync();
    let history = lan.done("record.history", json!({ "id": id }));
    let steps = history.as_array().unwrap();
    let last = steps.last().unwrap();
    assert_eq!(last["field"], "head_name");
    assert_eq!(
        (&last["from"], &last["to"]),
        (&json!("Lầu Bá Đủa"), &json!("Lầu Bá Đùa"))
    );
    assert_eq!(last["member"], pao.member.to_string());
    assert_eq!(last["device"], "Máy của Páo");
    assert!(last["received_at"].is_i64());
    assert!(
        steps
            .iter()
            .all(|s| !s["field"].as_str().unwrap().starts_with('_'))
    );
}

#[test]
fn deleting_hides_and_can_be_undone() {
    let (_commune, _staff, lan, _pao) = two();
    let id = lan.household("Lầu Bá Đủa");
    assert_eq!(
        lan.refused("record.delete", json!({ "id": id, "reason": " " }))
            .code,
        "invalid"
    );
    lan.done("record.delete", json!({ "id": id, "reason": "nhập nhầm" }));
    assert_eq!(lan.get(&id)["deleted"], "nhập nhầm");
    assert_eq!(lan.done("search", json!({ "text": "lau" })), json!([]));
    lan.done("record.restore", json!({ "id": id }));
    assert!(lan.get(&id)["deleted"].is_null());
    assert_eq!(lan.done("search", json!({ "text": "lau" }))[0]["id"], id);
}

#[test]
fn what_reads_of_a_merged_household_reads_of_the_one_that_stands() {
    let (commune, _staff, lan, _pao) = two();
    let mut ids: Vec<String> = ["Lầu Bá Đủa", "Lau Ba Dua", "Lầu B. Đủa"]
        .iter()
        .map(|name| lan.household(name))
        .collect();
    ids.sort();
    let visit = lan.done(
        "record.create",
        json!({ "space": commune.team, "kind": "visit", "fields": { "household": ids[2], "day": "2026-10-01", "contact": "gap_chu_ho" } }),
    );
    let visit = visit["id"].as_str().unwrap();
    let merge = |from: &str, to: serde_json::Value| {
        lan.done(
            "record.save",
            json!({ "id": from, "patch": { "merged_into": to } }),
        );
    };
    merge(&ids[2], json!(ids[1]));
    merge(&ids[1], json!(ids[0]));
    assert_eq!(lan.get(visit)["fields"]["household"], ids[0]);
    let of = json!({ "kind": "visit", "filter": { "household": ids[0] } });
    assert_eq!(lan.done("record.list", of.clone())["items"][0]["id"], visit);
    // A ring stands for its smallest id, which every copy agrees on.
    merge(&ids[0], json!(ids[2]));
    assert_eq!(lan.get(visit)["fields"]["household"], ids[0]);
    let live = lan.done("record.list", json!({ "kind": "household" }));
    assert_eq!(live["items"].as_array().unwrap().len(), 1);
    assert_eq!(live["items"][0]["id"], ids[0]);
    let before = lan.app.view_hash(commune.team).unwrap();
    lan.app.rebuild_view().unwrap();
    assert_eq!(lan.app.view_hash(commune.team).unwrap(), before);
    // Un-merging brings them back.
    merge(&ids[0], json!(null));
    merge(&ids[1], json!(null));
    merge(&ids[2], json!(null));
    let live = lan.done("record.list", json!({ "kind": "household" }));
    assert_eq!(live["items"].as_array().unwrap().len(), 3);
    assert_eq!(lan.get(visit)["fields"]["household"], ids[2]);
}

#[test]
fn members_do_not_write_what_is_for_staff_nor_in_the_wrong_place() {
    let (commune, staff, lan, _pao) = two();
    for kind in ["unit", "team", "member"] {
        let input = json!({ "space": commune.space, "kind": kind, "fields": { "name": "x" } });
        assert_eq!(lan.refused("record.create", input).code, "not_allowed");
    }
    let misplaced =
        json!({ "space": commune.space, "kind": "household", "fields": { "head_name": "x" } });
    assert_eq!(lan.refused("record.create", misplaced).code, "wrong_space");
    let unknown = json!({ "space": commune.team, "kind": "household", "fields": { "head_name": "x", "colour": "đỏ" } });
    let error = lan.refused("record.create", unknown);
    assert_eq!(
        (error.code.as_str(), error.detail.contains_key("colour")),
        ("unknown_field", true)
    );
    assert_eq!(lan.refused("device.list", json!({})).code, "not_allowed");
    assert_eq!(lan.refused("no.such", json!({})).code, "unknown_call");
    assert_eq!(
        lan.refused("record.get", json!({ "id": "x" })).code,
        "bad_input"
    );
    drop(staff);
}

#[test]
fn one_door_written_down_twice_is_proposed_and_two_neighbours_are_left_apart() {
    let (commune, _staff, lan, _pao) = two();
    let village = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";
    let door = |name: &str, more: Value| {
        let mut fields = json!({ "head_name": name, "village": village, "consent": "dong_y" });
        let more = more.as_object().unwrap().clone();
        fields.as_object_mut().unwrap().extend(more);
        let input = json!({ "space": commune.team, "kind": "household", "fields": fields });
        let told = lan.done("record.create", input);
        told["id"].as_str().unwrap().to_owned()
    };
    let hung = door("Lò Văn Hùng", json!({}));
    door("Lò Văn Hưng", json!({}));
    let typed = door("LO VAN HUNG", json!({}));
    let pairs = |found: &Value| -> Vec<Vec<String>> {
        let pair = |one: &Value| {
            let both = one["records"].as_array().unwrap().iter();
            both.map(|r| r["id"].as_str().unwrap().to_owned()).collect()
        };
        found.as_array().unwrap().iter().map(pair).collect()
    };
    let found = lan.done("duplicate.list", json!({}));
    // Typed without tones it may be either neighbour; the two are not each other.
    let both: Vec<Vec<String>> = pairs(&found);
    assert_eq!(both.len(), 2, "{found}");
    assert!(both.iter().all(|pair| pair.contains(&typed)));
    assert!(both.contains(&vec![hung, typed]));
    assert!(
        found
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["by"] == "name")
    );
    // A mother and a son share a phone, and no name.
    door("Vừ Thị Mỷ", json!({ "phone": "0912 345 678" }));
    door("Giàng A Páo", json!({ "phone": "0912 345 678" }));
    let mine = door("Lò Thị Hoà", json!({ "phone": "0987 654 321" }));
    let his = door("Lò Thị Hòa", json!({ "phone": "0987 654 321" }));
    let found = lan.done("duplicate.list", json!({ "space": commune.team }));
    let both = pairs(&found);
    assert_eq!(both.len(), 3, "{found}");
    assert_eq!(both[0], [mine, his], "the most alike first");
    assert_eq!(
        (&found[0]["by"], &found[0]["likeness"]),
        (&json!("phone"), &json!(95))
    );
}
