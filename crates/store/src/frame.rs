//! The bytes of the journal: a header, then frames that are encrypted, counted and chained.
//!
//! Each frame's `link` hashes the link before it, its number and the hash of its first body. An erased frame keeps
//! that hash, so erasing breaks no chain and the database need not be told.

use crate::error::{Result, StoreError};
use crate::seal::{AROUND, open, seal};
use sha2::{Digest, Sha256};

const HEAD_MAGIC: &[u8; 8] = b"TOSOJR1\n";
const MAGIC: &[u8; 4] = b"TSf1";
/// Header: magic, id, number of the first frame, link before it, seal over them.
const HEAD: usize = 8 + 16 + 8 + 32 + AROUND;
/// What stands before a frame's body: magic, length of the body, number, form, hash of the first body.
const BEFORE: usize = 4 + 4 + 8 + 1 + 32;
/// A frame is one save; more than this is not ours.
pub(crate) const BODY_MAX: usize = 4 << 20;

/// What became of a frame's payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Form {
    /// As appended.
    First = 0,
    /// Rewritten with part of it gone.
    Rewritten = 1,
    /// Nothing left.
    Erased = 2,
}

/// Where a journal begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// Random name of this journal.
    pub id: [u8; 16],
    /// Number of its first frame.
    pub first: u64,
    /// Link before the first frame.
    pub start: [u8; 32],
}

/// One readable frame and where it stands in the file.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub number: u64,
    pub form: Form,
    pub first_hash: [u8; 32],
    pub payload: Vec<u8>,
    pub begin: usize,
    pub end: usize,
}

impl Head {
    /// The header's bytes.
    pub(crate) fn write(&self, key: &[u8; 32]) -> Result<Vec<u8>> {
        let mut out = HEAD_MAGIC.to_vec();
        out.extend_from_slice(&self.id);
        out.extend_from_slice(&self.first.to_le_bytes());
        out.extend_from_slice(&self.start);
        let seal = seal(key, b"", &out)?;
        out.extend_from_slice(&seal);
        Ok(out)
    }

    /// The header and the rest of the file; `None` when it is not ours or not under this key.
    pub(crate) fn read<'a>(key: &[u8; 32], file: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (head, rest) = file.split_at_checked(HEAD)?;
        let (said, sealed) = head.split_at_checked(HEAD - AROUND)?;
        open(key, sealed, said)?;
        let after = said.strip_prefix(HEAD_MAGIC)?;
        let (id, after) = after.split_first_chunk::<16>()?;
        let (first, start) = after.split_first_chunk::<8>()?;
        Some((
            Self {
                id: *id,
                first: u64::from_le_bytes(*first),
                start: start.try_into().ok()?,
            },
            rest,
        ))
    }
}

/// The next link of the chain.
pub(crate) fn link(before: &[u8; 32], number: u64, first_hash: &[u8; 32]) -> [u8; 32] {
    Sha256::new()
        .chain_update(before)
        .chain_update(number.to_le_bytes())
        .chain_update(first_hash)
        .finalize()
        .into()
}

/// The bytes of a frame and the hash of its first body. `was` is that hash when the frame stood before.
pub(crate) fn write(
    key: &[u8; 32],
    id: &[u8; 16],
    number: u64,
    payload: &[u8],
    was: Option<(Form, [u8; 32])>,
) -> Result<(Vec<u8>, [u8; 32])> {
    if payload.len() > BODY_MAX - AROUND {
        return Err(StoreError::Db("journal frame too large".into()));
    }
    let form = was.map_or(Form::First, |(form, _)| form);
    let body = seal(
        key,
        payload,
        &bound(id, number, form, was.map(|(_, hash)| hash)),
    )?;
    let first_hash = was.map_or_else(|| Sha256::digest(&body).into(), |(_, hash)| hash);
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(&number.to_le_bytes());
    out.push(form as u8);
    out.extend_from_slice(&first_hash);
    out.extend_from_slice(&body);
    Ok((out, first_hash))
}

/// The frame that begins at `at`, if one does.
pub(crate) fn read(key: &[u8; 32], id: &[u8; 16], file: &[u8], at: usize) -> Option<Frame> {
    let rest = file.get(at..)?.strip_prefix(MAGIC)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length))
        .ok()
        .filter(|n| *n <= BODY_MAX)?;
    let (number, rest) = rest.split_first_chunk::<8>()?;
    let number = u64::from_le_bytes(*number);
    let (form, rest) = rest.split_first()?;
    let form = match form {
        0 => Form::First,
        1 => Form::Rewritten,
        2 => Form::Erased,
        _ => return None,
    };
    let (first_hash, rest) = rest.split_first_chunk::<32>()?;
    let body = rest.get(..length)?;
    let was = (form != Form::First).then_some(*first_hash);
    if was.is_none() && <[u8; 32]>::from(Sha256::digest(body)) != *first_hash {
        return None;
    }
    let payload = open(key, body, &bound(id, number, form, was))?;
    Some(Frame {
        number,
        form,
        first_hash: *first_hash,
        payload,
        begin: at,
        end: at + BEFORE + length,
    })
}

/// Where the next frame may begin at or after `from`.
pub(crate) fn seek(file: &[u8], from: usize) -> Option<usize> {
    let rest = file.get(from..)?;
    rest.windows(MAGIC.len())
        .position(|window| window == MAGIC)
        .map(|ix| from + ix)
}

/// What a body is bound to: moved to another place, number or journal it does not open.
fn bound(id: &[u8; 16], number: u64, form: Form, first_hash: Option<[u8; 32]>) -> Vec<u8> {
    let mut out = id.to_vec();
    out.extend_from_slice(&number.to_le_bytes());
    out.push(form as u8);
    out.extend_from_slice(&first_hash.unwrap_or_default());
    out
}
