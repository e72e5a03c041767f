//! Where dependencies come from: the two public registries, by their public names, and nowhere else.

use std::path::Path;

use anyhow::Context;

use crate::command;
use crate::step::Problems;

const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";
const NPM: &str = "https://registry.npmjs.org/";

pub(super) fn check(root: &Path) -> anyhow::Result<Problems> {
    let mut problems = Vec::new();
    for path in command::tracked(root)? {
        let name = path.rsplit('/').next().unwrap_or(&path);
        let judge: fn(&str) -> bool = match name {
            "Cargo.lock" => foreign_crate,
            "package-lock.json" => foreign_package,
            "config.toml" | ".npmrc" | ".yarnrc" | ".yarnrc.yml" => other_registry,
            _ => continue,
        };
        let text = std::fs::read_to_string(root.join(&path))
            .with_context(|| format!("{path} cannot be read"))?;
        for (number, line) in text.lines().enumerate() {
            if judge(line) {
                problems.push(format!(
                    "{path}:{} names another source: {}",
                    number + 1,
                    line.trim()
                ));
            }
        }
    }
    Ok(problems)
}

fn foreign_crate(line: &str) -> bool {
    line.starts_with("source = ") && line != format!("source = \"{CRATES}\"")
}

fn foreign_package(line: &str) -> bool {
    line.trim()
        .strip_prefix("\"resolved\": \"")
        .is_some_and(|source| !source.starts_with(NPM))
}

fn other_registry(line: &str) -> bool {
    let line = line.trim();
    !line.starts_with('#') && (line.contains("registry") || line.contains("replace-with"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_in_a_lock_file_is_found() {
        assert!(!foreign_crate(&format!("source = \"{CRATES}\"")));
        assert!(foreign_crate("source = \"git+https://example.org/x\""));
        assert!(!foreign_package(&format!(
            "      \"resolved\": \"{NPM}svelte/-/svelte-5.0.0.tgz\","
        )));
        assert!(foreign_package(
            "      \"resolved\": \"http://mirror.example/svelte-5.0.0.tgz\","
        ));
        assert!(other_registry("replace-with = \"mirror\""));
        assert!(!other_registry("[alias]"));
    }
}
