//! XChaCha20-Poly1305 with a random nonce in front: the one way bytes beside the database are encrypted.

use crate::error::{Result, StoreError};
use crate::secret::fill;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

/// Bytes of nonce and tag around a text.
pub(crate) const AROUND: usize = NONCE + 16;
const NONCE: usize = 24;

/// Nonce, text, tag. `bound` is not stored but must be the same when opened.
pub(crate) fn seal(key: &[u8; 32], text: &[u8], bound: &[u8]) -> Result<Vec<u8>> {
    let mut nonce = [0_u8; NONCE];
    fill(&mut nonce)?;
    let sealed = XChaCha20Poly1305::new(key.into())
        .encrypt(
            &XNonce::from(nonce),
            Payload {
                msg: text,
                aad: bound,
            },
        )
        .map_err(|_| StoreError::Db("seal".into()))?;
    let mut out = nonce.to_vec();
    out.extend_from_slice(&sealed);
    Ok(out)
}

/// The text, or `None` when key, bytes or `bound` are not those of [`seal`].
pub(crate) fn open(key: &[u8; 32], sealed: &[u8], bound: &[u8]) -> Option<Vec<u8>> {
    let (nonce, text) = sealed.split_first_chunk::<NONCE>()?;
    XChaCha20Poly1305::new(key.into())
        .decrypt(
            &XNonce::from(*nonce),
            Payload {
                msg: text,
                aad: bound,
            },
        )
        .ok()
}
