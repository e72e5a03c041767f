//! What this device knows of files: which ones its records name, which are here, and which the hub said it holds.

use crate::app::Desk;
use crate::device::name;
use crate::error::Called;
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::file::FileHash;
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::schema;
use toso_store::StoreError;
use toso_sync::id::Epoch;
use toso_sync::shelf::Shelf;

/// Where a file is asked for, and which records name it.
#[derive(Clone)]
pub(super) struct Named {
    pub(super) space: SpaceId,
    pub(super) records: Vec<RecordId>,
}

/// Files that records of the spaces here name, each once: one whose record was handed over between two spaces here is asked
/// for in the one it left, where the name was made.
pub(super) fn named(desk: &Desk<'_>) -> Called<BTreeMap<FileHash, Named>> {
    let spaces: BTreeSet<SpaceId> = desk.device.spaces()?.into_iter().collect();
    let book = desk.device.copy.book();
    let mut out: BTreeMap<FileHash, Named> = BTreeMap::new();
    for (kind, field) in schema::file_fields() {
        for (space, hash, record) in desk.device.copy.shelf.store.named_files(kind, field)? {
            if !spaces.contains(&space) {
                continue;
            }
            let records = Vec::new();
            let named = out.entry(hash).or_insert(Named { space, records });
            if !book.is_home(space, &record) {
                named.space = space;
            }
            named.records.push(record);
        }
    }
    Ok(out)
}

/// True when these bytes are what the name says, in this space or one that a record naming them was handed over from.
pub(super) fn is_named(
    desk: &Desk<'_>,
    (space, hash): (SpaceId, FileHash),
    records: &[RecordId],
    bytes: &[u8],
) -> bool {
    let book = desk.device.copy.book();
    let moved = records.iter().filter_map(|record| book.moved(record));
    let mut spaces: BTreeSet<SpaceId> = moved
        .flat_map(|moved| moved.others().chain([moved.to]))
        .collect();
    spaces.insert(space);
    spaces
        .into_iter()
        .any(|space| FileHash::of(space, bytes) == hash)
}

/// True while one of the records that named a file is not erased.
pub(super) fn wanted(desk: &Desk<'_>, records: &[RecordId]) -> bool {
    let book = desk.device.copy.book();
    records.iter().any(|record| !book.is_purged(record))
}

/// Drops what came in part of files that no record names any more.
pub(super) fn drop_parts(desk: &mut Desk<'_>, named: &BTreeSet<FileHash>) -> Called<()> {
    let parts = desk.device.copy.shelf.store.values(name::FILE_PART)?;
    for (key, _) in parts {
        let hash = key
            .strip_prefix(name::FILE_PART)
            .and_then(|hash| hash.parse().ok());
        if !hash.is_some_and(|hash| named.contains(&hash)) {
            clear(desk, &key)?;
        }
    }
    Ok(())
}

/// Drops a file that does not hold here, which the hub has: true then.
pub(super) fn drop_damaged(desk: &mut Desk<'_>, hash: &FileHash) -> Called<bool> {
    let store = &desk.device.copy.shelf.store;
    match store.file(hash) {
        Err(StoreError::FileDamaged) => {
            store.drop_file(hash)?;
            Ok(true)
        }
        read => Ok(read.map(|_| false)?),
    }
}

/// Forgets what is noted under this name.
pub(super) fn clear(desk: &mut Desk<'_>, key: &str) -> Called<()> {
    Ok(desk
        .device
        .copy
        .transaction(|copy| Ok(copy.shelf.clear_values(key)?))?)
}

/// Files here and the bytes of each.
pub(super) fn sizes_here(desk: &Desk<'_>) -> Called<BTreeMap<FileHash, u64>> {
    Ok(desk.device.copy.shelf.store.file_sizes()?)
}

/// Files the hub said it holds, and in which of its lives.
pub(super) fn kept(desk: &Desk<'_>) -> Called<BTreeMap<FileHash, Vec<u8>>> {
    let values = desk.device.copy.shelf.store.values(name::FILE_KEPT)?;
    let read = |(key, epoch): (String, Vec<u8>)| {
        let name = key.strip_prefix(name::FILE_KEPT)?;
        Some((name.parse().ok()?, epoch))
    };
    Ok(values.into_iter().filter_map(read).collect())
}

/// Notes in which of its lives the hub is: what it held in another (before it was restored) it may not hold any more, and it
/// is asked again. One read when it is the life met last.
pub(crate) fn meet(desk: &mut Desk<'_>, epoch: Epoch) -> Called<()> {
    if desk.device.copy.shelf.value(name::FILES_EPOCH)? == Some(epoch.0.to_vec()) {
        return Ok(());
    }
    let other = kept(desk)?.into_iter().filter(|(_, of)| *of != epoch.0);
    let other: Vec<FileHash> = other.map(|(hash, _)| hash).collect();
    desk.device.copy.transaction(|copy| {
        for hash in &other {
            copy.shelf.clear_values(&kept_as(hash))?;
        }
        Ok(copy.shelf.set_value(name::FILES_EPOCH, &epoch.0)?)
    })?;
    Ok(())
}

/// Notes what the hub holds and what it does not, in this of its lives.
pub(super) fn note(
    desk: &mut Desk<'_>,
    whole: &[FileHash],
    lost: &[FileHash],
    epoch: Epoch,
) -> Called<()> {
    meet(desk, epoch)?;
    desk.device.copy.transaction(|copy| {
        for hash in lost {
            copy.shelf.clear_values(&kept_as(hash))?;
        }
        for hash in whole {
            copy.shelf.set_value(&kept_as(hash), &epoch.0)?;
        }
        Ok(())
    })?;
    Ok(())
}

/// Under what name it is noted that the hub holds a file.
fn kept_as(hash: &FileHash) -> String {
    format!("{}{hash}", name::FILE_KEPT)
}
