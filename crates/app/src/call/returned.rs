//! What one returned record holds that does not count, and having read it.

use super::Done;
use crate::app::Desk;
use crate::error::{CallError, Called};
use crate::lease;
use crate::returned::{self, Returned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use toso_domain::consent;
use toso_domain::crdt::Scalar;
use toso_domain::id::{RecordId, SpaceId};

/// Input of `returned.show` and `returned.read`.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnedInput {
    /// The record.
    pub id: RecordId,
    /// Its space.
    pub space: SpaceId,
}

/// A change that does not count.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ReturnedEdit {
    /// When it was written, by this device's clock; milliseconds since 1970.
    pub at: i64,
    /// Values by field, a tick of a set as `field/item`; null empties one. What nobody agrees to is left out.
    pub fields: Map<String, Value>,
    /// True once it was marked as read.
    pub read: bool,
}

/// What was written of a record and does not count.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ReturnedRecord {
    /// Its kind; empty when nothing here says it.
    pub kind: String,
    /// First line.
    pub title: String,
    /// Its changes that do not count, oldest first.
    pub edits: Vec<ReturnedEdit>,
}

/// `returned.show`
pub(crate) fn show(desk: &mut Desk<'_>, input: ReturnedInput) -> Called<ReturnedRecord> {
    let returned = found(desk, input)?;
    let held = desk.device.copy.shelf.store.record(input.space, input.id)?;
    let (kind, title) = match held {
        Some(record) => (record.row.kind, record.row.title),
        None => returned::alone(&returned).map_or_else(Default::default, |r| (r.kind, r.title)),
    };
    let kept_back = kept_back(desk, input, &kind, &returned)?;
    let edit = |one: Returned| {
        let shown = one.change.ops.into_iter().filter(|op| {
            let field = op.key.split('/').next().unwrap_or_default();
            !field.starts_with('_') && !kept_back.contains(field)
        });
        let value = |write: Option<Scalar>| write.map_or(Value::Null, |v| v.to_json());
        ReturnedEdit {
            at: one.change.time * 1000,
            fields: shown.map(|op| (op.key, value(op.write))).collect(),
            read: one.was_read,
        }
    };
    Ok(ReturnedRecord {
        kind,
        title,
        edits: returned.into_iter().map(edit).collect(),
    })
}

/// `returned.read`
pub(crate) fn read(desk: &mut Desk<'_>, input: ReturnedInput) -> Called<Done> {
    found(desk, input)?;
    returned::mark_read(desk.device, input.space, input.id)?;
    Ok(Done::YES)
}

/// Errors: `not_in_space`, `lease`, `not_found` when nothing of the record was returned.
fn found(desk: &mut Desk<'_>, input: ReturnedInput) -> Called<Vec<Returned>> {
    if !desk.device.spaces()?.contains(&input.space) {
        return Err(CallError::new("not_in_space"));
    }
    lease::lists(desk.device, desk.now)?;
    let returned = returned::of_record(desk.device, input.space, input.id)?;
    if returned.is_empty() {
        return Err(CallError::new("not_found"));
    }
    Ok(returned)
}

/// Fields that somebody does not agree to, by what counts of the record and by what was returned.
fn kept_back(
    desk: &mut Desk<'_>,
    input: ReturnedInput,
    kind: &str,
    returned: &[Returned],
) -> Called<BTreeSet<&'static str>> {
    let doc = desk.device.copy.document(input.space, input.id)?;
    let counts = doc.map(|doc| doc.get(consent::FIELD)).unwrap_or_default();
    let ops = returned.iter().flat_map(|one| &one.change.ops);
    let said = ops.filter(|op| op.key == consent::FIELD);
    let answers: Vec<Scalar> = counts
        .into_iter()
        .map(|version| version.value)
        .chain(said.filter_map(|op| op.write.clone()))
        .collect();
    let fields = consent::withheld(kind, &answers).into_iter();
    Ok(fields.map(|field| field.name.as_str()).collect())
}
