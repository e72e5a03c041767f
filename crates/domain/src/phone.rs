//! Vietnamese phone numbers: stored as E.164, shown as people write them.
//!
//! A phone may be shared by a household, so it never identifies anyone. A prefix does not prove a network.

/// What kind of line a number reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Ten digits from 0.
    Mobile,
    /// Eleven digits, `02…`.
    Fixed,
}

/// A recognised number as E.164 (`+84…`) with its kind of line; `None` when it is not a present Vietnamese number.
#[must_use]
pub fn read(text: &str) -> Option<(String, Line)> {
    let national = national(text)?;
    let line = line(&national)?;
    national
        .strip_prefix('0')
        .map(|rest| (format!("+84{rest}"), line))
}

/// [`read`] without the kind of line.
#[must_use]
pub fn e164(text: &str) -> Option<String> {
    read(text).map(|(number, _)| number)
}

/// The ten-digit number that replaced an old eleven-digit mobile (012x, 016x, 018x, 0199) in 2018, as E.164.
/// To be offered, not applied: lists may be older than their owner's present number.
#[must_use]
pub fn modern(text: &str) -> Option<String> {
    let national = national(text)?;
    if national.len() != 11 {
        return None;
    }
    let (_, new) = OLD_MOBILES
        .iter()
        .find(|(old, _)| national.starts_with(old))?;
    e164(&format!("{new}{}", national.get(4..)?))
}

/// As people read it out: `0912 345 678`, `0205 3812 345`. Anything unrecognised comes back unchanged.
#[must_use]
pub fn display(number: &str) -> String {
    let Some(national) = national(number).filter(|n| line(n).is_some()) else {
        return number.to_owned();
    };
    let cuts: &[usize] = match national.len() {
        10 => &[4, 7],
        _ if matches!(national.get(..3), Some("024" | "028")) => &[3, 7],
        _ => &[4, 8],
    };
    let mut out = String::with_capacity(13);
    for (at, digit) in national.chars().enumerate() {
        if cuts.contains(&at) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// [`display`] with the middle hidden, for lists that many eyes see: `0912 ••• 678`. Of anything unrecognised only the
/// last three letters show, of a text that short none.
#[must_use]
pub fn masked(number: &str) -> String {
    let shown = display(number);
    let groups: Vec<&str> = shown.split(' ').collect();
    if let [first, middle, last] = groups.as_slice()
        && shown != number
    {
        return format!("{first} {} {last}", "•".repeat(middle.len()));
    }
    let letters: Vec<char> = number.chars().collect();
    let open = letters.len().checked_sub(3).filter(|hidden| *hidden > 0);
    let hidden = open.unwrap_or(letters.len());
    let mask = std::iter::repeat_n('•', hidden);
    mask.chain(letters.into_iter().skip(hidden)).collect()
}

/// Digits from 0, with `+84`, `84`, spaces, dots, dashes and brackets taken away.
fn national(text: &str) -> Option<String> {
    let mut digits = String::new();
    for c in text.trim().chars() {
        match c {
            '0'..='9' => digits.push(c),
            '+' if digits.is_empty() => {}
            ' ' | '\u{a0}' | '.' | '-' | '(' | ')' => {}
            _ => return None,
        }
    }
    match digits.strip_prefix("84") {
        Some(rest) if digits.len() >= 11 => {
            Some(format!("0{}", rest.strip_prefix('0').unwrap_or(rest)))
        }
        _ => digits.starts_with('0').then_some(digits),
    }
}

fn line(national: &str) -> Option<Line> {
    let mut digits = national.bytes().skip(1);
    let pair = (digits.next()?, digits.next()?);
    let mobile = match pair.0 {
        b'3' => matches!(pair.1, b'2'..=b'9'),
        b'5' => matches!(pair.1, b'2' | b'5' | b'6' | b'8' | b'9'),
        b'7' => matches!(pair.1, b'0' | b'6'..=b'9'),
        b'8' => matches!(pair.1, b'1'..=b'9'),
        b'9' => matches!(pair.1, b'0'..=b'4' | b'6'..=b'9'),
        _ => false,
    };
    match national.len() {
        10 if mobile => Some(Line::Mobile),
        11 if pair.0 == b'2' && pair.1 != b'0'
            || national.len() == 11 && national.starts_with("020") =>
        {
            Some(Line::Fixed)
        }
        _ => None,
    }
}

const OLD_MOBILES: &[(&str, &str)] = &[
    ("0120", "070"),
    ("0121", "079"),
    ("0122", "077"),
    ("0123", "083"),
    ("0124", "084"),
    ("0125", "085"),
    ("0126", "076"),
    ("0127", "081"),
    ("0128", "078"),
    ("0129", "082"),
    ("0162", "032"),
    ("0163", "033"),
    ("0164", "034"),
    ("0165", "035"),
    ("0166", "036"),
    ("0167", "037"),
    ("0168", "038"),
    ("0169", "039"),
    ("0186", "056"),
    ("0188", "058"),
    ("0199", "059"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_shows_how_a_number_begins_and_ends() {
        assert_eq!(masked("+84912345678"), "0912 ••• 678");
        assert_eq!(masked("+842053812345"), "0205 •••• 345");
        assert_eq!(masked("máy của con"), "••••••••con");
        assert_eq!(masked("115"), "•••");
        assert_eq!(masked(""), "");
    }

    #[test]
    fn mobiles_are_stored_as_e164_and_shown_in_groups() {
        for typed in [
            "0912345678",
            "0912 345 678",
            "+84 912.345.678",
            "84912345678",
            "(+84)0912-345-678",
        ] {
            assert_eq!(e164(typed).as_deref(), Some("+84912345678"), "{typed}");
        }
        assert_eq!(display("+84912345678"), "0912 345 678");
    }

    #[test]
    fn every_mobile_prefix_in_use_is_known_and_others_are_not() {
        for prefix in [
            "032", "039", "052", "055", "056", "058", "059", "070", "076", "079", "081", "086",
            "087", "089", "090", "094", "096", "099",
        ] {
            assert!(
                matches!(read(&format!("{prefix}1234567")), Some((_, Line::Mobile))),
                "{prefix}"
            );
        }
        for prefix in [
            "030", "031", "050", "054", "071", "080", "095", "010", "060",
        ] {
            assert_eq!(read(&format!("{prefix}1234567")), None, "{prefix}");
        }
    }

    #[test]
    fn fixed_lines_have_eleven_digits() {
        assert_eq!(
            read("0205 3812 345"),
            Some(("+842053812345".into(), Line::Fixed))
        );
        assert_eq!(
            read("024 3825 1234"),
            Some(("+842438251234".into(), Line::Fixed))
        );
        assert_eq!(display("+842438251234"), "024 3825 1234");
        assert_eq!(display("02053812345"), "0205 3812 345");
        assert_eq!(read("0243825123"), None);
    }

    #[test]
    fn an_old_eleven_digit_mobile_is_offered_its_new_number() {
        assert_eq!(e164("01681234567"), None);
        assert_eq!(modern("0168 123 4567").as_deref(), Some("+84381234567"));
        assert_eq!(modern("0120 123 4567").as_deref(), Some("+84701234567"));
        assert_eq!(modern("0199 123 4567").as_deref(), Some("+84591234567"));
        assert_eq!(modern("0912345678"), None);
    }

    #[test]
    fn what_is_no_number_stays_as_typed() {
        for typed in ["", "không có", "12345", "0912 345", "09123456789012", "84"] {
            assert_eq!(read(typed), None, "{typed}");
        }
        assert_eq!(display("máy con trai"), "máy con trai");
    }
}
