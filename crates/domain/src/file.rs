//! Names of files (photos, papers): what a file holds decides its name, so that the same file has one name on every
//! copy, a changed one cannot pass for it, and a name tells nothing to whoever does not hold the space.

use crate::id::SpaceId;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeSet;
use std::{fmt, str::FromStr};

/// Purpose of the key under which the names of a space are made.
const PURPOSE: &str = "toso 2026 file name v1";
/// RFC 4648 base 32 in lower case: a fit name for a file everywhere, and short enough for a key (`photo/` and 52).
const DIGITS: &str = "abcdefghijklmnopqrstuvwxyz234567";
/// Characters of a name.
const LENGTH: usize = 52;

/// Name of one file of one space: BLAKE3, keyed by the space, over its plain bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileHash(pub [u8; 32]);

impl FileHash {
    /// The name of `bytes` in `space`.
    #[must_use]
    pub fn of(space: SpaceId, bytes: &[u8]) -> Self {
        let key = blake3::derive_key(PURPOSE, space.as_bytes());
        Self(*blake3::keyed_hash(&key, bytes).as_bytes())
    }

    /// Bit `at` of the name, counted from the first; zero past the end.
    fn bit(&self, at: usize) -> usize {
        let byte = self.0.get(at / 8).copied().unwrap_or(0);
        usize::from(byte >> (7 - at % 8) & 1)
    }
}

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for digit in 0..LENGTH {
            let value = (0..5).fold(0, |value, bit| value << 1 | self.bit(digit * 5 + bit));
            f.write_str(DIGITS.get(value..=value).unwrap_or_default())?;
        }
        Ok(())
    }
}

impl fmt::Debug for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Names of files in bytes that hold a record's keys letter by letter (`photo/` and a name, `minutes/` and a name), as a
/// raw change does. Nothing is parsed, so that one that was never judged can be looked at too. Another text of that shape
/// is taken for a name as well: names of files that are nowhere.
#[must_use]
pub fn named_in(raw: &[u8]) -> BTreeSet<FileHash> {
    let mut names = BTreeSet::new();
    for (at, _) in raw.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
        let name = raw.get(at + 1..at + 1 + LENGTH);
        let name = name.and_then(|name| std::str::from_utf8(name).ok());
        names.extend(name.and_then(|name| name.parse::<FileHash>().ok()));
    }
    names
}

/// A text is no name of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no name of a file")]
pub struct NoName;

impl FromStr for FileHash {
    type Err = NoName;

    fn from_str(text: &str) -> Result<Self, NoName> {
        let mut out = [0_u8; 32];
        for (digit, letter) in text.chars().enumerate() {
            let value = DIGITS.find(letter).ok_or(NoName)?;
            for bit in 0..5 {
                let at = digit * 5 + bit;
                let one = value >> (4 - bit) & 1 == 1;
                match out.get_mut(at / 8) {
                    Some(byte) if one => *byte |= 1 << (7 - at % 8),
                    None if one => return Err(NoName),
                    _ => {}
                }
            }
        }
        let hash = Self(out);
        // One spelling a name: what is too short or long is none.
        if text.len() == LENGTH {
            Ok(hash)
        } else {
            Err(NoName)
        }
    }
}

impl Serialize for FileHash {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FileHash {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for FileHash {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "FileHash".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[a-z2-7]{52}$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_follows_from_space_and_bytes_fits_into_a_key_and_reads_back() {
        let (one, two) = (SpaceId::from_bytes([1; 16]), SpaceId::from_bytes([2; 16]));
        let name = FileHash::of(one, b"a photo");
        assert_eq!(name, FileHash::of(one, b"a photo"));
        assert_ne!(name, FileHash::of(two, b"a photo"));
        assert_ne!(name, FileHash::of(one, b"a photO"));
        let text = name.to_string();
        assert!(format!("photo/{text}").len() <= 64);
        assert_eq!(text.parse::<FileHash>(), Ok(name));
        for hash in [[0; 32], [255; 32], [0x5a; 32]].map(FileHash) {
            assert_eq!(hash.to_string().parse::<FileHash>(), Ok(hash));
        }
    }

    /// The vector of docs/protocol.md; made by another implementation of BLAKE3.
    #[test]
    fn a_name_is_what_the_protocol_says() {
        let name = FileHash::of(SpaceId::from_bytes([0x7e; 16]), b"toso");
        let written = "dl7h23vngjd5df5q6gup3vkqer6nzpw2jiuypxiyf6zyz6su5kmq";
        assert_eq!(name.to_string(), written);
        let protocol = include_str!("../../../docs/protocol.md");
        assert!(protocol.contains(written));
    }

    #[test]
    fn names_are_found_where_keys_stand_in_bytes() {
        let (one, two) = (FileHash([1; 32]), FileHash([2; 32]));
        let raw = format!("\u{1}photo/{one}\u{2}minutes/{two}photo/abc note/");
        assert_eq!(named_in(raw.as_bytes()), BTreeSet::from([one, two]));
        assert!(named_in(b"photo/").is_empty() && named_in(&[b'/'; 60]).is_empty());
    }

    #[test]
    fn a_name_has_one_spelling() {
        let text = FileHash([255; 32]).to_string();
        let (short, long) = (&text[1..], format!("{text}a"));
        // The last digit holds one bit of the name and four that must be zero.
        let loose = format!("{}7", &text[..LENGTH - 1]);
        for bad in [
            short,
            &long,
            &loose,
            &text.to_uppercase(),
            "../../hub.key",
            "",
        ] {
            assert_eq!(bad.parse::<FileHash>(), Err(NoName), "{bad}");
        }
    }
}
