//! What a screen asks for in one go.

use crate::bench::Bench;
use crate::commune::Place;
use crate::story::{LAN, OFFICE, text};
use serde_json::{Value, json};

/// The member's day, households, what was done at one, and whether a new one is here already.
pub fn screens(bench: &mut Bench, place: &Place, household: &str) {
    bench.chapter("Screens");
    bench.quiet(LAN, "sync.run", json!({}));
    bench.note(
        "One call a screen, from this device alone. A household is the same thing in every list.",
    );
    let today = bench.call(LAN, "today.get", json!({ "day": "2025-06-30" }));
    assert_eq!(today["month"]["met"], 1);
    let month = bench.call(LAN, "month.mine", json!({ "day": "2025-06-30" }));
    assert_eq!(month["month"], "2025-06");
    bench.call(LAN, "people.list", json!({}));
    bench.call(
        LAN,
        "household.list",
        json!({ "scope": "mine", "limit": 1 }),
    );
    let input = json!({ "text": "lau y mai", "filter": "unmet", "limit": 1 });
    let found = bench.call(LAN, "household.list", input);
    assert_eq!(found["total"], 2);
    let wrong = json!({ "filter": "met" });
    bench.refused(LAN, "household.list", wrong, "bad_input");
    bench.note("Newest first; `place` of the last entry is `before` of the next page.");
    let told = bench.call(
        LAN,
        "household.timeline",
        json!({ "id": household, "limit": 1 }),
    );
    // Only the newest is shown: those before it may share its second, and stand in another order another time.
    let last = told[0]["place"].clone();
    let input = json!({ "id": household, "limit": 2, "before": last });
    bench.quiet(LAN, "household.timeline", input);
    let input = json!({ "kind": "visit", "sort": "newest", "space": place.team, "limit": 1 });
    bench.call(LAN, "record.list", input);
    figures(bench, place, household);
    let typed = json!({ "fields": { "head_name": "Lau Ba Dua", "cluster": "huồi tụ" } });
    bench.call(LAN, "duplicate.find", typed);
    let many = json!({ "households": [household], "members": [], "how": "set" });
    bench.call(OFFICE, "assign.many", many.clone());
    bench.refused(LAN, "assign.many", many, "not_allowed");
    let again = json!({ "households": [household], "members": [place.member], "how": "add" });
    bench.quiet(OFFICE, "assign.many", again);
    bench.quiet(OFFICE, "sync.run", json!({}));
}

/// Products, stores and events: as of a day, and month by month.
fn figures(bench: &mut Bench, place: &Place, household: &str) {
    let made = |bench: &mut Bench, kind: &str, name: &str, fields: Value| {
        let input = json!({ "space": place.team, "kind": kind, "fields": fields });
        let id = text(&bench.quiet(LAN, "record.create", input), "id");
        bench.names.know(&id, name);
    };
    let store = json!({ "household": household, "name": "Tạp hóa Đủa", "opened_on": "2025-06-02" });
    made(bench, "digital_store", "<store>", store);
    let product = json!({ "name": "Chè Huồi Tụ", "state": "tiem_nang" });
    made(bench, "ocop_product", "<product>", product);
    let event = json!({ "event_kind": "hop_thon", "title": "Họp thôn", "day": "2025-06-20",
        "attendance": "dem", "people": 42, "women": 23 });
    made(bench, "event", "<event>", event);
    bench.note("As of a day, and month by month up to it: of all, or of the member asking.");
    let day = json!({ "day": "2025-06-30" });
    let stores = bench.call(LAN, "store.list", day.clone());
    assert_eq!(stores["open"], 1);
    bench.call(LAN, "product.list", day);
    let one = json!({ "day": "2025-06-30", "months": 1 });
    bench.call(LAN, "product.months", one.clone());
    let stores = bench.call(LAN, "store.months", one.clone());
    assert_eq!(stores["months"][0]["unseen"], 1);
    let events = bench.call(LAN, "event.months", one);
    assert_eq!(events["all"]["people"], 42);
    let mine = json!({ "day": "2025-06-30", "months": 1, "mine": true });
    let events = bench.quiet(LAN, "event.months", mine);
    assert_eq!(events["all"]["events"], 0);
    // What comes after begins with nothing that waits.
    bench.quiet(LAN, "sync.run", json!({}));
}
