//! A commune of the size the budgets are stated for: thirty villages, ten thousand households, a hundred thousand records.

use serde_json::json;

use super::random::Random;
use super::{Commune, Making, Space, field, place};

/// How many of each, in every village.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Villages, each with a team of one member.
    pub villages: usize,
    /// Households.
    pub households: usize,
    /// People, two to five a household, so that this is reached.
    pub people: usize,
    /// Visits.
    pub visits: usize,
}

impl Size {
    /// 10,020 households, 34,740 people and 55,200 visits of thirty teams: 100,051 records with units, teams and members.
    pub const COMMUNE: Self = Self {
        villages: 30,
        households: 334,
        people: 1_158,
        visits: 1_840,
    };
}

/// Whom the members met; the first two allow topics.
const CONTACTS: &[&str] = &["gap_chu_ho", "gap_thanh_vien", "vang_nha"];
const KINDS: &[&str] = &["dinh_ky", "theo_nhiem_vu", "theo_yeu_cau", "tham_lai"];
const TOPICS: &[&str] = &["dvc", "vneid", "thanh_toan", "tmdt", "suc_khoe", "an_toan"];
const NOTES: &[&str] = &[
    "Bà con hỏi cách nộp hồ sơ trên mạng, đã chỉ một lượt, hẹn tuần sau làm lại cùng con trai.",
    "Điện thoại cũ, máy đầy bộ nhớ, chưa cài được ứng dụng.",
    "Đã xem lại mã QR của sạp hàng, quét thử được.",
    "Nhà chưa có sóng, phải ra đầu dốc mới gọi được.",
];

impl Commune {
    /// Invents a commune of a size, in the order it is worked in: places and teams, then the people, then the visits.
    #[must_use]
    pub fn large(seed: u64, size: Size) -> Self {
        let mut random = Random::new(seed);
        let mut made = Making {
            ids: 0,
            phones: 0,
            random: Random::new(random.next()),
            records: Vec::new(),
        };
        let id = made.add("unit", Space::Commune, field::commune());
        let places: Vec<&place::Place> =
            place::VILLAGES.iter().cycle().take(size.villages).collect();
        let mut villages = Vec::new();
        for place in &places {
            villages.push(made.add("unit", Space::Commune, field::village(place, &id)));
        }
        let mut teams = Vec::new();
        for (place, village) in places.iter().zip(&villages) {
            teams.push(made.add("team", Space::Commune, field::team(place, village)));
        }
        let mut members = Vec::new();
        for team in &teams {
            let phone = made.phone();
            let fields = field::member(&super::team::OFFICE, Some(team), &phone);
            members.push(made.add("member", Space::Commune, fields));
        }
        for (number, (place, village)) in places.iter().zip(&villages).enumerate() {
            let sizes = sizes(size);
            made.village(number, place, village, &sizes, &mut random);
        }
        for (number, member) in members.iter().enumerate() {
            made.visits(number, member, size.visits, &mut random);
        }
        Self {
            name: place::COMMUNE.to_owned(),
            id,
            teams,
            records: made.records,
            actors: Vec::new(),
        }
    }
}

/// People of each household of a village, as even as whole people can be.
fn sizes(size: Size) -> Vec<usize> {
    (0..size.households)
        .map(|number| {
            let upto = |households: usize| size.people * households / size.households;
            upto(number + 1) - upto(number)
        })
        .collect()
}

impl Making {
    fn visits(&mut self, number: usize, member: &str, count: usize, random: &mut Random) {
        let space = Space::Team(number);
        let homes: Vec<String> = self
            .records
            .iter()
            .filter(|record| record.space == space && record.kind == "household")
            .map(|record| record.id.clone())
            .collect();
        for _ in 0..count {
            let household = homes.get(random.below(homes.len())).cloned();
            let contact = random.pick(CONTACTS);
            let met = contact != "vang_nha";
            let (month, day) = (random.between(1, 11), random.between(1, 28));
            let mut fields = json!({
                "household": household.unwrap_or_default(), "day": format!("2026-{month:02}-{day:02}"),
                "contact": contact, "visit_kind": random.pick(KINDS), "members": [member],
            });
            if met {
                fields["topics"] = json!([random.pick(TOPICS)]);
                fields["people_reached"] = random.between(1, 5).into();
            }
            if random.chance(40) {
                fields["note"] = random.pick(NOTES).into();
            }
            if let serde_json::Value::Object(fields) = fields {
                self.add("visit", space, fields);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_village_gets_its_share_and_the_sum_is_what_the_budget_names() {
        let size = Size {
            villages: 4,
            households: 12,
            people: 41,
            visits: 30,
        };
        let commune = Commune::large(7, size);
        let count = |kind: &str| commune.of_kind(kind).count();
        assert_eq!(
            ["household", "citizen", "visit", "team", "member"].map(count),
            [48, 164, 120, 4, 4]
        );
        let all = Size::COMMUNE;
        let team = all.households + all.people + all.visits;
        assert_eq!(all.villages * (team + 3) + 1, 100_051);
    }
}
