//! Signed statements of the authority: a set that only grows, but for receipts that a longer one replaced.

use crate::error::Result;
use crate::open::Store;
use rusqlite::params;
use toso_domain::id::SpaceId;

impl Store {
    /// All rulings, signed bytes, by id.
    pub fn rulings(&self) -> Result<Vec<Vec<u8>>> {
        let mut get = self
            .connection
            .prepare_cached("SELECT signed FROM ruling ORDER BY id")?;
        let rows = get.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Adds a ruling; one that is there already changes nothing.
    pub fn put_ruling(
        &mut self,
        id: &[u8; 16],
        kind: &str,
        space: Option<SpaceId>,
        signed: &[u8],
    ) -> Result<()> {
        self.connection
            .prepare_cached("INSERT INTO ruling (id, kind, space, signed) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")?
            .execute(params![id.as_slice(), kind, space.as_ref().map(|s| s.as_bytes().as_slice()), signed])?;
        Ok(())
    }

    /// Forgets a ruling.
    pub fn drop_ruling(&mut self, id: &[u8; 16]) -> Result<()> {
        self.connection
            .prepare_cached("DELETE FROM ruling WHERE id = ?1")?
            .execute([id.as_slice()])?;
        Ok(())
    }
}
