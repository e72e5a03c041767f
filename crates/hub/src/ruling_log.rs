//! `rulings.log`: erasures, revocations and certificates, written a second time beside the database, so that a backup
//! from before them does not undo them. Sealed to the recovery key, because certificates carry names of devices.
//!
//! A frame is `length u32 ‖ first 16 bytes of SHA-256 ‖ sealed rulings`. Only the last one can be torn.

use crate::error::{Done, HubError};
use crate::recovery::{RecoveryKey, seal};
use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use toso_sync::caps;
use toso_sync::key::sha256_16;

/// The log, open for appending.
#[derive(Debug)]
pub struct RulingLog {
    file: File,
    /// Folder of the hub.
    folder: PathBuf,
    recipient: String,
    end: u64,
}

impl RulingLog {
    /// Opens the log, making an empty one when there is none, and cuts a torn last frame off.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn open(path: &Path, recipient: &str) -> Done<Self> {
        if !path.exists() {
            crate::folder::write_new(path, &[])?;
        }
        let bytes = fs::read(path)?;
        let whole = frames(&bytes).map(|f| f.len() + 20).sum::<usize>();
        let file = OpenOptions::new().write(true).open(path)?;
        let end = u64::try_from(whole).unwrap_or(u64::MAX);
        if whole < bytes.len() {
            tracing::warn!(bytes = bytes.len() - whole, "torn end of the rulings log");
            file.set_len(end)?;
            file.sync_all()?;
        }
        Ok(Self {
            file,
            folder: path.parent().map(Path::to_owned).unwrap_or_default(),
            recipient: recipient.to_owned(),
            end,
        })
    }

    /// The folder it lies in: the hub's.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Appends rulings; they are durable when this returns.
    ///
    /// # Errors
    /// `disk_full` and others of the disk; nothing is appended then.
    pub fn append(&mut self, rulings: &[Vec<u8>]) -> Done<()> {
        if rulings.is_empty() {
            return Ok(());
        }
        let mut plain = Vec::new();
        for ruling in rulings {
            plain.extend(length(ruling)?);
            plain.extend(ruling);
        }
        let sealed = seal(&self.recipient, &plain)?;
        let frame = [&length(&sealed)?[..], &sha256_16(&[&sealed]), &sealed].concat();
        self.file.seek(SeekFrom::Start(self.end))?;
        let written = self.file.write_all(&frame).and_then(|()| {
            self.file.sync_data()?;
            Ok(())
        });
        if let Err(e) = written {
            drop(self.file.set_len(self.end));
            return Err(e.into());
        }
        self.end += u64::try_from(frame.len()).unwrap_or(0);
        Ok(())
    }
}

/// True when the log ends with a whole frame.
///
/// # Errors
/// Those of the disk; `not_found` when there is no log.
pub(crate) fn is_whole(path: &Path) -> Done<bool> {
    let bytes = fs::read(path)?;
    Ok(frames(&bytes).map(|f| f.len() + 20).sum::<usize>() == bytes.len())
}

/// Every ruling in the log. A frame that cannot be opened is skipped: what follows it may still matter.
///
/// # Errors
/// `wrong_recovery_key`, and those of the disk. No file is no rulings.
pub fn read_all(path: &Path, key: &RecoveryKey) -> Done<Vec<Vec<u8>>> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e.into()),
    };
    let mut out = Vec::new();
    for sealed in frames(&bytes) {
        let plain = match key.open(sealed) {
            Ok(plain) => plain,
            Err(e) if e.code == "bad_backup" => continue,
            Err(e) => return Err(e),
        };
        let mut rest = plain.as_slice();
        while let Some((ruling, after)) = split(rest, caps::RULING_BYTES) {
            out.push(ruling.to_vec());
            rest = after;
        }
    }
    Ok(out)
}

/// The sealed part of each whole frame.
fn frames(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (sum, after) = after.split_first_chunk::<16>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (sealed, after) = after.split_at_checked(length)?;
        rest = after;
        (sha256_16(&[sealed]) == *sum).then_some(sealed)
    })
}

fn split(bytes: &[u8], cap: usize) -> Option<(&[u8], &[u8])> {
    let (length, after) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    (length <= cap).then(|| after.split_at_checked(length))?
}

fn length(bytes: &[u8]) -> Done<[u8; 4]> {
    u32::try_from(bytes.len())
        .map(u32::to_be_bytes)
        .map_err(|_| HubError::new("too_large"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_end_is_cut_and_what_came_before_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rulings.log");
        let (secret, public) = crate::recovery::new_pair();
        let key = RecoveryKey::read(&secret).unwrap();
        let mut log = RulingLog::open(&path, &public).unwrap();
        let [one, two, three, four] = ["first", "second", "third", "fourth"]
            .map(|nth| format!("the {nth} ruling").into_bytes());
        log.append(&[one.clone(), two.clone()]).unwrap();
        let whole = fs::metadata(&path).unwrap().len();
        log.append(&[three]).unwrap();
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_len(whole + 30)
            .unwrap();
        let mut log = RulingLog::open(&path, &public).unwrap();
        log.append(std::slice::from_ref(&four)).unwrap();
        let told = read_all(&path, &key).unwrap();
        assert_eq!(told, [one, two.clone(), four]);
        // A whole sentence: three letters come up by chance among so many.
        let sealed = fs::read(&path).unwrap();
        assert!(!sealed.windows(two.len()).any(|w| w == two));
        let (other, _) = crate::recovery::new_pair();
        let other = RecoveryKey::read(&other).unwrap();
        assert_eq!(
            read_all(&path, &other).unwrap_err().code,
            "wrong_recovery_key"
        );
    }
}
