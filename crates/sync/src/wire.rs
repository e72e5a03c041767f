//! CBOR in and out: everything whole, nothing more, and never more items than an honest message has.

use crate::caps;
use crate::pack::Bad;
use minicbor::{Decode, Encode};

const MALFORMED: Bad = Bad { code: "malformed" };

/// Encodes anything of ours; writing to memory cannot fail.
pub fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).unwrap_or_default()
}

/// Decodes exactly all of `bytes`, when they hold no more than [`caps::ITEMS`].
///
/// # Errors
/// `malformed`.
pub fn decode<'b, T: Decode<'b, ()>>(bytes: &'b [u8]) -> Result<T, Bad> {
    if !few_items(bytes) {
        return Err(MALFORMED);
    }
    let mut decoder = minicbor::Decoder::new(bytes);
    let value = decoder.decode().map_err(|_| MALFORMED)?;
    if decoder.position() == bytes.len() {
        Ok(value)
    } else {
        Err(MALFORMED)
    }
}

/// Counts heads without building anything: a head is one item, and the bytes of a string are stepped over.
fn few_items(mut bytes: &[u8]) -> bool {
    for _ in 0..=caps::ITEMS {
        let Some((head, rest)) = bytes.split_first() else {
            return true;
        };
        let width = match head & 0x1f {
            short @ 24..=27 => 1_usize << (short - 24),
            _ => 0,
        };
        let Some((argument, rest)) = rest.split_at_checked(width) else {
            return true; // cut short: decoding says so
        };
        let long = argument.iter().fold(0_u64, |n, b| n << 8 | u64::from(*b));
        let len = match (head >> 5, width) {
            (2 | 3, 0) if head & 0x1f < 24 => u64::from(head & 0x1f),
            (2 | 3, 1..) => long,
            _ => 0,
        };
        let rest = usize::try_from(len).ok().and_then(|len| rest.get(len..));
        match rest {
            Some(rest) => bytes = rest,
            None => return true,
        }
    }
    false
}
