//! `cargo xtask check`: what must hold of the tree as it lies, apart from its tests.

pub(crate) mod licence;
mod migration;
mod phone;
mod size;
mod source;
mod window;
mod word;

use std::path::Path;

use crate::step::Steps;
use crate::{command, dependency, generate, setup};

/// How much of the workspace is compiled for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compiled {
    /// Nothing: what needs it is left out.
    No,
    /// All of it, looked at by clippy.
    Yes,
    /// It was already, and clippy looked on ([`command::lint_own`]).
    Linted,
}

/// Runs every check.
pub(crate) fn run(root: &Path, compiled: Compiled, steps: &mut Steps) {
    steps.run("formatting", || {
        let mut fmt = command::cargo(root);
        fmt.args(["fmt", "--all", "--check"]);
        command::pass(fmt)
    });
    steps.run("dependency rule", || dependency::check(root));
    steps.run("licences", || licence::check(root));
    steps.run("file sizes", || size::check(root));
    steps.run("words and paths", || word::check(root));
    steps.run("lock files and registries", || source::check(root));
    steps.run("migrations", || migration::check(root));
    steps.run("the window", || window::check(root));
    steps.run("the phone's shell", || phone::check(root));
    if command::on_path("cargo-deny") {
        steps.run("cargo-deny", || {
            let mut deny = command::cargo(root);
            deny.args([
                "deny",
                "--all-features",
                "check",
                "--allow",
                "unused-wrapper",
            ]);
            // Advisories are left out: they need a database from the network.
            deny.args(["bans", "licenses", "sources"]);
            command::pass(deny)
        });
    } else {
        println!(
            "== cargo-deny is not installed: left out (the rule and the licences were checked above)"
        );
    }
    if compiled == Compiled::Yes {
        if !setup::has_web_view() {
            println!(
                "== the window is left out: WebKitGTK's headers are not installed (cargo xtask setup --all)"
            );
        }
        steps.run("clippy", || {
            let mut clippy = command::cargo_whole(root, &["clippy", "--all-targets"]);
            clippy.args(["--", "-D", "warnings"]);
            command::pass(clippy)
        });
    }
    steps.run("generated files", || {
        generate::check(root, compiled == Compiled::No)
    });
}
