//! The receipt of a dossier (giấy tiếp nhận hồ sơ và hẹn trả kết quả): its code, alone or in an address to look it up by.

use super::{PAYLOAD_MAX, hidden};
use crate::record::assistance::dossier;
use crate::time::LocalDate;
use std::fmt;

/// Characters of a code, as a record keeps them.
const CODE_MAX: usize = 60;

/// What the form shows for a yes.
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Code of the dossier, in capitals.
    pub code: String,
    /// Day the office took it, as the code says.
    pub received_on: LocalDate,
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hidden(f, "Receipt")
    }
}

/// Reads a payload that holds one dossier code, `H37.12-250915-0007` or `000.00.15.H37-250915-0007`. `None` without one, and
/// with several that differ: which of them is meant nobody can know.
#[must_use]
pub fn read(payload: &str) -> Option<Receipt> {
    if payload.len() > PAYLOAD_MAX {
        return None;
    }
    let whole: String = payload.chars().filter(|c| !c.is_whitespace()).collect();
    if let Some(receipt) = of(&whole) {
        return Some(receipt);
    }
    let part = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    let mut found = payload.split(part).filter_map(of);
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

fn of(text: &str) -> Option<Receipt> {
    if text.len() > CODE_MAX || !text.is_ascii() || !dossier(text) {
        return None;
    }
    let code = text.to_ascii_uppercase();
    let day = code.split('-').nth(1)?;
    let (year, month, day) = (day.get(..2)?, day.get(2..4)?, day.get(4..)?);
    let received_on = LocalDate::from_digits(&format!("{day}{month}20{year}"))?;
    Some(Receipt { code, received_on })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_alone_with_spaces_and_from_an_address() {
        for (payload, code) in [
            ("H37.12-250915-0007", "H37.12-250915-0007"),
            ("G22.99.01-250915-0001", "G22.99.01-250915-0001"),
            (" h37.12 - 250915 - 0007\r\n", "H37.12-250915-0007"),
            ("000.00.15.H37-250915-000712", "000.00.15.H37-250915-000712"),
            (
                "https://dichvucong.example.vn/tra-cuu?ma-ho-so=H37.12-250915-0007&kieu=1",
                "H37.12-250915-0007",
            ),
            (
                "Mã hồ sơ: H37.12-250915-0007; mã hồ sơ H37.12-250915-0007",
                "H37.12-250915-0007",
            ),
        ] {
            let receipt = read(payload).unwrap();
            assert_eq!(receipt.code, code);
            assert_eq!(receipt.received_on.to_string(), "2025-09-15");
            assert_eq!(format!("{receipt:?}"), "Receipt(…)");
        }
    }

    #[test]
    fn what_is_no_receipt_or_holds_two_is_not_one() {
        let huge = format!("H37.12-250915-0007 {}", ".".repeat(PAYLOAD_MAX));
        for payload in [
            "",
            "H37.12-251315-0007",
            "H37.12-250915-7",
            "Páo-250915-0007",
            "H37.12-250915-0007 H37.12-250915-0008",
            "https://shopee.example.vn/mat-ong-250915-0007",
            "H37.12-250915-0007\u{202e}1",
            &huge,
        ] {
            // The mark that turns the reading ends the code before it, and what stands behind is no part of it.
            let read = read(payload);
            if payload.contains('\u{202e}') {
                assert_eq!(read.unwrap().code, "H37.12-250915-0007");
            } else {
                assert!(read.is_none(), "{payload}");
            }
        }
    }
}
