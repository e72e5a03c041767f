//! One transaction at a time, and the small named values.

use crate::error::{Result, StoreError};
use crate::open::Store;
use rusqlite::{OptionalExtension, params};

/// Values by the beginning of their names: a stretch of the key, to the largest character there is. A commune's values
/// are many, those asked for few.
pub(crate) const VALUES: &str =
    "SELECT name, bytes FROM own WHERE name >= ?1 AND name < ?1 || char(1114111) ORDER BY name";

impl Store {
    /// Opens a transaction. Errors: `db_busy`, `db_reopen`.
    pub fn begin(&mut self) -> Result<()> {
        if self.reopen {
            return Err(StoreError::Reopen);
        }
        Ok(self.connection.execute_batch("BEGIN IMMEDIATE")?)
    }

    /// Makes the transaction durable. When this returns `Ok`, power may fail.
    /// Errors: `disk_full` (call [`Store::rollback`], reading goes on), `db_reopen` when the outcome is unknown.
    pub fn commit(&mut self) -> Result<()> {
        if self.reopen {
            return Err(StoreError::Reopen);
        }
        self.record_frame()?;
        match self
            .connection
            .prepare_cached("COMMIT")
            .and_then(|mut commit| commit.execute([]))
        {
            Ok(_) => {
                self.frame_committed();
                Ok(())
            }
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Undoes the transaction. Never fails; does nothing when there is none.
    pub fn rollback(&mut self) {
        if !self.connection.is_autocommit() && self.connection.execute_batch("ROLLBACK").is_err() {
            self.reopen = true;
        }
        self.frame_undone();
    }

    /// A failed commit either certainly did not happen (full, busy) or has an unknown outcome:
    /// after a failed fsync the system may drop the pages and say yes to the next one.
    fn failed(&mut self, error: rusqlite::Error) -> StoreError {
        let error = StoreError::from(error);
        if matches!(error, StoreError::DiskFull | StoreError::Busy) {
            return error;
        }
        self.reopen = true;
        StoreError::Reopen
    }

    /// A small named value.
    pub fn value(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let mut get = self
            .connection
            .prepare_cached("SELECT bytes FROM own WHERE name = ?1")?;
        Ok(get.query_row([name], |row| row.get(0)).optional()?)
    }

    /// Sets a named value. One that has these bytes already is not written again: a transaction that says nothing new
    /// costs no page and no wait for the disk.
    pub fn set_value(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO own (name, bytes) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes WHERE own.bytes IS NOT excluded.bytes",
            )?
            .execute(params![name, bytes])?;
        Ok(())
    }

    /// Forgets a named value.
    pub fn drop_value(&mut self, name: &str) -> Result<()> {
        self.connection
            .prepare_cached("DELETE FROM own WHERE name = ?1")?
            .execute([name])?;
        Ok(())
    }

    /// Named values whose name begins with `prefix`, by name.
    pub fn values(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>> {
        let mut get = self.connection.prepare_cached(VALUES)?;
        let rows = get.query_map([prefix], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
