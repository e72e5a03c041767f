//! Products, stores and events as dice have it, and how they are written down.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use toso_tests::demo::Person;

const PLATFORMS: [&str; 4] = ["shopee", "buudien", "facebook", "khac"];
/// What sells stands here more than once, so that there is something to count.
const RESULTS: [&str; 7] = [
    "dang_ban",
    "dang_ban",
    "dang_ban",
    "tam_het",
    "du_kien",
    "da_dang_chua_kiem",
    "go",
];
const METHODS: [&str; 3] = ["truc_tuyen", "anh_chup", "chu_the_khai"];
const LEVELS: [&str; 5] = ["chua_co", "nhan_qr", "co_gian_hang", "dang_ban", "co_don"];
const STATES: [&str; 4] = ["hoat_dong", "hoat_dong", "it_hoat_dong", "ngung"];
const KINDS: [&str; 4] = ["hop_thon", "lop_ky_nang", "cho_phien", "hop_to"];
const COUNTED: [&str; 3] = ["diem_danh", "dem", "uoc_tinh"];

/// The day before which nothing happens.
pub fn begin() -> NaiveDate {
    NaiveDate::from_ymd_opt(2023, 12, 15).unwrap()
}

pub struct Look {
    pub on: NaiveDate,
    pub what: (&'static str, &'static str),
    pub mine: bool,
}

pub struct Listing {
    pub platform: &'static str,
    pub state: &'static str,
    pub listed: Option<NaiveDate>,
    pub mine: bool,
    pub looks: Vec<Look>,
}

pub struct Product {
    pub issued: Option<NaiveDate>,
    pub listings: Vec<Listing>,
}

pub struct Store {
    /// Nothing where the first look is the first that is known.
    pub opened: Option<NaiveDate>,
    pub closed: Option<NaiveDate>,
    pub mine: bool,
    pub looks: Vec<Look>,
}

pub struct Event {
    pub kind: &'static str,
    pub day: NaiveDate,
    pub counted: &'static str,
    pub people: Option<u64>,
    pub women: Option<u64>,
    pub elders: Option<u64>,
    pub listed: u64,
    pub mine: bool,
}

pub struct Made {
    pub products: Vec<Product>,
    pub stores: Vec<Store>,
    pub events: Vec<Event>,
}

/// Numbers out of a seed (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % most
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }

    pub fn day(&mut self, span: u64) -> NaiveDate {
        begin() + Days::new(self.below(span))
    }

    fn maybe<T>(&mut self, one_in: u64, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.below(one_in) == 0).then(|| make(self))
    }

    /// Looks on different days, the oldest first.
    fn looks(&mut self, what: (&[&'static str], &[&'static str])) -> Vec<Look> {
        let days: std::collections::BTreeSet<NaiveDate> =
            (0..self.below(4)).map(|_| self.day(900)).collect();
        let look = |on| Look {
            on,
            what: (self.of(what.0), self.of(what.1)),
            mine: self.below(3) == 0,
        };
        days.into_iter().map(look).collect()
    }

    fn listing(&mut self) -> Listing {
        Listing {
            platform: self.of(&PLATFORMS),
            state: self.of(&RESULTS),
            listed: self.maybe(2, |dice| dice.day(700)),
            mine: self.below(3) == 0,
            looks: self.looks((&RESULTS, &METHODS)),
        }
    }

    fn store(&mut self) -> Store {
        let looks = self.looks((&LEVELS, &STATES));
        let known = looks.is_empty() || self.below(2) == 0;
        Store {
            opened: known.then(|| self.day(700)),
            closed: self.maybe(5, |dice| dice.day(900)),
            mine: self.below(4) == 0,
            looks,
        }
    }

    fn event(&mut self) -> Event {
        let counted = self.of(&COUNTED);
        let listed = if counted == "diem_danh" {
            self.below(4)
        } else {
            0
        };
        let people = self
            .maybe(3, |dice| dice.below(60))
            .filter(|_| counted != "diem_danh");
        Event {
            kind: self.of(&KINDS),
            day: self.day(900),
            counted,
            people,
            women: self.maybe(2, |dice| dice.below(30)),
            elders: self.maybe(3, |dice| dice.below(20)),
            listed,
            mine: self.below(3) == 0,
        }
    }
}

impl Made {
    pub fn new(dice: &mut Dice) -> Self {
        let product = |dice: &mut Dice| Product {
            issued: (dice.below(5) > 0).then(|| dice.day(500)),
            listings: (0..dice.below(4)).map(|_| dice.listing()).collect(),
        };
        let mut all = Self {
            products: (0..25).map(|_| product(dice)).collect(),
            stores: (0..40).map(|_| dice.store()).collect(),
            events: (0..90).map(|_| dice.event()).collect(),
        };
        // The first and the last moment of months, too.
        for (event, day) in
            all.events
                .iter_mut()
                .zip([(2024, 2, 29), (2024, 3, 1), (2024, 12, 31), (2025, 1, 1)])
        {
            event.day = NaiveDate::from_ymd_opt(day.0, day.1, day.2).unwrap();
        }
        all
    }

    /// Writes everything into a team's space; what is `mine` names `me`.
    pub fn write(&self, office: &Person, team: &str, me: &str) {
        let create = |kind: &str, mut fields: Value| {
            let all = fields.as_object_mut().unwrap();
            all.retain(|_, value| !value.is_null());
            office.create(team, kind, fields).unwrap()
        };
        let who = |mine: bool| if mine { json!([me]) } else { json!([]) };
        for (n, one) in self.products.iter().enumerate() {
            let product = create(
                "ocop_product",
                json!({ "name": format!("Sản phẩm {n}"), "state": "tiem_nang" }),
            );
            if let Some(issued) = one.issued {
                create(
                    "ocop_certificate",
                    json!({ "product": product, "stars": 3, "issued_on": issued }),
                );
            }
            for on in &one.listings {
                let listing = create(
                    "listing",
                    json!({
                        "product": product, "platform": on.platform, "state": on.state, "listed_on": on.listed,
                        "members": who(on.mine),
                    }),
                );
                for look in &on.looks {
                    create(
                        "listing_check",
                        json!({
                            "listing": listing, "product": product, "checked_on": look.on, "result": look.what.0,
                            "method": look.what.1, "members": who(look.mine),
                        }),
                    );
                }
            }
        }
        let house = create("household", json!({ "head_name": "Lò Văn Pọm" }));
        for (n, one) in self.stores.iter().enumerate() {
            let store = create(
                "digital_store",
                json!({
                    "household": house, "name": format!("Cửa hàng {n}"), "opened_on": one.opened,
                    "closed_on": one.closed, "members": who(one.mine),
                }),
            );
            for look in &one.looks {
                create(
                    "store_check",
                    json!({
                        "store": store, "household": house, "checked_on": look.on, "level": look.what.0,
                        "state": look.what.1, "members": who(look.mine),
                    }),
                );
            }
        }
        for (n, one) in self.events.iter().enumerate() {
            let event = create(
                "event",
                json!({
                    "event_kind": one.kind, "title": format!("Buổi {n}"), "day": one.day, "attendance": one.counted,
                    "people": one.people, "women": one.women, "elders": one.elders, "presenters": who(one.mine),
                }),
            );
            for name in 0..one.listed {
                create(
                    "event_attendance",
                    json!({ "event": event, "name": format!("Người {name}") }),
                );
            }
        }
        // What was deleted counts nowhere.
        let gone = create(
            "event",
            json!({
                "event_kind": "hop_to", "title": "Ghi nhầm", "day": begin(), "attendance": "dem", "people": 999,
                "presenters": who(true),
            }),
        );
        office
            .done("record.delete", json!({ "id": gone, "reason": "Ghi nhầm" }))
            .unwrap();
    }
}
