//! The protocol's shelf on SQLite.

use super::{SqliteDb, error, exact, told};
use rusqlite::{OptionalExtension, Row, ToSql, params};
use toso_domain::crdt::{ChangeHash, Document, Scalar};
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::id::{DeviceKey, Epoch, Head, RulingId};
use toso_sync::ruling::{Body, Ruling};
use toso_sync::shelf::{DraftRow, EntryRow, Kept, PackRow, Shelf, Verdict};

const ENTRIES: &str = "SELECT p.head, e.ix, e.document, e.kind, e.hash, e.verdict, e.why
    FROM entry e JOIN pack p ON p.no = e.pack";

impl SqliteDb {
    pub(super) fn write(&self, sql: &str, values: &[&dyn ToSql]) -> Kept<usize> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(values))
            .map_err(told)
    }

    pub(super) fn one<T>(
        &self,
        sql: &str,
        values: &[&dyn ToSql],
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Kept<Option<T>> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_row(values, read).optional())
            .map_err(told)
    }

    pub(super) fn all<T>(
        &self,
        sql: &str,
        values: &[&dyn ToSql],
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Kept<Vec<T>> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_map(values, read)?.collect())
            .map_err(told)
    }

    fn of_pack<T: rusqlite::types::FromSql>(
        &self,
        column: &str,
        space: SpaceId,
        head: &Head,
    ) -> Kept<Option<T>> {
        let sql = format!("SELECT {column} FROM pack WHERE space = ?1 AND head = ?2");
        self.one(&sql, &[space.as_bytes(), &head.0], |row| row.get(0))
    }

    fn entries(&self, by: &str, space: SpaceId, key: &dyn ToSql) -> Kept<Vec<EntryRow>> {
        self.all(&format!("{ENTRIES} {by}"), &[space.as_bytes(), key], entry)
    }
}

impl Shelf for SqliteDb {
    /// The record's kind.
    type View = String;

    fn begin(&mut self) -> Kept<()> {
        self.connection
            .execute_batch("BEGIN IMMEDIATE")
            .map_err(told)
    }

    fn commit(&mut self) -> Kept<()> {
        self.connection.execute_batch("COMMIT").map_err(told)
    }

    fn rollback(&mut self) {
        if !self.connection.is_autocommit()
            && let Err(e) = self.connection.execute_batch("ROLLBACK")
        {
            // The next BEGIN fails, and with it every write, until the hub is started again.
            tracing::error!(code = told(e).code, "rollback");
        }
    }

    fn value(&self, name: &str) -> Kept<Option<Vec<u8>>> {
        let sql = "SELECT bytes FROM own WHERE name = ?1 AND length(bytes) > 0";
        self.one(sql, &[&name], |row| row.get(0))
    }

    fn set_value(&mut self, name: &str, bytes: &[u8]) -> Kept<()> {
        let sql = "INSERT INTO own (name, bytes) VALUES (?1, ?2)
            ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes WHERE own.bytes IS NOT excluded.bytes";
        self.write(sql, &[&name, &bytes]).map(drop)
    }

    fn clear_values(&mut self, prefix: &str) -> Kept<()> {
        let sql = "DELETE FROM own WHERE name >= ?1 AND name < ?1 || char(1114111)";
        self.write(sql, &[&prefix]).map(drop)
    }

    fn rulings(&self) -> Kept<Vec<Vec<u8>>> {
        self.all("SELECT signed FROM ruling ORDER BY id", &[], |row| {
            row.get(0)
        })
    }

    fn put_ruling(
        &mut self,
        id: &RulingId,
        kind: &str,
        space: Option<SpaceId>,
        signed: &[u8],
    ) -> Kept<()> {
        let sql = "INSERT INTO ruling (id, kind, space, logged, signed) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO NOTHING";
        if kind == "purge"
            && let Ok(ruling) = Ruling::read(signed)
            && let Some(Body::Purge(document, _)) = ruling.body
        {
            crate::erased::note(self, document.into())?;
        }
        let space = space.map(|s| *s.as_bytes());
        self.write(sql, &[&id.0, &kind, &space, &(kind == "receipt"), &signed])
            .map(drop)
    }

    fn drop_ruling(&mut self, id: &RulingId) -> Kept<()> {
        self.write("DELETE FROM ruling WHERE id = ?1", &[&id.0])
            .map(drop)
    }

    fn spaces(&self) -> Kept<Vec<SpaceId>> {
        self.all(
            "SELECT DISTINCT space FROM pack ORDER BY space",
            &[],
            |row| Ok(SpaceId::from_bytes(exact(row, 0)?)),
        )
    }

    fn packs(&self, space: SpaceId) -> Kept<Vec<PackRow>> {
        let sql = "SELECT head, device, epoch, seq, header, sig, valid, arrived, received_at
            FROM pack WHERE space = ?1 ORDER BY arrived, no";
        self.all(sql, &[space.as_bytes()], pack)
    }

    fn put_pack(
        &mut self,
        space: SpaceId,
        row: &PackRow,
        body: &[u8],
        entries: &[EntryRow],
    ) -> Kept<()> {
        let sql = "INSERT INTO pack (space, head, device, epoch, seq, valid, arrived, received_at, sig, header, body)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
        self.write(
            sql,
            params![
                space.as_bytes(),
                row.head.0,
                row.device,
                row.epoch.0,
                narrow(row.seq)?,
                row.valid,
                narrow(row.arrived)?,
                row.received_at,
                row.sig.as_slice(),
                row.header,
                body
            ],
        )?;
        let no = self.connection.last_insert_rowid();
        for e in entries {
            self.write(
                "INSERT INTO entry (pack, ix, document, kind, hash, verdict, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![no, e.ix, e.document.as_bytes(), e.kind, e.hash.0, e.verdict as u8, e.why],
            )?;
        }
        Ok(())
    }

    fn set_valid(&mut self, space: SpaceId, head: &Head, valid: bool) -> Kept<()> {
        let sql = "UPDATE pack SET valid = ?3 WHERE space = ?1 AND head = ?2";
        self.write(sql, &[space.as_bytes(), &head.0, &valid])
            .map(drop)
    }

    fn header(&self, space: SpaceId, head: &Head) -> Kept<Option<Vec<u8>>> {
        self.of_pack("header", space, head)
    }

    fn signature(&self, space: SpaceId, head: &Head) -> Kept<Option<[u8; 64]>> {
        let sig: Option<Vec<u8>> = self.of_pack("sig", space, head)?;
        Ok(sig.and_then(|s| s.try_into().ok()))
    }

    fn body(&self, space: SpaceId, head: &Head) -> Kept<Option<Vec<u8>>> {
        self.of_pack("body", space, head)
    }

    fn set_body(&mut self, space: SpaceId, head: &Head, body: &[u8]) -> Kept<()> {
        let sql = "UPDATE pack SET body = ?3 WHERE space = ?1 AND head = ?2";
        self.write(sql, &[space.as_bytes(), &head.0, &body])
            .map(drop)
    }

    fn void_bytes(&self, device: &DeviceKey) -> Kept<u64> {
        let sql = "SELECT coalesce(sum(length(header) + length(sig) + length(body)), 0)
            FROM pack INDEXED BY pack_void WHERE device = ?1 AND valid = 0";
        let sum: Option<i64> = self.one(sql, &[&device.0], |row| row.get(0))?;
        Ok(sum.and_then(|sum| u64::try_from(sum).ok()).unwrap_or(0))
    }

    fn entries_of_pack(&self, space: SpaceId, head: &Head) -> Kept<Vec<EntryRow>> {
        let by = "WHERE p.space = ?1 AND p.head = ?2 ORDER BY e.ix";
        self.entries(by, space, &head.0)
    }

    fn entries_of_document(&self, space: SpaceId, document: RecordId) -> Kept<Vec<EntryRow>> {
        let by = "WHERE e.document = ?2 AND p.space = ?1 ORDER BY p.arrived, p.no, e.ix";
        self.entries(by, space, document.as_bytes())
    }

    fn entries_of_change(&self, space: SpaceId, hash: &ChangeHash) -> Kept<Vec<EntryRow>> {
        let by = "WHERE e.hash = ?2 AND p.space = ?1 ORDER BY p.arrived, p.no, e.ix";
        self.entries(by, space, &hash.0)
    }

    fn holes(&self, space: SpaceId) -> Kept<Vec<ChangeHash>> {
        // Through the index of holes, which are few: left alone the planner reads every entry of the space.
        let sql = "SELECT DISTINCT e.hash FROM entry e INDEXED BY entry_hole CROSS JOIN pack p ON p.no = e.pack
            WHERE e.verdict = 3 AND p.space = ?1 ORDER BY e.hash";
        self.all(sql, &[space.as_bytes()], |row| {
            Ok(ChangeHash(exact(row, 0)?))
        })
    }

    fn set_verdict(
        &mut self,
        space: SpaceId,
        head: &Head,
        ix: u32,
        verdict: Verdict,
        why: &str,
    ) -> Kept<()> {
        let sql = "UPDATE entry SET verdict = ?4, why = ?5
            WHERE pack = (SELECT no FROM pack WHERE space = ?1 AND head = ?2) AND ix = ?3";
        let verdict = verdict as u8;
        self.write(sql, &[space.as_bytes(), &head.0, &ix, &verdict, &why])
            .map(drop)
    }

    fn document(&self, space: SpaceId, document: RecordId) -> Kept<Option<Vec<u8>>> {
        let sql = "SELECT saved FROM document WHERE space = ?1 AND id = ?2";
        self.one(sql, &[space.as_bytes(), document.as_bytes()], |row| {
            row.get(0)
        })
    }

    fn view(doc: &Document) -> String {
        match doc.get("_kind").into_iter().next().map(|v| v.value) {
            Some(Scalar::Text(kind)) => kind,
            _ => String::new(),
        }
    }

    fn put_document(
        &mut self,
        space: SpaceId,
        document: RecordId,
        doc: &Document,
        kind: String,
        whole: bool,
    ) -> Kept<()> {
        let sql = "INSERT INTO document (space, id, kind, whole, saved) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (space, id) DO UPDATE SET kind = excluded.kind, whole = excluded.whole, saved = excluded.saved";
        self.write(
            sql,
            &[
                space.as_bytes(),
                document.as_bytes(),
                &kind,
                &whole,
                &doc.save(),
            ],
        )
        .map(drop)
    }

    fn drop_document(&mut self, space: SpaceId, document: RecordId) -> Kept<()> {
        let sql = "DELETE FROM document WHERE space = ?1 AND id = ?2";
        self.write(sql, &[space.as_bytes(), document.as_bytes()])
            .map(drop)
    }

    fn drafts(&self, _: SpaceId) -> Kept<Vec<DraftRow>> {
        Ok(Vec::new())
    }

    fn put_draft(&mut self, _: SpaceId, _: &DraftRow) -> Kept<()> {
        Err(error("db", "a hub writes no records".into()))
    }

    fn drop_draft(&mut self, _: SpaceId, _: &ChangeHash) -> Kept<()> {
        Ok(())
    }
}

fn pack(row: &Row<'_>) -> rusqlite::Result<PackRow> {
    Ok(PackRow {
        head: Head(exact(row, 0)?),
        device: exact(row, 1)?,
        epoch: Epoch(exact(row, 2)?),
        seq: u64::try_from(row.get::<_, i64>(3)?).unwrap_or(0),
        header: row.get(4)?,
        sig: exact(row, 5)?,
        valid: row.get(6)?,
        arrived: u64::try_from(row.get::<_, i64>(7)?).unwrap_or(0),
        received_at: row.get(8)?,
    })
}

fn entry(row: &Row<'_>) -> rusqlite::Result<EntryRow> {
    Ok(EntryRow {
        pack: Head(exact(row, 0)?),
        ix: row.get(1)?,
        document: RecordId::from_bytes(exact(row, 2)?),
        kind: row.get(3)?,
        hash: ChangeHash(exact(row, 4)?),
        verdict: Verdict::from_u8(row.get(5)?),
        why: row.get(6)?,
    })
}

/// SQLite counts in i64.
fn narrow(n: u64) -> Kept<i64> {
    i64::try_from(n).map_err(|_| error("db", "number too large".into()))
}
