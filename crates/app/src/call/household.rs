//! `household.list`: the screen *Hộ* in one answer.

use crate::app::Desk;
use crate::error::Called;
use crate::house::{self, Homes, House, Showing, as_one};
use crate::lease;
use crate::standing::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::id::RecordId;
use toso_domain::location::Location;
use toso_domain::{phone, text};
use toso_store::{After, Assigned, Done, Houses, Search};

/// Households of a page when the caller names no number.
const PAGE: u32 = 50;
/// Households of a page at most.
const PAGE_MAX: u32 = 1_000;
/// Hits of a search that are looked at, best first, of households and again of people.
const HITS: u32 = 2_000;

/// Whose households.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Those assigned to the member asking.
    Mine,
    /// All that this device holds.
    #[default]
    All,
}

/// What a household must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// Nobody was ever met there.
    Unmet,
    /// The day of the next visit has come.
    Revisit,
    /// Something of it, or done there, is on this disk only.
    Waiting,
    /// A field has several current values.
    Clash,
    /// Somebody there is not known to have VNeID at level 2.
    NoVneid,
    /// A household business, or one that was seen to sell online.
    Sells,
}

/// Who a household is assigned to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum AssignedTo {
    /// A member.
    Member(RecordId),
    /// `"nobody"`.
    Nobody(Nobody),
}

/// The word for nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Nobody {
    /// Nobody.
    Nobody,
}

/// Input of `household.list`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HouseholdInput {
    /// Words of the household or of its people, with or without tone marks, or a phone; the last may be only begun.
    pub text: Option<String>,
    /// Whose.
    #[serde(default)]
    pub scope: Scope,
    /// What it must be.
    pub filter: Option<Filter>,
    /// Only this cluster, tone marks and case aside.
    pub cluster: Option<String>,
    /// Only this village.
    pub village: Option<RecordId>,
    /// Only those of a member, or of `"nobody"`.
    pub assigned_to: Option<AssignedTo>,
    /// Where the person stands: only households whose location is known, the nearest first; with `text` what was found, the
    /// nearest first.
    pub near: Option<Location>,
    /// Households a page, 50 unless said, 1,000 at most.
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub after: Option<String>,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HousePage {
    /// Households: by title, the best found first, or the nearest.
    pub items: Vec<House>,
    /// Where the next page begins; null at the end.
    pub next: Option<String>,
    /// How many there are on all pages; a search looks at the 2,000 best hits.
    pub total: u64,
}

/// `household.list`
pub(crate) fn list(desk: &mut Desk<'_>, input: HouseholdInput) -> Called<HousePage> {
    lease::lists(desk.device, desk.now)?;
    let after = crate::device::after(input.after.as_deref())?;
    let mut showing = Showing::new(desk, house::today(desk))?;
    let houses = wanted(desk, &input, &showing)?;
    let limit = input.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX);
    let typed = input.text.as_deref().unwrap_or_default();
    let words = text::fold(typed);
    if words.is_empty() && input.near.is_none() {
        return plain(desk, &mut showing, houses, limit, after);
    }
    let away = input.near.map(|here| metres(desk, here)).transpose()?;
    let away = away.unwrap_or_default();
    let mut hits = if words.is_empty() {
        away.keys().map(|id| (*id, None)).collect()
    } else {
        hits(desk, typed, &words)?
    };
    // What was found and is not known to be near comes after what is; without a place all stay as they were.
    hits.sort_by_key(|(id, _)| away.get(id).copied().unwrap_or(u32::MAX));
    let mut page = found(desk, &mut showing, houses, hits, limit, after.as_ref())?;
    for house in &mut page.items {
        house.away_m = away.get(&house.id).copied();
    }
    Ok(page)
}

/// A page in the order of names.
fn plain(
    desk: &Desk<'_>,
    showing: &mut Showing,
    mut houses: Houses,
    limit: u32,
    after: Option<After>,
) -> Called<HousePage> {
    houses.limit = limit;
    houses.after = after;
    let store = &desk.device.copy.shelf.store;
    let total = store.count_houses(&houses)?;
    let page = store.houses(&houses)?;
    Ok(HousePage {
        items: showing.all(desk, page.items)?,
        next: page.next.map(|next| next.to_text()),
        total,
    })
}

/// What the store is asked for, before words and pages.
fn wanted(desk: &Desk<'_>, input: &HouseholdInput, showing: &Showing) -> Called<Houses> {
    let mut houses = Houses::default();
    if input.scope == Scope::Mine {
        houses.assigned.push(Assigned::To(house::me(desk)?));
    }
    let commune = desk.device.commune()?;
    let all_of = |id: RecordId| match commune {
        Some(commune) => as_one(desk, commune, id),
        None => Ok(vec![id]),
    };
    match input.assigned_to {
        Some(AssignedTo::Member(member)) => {
            houses.assigned.push(Assigned::To(all_of(member)?));
        }
        Some(AssignedTo::Nobody(_)) => houses.assigned.push(Assigned::Nobody),
        None => {}
    }
    houses.villages = input.village.map(all_of).transpose()?;
    let cluster = input.cluster.as_deref().map(text::fold);
    houses.cluster = cluster.filter(|cluster| !cluster.is_empty());
    match input.filter {
        Some(Filter::Unmet) => houses.done = Some(Done::NeverMet),
        Some(Filter::Revisit) => {
            houses.done = Some(Done::DueBy(house::today(desk).to_string()));
        }
        Some(Filter::Waiting) => houses.among = Some(showing.in_state(State::Waiting)),
        Some(Filter::Clash) => {
            let mut ids = Vec::new();
            for space in desk.device.spaces()? {
                let clashing = desk.device.copy.shelf.store.clashing(space)?;
                ids.extend(clashing.iter().map(|record| record.id));
            }
            houses.among = Some(ids);
        }
        Some(Filter::NoVneid) => houses.without = Some(all_at(desk, "vneid", "muc_2")?),
        Some(Filter::Sells) => {
            let store = &desk.device.copy.shelf.store;
            let mut ids = store.houses_of_kind("ho_kinh_doanh")?;
            let homes = Homes::read(desk)?;
            let seen = store.latest_status("online_sell_12m")?.into_iter();
            ids.extend(seen.filter(|(_, v)| v == "co").map(|(id, _)| homes.of(id)));
            houses.among = Some(ids);
        }
        None => {}
    }
    Ok(houses)
}

/// Households where everybody observed in a topic is at that value; those where nobody was are none.
fn all_at(desk: &Desk<'_>, topic: &str, value: &str) -> Called<Vec<RecordId>> {
    let homes = Homes::read(desk)?;
    let mut all: BTreeMap<RecordId, bool> = BTreeMap::new();
    for (door, latest) in desk.device.copy.shelf.store.latest_status(topic)? {
        *all.entry(homes.of(door)).or_insert(true) &= latest == value;
    }
    Ok(all
        .into_iter()
        .filter(|(_, at)| *at)
        .map(|(id, _)| id)
        .collect())
}

/// Households in the order a search found them, each with the person it was found by.
type Hits = Vec<(RecordId, Option<String>)>;

/// The households' own words first, then those of their people; each by rank.
fn hits(desk: &Desk<'_>, typed: &str, words: &str) -> Called<Hits> {
    let store = &desk.device.copy.shelf.store;
    // A phone is kept in words as people dial it.
    let dialled = phone::e164(typed).map(|number| number.replace("+84", "0"));
    let search = |kind: &str| Search {
        text: dialled.clone().unwrap_or_else(|| words.to_owned()),
        kinds: vec![kind.to_owned()],
        limit: HITS,
        ..Search::default()
    };
    let mut order: Hits = Vec::new();
    let mut seen = BTreeSet::new();
    for hit in store.search(&search("household"))? {
        if seen.insert(hit.id) {
            order.push((hit.id, None));
        }
    }
    let people = store.search(&search("citizen"))?;
    let ids: Vec<RecordId> = people.iter().map(|hit| hit.id).collect();
    let doors = store.doors_of(&ids)?;
    let homes = Homes::read(desk)?;
    for hit in people {
        let Some(door) = doors.get(&hit.id) else {
            continue;
        };
        let house = homes.of(*door);
        if seen.insert(house) {
            order.push((house, Some(hit.title)));
        }
    }
    Ok(order)
}

/// How far away each household is whose location is known.
fn metres(desk: &Desk<'_>, here: Location) -> Called<BTreeMap<RecordId, u32>> {
    let known = desk.device.copy.shelf.store.locations()?.into_iter();
    Ok(known.map(|(id, at)| (id, at.metres_to(here))).collect())
}

/// A page of what was found. The order is not kept between two pages: the next one begins after the household the last
/// one ended with, or, when that is found no more, at its place.
fn found(
    desk: &Desk<'_>,
    showing: &mut Showing,
    mut houses: Houses,
    hits: Hits,
    limit: u32,
    after: Option<&After>,
) -> Called<HousePage> {
    let store = &desk.device.copy.shelf.store;
    if houses.among.is_none() {
        houses.among = Some(hits.iter().map(|(id, _)| *id).collect());
    }
    let right = store.house_ids(&houses)?;
    let order: Hits = hits
        .into_iter()
        .filter(|(id, _)| right.contains(id))
        .collect();
    let begin = after.map_or(0, |after| {
        let at = order.iter().position(|(id, _)| *id == after.id);
        at.map_or_else(|| place(&after.sort), |at| at + 1)
    });
    let size = usize::try_from(limit).unwrap_or(usize::MAX);
    let page = order.iter().skip(begin).take(size);
    let page: BTreeMap<RecordId, (usize, &Option<String>)> = (begin..)
        .zip(page)
        .map(|(at, (id, by))| (*id, (at, by)))
        .collect();
    let end = begin + page.len();
    let mut records = store
        .houses(&Houses {
            among: Some(page.keys().copied().collect()),
            ..Houses::default()
        })?
        .items;
    records.sort_by_key(|record| page.get(&record.id).map(|(at, _)| *at));
    let last = records.last().filter(|_| end < order.len());
    let next = last.map(|record| After {
        sort: u32::try_from(end).unwrap_or(u32::MAX).to_be_bytes().into(),
        id: record.id,
        space: record.space,
    });
    let mut items = showing.all(desk, records)?;
    for item in &mut items {
        item.found_by = page.get(&item.id).and_then(|(_, by)| (*by).clone());
    }
    Ok(HousePage {
        items,
        next: next.map(|next| next.to_text()),
        total: u64::try_from(order.len()).unwrap_or(u64::MAX),
    })
}

fn place(sort: &[u8]) -> usize {
    let bytes: Option<[u8; 4]> = sort.try_into().ok();
    let place = bytes.map(u32::from_be_bytes);
    place.and_then(|p| usize::try_from(p).ok()).unwrap_or(0)
}
