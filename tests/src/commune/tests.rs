//! What every invented commune holds, whatever the seed.

use std::collections::BTreeSet;

use super::*;

const SEEDS: [u64; 4] = [0, 1, 2026, u64::MAX];

fn text<'a>(record: &'a Record, field: &str) -> &'a str {
    record
        .fields
        .get(field)
        .and_then(Value::as_str)
        .unwrap_or("")
}

#[test]
fn the_counts_are_exact() {
    for seed in SEEDS {
        let commune = Commune::invent(seed);
        let counts: Vec<usize> = [
            "unit",
            "team",
            "member",
            "household",
            "citizen",
            "ocop_product",
        ]
        .iter()
        .map(|kind| commune.of_kind(kind).count())
        .collect();
        assert_eq!(counts, [4, 3, 13, HOUSEHOLDS, PEOPLE, 9], "seed {seed}");
        assert_eq!(commune.records.len(), counts.iter().sum::<usize>());
        for team in 0..3 {
            let here = commune
                .of_kind("household")
                .filter(|one| one.space == Space::Team(team));
            assert_eq!(here.count(), 250);
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_commune_and_another_seed_other_people() {
    let again = Commune::invent(7);
    assert_eq!(Commune::invent(7), again);
    let other = Commune::invent(8);
    assert_ne!(other.id, again.id);
    let heads = |commune: &Commune| -> Vec<String> {
        commune
            .of_kind("household")
            .map(|one| text(one, "head_name").to_owned())
            .collect()
    };
    assert_ne!(heads(&other), heads(&again));
}

#[test]
fn ids_are_unique_uuids_of_version_7_and_come_after_what_they_refer_to() {
    let commune = Commune::invent(2026);
    let mut seen = BTreeSet::new();
    for record in &commune.records {
        let id = &record.id;
        assert_eq!(id.len(), 36, "{id}");
        assert_eq!(id.as_bytes()[14], b'7', "{id}");
        assert!(b"89ab".contains(&id.as_bytes()[19]), "{id}");
        for field in ["parent", "unit", "team", "village", "household"] {
            let to = text(record, field);
            assert!(
                to.is_empty() || seen.contains(to),
                "{} {field}",
                record.kind
            );
        }
        assert!(seen.insert(id.as_str()), "{id} twice");
    }
}

#[test]
fn every_text_is_nfc() {
    for record in &Commune::invent(2026).records {
        for value in record.fields.values().filter_map(Value::as_str) {
            // All letters used here have a composed form, so NFC means: no mark stands alone.
            let marks = value.chars().any(|c| ('\u{300}'..='\u{36f}').contains(&c));
            assert!(!marks, "{value}");
        }
    }
}

#[test]
fn no_two_heads_of_a_village_have_the_same_name() {
    for seed in SEEDS {
        let commune = Commune::invent(seed);
        let heads: BTreeSet<(String, String)> = commune
            .of_kind("household")
            .map(|one| {
                (
                    text(one, "village").to_owned(),
                    text(one, "head_name").to_lowercase(),
                )
            })
            .collect();
        assert_eq!(heads.len(), HOUSEHOLDS);
    }
}

#[test]
fn phones_are_unique_but_for_a_head_and_the_household() {
    let commune = Commune::invent(2026);
    let mut seen = BTreeSet::new();
    for record in commune.records.iter().filter(|one| one.kind != "household") {
        let phone = text(record, "phone");
        assert!(phone.is_empty() || seen.insert(phone), "{phone} twice");
        assert!(
            phone.is_empty() || (phone.len() == 12 && phone.starts_with("+84590")),
            "{phone}"
        );
    }
}

#[test]
fn a_household_counts_the_people_in_it_and_its_head_is_one_of_them() {
    let commune = Commune::invent(2026);
    for household in commune.of_kind("household") {
        let people: Vec<&Record> = commune
            .of_kind("citizen")
            .filter(|one| text(one, "household") == household.id)
            .collect();
        assert_eq!(household.fields["people"], people.len());
        assert_eq!(text(people[0], "full_name"), text(household, "head_name"));
        assert_eq!(text(people[0], "relation_to_head"), "chu_ho");
        assert!(people.iter().all(|one| one.space == household.space));
    }
}

#[test]
fn lan_and_pao_work_in_one_team_and_hoa_in_the_office() {
    let commune = Commune::invent(2026);
    assert_eq!(commune.actor("Lan").unwrap().team, Some(0));
    assert_eq!(commune.actor("Páo").unwrap().team, Some(0));
    assert_eq!(commune.actor("Hoa").unwrap().team, None);
    assert_eq!(commune.space_id(Space::Team(0)), commune.teams[0]);
}

#[test]
fn every_record_is_one_the_forms_would_send_with_codes_the_catalogs_know() {
    let commune = Commune::invent(2026);
    for record in &commune.records {
        let patch = toso_domain::patch::to_patch(record.kind, &record.fields, None);
        assert!(patch.is_ok(), "{} {:?}", record.kind, patch.err());
        let problems = toso_domain::schema::check(record.kind, &record.fields);
        assert!(problems.is_empty(), "{} {problems:?}", record.kind);
        for field in record.fields.keys() {
            let known = toso_domain::schema::field(record.kind, field);
            assert!(known.is_some(), "{} {field}", record.kind);
        }
    }
}
