//! What the words of a field mean, held against every kind.

use super::*;
use serde_json::json;

fn problems(kind: &str, record: Value) -> Vec<Problem> {
    check(kind, record.as_object().unwrap())
}

#[test]
fn every_layer_reads_the_same_field() {
    let topics = field("visit", "topics").unwrap();
    assert_eq!(
        (topics.holds, topics.catalog.as_deref(), topics.required),
        (Type::Codes, Some("topic"), false)
    );
    assert_eq!(field("household", "assigned").unwrap().holds, Type::Ids);
    assert_eq!(field("visit", "household").unwrap().holds, Type::Id);
    assert_eq!(field("visit", "next_visit_on").unwrap().holds, Type::Day);
    assert!(field("visit", "day").unwrap().required);
    assert_eq!(field("citizen", "id_tag").unwrap().holds, Type::Integer);
    assert!(field("visit", "deleted").unwrap().common);
    assert_eq!(fields("household").first().unwrap().name, "head_name");
}

#[test]
fn a_visit_without_its_day_says_so_and_unknown_things_pass() {
    let good = json!({"day": "2026-11-24", "contact": "mot_ma_moi", "members": [], "topics": [], "from_the_future": 1});
    assert_eq!(problems("visit", good), []);
    let bad = json!({"contact": "vang_nha", "people_reached": 900, "note": 3});
    assert_eq!(
        problems("visit", bad),
        [
            Problem::new("day", "required"),
            Problem::new("note", "wrong_type"),
            Problem::new("people_reached", "out_of_range")
        ]
    );
}

#[test]
fn every_word_of_a_field_is_read() {
    let people = field("visit", "people_reached").unwrap();
    assert_eq!(
        (people.range, people.unit.as_deref()),
        ((Some(0), Some(200)), Some("nguoi"))
    );
    let when = field("assistance", "procedure")
        .unwrap()
        .when
        .as_ref()
        .unwrap();
    assert_eq!(
        (when.field.as_str(), when.values.as_slice()),
        ("category", ["dvc".to_owned()].as_slice())
    );
    assert_eq!(
        field("household", "consent").unwrap().safe.as_deref(),
        Some("rut_lai")
    );
}

#[test]
fn words_name_things_that_are_there() {
    for kind in KINDS {
        let named = [kind.title]
            .into_iter()
            .chain(kind.subtitle.iter().copied());
        for name in named {
            assert_ne!(
                field(kind.name, name).unwrap().private,
                "P3",
                "{}.{name}",
                kind.name
            );
        }
        for f in fields(kind.name) {
            let at = format!("{}.{}", kind.name, f.name);
            assert!(
                f.reference
                    .as_deref()
                    .is_none_or(|to| crate::record::kind(to).is_some()),
                "{at}"
            );
            assert!(
                ["P0", "P1", "P2", "P3"].contains(&f.private.as_str()),
                "{at}"
            );
            assert!(
                f.max.is_none_or(|max| max <= 500) || f.private.as_str() >= "P2",
                "{at}: a note may name people"
            );
            if let Some(when) = &f.when {
                let other = field(kind.name, &when.field).unwrap();
                let catalog = other.catalog.as_deref().unwrap();
                assert!(
                    when.values
                        .iter()
                        .all(|v| crate::catalog::item(catalog, v).is_some()),
                    "{at}"
                );
                // Of who did not say yes there is no record, and so none that lacks it.
                let asks = f.consent.is_some();
                assert!(
                    asks || !f.required,
                    "{at}: a field not asked cannot be required"
                );
            }
            if let Some(safe) = &f.safe {
                assert!(
                    crate::catalog::item(f.catalog.as_deref().unwrap(), safe).is_some(),
                    "{at}"
                );
            }
        }
    }
}

#[test]
fn doubts_warn_about_what_cannot_well_be() {
    let odd = json!({"day": "2026-11-24", "contact": "gap_chu_ho", "people_reached": 2, "women_reached": 3, "next_visit_on": "2026-11-24"});
    let found = doubts("visit", odd.as_object().unwrap());
    let codes: Vec<_> = found.iter().map(|p| (p.field.as_str(), p.code)).collect();
    assert_eq!(
        codes,
        [
            ("household", "nowhere"),
            ("women_reached", "more_than_all"),
            ("next_visit_on", "too_early")
        ]
    );
    assert_eq!(problems("visit", odd), []);
    assert!(doubts("visit", &Map::new()).is_empty());
    assert!(found.iter().all(|p| PROBLEMS.contains(&p.code)));
}

#[test]
fn nothing_sensitive_is_searched() {
    for kind in KINDS {
        assert!(
            fields(kind.name)
                .iter()
                .all(|f| !(f.find && f.private == "P3")),
            "{}",
            kind.name
        );
    }
}
