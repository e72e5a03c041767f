//! The hub in one SQLCipher file: opening it, settings read back, migrations.

mod audit;
mod copy;
mod door;
mod shelf;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Row, TransactionBehavior};
use std::path::Path;
use std::time::Duration;
use toso_sync::shelf::{Kept, ShelfError};

/// Oldest SQLite without the WAL-reset bug, which corrupts a file that two connections checkpoint.
const SQLITE_MIN: [u32; 3] = [3, 51, 3];
/// Oldest SQLCipher we have tested.
const SQLCIPHER_MIN: [u32; 3] = [4, 17, 0];

/// Name and text of each step, in order. A step's place from 1 is the `user_version` it leads to.
pub const STEPS: &[(&str, &str)] = &[
    (
        "0001_start.sql",
        include_str!("../../../../../migrations/hub/sqlite/0001_start.sql"),
    ),
    (
        "0002_void.sql",
        include_str!("../../../../../migrations/hub/sqlite/0002_void.sql"),
    ),
];

/// Key of a database file.
#[derive(Clone)]
pub struct FileKey([u8; 32]);

impl std::fmt::Debug for FileKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileKey(…)")
    }
}

impl FileKey {
    /// From 32 random bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, to be kept in a file only the hub reads.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0
    }

    fn pragma(&self) -> String {
        let hex: String = self.0.iter().map(|b| format!("{b:02x}")).collect();
        format!("PRAGMA key = \"x'{hex}'\"")
    }
}

/// The hub's database on one SQLCipher file, through one connection.
#[derive(Debug)]
pub struct SqliteDb {
    connection: Connection,
}

impl SqliteDb {
    /// Opens the file, creating it when there is none, and brings it to today's shape.
    ///
    /// # Errors
    /// `wrong_key`, `db_newer`, `db_engine`, `db_setting`, `disk_full`, `db_damaged`, `db`.
    pub fn open(path: &Path, key: &FileKey) -> Kept<Self> {
        let mut connection = connect(path, key)?;
        steps_done(&connection)?;
        settle(&connection)?;
        migrate(&mut connection)?;
        connection.set_prepared_statement_cache_capacity(256);
        // Else a statement is planned again whenever another value is bound to it.
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
            .map_err(told)?;
        Ok(Self { connection })
    }

    /// Reads the whole file and says whether every page is sound.
    ///
    /// # Errors
    /// `db_damaged`; `disk_full`, `db_busy` where the write-ahead log cannot be emptied first.
    pub fn check(&self) -> Kept<()> {
        // The pages' check reads the file alone. One that a power cut tore while it was brought over from the log still
        // stands whole in the log, and is no damage.
        self.empty_log()?;
        let mut pages = self
            .connection
            .prepare("PRAGMA cipher_integrity_check")
            .map_err(told)?;
        let bad = pages
            .query_map([], |row| row.get::<_, String>(0))
            .map_err(told)?
            .count();
        if bad > 0 {
            return Err(error("db_damaged", format!("{bad} pages fail their check")));
        }
        let answer: String = self
            .connection
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(told)?;
        let strays = self
            .connection
            .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| {
                row.get::<_, i64>(0)
            })
            .map_err(told)?;
        if answer == "ok" && strays == 0 {
            Ok(())
        } else {
            Err(error("db_damaged", "integrity_check".into()))
        }
    }

    /// Brings everything from the write-ahead log over into the file.
    fn empty_log(&self) -> Kept<()> {
        self.connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .map_err(told)
    }
}

fn connect(path: &Path, key: &FileKey) -> Kept<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(told)?;
    // Process-wide; without it a wrong key writes engine lines to standard error.
    drop(connection.execute_batch("PRAGMA cipher_log_level = NONE"));
    connection.execute_batch(&key.pragma()).map_err(told)?;
    let cipher: String = connection
        .query_row("PRAGMA cipher_version", [], |row| row.get(0))
        .map_err(|_| error("db_engine", "no SQLCipher".into()))?;
    if !at_least(rusqlite::version(), SQLITE_MIN) || !at_least(&cipher, SQLCIPHER_MIN) {
        let found = format!("SQLite {}, SQLCipher {cipher}", rusqlite::version());
        return Err(error("db_engine", found));
    }
    connection
        .busy_timeout(Duration::from_secs(5))
        .map_err(told)?;
    connection
        .query_row("SELECT count(*) FROM sqlite_master", [], |row| {
            row.get::<_, i64>(0)
        })
        .map_err(|e| match e.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => error("wrong_key", String::new()),
            _ => told(e),
        })?;
    Ok(connection)
}

fn at_least(found: &str, wanted: [u32; 3]) -> bool {
    let number = found.split_whitespace().next().unwrap_or_default();
    let mut parts = number
        .split('.')
        .map(|part| part.parse::<u32>().unwrap_or(0));
    [(); 3].map(|()| parts.next().unwrap_or(0)) >= wanted
}

/// Settings, each read back: an error while switching to WAL is otherwise swallowed.
fn settle(connection: &Connection) -> Kept<()> {
    const WANTED: &[(&str, &str, &str)] = &[
        ("journal_mode", "WAL", "wal"),
        ("synchronous", "FULL", "2"),
        ("secure_delete", "ON", "1"),
        ("foreign_keys", "ON", "1"),
        ("trusted_schema", "OFF", "0"),
        ("cell_size_check", "ON", "1"),
        ("temp_store", "MEMORY", "2"),
        ("mmap_size", "0", "0"),
        ("cache_size", "-16000", "-16000"),
        ("journal_size_limit", "8388608", "8388608"),
    ];
    for &(name, value, wanted) in WANTED {
        connection
            .pragma_update_and_check(None, name, value, |_| Ok(()))
            .or_else(|e| match e {
                rusqlite::Error::QueryReturnedNoRows => Ok(()),
                other => Err(told(other)),
            })?;
        let found = match connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0)) {
            Ok(rusqlite::types::Value::Integer(n)) => n.to_string(),
            Ok(rusqlite::types::Value::Text(text)) => text,
            Ok(_) => String::new(),
            // An encrypting pager has no memory map at all, and says so by no row.
            Err(rusqlite::Error::QueryReturnedNoRows) if name == "mmap_size" => continue,
            Err(e) => return Err(told(e)),
        };
        if found != wanted {
            return Err(error("db_setting", format!("{name}={found}")));
        }
    }
    Ok(())
}

/// Refuses a file of a newer hub before anything is written to it.
fn steps_done(connection: &Connection) -> Kept<usize> {
    let found: i64 = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(told)?;
    match usize::try_from(found) {
        Ok(found) if found <= STEPS.len() => Ok(found),
        _ => Err(error(
            "db_newer",
            format!("found {found}, known {}", STEPS.len()),
        )),
    }
}

fn migrate(connection: &mut Connection) -> Kept<()> {
    let done = steps_done(connection)?;
    for (version, (_, sql)) in (1_i64..).zip(STEPS).skip(done) {
        let step = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(told)?;
        step.execute_batch(sql).map_err(told)?;
        step.pragma_update(None, "user_version", version)
            .map_err(told)?;
        step.commit().map_err(told)?;
    }
    Ok(())
}

pub(super) fn error(code: &'static str, detail: String) -> ShelfError {
    ShelfError { code, detail }
}

/// What the engine says, as a stable code. Its text names tables and constraints, never values.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(super) fn told(e: rusqlite::Error) -> ShelfError {
    let code = match e.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => "disk_full",
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => "db_damaged",
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => "db_busy",
        _ => "db",
    };
    let detail = e
        .sqlite_error()
        .map_or_else(|| "query".to_owned(), |e| format!("{e}"));
    error(code, detail)
}

/// A blob column of exactly `N` bytes.
pub(super) fn exact<const N: usize>(row: &Row<'_>, ix: usize) -> rusqlite::Result<[u8; N]> {
    let value = row.get_ref(ix)?;
    value
        .as_blob()?
        .try_into()
        .map_err(|_| rusqlite::Error::InvalidColumnType(ix, "blob".into(), value.data_type()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_steps_is_the_folder() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/hub/sqlite");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|f| f.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let listed: Vec<&str> = STEPS.iter().map(|(name, _)| *name).collect();
        assert_eq!(files, listed);
    }

    #[test]
    fn a_page_torn_on_its_way_from_the_log_is_no_damage_and_another_one_is() {
        use std::os::unix::fs::FileExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hub.db");
        let db = SqliteDb::open(&path, &FileKey::from_bytes([1; 32])).unwrap();
        db.connection
            .execute_batch(
                "CREATE TABLE village (name TEXT); INSERT INTO village VALUES ('Nà Hin')",
            )
            .unwrap();
        db.empty_log().unwrap();
        let size = db.page_size().unwrap();
        let tear = |page: u64| {
            let file = std::fs::File::options().write(true).open(&path).unwrap();
            file.write_all_at(&[0; 512], (page - 1) * size).unwrap();
        };
        db.connection
            .execute("UPDATE village SET name = 'Pá Khôm'", [])
            .unwrap();
        // The log begins with 32 bytes of its own, each frame with the number of its page.
        let log = std::fs::read(folder.path().join("hub.db-wal")).unwrap();
        let page = u32::from_be_bytes(log[32..36].try_into().unwrap());
        tear(page.into());
        db.check().unwrap();
        tear(3);
        assert_eq!(db.check().unwrap_err().code, "db_damaged");
    }

    #[test]
    fn another_key_or_a_newer_file_is_refused_and_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hub.db");
        let key = FileKey::from_bytes([1; 32]);
        let db = SqliteDb::open(&path, &key).unwrap();
        db.check().unwrap();
        db.connection
            .pragma_update(None, "user_version", 99)
            .unwrap();
        drop(db);
        let before = std::fs::read(&path).unwrap();
        assert!(!before.starts_with(b"SQLite"));
        let code = |key| SqliteDb::open(&path, &key).unwrap_err().code;
        assert_eq!(code(key), "db_newer");
        assert_eq!(code(FileKey::from_bytes([2; 32])), "wrong_key");
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
}
