//! QR codes as a camera sees them, and payment codes that a bank could have made.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Pixels of a square.
const PX: usize = 3;
/// Squares of light around a code.
const AROUND: usize = 4;

/// What `qr.draw` answered as the input of the calls that read: black on white. Rows that are missing are light.
#[must_use]
pub fn seen(drawn: &Value) -> Value {
    let size = drawn.get("size").and_then(Value::as_u64).unwrap_or(0);
    let rows: Vec<&[u8]> = drawn
        .get("rows")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::as_bytes)
        .collect();
    let side = (usize::try_from(size).unwrap_or(0) + 2 * AROUND) * PX;
    let dark = |at: usize| {
        let square = |n: usize| (n / PX).checked_sub(AROUND);
        let row = rows.get(square(at / side)?)?;
        row.get(square(at % side)?)
            .filter(|square| **square == b'1')
    };
    let grey: Vec<u8> = (0..side * side)
        .map(|at| if dark(at).is_some() { 0 } else { 255 })
        .collect();
    json!({ "width": side, "height": side, "grey": STANDARD.encode(grey) })
}

/// The payment code of a shop: bank by its six digits, account, and name in plain letters.
#[must_use]
pub fn vietqr(bank: &str, account: &str, name: &str) -> String {
    let field = |id: &str, value: &str| format!("{id}{:02}{value}", value.chars().count());
    let to = field("00", bank) + &field("01", account);
    let napas = field("00", "A000000727") + &field("01", &to) + &field("02", "QRIBFTTA");
    let text = format!(
        "000201010211{}53037045802VN{}6304",
        field("38", &napas),
        field("59", name)
    );
    let sum = text.bytes().fold(0xffff_u16, |sum, byte| {
        (0..8).fold(sum ^ (u16::from(byte) << 8), |sum, _| {
            (sum << 1) ^ if sum & 0x8000 == 0 { 0 } else { 0x1021 }
        })
    });
    format!("{text}{sum:04X}")
}
