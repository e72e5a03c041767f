//! The command line as a contract: the programs themselves are driven as scripts and operators drive them, every answer
//! is held against its shape, and what was said and answered is `docs/cli.md`.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    reason = "a failed step is a failed test"
)]

#[path = "line/bench.rs"]
mod bench;

#[path = "line/browser.rs"]
mod browser;

#[path = "line/commune.rs"]
mod commune;

#[path = "line/end.rs"]
mod end;

#[path = "line/hand_over.rs"]
mod hand_over;

#[path = "line/names.rs"]
mod names;

#[path = "line/program.rs"]
mod program;

#[path = "line/screen.rs"]
mod screen;

#[path = "line/shape.rs"]
mod shape;

#[path = "line/story.rs"]
mod story;

#[path = "line/work.rs"]
mod work;

use std::process::Command;
use toso_tests::binary;
use toso_tests::binary::root;

/// Set to rewrite the file instead of comparing with it.
const WRITE: &str = "TOSO_WRITE_CLI";

#[test]
fn the_command_line_answers_as_the_documentation_shows() {
    let told = story::tell();
    let path = root().join("docs/cli.md");
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, told).unwrap();
        return;
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let (mut old, mut new) = (written.lines(), told.lines());
    for number in 1.. {
        match (old.next(), new.next()) {
            (None, None) => return,
            (old, new) if old == new => {}
            (old, new) => panic!(
                "docs/cli.md, line {number}:\n  written  {}\n  answered {}\nIf the change is meant: \
                 {WRITE}=1 cargo test -p toso-tests --test command_line",
                old.unwrap_or("(the end)"),
                new.unwrap_or("(the end)")
            ),
        }
    }
}

#[test]
fn every_command_has_help_in_vietnamese_and_english_and_wrong_usage_is_2() {
    let commands: [(&str, &[&str]); 2] = [
        (
            "toso-hub",
            &[
                "init",
                "serve",
                "backup",
                "restore",
                "check",
                "take",
                "give",
                "new-key",
                "staff-code",
                "doctor",
            ],
        ),
        (
            "toso",
            &[
                "enrol", "call", "calls", "sync", "serve", "export", "import",
            ],
        ),
    ];
    for (name, commands) in commands {
        let run = |words: &[&str]| {
            let done = Command::new(binary::program(name))
                .args(words)
                .output()
                .unwrap();
            let text = String::from_utf8(done.stdout).unwrap();
            (done.status.code(), text)
        };
        let (code, all) = run(&["--help"]);
        assert_eq!(code, Some(0));
        let listed: Vec<&str> = all
            .lines()
            .skip_while(|line| *line != "Lệnh / Commands:")
            .skip(1)
            .take_while(|line| line.starts_with("  "))
            .filter_map(|line| line.split_whitespace().next())
            .collect();
        for command in &listed {
            assert!(
                commands.contains(command),
                "{name} {command} is not tried here"
            );
        }
        for command in commands {
            let (code, long) = run(&[command, "--help"]);
            assert_eq!(code, Some(0), "{name} {command}");
            assert!(is_both(long.lines().next().unwrap()), "{long}");
            let (code, help) = run(&[command, "-h"]);
            assert_eq!(code, Some(0), "{name} {command}");
            let arguments = help.lines().filter(|line| is_argument(line)).count();
            assert!(
                arguments > 0 && help.contains("Cách dùng / Usage: "),
                "{help}"
            );
            // The first line says what it does, in both languages; every argument does too.
            let first = help.lines().next().unwrap();
            assert!(is_both(first), "{name} {command}: {first}");
            for line in help.lines().filter(|line| is_argument(line)) {
                assert!(is_both(line), "{name} {command}: {line}");
            }
            let (code, _) = run(&[command, "--no-such-word"]);
            assert_eq!(code, Some(2), "{name} {command}");
        }
        for words in [&["fly"][..], &[]] {
            assert_eq!(run(words).0, Some(2), "{name} {words:?}");
        }
    }
}

/// Vietnamese, a slash, English.
fn is_both(line: &str) -> bool {
    let vietnamese = |text: &str| text.chars().any(|c| c.is_alphabetic() && !c.is_ascii());
    line.split_once(" / ")
        .is_some_and(|(vi, en)| vietnamese(vi) && !vietnamese(en))
}

/// A line of help about an argument: `--data <DATA>  …`, `-h, --help  …`, `<FILE>  …`, `[INPUT]  …`.
fn is_argument(line: &str) -> bool {
    let word = line.trim_start();
    word.starts_with(['-', '<', '[']) && word.contains("  ")
}
