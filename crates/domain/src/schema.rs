//! A kind's schema, read once into [`Field`]s; and the one check of a record against it.
//!
//! Words beside JSON Schema: `x-merge` (`set`, `safe:<value>`), `x-ref`, `x-catalog`, `x-when`, `x-private`, `x-step`,
//! `x-find`. Nothing richer.

use crate::record::common::Common;
use crate::record::{KINDS, Kind, kind, schema_of};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// Yes or no.
    Bool,
    /// A local day, ISO.
    Day,
    /// The id of a record.
    Id,
    /// A set of codes.
    Codes,
    /// A set of ids.
    Ids,
}

impl Type {
    /// True for sets, which merge by union.
    #[must_use]
    pub fn is_set(self) -> bool {
        matches!(self, Self::Codes | Self::Ids)
    }
}

/// One field as every layer reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Name, the same everywhere.
    pub name: String,
    /// What it holds.
    pub holds: Type,
    /// A record without it is incomplete.
    pub required: bool,
    /// Kind it refers to.
    pub reference: Option<String>,
    /// Catalog its codes come from.
    pub catalog: Option<String>,
    /// Value that wins over any other written at the same time.
    pub safe: Option<String>,
    /// `P0` public to `P3` sensitive.
    pub private: String,
    /// Page of the form.
    pub step: u64,
    /// Goes into search.
    pub find: bool,
    /// Longest text, characters.
    pub max: Option<u64>,
    /// True for the fields every kind has.
    pub common: bool,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The field.
    pub field: String,
    /// `required`, `wrong_type`, `too_long`, `out_of_range`, `unknown_field`, `not_a_day`, `not_an_id`, `not_a_phone`, `invalid`.
    pub code: &'static str,
}

impl Problem {
    /// A problem of a field.
    #[must_use]
    pub fn new(field: &str, code: &'static str) -> Self {
        Self {
            field: field.to_owned(),
            code,
        }
    }
}

/// The JSON Schema of a kind with the common fields; `None` for a kind this version does not know.
#[must_use]
pub fn json_schema(name: &str) -> Option<Value> {
    Some(whole(kind(name)?))
}

fn whole(kind: &Kind) -> Value {
    let mut schema = (kind.schema)();
    let common = schema_of::<Common>();
    if let (Some(Value::Object(to)), Some(Value::Object(from))) =
        (schema.get_mut("properties"), common.get("properties"))
    {
        for (name, field) in from {
            to.insert(name.clone(), field.clone());
        }
    }
    schema
}

/// Fields of a kind in form order, the common ones last. Empty for an unknown kind.
#[must_use]
pub fn fields(name: &str) -> &'static [Field] {
    static ALL: OnceLock<BTreeMap<&'static str, Vec<Field>>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        KINDS
            .iter()
            .map(|kind| (kind.name, read(&whole(kind))))
            .collect()
    });
    all.get(name).map_or(&[], Vec::as_slice)
}

/// One field of a kind.
#[must_use]
pub fn field(kind: &str, name: &str) -> Option<&'static Field> {
    fields(kind).iter().find(|f| f.name == name)
}

fn read(schema: &Value) -> Vec<Field> {
    let common = schema_of::<Common>();
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let properties = schema.get("properties").and_then(Value::as_object);
    let read = |(name, field): (&String, &Value)| {
        let word = |key: &str| field.get(key).and_then(Value::as_str).map(str::to_owned);
        let merge = word("x-merge");
        Field {
            name: name.clone(),
            holds: holds(field),
            required: required.contains(&name.as_str()),
            reference: word("x-ref"),
            catalog: word("x-catalog"),
            safe: merge
                .as_deref()
                .and_then(|m| m.strip_prefix("safe:"))
                .map(str::to_owned),
            private: word("x-private").unwrap_or_else(|| "P1".to_owned()),
            step: field.get("x-step").and_then(Value::as_u64).unwrap_or(0),
            find: field
                .get("x-find")
                .and_then(Value::as_bool)
                .unwrap_or(false),
            max: field.get("maxLength").and_then(Value::as_u64),
            common: common.get("properties").and_then(|p| p.get(name)).is_some(),
        }
    };
    properties.into_iter().flatten().map(read).collect()
}

/// Reads type and format; an `Option` shows as a union with null.
fn holds(field: &Value) -> Type {
    let is = |word: &str| match field.get("type") {
        Some(Value::String(one)) => one == word,
        Some(Value::Array(some)) => some.iter().any(|t| t == word),
        _ => field
            .get("anyOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .any(|part| part.get("type").and_then(Value::as_str) == Some(word)),
    };
    let format = field
        .get("format")
        .or_else(|| {
            field
                .get("anyOf")?
                .as_array()?
                .iter()
                .find_map(|part| part.get("format"))
        })
        .and_then(Value::as_str);
    if is("array") {
        let id = field
            .get("items")
            .and_then(|i| i.get("format"))
            .and_then(Value::as_str)
            == Some("uuid");
        return if id { Type::Ids } else { Type::Codes };
    }
    match format {
        Some("date") => Type::Day,
        Some("uuid") => Type::Id,
        _ if is("boolean") => Type::Bool,
        _ if is("integer") => Type::Integer,
        _ => Type::Text,
    }
}

/// Checks a whole record. Unknown fields and unknown codes are no problem: they come from a newer version.
#[must_use]
pub fn check(name: &str, record: &Map<String, Value>) -> Vec<Problem> {
    static ALL: OnceLock<BTreeMap<&'static str, jsonschema::Validator>> = OnceLock::new();
    let compiled = |kind: &Kind| Some((kind.name, jsonschema::validator_for(&whole(kind)).ok()?));
    let all = ALL.get_or_init(|| KINDS.iter().filter_map(compiled).collect());
    let Some(validator) = all.get(name) else {
        return Vec::new();
    };
    let value = Value::Object(record.clone());
    let mut problems: Vec<Problem> = validator
        .iter_errors(&value)
        .map(|error| problem(&error))
        .collect();
    problems.sort();
    problems.dedup();
    problems
}

fn problem(error: &jsonschema::ValidationError<'_>) -> Problem {
    use jsonschema::error::ValidationErrorKind as Kind;
    let path = error.instance_path().to_string();
    let field = path
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default();
    match error.kind() {
        Kind::Required { property } => {
            Problem::new(property.as_str().unwrap_or_default(), "required")
        }
        Kind::MaxLength { .. } => Problem::new(field, "too_long"),
        Kind::Minimum { .. } | Kind::Maximum { .. } => Problem::new(field, "out_of_range"),
        Kind::Type { .. } | Kind::AnyOf { .. } => Problem::new(field, "wrong_type"),
        _ => Problem::new(field, "invalid"),
    }
}

#[cfg(test)]
mod tests {
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
}
