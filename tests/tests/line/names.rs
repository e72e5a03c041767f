//! Stable names for what differs from run to run: ids, keys, codes, times, ports, folders.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Fields that count bytes or milliseconds of this very run, or follow from its keys.
const MEASURED: [&str; 10] = [
    "all",
    "backup",
    "bytes",
    "bytes_down",
    "bytes_up",
    "clock_error_ms",
    "database",
    "free",
    "id_tag",
    "waiting_bytes",
];

/// What was named, and how often each kind of thing was.
#[derive(Debug, Default)]
pub struct Names {
    known: BTreeMap<String, String>,
    counts: BTreeMap<&'static str, usize>,
}

impl Names {
    /// Gives `actual` a name of its own, in angle brackets.
    pub fn know(&mut self, actual: &str, name: &str) {
        if !actual.is_empty() {
            self.known.insert(actual.to_owned(), name.to_owned());
        }
    }

    fn next(&mut self, kind: &'static str, actual: &str) -> String {
        if let Some(name) = self.known.get(actual) {
            return name.clone();
        }
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        let name = format!("<{kind}-{count}>");
        self.known.insert(actual.to_owned(), name.clone());
        name
    }

    /// A text with everything replaced.
    pub fn text(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        let mut known: Vec<(String, String)> = self
            .known
            .iter()
            // Words are replaced whole, below: six digits may stand in the middle of a key.
            .filter(|(actual, _)| {
                !actual
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            })
            .map(|(actual, name)| (actual.clone(), name.clone()))
            .collect();
        known.sort_by_key(|(actual, _)| std::cmp::Reverse(actual.len()));
        for (actual, name) in known {
            text = text.replace(&actual, &name);
        }
        let mut out = String::new();
        let mut word = String::new();
        for c in text.chars().chain(['\n']) {
            if c.is_ascii_alphanumeric() || c == '-' {
                word.push(c);
                continue;
            }
            out.push_str(&self.word(&std::mem::take(&mut word)));
            out.push(c);
        }
        out.pop();
        out
    }

    fn word(&mut self, word: &str) -> String {
        if let Some(name) = self.known.get(word) {
            return name.clone();
        }
        let hex = |text: &str| {
            text.bytes()
                .all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
        };
        let lengths: Vec<usize> = word.split('-').map(str::len).collect();
        let all_hex = !word.is_empty() && word.split('-').all(hex);
        // Days the story states lie in 2025; later ones are the day it is told on.
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if lengths == [4, 2, 2] && word.split('-').all(digits) && !word.starts_with("2025") {
            return "<day>".to_owned();
        }
        let base32 = |b: u8| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b);
        if all_hex && lengths == [8, 4, 4, 4, 12] {
            return self.next("id", word);
        }
        match word.len() {
            13 if word.starts_with('1') && word.bytes().all(|b| b.is_ascii_digit()) => {
                "<time>".to_owned()
            }
            52 if word.bytes().all(base32) => self.next("file", word),
            64 if all_hex => self.next("key", word),
            32 if all_hex => self.next("head", word),
            65.. if all_hex => self.next("place", word),
            _ => word.to_owned(),
        }
    }

    /// An answer with everything replaced.
    pub fn value(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.text(text).into(),
            Value::Number(n) => match n.as_i64() {
                Some(time) if (1_600_000_000_000..10_000_000_000_000).contains(&time) => {
                    "<time>".into()
                }
                _ => value.clone(),
            },
            Value::Array(list) => list.iter().map(|item| self.value(item)).collect(),
            Value::Object(fields) => {
                let mut out = Map::new();
                for (name, field) in fields {
                    let field = match (name.as_str(), field) {
                        (name, Value::Number(_)) if MEASURED.contains(&name) => "<n>".into(),
                        ("rev", Value::String(rev)) => self.next("rev", rev).into(),
                        ("check_number", Value::String(n)) if !n.is_empty() => "<check>".into(),
                        _ => self.value(field),
                    };
                    out.insert(self.text(name), field);
                }
                Value::Object(out)
            }
            other => other.clone(),
        }
    }
}

#[test]
fn the_same_thing_has_the_same_name_wherever_it_stands() {
    let mut names = Names::default();
    let id = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";
    names.know("K7QX2M9A0BCDE", "<code>");
    let value =
        serde_json::json!({ "id": id, "at": 1_790_816_400_000_i64, "rev": "0011223344556677" });
    let shown = names.value(&value);
    assert_eq!(
        shown,
        serde_json::json!({ "id": "<id-1>", "at": "<time>", "rev": "<rev-1>" })
    );
    let text = format!("toso:1?c=K7QX2M9A0BCDE&a={}&r={id}", "ab".repeat(32));
    assert_eq!(names.text(&text), "toso:1?c=<code>&a=<key-1>&r=<id-1>");
    assert_eq!(
        names.text("rev 0011223344556677, day 2025-06-01, now 2031-01-02"),
        "rev <rev-1>, day 2025-06-01, now <day>"
    );
}
