//! The same figures by the plain reading of the rules.

use crate::made::{Listing, Look, Made, Store};
use chrono::{Datelike, Days, Months, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// First and last day of every month, the last one cut off at the day.
pub fn spans(day: NaiveDate, count: u32) -> Vec<(NaiveDate, NaiveDate)> {
    let this = day.with_day(1).unwrap();
    let begins = (0..count).rev().map(|back| this - Months::new(back));
    begins
        .map(|first| (first, day.min(first + Months::new(1) - Days::new(1))))
        .collect()
}

fn newest(looks: &[Look], day: NaiveDate) -> Option<&Look> {
    looks.iter().rfind(|look| look.on <= day)
}

fn mine(named: bool, from: Option<NaiveDate>, looks: &[Look], day: NaiveDate) -> bool {
    let helped = named && (from.is_none() || from <= Some(day));
    helped || looks.iter().any(|look| look.mine && look.on <= day)
}

/// 0: not online, 1: said to be, 2: seen.
fn online(one: &Listing, day: NaiveDate, count: &BTreeSet<String>) -> u8 {
    if !count.contains(one.platform) || one.listed.is_some_and(|listed| day < listed) {
        return 0;
    }
    match newest(&one.looks, day) {
        None => u8::from(["dang_ban", "tam_het", "da_dang_chua_kiem"].contains(&one.state)),
        Some(look) => match look.what {
            ("da_dang_chua_kiem", _) | ("dang_ban" | "tam_het", "chu_the_khai") => 1,
            ("dang_ban" | "tam_het", _) if day <= look.on + Days::new(90) => 2,
            ("dang_ban" | "tam_het", _) => 1,
            _ => 0,
        },
    }
}

/// Products with a certificate, seen online, at least said to be; listings looked at, listings only told of.
pub fn products(
    all: &Made,
    own: bool,
    count: &BTreeSet<String>,
    first: NaiveDate,
    last: NaiveDate,
) -> Vec<u64> {
    let mut told = vec![0; 5];
    for product in &all.products {
        let on: Vec<&Listing> = product
            .listings
            .iter()
            .filter(|one| !own || mine(one.mine, one.listed, &one.looks, last))
            .collect();
        let certified = product.issued.is_some_and(|issued| issued <= last);
        if certified && !(own && on.is_empty()) {
            let best = on.iter().map(|one| online(one, last, count)).max();
            told[0] += 1;
            told[1] += u64::from(best == Some(2));
            told[2] += u64::from(best >= Some(1));
        }
        for listing in &product.listings {
            let looks = listing.looks.iter();
            let looks: Vec<&Look> = looks
                .filter(|look| first <= look.on && look.on <= last && (look.mine || !own))
                .collect();
            let seen = looks.iter().any(|look| look.what.1 != "chu_the_khai");
            told[3] += u64::from(seen);
            told[4] += u64::from(!seen && !looks.is_empty());
        }
    }
    told
}

pub fn stages(all: &Made, own: bool, day: NaiveDate) -> BTreeMap<String, Vec<u64>> {
    let mut out: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for one in all.products.iter().flat_map(|product| &product.listings) {
        if !own || mine(one.mine, one.listed, &one.looks, day) {
            let state = newest(&one.looks, day).map_or(one.state, |look| look.what.0);
            out.entry(state.to_owned()).or_insert(vec![0])[0] += 1;
        }
    }
    out
}

/// Where a store's figure goes: active, dormant, unseen; nothing for one that is not open.
fn place(one: &Store, own: bool, day: NaiveDate) -> Option<usize> {
    let begins = one.opened.or(one.looks.first().map(|look| look.on))?;
    let closed = one.closed.is_some_and(|closed| closed <= day);
    if day < begins || closed || (own && !mine(one.mine, None, &one.looks, day)) {
        return None;
    }
    let Some(look) = newest(&one.looks, day) else {
        return Some(2);
    };
    match look.what {
        (_, "ngung") => None,
        ("dang_ban" | "co_don", "hoat_dong") if day <= look.on + Days::new(180) => Some(0),
        _ => Some(1),
    }
}

pub fn stores(all: &Made, own: bool, day: NaiveDate) -> [u64; 3] {
    let mut told = [0; 3];
    for place in all.stores.iter().filter_map(|one| place(one, own, day)) {
        told[place] += 1;
    }
    told
}

/// By level; stores that nobody looked at have none.
pub fn levels(all: &Made, own: bool, day: NaiveDate) -> BTreeMap<String, Vec<u64>> {
    let mut out: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for one in &all.stores {
        if let Some(place) = place(one, own, day) {
            let level = newest(&one.looks, day).map_or("", |look| look.what.0);
            out.entry(level.to_owned()).or_insert(vec![0; 3])[place] += 1;
        }
    }
    out
}

/// Events, those without a count, people, estimated, women and of how many, elders and of how many.
pub fn events(
    all: &Made,
    own: bool,
    kind: Option<&str>,
    first: NaiveDate,
    last: NaiveDate,
) -> [u64; 8] {
    let mut told = [0; 8];
    for one in &all.events {
        let wanted = kind.is_none_or(|kind| kind == one.kind) && (one.mine || !own);
        if !wanted || one.day < first || last < one.day {
            continue;
        }
        let list = one.counted == "diem_danh";
        let people = if list { Some(one.listed) } else { one.people };
        told[0] += 1;
        told[1] += u64::from(people.is_none());
        told[2] += people.unwrap_or(0);
        told[3] += people.filter(|_| one.counted == "uoc_tinh").unwrap_or(0);
        for (at, part) in [(4, one.women), (6, one.elders)] {
            if let Some(part) = part {
                told[at] += part;
                told[at + 1] += people.unwrap_or(part);
            }
        }
    }
    told
}
