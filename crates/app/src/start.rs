//! Starting an unlocked profile: open the store, take in what the journal knows better, answer signs of restore.

use crate::app::Inner;
use crate::clock::Random;
use crate::device::{Device, name};
use crate::error::{CallError, Called};
use crate::fault::fault;
use crate::journal::{self, Item};
use crate::shelf::DeviceShelf;
use crate::{kind, notice};
use toso_store::{Asks, DatabaseKey, Profile, Store};
use toso_sync::id::HubKey;
use toso_sync::key::Secret;
use toso_sync::replica::{Fault, Mode, Replica};
use toso_sync::shelf::{DraftRow, Shelf};

impl Inner {
    /// Opens the profile with its key. A profile without a device key gets one.
    pub(crate) fn start(&mut self, key: &DatabaseKey) -> Called<()> {
        let now = self.clock.now();
        let kinds = kind::columns();
        let columns: Vec<(&str, &[&str])> = kinds.iter().map(|(k, f)| (*k, &f[..])).collect();
        let opened = Store::open(&Profile {
            folder: &self.folder,
            key,
            kinds: &columns,
            machine: &self.machine,
        })?;
        let mut shelf = DeviceShelf::new(opened.store, None);
        shelf.now = now;
        let secret = secret(&mut shelf, self.random.as_mut())?;
        shelf.device = Some(secret.device());
        let hub = Device::read_hub(&shelf)?;
        let authority = hub.as_ref().map_or(HubKey([0; 32]), |h| h.authority);
        let copy = Replica::open(shelf, authority, None, Some(secret.clone()))?;
        let pin = matches!(toso_store::key::asks(&self.folder)?, Some(Asks::Pin));
        let mut device = Device {
            copy,
            secret,
            hub,
            pin,
            late: None,
        };
        take_in(&mut device.copy, &opened.missing_frames, now)?;
        if !opened.signs.is_empty() {
            device.copy.distrust_self()?;
            device
                .copy
                .transaction(|copy| Ok(copy.shelf.store.clear_signs().map_err(fault)?))?;
            for sign in &opened.signs {
                notice::add(&mut device, now, sign.word(), None, None)?;
            }
        }
        device.copy.shelf.finish_erasing()?;
        device.upkeep(now, self.random.as_mut())?;
        self.device = Some(device);
        self.unlocks += 1;
        self.desk(|_| Ok(()))
    }
}

/// The device's key; made at the first start.
fn secret(shelf: &mut DeviceShelf, random: &mut dyn Random) -> Called<Secret> {
    if let Some(bytes) = shelf.value(name::SECRET)? {
        let bytes = <[u8; 32]>::try_from(bytes).map_err(|_| CallError::new("db_damaged"))?;
        return Ok(Secret::from_bytes(&bytes));
    }
    let bytes = random.bytes32();
    shelf.set_value(name::SECRET, &bytes)?;
    Ok(Secret::from_bytes(&bytes))
}

/// Puts back what the journal holds and the database lost. Taking in what is held already changes nothing.
fn take_in(copy: &mut Replica<DeviceShelf>, frames: &[Vec<u8>], now: i64) -> Result<(), Fault> {
    copy.shelf.replaying = true;
    let done = frames.iter().try_for_each(|frame| {
        copy.transaction(|copy| {
            for item in journal::read(frame) {
                take_item(copy, item, now)?;
            }
            copy.shelf.store.replayed(1).map_err(fault)?;
            Ok(())
        })
    });
    copy.shelf.replaying = false;
    done
}

fn take_item(copy: &mut Replica<DeviceShelf>, item: Item, now: i64) -> Result<(), Fault> {
    match item {
        Item::Draft(space, draft) => {
            let drafts = copy.shelf.drafts(space)?;
            let held = !copy.shelf.entries_of_change(space, &draft.hash)?.is_empty()
                || drafts.iter().any(|d| d.hash == draft.hash);
            if held || copy.book().is_purged(&draft.document) {
                return Ok(());
            }
            let order = drafts.last().map_or(1, |d| d.order + 1);
            let document = draft.document;
            copy.shelf.put_draft(space, &DraftRow { order, ..draft })?;
            copy.rebuild(space, document)
        }
        Item::Pack(space, pack, _) => {
            copy.take_pack(space, &pack, Mode::Counting, now)?;
            copy.settle_taken(space)
        }
    }
}
