//! A file that is not all here: its pieces one after the other, each sealed as it came.

use super::disk::{read, small, sync_folder};
use super::{Files, Of};
use crate::error::Done;
use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};
use toso_domain::seal;
use toso_sync::file::Standing;

fn piece(size: u32, at: u32) -> Vec<u8> {
    [&b"piece"[..], &size.to_be_bytes(), &at.to_be_bytes()].concat()
}

/// A file that is not all here.
pub(super) struct Part {
    pub(super) size: u32,
    pub(super) plain: Vec<u8>,
    /// Bytes of its file on the disk that are good.
    pub(super) on_disk: u64,
}

impl Part {
    pub(super) fn new(size: u32) -> Self {
        Self {
            size,
            plain: Vec::new(),
            on_disk: 0,
        }
    }

    pub(super) fn held(&self) -> u32 {
        small(self.plain.len() as u64)
    }

    pub(super) fn standing(&self) -> Standing {
        Standing {
            held: self.held(),
            size: if self.plain.is_empty() { 0 } else { self.size },
            whole: false,
        }
    }
}

impl Files {
    /// One more piece: u32 length of the sealed piece, big-endian, then it. The size of the file and where the piece begins
    /// are bound to it. A piece the disk took in part only is cut off when it is met.
    pub(super) fn append(&self, of: Of<'_>, size: u32, at: u32, bytes: &[u8]) -> Done<()> {
        let sealed = self.seal(of, bytes, &piece(size, at))?;
        let path = self.part(of);
        let whole = self.read_part(of)?.filter(|part| part.size == size);
        let good = whole.map_or(0, |part| part.on_disk);
        let fresh = good == 0;
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)?;
        file.set_len(good)?;
        file.seek(SeekFrom::Start(good))?;
        let mut frame = Vec::new();
        if fresh {
            frame.extend_from_slice(&size.to_be_bytes());
        }
        frame.extend_from_slice(
            &u32::try_from(sealed.len())
                .unwrap_or(u32::MAX)
                .to_be_bytes(),
        );
        frame.extend_from_slice(&sealed);
        file.write_all(&frame)?;
        file.sync_all()?;
        if fresh {
            sync_folder(&self.of_space(of.0))?;
        }
        Ok(())
    }

    /// What came of a file so far: the pieces that are whole.
    pub(super) fn read_part(&self, of: Of<'_>) -> Done<Option<Part>> {
        let Some(bytes) = read(&self.part(of))? else {
            return Ok(None);
        };
        let Some((size, mut rest)) = bytes.split_first_chunk::<4>() else {
            return Ok(None);
        };
        let mut part = Part::new(u32::from_be_bytes(*size));
        part.on_disk = 4;
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let length = u32::from_be_bytes(*length);
            let sealed = usize::try_from(length)
                .ok()
                .and_then(|n| after.split_at_checked(n));
            let Some((sealed, after)) = sealed else {
                break;
            };
            let bound = piece(part.size, part.held());
            let Some(plain) = seal::open(&self.key(of), sealed, &bound) else {
                break;
            };
            part.plain.extend_from_slice(&plain);
            part.on_disk += 4 + u64::from(length);
            rest = after;
        }
        Ok(Some(part))
    }
}
