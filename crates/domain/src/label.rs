//! Words in both languages for kinds, fields, errors and calls. Catalogs bring their own (see [`crate::catalog`]).

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Vietnamese first, English second.
pub const LANGUAGES: [&str; 2] = ["vi", "en"];

/// All labels of a language, by key (`kind.visit`, `visit.day`, `error.gap.message` …). Empty for another language.
#[must_use]
pub fn all(language: &str) -> &'static BTreeMap<String, String> {
    static VI: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    static EN: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    static NONE: BTreeMap<String, String> = BTreeMap::new();
    let read = |json: &str| serde_json::from_str(json).unwrap_or_default();
    match language {
        "vi" => VI.get_or_init(|| read(include_str!("../labels/vi.json"))),
        "en" => EN.get_or_init(|| read(include_str!("../labels/en.json"))),
        _ => &NONE,
    }
}

/// One label.
#[must_use]
pub fn find(language: &str, key: &str) -> Option<&'static str> {
    all(language).get(key).map(String::as_str)
}

/// Keys the kinds, fields, measures and problems need.
#[must_use]
pub fn needed() -> Vec<String> {
    let mut keys = Vec::new();
    for kind in crate::record::KINDS {
        keys.push(format!("kind.{}", kind.name));
        for field in crate::schema::fields(kind.name) {
            let owner = if field.common { "common" } else { kind.name };
            keys.push(format!("{owner}.{}", field.name));
            keys.extend(field.unit.iter().map(|unit| format!("measure.{unit}")));
        }
    }
    let problems = crate::schema::PROBLEMS.iter();
    keys.extend(problems.map(|code| format!("problem.{code}")));
    keys.sort();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_label_is_missing_or_unused_in_either_language() {
        let needed: BTreeSet<String> = needed().into_iter().collect();
        for language in LANGUAGES {
            let there: BTreeSet<String> = all(language)
                .keys()
                .filter(|k| !k.starts_with("error.") && !k.starts_with("call."))
                .cloned()
                .collect();
            let missing: Vec<_> = needed.difference(&there).collect();
            let unused: Vec<_> = there.difference(&needed).collect();
            assert!(
                missing.is_empty() && unused.is_empty(),
                "{language}: missing {missing:?}, unused {unused:?}"
            );
            assert!(all(language).values().all(|text| !text.trim().is_empty()));
        }
    }
}
