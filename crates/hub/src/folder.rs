//! The hub's folder: database, its key, the log of rulings, the lock.

use crate::db::sqlite::{FileKey, SqliteDb};
use crate::error::{Done, HubError};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Folder of the files (photos, papers), inside the hub's.
pub(crate) const FILES: &str = "files";

/// A folder that is or becomes a hub's.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

/// Held while a process may write here; the system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Folder {
    /// The folder at `path`.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.path.join("hub.db")
    }

    /// Its key, readable by the hub's user alone.
    #[must_use]
    pub fn key(&self) -> PathBuf {
        self.path.join("hub.key")
    }

    /// Rulings written a second time, sealed to the recovery key.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.path.join("rulings.log")
    }

    /// Photos and papers; absent before the first.
    #[must_use]
    pub fn files(&self) -> PathBuf {
        self.path.join(FILES)
    }

    /// An empty file, as old as the last backup; absent before the first.
    #[must_use]
    pub fn backed_up(&self) -> PathBuf {
        self.path.join("hub.backed-up")
    }

    /// Settings of the operator; may be absent.
    #[must_use]
    pub fn config(&self) -> PathBuf {
        self.path.join("hub.toml")
    }

    /// Makes the folder, for the hub's user alone. One that exists must be empty.
    ///
    /// # Errors
    /// `exists`, `read_only`, `disk_full`.
    pub fn make(&self) -> Done<()> {
        fs::create_dir_all(&self.path)?;
        if fs::read_dir(&self.path)?.next().is_some() {
            return Err(HubError::new("exists"));
        }
        private(&self.path, 0o700)
    }

    /// Takes the lock.
    ///
    /// # Errors
    /// `in_use`.
    pub fn lock(&self) -> Done<Lock> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(self.path.join("hub.lock"))?;
        file.try_lock().map_err(|_| HubError::new("in_use"))?;
        Ok(Lock { _file: file })
    }

    /// Reads the key of the database.
    ///
    /// # Errors
    /// `no_hub`, `key_open` when others can read the file, `wrong_key` when it holds no key.
    pub fn read_key(&self) -> Done<FileKey> {
        let path = self.key();
        let text = fs::read_to_string(&path).map_err(|_| HubError::new("no_hub"))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            if fs::metadata(&path)?.permissions().mode() & 0o077 != 0 {
                return Err(HubError::new("key_open"));
            }
        }
        toso_sync::id::DeviceKey::from_hex(text.trim())
            .map(|bytes| FileKey::from_bytes(bytes.0))
            .ok_or(HubError::new("wrong_key"))
    }

    /// Opens the database of a hub that was made: one that is gone, empty or not readable is damage, never a reason to
    /// make another.
    ///
    /// # Errors
    /// `db_damaged` (also when the key is another hub's: the two cannot be told apart), `db_newer`, `db_engine`, `db`.
    pub fn open_database(&self, key: &FileKey) -> Done<SqliteDb> {
        let path = self.database();
        if fs::metadata(&path).map_or(0, |found| found.len()) == 0 {
            return Err(HubError::with("db_damaged", "gone or empty"));
        }
        SqliteDb::open(&path, key).map_err(|e| match e.code {
            "wrong_key" => HubError::with("db_damaged", "first page"),
            _ => e.into(),
        })
    }

    /// Whether only the hub's user can look into the folder.
    ///
    /// # Errors
    /// `folder_open`.
    pub(crate) fn is_private(&self) -> Done<()> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            if fs::metadata(&self.path)?.permissions().mode() & 0o077 != 0 {
                return Err(HubError::new("folder_open"));
            }
        }
        Ok(())
    }

    /// Writes the key of a new database.
    ///
    /// # Errors
    /// `exists`, `disk_full`.
    pub fn write_key(&self, key: &FileKey) -> Done<()> {
        let hex: String = key.to_bytes().iter().map(|b| format!("{b:02x}")).collect();
        write_new(&self.key(), hex.as_bytes())?;
        self.sync()
    }

    /// Makes the names in the folder durable.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn sync(&self) -> Done<()> {
        Ok(File::open(&self.path)?.sync_all()?)
    }
}

/// Writes a new file, durable and for the hub's user alone. One that exists is left as it is.
///
/// # Errors
/// `exists`, `disk_full`.
pub fn write_new(path: &Path, bytes: &[u8]) -> Done<()> {
    let mut file = create_new(path)?;
    file.write_all(bytes)?;
    Ok(file.sync_all()?)
}

/// A new, empty file for the hub's user alone.
///
/// # Errors
/// `exists`, `disk_full`.
pub fn create_new(path: &Path) -> Done<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    Ok(options.open(path)?)
}

/// Keeps others out of a file or folder.
pub(crate) fn private(path: &Path, mode: u32) -> Done<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    }
    #[cfg(not(unix))]
    let _ = (path, mode);
    Ok(())
}
