//! A household moves to another team, an edit comes too late, and a member becomes a lead.

use crate::bench::Bench;
use crate::commune::Place;
use crate::story::{LAN, OFFICE, text};
use serde_json::json;

/// Another team has it from now on; nothing that was written meanwhile is lost.
pub fn hand_over(bench: &mut Bench, place: &Place) {
    bench.chapter("Another team");
    let team = json!({ "space": place.commune, "kind": "team",
        "fields": { "name": "Tổ Na Ngoi", "team_kind": "cap_thon", "unit": place.commune } });
    let other = text(&bench.quiet(OFFICE, "record.create", team), "id");
    bench.names.know(&other, "<other-team>");
    bench.quiet(OFFICE, "sync.run", json!({}));
    let found = bench.quiet(OFFICE, "search", json!({ "text": "vu ba tro" }));
    let id = text(&found[0], "id");
    bench.call(OFFICE, "hand_over.set", json!({ "id": id, "to": other }));
    let held = bench.quiet(OFFICE, "record.get", json!({ "id": id }));
    assert_eq!(held["space"], json!(other));
    bench.note("An edit made in the old team by somebody who had not heard of it is carried over when it covers nothing newer; else it waits for a person.");
    let phone = |phone: &str| json!({ "id": id, "patch": { "phone": phone } });
    bench.quiet(OFFICE, "record.save", phone("0977 777 777"));
    bench.quiet(LAN, "record.save", phone("0966 666 666"));
    bench.quiet(LAN, "sync.run", json!({}));
    bench.quiet(OFFICE, "sync.run", json!({}));
    let late = bench.call(OFFICE, "late.list", json!({}));
    let settle = json!({ "id": id, "change": late[0]["change"], "take": true });
    bench.call(OFFICE, "late.settle", settle);
    let held = bench.quiet(OFFICE, "record.get", json!({ "id": id }));
    assert_eq!(held["fields"]["phone"], "+84966666666");
    bench.quiet(OFFICE, "sync.run", json!({}));
    bench.note("What a device may do, and which teams it holds, can be changed; it hears of it at its next exchange.");
    let rights = json!({ "device": place.lan, "roles": ["member", "lead"], "teams": [place.team] });
    bench.call(OFFICE, "device.rights", rights);
    bench.quiet(LAN, "sync.run", json!({}));
    returned(bench, place);
}

/// Lan helps at the office for a day; what she wrote there comes too late to count, and is not lost.
fn returned(bench: &mut Bench, place: &Place) {
    let staff = json!({ "device": place.lan, "roles": ["staff"], "teams": [] });
    bench.quiet(OFFICE, "device.rights", staff);
    bench.quiet(LAN, "sync.run", json!({}));
    let patch = json!({ "id": place.team, "patch": { "name": "Tổ số 1" } });
    bench.quiet(LAN, "record.save", patch);
    let rights = json!({ "device": place.lan, "roles": ["member", "lead"], "teams": [place.team] });
    bench.quiet(OFFICE, "device.rights", rights);
    bench.quiet(OFFICE, "sync.run", json!({}));
    bench.toso(OFFICE, &["export", "rights.toso"]);
    bench.toso(LAN, &["import", "rights.toso"]);
    bench.quiet(LAN, "sync.run", json!({}));
    bench.note("What a device may not write any more is returned to it; the text stays here, and leaves the list once it was read.");
    let refused = json!({ "state": "refused" });
    let list = bench.call(LAN, "sync.records", refused.clone());
    assert_eq!(list[0]["code"], "draft_refused");
    let one = json!({ "id": list[0]["id"], "space": list[0]["space"] });
    let told = bench.call(LAN, "returned.show", one.clone());
    assert_eq!(told["edits"][0]["fields"], json!({ "name": "Tổ số 1" }));
    bench.call(LAN, "returned.read", one.clone());
    assert_eq!(bench.quiet(LAN, "sync.records", refused), json!([]));
    let other = json!({ "id": place.commune, "space": place.commune });
    bench.refused(LAN, "returned.show", other, "not_found");
}
