//! Bounds while a carried file is read: on its length, and on what waits in memory.

use crate::caps;
use std::io::{Read, Result};

/// Reads from another up to a cap.
pub(crate) struct Capped<'a> {
    from: &'a mut dyn Read,
    left: u64,
    over: bool,
}

impl<'a> Capped<'a> {
    pub(crate) fn new(from: &'a mut dyn Read, cap: u64) -> Self {
        Self {
            from,
            left: cap,
            over: false,
        }
    }

    /// True once somebody asked for a byte behind the cap, and there was one.
    pub(crate) fn is_over(&self) -> bool {
        self.over
    }
}

impl Read for Capped<'_> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        if self.left == 0 && !out.is_empty() {
            self.over |= self.from.read(&mut [0])? > 0;
            return Ok(0);
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let most = most.min(out.len());
        let got = self.from.read(out.get_mut(..most).unwrap_or_default())?;
        self.left -= got as u64;
        Ok(got)
    }
}

/// Rulings read and not yet taken. They are taken many at a time, since one may make others count, but by their size too:
/// a file may be full of the largest that are none.
#[derive(Default)]
pub(crate) struct Waiting {
    rulings: Vec<Vec<u8>>,
    bytes: usize,
}

impl Waiting {
    pub(crate) fn push(&mut self, ruling: Vec<u8>) {
        self.bytes += ruling.len();
        self.rulings.push(ruling);
    }

    /// True when it is time to take them.
    pub(crate) fn is_high(&self) -> bool {
        self.rulings.len() >= 1_000 || self.bytes >= caps::BATCH_BYTES
    }

    pub(crate) fn take(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(self).rulings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rulings_wait_for_each_other_but_not_by_the_half_gigabyte() {
        for (size, most) in [
            (1, 1_000),
            (caps::RULING_BYTES, 4),
            (2 * caps::BATCH_BYTES, 1),
        ] {
            let mut waiting = Waiting::default();
            let mut pushed = 0;
            while !waiting.is_high() {
                waiting.push(vec![0; size]);
                pushed += 1;
            }
            assert_eq!((pushed, waiting.take().len()), (most, most));
            assert!(!waiting.is_high());
        }
    }

    #[test]
    fn a_file_of_just_the_cap_is_whole_and_one_byte_more_is_over() {
        for (cap, over) in [(5, false), (4, true), (0, true), (6, false)] {
            let mut bytes = &b"chao!"[..];
            let mut capped = Capped::new(&mut bytes, cap);
            let mut out = Vec::new();
            capped.read_to_end(&mut out).unwrap();
            assert_eq!((out.len() as u64, capped.is_over()), (cap.min(5), over));
        }
    }
}
