//! A reader that gives so many bytes and no more, and says when there were more.

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

#[cfg(test)]
mod tests {
    use super::*;

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
