//! Names on the wire: devices, epochs, packs, rulings, logs and positions.

use minicbor::{Decode, Encode};
use std::fmt;
use toso_domain::crdt::Actor;
use toso_domain::id::SpaceId;

macro_rules! bytes_name {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[cbor(with = "minicbor::bytes")] pub [u8; $len]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl $name {
            /// Reads lower- or upper-case hex of exactly the right length.
            #[must_use]
            pub fn from_hex(text: &str) -> Option<Self> {
                let mut out = [0_u8; $len];
                // A sign before a digit would be read as one.
                if text.len() != $len * 2 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
                    return None;
                }
                for (byte, pair) in out.iter_mut().zip(text.as_bytes().chunks(2)) {
                    *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
                }
                Some(Self(out))
            }
        }
    };
}

bytes_name!(
    /// A device, named by its Ed25519 public key.
    DeviceKey, 32
);
bytes_name!(
    /// The commune's authority, named by its Ed25519 public key: it signs rulings.
    HubKey, 32
);
bytes_name!(
    /// One life of a device in a space: 16 random bytes, never a counter (rule 6.1).
    Epoch, 16
);
bytes_name!(
    /// A pack's name: first 16 bytes of SHA-256 over its header.
    Head, 16
);
bytes_name!(
    /// A ruling's name: first 16 bytes of SHA-256 over its signed bytes.
    RulingId, 16
);

/// A log inside a space: everything one device wrote there during one epoch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode)]
pub struct Log {
    /// Author.
    #[n(0)]
    pub device: DeviceKey,
    /// Its epoch.
    #[n(1)]
    pub epoch: Epoch,
}

impl Log {
    /// The Automerge actor of this log: first 16 bytes of SHA-256("actor-v1" ‖ space ‖ device ‖ epoch).
    #[must_use]
    pub fn actor(&self, space: SpaceId) -> Actor {
        use sha2::{Digest, Sha256};
        let hash = Sha256::new()
            .chain_update(b"actor-v1")
            .chain_update(space.as_bytes())
            .chain_update(self.device.0)
            .chain_update(self.epoch.0)
            .finalize();
        let mut actor = [0_u8; 16];
        for (to, from) in actor.iter_mut().zip(hash.iter()) {
            *to = *from;
        }
        Actor(actor)
    }
}

/// How far a log is held. Never without its hash: equal `seq` with another `head` is not level (rule 4.3).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode)]
pub struct Position {
    /// The log.
    #[n(0)]
    pub log: Log,
    /// Number of the last pack held, from 1.
    #[n(1)]
    pub seq: u64,
    /// Name of that pack.
    #[n(2)]
    pub head: Head,
}
