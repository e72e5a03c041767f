//! The QR of an identity card: the few fields a form shows, read from a payload that is never stored or logged.
//! It may carry relatives' numbers, so everything past the first seven fields is dropped unseen.

use crate::id_number::IdNumber;
use crate::text::one_line;
use crate::time::LocalDate;

/// What the form shows for a yes. The number lives as long as this value.
#[derive(Debug)]
pub struct Card {
    /// The card's number; to be tagged, then dropped.
    pub number: IdNumber,
    /// Name as printed, NFC.
    pub name: String,
    /// Day of birth.
    pub birth_date: LocalDate,
    /// `nam`, `nu`, or `None` when the card says neither.
    pub gender: Option<&'static str>,
    /// Residence as printed; it may name a unit that no longer exists and is not corrected.
    pub address: String,
}

/// Reads `number|old number|name|ddmmyyyy|sex|residence|ddmmyyyy…`. `None` unless there are six fields or more, the
/// first is a number and the fourth a day.
#[must_use]
pub fn read(payload: &str) -> Option<Card> {
    let mut fields = payload.trim().split('|');
    let number = IdNumber::read(fields.next()?)?;
    let _old_number = fields.next()?;
    let name = one_line(fields.next()?);
    let birth_date = LocalDate::from_digits(fields.next()?)?;
    let gender = match crate::text::fold(fields.next()?).as_str() {
        "nam" => Some("nam"),
        "nu" => Some("nu"),
        _ => None,
    };
    let address = one_line(fields.next()?);
    Some(Card {
        number,
        name,
        birth_date,
        gender,
        address,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chip_card_shows_its_fields() {
        let card = read("001090123456|012345678|NGUYỄN VĂN A|01011990|Nam|Phường Cửa Nam|15042021")
            .unwrap();
        assert_eq!(card.name, "NGUYỄN VĂN A");
        assert_eq!(card.birth_date.to_string(), "1990-01-01");
        assert_eq!(card.gender, Some("nam"));
        assert_eq!(card.address, "Phường Cửa Nam");
    }

    #[test]
    fn an_empty_old_number_and_relatives_after_the_seventh_field_are_no_trouble() {
        let card = read(
            "064312000001||H’Mai|05022012|Nữ|Buôn Dhă|01072024|Cha|064078000002|Mẹ|064180000003",
        )
        .unwrap();
        assert_eq!(card.name, "H'Mai");
        assert!(!format!("{card:?}").contains("064"));
    }

    #[test]
    fn other_codes_are_not_cards() {
        for payload in [
            "",
            "https://zalo.me/1",
            "12345|x|y|01011990|Nam|z",
            "001090123456||A|31022000|Nam|z",
            "001090123456||A|01011990|Nam",
        ] {
            assert!(read(payload).is_none(), "{payload}");
        }
    }
}
