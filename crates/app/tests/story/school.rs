//! A school's team: the same app, and nothing of pupils in it.

use crate::meeting::two;
use serde_json::json;

#[test]
fn a_school_team_writes_parents_down_and_nobody_of_their_homes() {
    let (commune, staff, lan, _pao) = two();
    assert_eq!(lan.done("profile.state", json!({}))["school"], false);
    staff.done(
        "record.save",
        json!({ "id": commune.team, "space": commune.space, "patch": { "team_kind": "truong_hoc" } }),
    );
    staff.sync();
    lan.sync();
    assert_eq!(lan.done("profile.state", json!({}))["school"], true);
    let parent = lan.household("Lầu Bá Đủa");
    let pupil = json!({ "space": commune.team, "kind": "citizen", "fields": {
        "household": parent, "full_name": "Lầu Y Mo", "consent": "dong_y" } });
    assert_eq!(lan.refused("record.create", pupil).code, "pupil_data");
    lan.done(
        "record.create",
        json!({ "space": commune.team, "kind": "visit", "fields": {
            "household": parent, "day": "2026-10-01", "contact": "gap_chu_ho" } }),
    );
}

#[test]
fn households_without_vneid_at_level_2_and_those_that_sell_are_found() {
    let (commune, _staff, lan, _pao) = two();
    let [none, one, both, shop] =
        ["Lầu Bá Đủa", "Hờ Y Xa", "Vừ Y Pà", "Lỳ Bá Chò"].map(|head| lan.household(head));
    let person = |house: &str, name: &str| {
        let fields = json!({ "household": house, "full_name": name, "consent": "dong_y" });
        let made = lan.done(
            "record.create",
            json!({ "space": commune.team, "kind": "citizen", "fields": fields }),
        );
        made["id"].as_str().unwrap().to_owned()
    };
    let seen = |house: &str, who: Option<&str>, topic: &str, value: &str, day: &str| {
        lan.done(
            "record.create",
            json!({ "space": commune.team, "kind": "status", "fields": {
                "household": house, "citizen": who, "topic": topic, "value": value, "observed_on": day } }),
        );
    };
    let (a, b) = (person(&one, "Hờ Bá Tu"), person(&one, "Hờ Y Ca"));
    seen(&one, Some(&a), "vneid", "muc_2", "2026-09-01");
    seen(&one, Some(&b), "vneid", "chua_co", "2026-09-01");
    let (c, d) = (person(&both, "Vừ Bá Lềnh"), person(&both, "Vừ Y Dở"));
    seen(&both, Some(&c), "vneid", "chua_co", "2026-08-01");
    seen(&both, Some(&c), "vneid", "muc_2", "2026-09-01");
    seen(&both, Some(&d), "vneid", "muc_2", "2026-09-01");
    seen(&none, None, "online_sell_12m", "co", "2026-09-01");
    lan.done(
        "record.save",
        json!({ "id": shop, "patch": { "household_kind": "ho_kinh_doanh" } }),
    );
    let found = |filter: &str| {
        let page = lan.done("household.list", json!({ "filter": filter }));
        let items = page["items"].as_array().unwrap().iter();
        let mut ids: Vec<String> = items
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(page["total"], ids.len());
        ids.sort_unstable();
        ids
    };
    let sorted = |mut ids: Vec<String>| {
        ids.sort_unstable();
        ids
    };
    assert_eq!(
        found("no_vneid"),
        sorted(vec![none.clone(), one, shop.clone()])
    );
    assert_eq!(found("sells"), sorted(vec![none, shop]));
}
