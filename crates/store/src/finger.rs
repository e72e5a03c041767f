//! A second way to the database key: a finger or a face that the phone's own hardware checks.
//!
//! The key is sealed a second time, by 32 bytes that only the phone's key store opens, and only to its owner; what of them
//! lies in the folder is as the phone gave it. The secret that its owner types stays what it was, and goes on opening the
//! profile when the phone knows the finger no more.

use crate::durable;
use crate::error::{Result, StoreError};
use crate::key;
use crate::key_store::KeyStore;
use crate::seal;
use crate::secret::{DatabaseKey, derive};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use zeroize::Zeroizing;

/// Name of the file in the profile's folder.
const FINGER: &str = "finger.json";
const BOUND: &[u8] = b"toso key 1 finger";

#[derive(Serialize, Deserialize)]
struct File {
    /// Version of this file's shape.
    v: u32,
    /// The 32 bytes as the phone sealed them: its own business.
    asks: String,
    /// Nonce, wrapped key, tag.
    wrapped: Vec<u8>,
}

/// Seals the key by `by`, which the phone sealed to `asks`. An older way is replaced.
///
/// Errors: `key_lost`, `key_missing`, `key_damaged` of the first way; `disk_full`, `read_only`.
pub fn keep(
    folder: &Path,
    key: &DatabaseKey,
    by: &[u8; 32],
    asks: &str,
    store: Option<&dyn KeyStore>,
) -> Result<()> {
    let wrapping = wrapping(folder, by, store)?;
    let file = File {
        v: 1,
        asks: asks.to_owned(),
        wrapped: seal::seal(&wrapping, key.bytes(), BOUND)?,
    };
    durable::replace(folder, FINGER, &serde_json::to_vec(&file)?)
}

/// What the phone is to open; `None` when no finger opens this profile.
///
/// Errors: `key_damaged`; those of reading a file.
pub fn asks(folder: &Path) -> Result<Option<String>> {
    Ok(read(folder)?.map(|file| file.asks))
}

/// The key, by what the phone opened.
///
/// Errors: `key_missing` when no finger opens this profile; `key_damaged` when `by` is not what it was sealed with;
/// `key_lost`.
pub fn open(folder: &Path, by: &[u8; 32], store: Option<&dyn KeyStore>) -> Result<DatabaseKey> {
    let file = read(folder)?.ok_or(StoreError::NoKey)?;
    let wrapping = wrapping(folder, by, store)?;
    let opened = seal::open(&wrapping, &file.wrapped, BOUND);
    let bytes = opened.map(Zeroizing::new);
    let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
    bytes
        .map(DatabaseKey::from_bytes)
        .ok_or(StoreError::KeyDamaged)
}

/// No finger opens this profile from now on. One that has none is left as it is.
///
/// Errors: those of removing a file.
pub fn forget(folder: &Path) -> Result<()> {
    match fs::remove_file(folder.join(FINGER)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => durable::folder(folder),
    }
}

fn read(folder: &Path) -> Result<Option<File>> {
    let bytes = match fs::read(folder.join(FINGER)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let file: File = serde_json::from_slice(&bytes).map_err(|_| StoreError::KeyDamaged)?;
    if file.v == 1 {
        Ok(Some(file))
    } else {
        Err(StoreError::KeyDamaged)
    }
}

/// What the phone opened, joined with the key store's half where the profile has one.
fn wrapping(
    folder: &Path,
    by: &[u8; 32],
    store: Option<&dyn KeyStore>,
) -> Result<Zeroizing<[u8; 32]>> {
    let other = key::other_half_of(folder, store)?;
    let mut both = Zeroizing::new([0_u8; 64]);
    let (mine, theirs) = both.split_at_mut(32);
    mine.copy_from_slice(by);
    theirs.copy_from_slice(other.as_deref().unwrap_or(&[0; 32]));
    derive(both.as_slice(), "wrap/finger")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{Cost, Secret};
    use crate::key_store::MemoryKeys;

    const CHEAP: Cost = Cost {
        memory_kib: 8,
        passes: 1,
        lanes: 1,
    };

    #[test]
    fn a_finger_opens_the_same_key_after_another_pin_and_nothing_once_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let (at, keys) = (folder.path(), MemoryKeys::default());
        let store: Option<&dyn KeyStore> = Some(&keys);
        let key = key::create(at, Secret::Pin("482913"), CHEAP, store).unwrap();
        assert_eq!(asks(at), Ok(None));
        assert_eq!(open(at, &[7; 32], store).unwrap_err(), StoreError::NoKey);
        keep(at, &key, &[7; 32], "sealed by the phone", store).unwrap();
        assert_eq!(asks(at), Ok(Some("sealed by the phone".into())));
        assert_eq!(open(at, &[7; 32], store).unwrap().bytes(), key.bytes());
        let (old, new) = (Secret::Pin("482913"), Secret::Pin("771204"));
        key::change(at, old, new, CHEAP, 0, store).unwrap();
        assert_eq!(open(at, &[7; 32], store).unwrap().bytes(), key.bytes());
        assert_eq!(
            open(at, &[8; 32], store).unwrap_err(),
            StoreError::KeyDamaged,
            "another finger's bytes"
        );
        assert_eq!(
            open(at, &[7; 32], None).unwrap_err(),
            StoreError::KeyLost,
            "a copied folder"
        );
        keys.lose();
        assert_eq!(open(at, &[7; 32], store).unwrap_err(), StoreError::KeyLost);
        forget(at).unwrap();
        forget(at).unwrap();
        assert_eq!(asks(at), Ok(None));
    }

    #[test]
    fn a_file_that_is_none_is_told_as_damaged() {
        let folder = tempfile::tempdir().unwrap();
        for bytes in [&b""[..], b"{}", b"{\"v\":2,\"asks\":\"\",\"wrapped\":[]}"] {
            fs::write(folder.path().join(FINGER), bytes).unwrap();
            assert_eq!(asks(folder.path()), Err(StoreError::KeyDamaged));
        }
    }
}
