//! Sealing with a nonce of the system's own.

use crate::error::{Result, StoreError};
use crate::secret::fill;
use toso_domain::seal::NONCE;
pub(crate) use toso_domain::seal::{AROUND, open};

/// As [`toso_domain::seal::seal`]. Errors: `db` when the system gives no randomness.
pub(crate) fn seal(key: &[u8; 32], text: &[u8], bound: &[u8]) -> Result<Vec<u8>> {
    let mut nonce = [0_u8; NONCE];
    fill(&mut nonce)?;
    toso_domain::seal::seal(key, nonce, text, bound).ok_or_else(|| StoreError::Db("seal".into()))
}
