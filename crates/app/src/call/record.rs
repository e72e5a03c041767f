//! One record: making it, reading it, deleting it and bringing it back.

use super::Named;
use crate::app::Desk;
use crate::authorize::{Action, authorize};
use crate::authors::Authors;
use crate::call::shown::shown;
use crate::clock::bytes10;
use crate::error::{CallError, Called};
use crate::house::{Name, Names};
use crate::standing::{self, State};
use crate::{consent, kind, lease, project, revision};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::crdt::{Patch, Scalar};
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::schema::Problem;
use toso_domain::{patch, schema};
use toso_sync::replica::Edit;

/// Input of `record.create`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Create {
    /// Space it counts in.
    pub space: SpaceId,
    /// Kind of the record.
    pub kind: String,
    /// Fields by name.
    pub fields: Map<String, Value>,
    /// Id to give it. Asking again with the same id makes no second record.
    pub id: Option<RecordId>,
}

/// `record.create`
pub(crate) fn create(desk: &mut Desk<'_>, input: Create) -> Called<Named> {
    let space = input.space;
    match prepare(desk, input)? {
        Prepared::Held(named) => Ok(named),
        Prepared::New(edit) => {
            let named = Named { id: edit.document };
            desk.device
                .copy
                .save_all(space, &[edit], desk.now, desk.random)?;
            Ok(named)
        }
    }
}

/// Makes records of one space together: all or none, and one disk write for all.
pub(crate) fn create_all(desk: &mut Desk<'_>, inputs: Vec<Create>) -> Called<Vec<Named>> {
    let Some(space) = inputs.first().map(|input| input.space) else {
        return Ok(Vec::new());
    };
    let (mut named, mut edits) = (Vec::with_capacity(inputs.len()), Vec::new());
    let mut seen = BTreeSet::new();
    for input in inputs {
        if input.space != space {
            return Err(CallError::new("wrong_space"));
        }
        // As one after the other: the second time it is there already.
        if let Some(id) = input.id.filter(|id| !seen.insert(*id)) {
            named.push(Named { id });
            continue;
        }
        match prepare(desk, input)? {
            Prepared::Held(held) => named.push(held),
            Prepared::New(edit) => {
                named.push(Named { id: edit.document });
                edits.push(edit);
            }
        }
    }
    desk.device
        .copy
        .save_all(space, &edits, desk.now, desk.random)?;
    Ok(named)
}

/// What `record.create` leads to.
enum Prepared {
    /// It was made before.
    Held(Named),
    /// It may be made.
    New(Edit),
}

fn prepare(desk: &mut Desk<'_>, input: Create) -> Called<Prepared> {
    let kind = kind::find(&input.kind)?;
    authorize(&desk.device.who()?, Action::Write(kind))?;
    right_space(desk, kind, input.space)?;
    if kind.name == "citizen" && super::people::is_school(desk.device, input.space)? {
        return Err(CallError::new("pupil_data"));
    }
    let id = input
        .id
        .unwrap_or_else(|| RecordId::v7(desk.now, bytes10(desk.random)));
    if let Some(held) = desk.device.copy.shelf.store.record(input.space, id)? {
        return if held.row.kind == kind.name {
            Ok(Prepared::Held(Named { id }))
        } else {
            Err(CallError::new("id_taken"))
        };
    }
    known_fields(kind, &input.fields, None)?;
    let patch = patch::to_patch(kind.name, &input.fields, None).map_err(|p| invalid(&p))?;
    let whole = kind::after(Map::new(), &input.fields, &patch);
    let mut problems = schema::check(kind.name, &whole);
    problems.extend(consent::needed(
        desk,
        input.space,
        kind.name,
        &input.fields,
        &whole,
    )?);
    refuse(&problems)?;
    let patch = patch::genesis(kind.name, desk.random.bytes16(), patch);
    Ok(Prepared::New(Edit {
        document: id,
        kind: kind.name.to_owned(),
        patch,
    }))
}

/// People, units and catalogs live in the commune's space, the work of a team in its own.
fn right_space(desk: &Desk<'_>, kind: &kind::Kind, space: SpaceId) -> Called<()> {
    if !desk.device.spaces()?.contains(&space) {
        return Err(CallError::new("not_in_space"));
    }
    let commune = desk.device.commune()?;
    let right = match kind.space {
        kind::Space::Commune => commune.is_none_or(|commune| commune == space),
        kind::Space::Team => commune != Some(space),
    };
    if right {
        Ok(())
    } else {
        Err(CallError::new("wrong_space"))
    }
}

/// Errors: `unknown_field` for a name that neither the kind nor the record knows.
pub(crate) fn known_fields(
    kind: &kind::Kind,
    input: &Map<String, Value>,
    held: Option<&Map<String, Value>>,
) -> Called<()> {
    let known = |name: &String| {
        schema::field(kind.name, name).is_some() || held.is_some_and(|body| body.contains_key(name))
    };
    let mut error = CallError::new("unknown_field");
    for name in input.keys().filter(|name| !known(name)) {
        error = error.with(name, true);
    }
    if error.detail.is_empty() {
        Ok(())
    } else {
        Err(error)
    }
}

/// Errors: `invalid` with each field's code.
pub(crate) fn refuse(problems: &[Problem]) -> Called<()> {
    if problems.is_empty() {
        Ok(())
    } else {
        Err(invalid(problems))
    }
}

pub(crate) fn invalid(problems: &[Problem]) -> CallError {
    problems
        .iter()
        .fold(CallError::new("invalid"), |error, problem| {
            error.with(&problem.field, problem.code)
        })
}

/// Input of `record.get`.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Get {
    /// Its space, when known.
    pub space: Option<SpaceId>,
    /// Its id.
    pub id: RecordId,
}

/// One of several current values of a field.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Version {
    /// The value.
    pub value: Value,
    /// Who wrote it; null for a device not known here.
    pub member: Option<RecordId>,
    /// What the author's device is called; null for one not known here.
    pub device: Option<String>,
    /// When, by the author's clock; milliseconds since 1970.
    pub at: i64,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Record {
    /// Its id.
    pub id: RecordId,
    /// Its space.
    pub space: SpaceId,
    /// Its kind.
    pub kind: String,
    /// What the caller saw, for `record.save`; opaque.
    pub rev: String,
    /// First line in lists.
    pub title: String,
    /// Second line in lists.
    pub subtitle: String,
    /// Fields by name. A reference to a merged record reads as the record that stands for it.
    pub fields: Map<String, Value>,
    /// Fields with several current values.
    pub clashes: BTreeMap<String, Vec<Version>>,
    /// Known fields whose value cannot be read ("cần xem lại").
    pub unreadable: Vec<String>,
    /// Where this device's changes of it are.
    pub sync: State,
    /// Reason of deletion.
    pub deleted: Option<String>,
    /// The record it was merged into.
    pub merged_into: Option<RecordId>,
    /// Those that were merged into it.
    pub merged_from: Vec<Name>,
    /// The space it counts in, when it was handed over from this one.
    pub moved_to: Option<SpaceId>,
    /// True while bytes of it are missing here: it cannot be changed until they come.
    pub read_only: bool,
}

/// `record.get`
pub(crate) fn get(desk: &mut Desk<'_>, input: Get) -> Called<Record> {
    let space = desk.device.space_of(input.id, input.space)?;
    lease::record(desk.device, desk.now, space, input.id)?;
    let held = desk.device.copy.shelf.store.record(space, input.id)?;
    let held = held.ok_or_else(|| CallError::new("not_found"))?;
    let doc = desk.device.copy.document(space, input.id)?;
    let rev = doc.map(|d| revision::of(&d)).unwrap_or_default();
    let state = standing::open(desk.device, space)?.of(&input.id);
    let clashes = versions(desk, space, &held.row.clashes)?;
    let fields = shown(desk, space, &held.row.kind, held.row.body)?;
    let mut names = Names::default();
    let aliases = project::aliases(&desk.device.copy.shelf.store, space, held.id)?;
    let others = aliases.into_iter().filter(|id| *id != held.id);
    let merged_from: Called<_> = others.map(|id| names.of(desk, id)).collect();
    Ok(Record {
        id: held.id,
        space,
        kind: held.row.kind,
        rev,
        title: held.row.title,
        subtitle: held.row.subtitle,
        fields,
        clashes,
        unreadable: held.row.unreadable,
        sync: state,
        deleted: held.row.deleted,
        merged_into: held.row.merged_into,
        merged_from: merged_from?,
        moved_to: desk.device.home_elsewhere(space, input.id),
        read_only: !held.whole,
    })
}

/// The clashes of a row with their authors.
pub(crate) fn versions(
    desk: &mut Desk<'_>,
    space: SpaceId,
    clashes: &Map<String, Value>,
) -> Called<BTreeMap<String, Vec<Version>>> {
    if clashes.is_empty() {
        return Ok(BTreeMap::new());
    }
    let authors = Authors::of(desk.device, space)?;
    let version = |told: &Value| {
        let actor = told
            .get("actor")
            .and_then(Value::as_str)
            .and_then(Authors::actor);
        Version {
            value: told.get("value").cloned().unwrap_or_default(),
            member: actor.and_then(|actor| authors.member(&actor)),
            device: actor.and_then(|actor| authors.device_name(&actor)),
            at: told.get("at").and_then(Value::as_i64).unwrap_or(0) * 1000,
        }
    };
    let all = |told: &Value| {
        told.as_array()
            .map(|list| list.iter().map(version).collect())
    };
    Ok(clashes
        .iter()
        .map(|(field, told)| (field.clone(), all(told).unwrap_or_default()))
        .collect())
}

/// Input of `record.delete`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Delete {
    /// Its id.
    pub id: RecordId,
    /// Why, in the words of who deletes it; at least one letter.
    pub reason: String,
    /// Its space, when known.
    pub space: Option<SpaceId>,
}

/// `record.delete`
pub(crate) fn delete(desk: &mut Desk<'_>, input: Delete) -> Called<Named> {
    let reason = toso_domain::text::one_line(&input.reason);
    if reason.is_empty() {
        return Err(CallError::new("invalid").with("reason", "required"));
    }
    let reason = Some(Scalar::Text(reason));
    write(desk, input.id, input.space, &[("deleted", reason)])
}

/// Input of `record.restore`.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Restore {
    /// Its id.
    pub id: RecordId,
    /// Its space, when known.
    pub space: Option<SpaceId>,
}

/// `record.restore`
pub(crate) fn restore(desk: &mut Desk<'_>, input: Restore) -> Called<Named> {
    write(desk, input.id, input.space, &[("deleted", None)])
}

/// Writes keys of a record that no form shows.
pub(crate) fn write(
    desk: &mut Desk<'_>,
    id: RecordId,
    space: Option<SpaceId>,
    keys: &[(&str, Option<Scalar>)],
) -> Called<Named> {
    let space = desk.device.space_of(id, space)?;
    lease::record(desk.device, desk.now, space, id)?;
    let held = desk.device.copy.shelf.store.record(space, id)?;
    let held = held.ok_or_else(|| CallError::new("not_found"))?;
    authorize(
        &desk.device.who()?,
        Action::Write(kind::find(&held.row.kind)?),
    )?;
    let patch: Patch = keys
        .iter()
        .map(|(key, value)| ((*key).to_owned(), value.clone()))
        .collect();
    desk.device
        .copy
        .save(space, id, &held.row.kind, &patch, desk.now, desk.random)?;
    Ok(Named { id })
}
