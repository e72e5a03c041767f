//! Carried files at the hub: work that came on a stick, and one for a village where no network goes.

use crate::core::Core;
use crate::db::HubDb;
use crate::db::sqlite::SqliteDb;
use crate::error::{Done, HubError};
use crate::folder::{Folder, Lock};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::carried::{self, To};
use toso_sync::id::DeviceKey;
use toso_sync::shelf::Shelf;
use toso_sync::{caps, replica::Replica};

/// Takes a carried file and signs receipts for what it brought. Answers what was taken.
///
/// # Errors
/// `in_use` while the hub runs, `file`, `not_a_file`, `wrong_commune`, `not_for_this_device`, `malformed`, `too_large`,
/// those of opening a hub. What was taken before the error stays.
pub fn take(folder: &Path, file: &Path, now: i64) -> Done<Value> {
    let (mut core, _lock) = open(folder)?;
    let file = File::open(file).map_err(|e| HubError::with("file", e.kind()))?;
    if file.metadata()?.len() > caps::FILE_BYTES {
        return Err(HubError::new("too_large"));
    }
    let commune = core.commune();
    let is_space = |copy: &Replica<SqliteDb>, space| {
        let kind = || copy.shelf.kind_of(commune, RecordId::from(space)).ok()?;
        space == commune || kind().as_deref() == Some("team")
    };
    let taken = carried::import(&mut core.replica, &is_space, &mut BufReader::new(file), now);
    // Also after a fault: what was committed before it must reach the log.
    core.log_rulings()?;
    note(&mut core, now, "take", taken.as_ref().err().map(|e| e.code))?;
    let taken = taken?;
    Ok(json!({
        "rulings": taken.rulings, "packs": taken.packs, "dup": taken.dup, "not_taken": taken.not_taken,
        "closed": taken.closed, "whole": taken.whole,
    }))
}

/// Writes everything to a new file, each device's share sealed to it. Answers `{"spaces","bytes","readers"}`.
///
/// # Errors
/// `in_use` while the hub runs, `exists`, `no_readers`, `disk_full`, those of opening a hub.
pub fn give(folder: &Path, file: &Path, now: i64) -> Done<Value> {
    let (mut core, _lock) = open(folder)?;
    let commune = core.commune();
    // The commune's space names the teams: whoever takes the file must have it first.
    let mut spaces = core.db().spaces()?;
    spaces.retain(|space| *space != commune);
    spaces.insert(0, commune);
    let out = crate::folder::create_new(file)?;
    let written = write(&mut core, &spaces, out);
    if written.is_err() {
        // Half a file would be taken for a whole one by its name.
        drop(std::fs::remove_file(file));
    }
    note(
        &mut core,
        now,
        "give",
        written.as_ref().err().map(|e| e.code),
    )?;
    written
}

fn write(core: &mut Core<SqliteDb>, spaces: &[SpaceId], file: File) -> Done<Value> {
    let mut out = BufWriter::new(file);
    let written = carried::export(&mut core.replica, spaces, To::Devices, &mut out)?;
    out.flush()?;
    let file = out
        .into_inner()
        .map_err(|e| HubError::with("io", e.error().kind()))?;
    file.sync_all()?;
    Ok(
        json!({ "spaces": spaces.len(), "bytes": file.metadata()?.len(), "readers": written.readers }),
    )
}

fn open(folder: &Path) -> Done<(Core<SqliteDb>, Lock)> {
    let folder = Folder::new(folder);
    let key = folder.read_key()?;
    let lock = folder.lock()?;
    Ok((
        Core::open(folder.open_database(&key)?, &folder.log())?,
        lock,
    ))
}

fn note(core: &mut Core<SqliteDb>, now: i64, action: &str, failed: Option<&str>) -> Done<()> {
    core.audit(now, &DeviceKey([0; 32]), action, "", failed.unwrap_or("ok"))
}
