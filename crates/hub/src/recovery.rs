//! The recovery key: the hub keeps the public half only; backups and the log of rulings are sealed to it.

use crate::error::{Done, HubError};
use age::secrecy::ExposeSecret;
use age::x25519::{Identity, Recipient};
use age::{Decryptor, Encryptor};
use std::io::{BufRead, Read, Write};

/// A new pair: the secret text for a safe place, the public text for the hub.
#[must_use]
pub fn new_pair() -> (String, String) {
    let identity = Identity::generate();
    let public = identity.to_public().to_string();
    (identity.to_string().expose_secret().to_owned(), public)
}

/// Seals bytes to the public half.
///
/// # Errors
/// `bad_config` when it is no public half.
pub fn seal(recipient: &str, bytes: &[u8]) -> Done<Vec<u8>> {
    let recipient: Recipient = recipient
        .parse()
        .map_err(|e| HubError::with("bad_config", e))?;
    age::encrypt(&recipient, bytes).map_err(|e| HubError::with("io", e))
}

/// Seals to the public half what `inside` writes, as it comes: nothing of it is kept in memory.
///
/// # Errors
/// `bad_config` when it is no public half; those of `inside` and of the disk.
pub fn seal_into<W: Write>(
    recipient: &str,
    out: W,
    inside: impl FnOnce(&mut dyn Write) -> Done<()>,
) -> Done<W> {
    let recipient: Recipient = recipient
        .parse()
        .map_err(|e| HubError::with("bad_config", e))?;
    let keys = std::iter::once(&recipient as &dyn age::Recipient);
    let sealer = Encryptor::with_recipients(keys).map_err(|e| HubError::with("io", e))?;
    let mut sealed = sealer.wrap_output(out)?;
    inside(&mut sealed)?;
    Ok(sealed.finish()?)
}

/// The secret half.
#[derive(Clone)]
pub struct RecoveryKey(Identity);

impl std::fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryKey(…)")
    }
}

impl RecoveryKey {
    /// Reads the text `init` printed.
    ///
    /// # Errors
    /// `wrong_recovery_key`.
    pub fn read(text: &str) -> Done<Self> {
        let identity = text.trim().parse();
        identity
            .map(Self)
            .map_err(|_| HubError::new("wrong_recovery_key"))
    }

    /// Opens what was sealed as it is read. A seal that does not hold shows as an error of kind `InvalidData` or
    /// `UnexpectedEof`, at the latest where the reader ends.
    ///
    /// # Errors
    /// `wrong_recovery_key`, `bad_backup`.
    pub fn open_from<R: BufRead>(&self, sealed: R) -> Done<impl Read + use<R>> {
        let opened = Decryptor::new_buffered(sealed).map_err(refused)?;
        let key = std::iter::once(&self.0 as &dyn age::Identity);
        opened.decrypt(key).map_err(refused)
    }

    /// Opens what was sealed.
    ///
    /// # Errors
    /// `wrong_recovery_key`, `bad_backup`.
    pub fn open(&self, sealed: &[u8]) -> Done<Vec<u8>> {
        age::decrypt(&self.0, sealed).map_err(refused)
    }
}

fn refused(e: age::DecryptError) -> HubError {
    match e {
        age::DecryptError::NoMatchingKeys => HubError::new("wrong_recovery_key"),
        other => HubError::with("bad_backup", other),
    }
}
