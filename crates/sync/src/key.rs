//! Keys, signatures and hashes. Each signed thing has its own prefix, so that one can never be passed for another.

use crate::id::{DeviceKey, HubKey};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

/// Where random bytes come from: the operating system in the product, a seed in the simulator.
pub trait Random {
    /// Fills `out`.
    fn fill(&mut self, out: &mut [u8]);

    /// Sixteen random bytes.
    fn bytes16(&mut self) -> [u8; 16] {
        let mut out = [0; 16];
        self.fill(&mut out);
        out
    }

    /// Thirty-two random bytes.
    fn bytes32(&mut self) -> [u8; 32] {
        let mut out = [0; 32];
        self.fill(&mut out);
        out
    }
}

/// A secret Ed25519 key: a device's, or the commune's authority.
#[derive(Clone)]
pub struct Secret(SigningKey);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// From 32 random bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(bytes))
    }

    /// The 32 bytes, to be kept sealed.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The public half as a device's name.
    #[must_use]
    pub fn device(&self) -> DeviceKey {
        DeviceKey(self.0.verifying_key().to_bytes())
    }

    /// The public half as an authority's name.
    #[must_use]
    pub fn hub(&self) -> HubKey {
        HubKey(self.0.verifying_key().to_bytes())
    }

    /// The X25519 secret of this key: what opens a section sealed to [`x25519_of`] its public half.
    pub(crate) fn x25519(&self) -> [u8; 32] {
        self.0.to_scalar_bytes()
    }

    /// Signs `purpose ‖ bytes`.
    #[must_use]
    pub fn sign(&self, purpose: Purpose, bytes: &[u8]) -> [u8; 64] {
        self.0.sign(&purpose.frame(bytes)).to_bytes()
    }
}

/// What a signature is for; the prefix of the signed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A pack's header, by its author.
    Pack,
    /// A ruling, by the authority.
    Ruling,
    /// An answer of an exchange, by the authority.
    Answer,
    /// An answer about files, by the authority.
    File,
    /// Opening a session, by a device.
    Session,
    /// An enrolment request, by the device asking.
    Enrol,
}

impl Purpose {
    fn frame(self, bytes: &[u8]) -> Vec<u8> {
        let prefix: &[u8] = match self {
            Self::Pack => b"toso-pack-v1\0",
            Self::Ruling => b"toso-ruling-v1\0",
            Self::Answer => b"toso-answer-v1\0",
            Self::File => b"toso-file-v1\0",
            Self::Session => b"toso-session-v1\0",
            Self::Enrol => b"toso-enrol-v1\0",
        };
        [prefix, bytes].concat()
    }
}

/// True when `sig` over `purpose ‖ bytes` is by `key`, strictly (no small-order keys, no malleable form).
#[must_use]
pub fn verify(key: &[u8; 32], purpose: Purpose, bytes: &[u8], sig: &[u8; 64]) -> bool {
    VerifyingKey::from_bytes(key).is_ok_and(|key| {
        key.verify_strict(&purpose.frame(bytes), &Signature::from_bytes(sig))
            .is_ok()
    })
}

/// The X25519 public key of an Ed25519 one; `None` when it is no point, or one of those everybody knows the secret of.
pub(crate) fn x25519_of(key: &[u8; 32]) -> Option<[u8; 32]> {
    let key = VerifyingKey::from_bytes(key).ok()?;
    (!key.is_weak()).then(|| key.to_montgomery().to_bytes())
}

/// SHA-256 over the parts, one after the other.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// First 16 bytes of [`sha256`].
#[must_use]
pub fn sha256_16(parts: &[&[u8]]) -> [u8; 16] {
    let full = sha256(parts);
    let mut out = [0; 16];
    for (to, from) in out.iter_mut().zip(full) {
        *to = from;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_purpose_only() {
        let secret = Secret::from_bytes(&[3; 32]);
        let sig = secret.sign(Purpose::Pack, b"header");
        assert!(verify(&secret.device().0, Purpose::Pack, b"header", &sig));
        assert!(!verify(
            &secret.device().0,
            Purpose::Ruling,
            b"header",
            &sig
        ));
        assert!(!verify(&secret.device().0, Purpose::Pack, b"headeR", &sig));
        assert!(!verify(&[0; 32], Purpose::Pack, b"header", &sig));
    }
}
