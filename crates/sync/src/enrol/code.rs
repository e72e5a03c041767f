//! The one-time code: thirteen characters a person can read out, and the secret made of them.

use crate::crockford;
use crate::key::{Random, sha256};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use subtle::ConstantTimeEq;

const CODE_LEN: usize = 13;
const ID_LEN: usize = 3;

/// A one-time code: three characters name it, ten are secret. Never printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

impl Code {
    /// A new code; 50 of its 65 bits are secret.
    #[must_use]
    pub fn random(random: &mut dyn Random) -> Self {
        Self(crockford::random(random, CODE_LEN))
    }

    /// Reads what a person typed: any case, O for 0, I and L for 1, dashes and spaces anywhere.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        crockford::read(typed, CODE_LEN).map(Self)
    }

    /// The public part: which code is meant, three characters.
    #[must_use]
    pub fn id(&self) -> &str {
        self.0.get(..ID_LEN).unwrap_or_default()
    }

    /// What both sides key their proofs with, and all the hub keeps of the code.
    #[must_use]
    pub fn secret(&self) -> CodeSecret {
        CodeSecret(sha256(&[b"toso-code-v1\0", self.0.as_bytes()]))
    }
}

impl fmt::Display for Code {
    /// `ABC-DEFGH-JKMNP`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, c) in self.0.chars().enumerate() {
            if at == ID_LEN || at == ID_LEN + 5 {
                f.write_str("-")?;
            }
            write!(f, "{c}")?;
        }
        Ok(())
    }
}

/// Hash of a code.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeSecret(pub [u8; 32]);

impl fmt::Debug for CodeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeSecret(…)")
    }
}

impl CodeSecret {
    pub(super) fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        // HMAC takes a key of any length; were that ever untrue, the zeros would match nothing the other side made.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            return [0; 32];
        };
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    pub(super) fn proves(&self, parts: &[&[u8]], mac: &[u8; 32]) -> bool {
        bool::from(self.mac(parts).ct_eq(mac))
    }
}
