//! The personal identification number: checked, turned into a 16-bit tag that only proposes duplicates, never kept.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;

/// Twelve digits held just long enough to check and tag them. Prints nothing of itself and is not serializable.
pub struct IdNumber([u8; 12]);

impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdNumber(…)")
    }
}

impl IdNumber {
    /// Reads twelve digits, typed with or without spaces, dots or dashes. `None` for anything else, old nine-digit
    /// numbers among them. There is no check digit.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut digits = [0_u8; 12];
        let mut count = 0;
        for c in text
            .chars()
            .filter(|c| !matches!(c, ' ' | '\u{a0}' | '.' | '-'))
        {
            let digit = u8::try_from(c.to_digit(10).filter(|_| c.is_ascii())?).ok()?;
            *digits.get_mut(count)? = digit;
            count += 1;
        }
        (count == 12).then_some(Self(digits))
    }

    /// Sixteen bits under a key of the commune: one stranger in 65,536 shares them, so they tell nobody's number and
    /// only say "look whether these two are one person".
    #[must_use]
    pub fn tag(&self, key: &[u8; 32]) -> u16 {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
            return 0; // an HMAC takes a key of any length
        };
        mac.update(b"toso id tag 1");
        mac.update(&self.0);
        let full = mac.finalize().into_bytes();
        let mut bytes = full.iter();
        u16::from_be_bytes([
            bytes.next().copied().unwrap_or(0),
            bytes.next().copied().unwrap_or(0),
        ])
    }

    /// Year of birth by the number: century from the fourth digit, year from the next two.
    #[must_use]
    pub fn birth_year(&self) -> u16 {
        let [_, _, _, century, tens, ones, ..] = self.0;
        1900 + u16::from(century / 2) * 100 + u16::from(tens) * 10 + u16::from(ones)
    }

    /// `nam` or `nu` by the number.
    #[must_use]
    pub fn gender(&self) -> &'static str {
        let [_, _, _, century, ..] = self.0;
        if century % 2 == 0 { "nam" } else { "nu" }
    }

    /// Soft doubts, for the eye only: numbers stay when a province is merged, sex and year are corrected by decree,
    /// and people born abroad carry a country code. Codes: `id_place`, `id_gender`, `id_year`.
    #[must_use]
    pub fn doubts(&self, gender: Option<&str>, birth_year: Option<u16>) -> Vec<&'static str> {
        let [a, b, c, ..] = self.0;
        let place = u16::from(a) * 100 + u16::from(b) * 10 + u16::from(c);
        let mut doubts = Vec::new();
        if !PLACES.contains(&place) {
            doubts.push("id_place");
        }
        if gender.is_some_and(|g| matches!(g, "nam" | "nu") && g != self.gender()) {
            doubts.push("id_gender");
        }
        if birth_year.is_some_and(|y| y != self.birth_year()) {
            doubts.push("id_year");
        }
        doubts
    }
}

/// Codes of the 63 provinces of birth registration as they were before July 2025; cards keep them.
const PLACES: [u16; 63] = [
    1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37,
    38, 40, 42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77,
    79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
];

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn twelve_digits_and_nothing_else() {
        for good in ["001090123456", "001 090 123 456", "001.090.123-456"] {
            assert!(IdNumber::read(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "00109012345",
            "0010901234567",
            "00109012345O",
            "012345678",
            "٠٠١٠٩٠١٢٣٤٥٦",
        ] {
            assert!(IdNumber::read(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn sex_and_year_are_read_from_the_number() {
        for (number, gender, year) in [
            ("001090123456", "nam", 1990),
            ("002148000001", "nu", 1948),
            ("064207000001", "nam", 2007),
            ("064312000001", "nu", 2012),
        ] {
            let id = IdNumber::read(number).unwrap();
            assert_eq!((id.gender(), id.birth_year()), (gender, year));
            assert!(id.doubts(Some(gender), Some(year)).is_empty());
        }
    }

    #[test]
    fn doubts_warn_and_never_refuse() {
        let id = IdNumber::read("500090123456").unwrap(); // born abroad
        assert_eq!(
            id.doubts(Some("nu"), Some(1991)),
            ["id_place", "id_gender", "id_year"]
        );
        assert_eq!(id.doubts(Some("khac"), None), ["id_place"]);
        assert_eq!(PLACES.len(), 63);
    }

    #[test]
    fn the_tag_is_stable_keyed_and_says_nothing() {
        let id = IdNumber::read("001090123456").unwrap();
        assert_eq!(
            id.tag(&KEY),
            IdNumber::read("001 090 123 456").unwrap().tag(&KEY)
        );
        assert_ne!(id.tag(&KEY), id.tag(&[8; 32]));
        assert_eq!(format!("{id:?}"), "IdNumber(…)");
    }
}
