//! Bounds what a foreign change may expand to before Automerge sees a byte of it.
//!
//! A change stores its operations as run-length columns, so about a hundred bytes can announce a hundred million
//! operations: parsing alone then asks for gigabytes and an allocation failure aborts the process, which nothing can
//! catch. This walk reads every run header, adds the announced lengths with saturation, and expands nothing.

use crate::crdt::Refusal;

/// What one change may hold at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Bytes of the whole chunk.
    pub bytes: usize,
    /// Changes it may depend on.
    pub deps: u64,
    /// Operations.
    pub ops: u64,
    /// Earlier operations it may name, all operations together.
    pub preds: u64,
    /// Other actors it may name.
    pub actors: u64,
    /// Columns.
    pub columns: u64,
    /// Bytes of one key.
    pub key: u64,
}

impl Caps {
    /// The caps of gate version 1: frozen, since two copies with different caps would keep different records.
    pub const V1: Self = Self {
        bytes: 64 * 1024,
        deps: 256,
        ops: 500,
        preds: 5_000,
        actors: 256,
        columns: 64,
        key: 64,
    };
}

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHANGE: u8 = 1;
/// Magic, checksum and type: what stands before the length.
const FIXED: usize = 9;
/// Operation columns that hold one item per named earlier operation instead of one per operation.
const PRED_ACTOR: u64 = 7 << 4 | 1;
const PRED_COUNTER: u64 = 7 << 4 | 3;

/// A change chunk taken apart at its outermost layer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chunk<'a> {
    /// The first four bytes of the hash, as the chunk claims them.
    pub(crate) checksum: &'a [u8],
    /// Type byte, length and body: exactly the bytes the hash covers.
    pub(crate) hashed: &'a [u8],
    body: &'a [u8],
}

/// Splits a chunk; only an uncompressed change whose length is written shortest and fills `raw` exactly will do.
pub(crate) fn chunk(raw: &[u8]) -> Result<Chunk<'_>, Refusal> {
    match first_chunk(raw)? {
        (chunk, []) => Ok(chunk),
        _ => Err(MALFORMED),
    }
}

/// The first chunk of several, as [`chunk`] takes it, and what follows it.
pub(crate) fn first_chunk(raw: &[u8]) -> Result<(Chunk<'_>, &[u8]), Refusal> {
    let mut reader = Reader(raw);
    if reader.take(4)? != MAGIC {
        return Err(MALFORMED);
    }
    let checksum = reader.take(4)?;
    if reader.take(1)? != [CHANGE] {
        return Err(Refusal::new("shape"));
    }
    let (before, len) = (reader.0.len(), reader.unsigned()?);
    let width = before.saturating_sub(reader.0.len());
    let shortest = (64 - (len | 1).leading_zeros() as usize).div_ceil(7);
    let body = reader.take(len)?;
    let end = raw.len().saturating_sub(reader.0.len());
    let hashed = raw.get(FIXED - 1..end).ok_or(MALFORMED)?;
    if width != shortest {
        return Err(MALFORMED);
    }
    let chunk = Chunk {
        checksum,
        hashed,
        body,
    };
    Ok((chunk, reader.0))
}

/// Walks one change chunk. Gives an upper bound on its number of operations (and of earlier operations named, if that
/// is more), never below the truth.
///
/// # Errors
/// `size` (longer than the byte cap), `malformed` (not a chunk, or cut short), `shape` (compressed, a document, a
/// message, extra bytes, an actor that is not 16 bytes, a deflated column), `bomb` (a count over its cap), `key` (a key
/// longer than its cap).
pub fn prescan(raw: &[u8], caps: &Caps) -> Result<u64, Refusal> {
    if raw.len() > caps.bytes {
        return Err(Refusal::new("size"));
    }
    let mut body = Reader(chunk(raw)?.body);
    let deps = body.counted(caps.deps)?;
    body.take(deps.saturating_mul(32))?;
    body.actor()?;
    body.unsigned()?; // sequence number
    body.unsigned()?; // first operation
    body.signed()?; // time
    if body.unsigned()? != 0 {
        return Err(Refusal::new("shape")); // a message
    }
    for _ in 0..body.counted(caps.actors)? {
        body.actor()?;
    }
    let mut columns = Vec::new();
    for _ in 0..body.counted(caps.columns)? {
        columns.push((body.unsigned()?, body.unsigned()?));
    }
    let mut most = 0;
    for (spec, len) in columns {
        if spec & 8 != 0 {
            return Err(Refusal::new("shape")); // deflated: expands unseen
        }
        let cap = if matches!(spec, PRED_ACTOR | PRED_COUNTER) {
            caps.preds
        } else {
            caps.ops
        };
        most = most.max(column(spec, body.take(len)?, cap, caps.key)?);
    }
    if !body.0.is_empty() {
        return Err(Refusal::new("shape")); // extra bytes
    }
    Ok(most)
}

/// Items one column announces, or the refusal once they pass `cap`.
fn column(spec: u64, data: &[u8], cap: u64, key: u64) -> Result<u64, Refusal> {
    let kind = spec & 7;
    if kind == 7 {
        return Ok(0); // raw values: bytes as they stand, no runs
    }
    let mut reader = Reader(data);
    let mut items = 0_u64;
    while !reader.0.is_empty() {
        let (run, written) = if kind == 4 {
            (reader.unsigned()?, 0) // booleans alternate: run lengths only
        } else {
            match reader.signed()? {
                0 => (reader.unsigned()?, 0),
                run if run > 0 => (run.unsigned_abs(), 1),
                run => (run.unsigned_abs(), run.unsigned_abs()),
            }
        };
        items = items.saturating_add(run);
        if items > cap {
            return Err(Refusal::new("bomb"));
        }
        for _ in 0..written {
            reader.item(kind, key)?;
        }
    }
    Ok(items)
}

const MALFORMED: Refusal = Refusal::new("malformed");

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, len: u64) -> Result<&'a [u8], Refusal> {
        let len = usize::try_from(len).map_err(|_| MALFORMED)?;
        let (taken, rest) = self.0.split_at_checked(len).ok_or(MALFORMED)?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Refusal> {
        let (first, rest) = self.0.split_first().ok_or(MALFORMED)?;
        self.0 = rest;
        Ok(*first)
    }

    fn unsigned(&mut self) -> Result<u64, Refusal> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(MALFORMED);
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(MALFORMED)
    }

    fn signed(&mut self) -> Result<i64, Refusal> {
        let mut value = 0_i64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            if shift == 63 && byte != 0 && byte != 0x7f {
                return Err(MALFORMED);
            }
            value |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let negative = byte & 0x40 != 0 && shift + 7 < 64;
                return Ok(if negative {
                    value | -1 << (shift + 7)
                } else {
                    value
                });
            }
        }
        Err(MALFORMED)
    }

    fn counted(&mut self, cap: u64) -> Result<u64, Refusal> {
        let count = self.unsigned()?;
        if count > cap {
            Err(Refusal::new("bomb"))
        } else {
            Ok(count)
        }
    }

    fn actor(&mut self) -> Result<(), Refusal> {
        if self.unsigned()? != 16 {
            return Err(Refusal::new("shape"));
        }
        self.take(16).map(drop)
    }

    fn item(&mut self, kind: u64, key: u64) -> Result<(), Refusal> {
        match kind {
            3 => self.signed().map(drop),
            5 => {
                let len = self.unsigned()?;
                // One run repeats its text, so a long key times many rows is a bomb of its own.
                if len > key {
                    return Err(Refusal::new("key"));
                }
                self.take(len).map(drop)
            }
            _ => self.unsigned().map(drop),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_read_to_their_ends() {
        assert_eq!(Reader(&[0xff; 9]).unsigned(), Err(MALFORMED));
        assert_eq!(
            Reader(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]).unsigned(),
            Ok(u64::MAX)
        );
        assert_eq!(
            Reader(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]).unsigned(),
            Err(MALFORMED)
        );
        assert_eq!(Reader(&[0x7f]).signed(), Ok(-1));
        assert_eq!(Reader(&[0x80, 0x7f]).signed(), Ok(-128));
        assert_eq!(
            Reader(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f]).signed(),
            Ok(i64::MIN)
        );
    }

    #[test]
    fn a_null_run_of_millions_is_refused_without_being_walked() {
        let run = [0_u8, 0x80, 0xad, 0xe2, 0x04]; // null run of 10,000,000
        assert_eq!(column(0x42, &run, 500, 64), Err(Refusal::new("bomb")));
        assert_eq!(column(0x42, &[0x7e, 1, 1], 500, 64), Ok(2));
        assert_eq!(column(0x42, &[0x7e, 1], 500, 64), Err(MALFORMED));
    }

    #[test]
    fn a_chunk_is_exactly_one_plain_change() {
        for (raw, code) in [
            (&[0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 2, 0][..], "shape"),
            (
                &[0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 1, 0, 9][..],
                "malformed",
            ),
            (
                &[0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 1, 0x80, 0][..],
                "malformed",
            ),
            (&[0x85, 0x6f, 0x4a][..], "malformed"),
            (&[][..], "malformed"),
        ] {
            assert_eq!(chunk(raw).unwrap_err().code, code);
        }
    }

    /// A change of nothing but one column.
    fn of_one_column(spec: u8, data: &[u8]) -> Vec<u8> {
        let mut body = vec![0, 16]; // no dependencies, an actor
        body.extend([7; 16]);
        body.extend([1, 1, 0, 0, 0, 1]); // sequence number, first operation, time, message, other actors, columns
        body.extend([spec, data.len() as u8]);
        body.extend(data);
        let mut raw = MAGIC.to_vec();
        raw.extend([0, 0, 0, 0, CHANGE, body.len() as u8]);
        raw.extend(body);
        raw
    }

    #[test]
    fn earlier_operations_may_be_more_than_operations_and_not_without_end() {
        let run = |low: u8, high: u8| [low | 0x80, high, 1]; // one value so often
        let (some, most, more) = (run(0x58, 0x04), run(0x08, 0x27), run(0x09, 0x27));
        let scan = |spec, data: &[u8]| prescan(&of_one_column(spec, data), &Caps::V1);
        for spec in [0x71, 0x73] {
            assert_eq!(scan(spec, &some), Ok(600));
            assert_eq!(scan(spec, &most), Ok(5_000));
            assert_eq!(scan(spec, &more), Err(Refusal::new("bomb")));
        }
        for spec in [0x01, 0x13, 0x42, 0x61, 0x63] {
            assert_eq!(scan(spec, &some), Err(Refusal::new("bomb")));
        }
    }
}
