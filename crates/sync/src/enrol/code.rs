//! The one-time code: thirteen characters a person can read out, and the secret made of them.

use crate::key::{Random, sha256};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use subtle::ConstantTimeEq;

/// Crockford's digits: no I, L, O, U.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
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
        let bytes = random.bytes16();
        let digit = |b: &u8| DIGITS.get(usize::from(b & 31)).copied().map(char::from);
        Self(bytes.iter().take(CODE_LEN).filter_map(digit).collect())
    }

    /// Reads what a person typed: any case, O for 0, I and L for 1, dashes and spaces anywhere.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let mut code = String::new();
        for c in typed.chars() {
            let c = match c.to_ascii_uppercase() {
                '-' | '–' | '—' | '.' => continue,
                c if c.is_whitespace() => continue,
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            };
            if !DIGITS.iter().any(|d| char::from(*d) == c) || code.len() == CODE_LEN {
                return None;
            }
            code.push(c);
        }
        (code.len() == CODE_LEN).then_some(Self(code))
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
