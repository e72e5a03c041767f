//! Records that count elsewhere, and leaving a space altogether.

use crate::error::Result;
use crate::open::Store;
use rusqlite::params;
use toso_domain::id::{RecordId, SpaceId};

/// True in SQL for the row `r` of a record that counts in the space it stands in.
pub(crate) const AT_HOME: &str =
    "NOT EXISTS (SELECT 1 FROM main.away a WHERE a.space = r.space AND a.id = r.id)";

impl Store {
    /// Notes whether an instance of a record counts in another space; the record itself need not be here.
    pub fn set_away(&mut self, space: SpaceId, id: RecordId, away: bool) -> Result<()> {
        let sql = if away {
            "INSERT INTO main.away (space, id) VALUES (?1, ?2) ON CONFLICT DO NOTHING"
        } else {
            "DELETE FROM main.away WHERE space = ?1 AND id = ?2"
        };
        self.connection.prepare_cached(sql)?.execute(params![
            space.as_bytes().as_slice(),
            id.as_bytes().as_slice()
        ])?;
        Ok(())
    }

    /// Removes all of a space: packs, drafts, documents, rows and search words. Inside a transaction of the caller; pages
    /// still in the write-ahead log go with [`Store::scrub`].
    pub fn drop_space(&mut self, space: SpaceId) -> Result<()> {
        for id in self.documents(space)? {
            self.drop_document(space, id)?;
        }
        // Where records count follows from rulings, and those stay.
        for table in ["pack", "draft"] {
            let sql = format!("DELETE FROM main.{table} WHERE space = ?1");
            self.connection
                .prepare_cached(&sql)?
                .execute([space.as_bytes().as_slice()])?;
        }
        Ok(())
    }
}
