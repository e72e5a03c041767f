//! Looking for texts in bytes, in all the forms a program may have written them in.

use crate::canary::Canary;
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use toso_domain::text::{fold, nfc};

/// Letters cut off in front: an index of words writes only where a word begins to differ from the one before.
const FRONT: usize = 2;
/// Bytes read at a time.
const PIECE: usize = 1 << 16;

struct Needle {
    whose: &'static str,
    form: String,
    bytes: Vec<u8>,
}

/// Everything looked for, found by its first two bytes.
pub struct Needles {
    all: Vec<Needle>,
    by_start: Vec<Vec<usize>>,
    longest: usize,
}

/// Something that should not be there.
#[derive(Debug)]
pub struct Found {
    pub file: String,
    pub whose: &'static str,
    pub form: String,
    at: u64,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} at {}: {} {}",
            self.file, self.at, self.whose, self.form
        )
    }
}

impl Needles {
    pub fn of(people: &[Canary]) -> Self {
        let mut all = BTreeMap::new();
        for person in people {
            for text in person.texts() {
                for (form, text) in forms(&text) {
                    let text: String = text.chars().skip(FRONT).collect();
                    let wide: Vec<u16> = text.encode_utf16().collect();
                    let little = wide.iter().flat_map(|unit| unit.to_le_bytes()).collect();
                    let big = wide.iter().flat_map(|unit| unit.to_be_bytes()).collect();
                    let written = [
                        ("UTF-8", text.into_bytes()),
                        ("UTF-16LE", little),
                        ("UTF-16BE", big),
                    ];
                    for (code, bytes) in written {
                        all.entry(bytes)
                            .or_insert_with(|| (person.whose, format!("{form} {code}")));
                    }
                }
            }
        }
        let all: Vec<Needle> = all
            .into_iter()
            .map(|(bytes, (whose, form))| Needle { whose, form, bytes })
            .collect();
        let mut by_start = vec![Vec::new(); 1 << 16];
        for (n, needle) in all.iter().enumerate() {
            by_start[start(&needle.bytes)].push(n);
        }
        let longest = all.iter().map(|needle| needle.bytes.len()).max().unwrap();
        Self {
            all,
            by_start,
            longest,
        }
    }

    /// Every form with its bytes.
    pub fn bytes(&self) -> Vec<(&str, &[u8])> {
        self.all
            .iter()
            .map(|needle| (needle.form.as_str(), needle.bytes.as_slice()))
            .collect()
    }

    /// What of it stands in these bytes: where, whose, in which form.
    pub fn find(&self, bytes: &[u8]) -> Vec<(usize, &'static str, &str)> {
        let mut found = Vec::new();
        for at in 0..bytes.len().saturating_sub(1) {
            for n in &self.by_start[start(&bytes[at..])] {
                let needle = &self.all[*n];
                if bytes[at..].starts_with(&needle.bytes) {
                    found.push((at, needle.whose, needle.form.as_str()));
                }
            }
        }
        found
    }
}

fn start(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

/// A text as written, lower, upper and without marks, composed and decomposed, and as JSON escapes it.
fn forms(text: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let cases = [
        ("as written", nfc(text)),
        ("lower", nfc(text).to_lowercase()),
        ("upper", nfc(text).to_uppercase()),
        ("folded", fold(text)),
        ("folded upper", fold(text).to_uppercase()),
    ];
    for (case, text) in cases {
        out.push((format!("{case} decomposed"), decomposed(&text)));
        out.push((case.to_owned(), text));
    }
    out
}

/// The decomposed form of Vietnamese letters.
fn decomposed(text: &str) -> String {
    let out: String = text.chars().flat_map(letters).collect();
    assert_eq!(nfc(&out), *text, "decomposed by hand and composed again");
    out
}

fn letters(c: char) -> Vec<char> {
    const MARKS: &[char] = &[
        '\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}', '\u{302}', '\u{306}', '\u{31b}',
    ];
    if c.is_ascii() {
        return vec![c];
    }
    let one = c.to_string();
    for base in ('a'..='z').chain('A'..='Z') {
        for first in MARKS {
            if nfc(&[base, *first].iter().collect::<String>()) == one {
                return vec![base, *first];
            }
            for second in MARKS {
                // In the order of the standard: what hangs below or beside before what stands above.
                let two = [base, *first, *second];
                let right = rank(*first) <= rank(*second);
                if right && nfc(&two.iter().collect::<String>()) == one {
                    return two.to_vec();
                }
            }
        }
    }
    vec![c]
}

fn rank(mark: char) -> u32 {
    match mark {
        '\u{31b}' => 216,
        '\u{323}' => 220,
        _ => 230,
    }
}

/// Looks through every file below a folder: what was found, files and bytes looked at. A name of a file counts, too.
pub fn look(folder: &Path, needles: &Needles) -> (Vec<Found>, u64, u64) {
    let mut found = Vec::new();
    let (mut files, mut bytes) = (0, 0);
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(at).unwrap() {
            let entry = entry.unwrap();
            let path = entry.path();
            let file = path
                .strip_prefix(folder)
                .unwrap()
                .to_string_lossy()
                .into_owned();
            let named = needles.find(file.as_bytes()).into_iter();
            found.extend(named.map(|(at, whose, form)| Found {
                file: format!("the name {file}"),
                whose,
                form: form.to_owned(),
                at: at as u64,
            }));
            if entry.file_type().unwrap().is_dir() {
                folders.push(path);
            } else if entry.file_type().unwrap().is_file() {
                files += 1;
                bytes += search(&path, &file, needles, &mut found);
            }
        }
    }
    (found, files, bytes)
}

fn search(path: &Path, name: &str, needles: &Needles, found: &mut Vec<Found>) -> u64 {
    let mut file = File::open(path).unwrap();
    let (mut held, mut before) = (Vec::new(), 0_u64);
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        let count = file
            .by_ref()
            .take(PIECE as u64)
            .read_to_end(&mut piece)
            .unwrap();
        if count == 0 {
            return before + held.len() as u64;
        }
        held.extend(piece);
        for (at, whose, form) in needles.find(&held) {
            let at = before + at as u64;
            if found
                .iter()
                .any(|f| f.file == name && f.at == at && f.form == form)
            {
                continue;
            }
            found.push(Found {
                file: name.to_owned(),
                whose,
                form: form.to_owned(),
                at,
            });
        }
        // What may have begun at the end of this piece is looked at with the next.
        let keep = held.len().min(needles.longest);
        before += (held.len() - keep) as u64;
        held.drain(..held.len() - keep);
    }
}
