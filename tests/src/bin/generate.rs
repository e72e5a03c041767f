//! Prints the generated files as one JSON object {path: text}; `cargo xtask gen` writes them.
//!
//! It lives here because this crate may see all others, while xtask must run before they compile.

use std::collections::BTreeMap;

#[expect(clippy::print_stdout, reason = "xtask reads it")]
fn main() {
    let files: BTreeMap<&str, String> = BTreeMap::new();
    println!("{}", serde_json::json!(files));
}
