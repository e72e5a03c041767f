//! What the commune cannot count is not lost: its author reads it, and it leaves the list when they have.

use crate::world::{Commune, Person};
use serde_json::{Value, json};
use std::sync::Arc;
use toso_domain::id::RecordId;
use toso_sync::ruling::Role;

/// Thao helps at the office and enters a member in a village without a signal; meanwhile the office makes her a member
/// only, and its file reaches her before she sends.
fn lost_a_right() -> (Arc<Commune>, Person, Person, String) {
    let (commune, staff) = Commune::new();
    let thao = commune.person("Thao", &[Role::Staff], "mat khau thu hai");
    commune.set_online(false);
    let new = json!({ "full_name": "Hờ Y Dếnh", "phone": "0912345678" });
    let new = json!({ "space": commune.space, "kind": "member", "fields": new });
    let new = thao.done("record.create", new)["id"].clone();
    let new = new.as_str().unwrap().to_owned();
    let patch = json!({ "id": commune.team, "patch": { "name": "Tổ Huồi Tụ 1" } });
    thao.done("record.save", patch);
    commune.certify("Thao", thao.member, &[Role::Member]);
    commune.set_online(true);
    staff.sync();
    let file = commune.profile("cua-xa.toso");
    staff.app.export(&file).unwrap();
    thao.app.import(&file).unwrap();
    thao.sync();
    (commune, staff, thao, new)
}

fn returned(person: &Person) -> Vec<Value> {
    let told = person.done("sync.records", json!({ "state": "refused" }));
    told.as_array().unwrap().clone()
}

#[test]
fn who_lost_a_right_reads_what_does_not_count_and_nothing_of_it_is_lost() {
    let (commune, staff, thao, new) = lost_a_right();
    staff.sync();
    let named = |person: &Person| person.get(&commune.team.to_string())["fields"]["name"].clone();
    assert_eq!(
        (named(&staff), named(&thao)),
        (json!("Tổ Huồi Tụ"), json!("Tổ Huồi Tụ")),
        "all see the same"
    );
    let list = returned(&thao);
    assert_eq!(list.len(), 2, "{list:?}");
    assert!(list.iter().all(|one| one["code"] == "draft_refused"));
    let person = list.iter().find(|one| one["id"] == *new).unwrap();
    assert_eq!(
        (&person["kind"], &person["title"]),
        (&json!("member"), &json!("Hờ Y Dếnh")),
        "named by what was written, though nothing of it counts"
    );

    let of = |id: &str| json!({ "id": id, "space": commune.space });
    let told = thao.done("returned.show", of(&new));
    assert_eq!(told["title"], "Hờ Y Dếnh");
    assert_eq!(told["edits"][0]["fields"]["phone"], "+84912345678");
    let team = commune.team.to_string();
    let told = thao.done("returned.show", of(&team));
    assert_eq!(told["title"], "Tổ Huồi Tụ", "what counts");
    assert_eq!(
        told["edits"][0]["fields"],
        json!({ "name": "Tổ Huồi Tụ 1" })
    );
    assert_eq!(told["edits"][0]["read"], false);

    // Read: off the list, and after a restart too; its text is still told to who asks.
    thao.done("returned.read", of(&team));
    thao.done("returned.read", of(&team));
    let thao = thao.restart();
    let list = returned(&thao);
    assert_eq!((list.len(), &list[0]["id"]), (1, &json!(new)));
    assert_eq!(thao.done("sync.status", json!({}))["refused"], 1);
    let told = thao.done("returned.show", of(&team));
    assert_eq!(told["edits"][0]["fields"]["name"], "Tổ Huồi Tụ 1");
    assert_eq!(told["edits"][0]["read"], true);
    // The team was never hers to have kept.
    let kept = thao.done("sync.records", json!({ "state": "kept" }));
    let kept = kept.as_array().unwrap();
    assert!(kept.iter().all(|one| one["id"] != team));

    let notices = || {
        let told = thao.done("notices.list", json!({}));
        let told = told.as_array().unwrap().iter();
        told.filter(|one| one["code"] == "draft_refused").count()
    };
    assert_eq!(notices(), 1, "the one about the team is read too");
    thao.done("returned.read", of(&new));
    assert_eq!(notices(), 0);
    assert_eq!(returned(&thao), Vec::<Value>::new());
    let other = json!({ "id": RecordId::from_bytes([9; 16]), "space": commune.space });
    assert_eq!(
        thao.refused("returned.show", other.clone()).code,
        "not_found"
    );
    assert_eq!(thao.refused("returned.read", other).code, "not_found");
    let elsewhere = json!({ "id": new, "space": RecordId::from_bytes([8; 16]) });
    assert_eq!(
        thao.refused("returned.show", elsewhere).code,
        "not_in_space"
    );
}

#[test]
fn an_erased_record_is_gone_from_what_was_returned_too() {
    let (commune, staff, thao, new) = lost_a_right();
    staff.done("record.purge", json!({ "id": new }));
    thao.sync();
    let of = json!({ "id": new, "space": commune.space });
    assert_eq!(thao.refused("returned.show", of).code, "not_found");
    assert!(returned(&thao).iter().all(|one| one["id"] != *new));
}
