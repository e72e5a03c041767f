//! What a day leaves behind: invented people are planted wherever a person's data goes, and then looked for as bytes in
//! every file there is, whatever wrote it.
//!
//! The day is lived by a process of its own (this program, started again), so that its temporary files, its output and
//! what it says when it panics are seen, too; the hub is the real program at TRACE. Looked for are names, phones, numbers,
//! addresses and notes as UTF-8 and UTF-16 in both orders, composed and decomposed, as written, lower, upper and without
//! marks. Found they may be where `ALLOWED` says, and why; nowhere else.
//!
//! The hub's database is no exception: it is sealed under the key beside it. Both databases are then opened with their
//! keys, page by page, free pages and log frames too: who was erased is in none of them, nor is what only a camera saw; who
//! was not is found.
//!
//! What a browser keeps is looked at in `tests/e2e/weight.spec.ts` (its `local`, `databases`, `cookies`, `caches`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    unreachable_pub,
    reason = "a failed step is a failed test"
)]

mod aes;
mod canary;
mod day;
mod pages;
mod said;
mod scan;
mod search;

use canary::{ERASED, KEEPER, KEPT, SCANNED, WRONG};
use search::{Found, Needles, look};
use std::path::Path;
use std::process::Command;
use toso_tests::binary::{program, root};
use toso_tests::proof;

/// Where something may stand in the clear: the file, which canary, and why.
const ALLOWED: &[(&str, &str, &str)] = &[
    // home.rs: what a locked device shows, so that people who share it find their own profile.
    ("label", "keeper", "the name its owner gave the device"),
];

fn allowed(found: &Found) -> bool {
    let name = Path::new(&found.file).file_name();
    let mut rows = ALLOWED.iter();
    rows.any(|(file, whose, _)| name.is_some_and(|name| name == *file) && found.whose == *whose)
}

#[test]
fn nobody_planted_is_found_in_what_a_day_leaves_behind() {
    let home = tempfile::tempdir().unwrap();
    let needles = Needles::of(&[KEPT, ERASED, WRONG, KEEPER, SCANNED]);
    let (lived, output) = live(home.path());
    assert!(lived, "the day failed:\n{output}");
    std::fs::write(home.path().join("output.txt"), &output).unwrap();
    let (found, files, bytes) = look(home.path(), &needles);
    let found: Vec<Found> = found.into_iter().filter(|found| !allowed(found)).collect();
    let told: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(
        found.is_empty(),
        "{} leaks:\n{}",
        told.len(),
        told.join("\n")
    );
    // Nothing was missed for want of looking: the files a day makes were there.
    for file in [
        "noon/lan/toso.db-wal",
        "noon/lan/journal",
        "noon/hub/hub.db-wal",
        "hub/hub.db",
        "lan/toso.db",
        "hub.log",
        "carried.toso",
        "hub.backup",
        "said/errors.txt",
    ] {
        assert!(
            home.path().join(file).metadata().unwrap().len() > 100,
            "{file} is empty"
        );
    }
    let pages = pages::nobody_erased_is_left(home.path());
    proof::tell(
        "leaks",
        &[
            ("files", files),
            ("bytes", bytes),
            ("pages", pages),
            ("leaks", 0),
        ],
    );
}

/// Lives the day in another process; whether it went well, and all it said.
fn live(home: &Path) -> (bool, String) {
    let temp = home.join("temp");
    std::fs::create_dir(&temp).unwrap();
    // Built before, so that cargo says nothing in between.
    drop(program("toso-hub"));
    drop(program("toso"));
    let lived = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "day::lives_in_a_process_of_its_own",
            "--ignored",
            "--nocapture",
        ])
        .env("LEAKS_HOME", home)
        .env("TMPDIR", &temp)
        .env("TOSO_LOG", "trace")
        .env("RUST_BACKTRACE", "full")
        .current_dir(root().join("tests"))
        .output()
        .unwrap();
    let said = [lived.stdout, lived.stderr].concat();
    (
        lived.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

#[test]
fn whoever_is_planted_in_any_form_is_found_and_who_is_not_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let needles = Needles::of(&[KEPT]);
    let forms = needles.bytes();
    assert!(forms.len() > 50, "{} forms", forms.len());
    for (n, (form, bytes)) in forms.iter().enumerate() {
        let below = folder.path().join(format!("{n}/deep"));
        std::fs::create_dir_all(&below).unwrap();
        // At the end, in the middle and across what is read at a time.
        let pad = [0, 7, (1 << 16) - 3, 200_000][n % 4];
        std::fs::write(
            below.join("file"),
            [vec![b'.'; pad].as_slice(), bytes, b"."].concat(),
        )
        .unwrap();
        let (found, ..) = look(&folder.path().join(n.to_string()), &needles);
        assert!(!found.is_empty(), "{form} is not found");
        std::fs::remove_dir_all(folder.path().join(n.to_string())).unwrap();
    }
    std::fs::write(
        folder.path().join("none"),
        "Vừ Y Mai, 0912 345 678, đầu dốc",
    )
    .unwrap();
    assert!(look(folder.path(), &needles).0.is_empty());
}
