//! A new authority key in place of the old one, which signs that it may. Devices follow when they next come.

use crate::core::{Core, secret};
use crate::db::HubDb;
use crate::error::Done;
use crate::folder::Folder;
use std::path::Path;
use toso_sync::id::{DeviceKey, HubKey};
use toso_sync::key::Secret;
use toso_sync::ruling::Body;

/// Makes the new key, states the succession and answers the new key. The old secret signs nothing any more; it is kept to
/// open files that were sealed to it.
///
/// # Errors
/// `in_use` while the hub runs; those of opening a hub.
pub fn succeed(folder: &Path, now: i64) -> Done<HubKey> {
    let folder = Folder::new(folder);
    let key = folder.read_key()?;
    let _lock = folder.lock()?;
    let mut core = Core::open(folder.open_database(&key)?, &folder.log())?;
    let new = Secret::from_bytes(&core.bytes32());
    let first = core.facts.first;
    let mut earlier = core.db().secret(secret::EARLIER)?.unwrap_or_default();
    earlier.extend(core.authority.to_bytes());
    core.state(&Body::Succession(new.hub()), |db| {
        db.set_secret(secret::FIRST, &first.0)?;
        db.set_secret(secret::EARLIER, &earlier)?;
        db.set_secret(secret::AUTHORITY, &new.to_bytes())
    })?;
    core.audit(
        now,
        &DeviceKey([0; 32]),
        "succession",
        &new.hub().to_string(),
        "ok",
    )?;
    Ok(new.hub())
}
