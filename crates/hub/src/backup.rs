//! Backups: a consistent copy with its key, sealed to the recovery key; taking one back; and proving one.

use crate::clock::System;
use crate::core::{Core, secret};
use crate::db::HubDb;
use crate::db::sqlite::{FileKey, SqliteDb};
use crate::error::{Done, HubError};
use crate::file_exchange::files_in;
use crate::files::Files;
use crate::folder::Folder;
use crate::recovery::{RecoveryKey, seal_into};
use serde::Serialize;
use std::fs;
use std::io::{BufReader, BufWriter, ErrorKind, Read};
use std::path::{Path, PathBuf};
use toso_domain::planted;
use toso_sync::key::Random;
use toso_sync::shelf::Shelf;

/// First bytes of an opened backup; 32 bytes of key and the database follow.
const MAGIC: &[u8; 16] = b"toso-hub-copy-1\n";

/// What a check or a backup saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The authority's public key, hex.
    pub hub_id: String,
    /// Spaces that hold packs.
    pub spaces: usize,
    /// Packs held.
    pub packs: usize,
    /// Rulings held.
    pub rulings: usize,
    /// Lines of the audit trail, its chain whole.
    pub audit: usize,
    /// Files (photos, papers).
    pub files: usize,
}

/// Folder beside a backup where the files of all backups in that folder lie, each once, sealed as at the hub: what opens
/// them is in the backup.
const BESIDE: &str = "toso-hub-files";

/// Writes a sealed copy to `file`, also while the hub serves; files (photos, papers) that are not there yet go to a folder
/// beside it, first, so that a backup that is there has its files.
///
/// # Errors
/// `no_hub`, `exists`, `disk_full`.
pub fn backup(folder: &Path, file: &Path) -> Done<Report> {
    let folder = Folder::new(folder);
    if file.exists() {
        return Err(HubError::new("exists"));
    }
    let (db, key) = open(&folder)?;
    let recipient = db
        .secret(secret::RECIPIENT)?
        .and_then(|r| String::from_utf8(r).ok())
        .ok_or(HubError::with("db_damaged", "recipient"))?;
    let part = beside(file, "part");
    drop(fs::remove_file(&part));
    let back_up = || each_side(&db, &folder.files(), &files_beside(file), Files::back_up);
    back_up()?;
    let sealed = with_scratch(folder.path(), |scratch| {
        db.copy_to(scratch, &key)?;
        // What is sealed is what was proved, not what was meant to be written.
        let report = report(&SqliteDb::open(scratch, &key)?)?;
        seal_file(&recipient, &key, scratch, &part)?;
        Ok(Report {
            // Again: what was erased while the database was copied.
            files: back_up()?,
            ..report
        })
    });
    let report = match sealed {
        Ok(report) => report,
        Err(e) => {
            drop(fs::remove_file(&part));
            return Err(e);
        }
    };
    fs::rename(&part, file)?;
    let parent = file.parent().filter(|p| !p.as_os_str().is_empty());
    fs::File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
    // Tells a hub that serves when this was; the backup is good without it.
    drop(fs::remove_file(folder.backed_up()));
    drop(crate::folder::create_new(&folder.backed_up()));
    Ok(report)
}

/// Seals key and database into a new file, durably. The recovery key is not here to open it again, so lengths are compared:
/// a medium that swallows bytes is seen.
fn seal_file(recipient: &str, key: &FileKey, database: &Path, to: &Path) -> Done<()> {
    let mut copy = fs::File::open(database)?;
    let out = BufWriter::new(crate::folder::create_new(to)?);
    let out = seal_into(recipient, out, |plain| {
        plain.write_all(MAGIC)?;
        plain.write_all(&key.to_bytes())?;
        let copied = std::io::copy(&mut copy, plain)?;
        if copied == copy.metadata()?.len() {
            Ok(())
        } else {
            Err(HubError::with("io", "the copy changed while it was sealed"))
        }
    })?;
    let file = out
        .into_inner()
        .map_err(|e| HubError::from(e.into_error()))?;
    file.sync_all()?;
    if file.metadata()?.len() <= copy.metadata()?.len() {
        return Err(HubError::with(
            "io",
            "the backup is shorter than its database",
        ));
    }
    Ok(())
}

/// Takes a backup back into `folder`, which may hold an older or damaged hub: that one's database is set aside, its log
/// of rulings is played onto the backup, and the hub begins a new epoch.
///
/// # Errors
/// `wrong_recovery_key`, `bad_backup`, `in_use`, `disk_full`.
pub fn restore(folder: &Path, file: &Path, key: &RecoveryKey, now: i64) -> Done<Report> {
    // Before anything is made in the folder: most wrong keys and files show here.
    drop(Unsealed::open(file, key)?);
    let folder = Folder::new(folder);
    fs::create_dir_all(folder.path())?;
    crate::folder::private(folder.path(), 0o700)?;
    let _lock = folder.lock()?;
    // All of it is proved and finished under another name before anything here moves.
    let fresh = folder.path().join("hub.db.restoring");
    remove_database(&fresh);
    let prepared = Unsealed::open(file, key)
        .and_then(|sealed| sealed.pour(&fresh))
        .and_then(|file_key| Ok((prepare(&folder, &fresh, &file_key, key)?, file_key)));
    let (report, file_key) = match prepared {
        Ok(prepared) => prepared,
        Err(e) => {
            remove_database(&fresh);
            return Err(e);
        }
    };
    for old in [folder.database(), folder.key()] {
        if old.exists() {
            fs::rename(&old, beside(&old, &format!("aside-{now}")))?;
        }
    }
    for suffix in ["-wal", "-shm"] {
        let old = with_suffix(&folder.database(), suffix);
        if old.exists() {
            fs::rename(&old, beside(&old, &format!("aside-{now}")))?;
        }
    }
    folder.write_key(&file_key)?;
    fs::rename(&fresh, folder.database())?;
    folder.sync()?;
    let db = folder.open_database(&file_key)?;
    let files = each_side(&db, &files_beside(file), &folder.files(), Files::copy_to)?;
    Ok(Report { files, ..report })
}

/// Where the files of a backup lie.
fn files_beside(file: &Path) -> PathBuf {
    file.with_file_name(BESIDE)
}

/// Has one folder of files brought to the other. How many the other holds then.
fn each_side(
    db: &SqliteDb,
    from: &Path,
    to: &Path,
    bring: impl Fn(&Files, &Files) -> Done<usize>,
) -> Done<usize> {
    match (files_in(db, from)?, files_in(db, to)?) {
        (Some(from), Some(to)) => bring(&from, &to),
        _ => Ok(0),
    }
}

/// Overwrites and removes the databases that restoring set aside: they hold whoever is erased afterwards.
pub(crate) fn drop_aside(folder: &Path) -> Done<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let aside = name.and_then(|name| name.split_once(".aside-"));
        if !aside.is_some_and(|(what, _)| what.starts_with("hub.db") || what == "hub.key") {
            continue;
        }
        let mut file = fs::OpenOptions::new().write(true).open(&path)?;
        let len = file.metadata()?.len();
        std::io::copy(&mut std::io::repeat(0).take(len), &mut file)?;
        file.sync_all()?;
        fs::remove_file(&path)?;
    }
    Ok(fs::File::open(folder)?.sync_all()?)
}

fn prepare(folder: &Folder, fresh: &Path, file_key: &FileKey, key: &RecoveryKey) -> Done<Report> {
    let mut db = SqliteDb::open(fresh, file_key).map_err(|e| HubError::with("bad_backup", e))?;
    db.check()?;
    db.begin_new_life()?;
    if !planted!("hub_epoch_kept") {
        db.set_secret(secret::EPOCH, &System.bytes16())?;
    }
    let rulings = crate::ruling_log::read_all(&folder.log(), key)?;
    let mut core = Core::open(db, &folder.log())?;
    core.replica.take_rulings(&rulings)?;
    core.log_rulings()?;
    let Core { mut replica, .. } = core;
    let report = report(&replica.shelf)?;
    replica.shelf.scrub()?;
    Ok(report)
}

/// Proves the hub in `folder`: every page, every index, the audit's chain, the seal of every file.
///
/// # Errors
/// `no_hub`, `db_damaged`, `audit_broken`, `file_damaged`.
pub fn check(folder: &Path) -> Done<Report> {
    let folder = Folder::new(folder);
    let db = open(&folder)?.0;
    let files = files_in(&db, &folder.files())?.map_or(Ok(0), |files| files.check())?;
    Ok(Report {
        files,
        ..report(&db)?
    })
}

/// Proves a backup by opening it, in a scratch file inside `folder`.
///
/// # Errors
/// `wrong_recovery_key`, `bad_backup`, `db_damaged`.
pub fn check_file(folder: &Path, file: &Path, key: &RecoveryKey) -> Done<Report> {
    with_scratch(folder, |scratch| {
        let file_key = Unsealed::open(file, key)?.pour(scratch)?;
        let db = SqliteDb::open(scratch, &file_key);
        let db = db.map_err(|e| HubError::with("bad_backup", e))?;
        let files = files_in(&db, &files_beside(file))?.map_or(Ok(0), |files| files.check())?;
        Ok(Report {
            files,
            ..report(&db)?
        })
    })
}

fn open(folder: &Folder) -> Done<(SqliteDb, FileKey)> {
    let key = folder.read_key()?;
    Ok((folder.open_database(&key)?, key))
}

pub(crate) fn report(db: &SqliteDb) -> Done<Report> {
    db.check()?;
    let authority = db
        .secret(secret::AUTHORITY)?
        .and_then(|s| <[u8; 32]>::try_from(s).ok())
        .ok_or(HubError::with("db_damaged", "authority"))?;
    let spaces = db.spaces()?;
    let mut packs = 0;
    for space in &spaces {
        packs += db.packs(*space)?.len();
    }
    Ok(Report {
        hub_id: toso_sync::key::Secret::from_bytes(&authority)
            .hub()
            .to_string(),
        spaces: spaces.len(),
        packs,
        rulings: db.rulings()?.len(),
        audit: db.audited()?.len(),
        files: 0,
    })
}

/// A backup opened: its key, and the database still to be read.
struct Unsealed {
    key: FileKey,
    database: Box<dyn Read>,
}

impl Unsealed {
    fn open(file: &Path, key: &RecoveryKey) -> Done<Self> {
        let mut plain = key.open_from(BufReader::new(fs::File::open(file)?))?;
        let (mut magic, mut key) = ([0; 16], [0; 32]);
        plain.read_exact(&mut magic).map_err(|e| unread(&e))?;
        plain.read_exact(&mut key).map_err(|e| unread(&e))?;
        if magic != *MAGIC {
            return Err(HubError::new("bad_backup"));
        }
        Ok(Self {
            key: FileKey::from_bytes(key),
            database: Box::new(plain),
        })
    }

    /// Writes the database to a new file, durably. That the seal holds to its end is known when this answers.
    fn pour(mut self, to: &Path) -> Done<FileKey> {
        let mut file = crate::folder::create_new(to)?;
        std::io::copy(&mut self.database, &mut file).map_err(|e| unread(&e))?;
        file.sync_all()?;
        Ok(self.key)
    }
}

/// A backup that was cut or altered shows while it is read.
fn unread(e: &std::io::Error) -> HubError {
    match e.kind() {
        ErrorKind::InvalidData | ErrorKind::UnexpectedEof => HubError::with("bad_backup", e.kind()),
        kind => HubError::from(std::io::Error::from(kind)),
    }
}

/// Runs `work` on the name of a file that is gone afterwards.
fn with_scratch<T>(folder: &Path, work: impl FnOnce(&Path) -> Done<T>) -> Done<T> {
    let name = crate::init::hex(&System.bytes16());
    let scratch = folder.join(format!("scratch-{name}.db"));
    let done = work(&scratch);
    remove_database(&scratch);
    done
}

fn remove_database(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        drop(fs::remove_file(with_suffix(path, suffix)));
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn beside(path: &Path, word: &str) -> PathBuf {
    with_suffix(path, &format!(".{word}"))
}
