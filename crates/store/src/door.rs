//! What was done at doors: for many households at once, through the index of doors and through mergers.

use crate::away::AT_HOME;
use crate::error::Result;
use crate::house::{hex_list, live};
use crate::open::Store;
use crate::pack::exact;
use rusqlite::types::{Value as Sql, ValueRef};
use rusqlite::{Row, params_from_iter};
use std::collections::BTreeMap;
use toso_domain::id::{RecordId, SpaceId};

/// A dated record at a household's door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtDoor {
    /// The household it counts for; the one asked for, when it names one that was merged into it. `None` at no known door.
    pub house: Option<RecordId>,
    /// Its space.
    pub space: SpaceId,
    /// Its id.
    pub id: RecordId,
    /// Its kind.
    pub kind: String,
    /// Its day, ISO; empty when unreadable.
    pub day: String,
    /// Day to come again, ISO.
    pub next_on: Option<String>,
    /// Of a visit, code of whom they met; of help, code of what with.
    pub what: Option<String>,
    /// Of help, whom.
    pub citizen: Option<RecordId>,
}

/// Households asked for with every door that leads to them.
const DOORS: &str = "WITH RECURSIVE d (house, door) AS (
    SELECT unhex(value), unhex(value) FROM json_each(?1)
    UNION SELECT d.house, m.id FROM d JOIN main.record m ON m.merged_into = d.door)";
/// Columns of [`AtDoor`] after the household.
const COLUMNS: &str = "v.space, v.id, v.kind, coalesce(v.day, ''), v.next_on,
    json_extract(v.body, CASE v.kind WHEN 'visit' THEN '$.contact' ELSE '$.category' END),
    unhex(replace(json_extract(v.body, '$.citizen'), '-', ''))";

/// The statement behind [`Store::last_visits`].
pub(crate) fn last_visits_sql() -> String {
    format!(
        "{DOORS} SELECT d.house, {COLUMNS} FROM d CROSS JOIN main.record v ON v.no =
         (SELECT x.no FROM main.record x WHERE x.door = d.door AND x.kind = 'visit' AND {}
          ORDER BY x.day DESC, x.id DESC LIMIT 1)",
        live("x")
    )
}

/// The statement behind [`Store::met_between`].
pub(crate) fn met_between_sql() -> String {
    format!(
        "{DOORS} SELECT d.house, v.space, v.id FROM d CROSS JOIN main.record v
         WHERE v.door = d.door AND v.kind = 'visit' AND v.day BETWEEN ?2 AND ?3 AND v.met = 1 AND {}",
        live("v")
    )
}

/// The statement behind [`Store::at_doors`].
pub(crate) fn at_doors_sql() -> String {
    format!(
        "{DOORS} SELECT d.house, {COLUMNS} FROM d CROSS JOIN main.record v
         WHERE v.door = d.door AND v.kind = ?2 AND {}",
        live("v")
    )
}

/// The statement behind [`Store::help_of_visits`].
pub(crate) fn help_of_visits_sql() -> String {
    format!(
        "{DOORS} SELECT d.house, {COLUMNS} FROM d CROSS JOIN main.record o
         CROSS JOIN main.record_ref f CROSS JOIN main.record v ON v.no = f.no
         WHERE o.door = d.door AND o.kind = 'visit' AND {} AND f.target = o.id AND f.field = 'visit'
         AND v.kind = 'assistance' AND v.door IS NULL AND {}",
        live("o"),
        live("v")
    )
}

/// The statement behind [`Store::help_to`].
pub(crate) fn help_to_sql() -> String {
    format!(
        "SELECT v.door, {COLUMNS} FROM json_each(?1) j
         CROSS JOIN main.record_ref f ON f.target = unhex(j.value) AND f.field = 'citizen'
         CROSS JOIN main.record v ON v.no = f.no
         WHERE v.kind = 'assistance' AND {}",
        live("v")
    )
}

/// The statement behind [`Store::promised_by`].
pub(crate) fn promised_by_sql() -> String {
    format!(
        "SELECT v.door, {COLUMNS} FROM json_each(?1) j
         CROSS JOIN main.record_ref f ON f.target = unhex(j.value) AND f.field = 'members'
         CROSS JOIN main.record v ON v.no = f.no
         WHERE v.kind IN ('visit', 'assistance') AND v.next_on <= ?2 AND {}",
        live("v")
    )
}

/// The statement behind [`Store::doors_of`].
pub(crate) fn doors_of_sql() -> String {
    "SELECT o.id, CASE o.kind WHEN 'household' THEN o.id ELSE coalesce(o.door,
         (SELECT v.door FROM main.record_ref f CROSS JOIN main.document s ON s.id = f.target
          CROSS JOIN main.record v ON v.no = s.no
          WHERE f.no = o.no AND f.field = 'visit' AND v.kind = 'visit' LIMIT 1)) END
     FROM json_each(?1) j CROSS JOIN main.document t ON t.id = unhex(j.value)
     CROSS JOIN main.record o ON o.no = t.no"
        .to_owned()
}

/// The statement behind [`Store::mergers`].
pub(crate) fn mergers_sql() -> String {
    format!(
        "SELECT r.id, r.merged_into FROM main.record r WHERE r.merged_into IS NOT NULL AND {AT_HOME}"
    )
}

impl Store {
    /// The newest live visit at each household; those never visited are left out. Among visits of one day the one with
    /// the greater id is newer: ids of version 7 grow with time.
    pub fn last_visits(&self, houses: &[RecordId]) -> Result<BTreeMap<RecordId, AtDoor>> {
        let mut found: BTreeMap<RecordId, AtDoor> = BTreeMap::new();
        for visit in self.doors(&last_visits_sql(), vec![hex_list(houses)])? {
            let Some(house) = visit.house else { continue };
            let newer = found
                .get(&house)
                .is_none_or(|held| (&held.day, held.id) < (&visit.day, visit.id));
            if newer {
                found.insert(house, visit);
            }
        }
        Ok(found)
    }

    /// Visits at which somebody of the household was met, from one ISO day through another: household, space and id.
    pub fn met_between(
        &self,
        houses: &[RecordId],
        first: &str,
        last: &str,
    ) -> Result<Vec<(RecordId, SpaceId, RecordId)>> {
        let values = vec![
            hex_list(houses),
            Sql::Text(first.to_owned()),
            Sql::Text(last.to_owned()),
        ];
        let mut get = self.connection.prepare_cached(&met_between_sql())?;
        let rows = get.query_map(params_from_iter(values), |row| {
            Ok((
                RecordId::from_bytes(exact(row, 0)?),
                SpaceId::from_bytes(exact(row, 1)?),
                RecordId::from_bytes(exact(row, 2)?),
            ))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Live records of a kind that name the households or what was merged into them.
    pub fn at_doors(&self, houses: &[RecordId], kind: &str) -> Result<Vec<AtDoor>> {
        self.doors(
            &at_doors_sql(),
            vec![hex_list(houses), Sql::Text(kind.to_owned())],
        )
    }

    /// Live help that names no household, but a visit at one of these.
    pub fn help_of_visits(&self, houses: &[RecordId]) -> Result<Vec<AtDoor>> {
        self.doors(&help_of_visits_sql(), vec![hex_list(houses)])
    }

    /// Live help to these citizens; `house` as it names it.
    pub fn help_to(&self, citizens: &[RecordId]) -> Result<Vec<AtDoor>> {
        self.doors(&help_to_sql(), vec![hex_list(citizens)])
    }

    /// Live visits and help of these members whose day to come again is `by` or lies before it; `house` as they name it.
    pub fn promised_by(&self, members: &[RecordId], by: &str) -> Result<Vec<AtDoor>> {
        self.doors(
            &promised_by_sql(),
            vec![hex_list(members), Sql::Text(by.to_owned())],
        )
    }

    /// The household each record is of, as it names it or through its visit: itself for a household. Others are left out.
    pub fn doors_of(&self, records: &[RecordId]) -> Result<BTreeMap<RecordId, RecordId>> {
        let mut get = self.connection.prepare_cached(&doors_of_sql())?;
        let mut rows = get.query([hex_list(records)])?;
        let mut found = BTreeMap::new();
        while let Some(row) = rows.next()? {
            if let Some(door) = id(row, 1)? {
                found.insert(RecordId::from_bytes(exact(row, 0)?), door);
            }
        }
        Ok(found)
    }

    /// Every merged record at home with the one it was merged into, which may be merged itself.
    pub fn mergers(&self) -> Result<BTreeMap<RecordId, RecordId>> {
        let mut get = self.connection.prepare_cached(&mergers_sql())?;
        let rows = get.query_map([], |row| {
            Ok((
                RecordId::from_bytes(exact(row, 0)?),
                RecordId::from_bytes(exact(row, 1)?),
            ))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn doors(&self, sql: &str, values: Vec<Sql>) -> Result<Vec<AtDoor>> {
        let mut get = self.connection.prepare_cached(sql)?;
        let rows = get.query_map(params_from_iter(values), |row| {
            Ok(AtDoor {
                house: id(row, 0)?,
                space: SpaceId::from_bytes(exact(row, 1)?),
                id: RecordId::from_bytes(exact(row, 2)?),
                kind: row.get(3)?,
                day: row.get(4)?,
                next_on: row.get(5)?,
                what: text(row, 6)?,
                citizen: id(row, 7)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// Sixteen bytes as an id; anything else (a newer version's reference, none) as none.
fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<RecordId>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Blob(bytes) => bytes.try_into().ok().map(RecordId::from_bytes),
        _ => None,
    })
}

fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<String>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::RecordRow;
    use crate::house::{Assigned, Done, Houses, condition};
    use crate::open::tests::empty;
    use serde_json::json;

    fn plan(store: &Store, sql: &str, values: Vec<Sql>) -> String {
        let explain = format!("EXPLAIN QUERY PLAN {sql}");
        let mut explain = store.connection.prepare(&explain).unwrap();
        let lines = explain
            .query_map(params_from_iter(values), |row| row.get::<_, String>(3))
            .unwrap();
        let lines: Vec<String> = lines.map(|line| line.unwrap()).collect();
        lines.join(" | ")
    }

    /// Reads whole tables nowhere: only lists given, their walk along mergers, and households in order.
    fn no_scan(told: &str) {
        for step in told.split(" | ").filter(|step| step.contains("SCAN")) {
            let small = ["SCAN json_each", "SCAN j ", "SCAN d", "SCAN CONSTANT ROW"];
            assert!(
                small.iter().any(|s| step.starts_with(s)),
                "{step} in {told}"
            );
        }
    }

    #[test]
    fn doors_are_found_by_their_index_and_no_visits_are_read_whole() {
        let (_folder, store) = empty();
        let ids = hex_list(&[RecordId::from_bytes([1; 16])]);
        let text = |text: &str| Sql::Text(text.into());
        for (sql, values) in [
            (last_visits_sql(), vec![ids.clone()]),
            (
                met_between_sql(),
                vec![ids.clone(), text("2026-10-01"), text("2026-10-31")],
            ),
            (at_doors_sql(), vec![ids.clone(), text("visit")]),
            (help_of_visits_sql(), vec![ids.clone()]),
        ] {
            let told = plan(&store, &sql, values);
            assert!(told.contains("INDEX record_door (door=?"), "{told}");
            no_scan(&told);
        }
        for (sql, values) in [
            (help_to_sql(), vec![ids.clone()]),
            (promised_by_sql(), vec![ids.clone(), text("2026-10-01")]),
        ] {
            let told = plan(&store, &sql, values);
            assert!(told.contains("INDEX record_ref_target (target=?"), "{told}");
            no_scan(&told);
        }
        no_scan(&plan(&store, &doors_of_sql(), vec![ids]));
        let told = plan(&store, &mergers_sql(), vec![]);
        assert!(told.contains("INDEX record_merged"), "{told}");
    }

    #[test]
    fn a_list_of_households_asks_each_door_by_index() {
        let (_folder, store) = empty();
        let one = RecordId::from_bytes([1; 16]);
        let lists = [
            Houses::default(),
            Houses {
                done: Some(Done::NeverMet),
                ..Houses::default()
            },
            Houses {
                done: Some(Done::DueBy("2026-10-01".into())),
                ..Houses::default()
            },
            Houses {
                assigned: vec![Assigned::To(vec![one]), Assigned::Nobody],
                villages: Some(vec![one]),
                cluster: Some("khe nong".into()),
                among: Some(vec![one]),
                ..Houses::default()
            },
        ];
        for houses in lists {
            let (by, values) = condition(&houses, true);
            let sql =
                format!("SELECT r.id FROM main.record r {by} ORDER BY r.sort_vi, r.id, r.space");
            let told = plan(&store, &sql, values);
            let by_order = told.contains("SEARCH r USING INDEX record_by_sort (kind=?")
                && !told.ends_with("USE TEMP B-TREE FOR ORDER BY");
            let by_no = told.contains("SEARCH r USING INTEGER PRIMARY KEY");
            assert!(by_order || by_no, "{told}");
            if houses.done.is_some() {
                assert!(
                    told.contains("SEARCH v USING INDEX record_door (door=? AND kind=?)")
                        || told.contains(
                            "SEARCH v USING COVERING INDEX record_door (door=? AND kind=?)"
                        ),
                    "{told}"
                );
            }
            no_scan(&told);
        }
    }

    #[test]
    fn whatever_a_newer_version_wrote_is_kept_and_is_at_no_door() {
        let (_folder, mut store) = empty();
        let space = SpaceId::from_bytes([2; 16]);
        for (n, body) in (1..).zip([
            json!({ "household": 7, "day": 7, "contact": 7, "next_visit_on": [7] }),
            json!({ "household": ["x"], "day": { "from": 1 }, "contact": null }),
            json!({ "household": "nhà cuối dốc", "day": true, "follow_up_on": 1.5 }),
            json!({}),
        ]) {
            let row = RecordRow {
                kind: "visit".into(),
                body: body.as_object().unwrap().clone(),
                ..RecordRow::default()
            };
            store.begin().unwrap();
            let id = RecordId::from_bytes([n; 16]);
            store
                .put_document(space, id, b"x", true, Some(&row))
                .unwrap();
            store.commit().unwrap();
            assert_eq!(store.record(space, id).unwrap().unwrap().row.body, row.body);
            assert!(store.doors_of(&[id]).unwrap().is_empty());
        }
    }
}
