//! How much room the profile takes on this device.

use crate::app::App;
use crate::error::Called;
use schemars::JsonSchema;
use serde::Serialize;
use std::fs;
use std::path::Path;

/// Room on this device, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Storage {
    /// The database with its journals.
    pub database: u64,
    /// Photos and papers.
    pub files: u64,
    /// How many of them.
    pub file_count: u64,
    /// The backup made last, while it lies here.
    pub backup: u64,
    /// Free on the disk; null where the system does not tell.
    pub free: Option<u64>,
}

/// `storage.get`
pub(crate) fn get(app: &App) -> Called<Storage> {
    let inner = app.inner();
    let (database, _) = sizes(inner.folder());
    let (files, file_count) = sizes(&inner.folder().join("files"));
    let backup = fs::metadata(inner.home.join(crate::backup::FILE)).map_or(0, |found| found.len());
    // In the home folder the backup stands among the database's own.
    let mine = if inner.folder() == inner.home {
        backup
    } else {
        0
    };
    Ok(Storage {
        database: database.saturating_sub(mine),
        files,
        file_count,
        backup,
        free: free(inner.folder()),
    })
}

/// Bytes and number of the files of a folder itself.
fn sizes(folder: &Path) -> (u64, u64) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter_map(|entry| entry.metadata().ok());
    let files = files.filter(fs::Metadata::is_file);
    files.fold((0, 0), |(bytes, count), file| {
        (bytes + file.len(), count + 1)
    })
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn free(folder: &Path) -> Option<u64> {
    let told = rustix::fs::statvfs(folder).ok()?;
    Some(told.f_bavail.saturating_mul(told.f_frsize))
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn free(_: &Path) -> Option<u64> {
    None
}
