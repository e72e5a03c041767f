//! A kind's schema, read once into [`Field`]s; and the one check of a record against it.
//!
//! Words beside JSON Schema: `x-merge` (`set`, `safe:<value>`), `x-ref`, `x-catalog`, `x-unit`, `x-when`, `x-private`, `x-step`,
//! `x-find`, `x-follow`, `x-within`, `x-consent`, `x-former`, `x-scan`. Nothing richer.

use crate::consent;
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
    /// A place, rounded: `22.337,103.844`.
    Location,
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

/// The one condition a field may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// The other field, of the same kind.
    pub field: String,
    /// Its values with which this one is asked.
    pub values: Vec<String>,
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
    /// A record goes with the one it names here when that is handed over to another team.
    pub follows: bool,
    /// Catalog its codes come from.
    pub catalog: Option<String>,
    /// Field of the same kind whose value narrows the catalog to the items that name it among their lists.
    pub within: Option<String>,
    /// Purpose for which a person must have said yes before this is kept.
    pub consent: Option<String>,
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
    /// Least and greatest number, where there is one.
    pub range: (Option<i64>, Option<i64>),
    /// What a number counts, a `measure.` label.
    pub unit: Option<String>,
    /// Asked only while another field holds one of some values.
    pub when: Option<When>,
    /// QR code it may be filled from, by the name of [`crate::qr::Kind`].
    pub scan: Option<String>,
    /// Read where it stands, and asked no more: something else says it since.
    pub former: bool,
    /// True for the fields every kind has.
    pub common: bool,
}

impl Field {
    /// True for a set of files: codes that no catalog lists are names of files.
    #[must_use]
    pub fn is_files(&self) -> bool {
        self.holds == Type::Codes && self.catalog.is_none()
    }
}

/// Every kind and field that names files.
pub fn file_fields() -> impl Iterator<Item = (&'static str, &'static str)> {
    KINDS.iter().flat_map(|kind| {
        let own = fields(kind.name).iter().filter(|field| field.is_files());
        own.map(|field| (kind.name, field.name.as_str()))
    })
}

/// Every code of a [`Problem`]; each has a label `problem.<code>`. The last nine only warn ([`doubts`]).
pub const PROBLEMS: [&str; 20] = [
    "required",
    "wrong_type",
    "too_long",
    "out_of_range",
    "unknown_field",
    "not_a_day",
    "not_a_location",
    "not_an_id",
    "not_a_phone",
    "invalid",
    "consent_needed",
    "too_early",
    "more_than_all",
    "nowhere",
    "doubtful_code",
    "not_plain",
    "other_end",
    "other_issuer",
    "no_store",
    "nobody",
];

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The field.
    pub field: String,
    /// One of [`PROBLEMS`].
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
            follows: field.get("x-follow").and_then(Value::as_bool) == Some(true),
            catalog: word("x-catalog"),
            within: word("x-within"),
            consent: word("x-consent"),
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
            range: (bound(field, "minimum"), bound(field, "maximum")),
            unit: word("x-unit"),
            when: when(field).or_else(|| (word("x-consent")? == consent::OWN).then(asked_first)),
            scan: word("x-scan"),
            former: field.get("x-former").and_then(Value::as_bool) == Some(true),
            common: common.get("properties").and_then(|p| p.get(name)).is_some(),
        }
    };
    properties.into_iter().flatten().map(read).collect()
}

fn bound(field: &Value, word: &str) -> Option<i64> {
    field.get(word).and_then(Value::as_i64)
}

/// A field that a yes opens is asked once it was given.
fn asked_first() -> When {
    When {
        field: consent::FIELD.to_owned(),
        values: vec![consent::YES.to_owned()],
    }
}

fn when(field: &Value) -> Option<When> {
    let when = field.get("x-when")?;
    let values = when.get("in")?.as_array()?.iter();
    Some(When {
        field: when.get("field")?.as_str()?.to_owned(),
        values: values
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
    })
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
        Some("location") => Type::Location,
        Some("uuid") => Type::Id,
        _ if is("boolean") => Type::Bool,
        _ if is("integer") => Type::Integer,
        _ => Type::Text,
    }
}

/// Checks a whole record. Unknown fields and unknown codes are no problem: they come from a newer version.
#[must_use]
pub fn check(name: &str, record: &Map<String, Value>) -> Vec<Problem> {
    // Each compiled when it is first asked for: all at once is what the first save after a start would wait for.
    static ALL: OnceLock<BTreeMap<&'static str, OnceLock<Option<jsonschema::Validator>>>> =
        OnceLock::new();
    let all = ALL.get_or_init(|| {
        KINDS
            .iter()
            .map(|kind| (kind.name, OnceLock::new()))
            .collect()
    });
    let compiled = || {
        let kind = KINDS.iter().find(|kind| kind.name == name)?;
        jsonschema::validator_for(&whole(kind)).ok()
    };
    let found = all.get(name).map(|one| one.get_or_init(compiled));
    let Some(validator) = found.and_then(Option::as_ref) else {
        return Vec::new();
    };
    let value = Value::Object(record.clone());
    let mut problems: Vec<Problem> = validator
        .iter_errors(&value)
        .map(|error| problem(&error))
        .collect();
    problems.extend(consent::needed(name, record));
    problems.sort();
    problems.dedup();
    problems
}

/// What looks odd in a whole record, field against field: shown beside the field, never a reason not to save.
#[must_use]
pub fn doubts(name: &str, record: &Map<String, Value>) -> Vec<Problem> {
    kind(name).map_or_else(Vec::new, |kind| (kind.doubts)(record))
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
mod tests;
