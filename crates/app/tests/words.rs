//! Every code that any crate can answer has words in both languages.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use toso_domain::label;

/// What stands before a code in the sources.
const BEFORE: &[&str] = &[
    "CallError::new(\"",
    "Fault::new(\"",
    "Failure::new(\"",
    "HubError::new(\"",
    "HubError::with(\"",
    "Refusal::new(\"",
    "bad(\"",
    "code: \"",
    "Cow::Borrowed(\"",
    "ShelfError::new(\"",
    "Outcome::not(\"",
    "Self::not(\"",
    "Ok(Some(\"",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn codes() -> BTreeSet<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for name in ["app", "store", "sync", "hub", "domain"] {
        sources(&crates.join(name).join("src"), &mut files);
    }
    let mut codes = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        // Tests below the code make up codes of their own.
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let mut take = |code: &str| {
            let plain = |b: u8| b.is_ascii_lowercase() || b == b'_';
            if !code.is_empty() && code.bytes().all(plain) {
                codes.insert(code.to_owned());
            }
        };
        for before in BEFORE {
            for after in text.split(before).skip(1) {
                take(after.split('"').next().unwrap());
            }
        }
        if file.ends_with("store/src/error.rs") {
            for line in text.lines().filter(|line| line.contains("Self::")) {
                let code = line.split("=> \"").nth(1).and_then(|c| c.split('"').next());
                code.into_iter().for_each(&mut take);
            }
        }
    }
    codes
}

#[test]
fn no_code_is_without_words_in_vietnamese_and_english() {
    let codes = codes();
    assert!(codes.len() > 60 && codes.contains("pin_wrong") && codes.contains("field_changed"));
    let mut missing = Vec::new();
    for code in &codes {
        for language in label::LANGUAGES {
            for part in ["message", "hint"] {
                let key = format!("error.{code}.{part}");
                if label::find(language, &key).is_none() {
                    missing.push(format!("{language} {key}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_code_of_a_newer_hub_is_told_with_itself() {
    let words = toso_app::registry::words("brand_new");
    assert!(words.message.contains("brand_new") && !words.hint.is_empty());
    assert!(words.message_en.contains("brand_new") && !words.hint_en.is_empty());
}
