//! Damage to bytes, from dice: what a seed may become.

use toso_tests::sim::random::Dice;

/// Whole numbers that have broken many a reader.
const EDGES: [u64; 8] = [0, 1, 0x7f, 0xff, 0xffff, 0x7fff_ffff, 0xffff_ffff, u64::MAX];

/// One to five changes to a copy of a seed, mostly one; now and then a piece of another one in it.
pub(crate) fn mutated(seed: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut out = seed.to_vec();
    for _ in 0..=dice.below(3) * dice.below(3) {
        if out.is_empty() {
            out.push(dice.below(256) as u8);
        }
        let at = dice.below(out.len());
        let some = at..at + 1 + dice.below(16.min(out.len() - at));
        match dice.below(10) {
            0 => out[at] ^= 1 << dice.below(8),
            1 => out[at] = dice.below(256) as u8,
            2 => drop(out.drain(some)),
            3 => {
                let again = out[some].to_vec();
                out.splice(at..at, again);
            }
            4 => out.insert(at, dice.below(256) as u8),
            5 => out.truncate(at),
            6 => {
                let edge = EDGES[dice.below(EDGES.len())].to_be_bytes();
                let width = 1 << dice.below(4);
                out.splice(some, edge[8 - width..].iter().copied());
            }
            // A number in sevens, blown up: run lengths and counts look like this.
            7 => drop(out.splice(
                at..=at,
                [out[at] | 0x80, 0xff, 0xff, 0xff, dice.below(16) as u8],
            )),
            8 if !other.is_empty() => {
                let from = dice.below(other.len());
                let piece = &other[from..from + dice.below(64.min(other.len() - from) + 1)];
                out.splice(some, piece.iter().copied());
            }
            _ => {
                // Heads of CBOR items: another sort, or another length.
                let head = [
                    0x00, 0x40, 0x58, 0x5b, 0x60, 0x80, 0x9a, 0x9f, 0xa1, 0xc1, 0xf6, 0xff,
                ];
                out[at] = head[dice.below(head.len())];
            }
        }
    }
    out
}

/// Changes words, numbers and shapes of JSON, keeping it JSON.
pub(crate) fn json(value: &mut serde_json::Value, dice: &mut Dice) {
    use serde_json::Value;
    if dice.chance(25) {
        *value = match dice.below(9) {
            0 => Value::Null,
            1 => dice.roll().into(),
            2 => (dice.roll() as i64).wrapping_neg().into(),
            3 => f64::MAX.into(),
            4 => "x".repeat(dice.below(5_000)).into(),
            5 => "\u{202e}\0'; DROP--".into(),
            6 => Value::Array(vec![value.clone(); dice.below(20)]),
            7 => serde_json::json!({ "x": value.clone() }),
            _ => Value::Bool(dice.chance(50)),
        };
        return;
    }
    match value {
        Value::Array(all) => all.iter_mut().for_each(|one| json(one, dice)),
        Value::Object(all) => all.iter_mut().for_each(|(_, one)| json(one, dice)),
        _ => {}
    }
}
