//! The append-only file beside the database that brings back a save which the database lost.
//!
//! SQLite takes a flipped bit in its write-ahead log for the end of it and silently forgets the commits after.
//! A save therefore stands here first, on disk, before the transaction commits.

use crate::durable;
use crate::error::{Result, StoreError};
use crate::frame::{self, Form, Frame, Head};
use crate::secret::fill;
use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use toso_domain::planted;
use zeroize::Zeroizing;

/// Name of the file in the profile's folder.
pub(crate) const JOURNAL: &str = "journal";

/// Where the chain stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct End {
    /// Number of the last frame.
    pub frame: u64,
    /// Link after it.
    pub link: [u8; 32],
    /// Length of the file up to here.
    pub length: u64,
}

/// The open journal.
pub(crate) struct Journal {
    folder: PathBuf,
    key: Zeroizing<[u8; 32]>,
    file: File,
    pub(crate) head: Head,
    pub(crate) end: End,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal")
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

/// What was found at open.
pub(crate) enum Seen {
    /// No file.
    Missing,
    /// A file that is not a journal under this key.
    Unread,
    /// A journal.
    Read(Scan),
}

/// A journal as read from disk.
pub(crate) struct Scan {
    pub head: Head,
    /// Readable frames in order of place.
    pub frames: Vec<Frame>,
    /// True when frames are missing between readable ones or before one.
    pub broken: bool,
    /// Length up to the end of the last readable frame; what follows is torn.
    pub good: usize,
}

impl Scan {
    /// Number of the last readable frame.
    pub(crate) fn last(&self) -> u64 {
        self.frames
            .last()
            .map_or(self.head.first.saturating_sub(1), |frame| frame.number)
    }

    /// Link after frame `number`; `None` when it is not in this file.
    pub(crate) fn link_at(&self, number: u64) -> Option<[u8; 32]> {
        let mut link = self.head.start;
        if number + 1 == self.head.first {
            return Some(link);
        }
        for frame in &self.frames {
            link = frame::link(&link, frame.number, &frame.first_hash);
            if frame.number == number {
                return Some(link);
            }
        }
        None
    }
}

/// Reads the file, past damage too: a frame is found again by its mark and proven by its seal.
pub(crate) fn read(folder: &Path, key: &[u8; 32]) -> Result<Seen> {
    let file = match fs::read(folder.join(JOURNAL)) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Seen::Missing),
        Err(error) => return Err(error.into()),
    };
    let Some((head, rest)) = Head::read(key, &file) else {
        return Ok(Seen::Unread);
    };
    let mut at = file.len() - rest.len();
    let (mut frames, mut broken, mut good): (Vec<Frame>, _, _) = (Vec::new(), false, at);
    while let Some(begin) = frame::seek(&file, at) {
        let Some(found) = frame::read(key, &head.id, &file, begin) else {
            at = begin + 1;
            continue;
        };
        let next = frames.last().map_or(head.first, |frame| frame.number + 1);
        broken |= begin != good || found.number != next;
        at = found.end;
        good = found.end;
        frames.push(found);
    }
    Ok(Seen::Read(Scan {
        head,
        frames,
        broken,
        good,
    }))
}

impl Journal {
    /// Begins a new file in place of any old one: `payloads` numbered so that the first `taken` of them end at `base`.
    /// Returns the journal and its [`End`] after each payload, beginning with the one before the first.
    pub(crate) fn begin(
        folder: &Path,
        key: Zeroizing<[u8; 32]>,
        payloads: &[Vec<u8>],
        taken: u64,
        base: u64,
    ) -> Result<(Self, Vec<End>)> {
        let mut head = Head {
            id: [0; 16],
            first: base.saturating_sub(taken) + 1,
            start: [0; 32],
        };
        fill(&mut head.id)?;
        fill(&mut head.start)?;
        let mut bytes = head.write(&key)?;
        let length = |bytes: &[u8]| u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let mut end = End {
            frame: head.first - 1,
            link: head.start,
            length: length(&bytes),
        };
        let mut ends = vec![end];
        for payload in payloads {
            let number = end.frame + 1;
            let (frame, hash) = frame::write(&key, &head.id, number, payload, None)?;
            bytes.extend_from_slice(&frame);
            end = End {
                frame: number,
                link: frame::link(&end.link, number, &hash),
                length: length(&bytes),
            };
            ends.push(end);
        }
        durable::replace(folder, JOURNAL, &bytes)?;
        let file = OpenOptions::new().write(true).open(folder.join(JOURNAL))?;
        Ok((
            Self {
                folder: folder.to_owned(),
                key,
                file,
                head,
                end,
            },
            ends,
        ))
    }

    /// Goes on with the file that was read, a torn tail cut off.
    pub(crate) fn resume(folder: &Path, key: Zeroizing<[u8; 32]>, scan: &Scan) -> Result<Self> {
        let file = OpenOptions::new().write(true).open(folder.join(JOURNAL))?;
        let length = u64::try_from(scan.good).unwrap_or(u64::MAX);
        if file.metadata()?.len() > length {
            file.set_len(length)?;
            file.sync_data()?;
        }
        let frame = scan.last();
        let link = scan
            .link_at(frame)
            .ok_or_else(|| StoreError::Db("journal link".into()))?;
        Ok(Self {
            folder: folder.to_owned(),
            key,
            file,
            head: scan.head,
            end: End {
                frame,
                link,
                length,
            },
        })
    }

    /// Appends one frame; on disk when this returns. A failed write is taken back.
    pub(crate) fn append(&mut self, payload: &[u8]) -> Result<u64> {
        let before = self.end;
        let number = before.frame + 1;
        let (bytes, hash) = frame::write(&self.key, &self.head.id, number, payload, None)?;
        let written = self
            .file
            .seek(SeekFrom::Start(before.length))
            .and_then(|_| self.file.write_all(&bytes))
            .and_then(|()| {
                if planted!("journal_fsync_skipped") {
                    return Ok(());
                }
                self.file.sync_data()
            });
        if let Err(error) = written {
            self.cut(before)?;
            return Err(error.into());
        }
        self.end = End {
            frame: number,
            link: frame::link(&before.link, number, &hash),
            length: before.length + u64::try_from(bytes.len()).unwrap_or(0),
        };
        Ok(number)
    }

    /// Takes back the frames after `to`. Errors: `db_reopen`, since then nobody knows what stands in the file.
    pub(crate) fn cut(&mut self, to: End) -> Result<()> {
        self.file
            .set_len(to.length)
            .and_then(|()| self.file.sync_data())
            .map_err(|_| StoreError::Reopen)?;
        self.end = to;
        Ok(())
    }

    /// Drops the frames up to `through`. Returns false when there was none.
    pub(crate) fn forget(&mut self, through: u64) -> Result<bool> {
        if through < self.head.first {
            return Ok(false);
        }
        let scan = self.scan()?;
        let start = scan
            .link_at(through)
            .ok_or_else(|| StoreError::Db("no such journal frame".into()))?;
        let head = Head {
            id: self.head.id,
            first: through + 1,
            start,
        };
        let file = fs::read(self.folder.join(JOURNAL))?;
        let from = scan
            .frames
            .iter()
            .find(|frame| frame.number == through)
            .map_or(file.len(), |frame| frame.end);
        let mut bytes = head.write(&self.key)?;
        bytes.extend_from_slice(file.get(from..).unwrap_or_default());
        self.replace(head, &bytes)?;
        Ok(true)
    }

    /// Gives each payload to `keep`; what it returns stands in its place, `None` erases it. Returns frames changed.
    pub(crate) fn rewrite(
        &mut self,
        mut keep: impl FnMut(&[u8]) -> Option<Vec<u8>>,
    ) -> Result<usize> {
        let scan = self.scan()?;
        let file = fs::read(self.folder.join(JOURNAL))?;
        let mut bytes = self.head.write(&self.key)?;
        let mut changed = 0;
        for found in &scan.frames {
            let kept = if found.form == Form::Erased {
                Some(Vec::new())
            } else {
                keep(&found.payload)
            };
            if kept.as_deref() == Some(&found.payload) {
                bytes.extend_from_slice(file.get(found.begin..found.end).unwrap_or_default());
                continue;
            }
            changed += 1;
            let form = if kept.is_some() {
                Form::Rewritten
            } else {
                Form::Erased
            };
            let was = Some((form, found.first_hash));
            let (frame, _) = frame::write(
                &self.key,
                &self.head.id,
                found.number,
                &kept.unwrap_or_default(),
                was,
            )?;
            bytes.extend_from_slice(&frame);
        }
        if changed > 0 {
            self.replace(self.head, &bytes)?;
        }
        Ok(changed)
    }

    fn scan(&self) -> Result<Scan> {
        match read(&self.folder, &self.key)? {
            Seen::Read(scan) if !scan.broken && scan.last() == self.end.frame => Ok(scan),
            _ => Err(StoreError::Reopen),
        }
    }

    fn replace(&mut self, head: Head, bytes: &[u8]) -> Result<()> {
        durable::replace(&self.folder, JOURNAL, bytes)?;
        self.file = OpenOptions::new()
            .write(true)
            .open(self.folder.join(JOURNAL))?;
        self.head = head;
        self.end.length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }
}
