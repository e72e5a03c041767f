//! How the invented commune fills the kinds' fields. The only file here that knows field names.

use serde_json::{Map, Value, json};

use super::home::Person;
use super::place::{COMMUNE, Place};
use super::product::Product;
use super::team::Named;

/// The day everybody signed the paper.
const ASKED_ON: &str = "2026-01-12";

type Fields = Map<String, Value>;

/// Where a household lives.
pub(super) struct Door<'a> {
    pub(super) village: &'a str,
    pub(super) code: String,
    pub(super) cluster: &'a str,
    pub(super) landmark: String,
    pub(super) house: u16,
    pub(super) phone: Option<&'a str>,
}

/// The fields of an object, without those that are not known.
fn fields(value: Value) -> Fields {
    match value {
        Value::Object(all) => all
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .collect(),
        _ => Fields::new(),
    }
}

pub(super) fn commune() -> Fields {
    fields(json!({ "name": COMMUNE, "unit_kind": "xa", "code": "03999" }))
}

pub(super) fn village(place: &Place, commune: &str) -> Fields {
    fields(json!({ "name": place.name, "unit_kind": place.kind, "parent": commune }))
}

pub(super) fn team(place: &Place, village: &str) -> Fields {
    fields(json!({
        "name": format!("Tổ công nghệ số cộng đồng {}", place.name),
        "team_kind": "cap_thon", "unit": village, "state": "hoat_dong",
    }))
}

pub(super) fn member(named: &Named, team: Option<&String>, phone: &str) -> Fields {
    fields(json!({
        "full_name": named.name, "gender": gender(named.woman), "birth_year": named.born, "phone": phone,
        "team": team, "position": named.position,
    }))
}

pub(super) fn household(place: &Place, door: &Door<'_>, people: &[Person]) -> Fields {
    fields(json!({
        "local_code": door.code, "village": door.village, "cluster": door.cluster,
        "head_name": people.first().map(|head| head.name.as_str()),
        "address": format!("Số {}, {}, {}", door.house, door.cluster, place.name),
        "consent": "dong_y", "consent_on": ASKED_ON, "consent_method": "phieu_giay",
        "landmark": door.landmark, "phone": door.phone, "people": people.len(),
        "household_kind": "ho_gia_dinh", "residence": "thuong_tru",
    }))
}

/// `day` is a month and a day of it; of people born before 1960 only the year is known.
pub(super) fn citizen(
    person: &Person,
    household: &str,
    day: (u16, u16),
    phone: Option<&str>,
) -> Fields {
    let (date, precision) = if person.born < 1960 {
        (format!("{}-01-01", person.born), "nam")
    } else {
        (format!("{}-{:02}-{:02}", person.born, day.0, day.1), "ngay")
    };
    fields(json!({
        "household": household, "consent": "dong_y", "consent_on": ASKED_ON, "consent_method": "phieu_giay",
        "full_name": person.name, "gender": gender(person.woman),
        "birth_date": date, "birth_precision": precision, "relation_to_head": person.relation, "phone": phone,
    }))
}

pub(super) fn product(product: &Product, village: &str) -> Fields {
    fields(json!({
        "name": product.name, "group": product.group, "unit_pack": product.pack, "price": product.price,
        "subject_name": product.maker, "village": village, "state": "duoc_cong_nhan",
    }))
}

fn gender(woman: bool) -> &'static str {
    if woman { "nu" } else { "nam" }
}
