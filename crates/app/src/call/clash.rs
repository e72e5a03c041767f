//! Clashes: two people wrote one field at the same time. Both values are shown; one tap settles it.

use super::Named;
use crate::app::Desk;
use crate::authorize::{Action, authorize};
use crate::call::record::{Version, invalid, refuse, versions};
use crate::error::{CallError, Called};
use crate::{kind, lease};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::{patch, schema};

/// Input of `clash.list`.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClashInput {
    /// Only this space.
    pub space: Option<SpaceId>,
}

/// One field with several current values.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Clash {
    /// The record.
    pub id: RecordId,
    /// Its space.
    pub space: SpaceId,
    /// Its kind.
    pub kind: String,
    /// Its first line.
    pub title: String,
    /// The field.
    pub field: String,
    /// Its values, the one shown in lists first.
    pub values: Vec<Version>,
}

/// `clash.list`
pub(crate) fn list(desk: &mut Desk<'_>, input: ClashInput) -> Called<Vec<Clash>> {
    lease::lists(desk.device, desk.now)?;
    let spaces = match input.space {
        Some(space) => vec![space],
        None => desk.device.spaces()?,
    };
    let mut out = Vec::new();
    for space in spaces {
        for record in desk.device.copy.shelf.store.clashing(space)? {
            if record.row.deleted.is_some() {
                continue;
            }
            for (field, values) in versions(desk, space, &record.row.clashes)? {
                out.push(Clash {
                    id: record.id,
                    space,
                    kind: record.row.kind.clone(),
                    title: record.row.title.clone(),
                    field,
                    values,
                });
            }
        }
    }
    Ok(out)
}

/// Input of `clash.settle`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settle {
    /// The record.
    pub id: RecordId,
    /// The field.
    pub field: String,
    /// The value that holds from now on; one of the shown ones or a third.
    pub value: Value,
    /// Its space, when known.
    pub space: Option<SpaceId>,
}

/// `clash.settle`
pub(crate) fn settle(desk: &mut Desk<'_>, input: Settle) -> Called<Named> {
    let space = desk.device.space_of(input.id, input.space)?;
    lease::record(desk.device, desk.now, space, input.id)?;
    let held = desk.device.copy.shelf.store.record(space, input.id)?;
    let held = held.ok_or_else(|| CallError::new("not_found"))?;
    if !held.row.clashes.contains_key(&input.field) {
        return Err(CallError::new("no_clash"));
    }
    let kind = kind::find(&held.row.kind)?;
    authorize(&desk.device.who()?, Action::Write(kind))?;
    let fields = Map::from_iter([(input.field.clone(), input.value)]);
    let patch = patch::to_patch(kind.name, &fields, None).map_err(|p| invalid(&p))?;
    let whole = kind::after(held.row.body, &fields, &patch);
    let mut problems = schema::check(kind.name, &whole);
    problems.retain(|p| p.field == input.field);
    refuse(&problems)?;
    desk.device
        .copy
        .save(space, input.id, kind.name, &patch, desk.now, desk.random)?;
    Ok(Named { id: input.id })
}
