//! `store.months`: digital stores by how they trade and how far they are.

use super::product::in_order;
use super::{Asked, MonthsInput, OfMonth};
use crate::app::Desk;
use crate::economy::{self, Row, Shop};
use crate::error::Called;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use toso_domain::economy::{Trade, latest, trade_on};
use toso_domain::id::RecordId;
use toso_domain::time::LocalDate;

/// Open stores on a day, by how they trade as `store.list` tells it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Trading {
    /// Seen selling within 180 days (the numerator of C03).
    pub active: u32,
    /// Looked at, and not seen selling by the latest look of 180 days.
    pub dormant: u32,
    /// Nobody looked yet.
    pub unseen: u32,
}

impl Trading {
    fn add(&mut self, trade: Trade) {
        match trade {
            Trade::Active => self.active += 1,
            Trade::Dormant => self.dormant += 1,
            Trade::Unseen => self.unseen += 1,
            Trade::Stopped => {}
        }
    }
}

/// Stores at the end of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StoreMonth {
    /// The month.
    #[serde(flatten)]
    pub of: OfMonth,
    /// Those open at its end. A store is there from the day it was opened; where nobody knows that day, from its first look
    /// or the day it was written down, whichever came first. Of a member: those they are named on as helper, and from their
    /// first look at it on those they looked at; how it trades is told by all looks.
    #[serde(flatten)]
    pub stores: Trading,
}

/// Open stores of a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Level {
    /// Code of `store_level`, by the latest look; null where nobody looked yet.
    pub level: Option<String>,
    /// Those stores.
    #[serde(flatten)]
    pub stores: Trading,
}

/// Stores over the months.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StoreMonths {
    /// The day the last month ends on.
    pub day: LocalDate,
    /// The months, the oldest first.
    pub months: Vec<StoreMonth>,
    /// Stores open on that day by level, the furthest last, then those nobody looked at; levels without one are left out.
    pub levels: Vec<Level>,
}

/// `store.months`
pub(crate) fn months(desk: &mut Desk<'_>, input: MonthsInput) -> Called<StoreMonths> {
    let asked = Asked::read(desk, input)?;
    let all = economy::shops(desk)?;
    let me = asked.me.as_deref();
    let on = |day: LocalDate| {
        let there = move |one: &&Shop| begins(one).is_none_or(|begin| begin <= day);
        let open = all.iter().filter(there);
        open.filter(move |one| is_of(one, me, day))
            .map(move |one| (one, trade_on(one.row.day("closed_on"), &one.looks, day)))
    };
    let months = asked.months.iter().map(|month| {
        let mut stores = Trading::default();
        on(month.until).for_each(|(_, trade)| stores.add(trade));
        StoreMonth {
            of: month.into(),
            stores,
        }
    });
    Ok(StoreMonths {
        day: asked.day,
        months: months.collect(),
        levels: levels(on(asked.day), asked.day),
    })
}

/// The first day a store is there; nothing where that cannot be told, and it always was.
fn begins(one: &Shop) -> Option<LocalDate> {
    let written = Some(one.row.written()).filter(|at| *at > 0);
    let looks = one.looks.iter().map(|look| look.on);
    let known = looks.chain(written.map(LocalDate::from_millis)).min();
    one.row.day("opened_on").or(known)
}

/// Whether a store is asked for as of a day.
fn is_of(one: &Shop, me: Option<&[RecordId]>, day: LocalDate) -> bool {
    let Some(me) = me else { return true };
    let looked = |look: &Row| {
        look.names_one_of("members", me) && look.day("checked_on").is_some_and(|on| on <= day)
    };
    one.row.names_one_of("members", me) || one.checks.iter().any(looked)
}

fn levels<'a>(stores: impl Iterator<Item = (&'a Shop, Trade)>, day: LocalDate) -> Vec<Level> {
    let mut found: BTreeMap<String, Trading> = BTreeMap::new();
    let mut unseen = Trading::default();
    for (one, trade) in stores.filter(|(_, trade)| *trade != Trade::Stopped) {
        match latest(&one.looks, day) {
            Some(look) => found
                .entry(look.found.level.clone())
                .or_default()
                .add(trade),
            None => unseen.add(trade),
        }
    }
    let known = in_order("store_level", found.keys());
    let mut out: Vec<Level> = known
        .into_iter()
        .filter_map(|level| {
            let stores = found.get(&level).copied()?;
            Some(Level {
                level: Some(level),
                stores,
            })
        })
        .collect();
    if unseen.unseen > 0 {
        out.push(Level {
            level: None,
            stores: unseen,
        });
    }
    out
}
