//! Vietnamese text: one stored form, a fold for search, a form for equality, a weaker fold for guessing duplicates.
//!
//! SQLite's own folding is not enough: it leaves `đ` alone and lower-cases ASCII only, so search runs on [`fold`].

use unicode_normalization::UnicodeNormalization;

/// The one stored form of text: NFC, without control characters (line feed and tab stay) and without zero-width
/// marks that come along when text is copied from a chat.
#[must_use]
pub fn nfc(text: &str) -> String {
    text.nfc()
        .filter(|c| (!c.is_control() || matches!(c, '\n' | '\t')) && !zero_width(*c))
        .collect()
}

/// Stored form of a one-line answer: [`nfc`], runs of white space made one space, ends trimmed, every apostrophe `'`
/// (H’Mai and H'Mai are one name).
#[must_use]
pub fn one_line(text: &str) -> String {
    let text: String = nfc(text)
        .chars()
        .map(|c| if apostrophe(c) { '\'' } else { c })
        .collect();
    collapse(&text)
}

/// What search compares: lower case, marks stripped, đ→d, apostrophes dropped, white space collapsed.
/// "Đào Thị H’Mai" and "dao thi hmai" fold alike.
#[must_use]
pub fn fold(text: &str) -> String {
    let folded: String = text
        .nfd()
        .filter(|c| !mark(*c) && !apostrophe(*c) && !zero_width(*c))
        .flat_map(char::to_lowercase)
        .filter(|c| !mark(*c))
        .map(|c| match c {
            'đ' | 'ð' => 'd', // ð is what some keyboards and old files give for đ
            'ƀ' => 'b',       // Ê Đê, Ba Na
            c => c,
        })
        .collect();
    collapse(&folded)
}

/// [`fold`] with y and i made one (Lý/Lí, Mỹ/Mĩ): only for guessing duplicates, never stored as anyone's name.
#[must_use]
pub fn weak_fold(text: &str) -> String {
    fold(text).replace('y', "i")
}

/// NFC with the tone of open `oa`, `oe`, `uy` on the second vowel, so that both school rules compare equal
/// (hòa = hoà, khỏe = khoẻ, thủy = thuỷ). Case is kept.
#[must_use]
pub fn tone_normal(text: &str) -> String {
    let letters: Vec<char> = text.nfd().map(|c| if c == 'Ð' { 'Đ' } else { c }).collect();
    let mut out = Vec::with_capacity(letters.len());
    let mut rest = letters.as_slice();
    while let Some((&first, after)) = rest.split_first() {
        if let [tone, second, tail @ ..] = after
            && is_tone(*tone)
            && open_pair(first, *second)
            && tail.first().is_none_or(|c| !c.is_alphabetic() && !mark(*c))
        {
            out.extend([first, *second, *tone]);
            rest = tail;
        } else {
            out.push(first);
            rest = after;
        }
    }
    out.into_iter().nfc().collect()
}

/// What tells two names apart: [`tone_normal`], lower case, one kind of space, no apostrophes; marks stay, so
/// "Lan" and "Lân" differ here though they fold alike.
#[must_use]
pub fn name_key(name: &str) -> String {
    let name: String = tone_normal(name)
        .chars()
        .filter(|c| !apostrophe(*c) && !zero_width(*c))
        .flat_map(char::to_lowercase)
        .collect();
    collapse(&name)
}

/// True when both texts are the same to a reader: case, tone placement, apostrophes, spaces and Unicode form aside.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    name_key(a) == name_key(b)
}

fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Diacritics of Latin letters. Vowel signs of other scripts (Khmer) are letters to their readers and stay.
fn mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}')
}

fn is_tone(c: char) -> bool {
    matches!(c, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}')
}

fn open_pair(first: char, second: char) -> bool {
    matches!(
        (first.to_ascii_lowercase(), second.to_ascii_lowercase()),
        ('o', 'a' | 'e') | ('u', 'y')
    )
}

fn apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '`' | '´')
}

fn zero_width(c: char) -> bool {
    matches!(
        c,
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nfd_from_a_mac_is_stored_as_nfc() {
        let typed = "Ho\u{300}a"; // what an iPhone or an Excel file from a Mac gives
        assert_ne!(typed, "Hòa");
        assert_eq!(nfc(typed), "Hòa");
    }

    #[test]
    fn d_with_stroke_is_found_by_d() {
        assert_eq!(fold("Đào"), "dao");
        assert_eq!(fold("ĐÀO"), fold("đào"));
        assert_eq!(fold("Ðức"), "duc"); // the look-alike eth
    }

    #[test]
    fn both_tone_placements_are_equal() {
        for (old, new) in [
            ("hòa", "hoà"),
            ("Hòa Bình", "Hoà Bình"),
            ("khỏe", "khoẻ"),
            ("Thủy", "Thuỷ"),
            ("THÚY", "THUÝ"),
            ("xã Hóa Quỳ", "xã Hoá Quỳ"),
        ] {
            assert_ne!(nfc(old), nfc(new));
            assert_eq!(tone_normal(old), tone_normal(new), "{old}");
            assert!(same(old, new));
        }
    }

    #[test]
    fn closed_syllables_and_other_words_are_left_alone() {
        for word in [
            "hoàn", "ngoài", "huỳnh", "của", "Huế", "Páo", "quý", "mùa", "òa",
        ] {
            assert_eq!(
                tone_normal(word).to_lowercase(),
                if word == "òa" {
                    "oà".into()
                } else {
                    nfc(word).to_lowercase()
                }
            );
        }
    }

    #[test]
    fn i_and_y_meet_only_in_the_weak_fold() {
        assert_ne!(fold("Lý"), fold("Lí"));
        assert_eq!(weak_fold("Lý Mỹ"), weak_fold("Lí Mĩ"));
        assert!(!same("Lý", "Lí"));
    }

    #[test]
    fn lower_case_is_not_only_ascii() {
        assert_eq!(fold("NGUYỄN VĂN Ánh"), "nguyen van anh");
        assert_eq!(name_key("ĐÀO"), name_key("đào"));
    }

    #[test]
    fn apostrophe_names_are_one_name_however_typed() {
        assert_eq!(one_line("H’Mai"), "H'Mai");
        for typed in ["H'Mai", "H’Mai", "HʼMai", "hmai"] {
            assert_eq!(fold(typed), "hmai");
        }
        assert_eq!(fold("Ksor H'Thoan"), "ksor hthoan");
        assert_eq!(fold("B’Lao, M'Drắk"), "blao, mdrak");
        assert_eq!(fold("Rơ Châm Dih"), "ro cham dih");
    }

    #[test]
    fn partial_unmarked_syllables_find_the_name() {
        assert!(fold("Vừ Thị Mỷ").contains(&fold("thi m")));
        assert_eq!(fold("  Giàng   A\tPáo "), "giang a pao");
    }

    #[test]
    fn upper_case_from_a_card_is_kept_but_compares_equal() {
        assert_eq!(one_line("NGUYỄN VĂN A"), "NGUYỄN VĂN A");
        assert!(same("NGUYỄN VĂN A", "Nguyễn Văn A"));
        assert!(!same("Lan", "Lân"));
    }

    #[test]
    fn one_word_names_and_copied_invisibles_are_fine() {
        assert_eq!(one_line("\u{feff}Páo\u{200b}\u{7}"), "Páo");
        assert_eq!(nfc("dòng một\ndòng hai"), "dòng một\ndòng hai");
        assert_eq!(fold(""), "");
    }

    #[test]
    fn khmer_vowels_survive_the_fold() {
        assert_eq!(fold("ភាសាខ្មែរ"), "ភាសាខ្មែរ");
    }
}
