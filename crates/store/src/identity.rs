//! Which file on which machine this is, so that a copied or restored folder is noticed.
//! Kept twice: in the database and in a small file beside it, since either may be restored alone.

use crate::durable;
use crate::error::Result;
use crate::open::DATABASE;
use crate::secret::DatabaseKey;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;

/// Name of the small file.
pub(crate) const IDENTITY: &str = "identity";

/// What the small file says.
pub(crate) struct Beside {
    /// Proves a key without the database: tells a wrong key from a damaged file.
    check: [u8; 32],
    /// Hash of path, file and machine.
    pub place: [u8; 32],
}

impl Beside {
    /// Reads it; `None` when there is none or it is not whole.
    pub(crate) fn read(folder: &Path) -> Option<Self> {
        let bytes = fs::read(folder.join(IDENTITY)).ok()?;
        let (check, place) = bytes.split_first_chunk::<32>()?;
        Some(Self {
            check: *check,
            place: place.try_into().ok()?,
        })
    }

    /// True when `key` is the one this profile was opened with.
    pub(crate) fn proves(&self, key: &DatabaseKey) -> bool {
        use subtle::ConstantTimeEq;
        key.derive("check")
            .is_ok_and(|check| check.ct_eq(&self.check).into())
    }
}

/// Where the database stands now. Hashed under the key, because a path may hold a person's name.
pub(crate) fn place(folder: &Path, key: &DatabaseKey, machine: &str) -> Result<[u8; 32]> {
    let path = fs::canonicalize(folder)?;
    let part = |hash: Sha256, bytes: &[u8]| {
        hash.chain_update(u64::try_from(bytes.len()).unwrap_or(0).to_le_bytes())
            .chain_update(bytes)
    };
    let mut hash = Sha256::new().chain_update(key.derive("identity")?.as_slice());
    hash = part(hash, path.as_os_str().as_encoded_bytes());
    hash = part(hash, &file_number(&path.join(DATABASE))?.to_le_bytes());
    Ok(part(hash, machine.as_bytes()).finalize().into())
}

/// Writes the small file.
pub(crate) fn write(folder: &Path, key: &DatabaseKey, place: &[u8; 32]) -> Result<()> {
    let mut bytes = key.derive("check")?.to_vec();
    bytes.extend_from_slice(place);
    durable::replace(folder, IDENTITY, &bytes)
}

#[cfg(unix)]
fn file_number(path: &Path) -> Result<u64> {
    use std::os::unix::fs::MetadataExt;
    Ok(fs::metadata(path)?.ino())
}

/// Other systems give no number without unsafe code: path and machine must do there.
#[cfg(not(unix))]
fn file_number(_path: &Path) -> Result<u64> {
    Ok(0)
}
