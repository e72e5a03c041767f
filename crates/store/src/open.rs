//! Opening one profile: lock, key, settings read back, migrations, views.

use crate::error::{Result, StoreError};
use crate::file::Files;
use crate::identity::{Beside, IDENTITY};
use crate::journal::{End, Journal};
use crate::lock::Lock;
use crate::secret::DatabaseKey;
use crate::sign::Sign;
use crate::watch::watch;
use crate::{migrate, view};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Name of the database inside the profile's folder.
pub(crate) const DATABASE: &str = "toso.db";
/// Oldest SQLite without the WAL-reset bug, which corrupts a file that two connections checkpoint.
const SQLITE_MIN: [u32; 3] = [3, 51, 3];
/// Oldest SQLCipher we have tested.
const SQLCIPHER_MIN: [u32; 3] = [4, 17, 0];

/// What opening a profile needs.
#[derive(Debug, Clone, Copy)]
pub struct Profile<'a> {
    /// Folder of the profile; it must exist.
    pub folder: &'a Path,
    /// Key of the database.
    pub key: &'a DatabaseKey,
    /// Each kind with its field names: a TEMP view named like the kind is made of them.
    pub kinds: &'a [(&'a str, &'a [&'a str])],
    /// Something that differs between machines (machine id, Android id), to notice a copied folder.
    pub machine: &'a str,
}

/// An open profile.
#[derive(Debug)]
pub struct Opened {
    /// The store.
    pub store: Store,
    /// True when the database was created by this call.
    pub fresh: bool,
    /// Journal payloads that the database lacks, oldest first; an erased one is empty. Take them in, then say
    /// [`Store::replayed`]; until then nothing can be saved.
    pub missing_frames: Vec<Vec<u8>>,
    /// Signs of restore or damage not yet answered by a new epoch ([`Store::clear_signs`]), in order.
    pub signs: Vec<Sign>,
}

/// The device's database. One writer; everything between `begin` and `commit` is one transaction.
#[derive(Debug)]
pub struct Store {
    pub(crate) connection: Connection,
    pub(crate) folder: PathBuf,
    pub(crate) files: Files,
    /// A write has an unknown outcome: nothing more may be written through this connection.
    pub(crate) reopen: bool,
    pub(crate) journal: Journal,
    /// Where the journal goes back to when the transaction is undone.
    pub(crate) floor: End,
    /// The open transaction has appended a frame.
    pub(crate) appended: bool,
    /// Ends of the frames not yet taken in, and how many of them the open transaction takes.
    pub(crate) missing: VecDeque<End>,
    pub(crate) replayed: usize,
    _lock: Lock,
}

impl Store {
    /// Opens the profile, creating its database when there is none.
    ///
    /// Errors: `profile_in_use`, `wrong_key`, `db_damaged`, `db_newer`, `db_engine`, `db_setting`, `disk_full`, `read_only`.
    /// None of them changes the database file.
    pub fn open(profile: &Profile<'_>) -> Result<Opened> {
        let lock = Lock::take(profile.folder)?;
        let path = profile.folder.join(DATABASE);
        let fresh = fs::metadata(&path).map_or(true, |found| found.len() == 0);
        let beside = Beside::read(profile.folder);
        if fresh && beside.is_some() {
            return Err(StoreError::Damaged("the database is gone".into()));
        }
        let mut connection = connect(&path, profile.key).map_err(|error| match error {
            // The key is right, so it is the file that is not.
            StoreError::WrongKey if beside.is_some_and(|beside| beside.proves(profile.key)) => {
                StoreError::Damaged("its first page cannot be read".into())
            }
            other => other,
        })?;
        migrate::check(&connection)?;
        settle(&connection)?;
        migrate::run(&mut connection)?;
        view::make(&connection, profile.kinds)?;
        crate::house::teach(&connection)?;
        // Every statement of the app, so that none is read anew.
        connection.set_prepared_statement_cache_capacity(256);
        // Else a statement is planned again whenever another value is bound to it: half the time of a save.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        let watch = watch(&connection, profile.folder, profile.key, profile.machine)?;
        let store = Self {
            connection,
            folder: profile.folder.to_owned(),
            files: Files::new(profile.folder, profile.key),
            reopen: false,
            floor: watch.journal.end,
            journal: watch.journal,
            appended: false,
            missing: watch.ends,
            replayed: 0,
            _lock: lock,
        };
        let signs = watch.signs.into_iter().collect();
        Ok(Opened {
            store,
            fresh,
            missing_frames: watch.missing,
            signs,
        })
    }

    /// The folder of this profile.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Reads the whole file and says whether every page is sound. Slow: for the doctor, not for every start.
    /// Errors: `db_damaged`; `disk_full`, `db_busy` where the write-ahead log cannot be emptied first.
    pub fn check(&self) -> Result<()> {
        // The pages' check reads the file alone. One that a power cut tore while it was brought over from the log still
        // stands whole in the log, and is no damage.
        self.scrub()?;
        let mut pages = self.connection.prepare("PRAGMA cipher_integrity_check")?;
        let bad = pages.query_map([], |row| row.get::<_, String>(0))?.count();
        if bad > 0 {
            return Err(StoreError::Damaged(format!("{bad} pages fail their check")));
        }
        let told: String = self
            .connection
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if told == "ok" {
            Ok(())
        } else {
            Err(StoreError::Damaged("quick_check".into()))
        }
    }

    /// Moves everything from the write-ahead log into the database and empties the log,
    /// so that pages from before an erasure are on no disk block this app can name. Call after a purge.
    pub fn scrub(&self) -> Result<()> {
        let busy: i64 =
            self.connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy == 0 {
            Ok(())
        } else {
            Err(StoreError::Busy)
        }
    }
}

/// Opens the file and proves the key by a first read.
pub(crate) fn connect(path: &Path, key: &DatabaseKey) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // Process-wide; without it a wrong key writes engine lines to standard error.
    drop(connection.execute_batch("PRAGMA cipher_log_level = NONE"));
    connection.execute_batch(&key.pragma())?;
    engine(&connection)?;
    connection.busy_timeout(Duration::from_secs(2))?;
    match connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| {
        row.get::<_, i64>(0)
    }) {
        Ok(_) => Ok(connection),
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) => {
            Err(StoreError::WrongKey)
        }
        Err(error) => Err(error.into()),
    }
}

/// Refuses engines with known damage bugs.
fn engine(connection: &Connection) -> Result<()> {
    let sqlite = rusqlite::version();
    let cipher: String = connection
        .query_row("PRAGMA cipher_version", [], |row| row.get(0))
        .map_err(|_| StoreError::TooOld("no SQLCipher".into()))?;
    if at_least(sqlite, SQLITE_MIN) && at_least(&cipher, SQLCIPHER_MIN) {
        Ok(())
    } else {
        Err(StoreError::TooOld(format!(
            "SQLite {sqlite}, SQLCipher {cipher}"
        )))
    }
}

fn at_least(found: &str, wanted: [u32; 3]) -> bool {
    let number = found.split_whitespace().next().unwrap_or_default();
    let mut parts = number
        .split('.')
        .map(|part| part.parse::<u32>().unwrap_or(0));
    let found = [(); 3].map(|()| parts.next().unwrap_or(0));
    found >= wanted
}

/// Settings, each read back: an error while switching to WAL is otherwise swallowed and the file stays in `delete` mode.
fn settle(connection: &Connection) -> Result<()> {
    const WANTED: &[(&str, &str, &str)] = &[
        ("journal_mode", "WAL", "wal"),
        ("synchronous", "FULL", "2"),
        ("secure_delete", "ON", "1"),
        ("foreign_keys", "ON", "1"),
        ("trusted_schema", "OFF", "0"),
        ("cell_size_check", "ON", "1"),
        ("temp_store", "MEMORY", "2"),
        // Only filled by as many pages as are used. A page that fell out is decrypted and its HMAC checked when it is
        // needed again, and one that was changed encrypted once more: the indexes of a whole commune do not fit 16 MB.
        ("cache_size", "-64000", "-64000"),
        ("journal_size_limit", "8388608", "8388608"),
    ];
    for &(name, value, told) in WANTED {
        connection
            .pragma_update_and_check(None, name, value, |_| Ok(()))
            .or_else(|error| match error {
                rusqlite::Error::QueryReturnedNoRows => Ok(()),
                other => Err(other),
            })?;
        let found: rusqlite::types::Value =
            connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))?;
        let found = match found {
            rusqlite::types::Value::Integer(n) => n.to_string(),
            rusqlite::types::Value::Text(text) => text,
            _ => String::new(),
        };
        if found != told {
            return Err(StoreError::Setting(format!("{name}={found}")));
        }
    }
    Ok(())
}

/// Renames a damaged database and what belongs to it, so that the next open makes a new one which the journal and the
/// hub refill. `now` is milliseconds since 1970 and becomes part of the names. Returns the new name of the database.
///
/// Only an explicit wish of a person may call this. Errors: `profile_in_use`, `read_only`, `disk_full`.
pub fn set_aside(folder: &Path, now: i64) -> Result<PathBuf> {
    let _lock = Lock::take(folder)?;
    let aside = |name: &str| folder.join(format!("{name}.aside-{now}"));
    // The small file last: while it stands, an absent database is still damage.
    let names = ["", "-wal", "-shm"].map(|suffix| format!("{DATABASE}{suffix}"));
    for name in names.into_iter().chain([IDENTITY.to_owned()]) {
        match fs::rename(folder.join(&name), aside(&name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    crate::durable::folder(folder)?;
    Ok(aside(DATABASE))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A new profile in a folder of its own.
    pub(crate) fn empty() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let key = DatabaseKey::from_bytes([7; 32]);
        let profile = Profile {
            folder: folder.path(),
            key: &key,
            kinds: &[],
            machine: "m",
        };
        let store = Store::open(&profile).unwrap().store;
        (folder, store)
    }

    #[test]
    fn versions_compare_by_number_not_by_text() {
        assert!(at_least("3.51.3", SQLITE_MIN));
        assert!(at_least("3.100.0", SQLITE_MIN));
        assert!(!at_least("3.9.9", SQLITE_MIN));
        assert!(at_least("4.20.0 community", SQLCIPHER_MIN));
        assert!(!at_least("", SQLCIPHER_MIN));
    }
}
