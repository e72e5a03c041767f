//! An invented commune: three villages, three teams, 750 households, 2,600 people, nine OCOP products.
//!
//! The same seed gives the same commune, ids included. Nobody in it exists: names are drawn from lists, phones lie in
//! a block that is valid in form. It needs no other crate of ours, so that any program can include it.

mod field;
mod home;
mod large;
mod name;
mod place;
mod product;
mod random;
mod team;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

pub use home::Person;
pub use large::Size;
use random::Random;

/// Households in all; a third in each village.
pub const HOUSEHOLDS: usize = 750;
/// People in all.
pub const PEOPLE: usize = 2_600;
const HOME_MAX: usize = 9;

/// The invented commune. Vectors by village or team are in the order of their numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Commune {
    /// Its name.
    pub name: String,
    /// Id of its unit record and of the commune space.
    pub id: String,
    /// Ids of the three team records and team spaces; team 1 works in village 1.
    pub teams: Vec<String>,
    /// The records, each after those it refers to.
    pub records: Vec<Record>,
    /// Those whom stories call by a short name: Lan and Páo of team 1, Hoa of the office.
    pub actors: Vec<Actor>,
}

/// One record to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Kind of the record: `unit`, `team`, `member`, `household`, `citizen`, `ocop_product`.
    pub kind: &'static str,
    /// Its id, hyphenated.
    pub id: String,
    /// The space it lives in.
    pub space: Space,
    /// Its fields, as a form would send them.
    pub fields: Map<String, Value>,
}

/// Where a record lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// In the space of the commune.
    Commune,
    /// In the space of a team: 0, 1 or 2.
    Team(usize),
}

/// Somebody with a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// What stories call them.
    pub short: &'static str,
    /// Id of the member record.
    pub member: String,
    /// The team they work in; none for the office.
    pub team: Option<usize>,
}

impl Commune {
    /// Invents the commune of a seed.
    #[must_use]
    pub fn invent(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut made = Making {
            ids: 0,
            phones: 0,
            random: Random::new(random.next()),
            records: Vec::new(),
        };
        let id = made.add("unit", Space::Commune, field::commune());
        let mut teams = Vec::new();
        let mut villages = Vec::new();
        for place in &place::VILLAGES {
            villages.push(made.add("unit", Space::Commune, field::village(place, &id)));
        }
        for (place, village) in place::VILLAGES.iter().zip(&villages) {
            teams.push(made.add("team", Space::Commune, field::team(place, village)));
        }
        let actors = made.members(&teams);
        let sizes = sizes(&mut random);
        for (number, (place, village)) in place::VILLAGES.iter().zip(&villages).enumerate() {
            let share = sizes.chunks(HOUSEHOLDS / place::VILLAGES.len()).nth(number);
            made.village(
                number,
                place,
                village,
                share.unwrap_or_default(),
                &mut random,
            );
        }
        for (number, (products, village)) in product::PRODUCTS.iter().zip(&villages).enumerate() {
            for product in products {
                made.add(
                    "ocop_product",
                    Space::Team(number),
                    field::product(product, village),
                );
            }
        }
        Self {
            name: place::COMMUNE.to_owned(),
            id,
            teams,
            records: made.records,
            actors,
        }
    }

    /// The id of a record's space.
    #[must_use]
    pub fn space_id(&self, space: Space) -> &str {
        match space {
            Space::Commune => &self.id,
            Space::Team(number) => self.teams.get(number).map_or("", String::as_str),
        }
    }

    /// The records of one kind, in order.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Record> {
        self.records
            .iter()
            .filter(move |record| record.kind == kind)
    }

    /// Somebody by the name stories use.
    #[must_use]
    pub fn actor(&self, short: &str) -> Option<&Actor> {
        self.actors.iter().find(|actor| actor.short == short)
    }
}

/// How many people live in each household: 1 to 9, [`PEOPLE`] in all.
fn sizes(random: &mut Random) -> Vec<usize> {
    let mut sizes = vec![1; HOUSEHOLDS];
    let mut left = PEOPLE - HOUSEHOLDS;
    while left > 0 {
        let at = random.below(HOUSEHOLDS);
        if let Some(size) = sizes.get_mut(at).filter(|size| **size < HOME_MAX) {
            *size += 1;
            left -= 1;
        }
    }
    sizes
}

/// The records made so far, and the counters ids and phones come from.
struct Making {
    ids: u64,
    phones: u64,
    random: Random,
    records: Vec<Record>,
}

impl Making {
    fn add(&mut self, kind: &'static str, space: Space, fields: Map<String, Value>) -> String {
        let id = self.id();
        self.records.push(Record {
            kind,
            id: id.clone(),
            space,
            fields,
        });
        id
    }

    /// A UUID of version 7, a millisecond after the last one, from 5 January 2026.
    fn id(&mut self) -> String {
        const START_MS: u64 = 1_767_571_200_000;
        self.ids += 1;
        let time = START_MS + self.ids;
        let (a, b) = (self.random.next(), self.random.next());
        format!(
            "{:08x}-{:04x}-7{:03x}-{:04x}-{:012x}",
            time >> 16,
            time & 0xffff,
            a & 0xfff,
            0x8000 | ((a >> 12) & 0x3fff),
            b & 0xffff_ffff_ffff
        )
    }

    /// The next number of a block that is valid in form: +84 590 0xx xxx.
    fn phone(&mut self) -> String {
        self.phones += 1;
        format!("+845900{:05}", (self.phones * 7_919) % 100_000)
    }

    fn members(&mut self, teams: &[String]) -> Vec<Actor> {
        let in_teams = team::TEAMS
            .iter()
            .enumerate()
            .flat_map(|(number, members)| members.iter().map(move |member| (Some(number), member)));
        let mut actors = Vec::new();
        for (number, named) in in_teams.chain([(None, &team::OFFICE)]) {
            let phone = self.phone();
            let team = number.and_then(|number| teams.get(number));
            let member = self.add("member", Space::Commune, field::member(named, team, &phone));
            if let Some(short) = named.short {
                actors.push(Actor {
                    short,
                    member,
                    team: number,
                });
            }
        }
        actors
    }

    fn village(
        &mut self,
        number: usize,
        place: &place::Place,
        village: &str,
        sizes: &[usize],
        random: &mut Random,
    ) {
        let mut heads = BTreeSet::new();
        for (index, size) in sizes.iter().enumerate() {
            let (first, second, percent) = place.peoples;
            // Two heads of one name in one village would be proposed as duplicates; the stories make those themselves.
            let people = loop {
                let people = if random.chance(percent) {
                    first
                } else {
                    second
                };
                let people = home::people(people, *size, random);
                if people
                    .first()
                    .is_some_and(|head| heads.insert(head.name.clone()))
                {
                    break people;
                }
            };
            let phone = random.chance(85).then(|| self.phone());
            let door = field::Door {
                village,
                code: format!("03999-{:03}-{:04}", number + 1, index + 1),
                cluster: random.pick(place.clusters),
                landmark: place::landmark(random),
                house: random.between(1, 120),
                phone: phone.as_deref(),
            };
            let fields = field::household(place, &door, &people);
            let household = self.add("household", Space::Team(number), fields);
            for (seat, person) in people.iter().enumerate() {
                let day = (random.between(1, 12), random.between(1, 28));
                let own = match seat {
                    0 => phone.clone(),
                    _ if person.born < 2008 && random.chance(40) => Some(self.phone()),
                    _ => None,
                };
                let fields = field::citizen(person, &household, day, own.as_deref());
                self.add("citizen", Space::Team(number), fields);
            }
        }
    }
}
