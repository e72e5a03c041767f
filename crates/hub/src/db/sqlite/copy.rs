//! A consistent copy of the running database, under the same key.

use super::{FileKey, SqliteDb, connect, told};
use rusqlite::backup::Backup;
use std::path::Path;
use std::time::Duration;
use toso_sync::shelf::Kept;

impl SqliteDb {
    /// Writes a consistent copy to `path`, which must not exist yet. Needs no pause of the hub.
    ///
    /// # Errors
    /// `disk_full`, `db`.
    pub fn copy_to(&self, path: &Path, key: &FileKey) -> Kept<()> {
        let mut target = connect(path, key)?;
        let copy = Backup::new(&self.connection, &mut target).map_err(told)?;
        copy.run_to_completion(1_000, Duration::ZERO, None)
            .map_err(told)
    }

    /// Forgets what is known to stand in the log of rulings, tokens and waiting devices: after a restore, all of them
    /// belong to another life of this hub.
    ///
    /// # Errors
    /// Those of the database.
    pub fn begin_new_life(&mut self) -> Kept<()> {
        self.connection
            .execute_batch(
                "UPDATE ruling SET logged = 0 WHERE kind <> 'receipt'; DELETE FROM token;
                 DELETE FROM pending; DELETE FROM code;",
            )
            .map_err(told)
    }
}
