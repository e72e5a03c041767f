//! Reading records: one by id, pages of a list, who names whom, counts.

use crate::away::AT_HOME;
use crate::document::RecordRow;
use crate::error::{Result, StoreError};
use crate::open::Store;
use crate::pack::exact;
use crate::view::to_sql;
use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension, Row, params, params_from_iter};
use serde_json::Value;
use std::collections::BTreeMap;
use toso_domain::id::{RecordId, SpaceId};

/// One record as stored. `row.refs` is left empty: ask [`Store::refs_of`].
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Space it counts in here.
    pub space: SpaceId,
    /// Its id.
    pub id: RecordId,
    /// False while bytes of it are missing: read-only.
    pub whole: bool,
    /// True when it counts in another space.
    pub away: bool,
    /// Everything projected.
    pub row: RecordRow,
}

/// Which records a list shows. `Default` is every live record of every space and kind, without a limit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct List {
    /// Only this kind; lists over an index name one.
    pub kind: Option<String>,
    /// Only this space.
    pub space: Option<SpaceId>,
    /// Fields that must have this value, or hold it in their set.
    pub filter: Vec<(String, Value)>,
    /// Also deleted and merged ones, and those that count in another space.
    pub hidden: bool,
    /// Of one sort key, what changed here last comes first. For dated records: the newest first.
    pub newest: bool,
    /// Records per page; 0 for no limit.
    pub limit: u32,
    /// Where the page before ended.
    pub after: Option<After>,
}

impl List {
    /// Where a page that ends with `record` ends.
    #[must_use]
    pub fn after(&self, record: &Record) -> After {
        let mut sort = record.row.sort.clone();
        if self.newest {
            sort.extend(record.row.updated.to_be_bytes());
        }
        After {
            sort,
            id: record.id,
            space: record.space,
        }
    }
}

/// Where a page ended: sort key (with the time of change where that counts), id, space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// Sort key of the last record.
    pub sort: Vec<u8>,
    /// Its id.
    pub id: RecordId,
    /// Its space.
    pub space: SpaceId,
}

impl After {
    /// As text for a call: lower-case hex of id, space and sort key.
    #[must_use]
    pub fn to_text(&self) -> String {
        let bytes = self
            .id
            .as_bytes()
            .iter()
            .chain(self.space.as_bytes())
            .chain(&self.sort);
        bytes.map(|b| format!("{b:02x}")).collect()
    }

    /// Reads [`After::to_text`]; `None` when it is not one.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let pairs = text
            .as_bytes()
            .chunks(2)
            .map(|pair| std::str::from_utf8(pair).ok().filter(|p| p.len() == 2));
        let bytes: Vec<u8> = pairs
            .map(|p| p.and_then(|p| u8::from_str_radix(p, 16).ok()))
            .collect::<Option<_>>()?;
        let (id, rest) = bytes.split_first_chunk::<16>()?;
        let (space, sort) = rest.split_first_chunk::<16>()?;
        Some(Self {
            sort: sort.to_vec(),
            id: RecordId::from_bytes(*id),
            space: SpaceId::from_bytes(*space),
        })
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Records in Vietnamese order.
    pub items: Vec<Record>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<After>,
}

const COLUMNS: &str =
    "SELECT r.space, r.id, d.whole, r.kind, r.body, r.deleted, r.merged_into, r.clashes,
    r.unreadable, r.title, r.subtitle, r.fold, r.sort_vi, r.updated,
    EXISTS (SELECT 1 FROM main.away a WHERE a.space = r.space AND a.id = r.id)
    FROM main.record r JOIN main.document d ON d.no = r.no";

impl Store {
    /// One record.
    pub fn record(&self, space: SpaceId, id: RecordId) -> Result<Option<Record>> {
        let key = [id.as_bytes().as_slice(), space.as_bytes().as_slice()];
        let mut found = self.records("WHERE d.id = ?1 AND d.space = ?2", params_from_iter(key))?;
        Ok(found.pop())
    }

    /// The record in every space that has it here (after a hand-over there may be two), by space.
    pub fn find(&self, id: RecordId) -> Result<Vec<Record>> {
        self.records(
            "WHERE d.id = ?1 ORDER BY d.space",
            params![id.as_bytes().as_slice()],
        )
    }

    /// Records with two current values in some field, by id.
    pub fn clashing(&self, space: SpaceId) -> Result<Vec<Record>> {
        self.records(
            &format!("WHERE r.space = ?1 AND r.clashes <> '{{}}' AND {AT_HOME} ORDER BY r.id"),
            params![space.as_bytes().as_slice()],
        )
    }

    /// One page of records. Errors: `db` for a filter on a field whose name is not plain.
    pub fn list(&self, list: &List) -> Result<Page> {
        let (by, values) = list_sql(list)?;
        let mut items = self.records(&by, params_from_iter(values))?;
        let limit = usize::try_from(list.limit).unwrap_or(usize::MAX);
        let more = limit > 0 && items.len() > limit;
        if more {
            items.truncate(limit);
        }
        let last = items.last().filter(|_| more);
        let next = last.map(|record| list.after(record));
        Ok(Page { items, next })
    }

    /// Records that name `target` in `field` (any field when `None`): space, id and field, in that order.
    pub fn refs_to(
        &self,
        target: RecordId,
        field: Option<&str>,
    ) -> Result<Vec<(SpaceId, RecordId, String)>> {
        let mut get = self.connection.prepare_cached(
            "SELECT r.space, r.id, f.field FROM main.record_ref f JOIN main.record r ON r.no = f.no
             WHERE f.target = ?1 AND (?2 IS NULL OR f.field = ?2) ORDER BY r.space, r.id, f.field",
        )?;
        let rows = get.query_map(params![target.as_bytes().as_slice(), field], |row| {
            Ok((
                SpaceId::from_bytes(exact(row, 0)?),
                RecordId::from_bytes(exact(row, 1)?),
                row.get(2)?,
            ))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Records that a record names: field and target.
    pub fn refs_of(&self, space: SpaceId, id: RecordId) -> Result<Vec<(String, RecordId)>> {
        let mut get = self.connection.prepare_cached(
            "SELECT f.field, f.target FROM main.record_ref f JOIN main.document d ON d.no = f.no
             WHERE d.id = ?1 AND d.space = ?2 ORDER BY f.field, f.target",
        )?;
        let rows = get.query_map(
            params![id.as_bytes().as_slice(), space.as_bytes().as_slice()],
            |row| Ok((row.get(0)?, RecordId::from_bytes(exact(row, 1)?))),
        )?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The record that a record names in one field; the smallest when it names several.
    pub fn ref_of(&self, space: SpaceId, id: RecordId, field: &str) -> Result<Option<RecordId>> {
        let mut get = self.connection.prepare_cached(
            "SELECT f.target FROM main.document d JOIN main.record_ref f ON f.no = d.no
             WHERE d.id = ?1 AND d.space = ?2 AND f.field = ?3 ORDER BY f.target LIMIT 1",
        )?;
        let key = params![id.as_bytes().as_slice(), space.as_bytes().as_slice(), field];
        let found = get.query_row(key, |row| Ok(RecordId::from_bytes(exact(row, 0)?)));
        Ok(found.optional()?)
    }

    /// Live records per kind that count in the space.
    pub fn counts(&self, space: SpaceId) -> Result<BTreeMap<String, u64>> {
        let mut get = self.connection.prepare_cached(&format!(
            "SELECT r.kind, count(*) FROM main.record r
             WHERE r.space = ?1 AND r.deleted IS NULL AND r.merged_into IS NULL AND {AT_HOME} GROUP BY r.kind",
        ))?;
        let rows = get.query_map([space.as_bytes().as_slice()], |row| {
            Ok((
                row.get(0)?,
                u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0),
            ))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    pub(crate) fn records(&self, by: &str, values: impl rusqlite::Params) -> Result<Vec<Record>> {
        let mut get = self.connection.prepare_cached(&format!("{COLUMNS} {by}"))?;
        let mut rows = get.query(values)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(record(row)?);
        }
        Ok(found)
    }
}

/// The condition, order and values of a list; one row more than the limit tells whether a page follows.
fn list_sql(list: &List) -> Result<(String, Vec<Sql>)> {
    let mut values: Vec<Sql> = Vec::new();
    let mut wanted: Vec<String> = Vec::new();
    let mut bind = |value: Sql| {
        values.push(value);
        format!("?{}", values.len())
    };
    if let Some(space) = &list.space {
        wanted.push(format!(
            "r.space = {}",
            bind(Sql::Blob(space.as_bytes().to_vec()))
        ));
    }
    if let Some(kind) = &list.kind {
        wanted.push(format!("r.kind = {}", bind(Sql::Text(kind.clone()))));
    }
    if let Some(after) = &list.after {
        wanted.push(later(list, after, &mut bind));
    }
    for (field, value) in &list.filter {
        if !field
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'/'))
        {
            return Err(StoreError::Db("a filter names an impossible field".into()));
        }
        let value = bind(to_sql(value));
        wanted.push(format!(
            "EXISTS (SELECT 1 FROM json_each(r.body, '$.\"{field}\"') j WHERE j.value IS {value})"
        ));
    }
    if !list.hidden {
        wanted.push("r.deleted IS NULL AND r.merged_into IS NULL".into());
        wanted.push(AT_HOME.into());
    }
    let mut sql = String::new();
    if !wanted.is_empty() {
        sql.push_str(&format!("WHERE {} ", wanted.join(" AND ")));
    }
    sql.push_str(match (list.newest, list.space) {
        (true, _) => "ORDER BY r.sort_vi, r.updated DESC, r.id DESC, r.space DESC",
        (false, Some(_)) => "ORDER BY r.sort_vi, r.id",
        (false, None) => "ORDER BY r.sort_vi, r.id, r.space",
    });
    if list.limit > 0 {
        sql.push_str(&format!(
            " LIMIT {}",
            bind(Sql::Integer(i64::from(list.limit) + 1))
        ));
    }
    Ok((sql, values))
}

/// True in SQL for what comes after the end of a page.
fn later(list: &List, after: &After, bind: &mut impl FnMut(Sql) -> String) -> String {
    let id = Sql::Blob(after.id.as_bytes().to_vec());
    let space = Sql::Blob(after.space.as_bytes().to_vec());
    if list.newest {
        let (sort, updated) = after.sort.split_last_chunk::<8>().unwrap_or((&[], &[0; 8]));
        let (sort, updated) = (
            bind(Sql::Blob(sort.to_vec())),
            bind(Sql::Integer(i64::from_be_bytes(*updated))),
        );
        let (id, space) = (bind(id), bind(space));
        return format!(
            "r.sort_vi >= {sort} AND
             (r.sort_vi > {sort} OR (r.updated, r.id, r.space) < ({updated}, {id}, {space}))"
        );
    }
    let (sort, id) = (bind(Sql::Blob(after.sort.clone())), bind(id));
    // With one space the order ends at the id, as its index does.
    if list.space.is_some() {
        return format!("(r.sort_vi, r.id) > ({sort}, {id})");
    }
    let space = bind(space);
    format!("(r.sort_vi, r.id, r.space) > ({sort}, {id}, {space})")
}

fn record(row: &Row<'_>) -> Result<Record> {
    let merged: Option<[u8; 16]> = match row.get_ref(6)? {
        rusqlite::types::ValueRef::Null => None,
        _ => Some(exact(row, 6)?),
    };
    Ok(Record {
        space: SpaceId::from_bytes(exact(row, 0)?),
        id: RecordId::from_bytes(exact(row, 1)?),
        whole: row.get(2)?,
        away: row.get(14)?,
        row: RecordRow {
            kind: row.get(3)?,
            body: serde_json::from_str(row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?)?,
            deleted: row.get(5)?,
            merged_into: merged.map(RecordId::from_bytes),
            clashes: serde_json::from_str(
                row.get_ref(7)?.as_str().map_err(rusqlite::Error::from)?,
            )?,
            unreadable: serde_json::from_str(
                row.get_ref(8)?.as_str().map_err(rusqlite::Error::from)?,
            )?,
            title: row.get(9)?,
            subtitle: row.get(10)?,
            search: row.get(11)?,
            sort: row.get(12)?,
            refs: Vec::new(),
            updated: row.get(13)?,
        },
    })
}

#[cfg(test)]
mod tests;
