//! Small files that must survive a power cut.

use crate::error::{Result, StoreError};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

/// Makes names inside a folder durable (a rename or a new file is only on disk after this).
pub(crate) fn folder(path: &Path) -> Result<()> {
    // Other systems order this themselves and refuse to open a folder as a file.
    if cfg!(unix) {
        File::open(path)?.sync_all()?;
    }
    Ok(())
}

/// Replaces `folder/name` by `bytes`: after a crash the old or the new content stands, never a part.
///
/// Errors: `disk_full`, `read_only`, `db`: the old stands; `db_reopen`: the new has its name, and whether that is on the disk
/// nobody knows.
pub fn replace(folder_path: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let temporary = folder_path.join(format!("{name}.new"));
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, folder_path.join(name))?;
    folder(folder_path).map_err(|_| StoreError::Reopen)
}
