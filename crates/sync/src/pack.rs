//! A pack: what one device added to its log since its last pack. Signed header, index of entries, raw changes.
//!
//! The header is signed and its bytes are kept as received. It commits to the entries by `entries_hash` over hashes,
//! not bytes, so that an erased change can be dropped while the log still verifies. The body (index and raw changes in
//! one zstd frame) is not signed: a bad body condemns the message, never the pack (rule 3.1).

pub use crate::wire::{decode, encode};

use crate::caps;
use crate::id::{DeviceKey, Epoch, Head, Log, Position, RulingId};
use crate::key::{Purpose, Secret, sha256, sha256_16, verify};
use minicbor::{Decode, Encode};
use toso_domain::crdt::ChangeHash;
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::planted;

/// Why bytes are no pack. `code` is stable (`malformed`, `too_large`, `version`, `bad_sig`, `bad_body`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{code}")]
pub struct Bad {
    /// Stable code.
    pub code: &'static str,
}

const fn bad(code: &'static str) -> Bad {
    Bad { code }
}

/// The signed part (section 3 of the protocol).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Header {
    /// Protocol and gate version.
    #[n(0)]
    pub v: u32,
    /// Space the log belongs to, 16 bytes.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub space: [u8; 16],
    /// Author.
    #[n(2)]
    pub device: DeviceKey,
    /// The author's epoch in this space.
    #[n(3)]
    pub epoch: Epoch,
    /// Place in the log, from 1, without gaps.
    #[n(4)]
    pub seq: u64,
    /// Name of the pack before; absent exactly when `seq` is 1.
    #[n(5)]
    pub prev: Option<Head>,
    /// Positions of the other logs of the space that moved since the author's last pack; in a log's first pack all of them.
    #[n(6)]
    pub after: Vec<Position>,
    /// Own void packs whose edits this pack re-makes.
    #[n(7)]
    pub replaces: Vec<Head>,
    /// Own logs that end there.
    #[n(8)]
    pub closes: Vec<Position>,
    /// Milliseconds since 1970 by the author's clock. Shown, decides nothing.
    #[n(9)]
    pub device_clock: i64,
    /// SHA-256 over the entries, see [`entries_hash`].
    #[cbor(n(10), with = "minicbor::bytes")]
    pub entries_hash: [u8; 32],
    /// Certificate the log is bound to; present exactly when `seq` is 1.
    #[n(11)]
    pub cert: Option<RulingId>,
    /// Changes of the packs in `replaces` that needed no re-making: accepted elsewhere, erased, lost or without effect (rule 6.3a).
    #[n(12)]
    pub accounts: Vec<Hash32>,
}

impl Header {
    /// The log.
    #[must_use]
    pub fn log(&self) -> Log {
        Log {
            device: self.device,
            epoch: self.epoch,
        }
    }

    /// The space.
    #[must_use]
    pub fn space(&self) -> SpaceId {
        SpaceId::from_bytes(self.space)
    }
}

/// One entry: which document changes, as what kind, by which change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Document.
    pub document: RecordId,
    /// Kind the author signs for.
    pub kind: String,
    /// Hash of the raw change.
    pub hash: ChangeHash,
    /// Length of the raw change, bytes.
    pub len: u32,
    /// Changes of void packs that this one re-makes (rule 6.3a).
    pub re: Vec<ChangeHash>,
    /// The raw change, or `None` for a hole.
    pub raw: Option<Vec<u8>>,
}

/// The index of a body as it stands inside the zstd frame.
#[derive(Encode, Decode)]
struct Index {
    #[cbor(n(0), decode_with = "few_kinds")]
    kinds: Vec<String>,
    #[n(1)]
    rows: Vec<Row>,
}

/// No more kinds than entries: an empty name is a byte in the frame, and two dozen in memory.
fn few_kinds<C>(
    decoder: &mut minicbor::Decoder<'_>,
    ctx: &mut C,
) -> Result<Vec<String>, minicbor::decode::Error> {
    let mut kinds = Vec::new();
    for kind in decoder.array_iter_with::<C, String>(ctx)? {
        if kinds.len() == caps::PACK_ENTRIES {
            return Err(minicbor::decode::Error::message("kinds"));
        }
        kinds.push(kind?);
    }
    Ok(kinds)
}

#[derive(Encode, Decode)]
struct Row {
    #[cbor(n(0), with = "minicbor::bytes")]
    document: [u8; 16],
    #[n(1)]
    kind: u32,
    #[n(2)]
    len: u32,
    #[n(3)]
    re: Vec<Hash32>,
    /// Only for a hole: the hash of bytes that are here follows from the bytes.
    #[n(4)]
    hole: Option<Hash32>,
}

/// 32 bytes as a CBOR byte string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub struct Hash32(#[cbor(with = "minicbor::bytes")] pub [u8; 32]);

/// A pack on the wire, in a file or on the way to the shelf.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Pack {
    /// Header bytes as signed.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub header: Vec<u8>,
    /// Signature over them.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub sig: [u8; 64],
    /// The zstd frame.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub body: Vec<u8>,
}

/// Names a pack by its header bytes.
#[must_use]
pub fn head_of(header: &[u8]) -> Head {
    Head(sha256_16(&[b"toso-head-v1\0", header]))
}

/// SHA-256 over the entries in order: document, kind (length, bytes), change hash, raw length, and what it re-makes.
#[must_use]
pub fn entries_hash(entries: &[Entry]) -> [u8; 32] {
    let mut bytes = Vec::with_capacity(entries.len() * 64);
    bytes.extend_from_slice(b"toso-entries-v1\0");
    for entry in entries {
        bytes.extend_from_slice(entry.document.as_bytes());
        bytes.extend_from_slice(&count(entry.kind.len()));
        bytes.extend_from_slice(entry.kind.as_bytes());
        bytes.extend_from_slice(&entry.hash.0);
        bytes.extend_from_slice(&entry.len.to_be_bytes());
        bytes.extend_from_slice(&count(entry.re.len()));
        for re in &entry.re {
            bytes.extend_from_slice(&re.0);
        }
    }
    sha256(&[&bytes])
}

fn count(n: usize) -> [u8; 4] {
    u32::try_from(n).unwrap_or(u32::MAX).to_be_bytes()
}

impl Pack {
    /// Bytes it takes to keep.
    #[must_use]
    pub fn size(&self) -> u64 {
        (self.header.len() + self.sig.len() + self.body.len()) as u64
    }

    /// Seals a header and its entries.
    #[must_use]
    pub fn seal(secret: &Secret, mut header: Header, entries: &[Entry]) -> (Self, Head) {
        header.entries_hash = entries_hash(entries);
        let bytes = encode(&header);
        let sig = secret.sign(Purpose::Pack, &bytes);
        let head = head_of(&bytes);
        let body = write_body(entries);
        (
            Self {
                header: bytes,
                sig,
                body,
            },
            head,
        )
    }

    /// Reads the header: caps, CBOR, version, shape. Nothing is verified yet.
    ///
    /// # Errors
    /// `too_large`, `malformed`, `version`.
    pub fn read_header(&self) -> Result<(Header, Head), Bad> {
        if self.header.len() > caps::HEADER_BYTES
            || self.header.len() + self.body.len() > caps::PACK_BYTES
        {
            return Err(bad("too_large"));
        }
        Ok((read_header(&self.header)?, head_of(&self.header)))
    }

    /// Checks the author's signature.
    ///
    /// # Errors
    /// `bad_sig`.
    pub fn verify(&self, device: &DeviceKey) -> Result<(), Bad> {
        if verify(&device.0, Purpose::Pack, &self.header, &self.sig) {
            Ok(())
        } else {
            Err(bad("bad_sig"))
        }
    }
}

/// Reads header bytes.
///
/// # Errors
/// `malformed`, `version`, `too_large`.
pub fn read_header(bytes: &[u8]) -> Result<Header, Bad> {
    let header: Header = decode(bytes)?;
    if header.v != caps::VERSION {
        return Err(bad("version"));
    }
    if header.after.len() > caps::POSITIONS
        || header.replaces.len() > caps::POSITIONS
        || header.closes.len() > caps::POSITIONS
        || header.accounts.len() > caps::REMAKES
    {
        return Err(bad("too_large"));
    }
    let first = header.seq == 1;
    if header.seq == 0 || first != header.prev.is_none() || first != header.cert.is_some() {
        return Err(bad("malformed"));
    }
    let own = header.log();
    let mut logs = std::collections::BTreeSet::new();
    if header
        .after
        .iter()
        .any(|p| p.log == own || p.seq == 0 || !logs.insert(p.log))
    {
        return Err(bad("malformed"));
    }
    if header
        .closes
        .iter()
        .any(|p| p.log.device != header.device || p.log == own)
    {
        return Err(bad("malformed"));
    }
    Ok(header)
}

/// Unpacks a body under its cap and checks it against the header's hash.
///
/// # Errors
/// `bad_body` for anything wrong: the courier's fault, not the author's.
pub fn read_body(header: &Header, body: &[u8]) -> Result<Vec<Entry>, Bad> {
    let entries = read_entries(body)?;
    if entries_hash(&entries) == header.entries_hash {
        Ok(entries)
    } else {
        Err(bad("bad_body"))
    }
}

/// Writes index and raw changes as one zstd frame; entries without bytes become holes.
#[must_use]
pub fn write_body(entries: &[Entry]) -> Vec<u8> {
    let mut kinds: Vec<String> = Vec::new();
    let mut rows = Vec::with_capacity(entries.len());
    let mut raws = Vec::new();
    for entry in entries {
        let kind = kinds
            .iter()
            .position(|k| *k == entry.kind)
            .unwrap_or_else(|| {
                kinds.push(entry.kind.clone());
                kinds.len() - 1
            });
        rows.push(Row {
            document: *entry.document.as_bytes(),
            kind: u32::try_from(kind).unwrap_or(u32::MAX),
            len: entry.len,
            re: entry.re.iter().map(|h| Hash32(h.0)).collect(),
            hole: entry.raw.is_none().then_some(Hash32(entry.hash.0)),
        });
        if let Some(raw) = &entry.raw {
            raws.extend_from_slice(raw);
        }
    }
    let mut plain = encode(&Index { kinds, rows });
    plain.extend_from_slice(&raws);
    // Level 3 packs a day's visits to about a quarter; higher levels gain under 5 % at several times the cost.
    zstd::bulk::compress(&plain, 3).unwrap_or_default()
}

fn read_entries(body: &[u8]) -> Result<Vec<Entry>, Bad> {
    let plain = unpack(body).ok_or(bad("bad_body"))?;
    let mut decoder = minicbor::Decoder::new(&plain);
    let index: Index = decoder.decode().map_err(|_| bad("bad_body"))?;
    let mut rest = plain.get(decoder.position()..).unwrap_or_default();
    if index.rows.len() > caps::PACK_ENTRIES || index.rows.is_empty() && !rest.is_empty() {
        return Err(bad("bad_body"));
    }
    let mut entries = Vec::with_capacity(index.rows.len());
    for row in index.rows {
        let kind = index.kinds.get(row.kind as usize).ok_or(bad("bad_body"))?;
        if kind.is_empty() || kind.len() > caps::KIND_BYTES || row.re.len() > caps::REMAKES {
            return Err(bad("bad_body"));
        }
        let (hash, raw) = if let Some(hash) = row.hole {
            (ChangeHash(hash.0), None)
        } else {
            let (raw, after) = rest
                .split_at_checked(row.len as usize)
                .ok_or(bad("bad_body"))?;
            rest = after;
            let hash = toso_domain::crdt::hash_of(raw).ok_or(bad("bad_body"))?;
            (hash, Some(raw.to_vec()))
        };
        entries.push(Entry {
            document: RecordId::from_bytes(row.document),
            kind: kind.clone(),
            hash,
            len: row.len,
            re: row.re.iter().map(|h| ChangeHash(h.0)).collect(),
            raw,
        });
    }
    if rest.is_empty() {
        Ok(entries)
    } else {
        Err(bad("bad_body"))
    }
}

/// Unpacks one zstd frame, never more than the cap and never with a window beyond it.
fn unpack(body: &[u8]) -> Option<Vec<u8>> {
    use std::io::Read;
    if body.len() > caps::PACK_BYTES {
        return None;
    }
    let mut decoder = zstd::Decoder::with_buffer(body).ok()?.single_frame();
    decoder.window_log_max(caps::ZSTD_WINDOW_LOG).ok()?;
    let mut plain = Vec::new();
    let mut cap = u64::try_from(caps::BODY_BYTES).ok()? + 1;
    if planted!("zstd_cap_off") {
        cap = u64::MAX;
    }
    decoder.by_ref().take(cap).read_to_end(&mut plain).ok()?;
    let fits = plain.len() <= caps::BODY_BYTES || planted!("zstd_cap_off");
    (fits && decoder.finish().is_empty()).then_some(plain)
}
