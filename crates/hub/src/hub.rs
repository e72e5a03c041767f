//! An open hub: shared by every request, one at a time inside.

use crate::clock::Clock;
use crate::core::{Core, Facts, secret};
use crate::db::HubDb;
use crate::db::sqlite::SqliteDb;
use crate::error::Done;
use crate::file_exchange::Held;
use crate::folder::{Folder, Lock};
use crate::quota::Quota;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use toso_domain::id::SpaceId;
use toso_sync::id::{Epoch, HubKey};

/// An open hub. Cloning gives another handle to the same one.
pub struct Hub<D = SqliteDb> {
    pub(crate) inner: Arc<Inner<D>>,
}

impl<D> Clone for Hub<D> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
        }
    }
}

impl<D> std::fmt::Debug for Hub<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub")
            .field("hub", &self.inner.facts.hub)
            .finish_non_exhaustive()
    }
}

/// What the operator allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// New work by one device.
    pub quota: Quota,
    /// Bytes set aside of one device.
    pub tray_bytes: u64,
    /// Bytes all files (photos, papers) together may take; past it another is refused with `files_full`. None is no bound but
    /// the disk.
    pub files_bytes: Option<u64>,
    /// Bytes the database file may grow to; past it whatever writes is refused with `disk_full`. None is no bound but the disk.
    pub database_bytes: Option<u64>,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            quota: Quota::default(),
            tray_bytes: toso_sync::caps::TRAY_BYTES,
            files_bytes: None,
            database_bytes: None,
        }
    }
}

pub(crate) struct Inner<D> {
    core: Mutex<Core<D>>,
    clock: Clock,
    pub(crate) facts: Facts,
    pub(crate) tls: Tls,
    /// Address given out in codes.
    pub(crate) address: OnceLock<String>,
    pub(crate) files: Arc<Mutex<Held>>,
    folder: Folder,
    _lock: Option<Lock>,
}

/// The server's own certificate.
#[derive(Clone)]
pub(crate) struct Tls {
    pub(crate) key: Vec<u8>,
    pub(crate) cert: Vec<u8>,
}

impl Hub<SqliteDb> {
    /// Opens the hub in `folder` and keeps other processes from writing there.
    ///
    /// # Errors
    /// `no_hub`, `in_use`, `key_open`, `wrong_key`, `db_newer`, `db_damaged`, `disk_full`.
    pub fn open(folder: &Path, clock: Clock) -> Done<Self> {
        let folder = Folder::new(folder);
        let key = folder.read_key()?;
        let lock = folder.lock()?;
        let db = folder.open_database(&key)?;
        Self::over(db, &folder.log(), clock, Some(lock))
    }
}

impl<D: HubDb> Hub<D> {
    /// A hub over an open database, its rulings logged at `log`.
    ///
    /// # Errors
    /// Those of the database and the disk.
    pub fn over(db: D, log: &Path, clock: Clock, lock: Option<Lock>) -> Done<Self> {
        let tls = Tls {
            key: db.secret(secret::TLS_KEY)?.unwrap_or_default(),
            cert: db.secret(secret::TLS_CERT)?.unwrap_or_default(),
        };
        let core = Core::open(db, log)?;
        let facts = core.facts.clone();
        let files = Arc::clone(&core.held);
        Ok(Self {
            inner: Arc::new(Inner {
                core: Mutex::new(core),
                clock,
                facts,
                tls,
                address: OnceLock::new(),
                files,
                folder: Folder::new(log.parent().unwrap_or(Path::new("."))),
                _lock: lock,
            }),
        })
    }

    /// The authority the commune began with: devices trust it, and what its successions lead to.
    #[must_use]
    pub fn key(&self) -> HubKey {
        self.inner.facts.first
    }

    /// The commune's own space.
    #[must_use]
    pub fn commune(&self) -> SpaceId {
        self.inner.facts.commune.into()
    }

    /// New after each restore.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.inner.facts.epoch
    }

    /// SHA-256 of the server's own TLS certificate, which devices pin.
    #[must_use]
    pub fn key_fingerprint(&self) -> [u8; 32] {
        self.inner.facts.tls_print
    }

    /// Holds the hub to these bounds from now on. Blocks.
    ///
    /// # Errors
    /// Those of the database.
    pub fn hold_to(&self, bounds: Bounds) -> Done<()> {
        let files = self.inner.files.lock();
        files.unwrap_or_else(PoisonError::into_inner).most = bounds.files_bytes;
        self.alone(|core| {
            core.given.quota = bounds.quota;
            core.given_files.quota = bounds.quota;
            core.replica.limits.tray_bytes = bounds.tray_bytes;
            Ok(core.db().grow_no_further(bounds.database_bytes)?)
        })
    }

    /// Milliseconds since the last backup was made here; `None` before the first.
    pub(crate) fn backup_age(&self) -> Option<i64> {
        let made = std::fs::metadata(self.inner.folder.backed_up()).and_then(|f| f.modified());
        let made = made.ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
        let made = i64::try_from(made.as_millis()).ok()?;
        Some(self.now().saturating_sub(made).max(0))
    }

    /// Milliseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        (self.inner.clock)()
    }

    /// Runs `work` alone on the hub. Blocks: call it where blocking is allowed.
    pub(crate) fn alone<T>(&self, work: impl FnOnce(&mut Core<D>) -> Done<T>) -> Done<T> {
        let mut core = match self.inner.core.lock() {
            Ok(core) => core,
            Err(poisoned) => {
                let mut core = poisoned.into_inner();
                core.recover()?;
                self.inner.core.clear_poison();
                core
            }
        };
        work(&mut core)
    }
}
