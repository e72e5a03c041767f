//! Lan's doors: her day, the list of households, and what was done there.

use crate::meeting::two;
use crate::world::{Commune, DAY, Person};
use serde_json::{Value, json};
use std::sync::Arc;
use toso_sync::ruling::Role;

/// A commune whose people, village and team are written down; Hòa is a second member.
pub struct Doors {
    pub commune: Arc<Commune>,
    pub staff: Person,
    pub lan: Person,
    pub pao: Person,
    pub hoa: Person,
    pub village: String,
}

impl Doors {
    pub fn new() -> Self {
        let (commune, staff, lan, pao) = two();
        let hoa = commune.person("Hòa", &[Role::Member], "777888");
        let village = id(&staff.done(
            "record.create",
            json!({ "space": commune.space, "kind": "unit",
                "fields": { "name": "Bản Huồi Thum", "unit_kind": "ban", "parent": commune.space } }),
        ));
        staff.done(
            "record.save",
            json!({ "id": commune.team, "patch": { "unit": village } }),
        );
        for (person, name, phone) in [
            (&lan, "Lò Thị Lan", "0912345678"),
            (&pao, "Vừ Bá Páo", "0987654321"),
            (&hoa, "Hờ A Hòa", "0911222333"),
        ] {
            staff.done(
                "record.create",
                json!({ "space": commune.space, "kind": "member", "id": person.member,
                    "fields": { "full_name": name, "team": commune.team, "phone": phone } }),
            );
        }
        let doors = Self {
            commune,
            staff,
            lan,
            pao,
            hoa,
            village,
        };
        doors.meet();
        doors
    }

    /// Everybody exchanges until all hold the same.
    pub fn meet(&self) {
        for _ in 0..2 {
            for person in [&self.staff, &self.lan, &self.pao, &self.hoa] {
                person.sync();
            }
        }
    }

    /// A household written down by Páo.
    pub fn house(&self, head: &str, more: Value) -> String {
        let mut fields = json!({ "head_name": head, "village": self.village, "consent": "dong_y" });
        let more = more.as_object().unwrap().clone();
        fields.as_object_mut().unwrap().extend(more);
        self.made(&self.pao, "household", fields)
    }

    /// A household that Lan looks after.
    pub fn of_lan(&self, head: &str) -> String {
        self.house(head, json!({ "assigned": [self.lan.member] }))
    }

    pub fn made(&self, by: &Person, kind: &str, fields: Value) -> String {
        let input = json!({ "space": self.commune.team, "kind": kind, "fields": fields });
        id(&by.done("record.create", input))
    }

    pub fn visit(&self, by: &Person, house: &str, day: &str, contact: &str, next: Value) -> String {
        let fields = json!({ "household": house, "day": day, "contact": contact,
            "next_visit_on": next, "members": [by.member] });
        self.made(by, "visit", fields)
    }
}

pub fn id(told: &Value) -> String {
    told["id"].as_str().unwrap().to_owned()
}

/// One field of every item of a list.
pub fn each(list: &Value, field: &str) -> Vec<Value> {
    let items = list.as_array().unwrap().iter();
    items.map(|item| item[field].clone()).collect()
}

#[test]
fn lans_morning_shows_the_month_and_who_was_never_met() {
    let at = Doors::new();
    let homes = ["Lầu Bá Đủa", "Vừ Y Mai", "Giàng A Súa", "Lò Văn Thoạn"];
    let homes = homes.map(|head| at.of_lan(head));
    at.house("Của Người Khác", json!({}));
    at.visit(
        &at.pao,
        &homes[0],
        "2026-10-01",
        "gap_thanh_vien",
        Value::Null,
    );
    at.visit(&at.hoa, &homes[2], "2026-09-30", "gap_chu_ho", Value::Null);
    at.visit(&at.hoa, &homes[3], "2026-10-01", "vang_nha", Value::Null);
    at.meet();
    at.commune.set_online(false);
    at.visit(&at.lan, &homes[1], "2026-10-01", "gap_chu_ho", Value::Null);
    at.visit(&at.lan, &homes[0], "2026-10-01", "gap_chu_ho", Value::Null);
    let today = at.lan.done("today.get", json!({}));
    assert_eq!(today["day"], "2026-10-01");
    assert_eq!(
        today["member"],
        json!({ "id": at.lan.member, "name": "Lò Thị Lan" })
    );
    assert_eq!(today["place"], "Bản Huồi Thum");
    assert_eq!(
        today["month"],
        json!({ "households": 4, "met": 2, "met_kept": 1, "met_waiting": 1 })
    );
    // Nobody home is no meeting; a meeting of last month is one.
    assert_eq!(each(&today["unmet"], "title"), ["Lò Văn Thoạn"]);
    assert_eq!(today["unmet_total"], 1);
    assert_eq!(today["unmet"][0]["last_visit"]["contact"], "vang_nha");
    let last = at.lan.done("today.get", json!({ "day": "2026-09-15" }));
    assert_eq!(last["month"]["met"], 1);
    at.commune.set_online(true);
    at.meet();
    let month = &at.lan.done("today.get", json!({}))["month"];
    assert_eq!(
        (&month["met_kept"], &month["met_waiting"]),
        (&json!(2), &json!(0))
    );
    // The office looks after nobody.
    let office = at.staff.done("today.get", json!({}));
    assert_eq!(
        (&office["member"], &office["month"]["households"]),
        (&Value::Null, &json!(0))
    );
    assert_eq!(office["place"], "Xã Mường Lống");
}

#[test]
fn what_lan_promised_is_due_until_somebody_does_it() {
    let at = Doors::new();
    let (one, two) = (at.of_lan("Vừ Thị Mỷ"), at.of_lan("Lò Văn Thoạn"));
    let other = at.house("Hờ Bá Chù", json!({}));
    at.visit(
        &at.lan,
        &one,
        "2026-09-20",
        "gap_chu_ho",
        json!("2026-09-25"),
    );
    let newer = at.visit(
        &at.hoa,
        &one,
        "2026-09-26",
        "gap_chu_ho",
        json!("2026-09-29"),
    );
    let now = at.visit(&at.lan, &two, "2026-09-27", "vang_nha", json!("2026-10-01"));
    let hers = at.visit(
        &at.lan,
        &other,
        "2026-09-21",
        "gap_chu_ho",
        json!("2026-09-30"),
    );
    let stranger = at.house("Của Người Khác", json!({}));
    at.visit(
        &at.pao,
        &stranger,
        "2026-09-21",
        "gap_chu_ho",
        json!("2026-09-30"),
    );
    let door = at.made(
        &at.lan,
        "visit",
        json!({ "village": at.village, "day": "2026-09-01", "contact": "gap_chu_ho",
            "next_visit_on": "2026-09-30", "members": [at.lan.member] }),
    );
    at.visit(
        &at.lan,
        &two,
        "2026-09-28",
        "gap_chu_ho",
        json!("2026-10-09"),
    );
    at.meet();
    let today = at.lan.done("today.get", json!({}));
    // The newest visit counts, whoever made it; a later one without a day settles what was promised before.
    assert_eq!(
        each(&today["overdue"], "id"),
        [newer.clone(), door, hers.clone()]
    );
    let first = &today["overdue"][0];
    assert_eq!(
        (
            &first["title"],
            &first["kind"],
            &first["late_days"],
            &first["household"]
        ),
        (&json!("Vừ Thị Mỷ"), &json!("visit"), &json!(2), &json!(one))
    );
    let nowhere = &today["overdue"][1];
    assert_eq!(
        (&nowhere["title"], &nowhere["household"]),
        (&json!("Bản Huồi Thum"), &Value::Null)
    );
    assert_eq!(today["due"], json!([]));
    let then = at.lan.done("today.get", json!({ "day": "2026-10-09" }));
    assert_eq!(each(&then["due"], "late_days"), [0]);
    assert!(!each(&then["overdue"], "id").contains(&json!(now)));
    at.visit(&at.pao, &one, "2026-10-01", "tu_choi", Value::Null);
    at.meet();
    let today = at.lan.done("today.get", json!({}));
    assert!(!each(&today["overdue"], "id").contains(&json!(newer)));
    // What was deleted or merged away is nobody's work any more.
    at.lan.done(
        "record.delete",
        json!({ "id": other, "reason": "ghi nhầm" }),
    );
    let today = at.lan.done("today.get", json!({}));
    assert!(!each(&today["overdue"], "id").contains(&json!(hers)));
}

#[test]
fn help_is_asked_after_until_the_same_was_done_for_the_same_person() {
    let at = Doors::new();
    let home = at.of_lan("Vừ Thị Mỷ");
    let dua = at.made(
        &at.lan,
        "citizen",
        json!({ "household": home, "consent": "dong_y", "full_name": "Giàng Thị Dua" }),
    );
    let help = |by: &Person, more: Value| {
        let mut fields = json!({ "outcome": "hen_lai", "members": [by.member] });
        fields
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        at.made(by, "assistance", fields)
    };
    let vneid = help(
        &at.lan,
        json!({ "household": home, "citizen": dua, "category": "vneid_tao",
        "day": "2026-09-20", "follow_up_on": "2026-09-28" }),
    );
    let bank = help(
        &at.hoa,
        json!({ "household": home, "category": "tk_ngan_hang",
        "day": "2026-09-20", "follow_up_on": "2026-10-01" }),
    );
    let visit = at.visit(&at.hoa, &home, "2026-09-22", "gap_chu_ho", Value::Null);
    let through = help(
        &at.hoa,
        json!({ "visit": visit, "category": "an_toan",
        "day": "2026-09-22", "follow_up_on": "2026-09-30" }),
    );
    at.meet();
    let today = at.lan.done("today.get", json!({}));
    assert_eq!(each(&today["overdue"], "id"), [vneid.clone(), through]);
    assert_eq!(each(&today["due"], "id"), [bank.clone()]);
    assert_eq!(today["overdue"][0]["category"], "vneid_tao");
    assert_eq!(today["overdue"][1]["title"], "Vừ Thị Mỷ");
    // The same for another, and another thing for the same, settle nothing; the same elsewhere does.
    help(
        &at.pao,
        json!({ "household": home, "category": "vneid_tao", "day": "2026-09-29" }),
    );
    help(
        &at.pao,
        json!({ "citizen": dua, "category": "an_toan", "day": "2026-09-29" }),
    );
    at.meet();
    assert_eq!(
        at.lan.done("today.get", json!({}))["overdue"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    help(
        &at.pao,
        json!({ "citizen": dua, "category": "vneid_tao", "day": "2026-09-30" }),
    );
    help(
        &at.lan,
        json!({ "household": home, "category": "tk_ngan_hang", "day": "2026-10-01" }),
    );
    at.meet();
    let today = at.lan.done("today.get", json!({}));
    assert!(!each(&today["overdue"], "id").contains(&json!(vneid)));
    assert_eq!(today["due"], json!([]));
}

#[test]
fn an_empty_phone_a_bad_day_and_a_hidden_list() {
    let (commune, staff) = Commune::new();
    let lan = commune.person("Lan", &[Role::Member], "123456");
    let today = lan.done("today.get", json!({}));
    assert_eq!(
        (&today["place"], &today["member"]),
        (&json!("Xã Mường Lống"), &Value::Null)
    );
    assert_eq!(today["unmet"], json!([]));
    let page = lan.done("household.list", json!({}));
    assert_eq!(page, json!({ "items": [], "next": null, "total": 0 }));
    assert_eq!(
        lan.done("household.list", json!({ "text": "mỷ" }))["total"],
        0
    );
    let like = lan.done("duplicate.find", json!({ "fields": { "head_name": "Mỷ" } }));
    assert_eq!(like, json!([]));
    for (call, input) in [
        ("today.get", json!({ "day": "2026-02-30" })),
        ("today.get", json!({ "date": "2026-02-03" })),
        ("household.list", json!({ "filter": "met" })),
        ("household.list", json!({ "after": "zz" })),
        ("household.list", json!({ "assigned_to": "everybody" })),
        ("household.timeline", json!({})),
        (
            "household.timeline",
            json!({ "id": commune.team, "before": "yesterday" }),
        ),
        ("duplicate.find", json!({})),
        (
            "record.list",
            json!({ "kind": "household", "sort": "newest" }),
        ),
        ("record.list", json!({ "sort": "newest" })),
        (
            "assign.many",
            json!({ "households": [], "members": [], "how": "swap" }),
        ),
    ] {
        assert_eq!(
            staff.refused(call, input.clone()).code,
            "bad_input",
            "{call} {input}"
        );
    }
    let odd = json!({ "fields": { "colour": "xanh" } });
    assert_eq!(lan.refused("duplicate.find", odd).code, "unknown_field");
    let absent = json!({ "id": lan.member });
    assert_eq!(lan.refused("household.timeline", absent).code, "not_found");
    let team = json!({ "id": commune.team });
    assert_eq!(lan.refused("household.timeline", team).code, "not_found");
    let home = lan.household("Vừ Thị Mỷ");
    let hidden = [
        ("today.get", json!({})),
        ("household.list", json!({})),
        ("household.timeline", json!({ "id": home })),
        ("duplicate.find", json!({ "fields": {} })),
    ];
    commune.wait(61 * DAY);
    for (call, input) in hidden {
        assert_eq!(lan.refused(call, input).code, "lease", "{call}");
    }
    // Who writes a new household can still say where it is.
    assert_eq!(
        each(&lan.done("people.list", json!({}))["units"], "name"),
        ["Xã Mường Lống"]
    );
}
