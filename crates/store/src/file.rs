//! Files (photos, papers) beside the database, each sealed under a key of its own: HKDF(database key, name).
//!
//! The folder is the index: a file is here when its name is. What is said of a file (space, form, size) is sealed with
//! its bytes, so that a listing tells a thief how many there are and nothing else.

use crate::error::{Result, StoreError};
use crate::open::Store;
use crate::secret::DatabaseKey;
use crate::{durable, seal};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use toso_domain::file::FileHash;
use toso_domain::id::{RecordId, SpaceId};

/// Folder of the files inside the profile's.
const FOLDER: &str = "files";
/// Shape of the sealed text: this byte, u32 length of [`FileFacts`] as JSON (big-endian), that JSON, the file's bytes.
const SHAPE: u8 = 1;

/// What is known of a file without looking at its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// The space whose key its name was made under.
    pub space: SpaceId,
    /// Media type, `image/jpeg`.
    pub media: String,
    /// Pixels across, for a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels down, for a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
}

/// A file with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// What is known of it.
    pub facts: FileFacts,
    /// Its bytes, in plain.
    pub bytes: Vec<u8>,
}

/// The folder of the files and the key they are sealed from.
#[derive(Debug)]
pub(crate) struct Files {
    folder: PathBuf,
    key: DatabaseKey,
}

impl Files {
    pub(crate) fn new(profile: &Path, key: &DatabaseKey) -> Self {
        Self {
            folder: profile.join(FOLDER),
            key: key.clone(),
        }
    }

    fn key_of(&self, hash: &FileHash) -> Result<zeroize::Zeroizing<[u8; 32]>> {
        self.key.derive(&format!("file/{hash}"))
    }
}

fn bound(hash: &FileHash) -> Vec<u8> {
    format!("toso file {SHAPE} {hash}").into_bytes()
}

fn write(filed: &Filed) -> Result<Vec<u8>> {
    let facts = serde_json::to_vec(&filed.facts)?;
    let length = u32::try_from(facts.len()).unwrap_or(u32::MAX);
    let mut text = vec![SHAPE];
    text.extend_from_slice(&length.to_be_bytes());
    text.extend_from_slice(&facts);
    text.extend_from_slice(&filed.bytes);
    Ok(text)
}

fn read(text: &[u8]) -> Option<Filed> {
    let (shape, rest) = text.split_first()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (facts, bytes) = rest.split_at_checked(length)?;
    let facts = serde_json::from_slice(facts).ok()?;
    (*shape == SHAPE).then(|| Filed {
        facts,
        bytes: bytes.to_vec(),
    })
}

impl Store {
    /// Keeps a file under its name, durably. One that is here and sound stays as it is.
    /// Errors: `disk_full`, `read_only`.
    pub fn put_file(&self, hash: &FileHash, filed: &Filed) -> Result<()> {
        if matches!(self.file(hash), Ok(Some(_))) {
            return Ok(());
        }
        let sealed = seal::seal(&*self.files.key_of(hash)?, &write(filed)?, &bound(hash))?;
        if !fs::exists(&self.files.folder)? {
            fs::create_dir_all(&self.files.folder)?;
            durable::folder(&self.folder)?;
        }
        durable::replace(&self.files.folder, &hash.to_string(), &sealed)
    }

    /// A file, opened; `None` when it is not here. Errors: `file_damaged` when its seal does not hold.
    pub fn file(&self, hash: &FileHash) -> Result<Option<Filed>> {
        let sealed = match fs::read(self.files.folder.join(hash.to_string())) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let text = seal::open(&*self.files.key_of(hash)?, &sealed, &bound(hash));
        let filed = text.as_deref().and_then(read);
        filed.map(Some).ok_or(StoreError::FileDamaged)
    }

    pub(crate) fn files_folder(&self) -> &Path {
        &self.files.folder
    }

    pub(crate) fn files_key(&self) -> &DatabaseKey {
        &self.files.key
    }

    /// Names of the files here, in order.
    pub fn files(&self) -> Result<Vec<FileHash>> {
        let found = match fs::read_dir(&self.files.folder) {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let mut names = Vec::new();
        for entry in found {
            let name = entry?.file_name();
            names.extend(name.to_str().and_then(|name| name.parse::<FileHash>().ok()));
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Bytes of the files here as they lie on the disk: a hundred or two more than in plain.
    pub fn file_sizes(&self) -> Result<BTreeMap<FileHash, u64>> {
        let mut sizes = BTreeMap::new();
        for hash in self.files()? {
            if let Some(size) = self.file_size(&hash)? {
                sizes.insert(hash, size);
            }
        }
        Ok(sizes)
    }

    fn file_size(&self, hash: &FileHash) -> Result<Option<u64>> {
        match fs::metadata(self.files.folder.join(hash.to_string())) {
            Ok(found) => Ok(Some(found.len())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Drops a file; an absent one changes nothing. Its bytes are written over first, as far as the disk obeys.
    /// Errors: `read_only`.
    pub fn drop_file(&self, hash: &FileHash) -> Result<()> {
        let path = self.files.folder.join(hash.to_string());
        let length = match fs::metadata(&path) {
            Ok(found) => usize::try_from(found.len()).unwrap_or(0),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let mut file = OpenOptions::new().write(true).open(&path)?;
        file.write_all(&vec![0; length])?;
        file.sync_all()?;
        drop::<File>(file);
        fs::remove_file(&path)?;
        durable::folder(&self.files.folder)
    }

    /// Files that this field of this kind names, in every record here, deleted ones too: they may come back. With each the
    /// record.
    pub fn named_files(
        &self,
        kind: &str,
        field: &str,
    ) -> Result<BTreeSet<(SpaceId, FileHash, RecordId)>> {
        let sql = "SELECT r.space AS space, r.id AS id, e.value AS name FROM main.record r,
            json_each(r.body, '$.' || ?2) e WHERE r.kind = ?1";
        let values = [kind, field].map(|text| Value::String(text.to_owned()));
        let text = |row: &serde_json::Map<String, Value>, name: &str| {
            row.get(name).and_then(Value::as_str).map(str::to_owned)
        };
        let rows = self.query(sql, &values)?;
        let read = |row| {
            let space = text(row, "space")?.parse::<RecordId>().ok()?;
            let name = text(row, "name")?.parse().ok()?;
            Some((space.into(), name, text(row, "id")?.parse().ok()?))
        };
        Ok(rows.iter().filter_map(read).collect())
    }

    /// Records, deleted ones too, that name a file, by id.
    pub fn naming_file(&self, hash: &FileHash) -> Result<Vec<(SpaceId, RecordId)>> {
        let sql = "SELECT r.space AS space, r.id AS id FROM main.record r
            WHERE instr(r.body, '\"' || ?1 || '\"') > 0 ORDER BY r.id, r.space";
        let rows = self.query(sql, &[Value::String(hash.to_string())])?;
        let id = |row: &serde_json::Map<String, Value>, name: &str| {
            row.get(name)?.as_str()?.parse::<RecordId>().ok()
        };
        Ok(rows
            .iter()
            .filter_map(|row| Some((id(row, "space")?.into(), id(row, "id")?)))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open::tests::empty;

    fn photo() -> (FileHash, Filed) {
        let space = SpaceId::from_bytes([3; 16]);
        let bytes = b"a photo of a stall".repeat(100);
        let facts = FileFacts {
            space,
            media: "image/jpeg".into(),
            width: Some(800),
            height: Some(600),
        };
        (FileHash::of(space, &bytes), Filed { facts, bytes })
    }

    #[test]
    fn a_file_comes_back_as_it_was_and_shows_nothing_on_the_disk() {
        let (folder, store) = empty();
        let (hash, filed) = photo();
        assert_eq!(store.file(&hash).unwrap(), None);
        assert_eq!(store.files().unwrap(), []);
        store.put_file(&hash, &filed).unwrap();
        store.put_file(&hash, &filed).unwrap();
        assert_eq!(store.file(&hash).unwrap(), Some(filed));
        assert_eq!(store.files().unwrap(), [hash]);
        let path = folder.path().join(FOLDER).join(hash.to_string());
        let on_disk = fs::read(&path).unwrap();
        for part in [&b"stall"[..], b"image/jpeg"] {
            assert!(!on_disk.windows(part.len()).any(|w| w == part));
        }
        store.drop_file(&hash).unwrap();
        store.drop_file(&hash).unwrap();
        assert!(!path.exists() && store.files().unwrap().is_empty());
    }

    #[test]
    fn a_tampered_file_is_told_never_shown_and_healed_by_keeping_it_again() {
        let (folder, store) = empty();
        let (hash, filed) = photo();
        let path = folder.path().join(FOLDER).join(hash.to_string());
        let harms: [fn(&mut Vec<u8>); 4] = [
            |sealed| sealed[40] ^= 1,
            |sealed| sealed.truncate(30),
            Vec::clear,
            |sealed| sealed.push(0),
        ];
        for harm in harms {
            store.put_file(&hash, &filed).unwrap();
            let mut sealed = fs::read(&path).unwrap();
            harm(&mut sealed);
            fs::write(&path, sealed).unwrap();
            assert_eq!(store.file(&hash).unwrap_err().code(), "file_damaged");
        }
        store.put_file(&hash, &filed).unwrap();
        assert_eq!(store.file(&hash).unwrap(), Some(filed.clone()));
        // Another file's sealed bytes do not pass under this name.
        let other = FileHash::of(SpaceId::from_bytes([4; 16]), b"x");
        fs::copy(&path, path.with_file_name(other.to_string())).unwrap();
        assert_eq!(store.file(&other).unwrap_err().code(), "file_damaged");
    }
}
