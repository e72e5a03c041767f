//! How a device becomes one of a commune's, and how it opens a session later: every message, and both sides' checks. No IO.
//!
//! Staff hand over a one-time code. Both sides prove that they know it by a keyed hash over the keys and over the TLS
//! certificate the device saw, so that nobody in between can stand for the hub or for the device.

mod code;
mod session;

pub use code::{Code, CodeSecret};
pub use session::{OPENING_BYTES, OpenAsk, OpenTell, Token, TokenAsk, TokenTell};

use crate::caps;
use crate::id::{DeviceKey, HubKey};
use crate::key::{Purpose, Secret, sha256, verify};
use crate::message::Bytes;
use crate::pack::Bad;
use crate::ruling::{Id16, leads};
use crate::wire::encode;
use minicbor::{Decode, Encode};
use subtle::ConstantTimeEq;

/// Media type of every message here and of an exchange.
pub const CBOR: &str = "application/cbor";
/// Bytes of the name an owner gives a device.
pub const NAME_BYTES: usize = 200;
/// A device asks to become one of the commune's: `POST /v1/enrol`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct EnrolAsk {
    /// Public part of the code.
    #[n(0)]
    pub code_id: String,
    /// The device's key.
    #[n(1)]
    pub device: DeviceKey,
    /// What its owner calls it, at most [`NAME_BYTES`].
    #[n(2)]
    pub name: String,
    /// Random, new for each enrolment; also finds it again in a [`StateAsk`].
    #[cbor(n(3), with = "minicbor::bytes")]
    pub nonce: [u8; 16],
    /// SHA-256 of the TLS certificate the device saw; zeros on plain HTTP.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub tls: [u8; 32],
    /// Proof that the asker knows the code.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub mac: [u8; 32],
    /// Proof that the asker has the device's key.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub sig: [u8; 64],
}

impl EnrolAsk {
    /// Makes the device's ask.
    #[must_use]
    pub fn make(code: &Code, secret: &Secret, name: &str, nonce: [u8; 16], tls: [u8; 32]) -> Self {
        let mut ask = Self {
            code_id: code.id().to_owned(),
            device: secret.device(),
            name: name.to_owned(),
            nonce,
            tls,
            mac: [0; 32],
            sig: [0; 64],
        };
        ask.mac = code.secret().mac(&ask.proven());
        ask.sig = secret.sign(Purpose::Enrol, &ask.proven().concat());
        ask
    }

    /// The name comes last, because its length is free.
    fn proven(&self) -> [&[u8]; 5] {
        let name = self.name.as_bytes();
        [b"device", &self.device.0, &self.nonce, &self.tls, name]
    }

    /// The hub's check. `tls` is the fingerprint of the certificate it serves (zeros when it serves plain HTTP).
    ///
    /// # Errors
    /// `malformed` (name too long), `code_wrong` (another code, or somebody changed the ask), `wrong_tls` (the device saw
    /// another certificate: somebody stands in between), `bad_sig`.
    pub fn check(&self, secret: &CodeSecret, tls: &[u8; 32]) -> Result<(), Bad> {
        if self.name.len() > NAME_BYTES {
            return Err(Bad { code: "malformed" });
        }
        if !secret.proves(&self.proven(), &self.mac) {
            return Err(Bad { code: "code_wrong" });
        }
        if !bool::from(self.tls.ct_eq(tls)) {
            return Err(Bad { code: "wrong_tls" });
        }
        if !verify(
            &self.device.0,
            Purpose::Enrol,
            &self.proven().concat(),
            &self.sig,
        ) {
            return Err(Bad { code: "bad_sig" });
        }
        Ok(())
    }
}

/// How far an enrolment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum EnrolState {
    /// Waits for staff to compare the check number.
    #[n(0)]
    Pending,
    /// Approved: the rulings hold the device's certificate.
    #[n(1)]
    Active,
    /// Staff said no, or the enrolment ran out.
    #[n(2)]
    Refused,
}

/// The hub's answer to an [`EnrolAsk`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct EnrolTell {
    /// The commune's authority.
    #[n(0)]
    pub authority: HubKey,
    /// The commune's own space.
    #[n(1)]
    pub space: Id16,
    /// Proof that the hub knows the code, serves the certificate the device saw, and says all of this.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub mac: [u8; 32],
    /// How far it is.
    #[n(3)]
    pub state: EnrolState,
    /// Rulings of the commune, once active.
    #[n(4)]
    pub rulings: Vec<Bytes>,
}

impl EnrolTell {
    /// Makes the hub's answer; `tls` is the fingerprint it serves, which the ask was checked against.
    #[must_use]
    pub fn make(
        secret: &CodeSecret,
        ask: &EnrolAsk,
        authority: HubKey,
        space: Id16,
        state: EnrolState,
        rulings: Vec<Bytes>,
    ) -> Self {
        let mut tell = Self {
            authority,
            space,
            mac: [0; 32],
            state,
            rulings,
        };
        tell.mac = tell.proof(secret, ask);
        tell
    }

    /// Over everything the answer says: whoever relays it can alter nothing. State and rulings go by one hash, because
    /// their length is free.
    fn proof(&self, secret: &CodeSecret, ask: &EnrolAsk) -> [u8; 32] {
        let rest = sha256(&[&encode(&self.state), &encode(&self.rulings)]);
        secret.mac(&[
            b"hub",
            &self.authority.0,
            &ask.device.0,
            &ask.nonce,
            &ask.tls,
            &self.space.0,
            &rest,
        ])
    }

    /// The device's check; `expected` is the authority a QR named.
    ///
    /// # Errors
    /// `wrong_hub`: whoever answers does not know the code, or is another commune's.
    pub fn check(
        &self,
        secret: &CodeSecret,
        ask: &EnrolAsk,
        expected: Option<&HubKey>,
    ) -> Result<(), Bad> {
        let proven = bool::from(self.proof(secret, ask).ct_eq(&self.mac));
        if proven && expected.is_none_or(|key| *key == self.authority) {
            Ok(())
        } else {
            Err(Bad { code: "wrong_hub" })
        }
    }
}

/// Six digits shown on the phone and on the staff's screen; equal when both mean the same device, commune and enrolment.
#[must_use]
pub fn check_number(device: &DeviceKey, authority: &HubKey, nonce: &[u8; 16]) -> String {
    let hash = sha256(&[b"toso-check-v1\0", &device.0, &authority.0, nonce]);
    let number = hash.iter().take(8).fold(0, |n, b| n << 8 | u64::from(*b));
    format!("{:06}", number % 1_000_000)
}

/// How far is my enrolment? `POST /v1/enrol/state`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct StateAsk {
    /// The device.
    #[n(0)]
    pub device: DeviceKey,
    /// Nonce of its [`EnrolAsk`].
    #[cbor(n(1), with = "minicbor::bytes")]
    pub nonce: [u8; 16],
    /// Proof that the asker has the device's key.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub sig: [u8; 64],
}

impl StateAsk {
    /// Makes the device's ask.
    #[must_use]
    pub fn make(secret: &Secret, nonce: [u8; 16]) -> Self {
        let device = secret.device();
        let bytes = [&b"state"[..], &device.0, &nonce].concat();
        let sig = secret.sign(Purpose::Enrol, &bytes);
        Self { device, nonce, sig }
    }

    /// The hub's check.
    ///
    /// # Errors
    /// `bad_sig`.
    pub fn check(&self) -> Result<(), Bad> {
        let bytes = [&b"state"[..], &self.device.0, &self.nonce].concat();
        if verify(&self.device.0, Purpose::Enrol, &bytes, &self.sig) {
            Ok(())
        } else {
            Err(Bad { code: "bad_sig" })
        }
    }
}

/// Answer to a [`StateAsk`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct StateTell {
    /// How far it is.
    #[n(0)]
    pub state: EnrolState,
    /// Rulings of the commune, once active.
    #[n(1)]
    pub rulings: Vec<Bytes>,
}

/// Something new to sign: the answer of `POST /v1/challenge`, whose body is empty.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Challenge {
    /// The commune's authority of today, so that a device at the wrong hub says so. Nothing proves it here.
    #[n(0)]
    pub authority: HubKey,
    /// Used once, for a short time.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub challenge: [u8; 32],
    /// Rulings of succession: what leads a device that knows an earlier authority to this one.
    #[n(2)]
    pub successions: Vec<Bytes>,
}

impl Challenge {
    /// True when whoever trusts these keys may trust this authority.
    #[must_use]
    pub fn is_of(&self, trusts: &dyn Fn(&HubKey) -> bool) -> bool {
        leads(trusts, &self.successions, &self.authority)
    }
}

/// What every failing endpoint answers, with an HTTP status of 400 or more.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ErrorTell {
    /// Stable code: lower-case letters, digits and `_`, at most 40.
    #[n(0)]
    pub code: String,
    /// Seconds to wait before asking again.
    #[n(1)]
    pub retry_after: Option<u32>,
}

impl ErrorTell {
    /// A refusal without a wait.
    #[must_use]
    pub fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            retry_after: None,
        }
    }

    /// Reads one, when the bytes are one.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let short = |c: &str| (1..=40).contains(&c.len());
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        (bytes.len() <= caps::HEADER_BYTES)
            .then(|| crate::wire::decode::<Self>(bytes).ok())?
            .filter(|e| short(&e.code) && e.code.bytes().all(plain))
    }
}

#[cfg(test)]
#[path = "enrol/tests.rs"]
mod tests;
