//! From what a form gives to the keys of a document, and back from a document's keys to fields.

use crate::crdt::{Document, Patch, Scalar};
use crate::id::RecordId;
use crate::location::Location;
use crate::schema::{Field, Problem, Type, field};
use crate::time::LocalDate;
use crate::{phone, text};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Text that may be longer than this many characters is a note and may have lines.
const ONE_LINE: u64 = 500;

/// The patch a form's fields ask for. `current` is the document as it stands: a set writes only what changes in it, and a
/// field this version does not know may be written only if the document has it already.
///
/// # Errors
/// Every problem found; nothing is half taken.
pub fn to_patch(
    kind: &str,
    input: &Map<String, Value>,
    current: Option<&Document>,
) -> Result<Patch, Vec<Problem>> {
    let mut patch = Patch::new();
    let mut problems = Vec::new();
    for (name, value) in input {
        let outcome = match field(kind, name) {
            Some(field) if field.holds.is_set() => set(field, value, current, &mut patch),
            Some(field) => scalar(field, value).map(|v| {
                patch.insert(name.clone(), v);
            }),
            None => unknown(name, value, current).map(|v| {
                patch.insert(name.clone(), v);
            }),
        };
        problems.extend(outcome.err());
    }
    if problems.is_empty() {
        Ok(patch)
    } else {
        Err(problems)
    }
}

/// The first patch of a record: its kind, the version of this form of it, and salt, so that a kept hash tells nothing.
#[must_use]
pub fn genesis(kind: &str, salt: [u8; 16], mut patch: Patch) -> Patch {
    patch.insert("_kind".into(), Some(Scalar::Text(kind.to_owned())));
    patch.insert("_v".into(), Some(Scalar::Int(1)));
    patch.insert("_salt".into(), Some(Scalar::Bytes(salt.to_vec())));
    patch
}

fn scalar(field: &Field, value: &Value) -> Result<Option<Scalar>, Problem> {
    let problem = |code| Problem::new(&field.name, code);
    match (field.holds, value) {
        (_, Value::Null) => Ok(None),
        (Type::Bool, Value::Bool(b)) => Ok(Some(Scalar::Bool(*b))),
        (Type::Integer, Value::Number(n)) => n
            .as_i64()
            .map(|n| Some(Scalar::Int(n)))
            .ok_or(problem("wrong_type")),
        (Type::Day, Value::String(day)) => {
            let day: LocalDate = day.trim().parse().map_err(|_| problem("not_a_day"))?;
            Ok(Some(Scalar::Text(day.to_string())))
        }
        (Type::Location, Value::String(at)) => {
            let at: Location = at.parse().map_err(|_| problem("not_a_location"))?;
            Ok(Some(Scalar::Text(at.to_string())))
        }
        (Type::Id, Value::String(id)) => {
            let id: RecordId = id.parse().map_err(|_| problem("not_an_id"))?;
            Ok(Some(Scalar::Text(id.to_string())))
        }
        (Type::Text, Value::String(given)) => words(field, given),
        _ => Err(problem("wrong_type")),
    }
}

/// Text as it is stored: a note keeps its lines, everything else is one line; what is left empty empties the field, so
/// that a required name of spaces is no name.
fn words(field: &Field, given: &str) -> Result<Option<Scalar>, Problem> {
    let problem = |code| Problem::new(&field.name, code);
    let given = if field.max.is_some_and(|max| max > ONE_LINE) {
        text::nfc(given).trim().to_owned()
    } else {
        text::one_line(given)
    };
    if given.is_empty() {
        return Ok(None);
    }
    let length = given.chars().count() as u64;
    if field.max.is_some_and(|max| length > max) {
        return Err(problem("too_long"));
    }
    if field.name == "phone" {
        let number = phone::e164(&given).ok_or(problem("not_a_phone"))?;
        return Ok(Some(Scalar::Text(number)));
    }
    Ok(Some(Scalar::Text(given)))
}

/// A set is one key `field/<item>` per item; a removal deletes the key.
fn set(
    field: &Field,
    value: &Value,
    current: Option<&Document>,
    patch: &mut Patch,
) -> Result<(), Problem> {
    let problem = |code| Problem::new(&field.name, code);
    let items: &[Value] = match value {
        Value::Null => &[],
        Value::Array(items) => items,
        _ => return Err(problem("wrong_type")),
    };
    let mut wanted: BTreeSet<String> = BTreeSet::new();
    for item in items {
        let item = item.as_str().ok_or(problem("wrong_type"))?;
        wanted.insert(match field.holds {
            Type::Ids => item
                .parse::<RecordId>()
                .map_err(|_| problem("not_an_id"))?
                .to_string(),
            _ => text::one_line(item),
        });
    }
    let held: BTreeSet<String> = current
        .map(|doc| items_of(doc, &field.name))
        .unwrap_or_default();
    for item in wanted.difference(&held) {
        let key = format!("{}/{item}", field.name);
        if item.is_empty() || key.len() > 64 {
            return Err(problem("invalid"));
        }
        patch.insert(key, Some(Scalar::Bool(true)));
    }
    for item in held.difference(&wanted) {
        patch.insert(format!("{}/{item}", field.name), None);
    }
    Ok(())
}

/// Items a document's set holds: an addition wins over a removal made at the same time. A key of the set that holds
/// anything but `true` is no item.
#[must_use]
pub fn items_of(doc: &Document, name: &str) -> BTreeSet<String> {
    items_in(&doc.values_by_key(), name)
}

/// The same, of values that were read already.
pub(crate) fn items_in(values: &BTreeMap<String, Vec<Scalar>>, name: &str) -> BTreeSet<String> {
    let prefix = format!("{name}/");
    let from = values.range(prefix.clone()..);
    from.map_while(|(key, held)| Some((key.strip_prefix(&prefix)?, held)))
        .filter(|(_, held)| held.contains(&Scalar::Bool(true)))
        .map(|(item, _)| item.to_owned())
        .collect()
}

fn unknown(
    name: &str,
    value: &Value,
    current: Option<&Document>,
) -> Result<Option<Scalar>, Problem> {
    // A key with a slash is one tick of a set; sets are written whole, under their name.
    let plain = !name.starts_with('_') && !name.contains('/');
    let held = plain && current.is_some_and(|doc| !doc.get(name).is_empty());
    if !held {
        return Err(Problem::new(name, "unknown_field"));
    }
    if value.is_null() {
        return Ok(None);
    }
    Scalar::from_json(value)
        .map(Some)
        .ok_or(Problem::new(name, "wrong_type"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crdt::Actor;
    use serde_json::json;

    fn asked(kind: &str, input: &Value, current: Option<&Document>) -> Result<Patch, Vec<Problem>> {
        to_patch(kind, input.as_object().unwrap(), current)
    }

    fn codes(outcome: Result<Patch, Vec<Problem>>) -> Vec<&'static str> {
        outcome.unwrap_err().iter().map(|p| p.code).collect()
    }

    #[test]
    fn lan_types_a_name_with_spaces_and_marks_from_a_mac() {
        let patch = asked(
            "household",
            &json!({"head_name": "  Vu\u{31b}\u{300}  Thi\u{323} H’Mai "}),
            None,
        );
        assert_eq!(
            patch.unwrap().get("head_name"),
            Some(&Some(Scalar::Text("Vừ Thị H'Mai".into())))
        );
    }

    #[test]
    fn a_name_of_spaces_is_no_name_and_a_note_keeps_its_lines() {
        let patch = asked(
            "visit",
            &json!({"note": "dòng một\n\ndòng hai\n", "needs": "   "}),
            None,
        )
        .unwrap();
        assert_eq!(
            patch.get("note"),
            Some(&Some(Scalar::Text("dòng một\n\ndòng hai".into())))
        );
        assert_eq!(patch.get("needs"), Some(&None));
    }

    #[test]
    fn a_location_is_rounded_before_it_is_written() {
        let exact = json!({"location": "22.336714, 103.843961"});
        let patch = asked("household", &exact, None).unwrap();
        let rounded = Some(Scalar::Text("22.337,103.844".into()));
        assert_eq!(patch.get("location"), Some(&rounded));
    }

    #[test]
    fn a_wrong_type_is_refused_with_its_field() {
        let bad = json!({"day": "24/11/2026", "people_reached": "ba", "household": "x", "topics": "dvc", "note": 3});
        assert_eq!(
            codes(asked("visit", &bad, None)),
            [
                "not_a_day",
                "wrong_type",
                "not_an_id",
                "wrong_type",
                "wrong_type"
            ]
        );
        assert_eq!(
            codes(asked("household", &json!({"phone": "hỏi con"}), None)),
            ["not_a_phone"]
        );
        let afar = json!({"location": "48.858,2.294"});
        assert_eq!(codes(asked("household", &afar, None)), ["not_a_location"]);
        let long = "a".repeat(81);
        assert_eq!(
            codes(asked("household", &json!({"head_name": long}), None)),
            ["too_long"]
        );
    }

    #[test]
    fn a_set_writes_only_the_ticks_that_change() {
        let mut doc = Document::new();
        let first = asked("visit", &json!({"topics": ["dvc", "vneid"]}), None).unwrap();
        doc.write(Actor([1; 16]), &genesis("visit", [1; 16], first), 1)
            .unwrap();
        let next = asked(
            "visit",
            &json!({"topics": ["vneid", "an_toan"]}),
            Some(&doc),
        )
        .unwrap();
        let told: Vec<(&str, bool)> = next
            .iter()
            .map(|(k, v)| (k.as_str(), v.is_some()))
            .collect();
        assert_eq!(told, [("topics/an_toan", true), ("topics/dvc", false)]);
        assert_eq!(
            codes(asked(
                "visit",
                &json!({"topics/dvc": "x", "_kind": "unit"}),
                Some(&doc)
            )),
            ["unknown_field"; 2]
        );
    }

    #[test]
    fn a_first_patch_says_kind_version_and_salt() {
        let patch = genesis("visit", [9; 16], Patch::new());
        let keys: Vec<&String> = patch.keys().collect();
        assert_eq!(keys, ["_kind", "_salt", "_v"]);
    }
}
