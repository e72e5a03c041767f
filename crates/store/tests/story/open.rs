//! Opening: keys, locks, damage, newer files.

use super::folder::{folder, id, on_disk, open, open_as, save, save_with_frame, team};
use toso_store::set_aside;

#[test]
fn a_second_process_is_kept_out_politely() {
    let folder = folder();
    let first = open(folder.path());
    assert_eq!(
        open_as(folder.path(), 7, "x").unwrap_err().code(),
        "profile_in_use"
    );
    drop(first);
    open(folder.path());
}

#[test]
fn a_wrong_key_opens_nothing_and_harms_nothing() {
    let folder = folder();
    save(&mut open(folder.path()).store, 1, "Vừ A Páo");
    assert_eq!(
        open_as(folder.path(), 8, "x").unwrap_err().code(),
        "wrong_key"
    );
    let opened = open(folder.path());
    assert!(!opened.fresh);
    assert!(opened.store.record(team(), id(1)).unwrap().is_some());
}

#[test]
fn what_a_record_says_is_on_no_disk_block_in_clear() {
    let folder = folder();
    let mut store = open(folder.path()).store;
    save_with_frame(&mut store, 1, "Chim-Hoàng-Yến-Canary");
    assert!(folder.path().join("toso.db-wal").exists());
    for text in [
        "Chim-Hoàng-Yến-Canary",
        "canary",
        "Canary",
        "Huồi Mới",
        "SQLite format 3",
    ] {
        assert!(!on_disk(folder.path(), text), "{text}");
    }
    store.scrub().unwrap();
    assert!(!on_disk(folder.path(), "Canary"));
}

#[test]
fn a_damaged_file_is_set_aside_only_when_asked() {
    let folder = folder();
    save(&mut open(folder.path()).store, 1, "Vừ A Páo");
    let file = folder.path().join("toso.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let whole = bytes.clone();
    for byte in &mut bytes[..] {
        *byte ^= 0x55;
    }
    std::fs::write(&file, &bytes).unwrap();
    assert_eq!(
        open_as(folder.path(), 7, "phone of Páo")
            .unwrap_err()
            .code(),
        "db_damaged"
    );
    assert_eq!(
        std::fs::read(&file).unwrap(),
        bytes,
        "refusing changed nothing"
    );
    std::fs::write(&file, b"").unwrap();
    assert_eq!(
        open_as(folder.path(), 7, "phone of Páo")
            .unwrap_err()
            .code(),
        "db_damaged",
        "an emptied file is damage"
    );
    std::fs::write(&file, &whole).unwrap();
    let aside = set_aside(folder.path(), 1_790_000_000_000).unwrap();
    assert_eq!(std::fs::read(aside).unwrap(), whole);
    let opened = open(folder.path());
    assert!(opened.fresh);
}

/// The files set aside open with the profile's key: who has the PIN reads in them whoever was erased since.
#[test]
fn what_was_set_aside_goes_whole_when_something_is_erased() {
    let folder = folder();
    save(&mut open(folder.path()).store, 1, "Chim-Hoàng-Yến-Canary");
    let aside = set_aside(folder.path(), 1_790_000_000_000).unwrap();
    std::fs::write(folder.path().join("journal.unread-00c0ffee"), b"Canary").unwrap();
    let salvage = super::folder::folder();
    std::fs::copy(&aside, salvage.path().join("toso.db")).unwrap();
    let held = open(salvage.path()).store.record(team(), id(1)).unwrap();
    assert!(format!("{:?}", held.unwrap().row.body).contains("Canary"));

    let store = open(folder.path()).store;
    assert!(aside.exists(), "kept until then");
    assert!(store.drop_set_aside().unwrap() >= 3);
    assert!(!aside.exists() && !on_disk(folder.path(), "Canary"));
    assert_eq!(store.drop_set_aside().unwrap(), 0);
}

#[test]
fn one_damaged_page_is_noticed() {
    let folder = folder();
    let mut store = open(folder.path()).store;
    for n in 0..200 {
        save(&mut store, n, &format!("Người {n}"));
    }
    store.check().unwrap();
    drop(store);
    let file = folder.path().join("toso.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let at = bytes.len() - 2000;
    bytes[at] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    assert_eq!(
        open(folder.path()).store.check().unwrap_err().code(),
        "db_damaged"
    );
}
