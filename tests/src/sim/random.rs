//! Random numbers from a seed, the same on every machine.

/// SplitMix64: small, and one seed gives one history.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    /// Dice of one part of a history: the other parts may be left out without changing it.
    #[must_use]
    pub fn of(seed: u64, part: u64) -> Self {
        let mut dice = Self::new(seed);
        Self::new(dice.roll() ^ part.wrapping_mul(0xd6e8_feb8_6659_fd93))
    }

    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.roll() % n.max(1) as u64).unwrap()
    }

    /// True in `percent` of a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// Shuffles in place.
    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for i in (1..all.len()).rev() {
            let j = self.below(i + 1);
            all.swap(i, j);
        }
    }
}

impl toso_sync::key::Random for Dice {
    fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            *byte = self.roll().to_le_bytes()[0];
        }
    }
}
