//! The table of outcomes: a name, a scope, and what each identity gets.

use std::collections::{BTreeMap, BTreeSet};

/// Who asks, in the order of the columns.
pub const WHO: [&str; 10] = [
    "nobody", "pending", "member", "lead", "staff", "admin", "leader", "province", "revoked",
    "stranger",
];

/// What is asked for.
pub const SCOPES: [&str; 4] = ["own", "other", "commune", "elsewhere"];

/// The scope of what names nothing anybody holds: it is run once for each identity.
pub const NONE: &str = "-";

/// Outcomes by name, scope and identity.
#[derive(Debug)]
pub struct Table(BTreeMap<(String, &'static str), Vec<String>>);

impl Table {
    /// Lines of `name scope outcome…`; a scope is one of the four, several with commas, `*` for all, `-` for none.
    pub fn read(text: &str) -> Self {
        let mut rows = BTreeMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [name, scopes, outcomes @ ..] = words.as_slice() else {
                assert!(words.is_empty(), "half a row: {line}");
                continue;
            };
            assert_eq!(outcomes.len(), WHO.len(), "columns of: {line}");
            let all: Vec<&'static str> = match *scopes {
                "*" => SCOPES.to_vec(),
                NONE => vec![NONE],
                some => some.split(',').map(scope).collect(),
            };
            for scope in all {
                let row = outcomes.iter().map(|&word| word.to_owned()).collect();
                let twice = rows.insert(((*name).to_owned(), scope), row);
                assert!(twice.is_none(), "{name} {scope} stands twice");
            }
        }
        Self(rows)
    }

    /// Errors: what has no row, what has only some, and rows of what there is not.
    pub fn is_whole(&self, asked: &[String]) -> Result<(), String> {
        let rows: BTreeSet<&String> = self.0.keys().map(|(name, _)| name).collect();
        for name in asked {
            if !rows.contains(name) {
                return Err(format!("no row says who may: {name}"));
            }
            let lacks = |scope: &&&str| !self.0.contains_key(&(name.clone(), **scope));
            let lacks: Vec<&str> = SCOPES.iter().filter(lacks).copied().collect();
            if !lacks.is_empty() && !self.0.contains_key(&(name.clone(), NONE)) {
                return Err(format!("{name}: no row for {}", lacks.join(", ")));
            }
        }
        match rows.into_iter().find(|name| !asked.contains(name)) {
            Some(name) => Err(format!("a row for what there is not: {name}")),
            None => Ok(()),
        }
    }

    /// The scopes a name is run on.
    pub fn scopes(&self, name: &str) -> Vec<&'static str> {
        let all = [NONE].into_iter().chain(SCOPES);
        all.filter(|scope| self.0.contains_key(&(name.to_owned(), *scope)))
            .collect()
    }

    /// What this cell must answer.
    pub fn cell(&self, name: &str, scope: &'static str, who: &str) -> &str {
        let column = WHO.iter().position(|one| *one == who).unwrap();
        &self.0[&(name.to_owned(), scope)][column]
    }
}

fn scope(word: &str) -> &'static str {
    let known = SCOPES.iter().find(|scope| **scope == word);
    known.unwrap_or_else(|| panic!("no scope {word}"))
}
