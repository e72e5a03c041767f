//! A household as lists show it: who looks after it, what was done at its door, where that is.

use crate::app::Desk;
use crate::error::Called;
use crate::project;
use crate::standing::{self, State};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::phone;
use toso_domain::time::LocalDate;
use toso_store::{AtDoor, Record};

/// A record that is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Name {
    /// Its id.
    pub id: RecordId,
    /// What people call it; empty while it is not here.
    pub name: String,
}

/// The newest visit at a door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LastVisit {
    /// Its day, ISO.
    pub day: String,
    /// Whom they met, a code of the catalog `contact`.
    pub contact: Option<String>,
}

/// A household in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct House {
    /// Its id.
    pub id: RecordId,
    /// Its space.
    pub space: SpaceId,
    /// Name of the head.
    pub title: String,
    /// Where the door is.
    pub subtitle: String,
    /// Cluster or hamlet.
    pub cluster: Option<String>,
    /// Village.
    pub village: Option<Name>,
    /// People living there.
    pub people: Option<i64>,
    /// Phone with its middle hidden.
    pub phone: Option<String>,
    /// Members it is assigned to.
    pub assigned: Vec<RecordId>,
    /// Whether the member asking is one of them.
    pub mine: bool,
    /// The newest visit, whoever was met.
    pub last_visit: Option<LastVisit>,
    /// Day of the next visit, as the newest one set it.
    pub next_on: Option<LocalDate>,
    /// Days that day lies back, 0 on the day itself; null before it.
    pub late_days: Option<i64>,
    /// Where this device's changes are, of the household and of all that was done there.
    pub sync: State,
    /// Fields with several current values.
    pub clashes: Vec<String>,
    /// Metres from where the person stands, when the nearest were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub away_m: Option<u32>,
    /// The person by whose name or phone a search found it, when it is not the household's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found_by: Option<String>,
}

/// The member asking, under every id that was merged into one; empty before the device is let in.
pub(crate) fn me(desk: &Desk<'_>) -> Called<Vec<RecordId>> {
    let Ok(who) = desk.device.who() else {
        return Ok(Vec::new());
    };
    match desk.device.commune()? {
        Some(commune) => as_one(desk, commune, who.member),
        None => Ok(vec![who.member]),
    }
}

/// A record under its own id and every other that it stands for, the one that stands first.
pub(crate) fn as_one(desk: &Desk<'_>, space: SpaceId, id: RecordId) -> Called<Vec<RecordId>> {
    let store = &desk.device.copy.shelf.store;
    let stands = project::stands_for(store, space, id)?;
    Ok(project::aliases(store, space, stands)?)
}

/// The record that stands for this one, wherever it is; itself while it is not here.
pub(crate) fn stands(desk: &Desk<'_>, id: RecordId) -> Called<RecordId> {
    let store = &desk.device.copy.shelf.store;
    match store.find(id)?.first() {
        Some(held) => Ok(project::stands_for(store, held.space, id)?),
        None => Ok(id),
    }
}

/// Names of records, wherever they are.
#[derive(Default)]
pub(crate) struct Names(BTreeMap<RecordId, String>);

impl Names {
    /// The first line of a record; empty while it is not here.
    pub(crate) fn of(&mut self, desk: &Desk<'_>, id: RecordId) -> Called<Name> {
        let name = match self.0.get(&id) {
            Some(name) => name.clone(),
            None => {
                let held = desk.device.copy.shelf.store.find(id)?;
                let name = held.into_iter().next().map(|r| r.row.title);
                let name = name.unwrap_or_default();
                self.0.insert(id, name.clone());
                name
            }
        };
        Ok(Name { id, name })
    }
}

/// Households with something of this device's that the hub does not hold, and what that is.
pub(crate) fn open_doors(desk: &mut Desk<'_>) -> Called<BTreeMap<RecordId, State>> {
    let mut states: BTreeMap<RecordId, State> = BTreeMap::new();
    for space in desk.device.spaces()? {
        let standing = standing::open(desk.device, space)?;
        for id in standing.waiting.iter().chain(standing.refused.keys()) {
            states.insert(*id, standing.of(id));
        }
    }
    let records: Vec<RecordId> = states.keys().copied().collect();
    let mut open: BTreeMap<RecordId, State> = BTreeMap::new();
    let homes = Homes::read(desk)?;
    for (record, house) in desk.device.copy.shelf.store.doors_of(&records)? {
        let house = homes.of(house);
        let state = states.get(&record).copied().unwrap_or(State::Kept);
        let held = open.entry(house).or_insert(state);
        if state == State::Refused {
            *held = state;
        }
    }
    Ok(open)
}

/// Which record stands for a merged one.
pub(crate) struct Homes(BTreeMap<RecordId, RecordId>);

impl Homes {
    /// Read once for a call.
    pub(crate) fn read(desk: &Desk<'_>) -> Called<Self> {
        Ok(Self(desk.device.copy.shelf.store.mergers()?))
    }

    /// The record that stands for `id`; itself when it is not merged.
    pub(crate) fn of(&self, id: RecordId) -> RecordId {
        let mut at = id;
        // The rows hold no ring; the bound is for a file that was tampered with.
        for _ in 0..=self.0.len() {
            match self.0.get(&at) {
                Some(next) => at = *next,
                None => break,
            }
        }
        at
    }
}

/// The current day.
pub(crate) fn today(desk: &Desk<'_>) -> LocalDate {
    LocalDate::from_millis(desk.now)
}

/// What several households are shown with.
pub(crate) struct Showing {
    me: BTreeSet<RecordId>,
    day: LocalDate,
    open: BTreeMap<RecordId, State>,
    names: Names,
}

impl Showing {
    /// Read once for a page.
    pub(crate) fn new(desk: &mut Desk<'_>, day: LocalDate) -> Called<Self> {
        Ok(Self {
            me: me(desk)?.into_iter().collect(),
            day,
            open: open_doors(desk)?,
            names: Names::default(),
        })
    }

    /// Households with something of this device's in that state.
    pub(crate) fn in_state(&self, state: State) -> Vec<RecordId> {
        let all = self.open.iter().filter(|(_, of)| **of == state);
        all.map(|(id, _)| *id).collect()
    }

    /// The households of records, in their order.
    pub(crate) fn all(&mut self, desk: &Desk<'_>, records: Vec<Record>) -> Called<Vec<House>> {
        let ids: Vec<RecordId> = records.iter().map(|r| r.id).collect();
        let visits = desk.device.copy.shelf.store.last_visits(&ids)?;
        let mut houses = Vec::with_capacity(records.len());
        for record in records {
            let visit = visits.get(&record.id);
            houses.push(self.one(desk, record, visit)?);
        }
        Ok(houses)
    }

    fn one(&mut self, desk: &Desk<'_>, held: Record, visit: Option<&AtDoor>) -> Called<House> {
        let body = &held.row.body;
        let village = id_in(body, "village");
        let next_on = visit.and_then(|v| v.next_on.as_deref()?.parse::<LocalDate>().ok());
        let late = next_on.map(|on| self.day.days_since(on));
        let assigned: Vec<RecordId> = ids_in(body, "assigned");
        Ok(House {
            cluster: text_in(body, "cluster"),
            village: village.map(|id| self.names.of(desk, id)).transpose()?,
            people: body.get("people").and_then(Value::as_i64),
            phone: text_in(body, "phone").map(|number| phone::masked(&number)),
            mine: assigned.iter().any(|id| self.me.contains(id)),
            assigned,
            last_visit: visit.map(|v| LastVisit {
                day: v.day.clone(),
                contact: v.what.clone(),
            }),
            next_on,
            late_days: late.filter(|days| *days >= 0),
            sync: self.open.get(&held.id).copied().unwrap_or(State::Kept),
            clashes: held.row.clashes.keys().cloned().collect(),
            id: held.id,
            space: held.space,
            title: held.row.title,
            subtitle: held.row.subtitle,
            found_by: None,
            away_m: None,
        })
    }
}

/// A text field that says something.
pub(crate) fn text_in(body: &Map<String, Value>, field: &str) -> Option<String> {
    let text = body.get(field).and_then(Value::as_str)?;
    (!text.is_empty()).then(|| text.to_owned())
}

/// The record a field names.
pub(crate) fn id_in(body: &Map<String, Value>, field: &str) -> Option<RecordId> {
    body.get(field).and_then(Value::as_str)?.parse().ok()
}

/// The records a set names.
pub(crate) fn ids_in(body: &Map<String, Value>, field: &str) -> Vec<RecordId> {
    let all = body.get(field).and_then(Value::as_array);
    let ids = all
        .into_iter()
        .flatten()
        .filter_map(|id| id.as_str()?.parse().ok());
    ids.collect()
}
