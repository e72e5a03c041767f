//! Handing a record over to another team, and edits of it that came too late (rules 7.4 and 7.5 of the protocol).

use super::{Done, Named};
use crate::app::{App, Desk};
use crate::authorize::{Action, authorize};
use crate::authors::Authors;
use crate::call::record::Version;
use crate::call::staff;
use crate::error::{CallError, Called};
use crate::kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use toso_domain::crdt::{ChangeHash, Scalar};
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::schema;
use toso_sync::replica::Late;

/// Input of `hand_over.set`.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// The record, a household as a rule. What belongs to it goes with it: its people do, its visits do not.
    pub id: RecordId,
    /// The team that has it from now on.
    pub to: SpaceId,
}

/// Output of `hand_over.set`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HandedOver {
    /// The record.
    pub id: RecordId,
    /// Every record that was handed over with it, itself first.
    pub records: Vec<RecordId>,
}

/// `hand_over.set`
pub(crate) fn set(app: &App, input: HandOver) -> Called<HandedOver> {
    super::sync::run(app)?;
    let (from, records) = app.desk(|desk| goes_along(desk, input))?;
    let asked = json!({ "documents": records, "from": from, "to": input.to });
    staff::ask_then_sync(app, "hand_over", &asked)?;
    Ok(HandedOver {
        id: input.id,
        records,
    })
}

/// The record's home and every record that follows it.
fn goes_along(desk: &mut Desk<'_>, input: HandOver) -> Called<(SpaceId, Vec<RecordId>)> {
    authorize(&desk.device.who()?, Action::Staff)?;
    let from = desk.device.space_of(input.id, None)?;
    let held = desk.device.copy.shelf.store.record(from, input.id)?;
    let held = held.ok_or_else(|| CallError::new("not_found"))?;
    if kind::find(&held.row.kind)?.space != kind::Space::Team {
        return Err(CallError::new("wrong_space"));
    }
    if !desk.device.spaces()?.contains(&input.to) || desk.device.commune()? == Some(input.to) {
        return Err(CallError::new("wrong_space"));
    }
    let mut records = vec![input.id];
    // Followers have followers: a household's store goes along, and so do the checks of the store.
    let mut next = 0;
    while let Some(led) = records.get(next).copied() {
        next += 1;
        for (space, id, field) in desk.device.copy.shelf.store.refs_to(led, None)? {
            let Some(follower) = desk.device.copy.shelf.store.record(space, id)? else {
                continue;
            };
            let follows = schema::field(&follower.row.kind, &field).is_some_and(|f| f.follows);
            if space == from && follows && !follower.away && !records.contains(&id) {
                records.push(id);
            }
        }
    }
    Ok((from, records))
}

/// A late edit that waits for a person.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Waiting {
    /// The record.
    pub id: RecordId,
    /// Its kind.
    pub kind: String,
    /// First line in lists.
    pub title: String,
    /// The team that had it.
    pub from: SpaceId,
    /// The team that has it.
    pub home: SpaceId,
    /// Names the edit in `late.settle`.
    pub change: String,
    /// Who wrote it; null for a device not known here.
    pub member: Option<RecordId>,
    /// When, by the author's clock; milliseconds since 1970.
    pub at: i64,
    /// What it would write, beside what stands there.
    pub fields: BTreeMap<String, Field>,
}

/// One field of a late edit.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Field {
    /// The late value; null empties the field.
    pub late: Value,
    /// What stands in the record now.
    pub now: Vec<Version>,
}

/// `late.list`
pub(crate) fn list(desk: &mut Desk<'_>) -> Called<Vec<Waiting>> {
    crate::lease::lists(desk.device, desk.now)?;
    let mut out = Vec::new();
    for document in desk.device.copy.book().all_moved() {
        for late in desk.device.copy.late(document)? {
            out.push(waiting(desk, late)?);
        }
    }
    Ok(out)
}

/// How many there are.
pub(crate) fn count(desk: &mut Desk<'_>) -> Called<usize> {
    if let Some(known) = desk.device.late {
        return Ok(known);
    }
    let mut count = 0;
    for document in desk.device.copy.book().all_moved() {
        count += desk.device.copy.late(document)?.len();
    }
    desk.device.late = Some(count);
    Ok(count)
}

fn waiting(desk: &mut Desk<'_>, late: Late) -> Called<Waiting> {
    let there = Authors::of(desk.device, late.from)?;
    let here = Authors::of(desk.device, late.home)?;
    let home = desk.device.copy.document(late.home, late.document)?;
    let held = desk
        .device
        .copy
        .shelf
        .store
        .record(late.home, late.document)?;
    let mut fields = BTreeMap::new();
    for (key, value) in &late.patch {
        let versions = home.as_ref().map(|doc| doc.get(key)).unwrap_or_default();
        let now = versions.into_iter().map(|version| Version {
            value: version.value.to_json(),
            member: here.member(&version.actor),
            device: here.device_name(&version.actor),
            at: version.time * 1000,
        });
        let field = Field {
            late: value.as_ref().map_or(Value::Null, Scalar::to_json),
            now: now.collect(),
        };
        fields.insert(key.clone(), field);
    }
    Ok(Waiting {
        id: late.document,
        kind: late.kind,
        title: held.map(|record| record.row.title).unwrap_or_default(),
        from: late.from,
        home: late.home,
        change: late.change.to_string(),
        member: there.member(&late.actor),
        at: late.time * 1000,
        fields,
    })
}

/// Input of `late.settle`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleLate {
    /// The record.
    pub id: RecordId,
    /// `change` of a line of `late.list`.
    pub change: String,
    /// True writes it in the record; false leaves the record as it is. Either way it waits no longer.
    pub take: bool,
}

/// `late.settle`
pub(crate) fn settle(desk: &mut Desk<'_>, input: &SettleLate) -> Called<Named> {
    authorize(&desk.device.who()?, Action::Staff)?;
    let change = ChangeHash::from_hex(&input.change);
    let change = change.ok_or_else(|| CallError::new("bad_input").with("change", ""))?;
    let (now, copy) = (desk.now, &mut desk.device.copy);
    copy.settle_late(input.id, &change, input.take, now, desk.random)?;
    Ok(Named { id: input.id })
}

/// What a staff device does after an exchange: carries what may be carried. Answers whether anything was written.
pub(crate) fn carry(desk: &mut Desk<'_>) -> Called<bool> {
    let (now, copy) = (desk.now, &mut desk.device.copy);
    Ok(copy.carry_due(now, desk.random)? > 0)
}

/// Input of `device.rights`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rights {
    /// The device's key in hex.
    pub device: String,
    /// Its roles from now on, at least one.
    pub roles: Vec<staff::Role>,
    /// Spaces of the teams it holds from now on; staff hold all. One it loses it drops once its work is kept.
    #[serde(default)]
    pub teams: Vec<SpaceId>,
}

/// `device.rights`
pub(crate) fn rights(app: &App, input: &Rights) -> Called<Done> {
    staff::ask_then_sync(app, "device.rights", input)?;
    Ok(Done::YES)
}
