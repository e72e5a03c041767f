//! Words that do not belong in a tracked file: unfinished work, empty names, paths of one person's machine.

use std::path::Path;

use crate::command;
use crate::step::Problems;

/// Marks of unfinished work, as whole words. Written in two halves, so that this file is not its own finding.
const UNFINISHED: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("to", "do!"),
    concat!("unimple", "mented!"),
];

/// Places that exist on one machine only, and the folder of notes that is not part of the repository.
const PLACES: &[&str] = &[
    concat!("/ro", "ot/"),
    concat!("/wo", "rk/"),
    concat!("/tm", "p/wt"),
    concat!("/ho", "me/"),
    concat!("..", "/shared"),
];

/// Words that name nothing of the field, with how they look inside `CamelCase` and `snake_case` names.
const EMPTY_NAMES: &[&str] = &["Manager", "Service", "Helper", "Helpers", "Util", "Utils"];

/// Words before a name that makes a type or a module.
const MAKERS: &[&str] = &[
    "struct",
    "enum",
    "trait",
    "type",
    "mod",
    "union",
    "class",
    "interface",
];

pub(super) fn check(root: &Path) -> anyhow::Result<Problems> {
    let mut problems = Vec::new();
    for path in command::tracked(root)? {
        problems.extend(in_path(&path));
        if path.ends_with(".lock") || path.ends_with("package-lock.json") {
            continue;
        }
        // What is no UTF-8 (icons, fixtures) holds no words.
        if let Ok(text) = std::fs::read_to_string(root.join(&path)) {
            problems.extend(in_text(&path, &text));
        }
    }
    Ok(problems)
}

fn in_path(path: &str) -> Option<String> {
    let stem = path.rsplit('/').next()?.split('.').next()?;
    let code = [".rs", ".ts", ".svelte"]
        .iter()
        .any(|end| path.ends_with(end));
    (code && is_empty_name(stem)).then(|| format!("{path}: a file is named after what it is about"))
}

fn in_text(path: &str, text: &str) -> Problems {
    let mut problems = Vec::new();
    let code = [".rs", ".ts", ".svelte"]
        .iter()
        .any(|end| path.ends_with(end));
    for (index, line) in text.lines().enumerate() {
        let place = format!("{path}:{}", index + 1);
        for word in UNFINISHED.iter().filter(|word| holds_word(line, word)) {
            problems.push(format!("{place} says `{word}`: finish it or leave it out"));
        }
        for word in PLACES.iter().filter(|word| line.contains(*word)) {
            problems.push(format!(
                "{place} names `{word}`, which is not part of the repository"
            ));
        }
        if code && let Some(name) = made_name(line).filter(|name| is_empty_name(name)) {
            problems.push(format!("{place} makes `{name}`: take the field's own noun"));
        }
    }
    problems
}

/// Whether the word stands alone: no letter, digit or `_` on either side.
fn holds_word(line: &str, word: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|part| part.chars().next_back());
        let after = line
            .get(at + word.len()..)
            .and_then(|part| part.chars().next());
        !before.is_some_and(joins) && (word.ends_with('!') || !after.is_some_and(joins))
    })
}

/// The name a line makes: `pub(crate) struct Visit<T>` makes `Visit`. Lines of comment make none.
fn made_name(line: &str) -> Option<&str> {
    let line = line.trim_start();
    // `type Service = …;` inside an impl gives a library's trait its own word back.
    if line.starts_with("//") || line.starts_with('*') || line.starts_with("type Service =") {
        return None;
    }
    let mut words = line.split_whitespace();
    while let Some(word) = words.next() {
        if MAKERS.contains(&word) {
            return words
                .next()?
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .next();
        }
        let leads = word.starts_with("pub")
            || ["export", "default", "abstract", "declare", "unsafe"].contains(&word);
        if !leads {
            return None;
        }
    }
    None
}

fn is_empty_name(name: &str) -> bool {
    let snake = name.split('_').any(|part| {
        EMPTY_NAMES
            .iter()
            .any(|empty| part.eq_ignore_ascii_case(empty))
    });
    let camel = EMPTY_NAMES.iter().any(|empty| {
        name.match_indices(empty).any(|(at, _)| {
            !name
                .get(at + empty.len()..)
                .and_then(|rest| rest.chars().next())
                .is_some_and(char::is_lowercase)
        })
    });
    snake || camel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_work_is_found_and_a_longer_word_is_not() {
        let mark = concat!("TO", "DO");
        assert_eq!(in_text("a.md", &format!("fine\n{mark}: later")).len(), 1);
        assert!(in_text("a.md", &format!("{mark}S and max{mark}")).is_empty());
        assert_eq!(in_text("a.rs", concat!("    to", "do!()")).len(), 1);
    }

    #[test]
    fn a_type_that_names_nothing_is_found_and_a_foreign_one_may_be_used() {
        assert_eq!(
            in_text("a.rs", concat!("pub(crate) struct Sync", "Manager {")).len(),
            1
        );
        assert_eq!(in_text("a.rs", concat!("mod text_ut", "ils;")).len(), 1);
        assert_eq!(
            in_text("a.ts", concat!("export class Form", "Helper {")).len(),
            1
        );
        assert!(in_text("a.rs", "use tower::Service;").is_empty());
        assert!(in_text("a.rs", "pub struct Utility; // a Utility is no Util").is_empty());
        assert!(in_path(concat!("ui/src/ut", "ils.ts")).is_some());
        assert!(in_path("docs/services.md").is_none());
    }

    #[test]
    fn a_path_of_somebody_s_machine_is_found() {
        assert_eq!(
            in_text("a.toml", concat!("dir = \"/ho", "me/lan/x\"")).len(),
            1
        );
        assert!(in_text("a.toml", "dir = \"crates/domain\"").is_empty());
    }
}
