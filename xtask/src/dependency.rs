//! The dependency rule: who may name whom. The two tables below are its only home; `deny.toml` is made from them.

use std::path::Path;

use anyhow::Context;

use crate::command;
use crate::metadata::{Metadata, Package};
use crate::step::Problems;

/// These folders may name everything; nothing may name them.
const SEE_ALL: &[&str] = &["tests", "xtask"];

/// Our own crates, and which of our own each may name. Arrows point to `domain`; only `app` joins `store` and `sync`.
const EDGES: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("store", &["domain"]),
    ("sync", &["domain"]),
    ("app", &["domain", "store", "sync"]),
    ("hub", &["domain", "sync"]),
    ("phone", &["app", "store"]),
    ("src-tauri", &["app", "phone"]),
];

/// A crate that shapes the design, and the folders that may name it.
pub(crate) const HOMES: &[(&str, &[&str])] = &[
    // What a record is.
    ("automerge", &["domain"]),
    ("blake3", &["domain"]),
    ("flate2", &["domain"]),
    ("icu_collator", &["domain"]),
    ("icu_locale_core", &["domain"]),
    ("jsonschema", &["domain"]),
    ("schemars", &["domain", "app"]),
    ("unicode-normalization", &["domain"]),
    ("uuid", &["domain"]),
    // What a copy keeps. Sealing is the same beside a device's database and a hub's, which meet in domain only.
    ("chacha20poly1305", &["domain"]),
    ("rusqlite", &["store", "hub"]),
    ("argon2", &["store"]),
    ("hkdf", &["store"]),
    // How two copies meet.
    ("ed25519-dalek", &["sync"]),
    ("minicbor", &["sync", "hub"]),
    ("reqwest", &["sync"]),
    ("zstd", &["sync"]),
    ("rustls", &["sync", "hub"]),
    ("hmac", &["domain", "sync"]),
    ("age", &["sync", "hub"]),
    ("bech32", &["sync"]),
    // Where they meet.
    ("axum", &["hub", "app"]),
    ("axum-server", &["hub", "app"]),
    ("governor", &["hub"]),
    ("metrics", &["hub"]),
    ("metrics-exporter-prometheus", &["hub"]),
    ("rcgen", &["hub"]),
    ("toml", &["hub"]),
    ("tower", &["hub", "app"]),
    ("tower-http", &["hub", "app"]),
    ("utoipa", &["hub"]),
    ("utoipa-axum", &["hub"]),
    // What a person or a screen may ask.
    ("clap", &["app", "hub"]),
    ("image", &["app"]),
    ("qrcode", &["app"]),
    ("rust-embed", &["app"]),
    ("rxing", &["app"]),
    ("rustix", &["app"]),
    ("tracing-subscriber", &["app", "hub"]),
    ("tokio", &["sync", "app", "hub", "src-tauri"]),
    ("tauri", &["src-tauri", "phone"]),
    ("tauri-build", &["src-tauri"]),
    ("tauri-plugin-single-instance", &["src-tauri"]),
];

/// Named by these folders only behind a feature, so that the plain build goes without.
const OPTIONAL: &[(&str, &str)] = &[
    ("app", "axum"),
    ("app", "axum-server"),
    ("app", "rust-embed"),
];

/// Called from one place only, so that one file tells all that is asked of it.
const CALLED_FROM: &[(&str, &str)] = &[("automerge", "crates/domain/src/crdt")];

/// Holds every manifest of the workspace, tests and build scripts included, against the tables.
pub(crate) fn check(root: &Path) -> anyhow::Result<Problems> {
    let mut problems: Problems = Metadata::own(root)?
        .members()
        .flat_map(problems_of)
        .collect();
    for path in command::tracked(root)? {
        if path.starts_with("crates/") && path.contains("/src/") && path.ends_with(".rs") {
            let text = std::fs::read_to_string(root.join(&path))
                .with_context(|| format!("{path} cannot be read"))?;
            problems.extend(calls_out_of_place(&path, &text));
        }
    }
    Ok(problems)
}

fn calls_out_of_place(path: &str, text: &str) -> Problems {
    CALLED_FROM
        .iter()
        .filter(|(name, place)| !path.starts_with(place) && text.contains(&format!("{name}::")))
        .map(|(name, place)| format!("{path} calls `{name}`, which only {place} may"))
        .collect()
}

fn problems_of(package: &Package) -> Problems {
    let from = package.folder();
    if SEE_ALL.contains(&from) {
        return Vec::new();
    }
    let Some((_, may)) = EDGES.iter().find(|(folder, _)| *folder == from) else {
        return vec![format!(
            "`{from}` is not in the table of crates in xtask/src/dependency.rs"
        )];
    };
    let mut problems = Vec::new();
    for dependency in &package.dependencies {
        let name = dependency.name.as_str();
        if let Some(to) = dependency.folder() {
            if !may.contains(&to) {
                problems.push(format!("`{from}` may not name `{to}`"));
            }
        } else if let Some((_, homes)) = HOMES.iter().find(|(heavy, _)| *heavy == name) {
            if !homes.contains(&from) {
                problems.push(format!(
                    "`{from}` names `{name}`, whose home is {}",
                    homes.join(", ")
                ));
            }
            if OPTIONAL.contains(&(from, name)) && !dependency.optional {
                problems.push(format!("`{from}` names `{name}` outside a feature"));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(folder: &str, dependencies: serde_json::Value) -> Package {
        serde_json::from_value(serde_json::json!({
            "id": "x", "name": "x", "version": "0.1.0", "license": null, "license_file": null, "source": null,
            "dependencies": dependencies, "manifest_path": format!("/any/{folder}/Cargo.toml"),
        }))
        .unwrap()
    }

    #[test]
    fn a_store_that_knows_sync_or_automerge_is_told_so() {
        let problems = problems_of(&package(
            "store",
            serde_json::json!([
                {"name": "toso-sync", "path": "/any/crates/sync", "optional": false},
                {"name": "automerge", "path": null, "optional": false},
                {"name": "rusqlite", "path": null, "optional": false},
            ]),
        ));
        assert_eq!(
            problems,
            [
                "`store` may not name `sync`",
                "`store` names `automerge`, whose home is domain"
            ]
        );
    }

    #[test]
    fn nobody_may_name_the_tests() {
        let on_tests =
            serde_json::json!([{"name": "toso-tests", "path": "/any/tests", "optional": false}]);
        assert_eq!(problems_of(&package("hub", on_tests)).len(), 1);
    }

    #[test]
    fn the_app_serves_a_browser_only_behind_a_feature() {
        let axum = |optional: bool| serde_json::json!([{"name": "axum", "path": null, "optional": optional}]);
        assert_eq!(problems_of(&package("app", axum(false))).len(), 1);
        assert!(problems_of(&package("app", axum(true))).is_empty());
    }

    #[test]
    fn a_second_file_that_calls_automerge_is_found() {
        let text = "use automerge::AutoCommit;";
        assert!(calls_out_of_place("crates/domain/src/crdt/read.rs", text).is_empty());
        assert_eq!(
            calls_out_of_place("crates/domain/src/gate.rs", text).len(),
            1
        );
    }

    #[test]
    fn a_new_crate_must_be_put_in_the_table() {
        assert_eq!(
            problems_of(&package("extra", serde_json::json!([]))).len(),
            1
        );
    }
}
