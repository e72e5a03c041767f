//! Saving a patch. What others changed meanwhile is never covered silently: those fields are answered, the rest saved.

use crate::app::Desk;
use crate::authorize::{Action, authorize};
use crate::authors::Authors;
use crate::call::record::{invalid, known_fields, refuse};
use crate::error::{CallError, Called};
use crate::{consent, kind, lease, revision};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use toso_domain::crdt::{Change, Document, Patch, Scalar};
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::{patch, schema};

/// Input of `record.save`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Save {
    /// The record.
    pub id: RecordId,
    /// Fields to change; null empties one.
    pub patch: Map<String, Value>,
    /// `rev` of the `record.get` the patch was made upon.
    pub rev: Option<String>,
    /// Its space, when known.
    pub space: Option<SpaceId>,
}

/// Output of `record.save`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Saved {
    /// The record.
    pub id: RecordId,
    /// Fields that changed.
    pub changed: Vec<String>,
    /// Its new revision.
    pub rev: String,
}

/// `record.save`
pub(crate) fn save(desk: &mut Desk<'_>, input: Save) -> Called<Saved> {
    let space = desk.device.space_of(input.id, input.space)?;
    lease::record(desk.device, desk.now, space, input.id)?;
    let held = desk.device.copy.shelf.store.record(space, input.id)?;
    let held = held.ok_or_else(|| CallError::new("not_found"))?;
    let kind = kind::find(&held.row.kind)?;
    authorize(&desk.device.who()?, Action::Write(kind))?;
    if kind.appended {
        return Err(CallError::new("appended").with("kind", kind.name));
    }
    known_fields(kind, &input.patch, Some(&held.row.body))?;
    let doc = desk.device.copy.document(space, input.id)?;
    let doc = doc.ok_or_else(|| CallError::new("not_found"))?;
    let since = match &input.rev {
        Some(rev) => revision::since(&doc, rev),
        None => revision::Since {
            base: None,
            changes: Vec::new(),
        },
    };
    // Ticks are told apart by what the caller saw: one that another added meanwhile is not a removal.
    let base = since.base.as_ref().unwrap_or(&doc);
    let mut patch =
        patch::to_patch(kind.name, &input.patch, Some(base)).map_err(|p| invalid(&p))?;
    let whole = kind::after(held.row.body, &input.patch, &patch);
    let mut problems = schema::check(kind.name, &whole);
    problems.retain(|p| input.patch.contains_key(&p.field));
    problems.extend(consent::needed(
        desk,
        space,
        kind.name,
        &input.patch,
        &whole,
    )?);
    refuse(&problems)?;
    let theirs = if since.changes.is_empty() {
        Map::new()
    } else {
        let authors = Authors::of(desk.device, space)?;
        split(&doc, &since.changes, &authors, &mut patch)
    };
    let before = doc;
    desk.device
        .copy
        .save(space, input.id, kind.name, &patch, desk.now, desk.random)?;
    let after = desk.device.copy.document(space, input.id)?;
    let after = after.ok_or_else(|| CallError::new("not_found"))?;
    let saved = Saved {
        id: input.id,
        changed: changed(&before, &after, &patch),
        rev: revision::of(&after),
    };
    if theirs.is_empty() {
        return Ok(saved);
    }
    let mut error = CallError::new("field_changed");
    error.detail = theirs;
    error.saved = Some(json!({ "changed": saved.changed, "rev": saved.rev }));
    Err(error)
}

/// Takes out of the patch what others set to another value since, and tells both values.
fn split(
    doc: &Document,
    since: &[Change],
    authors: &Authors,
    patch: &mut Patch,
) -> Map<String, Value> {
    let mut theirs = Map::new();
    let others: Vec<&Change> = since
        .iter()
        .filter(|c| authors.is_other(&c.actor))
        .collect();
    patch.retain(|key, mine| {
        // A set takes ticks of both sides.
        if key.contains('/') {
            return true;
        }
        let Some((change, value)) = standing(doc, &others, key, mine.as_ref()) else {
            return true;
        };
        let told = json!({
            "mine": json_of(mine.as_ref()),
            "theirs": json_of(value.as_ref()),
            "member": authors.member(&change.actor),
            "at": change.time * 1000,
        });
        theirs.insert(key.clone(), told);
        false
    });
    theirs
}

/// What another wrote to a key since and still stands, when it is not `mine`.
fn standing<'a>(
    doc: &Document,
    others: &[&'a Change],
    key: &str,
    mine: Option<&Scalar>,
) -> Option<(&'a Change, Option<Scalar>)> {
    let versions = doc.get(key);
    for version in &versions {
        let by = others.iter().find(|c| c.hash == version.change);
        if let Some(change) = by.filter(|_| mine != Some(&version.value)) {
            return Some((change, Some(version.value.clone())));
        }
    }
    if !versions.is_empty() || mine.is_none() {
        return None;
    }
    let removed = |change: &&&Change| change.ops.iter().any(|op| op.key == key);
    others.iter().rfind(removed).map(|change| (*change, None))
}

fn json_of(value: Option<&Scalar>) -> Value {
    value.map_or(Value::Null, Scalar::to_json)
}

/// Fields whose value is another one after the save.
fn changed(before: &Document, after: &Document, patch: &Patch) -> Vec<String> {
    let value = |doc: &Document, key: &str| {
        let versions = doc.get(key);
        let more = versions.len() > 1;
        (versions.into_iter().next().map(|v| v.value), more)
    };
    let fields: BTreeSet<&str> = patch
        .keys()
        .filter(|key| value(before, key) != value(after, key))
        .filter_map(|key| key.split('/').next())
        .collect();
    fields.into_iter().map(str::to_owned).collect()
}
