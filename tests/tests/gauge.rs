//! OCOP on platforms, counted twice: by the product, and by the plain reading of the rules that stands here and shares
//! no line with it. On every day around the end of a certificate and the ninety-first of a look, and on many others.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failed step is a failed test"
)]

use chrono::{Datelike, Days, NaiveDate};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use toso_tests::binary;
use toso_tests::demo::{Hub, Person};
use toso_tests::quick::QUICK;

const SECRET: &str = "mat khau van phong";
/// Marketplaces of the catalog, which count where a commune names none; and three that do not.
const PLATFORMS: [&str; 6] = ["shopee", "buudien", "voso", "facebook", "zalo", "khac"];
/// What sells stands here more than once, so that there is something to count.
const RESULTS: [&str; 10] = [
    "dang_ban",
    "dang_ban",
    "du_kien",
    "co_gian_hang",
    "da_dang_chua_kiem",
    "dang_ban",
    "tam_het",
    "an",
    "go",
    "ngung",
];
const METHODS: [&str; 3] = ["truc_tuyen", "anh_chup", "chu_the_khai"];

#[derive(Debug)]
struct Paper {
    issued: NaiveDate,
    expires: Option<NaiveDate>,
    revoked: Option<NaiveDate>,
}

#[derive(Debug)]
struct Shop {
    platform: &'static str,
    state: &'static str,
    listed: Option<NaiveDate>,
    looks: Vec<(NaiveDate, &'static str, &'static str)>,
}

#[derive(Debug)]
struct Made {
    papers: Vec<Paper>,
    shops: Vec<Shop>,
}

/// Numbers out of a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % most
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }

    fn day(&mut self, from: NaiveDate, span: u64) -> NaiveDate {
        from + Days::new(self.below(span))
    }

    fn product(&mut self, begin: NaiveDate) -> Made {
        let paper = |dice: &mut Self| {
            let issued = dice.day(begin, 1_400);
            Paper {
                issued,
                expires: (dice.below(4) == 0).then(|| dice.day(issued, 1_500)),
                revoked: (dice.below(5) == 0).then(|| dice.day(issued, 1_200)),
            }
        };
        let shop = |dice: &mut Self| {
            let mut days = BTreeSet::new();
            for _ in 0..dice.below(5) {
                days.insert(dice.day(begin, 1_800));
            }
            Shop {
                platform: dice.of(&PLATFORMS),
                state: dice.of(&RESULTS),
                listed: (dice.below(2) == 0).then(|| dice.day(begin, 900)),
                looks: days
                    .into_iter()
                    .map(|day| (day, dice.of(&RESULTS), dice.of(&METHODS)))
                    .collect(),
            }
        };
        let (papers, shops) = (self.below(3), self.below(4));
        Made {
            papers: (0..papers).map(|_| paper(self)).collect(),
            shops: (0..shops).map(|_| shop(self)).collect(),
        }
    }
}

/// The last day of a certificate: written on it, else thirty-six months on.
fn last_day(paper: &Paper) -> NaiveDate {
    // Three years on; of a leap day's the day before.
    let usual = paper.issued.with_year(paper.issued.year() + 3);
    let usual = usual.or_else(|| (paper.issued - Days::new(1)).with_year(paper.issued.year() + 3));
    paper.expires.unwrap_or(usual.unwrap())
}

/// 0: not online, 1: said to be, 2: seen.
fn online(shop: &Shop, day: NaiveDate, count: &BTreeSet<String>) -> u8 {
    if !count.contains(shop.platform) || shop.listed.is_some_and(|listed| day < listed) {
        return 0;
    }
    let sells = |code: &str| code == "dang_ban" || code == "tam_het";
    match shop.looks.iter().rev().find(|(on, ..)| *on <= day) {
        None => u8::from(sells(shop.state) || shop.state == "da_dang_chua_kiem"),
        Some((_, "da_dang_chua_kiem", _)) => 1,
        Some((_, result, _)) if !sells(result) => 0,
        Some((on, _, method)) => {
            let old = day > *on + Days::new(90);
            if old || *method == "chu_the_khai" {
                1
            } else {
                2
            }
        }
    }
}

/// Products that count, those seen online, those at least said to be.
fn plain(all: &[Made], day: NaiveDate, count: &BTreeSet<String>) -> (u64, u64, u64) {
    let mut told = (0, 0, 0);
    for made in all {
        let holds = |p: &Paper| {
            p.issued <= day && day <= last_day(p) && p.revoked.is_none_or(|revoked| day < revoked)
        };
        if !made.papers.iter().any(holds) {
            continue;
        }
        let best = made.shops.iter().map(|shop| online(shop, day, count)).max();
        told.0 += 1;
        told.1 += u64::from(best == Some(2));
        told.2 += u64::from(best >= Some(1));
    }
    told
}

/// Days on which something begins or ends, with their neighbours.
fn edges(all: &[Made]) -> BTreeSet<NaiveDate> {
    let mut at = BTreeSet::new();
    for made in all {
        for paper in &made.papers {
            at.extend([paper.issued, last_day(paper)]);
            at.extend(paper.revoked);
        }
        for shop in &made.shops {
            at.extend(shop.listed);
            at.extend(
                shop.looks
                    .iter()
                    .flat_map(|(on, ..)| [*on, *on + Days::new(90)]),
            );
        }
    }
    let near = |day: &NaiveDate| [*day - Days::new(1), *day, *day + Days::new(1)];
    at.iter().flat_map(near).collect()
}

fn write(office: &Person, team: &str, made: &Made, n: usize) {
    let create = |kind: &str, mut fields: Value| {
        fields
            .as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        office.create(team, kind, fields).unwrap()
    };
    let fields = json!({ "name": format!("Sản phẩm {n}"), "state": "tiem_nang" });
    let product = create("ocop_product", fields);
    for paper in &made.papers {
        create(
            "ocop_certificate",
            json!({
                "product": product, "stars": 3, "issued_on": paper.issued,
                "expires_on": paper.expires, "revoked_on": paper.revoked,
            }),
        );
    }
    for shop in &made.shops {
        let fields = json!({
            "product": product, "platform": shop.platform, "state": shop.state, "listed_on": shop.listed,
        });
        let listing = create("listing", fields);
        for (on, result, method) in &shop.looks {
            create(
                "listing_check",
                json!({ "listing": listing, "product": product, "checked_on": on, "method": method, "result": result }),
            );
        }
    }
}

#[test]
fn figures_of_any_day_are_what_the_rules_say() {
    let seed = std::env::var("GAUGE_SEED").map_or(20_261_128, |seed| seed.parse().unwrap());
    let mut dice = Dice(seed);
    let begin = NaiveDate::from_ymd_opt(2021, 2, 27).unwrap();
    let home = tempfile::tempdir().unwrap();
    let hub = Hub::begin(&binary::program("toso-hub"), home.path(), "Xã Mường Khằm").unwrap();
    let office = Person::new(&home.path().join("Hoa"), "Hoa", SECRET, "test", QUICK).unwrap();
    let input = json!({ "url": hub.url, "code": hub.staff_code, "name": "Máy", "pin": SECRET });
    office.done("enrol.start", input).unwrap();
    office.sync().unwrap();
    let spaces = office.done("space.list", json!({})).unwrap();
    let commune = spaces[0]["id"].as_str().unwrap();
    let fields = json!({ "name": "Tổ Nà Hin", "team_kind": "cap_thon", "unit": commune });
    let team = office.create(commune, "team", fields).unwrap();
    office.sync().unwrap();

    let all: Vec<Made> = (0..40).map(|_| dice.product(begin)).collect();
    for (n, made) in all.iter().enumerate() {
        write(&office, &team, made, n);
    }
    let ask = |day: NaiveDate| office.done("product.list", json!({ "day": day })).unwrap();
    let platforms: BTreeSet<String> =
        serde_json::from_value(ask(begin)["platforms"].clone()).unwrap();
    assert!(
        platforms.contains("shopee") && !platforms.contains("facebook"),
        "{platforms:?}"
    );
    let edges = edges(&all);
    assert!(edges.len() > 300, "{}", edges.len());
    let mut most = (0, 0, 0);
    // Every day near which something changes, or so many of them as there is time for.
    let step = edges.len().div_ceil(250);
    for day in edges.into_iter().step_by(step) {
        let told = ask(day)["online"].clone();
        let told = ["products", "verified", "declared"].map(|name| told[name].as_u64().unwrap());
        let expected = plain(&all, day, &platforms);
        assert_eq!(
            told,
            [expected.0, expected.1, expected.2],
            "{day}, GAUGE_SEED={seed}"
        );
        most = (
            most.0.max(told[0]),
            most.1.max(told[1]),
            most.2.max(told[2]),
        );
    }
    // Otherwise nothing was compared but noughts.
    assert!(most.0 > 10 && most.1 > 1 && most.2 > most.1, "{most:?}");
}
