//! `today.get`: the screen *Hôm nay* in one answer.

use crate::app::Desk;
use crate::due::{self, Due};
use crate::error::Called;
use crate::house::{self, House, Name, Names, Showing, id_in};
use crate::lease;
use crate::standing;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::time::LocalDate;
use toso_store::{Assigned, Done, Houses, Record};

/// Households shown of those never met.
const UNMET: u32 = 20;

/// Input of `today.get`.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TodayInput {
    /// The day, ISO; today by this device's clock unless said.
    pub day: Option<LocalDate>,
}

/// How far a member's households are met in a month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Month {
    /// Households assigned to the member.
    pub households: u64,
    /// Those where somebody was met in the month, by whoever of the team.
    pub met: u64,
    /// Of these, those with such a visit that is not on this disk only.
    pub met_kept: u64,
    /// Of these, the others.
    pub met_waiting: u64,
}

/// A member's day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Today {
    /// The day.
    pub day: LocalDate,
    /// Who asks; null while that person's record is not here.
    pub member: Option<Name>,
    /// Where the team works, or what the team is called; empty while neither is here.
    pub place: String,
    /// The calendar month of the day.
    pub month: Month,
    /// What was to be done before the day, the latest first.
    pub overdue: Vec<Due>,
    /// What is to be done on the day.
    pub due: Vec<Due>,
    /// Households of the member where nobody was ever met, the first 20 by title.
    pub unmet: Vec<House>,
    /// How many these are.
    pub unmet_total: u64,
}

/// `today.get`
pub(crate) fn get(desk: &mut Desk<'_>, input: TodayInput) -> Called<Today> {
    lease::lists(desk.device, desk.now)?;
    let day = input.day.unwrap_or_else(|| house::today(desk));
    let me = house::me(desk)?;
    let mut houses = Houses {
        assigned: vec![Assigned::To(me.clone())],
        ..Houses::default()
    };
    let mine = desk.device.copy.shelf.store.houses(&houses)?.items;
    let ids: Vec<RecordId> = mine.iter().map(|record| record.id).collect();
    let month = month(desk, &ids, day)?;
    let (overdue, due) = due::by(desk, &me, &mine, day)?;
    houses.done = Some(Done::NeverMet);
    houses.limit = UNMET;
    let store = &desk.device.copy.shelf.store;
    let unmet_total = store.count_houses(&houses)?;
    let unmet = store.houses(&houses)?.items;
    let own = own_record(desk, me.first().copied())?;
    Ok(Today {
        day,
        place: place(desk, own.as_ref())?,
        member: own.map(|record| Name {
            id: record.id,
            name: record.row.title,
        }),
        month,
        overdue,
        due,
        unmet: Showing::new(desk, day)?.all(desk, unmet)?,
        unmet_total,
    })
}

fn month(desk: &mut Desk<'_>, houses: &[RecordId], day: LocalDate) -> Called<Month> {
    let text = day.to_string();
    let begin: String = text.chars().take(8).collect();
    let (first, last) = (format!("{begin}01"), format!("{begin}31"));
    let store = &desk.device.copy.shelf.store;
    let visits = store.met_between(houses, &first, &last)?;
    let spaces: BTreeSet<SpaceId> = visits.iter().map(|(_, space, _)| *space).collect();
    let mut standings = BTreeMap::new();
    for space in spaces {
        standings.insert(space, standing::open(desk.device, space)?);
    }
    // True once one of a household's visits is more than this disk's.
    let mut met: BTreeMap<RecordId, bool> = BTreeMap::new();
    for (house, space, visit) in visits {
        let state = standings.get(&space).map(|s| s.of(&visit));
        *met.entry(house).or_default() |= state == Some(standing::State::Kept);
    }
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let kept = count(met.values().filter(|kept| **kept).count());
    let met = count(met.len());
    Ok(Month {
        households: count(houses.len()),
        met,
        met_kept: kept,
        met_waiting: met - kept,
    })
}

fn own_record(desk: &Desk<'_>, me: Option<RecordId>) -> Called<Option<Record>> {
    let Some(me) = me else { return Ok(None) };
    let found = desk.device.copy.shelf.store.find(me)?;
    Ok(found.into_iter().find(|record| record.row.kind == "member"))
}

/// The village or commune of the member's team; without one the team's name, without a team the commune.
fn place(desk: &Desk<'_>, own: Option<&Record>) -> Called<String> {
    let store = &desk.device.copy.shelf.store;
    let commune = desk.device.commune()?;
    let mut teams: Vec<RecordId> = own
        .and_then(|record| id_in(&record.row.body, "team"))
        .into_iter()
        .collect();
    if let Some((_, certificate)) = desk.device.copy.certificate()
        && !certificate.all_spaces
    {
        let spaces = certificate.spaces.iter().map(|id| RecordId::from(*id));
        teams.extend(spaces.filter(|id| commune.is_none_or(|c| c != (*id).into())));
    }
    let mut names = Names::default();
    for team in teams {
        let Some(record) = store.find(team)?.into_iter().next() else {
            continue;
        };
        let unit = id_in(&record.row.body, "unit");
        let unit = unit.map(|unit| names.of(desk, unit)).transpose()?;
        let named = unit.map(|unit| unit.name).filter(|name| !name.is_empty());
        return Ok(named.unwrap_or(record.row.title));
    }
    match commune {
        Some(commune) => Ok(names.of(desk, commune.into())?.name),
        None => Ok(String::new()),
    }
}
