//! Migrations: numbered without gaps, and each named once in the program that runs it.
//!
//! They are compiled in by name, because a folder read at build time misses new files on incremental builds.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;

use crate::command;
use crate::step::Problems;

/// Folder of migrations → the crate that runs them.
const RUN_BY: &[(&str, &str)] = &[
    ("migrations/device", "crates/store/src/"),
    ("migrations/hub/sqlite", "crates/hub/src/"),
    ("migrations/hub/postgres", "crates/hub/src/"),
];

pub(super) fn check(root: &Path) -> anyhow::Result<Problems> {
    let paths = command::tracked(root)?;
    let mut sources = BTreeMap::new();
    for path in &paths {
        if path.ends_with(".rs") && path.starts_with("crates/") {
            let text = std::fs::read_to_string(root.join(path))
                .with_context(|| format!("{path} cannot be read"))?;
            sources.insert(path.as_str(), text);
        }
    }
    Ok(problems(&paths, &sources))
}

fn problems(paths: &[String], sources: &BTreeMap<&str, String>) -> Problems {
    let mut problems = Vec::new();
    for path in paths {
        if path.starts_with("migrations/") && path.ends_with(".sql") {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if !RUN_BY.iter().any(|(known, _)| *known == folder) {
                problems.push(format!("{path}: no program runs this folder"));
            }
        }
    }
    for (folder, crate_source) in RUN_BY {
        let mut names: Vec<&str> = paths
            .iter()
            .filter_map(|path| path.strip_prefix(folder)?.strip_prefix('/'))
            .filter(|name| name.ends_with(".sql") && !name.contains('/'))
            .collect();
        names.sort_unstable();
        for (index, name) in names.iter().enumerate() {
            let number = format!("{:04}_", index + 1);
            if !name.starts_with(&number) {
                problems.push(format!("{folder}/{name}: the next number is {number}"));
            }
            let quoted = format!("{folder}/{name}\")");
            let named: usize = sources
                .iter()
                .filter(|(path, _)| path.starts_with(crate_source))
                .map(|(_, text)| text.matches(&quoted).count())
                .sum();
            if named != 1 {
                problems.push(format!(
                    "{folder}/{name} is compiled in {named} times by {crate_source}, not once"
                ));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_migration_nobody_runs_and_a_gap_are_found() {
        let run = "include_str!(\"../../../migrations/device/0001_start.sql\")".to_owned();
        let sources = BTreeMap::from([("crates/store/src/migrate.rs", run)]);
        assert!(problems(&paths(&["migrations/device/0001_start.sql"]), &sources).is_empty());
        let with_gap = paths(&[
            "migrations/device/0001_start.sql",
            "migrations/device/0003_more.sql",
        ]);
        assert_eq!(problems(&with_gap, &sources).len(), 2);
        assert_eq!(
            problems(&paths(&["migrations/other/0001_x.sql"]), &sources).len(),
            1
        );
    }
}
