//! From what a form gives to the keys of a document, and back from a document's keys to fields.

use crate::crdt::{Document, Patch, Scalar};
use crate::id::RecordId;
use crate::schema::{Field, Problem, Type, field};
use crate::time::LocalDate;
use crate::{phone, text};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

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
        (Type::Id, Value::String(id)) => {
            let id: RecordId = id.parse().map_err(|_| problem("not_an_id"))?;
            Ok(Some(Scalar::Text(id.to_string())))
        }
        (Type::Text, Value::String(given)) => {
            let given = text::nfc(given);
            if field
                .max
                .is_some_and(|max| given.chars().count() as u64 > max)
            {
                return Err(problem("too_long"));
            }
            if field.name == "phone" {
                return if given.trim().is_empty() {
                    Ok(None)
                } else {
                    phone::e164(&given)
                        .map(|p| Some(Scalar::Text(p)))
                        .ok_or(problem("not_a_phone"))
                };
            }
            Ok(Some(Scalar::Text(given)))
        }
        _ => Err(problem("wrong_type")),
    }
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
            _ => text::nfc(item),
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

/// Items a document's set holds: an addition wins over a removal made at the same time.
#[must_use]
pub fn items_of(doc: &Document, name: &str) -> BTreeSet<String> {
    let prefix = format!("{name}/");
    let keys = doc.keys().into_iter();
    keys.filter_map(|key| Some(key.strip_prefix(&prefix)?.to_owned()))
        .collect()
}

fn unknown(
    name: &str,
    value: &Value,
    current: Option<&Document>,
) -> Result<Option<Scalar>, Problem> {
    let held = !name.starts_with('_') && current.is_some_and(|doc| !doc.get(name).is_empty());
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
