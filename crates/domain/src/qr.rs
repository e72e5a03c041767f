//! What stands in a QR code: an identity card, the receipt of a dossier, a payment code, the address of a shop.
//!
//! A payload is somebody's, and may hold their relatives too: it is read here, the few fields a form shows are taken, and the
//! rest is dropped unseen. Nothing here prints itself, and no error repeats what was read.

pub mod address;
pub mod card;
pub mod receipt;
pub mod vietqr;

use crate::text::one_line;
use std::fmt;

/// Bytes of a payload that is looked at, at most: the largest QR code holds 2,953.
pub const PAYLOAD_MAX: usize = 4_096;

/// What a code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An identity card.
    Card,
    /// The receipt of a dossier.
    Receipt,
    /// A code that takes payments, damaged or not.
    Vietqr,
    /// An address on the web.
    Address,
    /// An invitation into Tổ Số.
    Invitation,
    /// Something else.
    Other,
}

impl Kind {
    /// Its name in calls, in `x-scan` and in details of errors.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Receipt => "receipt",
            Self::Vietqr => "vietqr",
            Self::Address => "address",
            Self::Invitation => "invitation",
            Self::Other => "other",
        }
    }
}

/// Tells what a payload is, by its own marks.
#[must_use]
pub fn kind(payload: &str) -> Kind {
    if payload.trim_start().starts_with("toso:") {
        Kind::Invitation
    } else if card::read(payload).is_some() {
        Kind::Card
    } else if !matches!(vietqr::read(payload), Err(vietqr::Wrong::Other)) {
        Kind::Vietqr
    } else if receipt::read(payload).is_some() {
        Kind::Receipt
    } else if address::read(payload).is_some() {
        Kind::Address
    } else {
        Kind::Other
    }
}

/// A short text as it may be shown and kept: one line, NFC, `max` characters. `None` for nothing, for more, and where marks
/// stand that are not seen or turn the reading: what is shown would not be what is kept.
fn line(text: &str, max: usize) -> Option<String> {
    if text.chars().any(unseen) {
        return None;
    }
    let line = one_line(text);
    let count = line.chars().count();
    (1..=max).contains(&count).then_some(line)
}

/// Control characters, marks without width, and those that turn the direction of what follows.
fn unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// For `Debug` of what was read: its type and nothing of it.
fn hidden(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    write!(f, "{name}(…)")
}

#[cfg(test)]
mod tests;
