//! The journal: what the database lost comes back, what was restored or copied is noticed.

use super::folder::{flip, folder, household, id, kill, open, open_as, save_with_frame, team};
use std::path::Path;
use toso_store::{Opened, Sign, Store, set_aside};

/// Takes in every missing frame as the app does, and answers the signs.
fn replay(opened: Opened) -> Store {
    let mut store = opened.store;
    for (ix, payload) in opened.missing_frames.iter().enumerate() {
        store.begin().unwrap();
        let head = std::str::from_utf8(payload).unwrap();
        let n = 1000 + u32::try_from(ix).unwrap();
        if !head.is_empty() {
            store
                .put_document(team(), id(n), payload, true, Some(&household(head)))
                .unwrap();
        }
        store.replayed(1).unwrap();
        store.commit().unwrap();
    }
    store.begin().unwrap();
    store.clear_signs().unwrap();
    store.commit().unwrap();
    store
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

fn quiet(path: &Path) -> Store {
    let opened = open(path);
    assert!(
        opened.missing_frames.is_empty() && opened.signs.is_empty(),
        "{:?}",
        opened.signs
    );
    opened.store
}

#[test]
fn a_quiet_restart_tells_of_nothing() {
    let folder = folder();
    save_with_frame(&mut quiet(folder.path()), 1, "Páo");
    assert_eq!(save_with_frame(&mut quiet(folder.path()), 2, "Mai"), 2);
    let mut store = quiet(folder.path());
    store.begin().unwrap();
    store.append(b"half").unwrap();
    store.rollback();
    drop(store);
    let mut store = quiet(folder.path());
    assert_eq!(
        save_with_frame(&mut store, 3, "Chi"),
        3,
        "a refused save leaves no frame"
    );
    assert_eq!(
        store.append(b"x").unwrap_err().code(),
        "db",
        "only inside a transaction"
    );
}

#[test]
fn killed_between_frame_and_commit_the_save_comes_back() {
    let folder = folder();
    let mut store = quiet(folder.path());
    save_with_frame(&mut store, 1, "Páo");
    store.begin().unwrap();
    store.append("Mai".as_bytes()).unwrap();
    kill(folder.path(), store);
    let mut opened = open(folder.path());
    assert_eq!(opened.missing_frames, vec!["Mai".as_bytes().to_vec()]);
    assert_eq!(opened.signs, vec![Sign::JournalAhead]);
    opened.store.begin().unwrap();
    assert_eq!(
        opened.store.append(b"new").unwrap_err().code(),
        "journal_replay"
    );
    opened.store.rollback();
    // Killed again before it is taken in: still there.
    kill(folder.path(), opened.store);
    let opened = open(folder.path());
    assert_eq!(opened.missing_frames.len(), 1);
    let mut store = replay(opened);
    assert!(store.record(team(), id(1000)).unwrap().is_some());
    assert_eq!(save_with_frame(&mut store, 3, "Chi"), 3);
    drop(store);
    quiet(folder.path());
}

#[test]
fn commits_that_a_flipped_bit_took_from_the_wal_come_back() {
    let folder = folder();
    drop(open(folder.path()));
    let mut store = quiet(folder.path());
    for n in 1..=20 {
        save_with_frame(&mut store, n, &format!("Nhà {n}"));
    }
    kill(folder.path(), store);
    flip(&folder.path().join("toso.db-wal"), 40);
    let opened = open(folder.path());
    assert!(
        opened
            .store
            .list(&toso_store::List::default())
            .unwrap()
            .items
            .is_empty(),
        "SQLite says nothing"
    );
    assert_eq!(opened.missing_frames.len(), 20);
    assert_eq!(opened.signs, vec![Sign::JournalAhead]);
    let store = replay(opened);
    assert_eq!(store.counts(team()).unwrap()["household"], 20);
    drop(store);
    quiet(folder.path());
}

#[test]
fn a_torn_last_frame_is_cut_at_every_byte() {
    let folder = folder();
    let mut store = quiet(folder.path());
    save_with_frame(&mut store, 1, "Páo");
    let file = folder.path().join("journal");
    let whole = std::fs::metadata(&file).unwrap().len();
    store.begin().unwrap();
    store.append(b"torn").unwrap();
    let all = std::fs::read(&file).unwrap();
    store.rollback();
    drop(store);
    for cut in usize::try_from(whole).unwrap()..all.len() {
        std::fs::write(&file, &all[..cut]).unwrap();
        drop(quiet(folder.path()));
        assert_eq!(std::fs::metadata(&file).unwrap().len(), whole);
    }
}

#[test]
fn damage_in_the_middle_is_told_and_the_rest_still_read() {
    let folder = folder();
    let mut store = quiet(folder.path());
    for n in 1..=3 {
        save_with_frame(&mut store, n, &format!("Nhà {n}"));
    }
    store.begin().unwrap();
    store.append(b"last").unwrap();
    kill(folder.path(), store);
    let file = folder.path().join("journal");
    let second = 104 + 49 + 40 + "Nhà 1".len() + 60;
    flip(&file, second);
    let opened = open(folder.path());
    assert_eq!(opened.signs, vec![Sign::JournalAhead, Sign::JournalBroken]);
    assert_eq!(opened.missing_frames, vec![b"last".to_vec()]);
    let mut store = replay(opened);
    assert_eq!(
        save_with_frame(&mut store, 9, "Mới"),
        6,
        "numbers go on, none is used again for less"
    );
    drop(store);
    quiet(folder.path());
}

#[test]
fn an_older_missing_or_foreign_journal_is_told() {
    let folder = folder();
    let file = folder.path().join("journal");
    let mut store = quiet(folder.path());
    save_with_frame(&mut store, 1, "Páo");
    let old = std::fs::read(&file).unwrap();
    save_with_frame(&mut store, 2, "Mai");
    drop(store);
    std::fs::write(&file, &old).unwrap();
    let opened = open(folder.path());
    assert_eq!(opened.signs, vec![Sign::JournalBehind]);
    drop(opened);
    let opened = open(folder.path());
    assert_eq!(
        opened.signs,
        vec![Sign::JournalBehind],
        "told until it is answered"
    );
    assert_eq!(save_with_frame(&mut replay(opened), 3, "Chi"), 3);

    // The same name, but another past: the old file went on by itself.
    std::fs::write(&file, &old).unwrap();
    let opened = open(folder.path());
    assert!(opened.signs.contains(&Sign::JournalForeign));
    drop(replay(opened));

    std::fs::write(&file, b"not a journal").unwrap();
    let opened = open(folder.path());
    assert_eq!(opened.signs, vec![Sign::JournalForeign]);
    drop(replay(opened));
    let kept = std::fs::read_dir(folder.path())
        .unwrap()
        .any(|e| e.unwrap().file_name().to_string_lossy().contains("unread"));
    assert!(kept, "what cannot be read is kept");

    std::fs::remove_file(&file).unwrap();
    let opened = open(folder.path());
    assert_eq!(opened.signs, vec![Sign::JournalMissing]);
    drop(replay(opened));
    quiet(folder.path());
}

#[test]
fn a_restored_database_gets_what_the_journal_has_since() {
    let folder = folder();
    let mut store = quiet(folder.path());
    save_with_frame(&mut store, 1, "Páo");
    drop(store);
    let old = std::fs::read(folder.path().join("toso.db")).unwrap();
    let mut store = quiet(folder.path());
    save_with_frame(&mut store, 2, "Mai");
    drop(store);
    std::fs::write(folder.path().join("toso.db"), old).unwrap();
    let opened = open(folder.path());
    assert_eq!(opened.signs, vec![Sign::JournalAhead]);
    assert_eq!(opened.missing_frames, vec![b"Mai".to_vec()]);
}

#[test]
fn a_new_database_after_damage_is_refilled_from_the_journal() {
    let folder = folder();
    let mut store = quiet(folder.path());
    save_with_frame(&mut store, 1, "Páo");
    save_with_frame(&mut store, 2, "Mai");
    drop(store);
    set_aside(folder.path(), 1_790_000_000_000).unwrap();
    let opened = open(folder.path());
    assert!(opened.fresh);
    assert_eq!(opened.missing_frames.len(), 2);
    assert_eq!(opened.signs, vec![Sign::JournalAhead]);
}

#[test]
fn a_copied_folder_or_another_machine_is_told() {
    let here = folder();
    let mut store = quiet(here.path());
    save_with_frame(&mut store, 1, "Páo");
    drop(store);
    let there = folder();
    copy(here.path(), there.path());
    assert_eq!(open(there.path()).signs, vec![Sign::Moved]);
    quiet(here.path());
    let opened = open_as(here.path(), 7, "another phone").unwrap();
    assert_eq!(opened.signs, vec![Sign::Moved]);
    drop(opened);
    std::fs::remove_file(here.path().join("identity")).unwrap();
    assert_eq!(
        open_as(here.path(), 7, "another phone").unwrap().signs,
        vec![Sign::Moved]
    );
}

#[test]
fn receipted_frames_go_and_erased_ones_leave_no_bytes() {
    let folder = folder();
    let file = folder.path().join("journal");
    let mut store = quiet(folder.path());
    for (n, head) in ["Páo", "Mai", "Chi", "Lan"].iter().enumerate() {
        save_with_frame(&mut store, u32::try_from(n).unwrap(), head);
    }
    let before = std::fs::metadata(&file).unwrap().len();
    store.forget_through(2).unwrap();
    store.forget_through(1).unwrap();
    assert!(std::fs::metadata(&file).unwrap().len() < before);
    let changed = store
        .rewrite_journal(|payload| (payload != "Chi".as_bytes()).then(|| payload.to_vec()))
        .unwrap();
    assert_eq!(changed, 1);
    assert_eq!(save_with_frame(&mut store, 9, "Mới"), 5);
    drop(store);
    drop(quiet(folder.path()));
    // Seen through a new database: every frame that is left.
    set_aside(folder.path(), 1).unwrap();
    let opened = open(folder.path());
    assert_eq!(
        opened.missing_frames,
        vec![b"".to_vec(), b"Lan".to_vec(), "Mới".as_bytes().to_vec()]
    );
}
