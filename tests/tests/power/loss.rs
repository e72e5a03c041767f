//! Power cuts in the middle of saves, of emptying the log, of bringing an old file to today's shape.

use crate::disk::{CUTS, Disk};
use crate::story::{differs, folder, look, open, save, text};
use crate::vfs::{self, Op};
use std::path::Path;
use tempfile::TempDir;
use toso_tests::proof;
use toso_tests::sim::random::Dice;

/// States of a plain test.
const SHORT: u64 = 1_000;
const SHORT_OLD: u64 = 200;
/// After so many states another story is told.
const PER_STORY: u64 = 200;

/// A story that was watched: where it began, what was written, how the journal ended.
struct Told {
    folder: TempDir,
    before: Disk,
    log: Vec<Op>,
    journal: Vec<u8>,
}

/// Saves, changes, the log emptied once in between; some records are written twice.
fn told(dice: &mut Dice) -> Told {
    let folder = folder();
    drop(open(folder.path()).unwrap());
    vfs::watch(folder.path());
    let before = Disk::read(folder.path());
    let mut store = open(folder.path()).unwrap().store;
    let empty = dice.below(24);
    for turn in 0..24 {
        let n = u32::try_from(dice.below(14)).unwrap();
        save(
            &mut store,
            n,
            &text(u32::try_from(turn + dice.below(40)).unwrap()),
        )
        .unwrap();
        if turn == empty {
            store.scrub().unwrap();
        }
    }
    let log = vfs::log();
    drop(store);
    let journal = std::fs::read(folder.path().join("journal")).unwrap();
    Told {
        folder,
        before,
        log,
        journal,
    }
}

#[test]
fn after_a_power_cut_everything_called_saved_is_there() {
    let _alone = vfs::alone();
    let (mut states, mut checked) = (0, 0);
    let mut story: Option<Told> = None;
    for turn in proof::turns(SHORT) {
        let part = turn / PER_STORY;
        if turn % PER_STORY == 0 {
            story = None;
        }
        let told = story.get_or_insert_with(|| told(&mut Dice::of(0x9a11, part)));
        let mut dice = Dice::of(0x9a12, turn);
        let at = dice.below(told.log.len() + 1);
        let cut = CUTS[dice.below(CUTS.len())];
        let disk = told
            .before
            .cut(&told.log, at, &told.journal, cut, &mut dice);
        disk.lay(told.folder.path());
        let found = look(told.folder.path(), true);
        let wrong = match &found {
            Ok(found) => differs(&found.saves, &disk.sure, &disk.open),
            Err(code) => Some(code.clone()),
        };
        if let Some(wrong) = wrong {
            panic!(
                "turn {turn}, {cut:?} at {at} of {}: {wrong}; again: PROOF_FROM={turn} cargo nextest run -p toso-tests -E 'binary(power)' power_cut",
                told.log.len()
            );
        }
        states += 1;
        checked += disk.sure.len() as u64;
    }
    proof::tell(
        "power cuts",
        &[("states", states), ("saves_checked", checked), ("lost", 0)],
    );
    println!("{states} states, {checked} saves looked for and found");
}

/// The first shape of the file, with something kept in it.
fn old(path: &Path) {
    let database = rusqlite::Connection::open(path.join("toso.db")).unwrap();
    let key: String = [7_u8; 32]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    database
        .execute_batch(&format!(
            "PRAGMA key = \"x'{key}'\"; PRAGMA journal_mode = WAL;"
        ))
        .unwrap();
    database
        .execute_batch(toso_store::migrate::STEPS[0].1)
        .unwrap();
    database.execute_batch("PRAGMA user_version = 1").unwrap();
    for n in 0..40 {
        let value = (format!("kept/{n}"), text(n).into_bytes());
        database
            .execute("INSERT INTO own (name, bytes) VALUES (?1, ?2)", value)
            .unwrap();
    }
}

/// What an old file held is there in today's shape.
fn is_brought_over(path: &Path) -> Result<(), String> {
    let told = |error: toso_store::StoreError| error.code().to_owned();
    let mut store = open(path).map_err(told)?.store;
    store.check().map_err(told)?;
    for n in 0..40 {
        let value = store.value(&format!("kept/{n}")).map_err(told)?;
        if value != Some(text(n).into_bytes()) {
            return Err(format!("kept/{n} is lost"));
        }
    }
    save(&mut store, 1, "mới").map_err(told)
}

#[test]
fn a_power_cut_while_an_old_file_is_brought_over_loses_nothing() {
    let _alone = vfs::alone();
    let folder = folder();
    old(folder.path());
    let before = Disk::read(folder.path());
    vfs::watch(folder.path());
    drop(open(folder.path()).unwrap());
    let log = vfs::log();
    let last = log
        .iter()
        .rposition(|op| matches!(op, Op::Sync(_)))
        .unwrap();
    let beside: Vec<_> = ["journal", "identity"]
        .map(|name| (name, std::fs::read(folder.path().join(name)).unwrap()))
        .into();
    let mut states = 0;
    for turn in proof::turns(SHORT_OLD) {
        let mut dice = Dice::of(0x01d, turn);
        let at = dice.below(log.len() + 1);
        let cut = CUTS[dice.below(CUTS.len())];
        before.cut(&log, at, &[], cut, &mut dice).lay(folder.path());
        for (name, bytes) in &beside {
            // On the disk before the database speaks of them; when exactly, the log does not say.
            if at >= last || dice.chance(50) {
                std::fs::write(folder.path().join(name), bytes).unwrap();
            } else {
                drop(std::fs::remove_file(folder.path().join(name)));
            }
        }
        if let Err(wrong) = is_brought_over(folder.path()) {
            panic!(
                "turn {turn}, {cut:?} at {at} of {}: {wrong}; again: PROOF_FROM={turn} cargo nextest run -p toso-tests -E 'binary(power)' old_file",
                log.len()
            );
        }
        states += 1;
    }
    proof::tell("power cuts", &[("states", states), ("lost", 0)]);
    println!("{states} states of an old file, {} steps", log.len());
}

/// Every call of the disk fails once while an old file is brought over: it is told, and nothing is lost.
#[test]
fn a_disk_that_fails_while_an_old_file_is_brought_over_is_told_and_loses_nothing() {
    use rusqlite::ffi;
    use vfs::{Fault, What};
    let _alone = vfs::alone();
    let folder = folder();
    old(folder.path());
    let before = Disk::read(folder.path());
    let mut states = 0;
    for (what, code) in [
        (What::Read, ffi::SQLITE_IOERR_READ),
        (What::Write, ffi::SQLITE_IOERR_WRITE),
        (What::Write, ffi::SQLITE_FULL),
        (What::Sync, ffi::SQLITE_IOERR_FSYNC),
    ] {
        for at in 1.. {
            before.lay(folder.path());
            for name in ["journal", "identity"] {
                drop(std::fs::remove_file(folder.path().join(name)));
            }
            vfs::watch(folder.path());
            vfs::fail(Some(Fault {
                what,
                at,
                code,
                on: code == ffi::SQLITE_FULL,
            }));
            let told = open(folder.path()).map(drop);
            let met = vfs::counts()[what as usize] >= at;
            vfs::fail(None);
            if !met {
                break;
            }
            if let Err(error) = &told {
                // SQLCipher takes a page that it could not read for one under another key, or a damaged one.
                let unread =
                    what == What::Read && ["wrong_key", "db_damaged"].contains(&error.code());
                let known = ["db", "disk_full", "db_setting", "db_reopen"];
                assert!(
                    unread || known.contains(&error.code()),
                    "{what:?} {at}: {error:?}"
                );
            }
            is_brought_over(folder.path()).unwrap_or_else(|wrong| panic!("{what:?} {at}: {wrong}"));
            states += 1;
        }
    }
    assert!(states > 50, "{states}");
    proof::tell("power cuts", &[("states", states), ("lost", 0)]);
    println!("{states} failures while an old file is brought over");
}

/// The layer sees what SQLite does: without the log's sync the same states lose saves, and the journal brings them back.
#[test]
fn a_log_that_lies_about_its_sync_is_made_good_by_the_journal() {
    let _alone = vfs::alone();
    let told = told(&mut Dice::of(0x9a13, 0));
    let without: Vec<Op> = told
        .log
        .iter()
        .filter(|op| !matches!(op, Op::Sync(true)))
        .cloned()
        .collect();
    assert!(
        without.len() + 20 < told.log.len(),
        "each commit syncs the log"
    );
    let mut brought = 0;
    for turn in 0..60 {
        let mut dice = Dice::of(0x9a14, turn);
        let first = without
            .iter()
            .position(|op| matches!(op, Op::Sync(false)))
            .unwrap_or(without.len());
        let at = dice.below(first + 1);
        let disk = told.before.cut(
            &without,
            at,
            &told.journal,
            CUTS[dice.below(CUTS.len())],
            &mut dice,
        );
        disk.lay(told.folder.path());
        let ahead = {
            let opened = open(told.folder.path()).unwrap();
            opened.missing_frames.len()
        };
        disk.lay(told.folder.path());
        let found = look(told.folder.path(), true).unwrap();
        assert_eq!(
            differs(&found.saves, &disk.sure, &disk.open),
            None,
            "turn {turn}"
        );
        brought += ahead;
    }
    assert!(brought > 60, "the journal brought back {brought} saves");
    println!("the journal brought back {brought} saves of 60 states");
}
