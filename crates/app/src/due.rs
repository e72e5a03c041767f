//! What a member promised to come back for and nobody did yet.

use crate::app::Desk;
use crate::error::Called;
use crate::house::{Homes, id_in};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::time::LocalDate;
use toso_store::{AtDoor, Record};

/// What is to be done again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Again {
    /// Visiting a door.
    Visit,
    /// Asking how help ended.
    Assistance,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Due {
    /// The visit or help that set the day.
    pub id: RecordId,
    /// Its space.
    pub space: SpaceId,
    /// What is to be done again.
    pub kind: Again,
    /// The household; null for a door without a record.
    pub household: Option<RecordId>,
    /// The household's first line; without one the citizen's, then the village's.
    pub title: String,
    /// The second line of the same.
    pub subtitle: String,
    /// Of help, code of what with.
    pub category: Option<String>,
    /// The day that was set.
    pub on: LocalDate,
    /// Days it lies back; 0 on the day itself.
    pub late_days: i64,
}

/// Whom help was for: later help of the same category to the same settles it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Helped {
    Citizen(RecordId),
    House(RecordId),
    /// Somebody unnamed at no known door: nothing later can be told to be for the same.
    Nobody(RecordId),
}

/// What is overdue and what is due on `day`: at households of these members (`mine`), or promised by them elsewhere.
pub(crate) fn by(
    desk: &Desk<'_>,
    me: &[RecordId],
    mine: &[Record],
    day: LocalDate,
) -> Called<(Vec<Due>, Vec<Due>)> {
    let mut houses: BTreeSet<RecordId> = mine.iter().map(|record| record.id).collect();
    let own: BTreeSet<RecordId> = houses.clone();
    let store = &desk.device.copy.shelf.store;
    let mut promised = store.promised_by(me, &day.to_string())?;
    let homes = Homes::read(desk)?;
    for one in &mut promised {
        one.house = door(desk, &homes, one)?;
        houses.extend(one.house);
    }
    let by_me: BTreeSet<RecordId> = promised.iter().map(|one| one.id).collect();
    let houses: Vec<RecordId> = houses.into_iter().collect();
    let counts = |one: &AtDoor| {
        by_me.contains(&one.id) || one.house.is_some_and(|house| own.contains(&house))
    };
    let nowhere = promised
        .iter()
        .filter(|one| one.kind == "visit" && one.house.is_none())
        .cloned();
    let visits = store.last_visits(&houses)?.into_values().chain(nowhere);
    let help = last_help(desk, &homes, &houses, &promised)?;
    let mut all = Vec::new();
    for one in visits.chain(help).filter(counts) {
        all.extend(told(desk, &one, day)?);
    }
    all.sort_by(|a, b| (a.on, &a.title, a.id).cmp(&(b.on, &b.title, b.id)));
    Ok(all.into_iter().partition(|due| due.on < day))
}

/// The household that stands for the one a record is of, by its own word, its visit's or its citizen's.
fn door(desk: &Desk<'_>, homes: &Homes, one: &AtDoor) -> Called<Option<RecordId>> {
    let store = &desk.device.copy.shelf.store;
    let mut named = one.house;
    for id in [Some(one.id), one.citizen].into_iter().flatten() {
        if named.is_none() {
            named = store.doors_of(&[id])?.remove(&id);
        }
    }
    Ok(named.map(|house| homes.of(house)))
}

/// The newest help of each category to each person or, where nobody is named, household.
fn last_help(
    desk: &Desk<'_>,
    homes: &Homes,
    houses: &[RecordId],
    promised: &[AtDoor],
) -> Called<Vec<AtDoor>> {
    let store = &desk.device.copy.shelf.store;
    let mut all = store.at_doors(houses, "assistance")?;
    all.extend(store.help_of_visits(houses)?);
    let help = promised.iter().filter(|one| one.kind == "assistance");
    all.extend(help.cloned());
    // The same person may have been helped elsewhere since.
    let asked: BTreeSet<RecordId> = all
        .iter()
        .filter(|one| one.next_on.is_some())
        .filter_map(|one| one.citizen)
        .collect();
    let asked: Vec<RecordId> = asked.into_iter().collect();
    let known: BTreeSet<RecordId> = all.iter().map(|one| one.id).collect();
    for mut one in store.help_to(&asked)? {
        if !known.contains(&one.id) {
            one.house = door(desk, homes, &one)?;
            all.push(one);
        }
    }
    let mut last: BTreeMap<(Helped, Option<String>), AtDoor> = BTreeMap::new();
    for one in all {
        let helped = match (one.citizen, one.house) {
            (Some(citizen), _) => Helped::Citizen(homes.of(citizen)),
            (None, Some(house)) => Helped::House(house),
            (None, None) => Helped::Nobody(one.id),
        };
        let key = (helped, one.what.clone());
        let newer = last
            .get(&key)
            .is_none_or(|held| (&held.day, held.id) <= (&one.day, one.id));
        if newer {
            last.insert(key, one);
        }
    }
    Ok(last.into_values().collect())
}

/// As a screen shows it; `None` when its day has not come, or when its household is not shown any more.
fn told(desk: &Desk<'_>, one: &AtDoor, day: LocalDate) -> Called<Option<Due>> {
    let on = one.next_on.as_deref().and_then(|on| on.parse().ok());
    let Some(on) = on.filter(|on: &LocalDate| *on <= day) else {
        return Ok(None);
    };
    let store = &desk.device.copy.shelf.store;
    let held = store.record(one.space, one.id)?;
    let body = held.map(|record| record.row.body).unwrap_or_default();
    let shown = match (one.house, one.citizen) {
        (Some(house), _) => {
            let found = live(desk, house)?;
            if found.is_none() {
                return Ok(None);
            }
            found
        }
        (None, Some(citizen)) => live(desk, citizen)?,
        (None, None) => None,
    };
    let shown = match (shown, id_in(&body, "village")) {
        (None, Some(village)) => live(desk, village)?,
        (shown, _) => shown,
    };
    let visit = one.kind == "visit";
    Ok(Some(Due {
        id: one.id,
        space: one.space,
        kind: if visit {
            Again::Visit
        } else {
            Again::Assistance
        },
        household: one.house,
        title: shown
            .as_ref()
            .map(|r| r.row.title.clone())
            .unwrap_or_default(),
        subtitle: shown.map(|r| r.row.subtitle).unwrap_or_default(),
        category: one.what.clone().filter(|_| !visit),
        on,
        late_days: day.days_since(on),
    }))
}

/// A record as lists show it: at home, not deleted, not merged.
fn live(desk: &Desk<'_>, id: RecordId) -> Called<Option<Record>> {
    let found = desk.device.copy.shelf.store.find(id)?;
    let hidden = |r: &Record| r.away || r.row.deleted.is_some() || r.row.merged_into.is_some();
    Ok(found.into_iter().find(|record| !hidden(record)))
}
