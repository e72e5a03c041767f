//! A profile in one file, for the day a phone falls into the water: database, files and key, sealed to a code that its owner
//! writes down. Both ways prove themselves: what was written is opened again and compared before it is called a backup, and
//! what comes back is compared before it becomes a profile.
//!
//! A profile that comes back goes on as a restored device does (`protocol.md` 6.1): under a new epoch.

mod file;

use crate::app::{App, Inner};
use crate::device::name;
use crate::error::{CallError, Called};
use crate::home::Shared;
use crate::kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use toso_domain::id::SpaceId;
use toso_store::{DatabaseKey, Profile, Store, StoreError, key};
use toso_sync::carried::{open_for, seal_for};
use toso_sync::crockford;
use toso_sync::key::{Secret, sha256};

/// The file that was made last, in the home folder.
pub(crate) const FILE: &str = "backup.toso";
/// One that a page is giving.
pub(crate) const COMING: &str = "backup.coming";
/// Where a copy is made, opened and compared.
const SCRATCH: &str = "backup.scratch";
/// Characters of a code, 125 bits: a copied file is worth nothing without it.
const CODE_LEN: usize = 25;

/// What a backup holds; the same is counted in what was opened again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Holds {
    /// Records, deleted ones too.
    pub(crate) records: usize,
    /// Saves that the commune does not hold yet and no pack carries.
    pub(crate) unsent: usize,
    /// Photos and papers.
    pub(crate) files: usize,
}

/// What is compared, byte for byte: the rows of each space, and the saves that wait in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Proof {
    holds: Holds,
    spaces: Vec<(SpaceId, [u8; 32])>,
    unsent: [u8; 32],
    files: [u8; 32],
}

impl Proof {
    /// Reads every row and every file. Errors: `file_damaged`, `db_damaged`, faults of the store.
    fn of(store: &Store) -> Called<Self> {
        store.check()?;
        let mut proof = Self {
            holds: Holds {
                records: 0,
                unsent: 0,
                files: 0,
            },
            spaces: Vec::new(),
            unsent: [0; 32],
            files: [0; 32],
        };
        for space in store.spaces()? {
            proof.holds.records += store.documents(space)?.len();
            proof.spaces.push((space, store.view_hash(space)?));
            for draft in store.drafts(space)? {
                proof.holds.unsent += 1;
                proof.unsent = sha256(&[&proof.unsent, &draft.raw]);
            }
        }
        for hash in store.files()? {
            let filed = store.file(&hash)?.ok_or(StoreError::FileDamaged)?;
            proof.holds.files += 1;
            proof.files = sha256(&[&proof.files, hash.to_string().as_bytes(), &filed.bytes]);
        }
        Ok(proof)
    }
}

/// The key that a code stands for.
fn key_of(code: &str) -> Secret {
    Secret::from_bytes(&sha256(&[b"toso-backup-v1\0", code.as_bytes()]))
}

/// `ABCDE-FGHJK-…`
fn grouped(code: &str) -> String {
    let all: Vec<char> = code.chars().collect();
    let groups: Vec<String> = all.chunks(5).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// A folder that is gone afterwards, whatever happens.
struct Scratch(PathBuf);

impl Scratch {
    fn new(home: &Path) -> Called<Self> {
        let path = home.join(SCRATCH);
        drop(fs::remove_dir_all(&path));
        fs::create_dir_all(&path).map_err(StoreError::from)?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Made {
    /// Where it lies on this machine until the next one is made or it is dropped.
    pub(crate) path: String,
    /// Its bytes.
    pub(crate) bytes: u64,
    /// What opens it, five groups of five characters. Kept nowhere: it is shown once.
    pub(crate) code: String,
    /// What was counted in the file when it was opened again.
    pub(crate) holds: Holds,
}

/// Makes one of the open profile. Errors: `locked`, `practice`, `disk_full`, `backup_differs`, faults of the store.
pub(crate) fn make(app: &App) -> Called<Made> {
    let mut inner = app.inner();
    if inner.practice.is_some() {
        return Err(CallError::new("practice"));
    }
    let code = crockford::random(inner.random.as_mut(), CODE_LEN);
    let (home, machine) = (inner.home.clone(), inner.machine.clone());
    let label = inner.label();
    let (key, proof, scratch) = inner.desk(|desk| {
        let store = &desk.device.copy.shelf.store;
        let scratch = Scratch::new(&home)?;
        store.copy_to(&scratch.0, store.key())?;
        Ok((store.key().clone(), Proof::of(store)?, scratch))
    })?;
    // From here on the copy is worked on; people may go on saving.
    drop(inner);
    let to = home.join(FILE);
    let written = write(&to, &code, &key, &label, &proof, &scratch.0);
    drop(scratch);
    let proven = written.and_then(|()| {
        let scratch = Scratch::new(&home)?;
        let opened = File::open(&to).map_err(StoreError::from)?;
        let found = pour(opened, &code, &scratch.0)?;
        found.prove(&scratch.0, &machine)
    });
    match proven {
        Ok(holds) => Ok(Made {
            bytes: fs::metadata(&to).map_err(StoreError::from)?.len(),
            path: fs::canonicalize(&to)
                .map_err(StoreError::from)?
                .to_string_lossy()
                .into_owned(),
            code: grouped(&code),
            holds,
        }),
        Err(error) => {
            // Half a file would be taken for a whole one by its name.
            drop(fs::remove_file(&to));
            Err(error)
        }
    }
}

fn write(
    to: &Path,
    code: &str,
    key: &DatabaseKey,
    label: &str,
    proof: &Proof,
    from: &Path,
) -> Called<()> {
    drop(fs::remove_file(to));
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let out = options.open(to).map_err(StoreError::from)?;
    let mut out = BufWriter::new(out);
    seal_for(&mut out, &key_of(code), |inside| {
        file::write(inside, key, label, proof, from)
    })?;
    out.flush().map_err(StoreError::from)?;
    out.get_ref().sync_all().map_err(StoreError::from)?;
    Ok(())
}

/// What a backup said of itself.
struct Poured {
    key: DatabaseKey,
    label: String,
    proof: Proof,
}

impl Poured {
    /// Opens what was poured and compares. Errors: `backup_differs`, faults of the store.
    fn prove(&self, folder: &Path, machine: &str) -> Called<Holds> {
        let kinds = kind::columns();
        let columns: Vec<(&str, &[&str])> = kinds.iter().map(|(k, f)| (*k, &f[..])).collect();
        let opened = Store::open(&Profile {
            folder,
            key: &self.key,
            kinds: &columns,
            machine,
        })?;
        let found = Proof::of(&opened.store)?;
        if found == self.proof {
            Ok(found.holds)
        } else {
            Err(CallError::new("backup_differs"))
        }
    }
}

/// Opens a sealed file into an empty folder. Errors: `backup_code`, `backup_damaged`, `disk_full`.
fn pour(from: File, code: &str, folder: &Path) -> Called<Poured> {
    let poured = open_for(&mut BufReader::new(from), &key_of(code), |inside| {
        file::read(inside, folder)
    });
    poured.map_err(|fault| match fault.code {
        "not_for_this_device" => CallError::new("backup_code"),
        "malformed" | "too_large" => CallError::new("backup_damaged"),
        _ => fault.into(),
    })
}

/// Brings a profile back from the file a page gave, beside those that are here, and turns to it, locked by the new secret.
/// Errors: `backup_code`, `backup_damaged`, `backup_differs`, `pin_shape`, `profiles_full`, `disk_full`.
pub(crate) fn restore(app: &App, typed: &str, pin: &str) -> Called<Holds> {
    let code = crockford::read(typed, CODE_LEN).ok_or_else(|| CallError::new("backup_code"))?;
    let mut inner = app.inner();
    let from = File::open(inner.home.join(COMING)).map_err(|_| CallError::new("backup_damaged"))?;
    let scratch = Scratch::new(&inner.home)?;
    let poured = pour(from, &code, &scratch.0)?;
    let holds = poured.prove(&scratch.0, &inner.machine)?;
    let secret = crate::call::profile::secret(pin);
    key::keep(&scratch.0, &poured.key, secret, inner.cost, inner.keys())?;
    inner.lock();
    let Shared { id, folder, .. } = inner.room()?;
    // Empty until now. The rename is the moment the profile is there, whole.
    drop(fs::remove_dir(&folder));
    fs::rename(&scratch.0, &folder).map_err(StoreError::from)?;
    inner.turn_to(&id)?;
    inner.keep_label(&poured.label);
    drop(fs::remove_file(inner.home.join(COMING)));
    Ok(holds)
}

impl Inner {
    /// What its owner calls the device that is open; empty when nobody knows.
    fn label(&mut self) -> String {
        let label = self.desk(|desk| desk.device.text(name::DEVICE_NAME));
        label.ok().flatten().unwrap_or_default()
    }
}
