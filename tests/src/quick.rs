//! What tests make cheaper or wider than people have it, where that is not what they look at.

use toso_hub::{Limits, Listen};
use toso_store::Cost;

/// What one guess at a PIN costs.
pub const QUICK: Cost = Cost {
    memory_kib: 8,
    passes: 1,
    lanes: 1,
};

/// A door at which a thousand exchanges in a minute from one address are no attack.
#[must_use]
pub fn unhurried() -> Listen {
    let limits = Limits {
        by_address: 1_000_000,
        at_door: 1_000_000,
        by_device: 1_000_000,
        ..Limits::default()
    };
    Listen {
        limits,
        ..Listen::default()
    }
}
