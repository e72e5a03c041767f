//! `month.mine`: what the member asking did in a calendar month, and how many lines each book holds.

use crate::app::Desk;
use crate::error::Called;
use crate::house;
use crate::kind::KINDS;
use crate::lease;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use toso_domain::id::RecordId;
use toso_domain::time::LocalDate;

/// Input of `month.mine`.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MonthInput {
    /// A day of the month, ISO; today by this device's clock unless said.
    pub day: Option<LocalDate>,
}

/// A member's month. Records that were deleted or merged away are not counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OwnMonth {
    /// `YYYY-MM`.
    pub month: String,
    /// Visits the member took part in.
    pub visits: u64,
    /// Households where somebody was met in one of them.
    pub households_met: u64,
    /// Acts of help.
    pub helps: u64,
    /// Those of them that succeeded: the person alone, or with help.
    pub helps_done: u64,
    /// Turns on duty.
    pub duties: u64,
    /// Working days written down.
    pub days: u64,
    /// Their hours.
    pub hours: u64,
    /// Trainings taken.
    pub trainings: u64,
    /// Complaints and needs heard.
    pub feedback: u64,
    /// Lines here of every kind, whoever wrote them and whenever.
    pub lines: BTreeMap<String, u64>,
}

/// What succeeded (`outcome` of the catalog of the same name).
const DONE: &str = "('tu_lam_duoc', 'co_ho_tro')";
/// Whom a visit met.
const MET: &str = "('gap_chu_ho', 'gap_thanh_vien')";

/// `month.mine`
pub(crate) fn mine(desk: &mut Desk<'_>, input: MonthInput) -> Called<OwnMonth> {
    lease::lists(desk.device, desk.now)?;
    let day = input.day.unwrap_or_else(|| house::today(desk)).to_string();
    let month: String = day.chars().take(7).collect();
    let me = house::me(desk)?;
    let of = Of {
        desk,
        me: &me,
        month: &month,
    };
    let visits = of.sum(
        "visit",
        "members",
        &format!(
            "count(*) AS a, count(DISTINCT CASE WHEN contact IN {MET} THEN household END) AS b"
        ),
    )?;
    let helps = format!("count(*) AS a, count(CASE WHEN outcome IN {DONE} THEN 1 END) AS b");
    let helps = of.sum("assistance", "members", &helps)?;
    let days = of.sum("activity_day", "member", "count(*) AS a, sum(hours) AS b")?;
    let count = |kind| of.sum(kind, "members", "count(*) AS a, 0 AS b");
    Ok(OwnMonth {
        visits: visits.0,
        households_met: visits.1,
        helps: helps.0,
        helps_done: helps.1,
        duties: count("duty")?.0,
        days: days.0,
        hours: days.1,
        trainings: count("training")?.0,
        feedback: count("feedback")?.0,
        lines: lines(desk)?,
        month,
    })
}

struct Of<'a, 'd> {
    desk: &'a Desk<'d>,
    me: &'a [RecordId],
    month: &'a str,
}

impl Of<'_, '_> {
    /// Two figures over the member's records of a kind in the month; `field` names the member, alone or among others.
    fn sum(&self, kind: &str, field: &str, figures: &str) -> Called<(u64, u64)> {
        let me: Vec<String> = self.me.iter().map(RecordId::to_string).collect();
        // A set stands as a JSON array, one member as plain text.
        let among = format!(
            "EXISTS (SELECT 1 FROM json_each(?2) AS me WHERE CASE WHEN json_valid(\"{field}\")
               THEN me.value IN (SELECT value FROM json_each(\"{field}\")) ELSE me.value = \"{field}\" END)"
        );
        let sql =
            format!("SELECT {figures} FROM \"{kind}\" WHERE substr(day, 1, 7) = ?1 AND {among}");
        let values = [self.month.into(), Value::from(me).to_string().into()];
        let rows = self.desk.device.copy.shelf.store.query(&sql, &values)?;
        let figure = |name: &str| {
            rows.first()
                .and_then(|row| row.get(name)?.as_u64())
                .unwrap_or(0)
        };
        Ok((figure("a"), figure("b")))
    }
}

fn lines(desk: &Desk<'_>) -> Called<BTreeMap<String, u64>> {
    let sql = "SELECT kind, count(*) AS n FROM main.record WHERE deleted IS NULL AND merged_into IS NULL GROUP BY kind";
    let read = |row: &Map<String, Value>| {
        let kind = row.get("kind")?.as_str()?;
        let known = KINDS.iter().any(|known| known.name == kind);
        known.then(|| Some((kind.to_owned(), row.get("n")?.as_u64()?)))?
    };
    let rows = desk.device.copy.shelf.store.query(sql, &[])?;
    Ok(rows.iter().filter_map(read).collect())
}
