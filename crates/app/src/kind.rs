//! What the domain says of a kind, in the forms the app asks for.

use crate::error::{CallError, Called};
use serde_json::{Map, Value};
use toso_domain::crdt::{Patch, Scalar};
pub(crate) use toso_domain::record::{KINDS, Kind, Order, Space, Writers};
use toso_domain::schema::{self, Field};

/// Fields the app shows beside `fields`, not among them.
const BESIDE: [&str; 2] = ["deleted", "merged_into"];

/// A kind by name. Errors: `unknown_kind`.
pub(crate) fn find(name: &str) -> Called<&'static Kind> {
    toso_domain::record::kind(name).ok_or_else(|| CallError::new("unknown_kind").with("kind", name))
}

/// Fields of a kind that name records of it or another; a merger is none.
pub(crate) fn references(kind: &str) -> impl Iterator<Item = &'static Field> {
    let named = |f: &&Field| f.reference.is_some() && !BESIDE.contains(&f.name.as_str());
    schema::fields(kind).iter().filter(named)
}

/// Every kind with its fields, for the views of the store.
pub(crate) fn columns() -> Vec<(&'static str, Vec<&'static str>)> {
    let names = |kind: &Kind| {
        let fields = schema::fields(kind.name).iter();
        fields.map(|field| field.name.as_str()).collect()
    };
    KINDS.iter().map(|kind| (kind.name, names(kind))).collect()
}

/// A row's fields as the calls show them.
pub(crate) fn shown(mut body: Map<String, Value>) -> Map<String, Value> {
    body.retain(|name, _| !BESIDE.contains(&name.as_str()));
    body
}

/// The record a patch leads to, from `body` on: scalars as the patch writes them, sets as they were given.
pub(crate) fn after(
    mut body: Map<String, Value>,
    input: &Map<String, Value>,
    patch: &Patch,
) -> Map<String, Value> {
    for (name, given) in input {
        let value = match patch.get(name) {
            Some(written) => written.as_ref().map_or(Value::Null, Scalar::to_json),
            None => given.clone(),
        };
        body.insert(name.clone(), value);
    }
    body.retain(|_, value| !value.is_null());
    body
}
