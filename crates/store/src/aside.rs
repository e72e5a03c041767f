//! What lies beside a profile's database: damaged files set aside, journals that could not be read. Whatever they alone hold
//! may be saved from them by somebody who knows how, until something is erased: they cannot be cleaned piece by piece,
//! so then they go whole.

use crate::error::Result;
use crate::identity::IDENTITY;
use crate::journal::JOURNAL;
use crate::open::{DATABASE, Store};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

impl Store {
    /// Overwrites and removes every file set aside. Returns how many. Call after a purge; again after an error, which
    /// leaves the rest.
    ///
    /// Errors: `read_only` and others of the disk.
    pub fn drop_set_aside(&self) -> Result<usize> {
        let mut dropped = 0;
        for entry in fs::read_dir(self.folder())? {
            let entry = entry?;
            let name = entry.file_name();
            if name.to_str().is_some_and(is_aside) && entry.file_type()?.is_file() {
                overwrite(&entry.path())?;
                fs::remove_file(entry.path())?;
                dropped += 1;
            }
        }
        if dropped > 0 {
            crate::durable::folder(self.folder())?;
        }
        Ok(dropped)
    }
}

/// The names [`crate::set_aside`] and an unreadable journal give, and no other.
fn is_aside(name: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit());
    if let Some((journal, rest)) = name.split_once(".unread-") {
        return journal == JOURNAL && number(rest);
    }
    let Some((what, at)) = name.split_once(".aside-") else {
        return false;
    };
    let database = what.strip_prefix(DATABASE);
    let ours =
        what == IDENTITY || database.is_some_and(|rest| matches!(rest, "" | "-wal" | "-shm"));
    ours && number(at)
}

/// On a disk that writes in place nothing of the file can be found afterwards; on others it is as gone as a removed file.
fn overwrite(path: &Path) -> io::Result<()> {
    let mut left = fs::metadata(path)?.len();
    let mut file: File = OpenOptions::new().write(true).open(path)?;
    let zeros = [0; 4096];
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(zeros.len());
        file.write_all(zeros.get(..most).unwrap_or_default())?;
        left -= most as u64;
    }
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_set_aside_is_taken_for_it() {
        for name in [
            "toso.db.aside-1790000000000",
            "toso.db-wal.aside-1",
            "toso.db-shm.aside-1",
            "identity.aside-1",
            "journal.unread-00c0ffee",
        ] {
            assert!(is_aside(name), "{name}");
        }
        for name in [
            "toso.db",
            "toso.db-wal",
            "journal",
            "identity",
            "key.json",
            "tries",
            "toso.db.aside-",
            "toso.db.aside-1.jpg",
            "key.json.aside-1",
            "journal.unread-",
            "notes.aside-1",
        ] {
            assert!(!is_aside(name), "{name}");
        }
    }
}
