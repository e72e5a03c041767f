//! Records that come by hundreds: all or none, and the same as one by one.

use crate::meeting::two;
use serde_json::{Value, json};
use toso_app::call::record::Create;

fn households(space: &Value, heads: &[&str]) -> Vec<Create> {
    let one = |head: &&str| {
        let fields = json!({ "head_name": head });
        let input = json!({ "space": space, "kind": "household", "fields": fields });
        serde_json::from_value(input).unwrap()
    };
    heads.iter().map(one).collect()
}

#[test]
fn a_list_of_households_is_made_whole_and_reaches_the_others_like_any_work() {
    let (_commune, _staff, lan, pao) = two();
    let first = lan.household("Lầu Bá Đủa");
    let space = lan.get(&first)["space"].clone();
    let mut list = households(&space, &["Vừ Y Mai", "Lò Văn Páo", "Giàng A Chư"]);
    // One that is there already, and one that stands in the list twice: asking again makes no second record.
    list[1].id = first.parse().ok();
    let twice = list[2].clone();
    list.push(Create {
        id: Some("018f3a52-77aa-7000-8000-000000000077".parse().unwrap()),
        ..twice
    });
    list.push(list[3].clone());
    let made = lan.app.create_all(list).unwrap();
    assert_eq!(made.len(), 5);
    assert_eq!(
        (made[1].id.to_string(), made[3].id),
        (first.clone(), made[4].id)
    );
    assert_eq!(lan.get(&first)["fields"]["head_name"], "Lầu Bá Đủa");
    lan.sync();
    pao.sync();
    let seen = pao.done("record.list", json!({ "kind": "household" }));
    assert_eq!(seen["items"].as_array().unwrap().len(), 4);
    let found = pao.done("search", json!({ "text": "giang a" }));
    assert_eq!(found.as_array().unwrap().len(), 2);
}

#[test]
fn a_list_with_one_bad_household_makes_none_even_after_a_restart() {
    let (_commune, _staff, lan, _pao) = two();
    let first = lan.household("Lầu Bá Đủa");
    let space = lan.get(&first)["space"].clone();
    for (field, value, code) in [
        ("head_name", json!("  "), "invalid"),
        ("moood", json!(5), "unknown_field"),
    ] {
        let mut list = households(&space, &["Vừ Y Mai", "Lò Văn Páo"]);
        list[1].fields.insert(field.into(), value);
        assert_eq!(lan.app.create_all(list).unwrap_err().code, code);
    }
    let mut list = households(&space, &["Vừ Y Mai", "Lò Văn Páo"]);
    list[1].space = "018f3a52-77aa-7000-8000-000000000078".parse().unwrap();
    assert_eq!(lan.app.create_all(list).unwrap_err().code, "wrong_space");
    let lan = lan.restart();
    let seen = lan.done("record.list", json!({ "kind": "household" }));
    assert_eq!(seen["items"].as_array().unwrap().len(), 1);
    assert_eq!(seen["items"][0]["id"], json!(first));
}

#[test]
fn a_list_that_power_cut_off_comes_back_whole_from_the_journal() {
    let (commune, _staff, lan, _pao) = two();
    let first = lan.household("Lầu Bá Đủa");
    let space = lan.get(&first)["space"].clone();
    let folder = commune.profile("Lan");
    let read = |suffix: &str| std::fs::read(folder.join(format!("toso.db{suffix}")));
    let before = (read("").unwrap(), read("-wal").unwrap_or_default());
    let made = lan
        .app
        .create_all(households(&space, &["Vừ Y Mai", "Lò Văn Páo"]));
    assert_eq!(made.unwrap().len(), 2);
    // The disk forgets the newest commit: the database is as it was, the journal is not.
    let (_, name, pin) = lan.end();
    std::fs::write(folder.join("toso.db"), before.0).unwrap();
    std::fs::write(folder.join("toso.db-wal"), before.1).unwrap();
    drop(std::fs::remove_file(folder.join("toso.db-shm")));
    let lan = commune.again(&name, &pin);
    lan.done("profile.unlock", json!({ "pin": pin }));
    let seen = lan.done("record.list", json!({ "kind": "household" }));
    assert_eq!(seen["items"].as_array().unwrap().len(), 3);
}
