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
}
