//! Small bytes that ask for much, and changes damaged with their checksums made good.

use crate::sim::random::Dice;
use toso_sync::key::sha256;

/// A zstd frame with this window byte and `blocks` blocks of 128 KiB of zeros, run-length coded: four bytes each.
#[must_use]
pub fn zeros(blocks: usize, window: u8) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, window];
    for n in 0..blocks {
        // 128 KiB of one byte: last-block flag, type 1 (run), size in 21 bits.
        let word: u32 = (128 * 1024) << 3 | 1 << 1 | u32::from(n + 1 == blocks);
        frame.extend_from_slice(&word.to_le_bytes()[..3]);
        frame.push(0);
    }
    frame
}

/// A change of about a hundred bytes by `actor` that announces `count` operations, each writing null to the key `a`.
#[must_use]
pub fn expansion(actor: [u8; 16], count: u64) -> Vec<u8> {
    let run = |value: &[u8]| [signed(count).as_slice(), value].concat();
    let columns = [
        (0x15, run(b"\x01a")),   // key
        (0x34, unsigned(count)), // insert: that many times no
        (0x42, run(&[1])),       // action
        (0x56, run(&[0])),       // value
        (0x70, run(&[0])),       // nothing taken the place of
    ];
    let mut body = vec![0, 16]; // no dependencies; the actor
    body.extend(actor);
    body.extend([1, 1, 0, 0, 0]); // number, first operation, time, no message, no other actors
    body.push(5);
    for (kind, bytes) in &columns {
        body.extend(unsigned(*kind));
        body.extend(unsigned(bytes.len() as u64));
    }
    columns.iter().for_each(|(_, bytes)| body.extend(bytes));
    chunk(&body)
}

/// A raw change with its body damaged in one to three places, its length and checksum made to fit.
#[must_use]
pub fn damaged(raw: &[u8], dice: &mut Dice) -> Vec<u8> {
    let length = raw[9..].iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
    let mut body = raw[9 + length..].to_vec();
    for _ in 0..=dice.below(3) {
        let at = dice.below(body.len());
        let some = at..at + 1 + dice.below(8.min(body.len() - at));
        let byte = dice.below(256) as u8;
        match dice.below(6) {
            0 => body[at] ^= 1 << dice.below(8),
            1 => body[at] = byte,
            2 if some.len() < body.len() => drop(body.drain(some)),
            3 => {
                let again = body[some].to_vec();
                body.splice(at..at, again);
            }
            // A number blown up to millions: run lengths, counts and lengths all look like this.
            4 => drop(body.splice(at..=at, [0x80 | byte, 0xff, 0xff, 0xff, byte & 0x0f])),
            _ => body.insert(at, byte),
        }
    }
    chunk(&body)
}

/// A plain change chunk around a body.
fn chunk(body: &[u8]) -> Vec<u8> {
    let hashed = [&[1][..], &unsigned(body.len() as u64), body].concat();
    [
        &[0x85, 0x6f, 0x4a, 0x83][..],
        &sha256(&[&hashed])[..4],
        &hashed,
    ]
    .concat()
}

fn unsigned(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

/// A positive number in the signed form that lengths of runs are written in.
fn signed(value: u64) -> Vec<u8> {
    let mut out = unsigned(value);
    if let Some(last) = out.last_mut().filter(|last| **last & 0x40 != 0) {
        *last |= 0x80;
        out.push(0);
    }
    out
}
