//! `cargo xtask try-field`: adds a field to `visit` in a copy of the tree and proves what that took.
//!
//! One struct line, one label line per language, nothing else by hand; then a device without the field edits the record
//! and the field, and a code nobody knows, are still there.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use crate::command;
use crate::step::Problems;

const FIELD: &str = "weather_seen";

/// Where the copy stands while it is tried.
struct Copy(PathBuf);

impl Drop for Copy {
    fn drop(&mut self) {
        // Left behind it would only take space; the trial's outcome does not hang on it.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn run(root: &Path) -> anyhow::Result<Problems> {
    let copy = Copy(std::env::temp_dir().join(format!("toso-try-field-{}", std::process::id())));
    copy_tree(root, &copy.0)?;
    edit(
        &copy.0,
        "crates/domain/src/record/visit.rs",
        "    /// Note.\n",
        &format!("    /// Weather at the door.\n    pub {FIELD}: Option<String>,\n    /// Note.\n"),
    )?;
    for (language, text) in [("vi", "Thời tiết"), ("en", "Weather")] {
        let path = format!("crates/domain/labels/{language}.json");
        let line = "  \"visit.women_reached\"";
        edit(
            &copy.0,
            &path,
            line,
            &format!("  \"visit.{FIELD}\": \"{text}\",\n{line}"),
        )?;
    }
    for (path, lines) in changed(root, &copy.0)? {
        println!("   changed by hand: {path}, {lines} lines more");
    }
    let target = root.join("target");
    let mut problems = command::pass(cargo(
        &copy.0,
        &target,
        &["test", "--quiet", "--package", "toso-domain", "--lib"],
    ))?;
    let file = copy.0.join("visit.saved");
    let file = file.to_str().context("a path that is no text")?;
    let example = [
        "run",
        "--quiet",
        "--package",
        "toso-domain",
        "--example",
        "field",
        "--",
    ];
    let field = |tree: &Path, args: &[&str]| cargo(tree, &target, &[&example, args].concat());
    problems.extend(command::pass(field(
        &copy.0,
        &["write", file, FIELD, "mưa phùn"],
    ))?);
    problems.extend(command::pass(field(root, &["edit", file]))?);
    let read = command::text(field(&copy.0, &["read", file]))?;
    println!(
        "   after an edit by a version without the field: {}",
        read.trim()
    );
    for word in ["mưa phùn", "ma_chua_ai_biet", "sửa bằng bản cũ"] {
        if !read.contains(word) {
            problems.push(format!("“{word}” did not survive"));
        }
    }
    Ok(problems)
}

fn cargo(tree: &Path, target: &Path, args: &[&str]) -> std::process::Command {
    let mut cargo = command::cargo(tree);
    cargo.env("CARGO_TARGET_DIR", target).args(args);
    cargo
}

fn tracked(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut git = command::program(root, "git");
    git.args(["ls-files", "--cached", "--others", "--exclude-standard"]);
    Ok(command::text(git)?.lines().map(str::to_owned).collect())
}

fn copy_tree(root: &Path, to: &Path) -> anyhow::Result<()> {
    for path in tracked(root)? {
        let target = to.join(&path);
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::copy(root.join(&path), &target).with_context(|| path.clone())?;
    }
    Ok(())
}

fn edit(root: &Path, path: &str, from: &str, to: &str) -> anyhow::Result<()> {
    let file = root.join(path);
    let text = std::fs::read_to_string(&file).with_context(|| path.to_owned())?;
    ensure!(
        text.matches(from).count() == 1,
        "{path}: the place to edit is not there once"
    );
    Ok(std::fs::write(file, text.replacen(from, to, 1))?)
}

fn changed(root: &Path, copy: &Path) -> anyhow::Result<Vec<(String, usize)>> {
    let mut out = Vec::new();
    for path in tracked(root)? {
        let (Ok(before), Ok(after)) = (
            std::fs::read_to_string(root.join(&path)),
            std::fs::read_to_string(copy.join(&path)),
        ) else {
            continue;
        };
        if before != after {
            let more = after.lines().count().saturating_sub(before.lines().count());
            out.push((path, more));
        }
    }
    Ok(out)
}
