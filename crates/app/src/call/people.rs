//! `people.list`: names for screens and choices for forms: members, teams, units.

use crate::app::Desk;
use crate::device::Device;
use crate::error::Called;
use crate::house::{id_in, text_in};
use crate::lease::{self, Lease};
use schemars::JsonSchema;
use serde::Serialize;
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::phone;
use toso_store::{List, Record};

/// A member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Member {
    /// Its id.
    pub id: RecordId,
    /// Full name.
    pub name: String,
    /// Team.
    pub team: Option<RecordId>,
    /// Position in the team, a code of the catalog `position`.
    pub position: Option<String>,
    /// Phone with its middle hidden.
    pub phone: Option<String>,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Team {
    /// Its id, that of its space too.
    pub id: RecordId,
    /// Its name.
    pub name: String,
    /// Village or commune it works in.
    pub unit: Option<RecordId>,
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Unit {
    /// Its id.
    pub id: RecordId,
    /// Its name.
    pub name: String,
    /// Kind of unit, a code of the catalog `unit_kind`.
    pub kind: Option<String>,
    /// Unit it lies in.
    pub parent: Option<RecordId>,
}

/// True when the space is that of a school team: its doors are parents', and nothing of pupils is written down.
pub(crate) fn is_school(device: &Device, space: SpaceId) -> Called<bool> {
    let Some(commune) = device.commune()? else {
        return Ok(false);
    };
    let team = device.copy.shelf.store.record(commune, space.into())?;
    let kind = team.and_then(|team| text_in(&team.row.body, "team_kind"));
    Ok(kind.as_deref() == Some("truong_hoc"))
}

/// Everybody and everything a form may name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct People {
    /// Members, by given name.
    pub members: Vec<Member>,
    /// Teams, by name.
    pub teams: Vec<Team>,
    /// Units, by name.
    pub units: Vec<Unit>,
}

/// `people.list`. Answers past the lease too, without phones: who writes a new record must be able to say where and by
/// whom.
pub(crate) fn list(desk: &mut Desk<'_>) -> Called<People> {
    let hidden = lease::stand(desk.device, desk.now)? == Lease::Hidden;
    let member = |record: Record| Member {
        team: id_in(&record.row.body, "team"),
        position: text_in(&record.row.body, "position"),
        phone: text_in(&record.row.body, "phone")
            .filter(|_| !hidden)
            .map(|number| phone::masked(&number)),
        id: record.id,
        name: record.row.title,
    };
    let team = |record: Record| Team {
        unit: id_in(&record.row.body, "unit"),
        id: record.id,
        name: record.row.title,
    };
    let unit = |record: Record| Unit {
        kind: text_in(&record.row.body, "unit_kind"),
        parent: id_in(&record.row.body, "parent"),
        id: record.id,
        name: record.row.title,
    };
    Ok(People {
        members: all(desk, "member")?.into_iter().map(member).collect(),
        teams: all(desk, "team")?.into_iter().map(team).collect(),
        units: all(desk, "unit")?.into_iter().map(unit).collect(),
    })
}

fn all(desk: &Desk<'_>, kind: &str) -> Called<Vec<Record>> {
    let list = List {
        kind: Some(kind.to_owned()),
        ..List::default()
    };
    Ok(desk.device.copy.shelf.store.list(&list)?.items)
}
