//! The two messages of an exchange (section 4): what a device asks and what the hub tells.

use crate::caps;
use crate::id::{DeviceKey, Epoch, Head, HubKey, Position, RulingId};
use crate::key::{Purpose, Secret, sha256, sha256_16, verify};
use crate::pack::{Bad, Hash32, Pack, decode, encode};
use crate::ruling::Id16;
use minicbor::{Decode, Encode};
use toso_domain::crdt::ChangeHash;

/// Bytes as a CBOR byte string.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Bytes(#[cbor(with = "minicbor::bytes")] pub Vec<u8>);

/// A digest of what a copy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Digest(#[cbor(with = "minicbor::bytes")] pub [u8; 16]);

/// From a device.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Ask {
    /// Protocol version.
    #[n(0)]
    pub v: u32,
    /// Digest over the commune's rulings held here.
    #[n(1)]
    pub rulings: Digest,
    /// Their names, once the hub said that the digests differ.
    #[n(2)]
    pub ruling_ids: Option<Vec<RulingId>>,
    /// Rulings given.
    #[n(3)]
    pub give_rulings: Vec<Bytes>,
    /// One part per space.
    #[n(4)]
    pub spaces: Vec<SpaceAsk>,
}

/// One space in an [`Ask`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SpaceAsk {
    /// The space.
    #[n(0)]
    pub space: Id16,
    /// Digest of vector, receipts and holes here.
    #[n(1)]
    pub digest: Digest,
    /// The vector; absent while nothing is known to differ.
    #[n(2)]
    pub vector: Option<Vec<Position>>,
    /// Names of the receipts held; with the vector.
    #[n(3)]
    pub receipts: Vec<RulingId>,
    /// Receipts given.
    #[n(4)]
    pub give_receipts: Vec<Bytes>,
    /// Packs given, causal order.
    #[n(5)]
    pub packs: Vec<Pack>,
    /// Names of the void packs held here that nothing replaces.
    #[n(6)]
    pub tray: Vec<Head>,
    /// Void packs given, because the hub asked for them.
    #[n(7)]
    pub tray_packs: Vec<Pack>,
    /// Changes whose bytes are missing here.
    #[n(8)]
    pub holes: Vec<Hash32>,
    /// Bytes the hub asked for.
    #[n(9)]
    pub heals: Vec<Bytes>,
}

impl SpaceAsk {
    /// A part that gives nothing and tells nothing but the digest.
    #[must_use]
    pub fn bare(space: Id16, digest: Digest) -> Self {
        Self {
            space,
            digest,
            vector: None,
            receipts: Vec::new(),
            give_receipts: Vec::new(),
            packs: Vec::new(),
            tray: Vec::new(),
            tray_packs: Vec::new(),
            holes: Vec::new(),
            heals: Vec::new(),
        }
    }
}

/// From the hub; always signed by the authority over the ask it answers.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Tell {
    /// Protocol version.
    #[n(0)]
    pub v: u32,
    /// Milliseconds since 1970 by the hub's clock.
    #[n(1)]
    pub time: i64,
    /// The hub's epoch, new after each restore. Shown to people.
    #[n(2)]
    pub hub_epoch: Epoch,
    /// The hub's ruling names, when the digests differ and it was not told the device's.
    #[n(3)]
    pub ruling_ids: Option<Vec<RulingId>>,
    /// Rulings given.
    #[n(4)]
    pub give_rulings: Vec<Bytes>,
    /// One part per space asked for.
    #[n(5)]
    pub spaces: Vec<SpaceTell>,
}

/// One space in a [`Tell`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SpaceTell {
    /// The space.
    #[n(0)]
    pub space: Id16,
    /// `level`, `open`, or why the space is not answered (`no_space`, `not_in_space`, `revoked`).
    #[n(1)]
    pub state: String,
    /// The hub's vector after it took what was given; absent when level.
    #[n(2)]
    pub vector: Vec<Position>,
    /// Names of the hub's receipts.
    #[n(3)]
    pub receipts: Vec<RulingId>,
    /// Receipts given.
    #[n(4)]
    pub give_receipts: Vec<Bytes>,
    /// Packs given, causal order.
    #[n(5)]
    pub packs: Vec<Pack>,
    /// True when more packs wait for the next request.
    #[n(6)]
    pub more: bool,
    /// Packs not taken, with the code of section 5.1.
    #[n(7)]
    pub not_taken: Vec<NotTaken>,
    /// Void packs the hub would like.
    #[n(8)]
    pub want_tray: Vec<Head>,
    /// Void packs of this device's key that it may lack.
    #[n(9)]
    pub tray_packs: Vec<Pack>,
    /// Changes whose bytes the hub lacks.
    #[n(10)]
    pub holes: Vec<Hash32>,
    /// Bytes the device asked for.
    #[n(11)]
    pub heals: Vec<Bytes>,
    /// To a device that has left the space: whether the hub knows every position in the ask's vector, and each log up to it.
    #[n(12)]
    pub kept: Option<bool>,
    /// To a device that only gives: names in the ask's vector that the hub does not know though it stands as far in their
    /// logs. Its branch is another one, and such a device is not given it. None when there are none.
    #[n(13)]
    pub apart: Option<Vec<Head>>,
}

/// One pack the hub did not take.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct NotTaken {
    /// The pack.
    #[n(0)]
    pub head: Head,
    /// Code of section 5.1.
    #[n(1)]
    pub code: String,
}

/// Signed bytes of a [`Tell`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SignedTell {
    /// The answer as signed.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub tell: Vec<u8>,
    /// The authority.
    #[n(1)]
    pub by: HubKey,
    /// Over SHA-256 of the ask, then the answer.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub sig: [u8; 64],
}

/// Signs an answer to the ask with these bytes.
#[must_use]
pub fn sign_tell(authority: &Secret, ask: &[u8], tell: &Tell) -> Vec<u8> {
    let tell = encode(tell);
    let sig = authority.sign(Purpose::Answer, &[&sha256(&[ask])[..], &tell].concat());
    encode(&SignedTell {
        tell,
        by: authority.hub(),
        sig,
    })
}

/// Reads an ask.
///
/// # Errors
/// `too_large`, `malformed`.
pub fn read_ask(bytes: &[u8]) -> Result<Ask, Bad> {
    if bytes.len() > caps::MESSAGE_BYTES {
        return Err(TOO_LARGE);
    }
    let ask: Ask = decode(bytes)?;
    let receipts = ask.spaces.iter().map(|part| part.give_receipts.len());
    few(ask.give_rulings.len() + receipts.sum::<usize>()).map(|()| ask)
}

const TOO_LARGE: Bad = Bad { code: "too_large" };

/// Each ruling costs a signature to check, whatever it says.
fn few(rulings: usize) -> Result<(), Bad> {
    if rulings > caps::RULINGS {
        return Err(TOO_LARGE);
    }
    Ok(())
}

/// Reads an answer to the ask with these bytes. Anything that is not one (a captive portal's page, another hub) is refused.
///
/// # Errors
/// `too_large`, `not_a_hub`, `wrong_hub`.
pub fn read_tell(trusts: impl Fn(&HubKey) -> bool, ask: &[u8], bytes: &[u8]) -> Result<Tell, Bad> {
    if bytes.len() > caps::MESSAGE_BYTES {
        return Err(TOO_LARGE);
    }
    let signed: SignedTell = decode(bytes).map_err(|_| Bad { code: "not_a_hub" })?;
    if !trusts(&signed.by) {
        return Err(Bad { code: "wrong_hub" });
    }
    let framed = [&sha256(&[ask])[..], &signed.tell].concat();
    if !verify(&signed.by.0, Purpose::Answer, &framed, &signed.sig) {
        return Err(Bad { code: "not_a_hub" });
    }
    let tell: Tell = decode(&signed.tell).map_err(|_| Bad { code: "not_a_hub" })?;
    let receipts = tell.spaces.iter().map(|part| part.give_receipts.len());
    few(tell.give_rulings.len() + receipts.sum::<usize>()).map(|()| tell)
}

/// Digest over sorted names of rulings.
#[must_use]
pub fn digest_of_ids(ids: &[RulingId]) -> Digest {
    let bytes: Vec<u8> = ids.iter().flat_map(|id| id.0).collect();
    Digest(sha256_16(&[b"toso-rulings-v1\0", &bytes]))
}

/// Digest over one space: vector, receipts, holes and the tray of one device.
#[must_use]
pub fn digest_of_space(
    vector: &[Position],
    receipts: &[RulingId],
    holes: &[ChangeHash],
    device: &DeviceKey,
    tray: &[Head],
) -> Digest {
    let vector = encode(&vector.to_vec());
    let receipts: Vec<u8> = receipts.iter().flat_map(|id| id.0).collect();
    let mut tray = tray.to_vec();
    tray.sort_unstable();
    let tray: Vec<u8> = tray.iter().flat_map(|h| h.0).collect();
    // By hash: two copies that miss one entry each, but not the same, have something to give each other.
    let mut holes = holes.to_vec();
    holes.sort_unstable();
    let count = u64::try_from(holes.len()).unwrap_or(u64::MAX).to_be_bytes();
    let holes: Vec<u8> = holes.iter().flat_map(|h| h.0).collect();
    Digest(sha256_16(&[
        b"toso-space-v1\0",
        &vector,
        &receipts,
        &count,
        &holes,
        &device.0,
        &tray,
    ]))
}
