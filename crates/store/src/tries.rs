//! Counting tries of a PIN: written and on disk before anything is checked, so that pulling the battery gives no free try.
//!
//! Two slots of one small file are written in turn, in place: no room is needed on a full disk, and a torn write
//! leaves the other slot.
//!
//! Delays are measured by a **steady clock**: milliseconds since the machine (or, where the system does not tell, the
//! process) started, which nobody sets. Whether the count began anew is not asked: a count lower than the one written
//! ran all of itself since, and a higher one at least the difference, whatever happened in between. So no clock that a
//! person sets shortens or lengthens a delay, and a restart lengthens it by the time the machine was off.

use crate::error::Result;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Name of the file in the profile's folder.
pub(crate) const TRIES: &str = "tries";
/// Tries before delays begin.
pub(crate) const FREE: u32 = 5;
/// Delays before the sixth try and after, in milliseconds: 30 s, 1, 5, 15, 60 minutes; the last for ever.
const DELAYS_MS: [i64; 5] = [30_000, 60_000, 300_000, 900_000, 3_600_000];
const SLOT: usize = 4 + 8 + 8 + 16;

/// Wrong tries since the last right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tries {
    /// Grows with every write; the greater slot counts.
    turn: u64,
    /// How many.
    pub count: u32,
    /// Where the steady clock stood at the last one, milliseconds.
    pub last: i64,
}

impl Tries {
    /// Reads the count, so that delays can be measured from what it says. A file that is gone or unreadable is written anew
    /// as all free tries used just now: deleting it must not help, and must not lock for ever.
    pub(crate) fn read(folder: &Path, steady: i64) -> Result<Self> {
        let mut bytes = Vec::new();
        let read = File::open(folder.join(TRIES)).and_then(|mut file| file.read_to_end(&mut bytes));
        let slots = read
            .ok()
            .into_iter()
            .flat_map(|_| bytes.chunks_exact(SLOT).filter_map(slot));
        let found = slots.max_by_key(|tries| tries.turn);
        let next = match found {
            Some(found) if steady >= found.last => return Ok(found),
            // The steady clock began anew, and its beginning stands for the last try: else the time waited since would be
            // forgotten when it passes the old mark.
            Some(found) => Self {
                turn: found.turn + 1,
                last: 0,
                ..found
            },
            None => Self {
                turn: 0,
                count: FREE,
                last: steady,
            },
        };
        next.write(folder)?;
        Ok(next)
    }

    /// None used.
    pub(crate) fn none() -> Self {
        Self {
            turn: 0,
            count: 0,
            last: 0,
        }
    }

    /// Milliseconds to wait before the next try; 0 when it is allowed.
    pub(crate) fn wait(&self, steady: i64) -> i64 {
        let Some(over) = self.count.checked_sub(FREE) else {
            return 0;
        };
        let ix = usize::try_from(over)
            .unwrap_or(usize::MAX)
            .min(DELAYS_MS.len() - 1);
        let delay = DELAYS_MS.get(ix).copied().unwrap_or(3_600_000);
        delay - steady.saturating_sub(self.last).clamp(0, delay)
    }

    /// One more try at `steady`, on disk when this returns.
    pub(crate) fn add(&self, folder: &Path, steady: i64) -> Result<Self> {
        let next = Self {
            turn: self.turn + 1,
            count: self.count.saturating_add(1),
            last: steady,
        };
        next.write(folder)?;
        Ok(next)
    }

    /// A right secret: none used again.
    pub(crate) fn clear(&self, folder: &Path) -> Result<()> {
        Self {
            turn: self.turn + 1,
            count: 0,
            last: 0,
        }
        .write(folder)
    }

    /// Makes the file; room for both slots is taken now.
    pub(crate) fn create(folder: &Path) -> Result<()> {
        let none = Self::none();
        none.write(folder)?;
        Self { turn: 1, ..none }.write(folder)?;
        crate::durable::folder(folder)
    }

    fn write(&self, folder: &Path) -> Result<()> {
        let mut bytes = self.count.to_le_bytes().to_vec();
        bytes.extend_from_slice(&self.last.to_le_bytes());
        bytes.extend_from_slice(&self.turn.to_le_bytes());
        bytes.extend_from_slice(Sha256::digest(&bytes).get(..16).unwrap_or_default());
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join(TRIES))?;
        let at = u64::try_from(SLOT).unwrap_or(0) * (self.turn % 2);
        file.seek(SeekFrom::Start(at))?;
        file.write_all(&bytes)?;
        file.sync_data()?;
        Ok(())
    }
}

fn slot(bytes: &[u8]) -> Option<Tries> {
    let (said, sum) = bytes.split_at_checked(SLOT - 16)?;
    if Sha256::digest(said).get(..16) != Some(sum) {
        return None;
    }
    let (count, rest) = said.split_first_chunk::<4>()?;
    let (last, turn) = rest.split_first_chunk::<8>()?;
    Some(Tries {
        count: u32::from_le_bytes(*count),
        last: i64::from_le_bytes(*last),
        turn: u64::from_le_bytes(turn.try_into().ok()?),
    })
}
