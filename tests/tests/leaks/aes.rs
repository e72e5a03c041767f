//! AES-256 backwards, so that pages of a sealed database are read as they lie on the disk: also those that no query reaches.
//! Slow and plain; `pages.rs` shows that it reads right by what it finds.

/// Round keys, and the box read backwards.
pub struct Aes {
    rounds: [[u8; 16]; 15],
    back: [u8; 256],
    times: [[u8; 256]; 4],
}

/// Multiplies in the field of AES.
fn mul(mut a: u8, mut b: u8) -> u8 {
    let mut out = 0;
    while b > 0 {
        if b & 1 == 1 {
            out ^= a;
        }
        a = a << 1 ^ if a & 0x80 == 0 { 0 } else { 0x1b };
        b >>= 1;
    }
    out
}

/// The box: each byte's inverse, its bits mixed.
fn forward() -> [u8; 256] {
    let mut table = [0; 256];
    for byte in 0..=255_u8 {
        let inverse = (0..=255).find(|other| mul(byte, *other) == 1).unwrap_or(0);
        let turned = (0..5).fold(0, |sum, n| sum ^ inverse.rotate_left(n));
        table[usize::from(byte)] = turned ^ 0x63;
    }
    table
}

impl Aes {
    pub fn new(key: &[u8; 32]) -> Self {
        let forward = forward();
        let mut back = [0; 256];
        for (from, to) in forward.iter().enumerate() {
            back[usize::from(*to)] = from as u8;
        }
        let mut words: Vec<[u8; 4]> = key.as_chunks::<4>().0.to_vec();
        let mut power = 1;
        for n in 8..60 {
            let mut word = words[n - 1];
            if n % 8 == 0 {
                word.rotate_left(1);
            }
            if n % 4 == 0 {
                word = word.map(|byte| forward[usize::from(byte)]);
            }
            if n % 8 == 0 {
                word[0] ^= power;
                power = mul(power, 2);
            }
            let before = words[n - 8];
            words.push([0, 1, 2, 3].map(|i| word[i] ^ before[i]));
        }
        let mut rounds = [[0; 16]; 15];
        for (n, byte) in words.iter().flatten().enumerate() {
            rounds[n / 16][n % 16] = *byte;
        }
        let times = [14, 11, 13, 9].map(|by| std::array::from_fn(|byte| mul(byte as u8, by)));
        Self {
            rounds,
            back,
            times,
        }
    }

    fn block(&self, block: &[u8; 16]) -> [u8; 16] {
        let mix =
            |a: [u8; 16], key: &[u8; 16]| -> [u8; 16] { std::array::from_fn(|i| a[i] ^ key[i]) };
        let mut state = mix(*block, &self.rounds[14]);
        for round in (0..14).rev() {
            // Rows turn back, each byte through the box.
            let turned: [u8; 16] =
                std::array::from_fn(|i| state[(i % 4) + 4 * ((i / 4 + 4 - i % 4) % 4)]);
            state = mix(
                turned.map(|byte| self.back[usize::from(byte)]),
                &self.rounds[round],
            );
            if round > 0 {
                state = std::array::from_fn(|i| {
                    let column = &state[i / 4 * 4..];
                    (0..4).fold(0, |sum, n| {
                        sum ^ self.times[n][usize::from(column[(i + n) % 4])]
                    })
                });
            }
        }
        state
    }

    /// Undoes chaining of blocks (CBC).
    pub fn open(&self, start: &[u8; 16], sealed: &[u8]) -> Vec<u8> {
        let mut before = *start;
        let mut out = Vec::with_capacity(sealed.len());
        for block in sealed.as_chunks::<16>().0 {
            let plain = self.block(block);
            out.extend((0..16).map(|i| plain[i] ^ before[i]));
            before = *block;
        }
        out
    }
}

#[test]
fn the_example_of_the_standard_is_opened() {
    // FIPS 197, C.3.
    let key: [u8; 32] = std::array::from_fn(|n| n as u8);
    let sealed = [
        0x8e, 0xa2, 0xb7, 0xca, 0x51, 0x67, 0x45, 0xbf, 0xea, 0xfc, 0x49, 0x90, 0x4b, 0x49, 0x60,
        0x89,
    ];
    let plain: [u8; 16] = std::array::from_fn(|n| (n * 0x11) as u8);
    assert_eq!(Aes::new(&key).open(&[0; 16], &sealed), plain);
}
