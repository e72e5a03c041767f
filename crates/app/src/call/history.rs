//! Who changed what when.

use crate::app::Desk;
use crate::authors::Authors;
use crate::error::{CallError, Called};
use crate::lease;
use crate::standing::hex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::consent;
use toso_domain::crdt::{Change, ChangeHash, Document, OpId, Scalar};
use toso_domain::id::{RecordId, SpaceId};

/// Input of `record.history`.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HistoryInput {
    /// The record.
    pub id: RecordId,
    /// Its space, when known.
    pub space: Option<SpaceId>,
}

/// One change of one field.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Step {
    /// When, by the author's clock; milliseconds since 1970.
    pub at: i64,
    /// When it was sealed or came here, by this device's clock; null while it is a draft.
    pub received_at: Option<i64>,
    /// Who; null for a device not known here.
    pub member: Option<RecordId>,
    /// What the owner calls the device.
    pub device: Option<String>,
    /// The field. For a set, with the id: `assigned/<id>`.
    pub field: String,
    /// Value before, null when there was none.
    pub from: Value,
    /// Value after, null when it was emptied.
    pub to: Value,
}

/// `record.history`
pub(crate) fn history(desk: &mut Desk<'_>, input: HistoryInput) -> Called<Vec<Step>> {
    let space = desk.device.space_of(input.id, input.space)?;
    lease::record(desk.device, desk.now, space, input.id)?;
    let doc = desk.device.copy.document(space, input.id)?;
    let doc = doc.ok_or_else(|| CallError::new("not_found"))?;
    let authors = Authors::of(desk.device, space)?;
    let received = received(desk, space, input.id)?;
    let mut steps = Vec::new();
    for (change, fields) in written(&doc) {
        for (field, from, to) in fields {
            steps.push(Step {
                at: change.time * 1000,
                received_at: received.get(&change.hash).copied(),
                member: authors.member(&change.actor),
                device: authors.device_name(&change.actor),
                field,
                from,
                to,
            });
        }
    }
    Ok(steps)
}

/// Fields that somebody does not agree to, or does no more: what was written there is not told either.
fn kept_back(doc: &Document) -> BTreeSet<&'static str> {
    let kind = doc.get("_kind").into_iter().next().map(|v| v.value);
    let Some(Scalar::Text(kind)) = kind else {
        return BTreeSet::new();
    };
    let answers: Vec<Scalar> = doc
        .get(consent::FIELD)
        .into_iter()
        .map(|v| v.value)
        .collect();
    let fields = consent::withheld(&kind, &answers).into_iter();
    fields.map(|field| field.name.as_str()).collect()
}

/// What a change wrote: key, value before, value after.
pub(crate) type Wrote = Vec<(String, Value, Value)>;

/// Each change of a document with what it wrote; keys of the form's own making are left out, and what nobody agrees to.
pub(crate) fn written(doc: &Document) -> Vec<(Change, Wrote)> {
    let changes = doc.changes();
    let kept_back = kept_back(doc);
    let json = |value: Option<&Scalar>| value.map_or(Value::Null, Scalar::to_json);
    let mut values: BTreeMap<OpId, Option<Scalar>> = BTreeMap::new();
    let mut all = Vec::with_capacity(changes.len());
    for change in changes {
        let mut fields = Vec::new();
        for (counter, op) in (change.start_op..).zip(&change.ops) {
            let id = OpId {
                counter,
                actor: change.actor,
            };
            values.insert(id, op.write.clone());
            let field = op.key.split('/').next().unwrap_or_default();
            if field.starts_with('_') || kept_back.contains(field) {
                continue;
            }
            let before = op.pred.iter().max().and_then(|id| values.get(id));
            let from = json(before.and_then(Option::as_ref));
            fields.push((op.key.clone(), from, json(op.write.as_ref())));
        }
        all.push((change, fields));
    }
    all
}

/// When each change of a document came here in a pack, the first time.
fn received(
    desk: &Desk<'_>,
    space: SpaceId,
    document: RecordId,
) -> Called<BTreeMap<ChangeHash, i64>> {
    let sql = "SELECT e.hash AS hash, min(p.received_at) AS at FROM main.entry e JOIN main.pack p ON p.no = e.pack
         WHERE e.document = unhex(?1) AND p.space = unhex(?2) GROUP BY e.hash";
    let values = [hex(document.as_bytes()), hex(space.as_bytes())];
    let mut out = BTreeMap::new();
    for row in desk.device.copy.shelf.store.query(sql, &values)? {
        let hash = row.get("hash").and_then(Value::as_str);
        let hash = hash.and_then(toso_sync::id::DeviceKey::from_hex);
        let at = row.get("at").and_then(Value::as_i64);
        out.extend(hash.zip(at).map(|(hash, at)| (ChangeHash(hash.0), at)));
    }
    Ok(out)
}
