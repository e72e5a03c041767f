//! What a member promised to come back for and nobody did yet.

use crate::app::Desk;
use crate::error::Called;
use crate::house::{Homes, id_in};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::catalog;
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
    /// A task, not done again but done.
    Task,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Due {
    /// The visit or help that set the day, or the task.
    pub id: RecordId,
    /// Its space.
    pub space: SpaceId,
    /// What is to be done again.
    pub kind: Again,
    /// The household; null for a door without a record.
    pub household: Option<RecordId>,
    /// The household's first line; without one the citizen's, then the village's. Of a task what is to be done.
    pub title: String,
    /// The second line of the same; of a task its household's first line.
    pub subtitle: String,
    /// Of help, code of what with.
    pub category: Option<String>,
    /// Code of how pressing a task is.
    pub priority: Option<String>,
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
    all.extend(tasks(desk, &homes, me, &own, day)?);
    all.sort_by(|a, b| {
        (pressing(a), a.on, &a.title, a.id).cmp(&(pressing(b), b.on, &b.title, b.id))
    });
    Ok(all.into_iter().partition(|due| due.on < day))
}

/// Its place in the catalog of priorities; what was promised at a door, and a task nobody ranked, stand in the middle.
fn pressing(due: &Due) -> usize {
    let order = catalog::items("priority");
    let place = |code: &str| order.iter().position(|item| item.code == code);
    let named = due.priority.as_deref().and_then(place);
    named.unwrap_or(order.len() / 2)
}

/// Tasks whose day has come: given to these members, or to nobody and at no door or one of theirs.
fn tasks(
    desk: &Desk<'_>,
    homes: &Homes,
    me: &[RecordId],
    own: &BTreeSet<RecordId>,
    day: LocalDate,
) -> Called<Vec<Due>> {
    let sql = "SELECT id, space, title, household, due_on, priority, assigned FROM task
        WHERE state IN ('chua_lam', 'dang_lam') AND due_on <= ?1";
    let store = &desk.device.copy.shelf.store;
    let mut found = Vec::new();
    for row in store.query(sql, &[day.to_string().into()])? {
        let text = |name: &str| row.get(name).and_then(Value::as_str);
        let given: BTreeSet<RecordId> = text("assigned")
            .and_then(|list| serde_json::from_str(list).ok())
            .unwrap_or_default();
        let household = text("household").and_then(|id| id.parse().ok());
        let household = household.map(|id| homes.of(id));
        let ours = if given.is_empty() {
            household.is_none_or(|house| own.contains(&house))
        } else {
            me.iter().any(|one| given.contains(one))
        };
        let (Some(id), Some(space), Some(on)) = (
            text("id").and_then(|id| id.parse().ok()),
            text("space").and_then(|id| id.parse().ok()),
            text("due_on").and_then(|on| on.parse().ok()),
        ) else {
            continue;
        };
        if !ours {
            continue;
        }
        let at = household.map(|house| live(desk, house)).transpose()?;
        found.push(Due {
            id,
            space,
            kind: Again::Task,
            household,
            title: text("title").unwrap_or_default().to_owned(),
            subtitle: at.flatten().map(|r| r.row.title).unwrap_or_default(),
            category: None,
            priority: text("priority").map(str::to_owned),
            on,
            late_days: day.days_since(on),
        });
    }
    Ok(found)
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
        priority: None,
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
