//! Files where something is wrong with where they are: the real app on a real disk.

use crate::behaviour::Behaviour;
use crate::commune::done;
use crate::device::table;
use crate::world::Land;
use crate::{frugal, state};
use serde_json::json;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

table! { Land;
    is_a_folder => "not_a_file",
    is_not_there => "file",
    is_a_loop_of_links => "file",
    is_a_device_without_end => "not_a_file",
    is_larger_than_any => "too_large",
    is_a_link_to_the_phones_own_database => "not_a_file, and the phone is whole",
    would_be_written_over_another => "file, and the other stays",
    would_be_written_through_a_link => "file, and what it points to stays",
    comes_while_the_phone_is_locked => "locked",
}

#[track_caller]
fn refuses(land: &mut Land, path: &Path, code: &str) {
    let before = state::of_app(&land.honest);
    let told = frugal(|| land.honest.import(path)).unwrap_err();
    assert_eq!(told.code, code, "{}", told.message);
    assert!(!told.message.is_empty() && !told.hint.is_empty());
    assert_eq!(state::of_app(&land.honest), before, "nothing changed");
}

fn is_a_folder(land: &mut Land) {
    let folder = land.file("folder.toso");
    std::fs::create_dir(&folder).unwrap();
    refuses(land, &folder, "not_a_file");
}

fn is_not_there(land: &mut Land) {
    let none = land.file("none.toso");
    refuses(land, &none, "file");
    refuses(land, &none.join("x"), "file");
}

fn is_a_loop_of_links(land: &mut Land) {
    let [one, two] = ["one.toso", "two.toso"].map(|name| land.file(name));
    symlink(&one, &two).unwrap();
    symlink(&two, &one).unwrap();
    refuses(land, &one, "file");
}

fn is_a_device_without_end(land: &mut Land) {
    let link = land.file("zero.toso");
    symlink("/dev/zero", &link).unwrap();
    for path in [
        &link,
        &PathBuf::from("/dev/zero"),
        &PathBuf::from("/dev/urandom"),
    ] {
        refuses(land, path, "not_a_file");
    }
}

fn is_larger_than_any(land: &mut Land) {
    let long = land.file("long.toso");
    let file = std::fs::File::create(&long).unwrap();
    file.set_len(toso_sync::caps::FILE_BYTES + 1).unwrap();
    refuses(land, &long, "too_large");
}

/// The largest file of the phone's own folder: its database.
fn own_database(land: &Land) -> PathBuf {
    let mut found = Vec::new();
    let mut folders = vec![land.file("Páo")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let meta = entry.metadata().unwrap();
            if meta.is_dir() {
                folders.push(entry.path());
            } else {
                found.push((meta.len(), entry.path()));
            }
        }
    }
    found.into_iter().max().unwrap().1
}

fn is_a_link_to_the_phones_own_database(land: &mut Land) {
    let link = land.file("own.toso");
    symlink(own_database(land), &link).unwrap();
    refuses(land, &link, "not_a_file");
}

fn would_be_written_over_another(land: &mut Land) {
    let there = land.file("there.toso");
    std::fs::write(&there, b"another's").unwrap();
    assert_eq!(land.honest.export(&there).unwrap_err().code, "file");
    assert_eq!(std::fs::read(&there).unwrap(), b"another's");
}

fn would_be_written_through_a_link(land: &mut Land) {
    let [aim, link, nowhere] = ["aim", "link.toso", "nowhere"].map(|name| land.file(name));
    std::fs::write(&aim, b"another's").unwrap();
    symlink(&aim, &link).unwrap();
    assert_eq!(land.honest.export(&link).unwrap_err().code, "file");
    assert_eq!(std::fs::read(&aim).unwrap(), b"another's");
    let dangling = land.file("dangling.toso");
    symlink(&nowhere, &dangling).unwrap();
    assert_eq!(land.honest.export(&dangling).unwrap_err().code, "file");
    assert!(!nowhere.exists());
}

fn comes_while_the_phone_is_locked(land: &mut Land) {
    land.own_record(1);
    let file = land.file("late.toso");
    std::fs::write(&file, land.thief.person.file()).unwrap();
    let before = state::of_app(&land.honest);
    done(&land.honest, "profile.lock", json!({}));
    assert_eq!(land.honest.import(&file).unwrap_err().code, "locked");
    done(
        &land.honest,
        "profile.unlock",
        json!({ "pin": crate::commune::PIN }),
    );
    assert_eq!(state::of_app(&land.honest), before);
    assert_eq!(land.honest.import(&file).unwrap()["whole"], true);
}
