//! Which user's change a change stands for: written as ticks in the home of a handed-over record.

use toso_domain::crdt::ChangeHash;

/// Name of a user's change among ticks: the first 16 bytes of its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Origin([u8; 16]);

/// Prefix of the keys that name origins.
const TICK: &str = "_from/";
/// Ticks one change may write beside its values: far below the gate's bound on operations.
pub(super) const TICKS: usize = 300;

impl Origin {
    pub(super) fn of(hash: &ChangeHash) -> Self {
        let mut short = [0; 16];
        short
            .iter_mut()
            .zip(hash.0)
            .for_each(|(to, from)| *to = from);
        Self(short)
    }

    pub(super) fn key(self) -> String {
        let hex: String = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{TICK}{hex}")
    }

    pub(super) fn read(key: &str) -> Option<Self> {
        let hex = key.strip_prefix(TICK)?.as_bytes();
        let mut bytes = [0; 16];
        if hex.len() != 32 || !hex.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}
