//! Documents and the rows derived from them, written and dropped together.

use crate::error::Result;
use crate::open::Store;
use crate::pack::exact;
use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value};
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::planted;

/// What screens read of one document, as projected by the domain.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RecordRow {
    /// Kind of the record.
    pub kind: String,
    /// Fields by name.
    pub body: Map<String, Value>,
    /// Reason of deletion; `None` while it stands.
    pub deleted: Option<String>,
    /// The record this one was merged into.
    pub merged_into: Option<RecordId>,
    /// Fields with more than one current value, each with its versions; empty when none.
    pub clashes: Map<String, Value>,
    /// Known fields whose value could not be read ("cần xem lại").
    pub unreadable: Vec<String>,
    /// First line in lists.
    pub title: String,
    /// Second line in lists.
    pub subtitle: String,
    /// Folded words for search: lower case, no marks, nothing sensitive.
    pub search: String,
    /// Vietnamese sort key.
    pub sort: Vec<u8>,
    /// Records it names: (field, target).
    pub refs: Vec<(String, RecordId)>,
    /// Milliseconds since 1970 by this device's clock when the row last changed; not part of [`Store::view_hash`].
    pub updated: i64,
}

impl Store {
    /// Saved bytes of a document.
    pub fn document(&self, space: SpaceId, id: RecordId) -> Result<Option<Vec<u8>>> {
        let mut get = self
            .connection
            .prepare_cached("SELECT saved FROM main.document WHERE id = ?1 AND space = ?2")?;
        Ok(get
            .query_row(
                params![id.as_bytes().as_slice(), space.as_bytes().as_slice()],
                |row| row.get(0),
            )
            .optional()?)
    }

    /// Whether all bytes of a document are here; `None` when there is no such document. False means read-only.
    pub fn whole(&self, space: SpaceId, id: RecordId) -> Result<Option<bool>> {
        let mut get = self
            .connection
            .prepare_cached("SELECT whole FROM main.document WHERE id = ?1 AND space = ?2")?;
        Ok(get
            .query_row(
                params![id.as_bytes().as_slice(), space.as_bytes().as_slice()],
                |row| row.get(0),
            )
            .optional()?)
    }

    /// Ids of all documents of a space, by id.
    pub fn documents(&self, space: SpaceId) -> Result<Vec<RecordId>> {
        let mut get = self
            .connection
            .prepare_cached("SELECT id FROM main.document WHERE space = ?1 ORDER BY id")?;
        let rows = get.query_map([space.as_bytes().as_slice()], |row| {
            Ok(RecordId::from_bytes(exact(row, 0)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Stores a document with its row, search words and references. `record` is `None` when nothing can be shown of it.
    pub fn put_document(
        &mut self,
        space: SpaceId,
        id: RecordId,
        saved: &[u8],
        whole: bool,
        record: Option<&RecordRow>,
    ) -> Result<()> {
        let no: i64 = self
            .connection
            .prepare_cached(
                "INSERT INTO main.document (id, space, whole, saved) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (id, space) DO UPDATE SET whole = excluded.whole, saved = excluded.saved RETURNING no",
            )?
            .query_row(params![id.as_bytes().as_slice(), space.as_bytes().as_slice(), whole, saved], |row| row.get(0))?;
        let before: Option<String> = self
            .connection
            .prepare_cached("SELECT fold FROM main.record WHERE no = ?1")?
            .query_row([no], |row| row.get(0))
            .optional()?;
        match record {
            Some(record) => self.put_record(no, space, id, record, before.as_deref()),
            None => self.drop_record(no, before.as_deref()),
        }
    }

    /// Removes a document and everything derived from it; an absent one changes nothing.
    /// Freed pages are overwritten; pages still in the write-ahead log go with [`Store::scrub`].
    pub fn drop_document(&mut self, space: SpaceId, id: RecordId) -> Result<()> {
        let found: Option<(i64, Option<String>)> = self
            .connection
            .prepare_cached(
                "SELECT d.no, r.fold FROM main.document d LEFT JOIN main.record r ON r.no = d.no
                 WHERE d.id = ?1 AND d.space = ?2",
            )?
            .query_row(
                params![id.as_bytes().as_slice(), space.as_bytes().as_slice()],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        let Some((no, fold)) = found else {
            return Ok(());
        };
        self.drop_record(no, fold.as_deref())?;
        self.connection
            .prepare_cached("DELETE FROM main.document WHERE no = ?1")?
            .execute([no])?;
        Ok(())
    }

    fn put_record(
        &self,
        no: i64,
        space: SpaceId,
        id: RecordId,
        row: &RecordRow,
        before: Option<&str>,
    ) -> Result<()> {
        let shown = row.deleted.is_none() && row.merged_into.is_none();
        let fold = if shown { row.search.as_str() } else { "" };
        // The index is told the old words before the row changes, else it cannot find them to remove.
        if let Some(old) = before.filter(|old| *old != fold) {
            self.unindex(no, old)?;
        }
        self.connection
            .prepare_cached(
                "INSERT INTO main.record (no, id, space, kind, sort_vi, deleted, merged_into, updated, title, subtitle,
                    clashes, unreadable, body, fold)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
                 ON CONFLICT (no) DO UPDATE SET kind = excluded.kind, sort_vi = excluded.sort_vi,
                    deleted = excluded.deleted, merged_into = excluded.merged_into, updated = excluded.updated,
                    title = excluded.title, subtitle = excluded.subtitle, clashes = excluded.clashes,
                    unreadable = excluded.unreadable, body = excluded.body, fold = excluded.fold",
            )?
            .execute(params![
                no,
                id.as_bytes().as_slice(),
                space.as_bytes().as_slice(),
                row.kind,
                row.sort,
                row.deleted,
                row.merged_into.as_ref().map(|id| id.as_bytes().as_slice()),
                row.updated,
                row.title,
                row.subtitle,
                serde_json::to_string(&row.clashes)?,
                serde_json::to_string(&row.unreadable)?,
                serde_json::to_string(&row.body)?,
                fold
            ])?;
        if before != Some(fold) && !fold.is_empty() {
            self.connection
                .prepare_cached("INSERT INTO main.record_search (rowid, fold) VALUES (?1, ?2)")?
                .execute(params![no, fold])?;
        }
        if before.is_some() {
            self.connection
                .prepare_cached("DELETE FROM main.record_ref WHERE no = ?1")?
                .execute([no])?;
        }
        let mut name = self.connection.prepare_cached(
            "INSERT INTO main.record_ref (no, field, target) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?;
        for (field, target) in &row.refs {
            name.execute(params![no, field, target.as_bytes().as_slice()])?;
        }
        Ok(())
    }

    fn drop_record(&self, no: i64, before: Option<&str>) -> Result<()> {
        let Some(old) = before else { return Ok(()) };
        if !planted!("purge_leaves_search_rows") {
            self.unindex(no, old)?;
        }
        // References go with the row (foreign key).
        self.connection
            .prepare_cached("DELETE FROM main.record WHERE no = ?1")?
            .execute([no])?;
        Ok(())
    }

    fn unindex(&self, no: i64, old: &str) -> Result<()> {
        if !old.is_empty() {
            self.connection
                .prepare_cached("INSERT INTO main.record_search (record_search, rowid, fold) VALUES ('delete', ?1, ?2)")?
                .execute(params![no, old])?;
        }
        Ok(())
    }
}
