//! The latest digital status at each door, by topic.

use crate::error::Result;
use crate::house::live;
use crate::open::Store;
use crate::pack::exact;
use toso_domain::id::RecordId;

impl Store {
    /// For each household, and each person of it that was observed, the newest value of a topic.
    pub fn latest_status(&self, topic: &str) -> Result<Vec<(RecordId, String)>> {
        // SQLite answers the other columns from the row that holds the greatest.
        let sql = format!(
            "SELECT s.door, coalesce(json_extract(s.body, '$.value'), ''),
                max(coalesce(json_extract(s.body, '$.observed_on'), '') || hex(s.id))
             FROM main.record s
             WHERE s.kind = 'status' AND s.door IS NOT NULL AND {}
                AND json_extract(s.body, '$.topic') = ?1
             GROUP BY s.door, json_extract(s.body, '$.citizen')",
            live("s")
        );
        let mut get = self.connection.prepare_cached(&sql)?;
        let rows = get.query_map([topic], |row| {
            Ok((RecordId::from_bytes(exact(row, 0)?), row.get(1)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Households of one kind, at home and live.
    pub fn houses_of_kind(&self, kind: &str) -> Result<Vec<RecordId>> {
        let sql = format!(
            "SELECT r.id FROM main.record r WHERE r.kind = 'household' AND {}
                AND json_extract(r.body, '$.household_kind') = ?1",
            live("r")
        );
        let mut get = self.connection.prepare_cached(&sql)?;
        let rows = get.query_map([kind], |row| Ok(RecordId::from_bytes(exact(row, 0)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
