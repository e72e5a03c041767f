//! Bounds of one copy that whoever runs it may set; the protocol's caps unless said otherwise.

use crate::caps;

/// What one copy takes at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Void packs an authority keeps for one device, bytes; past it they are answered `tray_full`.
    pub tray_bytes: u64,
    /// Bytes of new packs still taken from whoever is dealt with now; past it they are answered `later`. Counted down by
    /// what is taken; none is no bound. A hub sets it before each request, by what the giver has given lately.
    pub allowance: Option<u64>,
    /// Length of one carried file, bytes.
    pub file_bytes: u64,
    /// Rulings in one carried file, taken or not.
    pub file_rulings: usize,
    /// Effort for the seals of one carried file, see [`caps::FILE_EFFORT`].
    pub file_effort: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            tray_bytes: caps::TRAY_BYTES,
            allowance: None,
            file_bytes: caps::FILE_BYTES,
            file_rulings: caps::FILE_RULINGS,
            file_effort: caps::FILE_EFFORT,
        }
    }
}
