//! Sort keys in Vietnamese order, as bytes that a database compares: every copy lists people alike.

use crate::text::one_line;
use icu_collator::options::{CollatorOptions, Strength};
use icu_collator::{Collator, CollatorBorrowed};
use icu_locale_core::locale;
use std::sync::OnceLock;

/// First byte of every key. A new collation table gets a new number, and keys of another number are rebuilt.
pub const VERSION: u8 = 1;

/// Key of a plain text (a village, a product).
#[must_use]
pub fn text_key(text: &str) -> Vec<u8> {
    let mut key = vec![VERSION];
    push(&one_line(text), &mut key);
    key
}

/// Key of a person's name: given name (last word), then family name, then the words between, as lists are kept.
#[must_use]
pub fn person_key(name: &str) -> Vec<u8> {
    let name = one_line(name);
    let (before, given) = name.rsplit_once(' ').unwrap_or(("", &name));
    let (family, middle) = before.split_once(' ').unwrap_or((before, ""));
    let mut key = vec![VERSION];
    for (at, part) in [given, family, middle].into_iter().enumerate() {
        if at > 0 {
            key.push(0); // below every byte of a collation key: a shorter name comes first
        }
        push(part, &mut key);
    }
    key
}

/// Key of an ISO day: the newest first; records without a readable day come before all, to be seen.
#[must_use]
pub fn day_key(day: &str) -> Vec<u8> {
    let mut key = vec![VERSION];
    key.extend(day.bytes().map(|b| {
        if b.is_ascii_digit() {
            b'0' + b'9' - b
        } else {
            b
        }
    }));
    key
}

fn push(text: &str, key: &mut Vec<u8>) {
    static COLLATOR: OnceLock<Option<CollatorBorrowed<'static>>> = OnceLock::new();
    let collator = COLLATOR.get_or_init(|| {
        let mut options = CollatorOptions::default();
        options.strength = Some(Strength::Tertiary);
        Collator::try_new(locale!("vi").into(), options).ok()
    });
    match collator {
        Some(collator) => {
            let Ok(()) = collator.write_sort_key_to(text, key);
        }
        None => key.extend_from_slice(text.to_lowercase().as_bytes()), // the table is compiled in; never reached
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(mut names: Vec<&str>, key: fn(&str) -> Vec<u8>) -> Vec<&str> {
        names.reverse();
        names.sort_by_key(|name| key(name));
        names
    }

    #[test]
    fn letters_come_in_vietnamese_order() {
        let order = "a ă â b c d đ e ê g h i k l m n o ô ơ p q r s t u ư v x y";
        let letters: Vec<&str> = order.split(' ').collect();
        assert_eq!(sorted(letters.clone(), text_key), letters);
        assert_eq!(
            sorted(vec!["Dương", "Đạt", "Em", "Ý"], text_key),
            ["Dương", "Đạt", "Em", "Ý"]
        );
    }

    #[test]
    fn tones_come_after_letters_in_their_order() {
        let tones = vec!["ma", "mà", "mả", "mã", "má", "mạ"];
        assert_eq!(sorted(tones.clone(), text_key), tones);
        assert_eq!(sorted(vec!["má", "mai"], text_key), ["má", "mai"]);
    }

    #[test]
    fn people_are_listed_by_given_name() {
        let people = vec![
            "Đào Thị An",
            "Nguyễn Văn An",
            "H'Mai",
            "Vừ Thị Mỷ",
            "Giàng A Páo",
            "Lò Văn Páo",
        ];
        assert_eq!(sorted(people.clone(), person_key), people);
    }

    #[test]
    fn family_name_counts_before_the_middle_name() {
        assert!(person_key("Lò Xuân Páo") < person_key("Vừ A Páo"));
        assert!(person_key("Páo") < person_key("Lò Páo"));
        assert!(person_key("Lò Páo") < person_key("Lò A Páo"));
    }

    #[test]
    fn unicode_form_and_apostrophe_do_not_move_anyone() {
        assert_eq!(person_key("Ho\u{300}a"), person_key("Hòa"));
        assert_eq!(person_key("Ksor H’Mai"), person_key("Ksor H'Mai"));
        assert_eq!(text_key("").first(), Some(&VERSION));
    }

    #[test]
    fn the_newest_visit_is_listed_first() {
        let days = vec!["", "2026-11-24", "2026-11-09", "2025-12-31"];
        assert_eq!(sorted(days.clone(), day_key), days);
    }
}
