//! Files (photos, papers) between a device and its hub, apart from records: which ones the other holds, giving one and
//! taking one in ranges, each of which may begin at any byte. A file's name says what its bytes must be
//! ([`toso_domain::file::FileHash`]), so whoever has all of it knows whether it is the one.

use crate::id::{Epoch, HubKey};
use crate::key::{Purpose, Secret, sha256, verify};
use crate::message::{Bytes, Digest, SignedTell};
use crate::pack::Bad;
use crate::ruling::Id16;
use crate::wire::{decode, encode};
use minicbor::{Decode, Encode};
use toso_domain::file::FileHash;

/// Bytes of one file at most: a PDF is at most 5 MiB, a photo a fifth of one.
pub const FILE_BYTES: u32 = 6 * 1024 * 1024;
/// Bytes of one range at most.
pub const RANGE_BYTES: usize = 256 * 1024;
/// Names in one question.
pub const NAMES: usize = 1_000;
/// One question or answer, bytes: a range and what stands around it.
pub const MESSAGE_BYTES: usize = RANGE_BYTES + 64 * 1024;

/// A file's name on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub struct Name(#[cbor(with = "minicbor::bytes")] pub [u8; 32]);

impl From<FileHash> for Name {
    fn from(hash: FileHash) -> Self {
        Self(hash.0)
    }
}

impl From<Name> for FileHash {
    fn from(name: Name) -> Self {
        Self(name.0)
    }
}

/// From a device.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FileAsk {
    /// Protocol version.
    #[n(0)]
    pub v: u32,
    /// The space the files belong to.
    #[n(1)]
    pub space: Id16,
    /// What is asked.
    #[n(2)]
    pub what: FileWhat,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum FileWhat {
    /// How much of these the hub holds.
    #[n(0)]
    Held(#[n(0)] Vec<Name>),
    /// A range of one file is given.
    #[n(1)]
    Give(#[n(0)] Give),
    /// A range of one file is wanted.
    #[n(2)]
    Take(#[n(0)] Take),
}

/// A range given.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Give {
    /// The file.
    #[n(0)]
    pub name: Name,
    /// Bytes of the whole file.
    #[n(1)]
    pub size: u32,
    /// Where in it the bytes begin.
    #[n(2)]
    pub at: u32,
    /// At most [`RANGE_BYTES`].
    #[n(3)]
    pub bytes: Bytes,
    /// The commune's rulings the giver knows: one that has not heard of an erasure must not bring a file back.
    #[n(4)]
    pub rulings: Digest,
}

/// A range wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Take {
    /// The file.
    #[n(0)]
    pub name: Name,
    /// Where in it the bytes begin.
    #[n(1)]
    pub at: u32,
    /// Bytes at most; never more than [`RANGE_BYTES`] are given.
    #[n(2)]
    pub most: u32,
}

/// From the hub.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FileTell {
    /// The hub's epoch: another one than before, and what it held may be gone.
    #[n(0)]
    pub epoch: Epoch,
    /// The answer.
    #[n(1)]
    pub told: FileTold,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum FileTold {
    /// One for each name asked for, in that order.
    #[n(0)]
    Held(#[n(0)] Vec<Standing>),
    /// How the file stands after what was given. What did not begin where the hub's part ends was not taken.
    #[n(1)]
    Given(#[n(0)] Standing),
    /// A range; `size` 0 when the hub does not hold the whole file.
    #[n(2)]
    Taken(#[n(0)] u32, #[n(1)] Bytes),
}

/// How one file stands at the hub.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
pub struct Standing {
    /// Bytes held, from the first.
    #[n(0)]
    pub held: u32,
    /// Bytes of the whole file; 0 while nothing of it is held.
    #[n(1)]
    pub size: u32,
    /// True: all of it is held, and its bytes are those of its name.
    #[n(2)]
    pub whole: bool,
}

const TOO_LARGE: Bad = Bad { code: "too_large" };
const NOT_A_HUB: Bad = Bad { code: "not_a_hub" };

/// Reads an ask.
///
/// # Errors
/// `too_large`, `malformed`.
pub fn read_file_ask(bytes: &[u8]) -> Result<FileAsk, Bad> {
    if bytes.len() > MESSAGE_BYTES {
        return Err(TOO_LARGE);
    }
    let ask: FileAsk = decode(bytes)?;
    let fits = match &ask.what {
        FileWhat::Held(names) => names.len() <= NAMES,
        FileWhat::Give(give) => {
            let end = usize::try_from(give.at)
                .ok()
                .and_then(|at| at.checked_add(give.bytes.0.len()));
            let size = usize::try_from(give.size).unwrap_or(usize::MAX);
            give.size <= FILE_BYTES
                && give.bytes.0.len() <= RANGE_BYTES
                && end.is_some_and(|end| end <= size)
        }
        FileWhat::Take(_) => true,
    };
    if fits { Ok(ask) } else { Err(TOO_LARGE) }
}

/// Signs an answer to the ask with these bytes.
#[must_use]
pub fn sign_file_tell(authority: &Secret, ask: &[u8], tell: &FileTell) -> Vec<u8> {
    let tell = encode(tell);
    let sig = authority.sign(Purpose::File, &[&sha256(&[ask])[..], &tell].concat());
    encode(&SignedTell {
        tell,
        by: authority.hub(),
        sig,
    })
}

/// Reads an answer to the ask with these bytes.
///
/// # Errors
/// `too_large`, `not_a_hub`, `wrong_hub`.
pub fn read_file_tell(
    trusts: impl Fn(&HubKey) -> bool,
    ask: &[u8],
    bytes: &[u8],
) -> Result<FileTell, Bad> {
    if bytes.len() > MESSAGE_BYTES {
        return Err(TOO_LARGE);
    }
    let signed: SignedTell = decode(bytes).map_err(|_| NOT_A_HUB)?;
    if !trusts(&signed.by) {
        return Err(Bad { code: "wrong_hub" });
    }
    let framed = [&sha256(&[ask])[..], &signed.tell].concat();
    if !verify(&signed.by.0, Purpose::File, &framed, &signed.sig) {
        return Err(NOT_A_HUB);
    }
    decode(&signed.tell).map_err(|_| NOT_A_HUB)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn give(size: u32, at: u32, bytes: usize) -> FileAsk {
        FileAsk {
            v: crate::caps::VERSION,
            space: Id16([1; 16]),
            what: FileWhat::Give(Give {
                name: Name([2; 32]),
                size,
                at,
                bytes: Bytes(vec![7; bytes]),
                rulings: Digest([0; 16]),
            }),
        }
    }

    #[test]
    fn what_is_larger_than_a_range_or_than_its_file_is_refused() {
        let read = |ask: &FileAsk| read_file_ask(&encode(ask)).map_err(|bad| bad.code);
        let good = give(10, 4, 6);
        assert_eq!(read(&good), Ok(good));
        for (size, at, bytes) in [
            (10, 5, 6),
            (FILE_BYTES + 1, 0, 1),
            (FILE_BYTES, 0, RANGE_BYTES + 1),
            (10, u32::MAX, 1),
        ] {
            assert_eq!(read(&give(size, at, bytes)), Err("too_large"));
        }
        let names = FileAsk {
            what: FileWhat::Held(vec![Name([0; 32]); NAMES + 1]),
            ..give(1, 0, 1)
        };
        assert_eq!(read(&names), Err("too_large"));
        assert_eq!(
            read_file_ask(b"\xff").map_err(|bad| bad.code),
            Err("malformed")
        );
    }

    #[test]
    fn an_answer_counts_for_its_own_question_and_from_the_own_hub_only() {
        let (hub, other) = (Secret::from_bytes(&[1; 32]), Secret::from_bytes(&[2; 32]));
        let tell = FileTell {
            epoch: Epoch([3; 16]),
            told: FileTold::Given(Standing {
                held: 5,
                size: 5,
                whole: true,
            }),
        };
        let signed = sign_file_tell(&hub, b"ask", &tell);
        let trusts = |key: &HubKey| *key == hub.hub();
        let read =
            |ask: &[u8], bytes: &[u8]| read_file_tell(trusts, ask, bytes).map_err(|b| b.code);
        assert_eq!(read(b"ask", &signed), Ok(tell.clone()));
        assert_eq!(read(b"another", &signed), Err("not_a_hub"));
        assert_eq!(read(b"ask", b"<html>"), Err("not_a_hub"));
        let foreign = sign_file_tell(&other, b"ask", &tell);
        assert_eq!(read(b"ask", &foreign), Err("wrong_hub"));
    }
}
