//! Months are those of Viet Nam's days, whatever the clock of the device says in Greenwich.

use crate::meeting::two;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use toso_domain::time::LocalDate;

/// 30 November 2026, 17:00 in Greenwich: the first moment of 1 December at Mường Lống.
const DECEMBER: i64 = 1_796_058_000_000;

#[test]
fn a_month_begins_at_midnight_of_the_commune() {
    assert_eq!(LocalDate::from_millis(DECEMBER).to_string(), "2026-12-01");
    let (commune, _staff, lan, _pao) = two();
    let house = lan.household("Lầu Bá Đủa");
    let open = |name: &str| {
        let fields = json!({ "household": house, "name": name });
        let input = json!({ "space": commune.team, "kind": "digital_store", "fields": fields });
        lan.done("record.create", input);
    };
    let last = |name: &str, input: Value| {
        let told = lan.done(name, input);
        told["months"].as_array().unwrap().last().unwrap().clone()
    };
    // Two months without the hub would hide every list.
    commune.clock.store(DECEMBER - 3_600_000, Ordering::SeqCst);
    lan.sync();
    // The clock of a story goes on a little with every look at it.
    commune.clock.store(DECEMBER - 1_000, Ordering::SeqCst);
    open("Tạp hóa tháng Mười một");
    let month = last("event.months", json!({}));
    assert_eq!(
        (&month["month"], &month["until"], &month["whole"]),
        (&json!("2026-11"), &json!("2026-11-30"), &json!(true))
    );
    commune.clock.store(DECEMBER, Ordering::SeqCst);
    open("Tạp hóa tháng Mười hai");
    let month = last("event.months", json!({}));
    assert_eq!(
        (&month["month"], &month["until"], &month["whole"]),
        (&json!("2026-12"), &json!("2026-12-01"), &json!(false))
    );
    // Nobody knows when either was opened: each is there from the day it was written down.
    for (day, stores) in [("2026-11-29", 0), ("2026-11-30", 1), ("2026-12-01", 2)] {
        let month = last("store.months", json!({ "day": day }));
        assert_eq!(month["unseen"], stores, "{day}");
    }
}

#[test]
fn a_month_is_a_members_by_whom_its_records_name_and_not_by_who_wrote_them() {
    let (commune, _staff, lan, pao) = two();
    let held = |presenters: Value| {
        let fields = json!({ "event_kind": "hop_thon", "title": "Họp thôn", "day": "2026-10-01",
            "attendance": "dem", "people": 20, "presenters": presenters });
        let input = json!({ "space": commune.team, "kind": "event", "fields": fields });
        lan.done("record.create", input);
    };
    held(json!([pao.member]));
    held(json!([lan.member, pao.member]));
    held(json!([]));
    lan.sync();
    pao.sync();
    let events = |who: &crate::world::Person, mine: bool| {
        let input = json!({ "day": "2026-10-31", "months": 1, "mine": mine });
        who.done("event.months", input)["all"]["events"].clone()
    };
    assert_eq!(
        (events(&lan, true), events(&pao, true)),
        (json!(1), json!(2))
    );
    assert_eq!(
        (events(&lan, false), events(&pao, false)),
        (json!(3), json!(3))
    );
}
