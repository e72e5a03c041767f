//! What the domain says of a kind, in the forms the app asks for.

use crate::error::{CallError, Called};
use serde_json::Value;
pub(crate) use toso_domain::record::{KINDS, Kind, Space, Writers};

/// A kind by name. Errors: `unknown_kind`.
pub(crate) fn find(name: &str) -> Called<&'static Kind> {
    KINDS
        .iter()
        .find(|kind| kind.name == name)
        .ok_or_else(|| CallError::new("unknown_kind").with("kind", name))
}

/// Names of a kind's fields.
pub(crate) fn fields(kind: &Kind) -> Vec<String> {
    properties(kind).into_iter().map(|(name, _)| name).collect()
}

/// Fields that name a record, with the kind they name.
pub(crate) fn references(kind: &Kind) -> Vec<(String, String)> {
    let named = |(field, schema): (String, Value)| {
        let target = schema
            .get("x-ref")
            .or_else(|| schema.get("items").and_then(|items| items.get("x-ref")))?;
        Some((field, target.as_str()?.to_owned()))
    };
    properties(kind).into_iter().filter_map(named).collect()
}

/// Every kind with its fields, for the views of the store.
pub(crate) fn columns() -> Vec<(&'static str, Vec<String>)> {
    KINDS.iter().map(|kind| (kind.name, fields(kind))).collect()
}

/// The JSON Schema of a kind.
pub(crate) fn schema(kind: &Kind) -> Value {
    (kind.schema)()
}

fn properties(kind: &Kind) -> Vec<(String, Value)> {
    let schema = schema(kind);
    let properties = schema.get("properties").and_then(Value::as_object);
    properties
        .map(|p| p.iter().map(|(k, v)| (k.clone(), v.clone())).collect())
        .unwrap_or_default()
}
