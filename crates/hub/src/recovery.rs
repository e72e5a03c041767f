//! The recovery key: the hub keeps the public half only; backups and the log of rulings are sealed to it.

use crate::error::{Done, HubError};
use age::secrecy::ExposeSecret;
use age::x25519::{Identity, Recipient};

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

    /// Opens what was sealed.
    ///
    /// # Errors
    /// `wrong_recovery_key`, `bad_backup`.
    pub fn open(&self, sealed: &[u8]) -> Done<Vec<u8>> {
        age::decrypt(&self.0, sealed).map_err(|e| match e {
            age::DecryptError::NoMatchingKeys => HubError::new("wrong_recovery_key"),
            other => HubError::with("bad_backup", other),
        })
    }
}
