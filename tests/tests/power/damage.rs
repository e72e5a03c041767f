//! Bits flipped and files cut, at every place: what one of database and journal lost, the other has, or it is told.

use crate::disk::Disk;
use crate::story::{Saves, differs, folder, look, open, save, text};
use crate::vfs;
use tempfile::TempDir;
use toso_tests::proof;

/// Wounds of a plain test; as many as twice `LENGTH` are each byte flipped and each byte cut at.
const SHORT: u64 = 340;
/// As much of each file.
const LENGTH: usize = 16 * 1024;

/// The turn-th place, and whether it is flipped; an odd step comes to all before it comes back to one.
fn wound(turn: u64) -> (usize, bool) {
    let at = usize::try_from(turn).unwrap() * 97 % (2 * LENGTH);
    (at / 2, at.is_multiple_of(2))
}

/// A profile whose last saves stand in the write-ahead log only, as a cut leaves it. More than 16 KiB of log and journal.
fn profile() -> (TempDir, Disk) {
    let folder = folder();
    let mut sure = Saves::new();
    drop(open(folder.path()).unwrap());
    let mut store = open(folder.path()).unwrap().store;
    for n in 0..60 {
        save(&mut store, n % 30, &text(n)).unwrap();
        sure.insert(n % 30, text(n));
        if n == 45 {
            store.scrub().unwrap();
        }
    }
    let disk = Disk {
        sure,
        ..Disk::read(folder.path())
    };
    drop(store);
    assert!(
        disk.wal.len() > LENGTH && disk.journal.len() > LENGTH,
        "{} {}",
        disk.wal.len(),
        disk.journal.len()
    );
    disk.lay(folder.path());
    let found = look(folder.path(), true).unwrap();
    assert_eq!(differs(&found.saves, &disk.sure, &[]), None);
    (folder, disk)
}

/// Wounds one file at every turn's place: what was saved is there each time, and where `told` it is also told. `name` is the
/// instrument that counts it.
fn wounds(name: &str, part: fn(&mut Disk) -> &mut Vec<u8>, told: bool) {
    let _alone = vfs::alone();
    let (folder, disk) = profile();
    let mut states = 0;
    for turn in proof::turns(SHORT) {
        let (at, flip) = wound(turn);
        let mut hurt = disk.clone();
        let bytes = part(&mut hurt);
        if flip {
            bytes[at] ^= 1 << (at % 8);
        } else {
            bytes.truncate(at);
        }
        hurt.lay(folder.path());
        let place = format!("byte {at}, flipped: {flip}");
        let found = look(folder.path(), false).unwrap_or_else(|code| panic!("{place}: {code}"));
        assert_eq!(differs(&found.saves, &disk.sure, &[]), None, "{place}");
        assert!(!told || !found.signs.is_empty(), "{place}: nothing is told");
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.to_string_lossy().contains(".unread-") {
                std::fs::remove_file(path).unwrap();
            }
        }
        states += 1;
    }
    proof::tell(name, &[("offsets", states), ("lost", 0)]);
    println!("{states} files flipped or cut");
}

#[test]
fn a_log_flipped_or_cut_anywhere_is_made_good_by_the_journal() {
    wounds("power log", |disk| &mut disk.wal, false);
}

#[test]
fn a_journal_flipped_or_cut_anywhere_loses_nothing_and_is_told() {
    wounds("power journal", |disk| &mut disk.journal, true);
}

/// Log and journal hurt at once: more than either can make good. Then what is gone is told.
#[test]
fn log_and_journal_hurt_at_once_is_never_silent() {
    let _alone = vfs::alone();
    let (folder, disk) = profile();
    let (mut states, mut lost) = (0, 0);
    for turn in 0..60 {
        let at = wound(turn).0;
        let mut hurt = disk.clone();
        hurt.wal[at] ^= 1;
        hurt.journal.truncate(disk.journal.len() - 1 - at % 2_000);
        hurt.lay(folder.path());
        match look(folder.path(), true) {
            Ok(found) if differs(&found.saves, &disk.sure, &[]).is_some() => {
                lost += 1;
                assert!(
                    !found.signs.is_empty(),
                    "byte {at}: lost, and nothing is told"
                );
            }
            Ok(_) => {}
            Err(code) => assert_eq!(code, "db_damaged"),
        }
        states += 1;
    }
    assert!(lost > 0, "two wounds at once cost something");
    println!("{states} pairs hurt, {lost} with a loss, each told");
}

/// A page of the database itself: every one is sealed, so a flipped bit is never read as truth.
#[test]
fn a_flipped_bit_in_the_database_is_told() {
    let _alone = vfs::alone();
    let (folder, disk) = profile();
    let step = disk.database.len() / 150;
    let (mut told, mut states) = (0, 0);
    for at in (0..disk.database.len()).step_by(step) {
        let mut hurt = disk.clone();
        hurt.database[at] ^= 1 << (at % 8);
        hurt.lay(folder.path());
        match look(folder.path(), true) {
            // The page also stands in the log, which goes before it.
            Ok(found) => assert_eq!(differs(&found.saves, &disk.sure, &[]), None, "byte {at}"),
            Err(code) => {
                assert_eq!(code, "db_damaged", "byte {at}");
                told += 1;
            }
        }
        states += 1;
    }
    assert!(told * 2 > states, "{told} of {states}");
    proof::tell("power cuts", &[("page_flips", states), ("lost", 0)]);
    println!("{told} of {states} flipped pages told, the others stood in the log as well");
}
