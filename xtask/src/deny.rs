//! The text of `deny.toml`, made from the tables of licences and dependencies, so that cargo-deny and we agree.

use std::fmt::Write as _;

use crate::check::licence;
use crate::dependency::HOMES;
use crate::generate::MARK;

/// Crates of other people that pull in one of ours by themselves; cargo-deny wants them named.
const OTHER_PARENTS: &[(&str, &[&str])] = &[
    ("bech32", &["age", "age-core"]),
    ("flate2", &["automerge", "png"]),
    ("metrics", &["metrics-exporter-prometheus"]),
    ("reqwest", &["tauri"]),
    ("tauri", &["tauri-plugin-single-instance"]),
    ("tauri-build", &["tauri"]),
    ("utoipa", &["utoipa-axum"]),
];

/// Too widely used by others for cargo-deny to watch; our own table watches who of us names them.
const NOT_WATCHED: &[&str] = &[
    "chacha20poly1305",
    "clap",
    "hkdf",
    "hmac",
    "icu_locale_core",
    "rustix",
    "rustls",
    "schemars",
    "tokio",
    "toml",
    "tower",
    "tower-http",
    "tracing-subscriber",
    "unicode-normalization",
    "uuid",
];

/// The whole file.
pub(crate) fn text() -> String {
    let mut out =
        format!("# {MARK}\n# Run by `cargo xtask check` where cargo-deny is installed.\n");
    out.push_str("\n[graph]\nall-features = true\n");
    out.push_str("\n[licenses]\nunused-allowed-license = \"allow\"\nallow = [\n");
    for name in licence::ALLOWED {
        let _ = writeln!(out, "    \"{name}\",");
    }
    out.push_str("]\nexceptions = [\n");
    for (package, names) in licence::EXCEPTIONS {
        let _ = writeln!(
            out,
            "    {{ crate = \"{package}\", allow = [{}] }},",
            quoted(names.iter().copied())
        );
    }
    out.push_str("]\n\n[licenses.private]\nignore = true\n");
    out.push_str("\n[sources]\nunknown-registry = \"deny\"\nunknown-git = \"deny\"\n");
    out.push_str("\n[bans]\nmultiple-versions = \"allow\"\nwildcards = \"deny\"\nallow-wildcard-paths = true\ndeny = [\n");
    for (heavy, homes) in HOMES
        .iter()
        .filter(|(heavy, _)| !NOT_WATCHED.contains(heavy))
    {
        let ours = homes.iter().chain(&["tests"]).map(|folder| package(folder));
        let others = OTHER_PARENTS
            .iter()
            .filter(|(name, _)| name == heavy)
            .flat_map(|(_, parents)| parents.iter().map(|parent| (*parent).to_owned()));
        let wrappers: Vec<String> = ours.chain(others).collect();
        let _ = writeln!(
            out,
            "    {{ crate = \"{heavy}\", wrappers = [{}] }},",
            quoted(wrappers.iter().map(String::as_str))
        );
    }
    out.push_str("]\n");
    out
}

/// The package that lives in a folder.
fn package(folder: &str) -> String {
    match folder {
        "src-tauri" => "toso-window".to_owned(),
        other => format!("toso-{other}"),
    }
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names
        .map(|name| format!("\"{name}\""))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn automerge_may_be_named_by_domain_and_the_tests_only() {
        assert!(
            super::text()
                .contains(r#"{ crate = "automerge", wrappers = ["toso-domain", "toso-tests"] }"#)
        );
    }
}
