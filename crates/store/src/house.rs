//! Lists of households by what was done at their doors. Live ones at home only, in Vietnamese order.

use crate::away::AT_HOME;
use crate::error::Result;
use crate::open::Store;
use crate::pack::exact;
use crate::record::{After, Page};
use rusqlite::functions::FunctionFlags;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params_from_iter};
use std::collections::BTreeSet;
use toso_domain::id::RecordId;
use toso_domain::location::Location;

/// Who looks after a household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assigned {
    /// One of these members at least.
    To(Vec<RecordId>),
    /// Nobody.
    Nobody,
}

/// What was done at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// Nobody was ever met there.
    NeverMet,
    /// The newest visit set a day for the next one, and it is this one (ISO) or lies before it.
    DueBy(String),
}

/// Which households a list shows. `Default` is all of them, without a limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Houses {
    /// All of these hold.
    pub assigned: Vec<Assigned>,
    /// Only in one of these villages.
    pub villages: Option<Vec<RecordId>>,
    /// Only this cluster, folded.
    pub cluster: Option<String>,
    /// Only where this is so.
    pub done: Option<Done>,
    /// Only these.
    pub among: Option<Vec<RecordId>>,
    /// None of these.
    pub without: Option<Vec<RecordId>>,
    /// Records per page; 0 for no limit.
    pub limit: u32,
    /// Where the page before ended.
    pub after: Option<After>,
}

impl Store {
    /// One page of households.
    pub fn houses(&self, houses: &Houses) -> Result<Page> {
        let (mut by, mut values) = condition(houses, true);
        by.push_str(" ORDER BY r.sort_vi, r.id, r.space");
        if houses.limit > 0 {
            values.push(Sql::Integer(i64::from(houses.limit) + 1));
            by.push_str(&format!(" LIMIT ?{}", values.len()));
        }
        let mut items = self.records(&by, params_from_iter(values))?;
        let limit = usize::try_from(houses.limit).unwrap_or(usize::MAX);
        let more = limit > 0 && items.len() > limit;
        if more {
            items.truncate(limit);
        }
        let last = items.last().filter(|_| more);
        let next = last.map(|r| After {
            sort: r.row.sort.clone(),
            id: r.id,
            space: r.space,
        });
        Ok(Page { items, next })
    }

    /// The ids of all of them, whatever the page.
    pub fn house_ids(&self, houses: &Houses) -> Result<BTreeSet<RecordId>> {
        let (by, values) = condition(houses, false);
        let sql = format!("SELECT r.id FROM main.record r {by}");
        let mut get = self.connection.prepare_cached(&sql)?;
        let rows = get.query_map(params_from_iter(values), |row| {
            Ok(RecordId::from_bytes(exact(row, 0)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Households whose location is known, and it.
    pub fn locations(&self) -> Result<Vec<(RecordId, Location)>> {
        let (by, values) = condition(&Houses::default(), false);
        let sql = format!(
            "SELECT r.id, json_extract(r.body, '$.location') FROM main.record r {by}
             AND json_extract(r.body, '$.location') IS NOT NULL"
        );
        let mut get = self.connection.prepare_cached(&sql)?;
        let rows = get.query_map(params_from_iter(values), |row| {
            let at: String = row.get(1)?;
            Ok((RecordId::from_bytes(exact(row, 0)?), at.parse()))
        })?;
        let rows: Vec<_> = rows.collect::<rusqlite::Result<_>>()?;
        let known = rows.into_iter().filter_map(|(id, at)| Some((id, at.ok()?)));
        Ok(known.collect())
    }

    /// How many households there are, whatever the page.
    pub fn count_houses(&self, houses: &Houses) -> Result<u64> {
        let (by, values) = condition(houses, false);
        let sql = format!("SELECT count(*) FROM main.record r {by}");
        let mut get = self.connection.prepare_cached(&sql)?;
        let count: i64 = get.query_row(params_from_iter(values), |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}

/// Teaches SQL the domain's fold: SQLite's own lower case leaves `Đ` alone.
pub(crate) fn teach(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("toso_fold", 1, flags, |asked| {
        let given: Option<String> = asked.get(0).unwrap_or_default();
        Ok(given.map(|text| toso_domain::text::fold(&text)))
    })?;
    Ok(())
}

/// True in SQL for a live record of the alias.
pub(crate) fn live(alias: &str) -> String {
    format!(
        "{alias}.deleted IS NULL AND {alias}.merged_into IS NULL AND NOT EXISTS
         (SELECT 1 FROM main.away w WHERE w.space = {alias}.space AND w.id = {alias}.id)"
    )
}

/// Ids as the JSON list of hex that `unhex(value)` reads out of `json_each`.
pub(crate) fn hex_list<'a>(ids: impl IntoIterator<Item = &'a RecordId>) -> Sql {
    let hex = |id: &RecordId| {
        let digits: String = id.as_bytes().iter().map(|b| format!("{b:02x}")).collect();
        format!("\"{digits}\"")
    };
    let all: Vec<String> = ids.into_iter().map(hex).collect();
    Sql::Text(format!("[{}]", all.join(",")))
}

/// A visit at the household `r` or at one merged into it. The walk along mergers is for those few that have any.
fn at_door(what: &str, wanted: &str) -> (String, String) {
    let plain = format!(
        "SELECT {what} FROM main.record v WHERE v.door = r.id AND v.kind = 'visit' AND {} {wanted}",
        live("v")
    );
    let merged = format!(
        "WITH RECURSIVE d (id) AS (SELECT r.id UNION
            SELECT m.id FROM d JOIN main.record m ON m.merged_into = d.id)
         SELECT {what} FROM d CROSS JOIN main.record v WHERE v.door = d.id AND v.kind = 'visit' AND {} {wanted}",
        live("v")
    );
    (plain, merged)
}

const MERGED_HERE: &str = "EXISTS (SELECT 1 FROM main.record m WHERE m.merged_into = r.id)";

fn done(done: &Done, bind: &mut impl FnMut(Sql) -> String) -> String {
    match done {
        Done::NeverMet => {
            let (plain, merged) = at_door("1", "AND v.met = 1");
            format!(
                "NOT EXISTS ({plain}) AND NOT CASE WHEN {MERGED_HERE} THEN EXISTS ({merged}) ELSE 0 END"
            )
        }
        Done::DueBy(day) => {
            let (plain, merged) = at_door("v.next_on", "ORDER BY v.day DESC, v.id DESC LIMIT 1");
            let day = bind(Sql::Text(day.clone()));
            format!("CASE WHEN {MERGED_HERE} THEN ({merged}) ELSE ({plain}) END <= {day}")
        }
    }
}

fn assigned(assigned: &Assigned, bind: &mut impl FnMut(Sql) -> String) -> String {
    match assigned {
        Assigned::To(members) => {
            let members = bind(hex_list(members));
            format!(
                "r.no IN (SELECT f.no FROM json_each({members}) j
                 JOIN main.record_ref f ON f.target = unhex(j.value) AND f.field = 'assigned')"
            )
        }
        Assigned::Nobody => "NOT EXISTS (SELECT 1 FROM main.record_ref f
             WHERE f.no = r.no AND f.field = 'assigned')"
            .into(),
    }
}

/// The condition and its values.
pub(crate) fn condition(houses: &Houses, paged: bool) -> (String, Vec<Sql>) {
    let mut values: Vec<Sql> = Vec::new();
    let mut bind = |value: Sql| {
        values.push(value);
        format!("?{}", values.len())
    };
    // With a short list at hand that is read and put in order; the plus keeps SQLite from walking all households.
    let short = houses.villages.is_some()
        || houses.among.is_some()
        || houses.assigned.iter().any(|one| *one != Assigned::Nobody);
    let kind = if short { "+r.kind" } else { "r.kind" };
    let mut wanted = vec![
        format!("{kind} = 'household' AND r.deleted IS NULL AND r.merged_into IS NULL"),
        AT_HOME.to_owned(),
    ];
    for one in &houses.assigned {
        wanted.push(assigned(one, &mut bind));
    }
    if let Some(villages) = &houses.villages {
        let villages = bind(hex_list(villages));
        wanted.push(format!(
            "r.no IN (SELECT f.no FROM json_each({villages}) j
             JOIN main.record_ref f ON f.target = unhex(j.value) AND f.field = 'village')"
        ));
    }
    if let Some(cluster) = &houses.cluster {
        let cluster = bind(Sql::Text(cluster.clone()));
        wanted.push(format!(
            "instr(r.fold, {cluster}) > 0 AND toso_fold(json_extract(r.body, '$.cluster')) = {cluster}"
        ));
    }
    if let Some(among) = &houses.among {
        let ids = bind(hex_list(among));
        wanted.push(format!(
            "r.no IN (SELECT o.no FROM json_each({ids}) j JOIN main.document o ON o.id = unhex(j.value))"
        ));
    }
    if let Some(without) = &houses.without {
        let ids = bind(hex_list(without));
        wanted.push(format!(
            "r.no NOT IN (SELECT o.no FROM json_each({ids}) j JOIN main.document o ON o.id = unhex(j.value))"
        ));
    }
    if let Some(what) = &houses.done {
        wanted.push(done(what, &mut bind));
    }
    if let Some(after) = houses.after.as_ref().filter(|_| paged) {
        let sort = bind(Sql::Blob(after.sort.clone()));
        let id = bind(Sql::Blob(after.id.as_bytes().to_vec()));
        let space = bind(Sql::Blob(after.space.as_bytes().to_vec()));
        wanted.push(format!(
            "(r.sort_vi, r.id, r.space) > ({sort}, {id}, {space})"
        ));
    }
    (format!("WHERE {}", wanted.join(" AND ")), values)
}
