//! `product.months`, `store.months`, `event.months`: figures of the last months, of the member asking or of all this device
//! holds.
//!
//! Months are calendar months of the days people wrote down, which are local days of +07:00; the last one ends on the day
//! asked for. Records that were deleted or merged away are not counted, nor is what lies after that day. A member's figures
//! follow who did the work, by the records themselves: who is named there as helper, as the one who looked, as presenter; who
//! wrote it down decides nothing.

pub mod event;
pub mod product;
pub mod store;

use crate::app::Desk;
use crate::error::Called;
use crate::{house, lease};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toso_domain::id::RecordId;
use toso_domain::months::{Month, months};
use toso_domain::time::LocalDate;

/// Months unless said.
const USUAL: u32 = 6;
/// The most at once.
const MOST: u32 = 24;

/// Input of `product.months`, `store.months` and `event.months`.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MonthsInput {
    /// The day they end on, ISO; today by this device's clock unless said.
    pub day: Option<LocalDate>,
    /// How many months, that of the day among them: 1 to 24, 6 unless said; others are taken for the nearest of these.
    pub months: Option<u32>,
    /// Only what the member asking did.
    #[serde(default)]
    pub mine: bool,
}

/// A calendar month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OfMonth {
    /// `YYYY-MM`.
    pub month: String,
    /// The day its figures stand for: its last, or the day asked for.
    pub until: LocalDate,
    /// Whether it is over by then.
    pub whole: bool,
}

impl From<&Month> for OfMonth {
    fn from(month: &Month) -> Self {
        Self {
            month: month.name(),
            until: month.until,
            whole: month.whole,
        }
    }
}

/// What was asked for.
struct Asked {
    day: LocalDate,
    months: Vec<Month>,
    /// The member asking, under every id of theirs; none when all is asked for.
    me: Option<Vec<RecordId>>,
}

impl Asked {
    fn read(desk: &mut Desk<'_>, input: MonthsInput) -> Called<Self> {
        lease::lists(desk.device, desk.now)?;
        let day = input.day.unwrap_or_else(|| house::today(desk));
        let count = input.months.unwrap_or(USUAL).clamp(1, MOST);
        Ok(Self {
            day,
            months: months(day, count),
            me: input.mine.then(|| house::me(desk)).transpose()?,
        })
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
