//! XChaCha20-Poly1305 with its nonce in front: the one way bytes beside a database are encrypted, on a device and at the
//! hub.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

/// Bytes of a nonce. Random ones never meet.
pub const NONCE: usize = 24;
/// Bytes of nonce and tag around a text.
pub const AROUND: usize = NONCE + 16;

/// Nonce, text, tag. `bound` is not stored but must be the same when opened. `None` for a text no memory holds.
#[must_use]
pub fn seal(key: &[u8; 32], nonce: [u8; NONCE], text: &[u8], bound: &[u8]) -> Option<Vec<u8>> {
    let given = Payload {
        msg: text,
        aad: bound,
    };
    let sealed = XChaCha20Poly1305::new(key.into()).encrypt(&XNonce::from(nonce), given);
    let mut out = nonce.to_vec();
    out.extend_from_slice(&sealed.ok()?);
    Some(out)
}

/// The text, or `None` when key, bytes or `bound` are not those of [`seal`].
#[must_use]
pub fn open(key: &[u8; 32], sealed: &[u8], bound: &[u8]) -> Option<Vec<u8>> {
    let (nonce, text) = sealed.split_first_chunk::<NONCE>()?;
    let given = Payload {
        msg: text,
        aad: bound,
    };
    XChaCha20Poly1305::new(key.into())
        .decrypt(&XNonce::from(*nonce), given)
        .ok()
}
