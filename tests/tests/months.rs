//! Figures month by month, counted twice: by the product, and by a plain program over what was written down, which shares
//! no line with it. Of everybody and of one member, on days around the ends of months and many others.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    reason = "a failed step is a failed test"
)]

#[path = "months/made.rs"]
mod made;
#[path = "months/plain.rs"]
mod plain;

use chrono::{Datelike, Days, NaiveDate};
use made::{Dice, Made, begin};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use toso_tests::binary;
use toso_tests::demo::{Hub, Person};
use toso_tests::quick::QUICK;

const SECRET: &str = "mat khau van phong";

/// The office of a fresh commune with one team: the hub, who asks, the team, and the one who asks as a member.
fn office(home: &std::path::Path) -> (Hub, Person, String, String) {
    let hub = Hub::begin(&binary::program("toso-hub"), home, "Xã Mường Khằm").unwrap();
    let office = Person::new(&home.join("Hoa"), "Hoa", SECRET, "test", QUICK).unwrap();
    let input = json!({ "url": hub.url, "code": hub.staff_code, "name": "Máy", "pin": SECRET });
    office.done("enrol.start", input).unwrap();
    office.sync().unwrap();
    let spaces = office.done("space.list", json!({})).unwrap();
    let commune = spaces[0]["id"].as_str().unwrap();
    let fields = json!({ "name": "Tổ Nà Hin", "team_kind": "cap_thon", "unit": commune });
    let team = office.create(commune, "team", fields).unwrap();
    office.sync().unwrap();
    let state = office.done("profile.state", json!({})).unwrap();
    let me = state["member"].as_str().unwrap().to_owned();
    (hub, office, team, me)
}

/// Days near which a month begins or ends, and others.
fn days(dice: &mut Dice) -> BTreeSet<NaiveDate> {
    let first = begin();
    let mut out = BTreeSet::new();
    for n in 0..30u32 {
        let (year, month) = (
            first.year() + i32::try_from(n / 12).unwrap(),
            1 + (first.month0() + n) % 12,
        );
        if let Some(one) = NaiveDate::from_ymd_opt(year, month, 1)
            && n % 4 == 0
        {
            out.extend([one - Days::new(1), one]);
        }
    }
    (0..12).for_each(|_| {
        out.insert(dice.day(900));
    });
    out
}

fn numbers(value: &Value, names: &[&str]) -> Vec<u64> {
    names
        .iter()
        .map(|name| value[name].as_u64().unwrap())
        .collect()
}

/// Every month's figures beside those of the plain program.
fn compare(
    told: &Value,
    names: &[&str],
    day: NaiveDate,
    count: u32,
    of: impl Fn(NaiveDate, NaiveDate) -> Vec<u64>,
) -> Vec<u64> {
    let months = told["months"].as_array().unwrap();
    let spans = plain::spans(day, count);
    assert_eq!(months.len(), spans.len());
    let mut sums = vec![0; names.len()];
    for (month, (first, last)) in months.iter().zip(spans) {
        assert_eq!(month["month"], first.format("%Y-%m").to_string());
        assert_eq!(month["until"], last.to_string());
        assert_eq!(
            month["whole"],
            (last + Days::new(1)).day() == 1,
            "{day} {month}"
        );
        let flat = month.get("online").map_or_else(
            || numbers(month, names),
            |online| [numbers(online, &names[..3]), numbers(month, &names[3..])].concat(),
        );
        let expected = of(first, last);
        assert_eq!(
            flat, expected,
            "{names:?} of {first} to {last}, asked on {day}"
        );
        sums.iter_mut()
            .zip(&flat)
            .for_each(|(sum, one)| *sum += one);
    }
    sums
}

fn pairs(told: &Value, list: &str, key: &str, names: &[&str]) -> BTreeMap<String, Vec<u64>> {
    let all = told[list].as_array().unwrap().iter();
    all.map(|one| {
        (
            one[key].as_str().unwrap_or("").to_owned(),
            numbers(one, names),
        )
    })
    .collect()
}

#[test]
fn figures_of_any_months_are_what_was_written_down() {
    let seed = std::env::var("MONTHS_SEED").map_or(20_261_128, |seed| seed.parse().unwrap());
    let mut dice = Dice(seed);
    let home = tempfile::tempdir().unwrap();
    let (_hub, office, team, me) = office(home.path());
    let platforms: BTreeSet<String> = {
        let told = office.done("product.list", json!({})).unwrap();
        serde_json::from_value(told["platforms"].clone()).unwrap()
    };
    let all = Made::new(&mut dice);
    all.write(&office, &team, &me);

    const PRODUCT: [&str; 5] = ["products", "verified", "declared", "looked", "told"];
    const STORE: [&str; 3] = ["active", "dormant", "unseen"];
    const HELD: [&str; 8] = [
        "events",
        "uncounted",
        "people",
        "estimated",
        "women",
        "women_of",
        "elders",
        "elders_of",
    ];
    let mut sums: BTreeMap<(bool, &str), Vec<u64>> = BTreeMap::new();
    for (n, day) in days(&mut dice).into_iter().enumerate() {
        let count = [1, 6, 12, 24][n % 4];
        for mine in [false, true] {
            let told = |name: &str| {
                let input = json!({ "day": day, "months": count, "mine": mine });
                office.done(name, input).unwrap()
            };
            let seed = format!("MONTHS_SEED={seed}, {day}, mine: {mine}");

            let product = told("product.months");
            let of = |first, last| plain::products(&all, mine, &platforms, first, last);
            let sum = compare(&product, &PRODUCT, day, count, of);
            add(&mut sums, (mine, "product"), &sum);
            let stages = pairs(&product, "stages", "state", &["listings"]);
            assert_eq!(stages, plain::stages(&all, mine, day), "{seed}");

            let store = told("store.months");
            let of = |_, last| plain::stores(&all, mine, last).to_vec();
            add(
                &mut sums,
                (mine, "store"),
                &compare(&store, &STORE, day, count, of),
            );
            let levels = pairs(&store, "levels", "level", &STORE);
            assert_eq!(levels, plain::levels(&all, mine, day), "{seed}");

            let event = told("event.months");
            let of = |first, last| plain::events(&all, mine, None, first, last).to_vec();
            let sum = compare(&event, &HELD, day, count, of);
            assert_eq!(numbers(&event["all"], &HELD), sum, "{seed}");
            let (first, last) = (plain::spans(day, count)[0].0, day);
            let kinds = pairs(&event, "kinds", "event_kind", &HELD);
            let events: u64 = kinds.values().map(|figures| figures[0]).sum();
            assert_eq!(events, sum[0], "{seed}");
            for (kind, figures) in kinds {
                let expected = plain::events(&all, mine, Some(&kind), first, last);
                assert_eq!(figures, expected, "{seed}, {kind}");
            }
            add(&mut sums, (mine, "event"), &sum);
        }
    }
    // Otherwise nothing was compared but noughts, or one with itself.
    for name in ["product", "store", "event"] {
        let (all, own) = (&sums[&(false, name)], &sums[&(true, name)]);
        let pairs = || all.iter().zip(own);
        assert!(pairs().all(|(all, own)| own > &0 && own <= all), "{sums:?}");
        assert!(
            pairs().filter(|(all, own)| own < all).count() > 2,
            "{sums:?}"
        );
        assert_ne!(all, own);
    }
}

fn add<'a>(sums: &mut BTreeMap<(bool, &'a str), Vec<u64>>, of: (bool, &'a str), more: &[u64]) {
    let held = sums.entry(of).or_insert_with(|| vec![0; more.len()]);
    held.iter_mut().zip(more).for_each(|(sum, one)| *sum += one);
}

#[test]
fn one_to_twenty_four_months_and_six_unless_said() {
    let home = tempfile::tempdir().unwrap();
    let (_hub, office, ..) = office(home.path());
    for (asked, given) in [
        (json!(0), 1),
        (json!(24), 24),
        (json!(9_999), 24),
        (Value::Null, 6),
    ] {
        let input = json!({ "day": "2026-11-28", "months": asked });
        let told = office.done("event.months", input).unwrap();
        assert_eq!(told["months"].as_array().unwrap().len(), given);
    }
    let input = json!({ "months": "sáu" });
    assert!(office.done("event.months", input).is_err());
}
