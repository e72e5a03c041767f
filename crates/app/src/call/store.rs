//! `store.list`: digital stores, each by its latest check.

use crate::app::Desk;
use crate::economy::{self, Shop, Standings};
use crate::error::Called;
use crate::house::{self, Name, Names};
use crate::lease;
use crate::standing::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toso_domain::economy::{STORE_DAYS, Trade, latest, trade_on};
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::sort;
use toso_domain::time::LocalDate;

/// Input of `store.list`.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StoreInput {
    /// The day, ISO; today by this device's clock unless said.
    pub day: Option<LocalDate>,
    /// Stores of one household only, under every id that was merged into it.
    pub household: Option<RecordId>,
}

/// How a store stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StoreTrade {
    /// Seen selling within 180 days.
    Active,
    /// Open, and not seen selling.
    Dormant,
    /// Nobody looked at it yet.
    Unseen,
    /// Closed, or found stopped.
    Stopped,
}

/// A digital store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StoreRow {
    /// Its id.
    pub id: RecordId,
    /// Its space.
    pub space: SpaceId,
    /// Its name.
    pub title: String,
    /// Its household: the one that stands, where several were merged.
    pub household: Option<Name>,
    /// Code of what it sells.
    pub sector: Option<String>,
    /// Day it was opened.
    pub opened_on: Option<LocalDate>,
    /// How it stands on the day.
    pub trade: StoreTrade,
    /// Code of how far it is, by the latest check.
    pub level: Option<String>,
    /// Code of how busy it is, by that check.
    pub state: Option<String>,
    /// Code of its orders in 90 days, by that check.
    pub orders: Option<String>,
    /// Day of that check.
    pub checked_on: Option<LocalDate>,
    /// Days it still holds; below 0 when it no longer does.
    pub days_left: Option<i64>,
    /// Where its changes are, and those of its checks.
    pub sync: State,
}

/// Stores as of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Stores {
    /// The day.
    pub day: LocalDate,
    /// Stores that are open.
    pub open: u32,
    /// Of these, active ones.
    pub active: u32,
    /// All of them, by the Vietnamese alphabet.
    pub items: Vec<StoreRow>,
}

/// `store.list`
pub(crate) fn list(desk: &mut Desk<'_>, input: StoreInput) -> Called<Stores> {
    lease::lists(desk.device, desk.now)?;
    let day = input.day.unwrap_or_else(|| house::today(desk));
    let all = economy::shops(desk)?;
    let standings = Standings::read(desk)?;
    let wanted = input
        .household
        .map(|id| house::stands(desk, id))
        .transpose()?;
    let mut names = Names::default();
    let mut items = Vec::new();
    for one in &all {
        let household = match one.row.id("household") {
            Some(id) => Some(house::stands(desk, id)?),
            None => None,
        };
        if wanted.is_none() || wanted == household {
            let household = household.map(|id| names.of(desk, id)).transpose()?;
            items.push(row(one, household, day, &standings));
        }
    }
    items.sort_by_cached_key(|one| (sort::text_key(&one.title), one.id));
    let count = |is: fn(StoreTrade) -> bool| {
        let found = items.iter().filter(|one| is(one.trade)).count();
        u32::try_from(found).unwrap_or(u32::MAX)
    };
    Ok(Stores {
        day,
        open: count(|trade| trade != StoreTrade::Stopped),
        active: count(|trade| trade == StoreTrade::Active),
        items,
    })
}

fn row(one: &Shop, household: Option<Name>, day: LocalDate, standings: &Standings) -> StoreRow {
    let look = latest(&one.looks, day);
    let records = one.checks.iter().map(economy::Row::own_id);
    let checked_on = look.map(|look| look.on);
    StoreRow {
        id: one.row.own_id(),
        space: one.row.space(),
        title: one.row.text("title"),
        household,
        sector: one.row.some("sector"),
        opened_on: one.row.day("opened_on"),
        trade: match trade_on(one.row.day("closed_on"), &one.looks, day) {
            Trade::Active => StoreTrade::Active,
            Trade::Dormant => StoreTrade::Dormant,
            Trade::Unseen => StoreTrade::Unseen,
            Trade::Stopped => StoreTrade::Stopped,
        },
        level: look.map(|look| look.found.level.clone()),
        state: look.map(|look| look.found.state.clone()),
        orders: look.and_then(|look| look.found.orders.clone()),
        checked_on,
        days_left: checked_on.map(|on| STORE_DAYS - day.days_since(on)),
        sync: standings.of(one.row.space(), records.chain([one.row.own_id()])),
    }
}
