//! The audit trail: each row carries a hash over the one before it, so that a removed or changed line shows.

use super::{SqliteDb, error, exact};
use crate::db::AuditRow;
use rusqlite::params;
use toso_sync::id::DeviceKey;
use toso_sync::key::sha256;
use toso_sync::shelf::Kept;

impl SqliteDb {
    pub(super) fn add_to_audit(&mut self, row: &AuditRow) -> Kept<()> {
        let last = "SELECT link FROM audit ORDER BY no DESC LIMIT 1";
        let before = self
            .one(last, &[], |row| exact(row, 0))?
            .unwrap_or([0_u8; 32]);
        self.write(
            "INSERT INTO audit (at, actor, action, object, result, link) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                row.at,
                row.actor.0,
                row.action,
                row.object,
                row.result,
                link(&before, row)
            ],
        )
        .map(drop)
    }

    pub(super) fn read_audit(&self) -> Kept<Vec<AuditRow>> {
        let sql = "SELECT at, actor, action, object, result, link FROM audit ORDER BY no";
        let rows = self.all(sql, &[], |row| {
            let line = AuditRow {
                at: row.get(0)?,
                actor: DeviceKey(exact(row, 1)?),
                action: row.get(2)?,
                object: row.get(3)?,
                result: row.get(4)?,
            };
            Ok((line, exact::<32>(row, 5)?))
        })?;
        let mut before = [0; 32];
        let mut out = Vec::with_capacity(rows.len());
        for (row, found) in rows {
            before = link(&before, &row);
            if before != found {
                return Err(error("audit_broken", format!("line {}", out.len() + 1)));
            }
            out.push(row);
        }
        Ok(out)
    }
}

fn link(before: &[u8; 32], row: &AuditRow) -> [u8; 32] {
    let text = [&row.action, &row.object, &row.result]
        .map(|t| format!("{}:{t}", t.len()))
        .concat();
    sha256(&[
        b"toso-audit-v1\0",
        before,
        &row.at.to_be_bytes(),
        &row.actor.0,
        text.as_bytes(),
    ])
}
