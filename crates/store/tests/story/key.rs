//! PIN and key store: counting, waiting, losing, changing. Nothing is ever wiped.

use super::folder::{folder, open, save, team};
use std::path::Path;
use toso_store::{
    Asks, Cost, DatabaseKey, KeyStore, MemoryKeys, Profile, Secret, Store, StoreError, key,
};

const CHEAP: Cost = Cost {
    memory_kib: 8,
    passes: 1,
    lanes: 1,
};
/// The phone has run for ten hours.
const NOW: i64 = 36_000_000;
const MINUTE: i64 = 60_000;
const PIN: Secret<'static> = Secret::Pin("135790");
const WRONG: Secret<'static> = Secret::Pin("000000");

fn same(one: &DatabaseKey, two: &DatabaseKey) -> bool {
    *one.derive("test").unwrap() == *two.derive("test").unwrap()
}

fn tried(folder: &Path, secret: Secret<'_>, now: i64) -> &'static str {
    key::unlock(folder, secret, now, None).map_or_else(|error| error.code(), |_| "open")
}

#[test]
fn the_right_pin_opens_the_same_database_again() {
    let folder = folder();
    assert_eq!(key::asks(folder.path()).unwrap(), None);
    assert_eq!(tried(folder.path(), PIN, NOW), "key_missing");
    let made = key::create(folder.path(), PIN, CHEAP, None).unwrap();
    assert_eq!(
        key::create(folder.path(), PIN, CHEAP, None)
            .unwrap_err()
            .code(),
        "db",
        "never a second key"
    );
    assert_eq!(key::asks(folder.path()).unwrap(), Some(Asks::Pin));
    let found = key::unlock(folder.path(), PIN, NOW, None).unwrap();
    assert!(same(&made, &found));
    for key in [made, found] {
        Store::open(&Profile {
            folder: folder.path(),
            key: &key,
            kinds: &[],
            machine: "m",
        })
        .unwrap();
    }
}

#[test]
fn a_pin_has_six_digits_and_a_passphrase_twelve_characters() {
    for short in [
        Secret::Pin("12345"),
        Secret::Pin("12345a"),
        Secret::Pin("1234567"),
        Secret::Passphrase("mười một chữ"[..13].trim()),
    ] {
        let folder = folder();
        assert_eq!(
            key::create(folder.path(), short, CHEAP, None)
                .unwrap_err()
                .code(),
            "pin_shape"
        );
    }
    let folder = folder();
    key::create(
        folder.path(),
        Secret::Passphrase("hạt gạo làng ta"),
        CHEAP,
        None,
    )
    .unwrap();
    assert_eq!(key::asks(folder.path()).unwrap(), Some(Asks::Passphrase));
    assert_eq!(
        tried(folder.path(), Secret::Passphrase("hạt gạo làng ta"), NOW),
        "open"
    );
}

#[test]
fn wrong_pins_are_counted_over_restarts_and_wait_longer_and_longer() {
    let folder = folder();
    key::create(folder.path(), PIN, CHEAP, None).unwrap();
    for left in (0..5).rev() {
        // Each call reads the file anew, as after a restart.
        let error = key::unlock(folder.path(), WRONG, NOW, None).unwrap_err();
        assert_eq!(error, StoreError::WrongSecret { free_left: left });
    }
    let mut now = NOW;
    for delay in [
        MINUTE / 2,
        MINUTE,
        5 * MINUTE,
        15 * MINUTE,
        60 * MINUTE,
        60 * MINUTE,
        60 * MINUTE,
    ] {
        assert_eq!(key::wait_ms(folder.path(), now), delay);
        assert_eq!(
            tried(folder.path(), PIN, now + delay - 1),
            "pin_wait",
            "not even the right one"
        );
        now += delay;
        assert_eq!(tried(folder.path(), WRONG, now), "pin_wrong");
    }
    now += 60 * MINUTE;
    assert_eq!(tried(folder.path(), PIN, now), "open", "nothing was wiped");
    assert_eq!(
        key::unlock(folder.path(), WRONG, now, None).unwrap_err(),
        StoreError::WrongSecret { free_left: 4 }
    );
}

#[test]
fn a_restart_waits_for_what_is_known_to_have_passed() {
    let folder = folder();
    key::create(folder.path(), PIN, CHEAP, None).unwrap();
    for _ in 0..5 {
        tried(folder.path(), WRONG, NOW);
    }
    assert_eq!(tried(folder.path(), WRONG, NOW + MINUTE / 2), "pin_wrong");
    // The phone was off for a year or for a second: it says itself only that it has run for twenty seconds.
    let started = MINUTE / 3;
    assert_eq!(tried(folder.path(), PIN, started), "pin_wait");
    assert_eq!(key::wait_ms(folder.path(), started), MINUTE - started);
    assert_eq!(tried(folder.path(), PIN, MINUTE - 1), "pin_wait");
    assert_eq!(tried(folder.path(), PIN, MINUTE), "open");
}

#[test]
fn waiting_after_a_restart_is_not_forgotten_when_the_clock_passes_the_old_mark() {
    let folder = folder();
    key::create(folder.path(), PIN, CHEAP, None).unwrap();
    let mark = MINUTE / 2;
    for _ in 0..5 {
        tried(folder.path(), WRONG, mark);
    }
    assert_eq!(tried(folder.path(), WRONG, 2 * mark), "pin_wrong");
    assert_eq!(key::wait_ms(folder.path(), MINUTE / 3), 2 * MINUTE / 3);
    assert_eq!(key::wait_ms(folder.path(), 2 * mark), 0);
    assert_eq!(tried(folder.path(), PIN, 2 * mark), "open");
}

#[test]
fn a_count_of_the_time_when_delays_went_by_the_wall_clock_is_no_lock_for_years() {
    let folder = folder();
    key::create(folder.path(), PIN, CHEAP, None).unwrap();
    let wall = 1_790_000_000_000;
    for _ in 0..5 {
        tried(folder.path(), WRONG, wall);
    }
    assert_eq!(tried(folder.path(), WRONG, wall + MINUTE / 2), "pin_wrong");
    assert_eq!(tried(folder.path(), PIN, MINUTE / 2), "pin_wait");
    assert_eq!(tried(folder.path(), PIN, MINUTE), "open");
}

#[test]
fn deleting_the_count_neither_helps_nor_locks_for_ever() {
    let folder = folder();
    key::create(folder.path(), PIN, CHEAP, None).unwrap();
    for content in [None, Some(&b"x"[..])] {
        let file = folder.path().join("tries");
        match content {
            None => std::fs::remove_file(&file).unwrap(),
            Some(bytes) => std::fs::write(&file, bytes).unwrap(),
        }
        assert_eq!(tried(folder.path(), PIN, NOW), "pin_wait");
        assert_eq!(tried(folder.path(), PIN, NOW + MINUTE / 2), "open");
    }
}

#[test]
fn a_torn_write_of_the_count_leaves_the_one_before() {
    let folder = folder();
    key::create(folder.path(), PIN, CHEAP, None).unwrap();
    for _ in 0..4 {
        tried(folder.path(), WRONG, NOW);
    }
    let file = folder.path().join("tries");
    let whole = std::fs::read(&file).unwrap();
    for slot in [0, 36] {
        let mut bytes = whole.clone();
        bytes[slot] ^= 7;
        std::fs::write(&file, bytes).unwrap();
        let error = key::unlock(folder.path(), WRONG, NOW, None).unwrap_err();
        let StoreError::WrongSecret { free_left } = error else {
            panic!("{error}")
        };
        assert!(
            free_left <= 1,
            "at most the torn try is forgotten: {free_left}"
        );
    }
}

#[test]
fn without_the_key_store_nothing_opens_and_nothing_is_touched() {
    let folder = folder();
    let ring = MemoryKeys::default();
    let made = key::create(folder.path(), PIN, CHEAP, Some(&ring)).unwrap();
    assert!(same(
        &made,
        &key::unlock(folder.path(), PIN, NOW, Some(&ring)).unwrap()
    ));
    let profile = Profile {
        folder: folder.path(),
        key: &made,
        kinds: super::folder::KINDS,
        machine: "m",
    };
    save(&mut Store::open(&profile).unwrap().store, 1, "Páo");
    let before = std::fs::read(folder.path().join("toso.db")).unwrap();

    // A copied folder has no key store, or another one.
    assert_eq!(tried(folder.path(), PIN, NOW), "key_lost");
    let name = ring.names().remove(0);
    let half = *ring.get(&name).unwrap().unwrap();
    ring.put(&name, &[9; 32]).unwrap();
    assert_eq!(
        key::unlock(folder.path(), PIN, NOW, Some(&ring))
            .unwrap_err()
            .code(),
        "pin_wrong"
    );
    ring.lose();
    for _ in 0..20 {
        assert_eq!(
            key::unlock(folder.path(), PIN, NOW, Some(&ring))
                .unwrap_err()
                .code(),
            "key_lost"
        );
    }
    assert!(ring.names().is_empty(), "no new key is made on reading");
    assert_eq!(
        std::fs::read(folder.path().join("toso.db")).unwrap(),
        before
    );
    ring.put(&name, &half).unwrap();
    assert!(same(
        &made,
        &key::unlock(folder.path(), PIN, NOW, Some(&ring)).unwrap()
    ));
}

#[test]
fn a_changed_pin_opens_the_same_key_and_the_old_one_no_more() {
    let folder = folder();
    let ring = MemoryKeys::default();
    let made = key::create(folder.path(), PIN, CHEAP, Some(&ring)).unwrap();
    let new = Secret::Passphrase("con suối bản Mường");
    let change = |old, new| {
        key::change(folder.path(), old, new, CHEAP, NOW, Some(&ring)).map_err(|e| e.code())
    };
    assert_eq!(change(WRONG, new), Err("pin_wrong"));
    assert_eq!(change(PIN, Secret::Pin("1")), Err("pin_shape"));
    assert_eq!(change(PIN, new), Ok(()));
    assert!(same(
        &made,
        &key::unlock(folder.path(), new, NOW, Some(&ring)).unwrap()
    ));
    assert_eq!(
        key::unlock(folder.path(), PIN, NOW, Some(&ring))
            .unwrap_err()
            .code(),
        "pin_wrong"
    );
    assert_eq!(format!("{made:?} {new:?}"), "DatabaseKey(..) Secret(..)");
}

#[test]
fn a_damaged_key_file_is_told_and_asks_for_no_memory() {
    let folder = folder();
    key::create(folder.path(), PIN, CHEAP, None).unwrap();
    let file = folder.path().join("key.json");
    let text = std::fs::read_to_string(&file)
        .unwrap()
        .replace("\"memory_kib\":8", "\"memory_kib\":4000000000");
    std::fs::write(&file, text).unwrap();
    assert_eq!(tried(folder.path(), PIN, NOW), "key_damaged");
    std::fs::write(&file, "{").unwrap();
    assert_eq!(tried(folder.path(), PIN, NOW), "key_damaged");
    drop(open(folder.path()));
    assert_eq!(open(folder.path()).store.counts(team()).unwrap().len(), 0);
}
