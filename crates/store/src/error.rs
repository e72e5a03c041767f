//! What can go wrong below the protocol, each with a stable code that a screen may show.

use std::io;

/// Result of a store operation.
pub type Result<T> = std::result::Result<T, StoreError>;

/// A failure of the disk, the database, the journal or a key. Details are for the operator and never hold personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another process has this profile open.
    #[error("another process has this profile open")]
    ProfileInUse,
    /// The key does not open this database.
    #[error("the key does not open this database")]
    WrongKey,
    /// The database file is damaged or gone; [`crate::set_aside`] makes room for a new one.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// A newer app wrote this file. It was not touched.
    #[error("a newer app wrote this database (shape {found}, known {known})")]
    Newer {
        /// Shape found in the file.
        found: i64,
        /// Newest shape this app knows.
        known: i64,
    },
    /// The bundled SQLite or SQLCipher is older than the versions without known damage bugs.
    #[error("the bundled database engine is too old: {0}")]
    TooOld(String),
    /// A setting did not hold when read back.
    #[error("the database setting {0} did not hold")]
    Setting(String),
    /// No room left on the disk. Reading still works.
    #[error("no room left on the disk")]
    DiskFull,
    /// The folder or file cannot be written.
    #[error("the folder cannot be written")]
    ReadOnly,
    /// Another connection holds the database.
    #[error("the database is busy")]
    Busy,
    /// Frames of the journal wait to be taken in before a new one may be written.
    #[error("missing journal frames must be taken in first")]
    ReplayFirst,
    /// A write may or may not have reached the disk: close the store and open it again.
    #[error("a write has an unknown outcome; the store must be opened again")]
    Reopen,
    /// PIN is not six digits, or the passphrase is shorter than twelve characters.
    #[error("a PIN has six digits, a passphrase at least twelve characters")]
    SecretShape,
    /// The PIN or passphrase is not the right one.
    #[error("wrong PIN or passphrase; {free_left} free tries left")]
    WrongSecret {
        /// Tries left before delays begin.
        free_left: u32,
    },
    /// Too many wrong tries: nothing was checked.
    #[error("wait {wait_ms} ms before the next try")]
    Wait {
        /// Milliseconds until the next try is allowed.
        wait_ms: i64,
    },
    /// The platform key store no longer has its half of the key. The database is untouched.
    #[error("the platform key store lost its key")]
    KeyLost,
    /// No key file in this folder.
    #[error("this profile has no key file")]
    NoKey,
    /// The key file is there but cannot be read.
    #[error("the key file is damaged")]
    KeyDamaged,
    /// A file beside the database was changed or cut: its seal does not hold.
    #[error("a file is damaged")]
    FileDamaged,
    /// Anything else.
    #[error("database: {0}")]
    Db(String),
}

impl StoreError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::ProfileInUse => "profile_in_use",
            Self::WrongKey => "wrong_key",
            Self::Damaged(_) => "db_damaged",
            Self::Newer { .. } => "db_newer",
            Self::TooOld(_) => "db_engine",
            Self::Setting(_) => "db_setting",
            Self::DiskFull => "disk_full",
            Self::ReadOnly => "read_only",
            Self::Busy => "db_busy",
            Self::ReplayFirst => "journal_replay",
            Self::Reopen => "db_reopen",
            Self::SecretShape => "pin_shape",
            Self::WrongSecret { .. } => "pin_wrong",
            Self::Wait { .. } => "pin_wait",
            Self::KeyLost => "key_lost",
            Self::NoKey => "key_missing",
            Self::KeyDamaged => "key_damaged",
            Self::FileDamaged => "file_damaged",
            Self::Db(_) => "db",
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as E;
        match error.sqlite_error_code() {
            Some(E::DiskFull) => Self::DiskFull,
            Some(E::ReadOnly | E::CannotOpen | E::PermissionDenied) => Self::ReadOnly,
            Some(E::DatabaseBusy | E::DatabaseLocked) => Self::Busy,
            Some(E::DatabaseCorrupt | E::NotADatabase) => Self::Damaged(error.to_string()),
            _ => Self::Db(error.to_string()),
        }
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind as K;
        match error.kind() {
            // A file over what the disk or a quota takes of one is no room either.
            K::StorageFull | K::QuotaExceeded | K::FileTooLarge => Self::DiskFull,
            K::ReadOnlyFilesystem | K::PermissionDenied => Self::ReadOnly,
            kind => Self::Db(format!("file: {kind}")),
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        // Only the class: the message may quote the text.
        Self::Db(format!("json: {:?}", error.classify()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_or_read_only_disk_is_told_by_its_own_code() {
        let told = |kind: io::ErrorKind| StoreError::from(io::Error::from(kind)).code();
        assert_eq!(told(io::ErrorKind::StorageFull), "disk_full");
        assert_eq!(told(io::ErrorKind::FileTooLarge), "disk_full");
        assert_eq!(told(io::ErrorKind::ReadOnlyFilesystem), "read_only");
        assert_eq!(told(io::ErrorKind::UnexpectedEof), "db");
    }
}
