//! One invented household and the people in it.

use super::name::People;
use super::random::Random;

/// The year the invented commune is looked at.
const THIS_YEAR: u16 = 2026;

/// A person of a household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Full name, NFC.
    pub name: String,
    /// Whether she is a woman.
    pub woman: bool,
    /// Year of birth.
    pub born: u16,
    /// Relation to the head, a code of the catalog.
    pub relation: &'static str,
}

/// The people of one household, the head first. `size` is 1 to 9.
pub(super) fn people(people: People, size: usize, random: &mut Random) -> Vec<Person> {
    let family = people.family(random);
    let head_is_woman = random.chance(if people.follows_mother() { 55 } else { 22 });
    let head_age = random.between(26, 74);
    let mut home = vec![Person {
        name: people.name(family, head_is_woman, random),
        woman: head_is_woman,
        born: THIS_YEAR - head_age,
        relation: "chu_ho",
    }];
    // Children bear the name of the parent their people counts by; when that is the spouse, the spouse's.
    let mut line = family;
    if size >= 3 || (size == 2 && random.chance(70)) {
        let married_in = loop {
            let other = people.family(random);
            if other != family {
                break other;
            }
        };
        if people.follows_mother() != head_is_woman {
            line = married_in;
        }
        let age = (head_age + random.between(0, 8)).saturating_sub(4).max(20);
        home.push(person(
            people,
            married_in,
            !head_is_woman,
            age,
            "vo_chong",
            random,
        ));
    }
    if size >= 5 && head_age < 55 && random.chance(55) {
        let age = head_age + random.between(20, 28);
        let woman = random.chance(60);
        home.push(person(people, family, woman, age, "bo_me", random));
    }
    while home.len() < size {
        let woman = random.chance(49);
        let gap = random.between(20, 38);
        if head_age > 52 && random.chance(45) {
            let age = head_age.saturating_sub(gap + 22);
            home.push(person(people, line, woman, age, "chau", random));
        } else {
            home.push(person(
                people,
                line,
                woman,
                head_age.saturating_sub(gap),
                "con",
                random,
            ));
        }
    }
    home
}

fn person(
    people: People,
    family: &str,
    woman: bool,
    age: u16,
    relation: &'static str,
    random: &mut Random,
) -> Person {
    Person {
        name: people.name(family, woman, random),
        woman,
        born: THIS_YEAR - age,
        relation,
    }
}
