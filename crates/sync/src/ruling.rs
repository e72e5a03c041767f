//! Rulings: what the commune's authority states. Signed, kept by every copy, merged as sets, given first in every exchange.

use crate::caps;
use crate::id::{DeviceKey, Head, HubKey, Log, Position, RulingId};
use crate::key::{Purpose, Secret, sha256_16, verify};
use crate::message::Bytes;
use crate::pack::{Bad, Hash32, decode, encode};
use minicbor::{Decode, Encode};
use std::collections::BTreeSet;
use toso_domain::id::{RecordId, SpaceId};

/// 16 bytes of an id as a CBOR byte string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub struct Id16(#[cbor(with = "minicbor::bytes")] pub [u8; 16]);

impl From<RecordId> for Id16 {
    fn from(id: RecordId) -> Self {
        Self(*id.as_bytes())
    }
}

impl From<SpaceId> for Id16 {
    fn from(id: SpaceId) -> Self {
        Self(*id.as_bytes())
    }
}

impl From<Id16> for RecordId {
    fn from(id: Id16) -> Self {
        Self::from_bytes(id.0)
    }
}

impl From<Id16> for SpaceId {
    fn from(id: Id16) -> Self {
        Self::from_bytes(id.0)
    }
}

/// What a member may do. Never a record: only a certificate grants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Role {
    /// Thành viên.
    #[n(0)]
    Member,
    /// Tổ trưởng.
    #[n(1)]
    Lead,
    /// Cán bộ xã.
    #[n(2)]
    Staff,
    /// Lãnh đạo xã.
    #[n(3)]
    Leader,
    /// Cán bộ trường.
    #[n(4)]
    School,
    /// Tỉnh: aggregates only, holds no space.
    #[n(5)]
    Province,
    /// Quản trị.
    #[n(6)]
    Admin,
}

/// A device is a member's, with these rights.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Certificate {
    /// The device.
    #[n(0)]
    pub device: DeviceKey,
    /// Record of the member in the commune's space.
    #[n(1)]
    pub member: Id16,
    /// Roles, at least one.
    #[n(2)]
    pub roles: Vec<Role>,
    /// Spaces the device holds.
    #[n(3)]
    pub spaces: Vec<Id16>,
    /// True for staff: every space of the commune, later ones too.
    #[n(4)]
    pub all_spaces: bool,
    /// Milliseconds since 1970 after which the device may open no session. Never decides whether a pack counts (rule 3.5).
    #[n(5)]
    pub expires: i64,
    /// Milliseconds since 1970, by the hub's clock.
    #[n(6)]
    pub issued: i64,
    /// What its owner calls the device.
    #[n(7)]
    pub name: String,
}

impl Certificate {
    /// True when the device holds the space.
    #[must_use]
    pub fn names(&self, space: SpaceId) -> bool {
        self.all_spaces || self.spaces.contains(&Id16::from(space))
    }

    /// True for commune staff, commune leaders and administrators.
    #[must_use]
    pub fn is_staff(&self) -> bool {
        self.roles
            .iter()
            .any(|r| matches!(r, Role::Staff | Role::Leader | Role::Admin))
    }
}

/// The kinds of ruling.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Body {
    /// A device and its rights.
    #[n(0)]
    Certificate(#[n(0)] Certificate),
    /// The authority's key changes; signed by the old key.
    #[n(1)]
    Succession(#[n(0)] HubKey),
    /// "I hold this log of this space up to here, durably."
    #[n(2)]
    Receipt(#[n(0)] Id16, #[n(1)] Position),
    /// Each log of the device ends at the position named with its space; a log not named ends at 0.
    #[n(3)]
    Revocation(#[n(0)] DeviceKey, #[n(1)] Vec<SpacePosition>),
    /// A document is erased, for the person named as subject, in every space, for ever.
    #[n(4)]
    Purge(#[n(0)] Id16, #[n(1)] Id16),
    /// A change whose bytes no copy has.
    #[n(5)]
    Lost(#[n(0)] Id16, #[n(1)] Hash32),
    /// Where a document counts: (document, from, to, serial).
    #[n(6)]
    Move(#[n(0)] Id16, #[n(1)] Id16, #[n(2)] Id16, #[n(3)] u64),
    /// Settings of the commune; the greatest serial holds.
    #[n(7)]
    Settings(#[n(0)] Settings),
}

/// Successions looked at in one message: a commune changes hands a few times in its life.
const SUCCESSIONS: usize = 100;

/// True when `key` is trusted, or these successions lead to it: each signed by a key that is trusted, or that became so by
/// another of them.
#[must_use]
pub fn leads(trusts: &dyn Fn(&HubKey) -> bool, successions: &[Bytes], key: &HubKey) -> bool {
    let mut read: Vec<(HubKey, HubKey)> = successions
        .iter()
        .take(SUCCESSIONS)
        .filter_map(|bytes| Ruling::read(&bytes.0).ok())
        .filter_map(|ruling| match ruling.body {
            Some(Body::Succession(new)) => Some((ruling.by, new)),
            _ => None,
        })
        .collect();
    let mut led = BTreeSet::new();
    let counts = |led: &BTreeSet<HubKey>, key: &HubKey| led.contains(key) || trusts(key);
    while !counts(&led, key) {
        let before = read.len();
        read.retain(|(by, new)| {
            let follows = counts(&led, by);
            if follows {
                led.insert(*new);
            }
            !follows
        });
        if read.len() == before {
            return false;
        }
    }
    true
}

/// A position together with its space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct SpacePosition {
    /// Space.
    #[n(0)]
    pub space: Id16,
    /// The log.
    #[n(1)]
    pub log: Log,
    /// Number of the last pack that counts.
    #[n(2)]
    pub seq: u64,
    /// Its name.
    #[n(3)]
    pub head: Head,
}

/// Commune settings that every device obeys.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Settings {
    /// Grows by one with each change.
    #[n(0)]
    pub serial: u64,
    /// Days without the hub after which a notice shows.
    #[n(1)]
    pub lease_notice_days: u32,
    /// Days after which the notice shows at every start.
    #[n(2)]
    pub lease_warn_days: u32,
    /// Days after which lists and old records are hidden; new records can still be written.
    #[n(3)]
    pub lease_hide_days: u32,
    /// Oldest protocol version the commune accepts.
    #[n(4)]
    pub min_version: u32,
}

/// Signed bytes of a ruling.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Signed {
    /// The statement: version, then body, as signed.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub statement: Vec<u8>,
    /// The authority that signs.
    #[n(1)]
    pub by: HubKey,
    /// Its signature.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub sig: [u8; 64],
}

#[derive(Encode, Decode)]
struct Statement {
    #[n(0)]
    v: u32,
    #[n(1)]
    body: Body,
}

/// A ruling that was read and verified against the key it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// Its name.
    pub id: RulingId,
    /// Who signed.
    pub by: HubKey,
    /// What it says; `None` for a kind this version does not know: kept and passed on unread.
    pub body: Option<Body>,
    /// The bytes to keep and to give.
    pub bytes: Vec<u8>,
}

impl Ruling {
    /// Signs a statement.
    #[must_use]
    pub fn sign(authority: &Secret, body: &Body) -> Self {
        let statement = encode(&Statement {
            v: caps::VERSION,
            body: body.clone(),
        });
        let sig = authority.sign(Purpose::Ruling, &statement);
        let id = RulingId(sha256_16(&[b"toso-ruling-id-v1\0", &statement]));
        let by = authority.hub();
        let bytes = encode(&Signed { statement, by, sig });
        Self {
            id,
            by,
            body: Some(body.clone()),
            bytes,
        }
    }

    /// Reads and verifies the signature against the key inside; whether that key is trusted is the book's to say.
    ///
    /// # Errors
    /// `too_large`, `malformed`, `bad_sig`.
    pub fn read(bytes: &[u8]) -> Result<Self, Bad> {
        if bytes.len() > caps::RULING_BYTES {
            return Err(Bad { code: "too_large" });
        }
        let signed: Signed = decode(bytes)?;
        if !verify(
            &signed.by.0,
            Purpose::Ruling,
            &signed.statement,
            &signed.sig,
        ) {
            return Err(Bad { code: "bad_sig" });
        }
        let body = decode::<Statement>(&signed.statement)
            .ok()
            .filter(|s| s.v == caps::VERSION)
            .map(|s| s.body);
        let id = RulingId(sha256_16(&[b"toso-ruling-id-v1\0", &signed.statement]));
        Ok(Self {
            id,
            by: signed.by,
            body,
            bytes: bytes.to_vec(),
        })
    }

    /// Word for the shelf and for people.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self.body {
            Some(Body::Certificate(_)) => "certificate",
            Some(Body::Succession(_)) => "succession",
            Some(Body::Receipt(..)) => "receipt",
            Some(Body::Revocation(..)) => "revocation",
            Some(Body::Purge(..)) => "purge",
            Some(Body::Lost(..)) => "lost",
            Some(Body::Move(..)) => "move",
            Some(Body::Settings(_)) => "settings",
            None => "unknown",
        }
    }

    /// The space a receipt belongs to; every other ruling belongs to the whole commune.
    #[must_use]
    pub fn space(&self) -> Option<SpaceId> {
        match &self.body {
            Some(Body::Receipt(space, _)) => Some((*space).into()),
            _ => None,
        }
    }
}
