//! A consistent copy of a profile's data under the same key, while it is open: for backups.

use crate::error::Result;
use crate::open::{DATABASE, Store, connect};
use crate::secret::DatabaseKey;
use rusqlite::backup::Backup;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

impl Store {
    /// Writes database and files to a new, empty folder. `key` is this store's.
    /// Errors: `disk_full`, `read_only`, `db`.
    pub fn copy_to(&self, folder: &Path, key: &DatabaseKey) -> Result<()> {
        let mut target = connect(&folder.join(DATABASE), key)?;
        Backup::new(&self.connection, &mut target)?.run_to_completion(
            1_000,
            Duration::ZERO,
            None,
        )?;
        for (name, path) in self.sealed_files()? {
            let to = folder.join(&name);
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::copy(path, to)?;
        }
        Ok(())
    }

    /// The files, sealed as they lie: name inside the profile's folder, and where each is.
    fn sealed_files(&self) -> Result<Vec<(PathBuf, PathBuf)>> {
        let folder = self.files_folder();
        let inside = folder.strip_prefix(self.folder()).unwrap_or(folder);
        let all = self.files()?.into_iter().map(|hash| {
            let name = hash.to_string();
            (inside.join(&name), folder.join(&name))
        });
        Ok(all.collect())
    }

    /// The key of the open database.
    #[must_use]
    pub fn key(&self) -> &DatabaseKey {
        self.files_key()
    }
}
