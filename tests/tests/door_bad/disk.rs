//! Disks that forget, and disks that take no more.

use crate::commune::{Commune, PIN, done, refused, write};
use crate::state;
use serde_json::json;
use std::path::Path;
use toso_hub::Bounds;
use toso_sync::id::HubKey;
use toso_sync::key::Random;
use toso_tests::village::{record, team};

/// Every byte from `from` on altered; what it was.
fn damage(file: &Path, from: usize) -> (Vec<u8>, Vec<u8>) {
    let whole = std::fs::read(file).unwrap();
    let mut bad = whole.clone();
    assert!(bad.len() > from);
    bad[from..].iter_mut().for_each(|byte| *byte ^= 0x55);
    std::fs::write(file, &bad).unwrap();
    (whole, bad)
}

#[test]
fn a_hub_on_a_damaged_database_says_so() {
    let mut commune = Commune::new();
    let before = state::of_hub(&commune.data());
    commune.stop();
    let file = commune.data().join("hub.db");
    // The first page, then all but the first; then there is nothing at all.
    for from in [0, 4_096] {
        let (whole, bad) = damage(&file, from);
        assert_eq!(commune.start(), Err("db_damaged"));
        assert_eq!(std::fs::read(&file).unwrap(), bad, "left as it is");
        std::fs::write(&file, &whole).unwrap();
    }
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, b"").unwrap();
    assert_eq!(commune.start(), Err("db_damaged"));
    let told = toso_hub::error::HubError::new("db_damaged");
    assert!(told.message().contains(" / ") && told.hint().contains("backup"));
    // Meanwhile the honest phone works on.
    let waits = write(&commune.honest, "Vừ Y Mai");
    assert_eq!(
        refused(&commune.honest, "sync.run", json!({})).code,
        "offline"
    );
    std::fs::write(&file, &whole).unwrap();
    commune.start().unwrap();
    assert_eq!(state::of_hub(&commune.data()), before);
    commune.goes_on();
    let kept = done(&commune.honest, "record.get", json!({ "id": waits }));
    assert_eq!(kept["sync"], "kept");
}

#[test]
fn a_damaged_profile_says_so_and_is_left_as_it_is() {
    let commune = Commune::new();
    let before = state::of_app(&commune.honest);
    done(&commune.honest, "profile.lock", json!({}));
    let file = commune.file("Páo").join("toso.db");
    for from in [0, 4_096] {
        let (whole, bad) = damage(&file, from);
        let told = refused(&commune.honest, "profile.unlock", json!({ "pin": PIN }));
        assert_eq!(told.code, "db_damaged");
        assert_eq!(std::fs::read(&file).unwrap(), bad, "left as it is");
        let at_work = write(&commune.office, "Hờ A Chư");
        done(&commune.office, "sync.run", json!({}));
        let kept = done(&commune.office, "record.get", json!({ "id": at_work }));
        assert_eq!(kept["sync"], "kept");
        std::fs::write(&file, &whole).unwrap();
    }
    done(&commune.honest, "profile.unlock", json!({ "pin": PIN }));
    assert_eq!(state::of_app(&commune.honest), before);
    commune.goes_on();
}

#[test]
fn a_hub_on_a_full_disk_says_so_and_goes_on_when_there_is_room() {
    let mut commune = Commune::new();
    let before = state::of_hub(&commune.data());
    let full = Bounds {
        database_bytes: Some(1),
        ..Bounds::default()
    };
    commune.hub.as_ref().unwrap().hold_to(full).unwrap();
    let thief = &mut commune.thief.person;
    let mut noise = || -> String {
        let hex = (0..200).map(|_| HubKey(thief.dice.bytes32()).to_string());
        hex.collect()
    };
    let (one, two) = (noise(), noise());
    let head = thief.notes(record(1), &[("note", &one), ("address", &two)]);
    let pack = thief.copy.pack(team(), &head).unwrap().unwrap();
    assert!(pack.size() > 12_000);
    for _ in 0..2 {
        let (_, answer) = commune.asks(team(), std::slice::from_ref(&pack), &[]);
        assert_eq!((answer.status, &*answer.code()), (503, "disk_full"));
        assert_eq!(state::of_hub(&commune.data()), before, "nothing half done");
    }
    // Who only reads is served; who is refused keeps all, and hears that it is the hub's trouble.
    done(&commune.office, "sync.run", json!({}));
    let waits = write(&commune.honest, "Vừ Y Mai");
    for n in 0..60 {
        let id = write(&commune.honest, "Lầu Bá Đủa");
        let note = &one[n * 100..n * 100 + 400];
        let patch = json!({ "id": id, "patch": { "note": note } });
        done(&commune.honest, "record.save", patch);
    }
    assert_eq!(
        refused(&commune.honest, "sync.run", json!({})).code,
        "server"
    );
    commune
        .hub
        .as_ref()
        .unwrap()
        .hold_to(Bounds::default())
        .unwrap();
    assert!(commune.gives(&[pack], &[]).not_taken.is_empty());
    commune.goes_on();
    let kept = done(&commune.honest, "record.get", json!({ "id": waits }));
    assert_eq!(kept["sync"], "kept");
}
