//! Saying who looks after households: one, or many at once.

use crate::app::Desk;
use crate::authorize::{Action, authorize};
use crate::call::Named;
use crate::call::record::invalid;
use crate::call::save::{Save, save};
use crate::error::{CallError, Called};
use crate::house::{Homes, ids_in};
use crate::lease;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::crdt::Patch;
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::patch;
use toso_sync::replica::Edit;

/// Households at most in one call: a screen shows how far it is between two.
const HOUSEHOLDS_MAX: usize = 1_000;

/// Input of `assign.set`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assign {
    /// The household.
    pub household: RecordId,
    /// Members who look after it; all of them.
    pub members: Vec<RecordId>,
    /// Its space, when known.
    pub space: Option<SpaceId>,
}

/// `assign.set`
pub(crate) fn set(desk: &mut Desk<'_>, input: Assign) -> Called<Named> {
    authorize(&desk.device.who()?, Action::Assign)?;
    let members: Vec<String> = input.members.iter().map(ToString::to_string).collect();
    let patch = Map::from_iter([("assigned".to_owned(), json!(members))]);
    save(
        desk,
        Save {
            id: input.household,
            patch,
            rev: None,
            space: input.space,
        },
    )?;
    Ok(Named {
        id: input.household,
    })
}

/// What becomes of those who look after a household now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// These members and nobody else.
    Set,
    /// These too.
    Add,
    /// All but these.
    Remove,
}

/// Input of `assign.many`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignMany {
    /// The households, 1,000 at most.
    pub households: Vec<RecordId>,
    /// The members.
    pub members: Vec<RecordId>,
    /// How.
    pub how: How,
}

/// Output of `assign.many`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AssignedMany {
    /// Households whose members are others than before.
    pub changed: usize,
}

/// `assign.many`. Each space is one transaction; when a later one fails, the error's `saved` tells what stands.
pub(crate) fn many(desk: &mut Desk<'_>, input: AssignMany) -> Called<AssignedMany> {
    authorize(&desk.device.who()?, Action::Assign)?;
    if input.households.len() > HOUSEHOLDS_MAX {
        return Err(CallError::new("bad_input").with("households", HOUSEHOLDS_MAX));
    }
    let homes = Homes::read(desk)?;
    let households: BTreeSet<RecordId> = input.households.iter().map(|id| homes.of(*id)).collect();
    let members: BTreeSet<RecordId> = input.members.iter().copied().collect();
    // All of them are looked at before the first is written.
    let mut edits: BTreeMap<SpaceId, Vec<Edit>> = BTreeMap::new();
    for id in households {
        let (space, patch) = edit(desk, id, &members, input.how)?;
        if !patch.is_empty() {
            edits.entry(space).or_default().push(Edit {
                document: id,
                kind: "household".to_owned(),
                patch,
            });
        }
    }
    let mut changed = 0;
    for (space, edits) in edits {
        let saved = desk
            .device
            .copy
            .save_all(space, &edits, desk.now, desk.random);
        match saved {
            Ok(_) => changed += edits.len(),
            Err(fault) => {
                let mut error = CallError::from(fault);
                error.saved = (changed > 0).then(|| json!({ "changed": changed }));
                return Err(error);
            }
        }
    }
    Ok(AssignedMany { changed })
}

/// What is to be written to one household. Errors: `not_found` for what is no household or is deleted, `lease`.
fn edit(
    desk: &Desk<'_>,
    id: RecordId,
    members: &BTreeSet<RecordId>,
    how: How,
) -> Called<(SpaceId, Patch)> {
    let space = desk.device.space_of(id, None)?;
    lease::record(desk.device, desk.now, space, id)?;
    let held = desk.device.copy.shelf.store.record(space, id)?;
    let held = held.filter(|r| r.row.kind == "household" && r.row.deleted.is_none());
    let (Some(held), Some(doc)) = (held, desk.device.copy.document(space, id)?) else {
        return Err(CallError::new("not_found"));
    };
    let now: BTreeSet<RecordId> = ids_in(&held.row.body, "assigned").into_iter().collect();
    let then: BTreeSet<RecordId> = match how {
        How::Set => members.clone(),
        How::Add => now.union(members).copied().collect(),
        How::Remove => now.difference(members).copied().collect(),
    };
    let then: Vec<String> = then.iter().map(ToString::to_string).collect();
    let fields = Map::from_iter([("assigned".to_owned(), json!(then))]);
    let patch = patch::to_patch("household", &fields, Some(&doc)).map_err(|p| invalid(&p))?;
    Ok((space, patch))
}
