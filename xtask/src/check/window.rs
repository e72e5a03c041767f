//! The window stays a frame: little code of its own, and nothing let in that the screens do not need.

use std::path::Path;

use anyhow::Context;
use serde_json::Value;

use crate::command;
use crate::step::Problems;

/// Lines of Rust under `src-tauri`, all together.
const LINES_MAX: usize = 200;
/// What a page may load, from where. Tauri adds the hashes of its own scripts.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src ipc: http://ipc.localhost; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// What the screens may ask of the window.
const ALLOWED: &[&str] = &[
    "allow-call",
    "core:event:allow-listen",
    "core:event:allow-unlisten",
];

pub(super) fn check(root: &Path) -> anyhow::Result<Problems> {
    let mut problems = Vec::new();
    let mut lines = 0;
    let paths = command::tracked(root)?;
    let read = |path: &str| {
        let text = std::fs::read_to_string(root.join(path));
        text.with_context(|| format!("{path} cannot be read"))
    };
    for path in paths.iter().filter(|path| path.starts_with("src-tauri/")) {
        if path.ends_with(".rs") {
            lines += read(path)?.lines().count();
        } else if path.starts_with("src-tauri/capabilities/") {
            problems.extend(too_much(path, &serde_json::from_str(&read(path)?)?));
        }
    }
    println!("   {lines} lines of Rust");
    if lines >= LINES_MAX {
        problems.push(format!(
            "src-tauri has {lines} lines of Rust, under {LINES_MAX} are allowed"
        ));
    }
    let config: Value = serde_json::from_str(&read("src-tauri/tauri.conf.json")?)?;
    if config.pointer("/app/security/csp").and_then(Value::as_str) != Some(POLICY) {
        problems.push("src-tauri/tauri.conf.json has another content security policy".to_owned());
    }
    problems.extend(unnameable(&config));
    Ok(problems)
}

/// Names that a package or an installer is made of: dpkg takes no other letters, and an .msi holds one code page. What people
/// read is the window's title, the menu's entry and the phone's `strings.xml`.
fn unnameable(config: &Value) -> Problems {
    let named = ["/productName", "/bundle/publisher"].into_iter();
    let named = named.filter_map(|at| Some((at, config.pointer(at)?.as_str()?)));
    named
        .filter(|(_, name)| name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric()))
        .map(|(at, name)| {
            format!("src-tauri/tauri.conf.json: {at}: no package may be called {name:?}")
        })
        .collect()
}

fn too_much(path: &str, capability: &Value) -> Problems {
    let listed = capability.get("permissions").and_then(Value::as_array);
    let known = |entry: &Value| entry.as_str().is_some_and(|name| ALLOWED.contains(&name));
    let mut problems: Problems = listed
        .into_iter()
        .flatten()
        .filter(|entry| !known(entry))
        .map(|entry| format!("{path} lets the screens ask {entry}"))
        .collect();
    if capability.get("remote").is_some() {
        problems.push(format!("{path} lets in a page of somebody else"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::{too_much, unnameable};
    use serde_json::json;

    #[test]
    fn a_permission_nobody_decided_on_is_found() {
        let fine = json!({ "permissions": ["allow-call", "core:event:allow-listen"] });
        assert!(too_much("main.json", &fine).is_empty());
        let scoped = json!({ "identifier": "fs:allow-read", "allow": [{ "path": "**" }] });
        let more = json!({ "permissions": ["core:default", scoped], "remote": { "urls": [] } });
        assert_eq!(too_much("main.json", &more).len(), 3);
    }

    #[test]
    fn a_name_that_dpkg_or_an_installer_refuses_is_found() {
        let named = |name: &str| {
            unnameable(&json!({ "productName": name, "bundle": { "publisher": "Toso" } })).len()
        };
        assert_eq!(named("Toso"), 0);
        assert_eq!((named("Tổ Số"), named("to so"), named("")), (1, 1, 1));
    }
}
