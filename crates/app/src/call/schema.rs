//! The schema of a kind, as forms read it.

use crate::error::{CallError, Called};
use crate::kind;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

/// Input of `schema.get`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SchemaInput {
    /// The kind.
    pub kind: String,
}

/// `schema.get`
pub(crate) fn get(input: SchemaInput) -> Called<Value> {
    let kind = kind::find(&input.kind)?;
    let schema = toso_domain::schema::json_schema(kind.name);
    schema.ok_or_else(|| CallError::new("unknown_kind"))
}

/// `kind.list`
pub(crate) fn kinds() -> Called<Vec<&'static str>> {
    Ok(kind::KINDS.iter().map(|kind| kind.name).collect())
}
