//! Households merged, told to be here already, and given to people; the newest work and names at hand.

use crate::door::{Doors, each};
use crate::world::Person;
use serde_json::{Value, json};

fn list(by: &Person, input: Value) -> Value {
    by.done("household.list", input)
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
        json!({ "household": two, "consent": "dong_y", "full_name": "Giàng A Súa" }),
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

#[test]
fn the_nearest_door_comes_first_and_no_exact_place_is_kept() {
    let at = Doors::new();
    let agreed = |place: Value| json!({ "consent": "dong_y", "location": place });
    let near = at.house("Vừ Thị Mỷ", agreed(json!("22.3368,103.84412")));
    let far = at.house("Lò Văn Pọm", agreed(json!("22.350,103.844")));
    at.house("Giàng A Chứ", json!({}));
    assert_eq!(at.pao.get(&near)["fields"]["location"], "22.337,103.844");
    let nearest = |more: Value| {
        let mut input = json!({ "near": "22.3369,103.8441" });
        let all = input.as_object_mut().unwrap();
        all.extend(more.as_object().unwrap().clone());
        list(&at.pao, input)
    };
    let page = nearest(json!({}));
    assert_eq!(each(&page["items"], "id"), [json!(near), json!(far)]);
    assert_eq!(each(&page["items"], "away_m"), [json!(0), json!(1446)]);
    assert_eq!(page["total"], 2);
    let first = nearest(json!({ "limit": 1 }));
    let after = nearest(json!({ "limit": 1, "after": first["next"] }));
    assert_eq!(each(&after["items"], "id"), [far.clone()]);
    assert_eq!(after["next"], Value::Null);
    let searched = nearest(json!({ "text": "giang" }));
    assert_eq!(searched["total"], 1);
    assert_eq!(searched["items"][0].get("away_m"), None);
    at.house("Vừ A Lử", json!({}));
    let both = nearest(json!({ "text": "vu" }));
    assert_eq!(each(&both["items"], "title"), ["Vừ Thị Mỷ", "Vừ A Lử"]);

    // Who takes their yes back is found by no place any more.
    let no = json!({ "id": near, "patch": { "consent": "rut_lai" } });
    at.pao.done("record.save", no);
    at.meet();
    assert_eq!(each(&nearest(json!({}))["items"], "id"), [far]);
    assert_eq!(at.pao.get(&near)["fields"].get("location"), None);
    let without = json!({ "space": at.commune.team, "kind": "household",
        "fields": { "head_name": "Hờ A Dình", "location": "22.337,103.844" } });
    let refused = at.pao.refused("record.create", without);
    assert_eq!(refused.detail["location"], "consent_needed");
}
