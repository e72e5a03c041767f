//! Small named values: found by the beginning of their names, and written only when they say something new.

use super::folder::{folder, open};
use std::path::Path;

fn log_bytes(path: &Path) -> u64 {
    std::fs::metadata(path.join("toso.db-wal")).unwrap().len()
}

#[test]
fn values_are_found_by_the_beginning_of_their_names() {
    let folder = folder();
    let mut store = open(folder.path()).store;
    store.begin().unwrap();
    // '/' comes after '.' and before '0': names on both sides of a stretch.
    for name in ["a", "a.", "a/", "a/1", "a/đ", "a0", "A/1"] {
        store.set_value(name, name.as_bytes()).unwrap();
    }
    store.commit().unwrap();
    let names = |prefix: &str| -> Vec<String> {
        let found = store.values(prefix).unwrap();
        found.into_iter().map(|(name, _)| name).collect()
    };
    assert_eq!(names("a/"), ["a/", "a/1", "a/đ"]);
    assert_eq!(names("a"), ["a", "a.", "a/", "a/1", "a/đ", "a0"]);
    assert_eq!(names("").len(), 7);
    assert!(names("b").is_empty());
}

#[test]
fn a_value_that_says_nothing_new_is_not_written() {
    let folder = folder();
    let mut store = open(folder.path()).store;
    let mut set = |bytes: &[u8]| {
        store.begin().unwrap();
        store.set_value("level", bytes).unwrap();
        store.commit().unwrap();
        assert_eq!(store.value("level").unwrap().unwrap(), bytes);
        log_bytes(folder.path())
    };
    let first = set(b"one");
    assert_eq!(set(b"one"), first, "nothing was said");
    let second = set(b"two");
    assert!(second > first);
    assert_eq!(set(b"two"), second);
    assert!(set(b"") > second);
}
