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
        json!({ "household": sua, "full_name": "Vừ Thị Mỵ" }),
    );
    at.made(
        &at.pao,
        "citizen",
        json!({ "household": my, "full_name": "Vừ Thị Mỷ" }),
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
        json!({ "household": my, "full_name": "Giàng Thị Dua" }),
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

#[test]
fn two_households_merged_are_one_everywhere_and_two_again_when_taken_apart() {
    let at = Doors::new();
    let (one, two) = (
        at.of_lan("Vừ Thị Mỷ"),
        at.house("Vu Thi My", json!({ "cluster": "Khe Nóng" })),
    );
    let person = at.made(
        &at.pao,
        "citizen",
        json!({ "household": two, "full_name": "Giàng A Súa" }),
    );
    let visit = at.visit(
        &at.pao,
        &two,
        "2026-09-30",
        "gap_chu_ho",
        json!("2026-10-01"),
    );
    at.meet();
    let unmet = |met: &Value| at.lan.done("today.get", json!({}))["unmet_total"] == *met;
    assert!(unmet(&json!(1)));
    let merge = |into: Value| {
        at.lan.done(
            "record.save",
            json!({ "id": two, "patch": { "merged_into": into } }),
        )
    };
    merge(json!(one));
    assert!(unmet(&json!(0)));
    let page = list(&at.lan, json!({}));
    assert_eq!(each(&page["items"], "id"), [one.clone()]);
    assert_eq!(
        (
            &page["items"][0]["last_visit"]["day"],
            &page["items"][0]["late_days"]
        ),
        (&json!("2026-09-30"), &json!(0))
    );
    for filter in ["revisit", "waiting"] {
        assert_eq!(
            each(&list(&at.lan, json!({ "filter": filter }))["items"], "id"),
            [one.clone()],
            "{filter}"
        );
    }
    let found = list(&at.lan, json!({ "text": "giang a sua" }));
    assert_eq!(each(&found["items"], "id"), [one.clone()]);
    let today = at.lan.done("today.get", json!({}));
    assert_eq!(each(&today["due"], "household"), [one.clone()]);
    assert_eq!(today["month"]["met"], 0);
    for id in [&one, &two] {
        let told = at.lan.done("household.timeline", json!({ "id": id }));
        assert!(
            each(&told, "id").contains(&json!(visit)) && each(&told, "id").contains(&json!(person))
        );
    }
    assert_eq!(at.lan.get(&visit)["fields"]["household"], one);
    let visits = at.lan.done(
        "record.list",
        json!({ "kind": "visit", "filter": { "household": one } }),
    );
    assert_eq!(each(&visits["items"], "id"), [visit.clone()]);
    at.meet();
    assert_eq!(
        each(&list(&at.hoa, json!({}))["items"], "id"),
        [one.clone()]
    );
    merge(Value::Null);
    at.meet();
    for person in [&at.lan, &at.hoa] {
        let page = list(person, json!({}));
        assert_eq!(page["total"], 2);
        let told = person.done("household.timeline", json!({ "id": one }));
        assert!(!each(&told, "id").contains(&json!(visit)));
        assert_eq!(person.get(&visit)["fields"]["household"], two);
        assert_eq!(list(person, json!({ "text": "vu thi my" }))["total"], 2);
    }
    assert!(unmet(&json!(1)));
}

#[test]
fn a_new_household_is_told_to_be_here_before_it_is_saved() {
    let at = Doors::new();
    let ly = at.house(
        "Lý Thị Mỷ",
        json!({ "cluster": "Khe Nóng", "phone": "0912345678", "address": "Đầu dốc" }),
    );
    let gone = at.house("Lý Thị Mỷ", json!({}));
    at.pao
        .done("record.delete", json!({ "id": gone, "reason": "ghi nhầm" }));
    at.house("Vừ Bá Trò", json!({ "phone": "0912345678" }));
    at.meet();
    let find = |fields: Value| at.lan.done("duplicate.find", json!({ "fields": fields }));
    let found =
        find(json!({ "head_name": "li thi mi", "village": at.village, "cluster": "khe nóng" }));
    assert_eq!(each(&found, "id"), [ly.clone()]);
    assert_eq!(
        (&found[0]["by"], &found[0]["same"]),
        (&json!("name"), &json!(["head_name", "village", "cluster"]))
    );
    assert!(found[0]["likeness"].as_u64().unwrap() >= 60);
    let found = find(
        json!({ "head_name": "Lý Thị Mỷ", "phone": "0912 345 678", "village": at.village, "people": "chưa rõ" }),
    );
    assert_eq!(
        (each(&found, "id"), &found[0]["by"]),
        (vec![json!(ly)], &json!("phone"))
    );
    let found =
        find(json!({ "head_name": "Lỳ Thị Mỳ", "address": "đầu dốc", "cluster": "Khe Nóng" }));
    assert_eq!(
        (each(&found, "id"), &found[0]["by"]),
        (vec![json!(ly)], &json!("address"))
    );
    for nobody in [
        json!({}),
        json!({ "head_name": "Lý Thị Mỷ", "village": at.commune.space }),
        json!({ "phone": "0912345678" }),
        json!({ "head_name": "Lý Thị" }),
    ] {
        assert_eq!(find(nobody.clone()), json!([]), "{nobody}");
    }
    let elsewhere = json!({ "space": at.commune.space, "fields": { "head_name": "Lý Thị Mỷ" } });
    assert_eq!(at.lan.done("duplicate.find", elsewhere), json!([]));
}

#[test]
fn pao_gives_a_whole_cluster_at_once() {
    let at = Doors::new();
    let ids: Vec<String> = ["Lầu Bá Đủa", "Vừ Y Mai", "Giàng A Súa"]
        .map(|head| at.house(head, json!({})))
        .into();
    at.meet();
    let many = |how: &str, members: Value| {
        at.pao.done(
            "assign.many",
            json!({ "households": ids, "members": members, "how": how }),
        )["changed"]
            .clone()
    };
    let who = |id: &String| at.pao.get(id)["fields"]["assigned"].clone();
    assert_eq!(many("add", json!([at.lan.member])), 3);
    assert_eq!(many("add", json!([at.lan.member])), 0);
    assert_eq!(many("add", json!([at.hoa.member])), 3);
    let mut both = [at.lan.member.to_string(), at.hoa.member.to_string()];
    both.sort();
    assert_eq!(who(&ids[0]), json!(both));
    assert_eq!(many("remove", json!([at.lan.member])), 3);
    assert_eq!(who(&ids[1]), json!([at.hoa.member]));
    at.pao
        .done("assign.set", json!({ "household": ids[0], "members": [] }));
    assert_eq!(many("set", json!([at.hoa.member])), 1);
    at.meet();
    assert_eq!(list(&at.hoa, json!({ "scope": "mine" }))["total"], 3);
    // All or none: one of them is no household.
    let odd = json!({ "households": [ids[0], at.commune.team], "members": [at.lan.member], "how": "set" });
    assert_eq!(at.pao.refused("assign.many", odd).code, "not_found");
    assert_eq!(who(&ids[0]), json!([at.hoa.member]));
    let too_many: Vec<&String> = std::iter::repeat_n(&ids[0], 1_001).collect();
    let too_many = json!({ "households": too_many, "members": [], "how": "set" });
    assert_eq!(at.pao.refused("assign.many", too_many).code, "bad_input");
    let not_hers = json!({ "households": ids, "members": [], "how": "set" });
    assert_eq!(at.lan.refused("assign.many", not_hers).code, "not_allowed");
}

#[test]
fn the_newest_work_comes_first_and_names_are_at_hand() {
    let at = Doors::new();
    let my = at.of_lan("Vừ Thị Mỷ");
    let mut made = Vec::new();
    for day in [
        "2026-09-03",
        "2026-09-05",
        "2026-09-05",
        "2026-09-01",
        "2026-09-05",
    ] {
        made.push(at.visit(&at.pao, &my, day, "gap_chu_ho", Value::Null));
        at.commune.wait(1_000);
    }
    at.pao.done(
        "record.save",
        json!({ "id": made[1], "patch": { "note": "thêm" } }),
    );
    at.pao.done(
        "record.delete",
        json!({ "id": made[2], "reason": "ghi hai lần" }),
    );
    let order = [&made[1], &made[4], &made[0], &made[3]];
    for space in [Value::Null, json!(at.commune.team)] {
        for household in [Value::Null, json!(my)] {
            let mut input =
                json!({ "kind": "visit", "sort": "newest", "limit": 1, "space": space });
            if !household.is_null() {
                input["filter"] = json!({ "household": household });
            }
            let mut seen = Vec::new();
            loop {
                let page = at.pao.done("record.list", input.clone());
                seen.extend(each(&page["items"], "id"));
                input["after"] = page["next"].clone();
                if page["next"].is_null() {
                    break;
                }
            }
            assert_eq!(json!(seen), json!(order));
        }
    }
    let people = at.lan.done("people.list", json!({}));
    assert_eq!(
        each(&people["members"], "name"),
        ["Hờ A Hòa", "Lò Thị Lan", "Vừ Bá Páo"]
    );
    assert_eq!(
        people["members"][1],
        json!({ "id": at.lan.member, "name": "Lò Thị Lan", "team": at.commune.team, "position": null, "phone": "0912 ••• 678" })
    );
    assert_eq!(
        people["teams"],
        json!([{ "id": at.commune.team, "name": "Tổ Huồi Tụ", "unit": at.village }])
    );
    assert_eq!(
        people["units"][0],
        json!({ "id": at.village, "name": "Bản Huồi Thum", "kind": "ban", "parent": at.commune.space })
    );
}
