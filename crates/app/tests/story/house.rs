//! Households found, told of, merged and given to people.

use crate::door::{Doors, each};
use crate::world::Person;
use serde_json::{Value, json};

fn list(by: &Person, input: Value) -> Value {
    by.done("household.list", input)
}

fn titles(page: &Value) -> Vec<Value> {
    each(&page["items"], "title")
}

#[test]
fn a_list_tells_what_was_done_at_each_door() {
    let at = Doors::new();
    let my = json!({ "cluster": "Khe Nóng", "phone": "0912 345 678", "people": 4, "assigned": [at.lan.member] });
    let my = at.house("Vừ Thị Mỷ", my);
    let ab = at.house(
        "Lầu Bá Ánh",
        json!({ "cluster": "khe nong", "assigned": [at.pao.member] }),
    );
    let em = at.house("Hờ Bá Em", json!({}));
    at.visit(
        &at.pao,
        &my,
        "2026-09-20",
        "gap_chu_ho",
        json!("2026-09-29"),
    );
    at.visit(&at.pao, &ab, "2026-09-20", "vang_nha", json!("2026-10-05"));
    at.meet();
    at.commune.set_online(false);
    at.visit(&at.lan, &em, "2026-10-01", "gap_chu_ho", Value::Null);
    let all = list(&at.lan, json!({}));
    assert_eq!(
        (titles(&all), &all["total"]),
        (
            vec![json!("Lầu Bá Ánh"), json!("Hờ Bá Em"), json!("Vừ Thị Mỷ")],
            &json!(3)
        )
    );
    assert_eq!(
        all["items"][2],
        json!({ "id": my, "space": at.commune.team, "title": "Vừ Thị Mỷ", "subtitle": "Khe Nóng", "cluster": "Khe Nóng",
            "village": { "id": at.village, "name": "Bản Huồi Thum" }, "people": 4, "phone": "0912 ••• 678",
            "assigned": [at.lan.member], "mine": true, "last_visit": { "day": "2026-09-20", "contact": "gap_chu_ho" },
            "next_on": "2026-09-29", "late_days": 2, "sync": "kept", "clashes": [] })
    );
    let ahead = &all["items"][0];
    assert_eq!(
        (&ahead["next_on"], &ahead["late_days"], &ahead["mine"]),
        (&json!("2026-10-05"), &Value::Null, &json!(false))
    );
    // Her own visit to it is on this disk only.
    assert_eq!(all["items"][1]["sync"], "waiting");
    for (input, found) in [
        (json!({ "scope": "mine" }), vec!["Vừ Thị Mỷ"]),
        (json!({ "filter": "unmet" }), vec!["Lầu Bá Ánh"]),
        (json!({ "filter": "revisit" }), vec!["Vừ Thị Mỷ"]),
        (json!({ "filter": "waiting" }), vec!["Hờ Bá Em"]),
        (json!({ "filter": "clash" }), vec![]),
        (
            json!({ "cluster": "KHE NONG" }),
            vec!["Lầu Bá Ánh", "Vừ Thị Mỷ"],
        ),
        (
            json!({ "village": at.village, "scope": "mine" }),
            vec!["Vừ Thị Mỷ"],
        ),
        (json!({ "village": at.commune.space }), vec![]),
        (json!({ "assigned_to": at.pao.member }), vec!["Lầu Bá Ánh"]),
        (json!({ "assigned_to": "nobody" }), vec!["Hờ Bá Em"]),
        (json!({ "assigned_to": "nobody", "scope": "mine" }), vec![]),
    ] {
        let page = list(&at.lan, input.clone());
        assert_eq!(titles(&page), found, "{input}");
        assert_eq!(page["total"], found.len(), "{input}");
    }
    at.commune.set_online(true);
    at.meet();
    assert_eq!(list(&at.lan, json!({ "filter": "waiting" }))["total"], 0);
    for (person, cluster) in [(&at.lan, "Khe Nóng trên"), (&at.pao, "Khe Nóng dưới")] {
        person.done(
            "record.save",
            json!({ "id": my, "patch": { "cluster": cluster } }),
        );
    }
    at.meet();
    let clash = list(&at.lan, json!({ "filter": "clash" }));
    assert_eq!(clash["items"][0]["clashes"], json!(["cluster"]));
}

#[test]
fn pages_follow_each_other_and_hidden_households_take_no_place() {
    let at = Doors::new();
    let mut ids = Vec::new();
    for n in 0..60 {
        ids.push(at.house(&format!("Lầu Bá A{n:02}"), json!({ "cluster": "Đầu Dốc" })));
    }
    for id in &ids[..5] {
        at.pao
            .done("record.delete", json!({ "id": id, "reason": "ghi nhầm" }));
    }
    at.pao.done(
        "record.save",
        json!({ "id": ids[5], "patch": { "merged_into": ids[6] } }),
    );
    for call in ["household.list", "record.list"] {
        let page = at.pao.done(
            call,
            if call == "record.list" {
                json!({ "kind": "household" })
            } else {
                json!({})
            },
        );
        assert_eq!(page["items"].as_array().unwrap().len(), 50, "{call}");
        assert!(page["next"].is_string(), "{call}");
    }
    let one = at
        .pao
        .done("record.list", json!({ "kind": "household", "limit": 0 }));
    assert_eq!(one["items"].as_array().unwrap().len(), 1);
    for text in [Value::Null, json!("dau doc")] {
        let mut seen = Vec::new();
        let mut after = Value::Null;
        loop {
            let input = json!({ "limit": 7, "after": after, "text": text });
            let page = list(&at.pao, input);
            assert_eq!(page["total"], 54);
            seen.extend(each(&page["items"], "id"));
            after = page["next"].clone();
            if after.is_null() {
                break;
            }
        }
        assert_eq!(seen.len(), 54);
        seen.sort_by_key(ToString::to_string);
        seen.dedup();
        assert_eq!(seen.len(), 54);
    }
}

#[test]
fn a_household_is_found_by_its_people_its_phone_and_its_cluster() {
    let at = Doors::new();
    let sua = at.house(
        "Giàng A Súa",
        json!({ "cluster": "Khe Nóng", "phone": "0912345678", "assigned": [at.lan.member] }),
    );
    let my = at.house("Vừ Thị Mỷ", json!({ "cluster": "Bờ suối" }));
    let wife = at.made(
        &at.pao,
        "citizen",
        json!({ "household": sua, "consent": "dong_y", "full_name": "Vừ Thị Mỵ" }),
    );
    at.made(
        &at.pao,
        "citizen",
        json!({ "household": my, "consent": "dong_y", "full_name": "Vừ Thị Mỷ" }),
    );
    at.meet();
    let found = list(&at.lan, json!({ "text": "vu thi my" }));
    assert_eq!(each(&found["items"], "id"), [my.clone(), sua.clone()]);
    assert_eq!(
        each(&found["items"], "found_by"),
        [Value::Null, json!("Vừ Thị Mỵ")]
    );
    assert_eq!(found["total"], 2);
    for text in [
        "0912345678",
        "0912 345 678",
        "+84 912 345 678",
        "0912345",
        "khe no",
        "GIÀNG",
    ] {
        assert_eq!(
            each(&list(&at.lan, json!({ "text": text }))["items"], "id"),
            [sua.clone()],
            "{text}"
        );
    }
    let mine = list(&at.lan, json!({ "text": "vu thi my", "scope": "mine" }));
    assert_eq!(each(&mine["items"], "id"), [sua.clone()]);
    // Text without a word is no search.
    assert_eq!(list(&at.lan, json!({ "text": "  " }))["total"], 2);
    assert_eq!(list(&at.lan, json!({ "text": "?!" }))["total"], 0);
    at.pao.done(
        "record.delete",
        json!({ "id": wife, "reason": "đã ghi ở hộ khác" }),
    );
    at.meet();
    assert_eq!(list(&at.lan, json!({ "text": "vu thi my" }))["total"], 1);
}

#[test]
fn a_timeline_tells_who_did_what_and_pages_lose_nothing() {
    let at = Doors::new();
    let my = at.of_lan("Vừ Thị Mỷ");
    let dua = at.made(
        &at.pao,
        "citizen",
        json!({ "household": my, "consent": "dong_y", "full_name": "Giàng Thị Dua" }),
    );
    let visit = at.visit(&at.pao, &my, "2026-09-20", "gap_chu_ho", Value::Null);
    let through = at.made(
        &at.pao,
        "assistance",
        json!({ "visit": visit, "day": "2026-09-21", "category": "dvc", "outcome": "tu_lam_duoc" }),
    );
    let loose = at.made(
        &at.pao,
        "assistance",
        json!({ "citizen": dua, "day": "2026-09-22", "category": "dvc", "outcome": "tu_lam_duoc" }),
    );
    at.meet();
    at.commune.set_online(false);
    let today = at.visit(&at.lan, &my, "2026-10-01", "vang_nha", Value::Null);
    let note =
        json!({ "note": "nhà cuối dốc", "people": 5, "assigned": [at.lan.member, at.hoa.member] });
    at.lan
        .done("record.save", json!({ "id": my, "patch": note }));
    at.lan
        .done("record.save", json!({ "id": my, "patch": { "people": 6 } }));
    let told = at.lan.done("household.timeline", json!({ "id": my }));
    let words = each(&told, "what");
    assert_eq!(words.len(), 8, "{told:#}");
    let by = |what: &str| -> Vec<&Value> {
        let all = told.as_array().unwrap().iter();
        all.filter(|entry| entry["what"] == what).collect()
    };
    assert_eq!(by("created").len(), 2);
    let edits = by("edit");
    assert_eq!(
        edits[0]["fields"],
        json!({ "field": "people", "from": 5, "to": 6 })
    );
    assert_eq!(
        edits[0]["members"],
        json!([{ "id": at.lan.member, "name": "Lò Thị Lan" }])
    );
    assert_eq!(
        (&edits[0]["device"], &edits[0]["sync"]),
        (&json!("Máy của Lan"), &json!("waiting"))
    );
    let fields = each(&edits[1]["edits"], "field");
    assert_eq!(fields, ["assigned", "note", "people"]);
    assert_eq!(
        edits[1]["edits"][0],
        json!({ "field": "assigned", "from": null, "to": at.hoa.member })
    );
    let visits = by("visit");
    assert_eq!(each(&json!(visits), "id"), [today, visit]);
    assert_eq!(each(&json!(visits), "sync"), ["waiting", "kept"]);
    assert_eq!(visits[1]["members"][0]["name"], "Vừ Bá Páo");
    assert_eq!(visits[1]["fields"]["contact"], "gap_chu_ho");
    assert_eq!(each(&json!(by("assistance")), "id"), [loose, through]);
    let house = by("created")
        .into_iter()
        .find(|entry| entry["kind"] == "household")
        .unwrap();
    assert_eq!(
        (&house["id"], &house["sync"], &house["device"]),
        (&json!(my), &json!("kept"), &json!("Máy của Páo"))
    );
    assert_eq!(house["fields"]["assigned"], json!([at.lan.member]));
    let mut paged = Vec::new();
    let mut before = Value::Null;
    loop {
        let page = at.lan.done(
            "household.timeline",
            json!({ "id": my, "limit": 3, "before": before }),
        );
        let page = page.as_array().unwrap().clone();
        let Some(last) = page.last() else { break };
        before = last["place"].clone();
        paged.extend(page);
    }
    assert_eq!(json!(paged), told);
}
