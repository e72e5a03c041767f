//! Codes, waiting devices, tokens, secrets and what has reached the log of rulings.

use super::{SqliteDb, exact};
use crate::db::{AuditRow, CodeRow, HubDb, PendingRow, TokenRow};
use rusqlite::types::Value;
use rusqlite::{Row, params};
use std::collections::BTreeMap;
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::id::{DeviceKey, Head, RulingId};
use toso_sync::ruling::{Id16, Role};
use toso_sync::shelf::Kept;

const PENDING: &str = "SELECT device, lookup, name, check_number, asked_at, refused FROM pending";

impl SqliteDb {
    pub(super) fn page_size(&self) -> Kept<u64> {
        let size = self.figure("PRAGMA page_size")?;
        Ok(size.filter(|size| *size > 0).unwrap_or(4_096))
    }

    /// A figure the engine tells; an encrypting one answers in text.
    fn figure(&self, sql: &str) -> Kept<Option<u64>> {
        Ok(match self.one(sql, &[], |row| row.get(0))? {
            Some(Value::Integer(figure)) => u64::try_from(figure).ok(),
            Some(Value::Text(figure)) => figure.parse().ok(),
            _ => None,
        })
    }
}

impl HubDb for SqliteDb {
    fn secret(&self, name: &str) -> Kept<Option<Vec<u8>>> {
        let sql = "SELECT bytes FROM secret WHERE name = ?1";
        self.one(sql, &[&name], |row| row.get(0))
    }

    fn set_secret(&mut self, name: &str, bytes: &[u8]) -> Kept<()> {
        let sql = "INSERT INTO secret (name, bytes) VALUES (?1, ?2)
            ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes";
        self.write(sql, &[&name, &bytes]).map(drop)
    }

    fn code(&self, lookup: &[u8]) -> Kept<Option<CodeRow>> {
        let sql = "SELECT lookup, secret, member, roles, spaces, all_spaces, at_once, expires, tries, used_by
            FROM code WHERE lookup = ?1";
        self.one(sql, &[&lookup], code)
    }

    fn put_code(&mut self, row: &CodeRow) -> Kept<()> {
        let spaces: Vec<u8> = row.spaces.iter().flat_map(|s| s.0).collect();
        self.write(
            "INSERT OR REPLACE INTO code
             (lookup, secret, member, roles, spaces, all_spaces, at_once, expires, tries, used_by)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                row.lookup,
                row.secret,
                row.member.0,
                crate::role::words(&row.roles).join(","),
                spaces,
                row.all_spaces,
                row.at_once,
                row.expires,
                row.tries,
                row.used_by.map(|d| d.0)
            ],
        )
        .map(drop)
    }

    fn drop_codes(&mut self, now: i64) -> Kept<()> {
        let sql =
            "DELETE FROM code WHERE expires < ?1 AND lookup NOT IN (SELECT lookup FROM pending)";
        self.write(sql, &[&now]).map(drop)
    }

    fn pending(&self, device: &DeviceKey) -> Kept<Option<PendingRow>> {
        self.one(
            &format!("{PENDING} WHERE device = ?1"),
            &[&device.0],
            pending,
        )
    }

    fn all_pending(&self) -> Kept<Vec<PendingRow>> {
        self.all(
            &format!("{PENDING} ORDER BY asked_at, device"),
            &[],
            pending,
        )
    }

    fn put_pending(&mut self, row: &PendingRow) -> Kept<()> {
        self.write(
            "INSERT OR REPLACE INTO pending (device, lookup, name, check_number, asked_at, refused)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                row.device.0,
                row.lookup,
                row.name,
                row.check_number,
                row.asked_at,
                row.refused
            ],
        )
        .map(drop)
    }

    fn drop_pending(&mut self, device: &DeviceKey) -> Kept<()> {
        self.write("DELETE FROM pending WHERE device = ?1", &[&device.0])
            .map(drop)
    }

    fn token(&self, hash: &[u8; 32]) -> Kept<Option<TokenRow>> {
        let sql = "SELECT hash, device, expires FROM token WHERE hash = ?1";
        self.one(sql, &[hash], |row| {
            Ok(TokenRow {
                hash: exact(row, 0)?,
                device: DeviceKey(exact(row, 1)?),
                expires: row.get(2)?,
            })
        })
    }

    fn put_token(&mut self, row: &TokenRow) -> Kept<()> {
        let sql = "INSERT INTO token (hash, device, expires) VALUES (?1, ?2, ?3)";
        self.write(sql, &[&row.hash, &row.device.0, &row.expires])
            .map(drop)
    }

    fn drop_tokens_of(&mut self, device: &DeviceKey) -> Kept<()> {
        self.write("DELETE FROM token WHERE device = ?1", &[&device.0])
            .map(drop)
    }

    fn drop_expired_tokens(&mut self, now: i64) -> Kept<()> {
        self.write("DELETE FROM token WHERE expires < ?1", &[&now])
            .map(drop)
    }

    fn seen(&self) -> Kept<BTreeMap<DeviceKey, i64>> {
        let rows = self.all("SELECT device, at FROM seen", &[], |row| {
            Ok((DeviceKey(exact(row, 0)?), row.get(1)?))
        })?;
        Ok(rows.into_iter().collect())
    }

    fn set_seen(&mut self, device: &DeviceKey, at: i64) -> Kept<()> {
        let sql = "INSERT OR REPLACE INTO seen (device, at) VALUES (?1, ?2)";
        self.write(sql, &[&device.0, &at]).map(drop)
    }

    fn audit(&mut self, row: &AuditRow) -> Kept<()> {
        self.add_to_audit(row)
    }

    fn audited(&self) -> Kept<Vec<AuditRow>> {
        self.read_audit()
    }

    fn kind_of(&self, space: SpaceId, document: RecordId) -> Kept<Option<String>> {
        let sql = "SELECT kind FROM document WHERE space = ?1 AND id = ?2";
        self.one(sql, &[space.as_bytes(), document.as_bytes()], |row| {
            row.get(0)
        })
    }

    fn entry_count(&self, space: SpaceId, head: &Head) -> Kept<u64> {
        let sql = "SELECT count(*) FROM entry JOIN pack ON pack.no = entry.pack
            WHERE pack.space = ?1 AND pack.head = ?2";
        let count: Option<i64> = self.one(sql, &[space.as_bytes(), &head.0], |row| row.get(0))?;
        Ok(count.and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
    }

    fn bytes(&self) -> Kept<u64> {
        let pages = self.figure("PRAGMA page_count")?.unwrap_or(0);
        Ok(pages.saturating_mul(self.page_size()?))
    }

    fn grow_no_further(&mut self, bytes: Option<u64>) -> Kept<()> {
        // The engine's own highest; a bound below what is there already means what is there.
        const NO_BOUND: u64 = 4_294_967_294;
        let size = self.page_size()?;
        let pages = bytes.map_or(NO_BOUND, |bytes| (bytes / size).clamp(1, NO_BOUND));
        let sql = format!("PRAGMA max_page_count = {pages}");
        self.one(&sql, &[], |_| Ok(())).map(drop)
    }

    fn scrub(&mut self) -> Kept<()> {
        self.empty_log()
    }

    fn unlogged(&self) -> Kept<Vec<(RulingId, Vec<u8>)>> {
        let sql = "SELECT id, signed FROM ruling WHERE logged = 0 ORDER BY id";
        self.all(sql, &[], |row| Ok((RulingId(exact(row, 0)?), row.get(1)?)))
    }

    fn set_logged(&mut self, ids: &[RulingId]) -> Kept<()> {
        for id in ids {
            self.write("UPDATE ruling SET logged = 1 WHERE id = ?1", &[&id.0])?;
        }
        Ok(())
    }
}

fn code(row: &Row<'_>) -> rusqlite::Result<CodeRow> {
    let roles: String = row.get(3)?;
    let spaces: Vec<u8> = row.get(4)?;
    let used_by: Option<Vec<u8>> = row.get(9)?;
    Ok(CodeRow {
        lookup: row.get(0)?,
        secret: exact(row, 1)?,
        member: Id16(exact(row, 2)?),
        roles: roles
            .split(',')
            .filter_map(crate::role::read)
            .collect::<Vec<Role>>(),
        spaces: spaces
            .chunks_exact(16)
            .filter_map(|id| id.try_into().ok().map(Id16))
            .collect(),
        all_spaces: row.get(5)?,
        at_once: row.get(6)?,
        expires: row.get(7)?,
        tries: row.get(8)?,
        used_by: used_by.and_then(|d| d.try_into().ok()).map(DeviceKey),
    })
}

fn pending(row: &Row<'_>) -> rusqlite::Result<PendingRow> {
    Ok(PendingRow {
        device: DeviceKey(exact(row, 0)?),
        lookup: row.get(1)?,
        name: row.get(2)?,
        check_number: row.get(3)?,
        asked_at: row.get(4)?,
        refused: row.get(5)?,
    })
}
