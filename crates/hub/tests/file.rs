//! Files the hub writes and reads: backups of any size, and what is carried by hand.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod stand;

use stand::process::{code, done, run, told};
use stand::{Phone, Stand, lan, pao};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use toso_domain::id::SpaceId;
use toso_hub::clock::System;
use toso_hub::db::HubDb;
use toso_hub::folder::Folder;
use toso_sync::carried::{Carried, To, export, import};
use toso_sync::key::Random;
use toso_sync::shelf::Shelf;

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn writes(phone: &mut Phone, spaces: &[SpaceId], to: To, path: &Path) {
    let mut file = Vec::new();
    for space in spaces {
        phone.replica().seal(*space, 1, &mut System).unwrap();
    }
    export(phone.replica(), spaces, to, &mut file).unwrap();
    fs::write(path, file).unwrap();
}

fn takes(phone: &mut Phone, path: &Path) -> Carried {
    let file = fs::read(path).unwrap();
    import(phone.replica(), &|_, _| true, &mut file.as_slice(), 1).unwrap()
}

#[test]
fn a_village_without_network_meets_the_hub_on_a_stick() {
    let mut stand = Stand::new();
    let mut lan = lan(&stand);
    let (mut pao, team) = pao(&stand, &mut lan);
    let commune = lan.commune.unwrap();
    let visit = pao.write(&stand, team, "visit", "Nhà ông Tồng");
    let (there, back) = (stand.file("di.toso"), stand.file("ve.toso"));
    // Páo's phone was let in and never synced: it knows of nobody but the hub.
    writes(&mut pao, &[commune, team], To::Hub, &there);
    let data = stand.data();
    let take = ["take", "--data", text(&data), text(&there)];
    let give = ["give", "--data", text(&data), text(&back)];
    assert_eq!(code(&run(&take)), "in_use");
    assert_eq!(code(&run(&give)), "in_use");
    stand.stop();

    // The commune's key changed since Páo wrote; the hub still opens what was sealed to the old one.
    done(&["new-key", "--data", text(&data)]);
    let report = done(&take);
    assert_eq!(
        (&report["packs"], &report["whole"]),
        (&1.into(), &true.into()),
        "{report}"
    );
    assert_eq!(done(&take)["packs"], 0, "twice is once");
    let written = done(&give);
    assert_eq!(written["readers"], 2);
    assert_eq!(written["bytes"], fs::metadata(&back).unwrap().len());
    assert_eq!(code(&run(&give)), "exists");
    let name = "Nhà ông Tồng".as_bytes();
    for file in [&there, &back] {
        let bytes = fs::read(file).unwrap();
        assert!(!bytes.windows(name.len()).any(|part| part == name));
    }

    takes(&mut pao, &back);
    let top = pao.replica().ledger(team).unwrap().vector();
    assert_eq!(
        pao.replica().hub_vector(team).unwrap().unwrap(),
        top,
        "kept"
    );
    takes(&mut lan, &back);
    assert!(lan.holds(team, visit));
}

#[test]
fn files_that_are_not_for_this_hub_are_told_apart() {
    let mut stand = Stand::new();
    let (data, file) = (stand.data(), stand.file("la.toso"));
    let take = ["take", "--data", text(&data), text(&file)];
    stand.stop();
    assert_eq!(code(&run(&take)), "file");
    fs::write(&file, b"TOSOFIL2 and then nothing").unwrap();
    assert_eq!(code(&run(&take)), "not_a_file");
    // A hub that let nobody in has nobody to write for, and leaves no file behind.
    let to = stand.file("ai.toso");
    assert_eq!(
        code(&run(&["give", "--data", text(&data), text(&to)])),
        "no_readers"
    );
    assert!(!to.exists());

    let elsewhere = Stand::new();
    let mut theirs = lan(&elsewhere);
    let commune = theirs.commune.unwrap();
    writes(&mut theirs, &[commune], To::Hub, &file);
    assert_eq!(code(&run(&take)), "wrong_commune");
}

/// Runs with 200 MB of address space: what it holds of a 96 MB database must be little. The allocator takes addresses in
/// pieces of a gigabyte, which are no memory; here of 16 MB.
fn in_little_room(key: &str, words: &[&str]) -> Output {
    let mut shell = Command::new("sh");
    let hub = env!("CARGO_BIN_EXE_toso-hub");
    shell.args([
        "-c",
        "ulimit -v 200000; MIMALLOC_ARENA_RESERVE=16384 exec \"$0\" \"$@\"",
        hub,
    ]);
    shell
        .env("TOSO_RECOVERY_KEY", key)
        .args(words)
        .output()
        .unwrap()
}

#[test]
fn a_backup_of_any_size_needs_little_memory() {
    let mut stand = Stand::new();
    stand.stop();
    let (data, file, other) = (stand.data(), stand.file("hub.age"), stand.file("other"));
    let key = Folder::new(&data).read_key().unwrap();
    let mut db = Folder::new(&data).open_database(&key).unwrap();
    let mut megabyte = vec![0; 1 << 20];
    db.begin().unwrap();
    for n in 0..96 {
        System.fill(&mut megabyte);
        db.set_secret(&format!("ballast/{n}"), &megabyte).unwrap();
    }
    db.commit().unwrap();
    drop(db);

    let recovery = stand.made.recovery_key.clone();
    let report = told(&in_little_room(
        &recovery,
        &["backup", "--data", text(&data), text(&file)],
    ));
    assert!(fs::metadata(&file).unwrap().len() > 96 << 20);
    let check = ["check", "--data", text(&data), text(&file)];
    assert_eq!(told(&in_little_room(&recovery, &check)), report);
    let restore = ["restore", "--data", text(&other), text(&file)];
    assert_eq!(told(&in_little_room(&recovery, &restore)), report);
    let key = Folder::new(&other).read_key().unwrap();
    let db = Folder::new(&other).open_database(&key).unwrap();
    assert_eq!(db.secret("ballast/95").unwrap().as_ref(), Some(&megabyte));
}

#[test]
fn erasing_reaches_the_database_that_a_restore_set_aside() {
    let mut stand = Stand::new();
    let mut lan = lan(&stand);
    let (_, team) = pao(&stand, &mut lan);
    let commune = lan.commune.unwrap();
    let id = lan.write(&stand, team, "visit", "Nhà ông Tồng");
    lan.sync(&stand, &[commune, team]).unwrap();
    let (data, file) = (stand.data(), stand.file("hub.age"));
    done(&["backup", "--data", text(&data), text(&file)]);
    stand.stop();
    let key = toso_hub::recovery::RecoveryKey::read(&stand.made.recovery_key).unwrap();
    toso_hub::backup::restore(&data, &file, &key, 1).unwrap();
    let asides = || {
        let names = fs::read_dir(&data).unwrap().map(|e| e.unwrap().file_name());
        names
            .filter(|name| name.to_str().unwrap().contains(".aside-"))
            .count()
    };
    assert!(asides() >= 2);
    stand.start(toso_hub::Listen::default());
    lan.open(&stand).unwrap();
    let input = serde_json::json!({ "document": id, "subject": id });
    lan.staff(&stand, "record.purge", input).unwrap();
    assert_eq!(asides(), 0);
}

#[test]
fn a_backup_cut_or_altered_anywhere_is_bad_and_makes_nothing() {
    let mut stand = Stand::new();
    stand.stop();
    let (data, file, other) = (stand.data(), stand.file("hub.age"), stand.file("other"));
    done(&["backup", "--data", text(&data), text(&file)]);
    let whole = fs::read(&file).unwrap();
    let key = toso_hub::recovery::RecoveryKey::read(&stand.made.recovery_key).unwrap();
    for at in (0..whole.len()).step_by(whole.len() / 40) {
        let mut bent = whole.clone();
        bent[at] ^= 1 << (at % 8);
        for bad in [&whole[..at], &bent] {
            fs::write(&file, bad).unwrap();
            let told = toso_hub::backup::restore(&other, &file, &key, 1).unwrap_err();
            let codes = ["bad_backup", "wrong_recovery_key"];
            assert!(codes.contains(&told.code), "byte {at}: {told}");
            let left: Vec<_> = fs::read_dir(&other).into_iter().flatten().collect();
            let lock = |e: &Result<fs::DirEntry, _>| e.as_ref().unwrap().file_name() == "hub.lock";
            assert!(left.iter().all(lock), "byte {at}: {left:?}");
        }
    }
}
