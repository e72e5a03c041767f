//! Key material in memory: wiped when dropped, never printed.

use crate::error::{Result, StoreError};
use hkdf::Hkdf;
use sha2::Sha256;
use std::fmt;
use zeroize::Zeroizing;

/// The 256-bit key of one profile. Everything else that is encrypted beside the database is keyed from it.
#[derive(Clone)]
pub struct DatabaseKey(Zeroizing<[u8; 32]>);

impl DatabaseKey {
    /// Wraps 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A fresh random key. Errors: `db` when the system gives no randomness.
    pub fn random() -> Result<Self> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        fill(bytes.as_mut_slice())?;
        Ok(Self(bytes))
    }

    /// A key for one purpose (`journal`, `file/<name>` …), so that no two uses share one.
    pub fn derive(&self, purpose: &str) -> Result<Zeroizing<[u8; 32]>> {
        derive(self.0.as_slice(), purpose)
    }

    /// The 32 bytes, to be sealed at once.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The statement that hands the raw key to SQLCipher.
    pub(crate) fn pragma(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(90));
        text.push_str("PRAGMA key = \"x'");
        for byte in self.0.iter() {
            for half in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
            }
        }
        text.push_str("'\";");
        text
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey(..)")
    }
}

/// HKDF-SHA-256 of `from` for `purpose`.
pub(crate) fn derive(from: &[u8], purpose: &str) -> Result<Zeroizing<[u8; 32]>> {
    let mut out = Zeroizing::new([0_u8; 32]);
    Hkdf::<Sha256>::new(None, from)
        .expand(purpose.as_bytes(), out.as_mut_slice())
        .map_err(|_| StoreError::Db("hkdf".into()))?;
    Ok(out)
}

/// Random bytes from the system: nonces and salts only, ids come from the caller.
pub(crate) fn fill(to: &mut [u8]) -> Result<()> {
    getrandom::fill(to).map_err(|_| StoreError::Db("no randomness".into()))
}
