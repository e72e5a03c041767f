//! Opening a session: a signed challenge for a token, alone or with the first request of an exchange.

use crate::id::{DeviceKey, HubKey};
use crate::key::{Purpose, Secret, verify};
use crate::message::Bytes;
use crate::pack::Bad;
use crate::ruling::{Body, Certificate, Ruling};
use minicbor::{Decode, Encode};
use std::fmt;
use toso_domain::planted;

/// The largest ask that is sent with an opening. A challenge ends after a minute, and a large body on a weak uplink takes
/// longer: it would all have been sent for nothing.
pub const OPENING_BYTES: usize = 16 * 1024;

/// A device opens a session: `POST /v1/token`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct TokenAsk {
    /// The device.
    #[n(0)]
    pub device: DeviceKey,
    /// Signed bytes of its newest certificate: a hub restored from a backup may not have it.
    #[n(1)]
    pub certificate: Bytes,
    /// The challenge signed.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub challenge: [u8; 32],
    /// By the device's key, over authority and challenge.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub sig: [u8; 64],
}

impl TokenAsk {
    /// Makes the device's ask to the hub of this authority.
    #[must_use]
    pub fn make(
        secret: &Secret,
        certificate: &[u8],
        authority: &HubKey,
        challenge: [u8; 32],
    ) -> Self {
        let signed = [authority.0, challenge].concat();
        Self {
            device: secret.device(),
            certificate: Bytes(certificate.to_vec()),
            challenge,
            sig: secret.sign(Purpose::Session, &signed),
        }
    }

    /// The hub's check of what stands in the message. Still its own to check: that it made the challenge and that it was
    /// not used, that the certificate's signer is trusted, that the device is not revoked and the certificate not expired.
    ///
    /// # Errors
    /// `too_large`, `malformed`, `bad_sig`, `no_cert` (the ruling is no certificate of this device).
    pub fn check(&self, authority: &HubKey) -> Result<(Ruling, Certificate), Bad> {
        let signed = [authority.0, self.challenge].concat();
        let proven = verify(&self.device.0, Purpose::Session, &signed, &self.sig);
        if !proven && !planted!("other_device_accepted") {
            return Err(Bad { code: "bad_sig" });
        }
        let ruling = Ruling::read(&self.certificate.0)?;
        match &ruling.body {
            Some(Body::Certificate(c)) if c.device == self.device => {
                let certificate = c.clone();
                Ok((ruling, certificate))
            }
            _ => Err(Bad { code: "no_cert" }),
        }
    }
}

/// What a session's requests carry, in hex: `Authorization: Bearer …`. Opaque, never printed by accident.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Token(#[cbor(with = "minicbor::bytes")] pub [u8; 32]);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl Token {
    /// The header's value.
    #[must_use]
    pub fn bearer(&self) -> String {
        format!("Bearer {}", DeviceKey(self.0))
    }

    /// Reads the header's value.
    #[must_use]
    pub fn from_bearer(value: &str) -> Option<Self> {
        let (scheme, hex) = value.split_once(' ')?;
        let hex = scheme.eq_ignore_ascii_case("bearer").then(|| hex.trim())?;
        DeviceKey::from_hex(hex).map(|key| Self(key.0))
    }
}

/// Answer to a [`TokenAsk`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct TokenTell {
    /// The token.
    #[n(0)]
    pub token: Token,
    /// Milliseconds since 1970 by the hub's clock after which it opens nothing.
    #[n(1)]
    pub expires: i64,
}

/// A session opened and the first request of its exchange in one: `POST /v1/sync/open`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct OpenAsk {
    /// What opens the session.
    #[n(0)]
    pub token: TokenAsk,
    /// The bytes of an [`Ask`](crate::message::Ask), at most [`OPENING_BYTES`].
    #[n(1)]
    pub ask: Bytes,
}

/// Answer to an [`OpenAsk`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct OpenTell {
    /// The session's token.
    #[n(0)]
    pub token: TokenTell,
    /// The bytes of a [`Tell`](crate::message::Tell), signed over the bytes of the ask.
    #[n(1)]
    pub tell: Bytes,
}
