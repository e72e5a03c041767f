//! The app of one profile: everything a screen, a terminal or a test may ask goes through [`crate::call`].

use crate::call::Named;
use crate::call::record::{self, Create};
use crate::changed::Changed;
use crate::clock::{Clock, Random};
use crate::device::Device;
use crate::error::{CallError, Called};
use crate::lease;
use crate::link::Link;
use crate::phone::{Opened, Phone};
use crate::practice::Practice;
use crate::underway::{FilesUnderway, Underway};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use toso_domain::id::{RecordId, SpaceId};
use toso_store::{Cost, KeyStore};
use toso_sync::key::sha256;

/// What the app is given by its edge.
pub struct Parts {
    /// Folder of the profile; made at enrolment.
    pub folder: PathBuf,
    /// Time.
    pub clock: Box<dyn Clock>,
    /// Random bytes.
    pub random: Box<dyn Random + Send>,
    /// The way to the hub.
    pub link: Box<dyn Link>,
    /// The platform's key store, where there is one.
    pub keys: Option<Box<dyn KeyStore + Send + Sync>>,
    /// Something that differs between machines, to notice a copied folder.
    pub machine: String,
    /// What one guess of a PIN costs.
    pub cost: Cost,
    /// A phone's own parts, on a phone.
    pub phone: Option<Box<dyn Phone>>,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").finish_non_exhaustive()
    }
}

/// The app of one profile.
pub struct App {
    /// Who is next: without it an exchange would take the lock again before anybody who waits for it wakes.
    turn: Mutex<()>,
    inner: Mutex<Inner>,
    pub(crate) link: Box<dyn Link>,
    /// Outside the lock: its owner is asked, and may take a minute.
    phone: Option<Box<dyn Phone>>,
    opened: Opened,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}

/// Told of every change, under the lock: it must not wait.
pub type Listener = Box<dyn Fn(&Changed) + Send + Sync>;

/// What the one lock guards.
pub(crate) struct Inner {
    /// Where the profiles of this device's people lie; the first in the folder itself.
    pub(crate) home: PathBuf,
    /// The profile that is spoken to.
    pub(crate) folder: PathBuf,
    /// Practice under way: then nothing is anybody's.
    pub(crate) practice: Option<Practice>,
    pub(crate) clock: Box<dyn Clock>,
    pub(crate) random: Box<dyn Random + Send>,
    pub(crate) keys: Option<Box<dyn KeyStore + Send + Sync>>,
    pub(crate) machine: String,
    pub(crate) cost: Cost,
    /// The unlocked profile.
    pub(crate) device: Option<Device>,
    /// Counts unlocks: an exchange that began before a lock must not go on after it.
    pub(crate) unlocks: u64,
    /// An exchange, or a carried file that is written or taken.
    pub(crate) underway: Option<Underway>,
    /// Files that move to or from the hub.
    pub(crate) files: Option<FilesUnderway>,
    /// The one who shows changes.
    listener: Option<Listener>,
}

/// A piece of work on the unlocked profile, with its time and random bytes.
pub(crate) struct Desk<'a> {
    pub(crate) device: &'a mut Device,
    pub(crate) now: i64,
    pub(crate) random: &'a mut (dyn Random + Send),
}

impl App {
    /// The app of a profile, locked.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self {
            turn: Mutex::new(()),
            inner: Mutex::new(Inner {
                home: parts.folder.clone(),
                folder: parts.folder,
                practice: None,
                clock: parts.clock,
                random: parts.random,
                keys: parts.keys,
                machine: parts.machine,
                cost: parts.cost,
                device: None,
                unlocks: 0,
                underway: None,
                files: None,
                listener: None,
            }),
            link: parts.link,
            phone: parts.phone,
            opened: Opened::default(),
        }
    }

    /// The phone's own parts, on a phone.
    pub(crate) fn phone(&self) -> Option<&dyn Phone> {
        self.phone.as_deref()
    }

    /// The link this phone was opened with.
    pub(crate) fn opened(&self) -> &Opened {
        &self.opened
    }

    /// The same for a device that people may share: `parts.folder` is its home, and the profile used last is spoken to.
    #[must_use]
    pub fn of_home(parts: Parts) -> Self {
        let app = Self::new(parts);
        let mut inner = app.inner();
        inner.clear_practice();
        inner.open_last();
        drop(inner);
        app
    }

    /// Has every change told from now on, by a save, a sync or a carried file; the listener before is let go.
    pub fn on_change(&self, listener: Listener) {
        self.inner().listener = Some(listener);
    }

    /// Everything behind the lock. A panic under it left no half transaction: the store rolls back what was not committed.
    pub(crate) fn inner(&self) -> MutexGuard<'_, Inner> {
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        drop(turn);
        inner
    }

    /// True while somebody waits for the lock that the asker holds.
    pub(crate) fn is_awaited(&self) -> bool {
        matches!(self.turn.try_lock(), Err(TryLockError::WouldBlock))
    }

    /// Works on the unlocked profile. Errors: `locked`, those of `work`.
    pub(crate) fn desk<T>(&self, work: impl FnOnce(&mut Desk<'_>) -> Called<T>) -> Called<T> {
        let mut inner = self.inner();
        inner.desk(work)
    }

    /// Makes records of one space together, as `record.create` makes one: all or none, and one disk write for all. For what
    /// comes by hundreds.
    ///
    /// # Errors
    /// Those of `record.create`, of the first record that has one; `wrong_space` for records of two spaces.
    pub fn create_all(&self, records: Vec<Create>) -> Called<Vec<Named>> {
        self.desk(|desk| {
            lease::call(desk.device, "record.create")?;
            record::create_all(desk, records)
        })
    }

    /// Drops every derived row and makes it again from packs and drafts.
    ///
    /// # Errors
    /// `locked`, faults of the store.
    pub fn rebuild_view(&self) -> Called<()> {
        self.desk(|desk| {
            let spaces = desk.device.copy.shelf.store.spaces()?;
            let mut documents = Vec::new();
            for space in spaces {
                for id in desk.device.copy.shelf.store.documents_of_truth(space)? {
                    documents.push((space, id));
                }
            }
            desk.device.copy.transaction(|copy| {
                copy.shelf
                    .store
                    .clear_derived()
                    .map_err(crate::fault::fault)?;
                for (space, document) in documents {
                    copy.rebuild(space, document)?;
                }
                copy.note_homes()
            })?;
            Ok(())
        })
    }

    /// SHA-256 over the sorted hashes of each document's changes: equal on two copies that hold the same history.
    ///
    /// # Errors
    /// `locked`, faults of the store.
    pub fn document_hashes(&self, space: SpaceId) -> Called<BTreeMap<RecordId, [u8; 32]>> {
        self.desk(|desk| {
            let mut out = BTreeMap::new();
            for id in desk.device.copy.shelf.store.documents(space)? {
                if let Some(document) = desk.device.copy.document(space, id)? {
                    let mut hashes: Vec<[u8; 32]> = document
                        .changes()
                        .iter()
                        .map(|change| change.hash.0)
                        .collect();
                    hashes.sort_unstable();
                    out.insert(id, sha256(&[&hashes.concat()]));
                }
            }
            Ok(out)
        })
    }

    /// Hash over every row shown of a space: equal on two copies that show the same.
    ///
    /// # Errors
    /// `locked`, faults of the store.
    pub fn view_hash(&self, space: SpaceId) -> Called<[u8; 32]> {
        self.desk(|desk| Ok(desk.device.copy.shelf.store.view_hash(space)?))
    }
}

impl Inner {
    /// Works on the unlocked profile.
    pub(crate) fn desk<T>(&mut self, work: impl FnOnce(&mut Desk<'_>) -> Called<T>) -> Called<T> {
        let now = self.clock.now();
        let device = self
            .device
            .as_mut()
            .ok_or_else(|| CallError::new("locked"))?;
        device.copy.shelf.now = now;
        let mut desk = Desk {
            device,
            now,
            random: self.random.as_mut(),
        };
        let done = work(&mut desk);
        let kept = crate::notice::keep(&mut desk);
        let news = desk.device.copy.shelf.take_news();
        if !news.is_empty() {
            desk.device.late = None;
            self.tell(&news);
        }
        kept?;
        done
    }

    /// Tells whoever shows changes.
    pub(crate) fn tell(&self, news: &Changed) {
        if let Some(tell) = &self.listener {
            tell(news);
        }
    }

    /// The platform's key store.
    pub(crate) fn keys(&self) -> Option<&dyn KeyStore> {
        self.keys
            .as_ref()
            .map(|keys| keys.as_ref() as &dyn KeyStore)
    }

    /// The profile's folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_holds_the_lock_sees_that_somebody_waits_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::new(Parts::of_this_machine(folder.path().to_owned()).unwrap());
        let held = app.inner();
        assert!(!app.is_awaited(), "nobody does");
        std::thread::scope(|scope| {
            let other = scope.spawn(|| drop(app.inner()));
            while !app.is_awaited() {
                std::thread::yield_now();
            }
            drop(held);
            other.join().unwrap();
        });
        let _held = app.inner();
        assert!(!app.is_awaited(), "it had its turn");
    }
}
