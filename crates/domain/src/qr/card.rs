//! The QR of an identity card: the few fields a form shows, read from a payload that is never stored or logged.
//! It may carry relatives' numbers, so everything past the first six fields is dropped unseen.

use super::{PAYLOAD_MAX, hidden, line};
use crate::id_number::IdNumber;
use crate::text::fold;
use crate::time::{LocalDate, Precision};
use std::fmt;

/// Characters of a name, as a person's record keeps them.
const NAME_MAX: usize = 80;
/// Characters of an address, as a household's record keeps them.
const ADDRESS_MAX: usize = 200;
/// Nobody who lives was born before.
const FIRST_YEAR: i32 = 1900;

/// What the form shows for a yes. The number lives as long as this value.
pub struct Card {
    /// The card's number; to be tagged, then dropped.
    pub number: IdNumber,
    /// Name as printed, NFC.
    pub name: String,
    /// Day of birth; what of it is not known is the first.
    pub birth_date: LocalDate,
    /// How much of it the card says.
    pub birth_precision: Precision,
    /// `nam`, `nu`, or `None` when the card says neither.
    pub gender: Option<&'static str>,
    /// Residence as printed; it may name a unit that no longer exists and is not corrected. `None` when there is none to
    /// show, or one of more than 200 characters.
    pub address: Option<String>,
}

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hidden(f, "Card")
    }
}

/// Reads `number|old number|name|ddmmyyyy|sex|residence|ddmmyyyy…`. `None` unless there are six fields or more, the
/// first is a number, the third a name of at most 80 characters, and the fourth a day since 1900.
#[must_use]
pub fn read(payload: &str) -> Option<Card> {
    if payload.len() > PAYLOAD_MAX {
        return None;
    }
    let mut fields = payload.trim().split('|');
    let number = IdNumber::read(fields.next()?)?;
    let _old_number = fields.next()?;
    let name =
        line(fields.next()?, NAME_MAX).filter(|name| name.chars().any(char::is_alphabetic))?;
    let (birth_date, birth_precision) = birth(fields.next()?.trim())?;
    let gender = match fold(fields.next()?).as_str() {
        "nam" => Some("nam"),
        "nu" => Some("nu"),
        _ => None,
    };
    let address = line(fields.next()?, ADDRESS_MAX);
    Some(Card {
        number,
        name,
        birth_date,
        birth_precision,
        gender,
        address,
    })
}

/// `ddmmyyyy`; elders' cards say `00mmyyyy`, `0000yyyy` or the year alone.
fn birth(digits: &str) -> Option<(LocalDate, Precision)> {
    let first = |digits: &str| LocalDate::from_digits(digits);
    let (date, precision) = match (digits.len(), digits.strip_prefix("00")) {
        (4, _) => (first(&format!("0101{digits}"))?, Precision::Year),
        (_, Some(rest)) => match rest.strip_prefix("00") {
            Some(year) => (first(&format!("0101{year}"))?, Precision::Year),
            None => (first(&format!("01{rest}"))?, Precision::Month),
        },
        _ => (first(digits)?, Precision::Day),
    };
    (date.year() >= FIRST_YEAR).then_some((date, precision))
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
        assert_eq!(card.birth_precision, Precision::Day);
        assert_eq!(card.gender, Some("nam"));
        assert_eq!(card.address.as_deref(), Some("Phường Cửa Nam"));
    }

    #[test]
    fn an_empty_old_number_and_relatives_after_the_seventh_field_are_no_trouble() {
        let card = read(
            "064312000001||H’Mai|05022012|Nữ|Buôn Dhă|01072024|Cha|064078000002|Mẹ|064180000003",
        )
        .unwrap();
        assert_eq!((card.name.as_str(), card.gender), ("H'Mai", Some("nu")));
        assert_eq!(format!("{card:?}"), "Card(…)");
    }

    #[test]
    fn an_elder_is_born_in_a_year_or_a_month() {
        for (digits, date, precision) in [
            ("1948", "1948-01-01", Precision::Year),
            ("00001948", "1948-01-01", Precision::Year),
            ("00111948", "1948-11-01", Precision::Month),
            ("29021948", "1948-02-29", Precision::Day),
        ] {
            let card = read(&format!("040148000001||VỪ THỊ MỶ|{digits}|Nữ|Huồi Lả")).unwrap();
            assert_eq!(card.birth_date.to_string(), date);
            assert_eq!(card.birth_precision, precision, "{digits}");
        }
    }

    #[test]
    fn a_name_typed_apart_is_put_together_and_an_address_too_long_is_left_out() {
        let long = "ấp ".repeat(100);
        let card = read(&format!("040148000001||Ho\u{300}a|01011948||{long}")).unwrap();
        assert_eq!(
            (card.name.as_str(), card.gender, card.address),
            ("Hòa", None, None)
        );
        let card = read("040148000001||Mỷ|01011948|Nữ|").unwrap();
        assert_eq!(card.address, None);
    }

    #[test]
    fn other_codes_are_not_cards() {
        let long = format!("001090123456||{}|01011990|Nam|z", "A".repeat(81));
        let huge = format!("001090123456||A|01011990|Nam|z|{}", "9".repeat(PAYLOAD_MAX));
        for payload in [
            "",
            "https://zalo.me/1",
            "12345|x|y|01011990|Nam|z",
            "001090123456||A|31022000|Nam|z",
            "001090123456||A|00131990|Nam|z",
            "001090123456||A|01011890|Nam|z",
            "001090123456||A|01011990|Nam",
            "001090123456|| |01011990|Nam|z",
            "001090123456||1234|01011990|Nam|z",
            // Shown as "AB": the mark between turns what follows.
            "001090123456||A\u{202e}B|01011990|Nam|z",
            "001090123456||A\u{200b}B|01011990|Nam|z",
            "001090123456||A\u{1b}[2J|01011990|Nam|z",
            &long,
            &huge,
        ] {
            assert!(read(payload).is_none(), "{payload}");
        }
    }
}
