//! A profile in a folder of its own, and records to put in it.

use serde_json::json;
use std::path::Path;
use tempfile::TempDir;
use toso_domain::id::{RecordId, SpaceId};
use toso_store::{DatabaseKey, Opened, Profile, RecordRow, Result, Store};

pub const KINDS: &[(&str, &[&str])] = &[
    ("household", &["head_name", "village"]),
    ("visit", &["household", "note"]),
];
pub const TEAM: [u8; 16] = [0xA1; 16];

pub fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

pub fn open_as(path: &Path, key: u8, machine: &str) -> Result<Opened> {
    let key = DatabaseKey::from_bytes([key; 32]);
    Store::open(&Profile {
        folder: path,
        key: &key,
        kinds: KINDS,
        machine,
    })
}

pub fn open(path: &Path) -> Opened {
    open_as(path, 7, "phone of Páo").unwrap()
}

pub fn team() -> SpaceId {
    SpaceId::from_bytes(TEAM)
}

pub fn id(n: u32) -> RecordId {
    let mut bytes = [0; 16];
    bytes[12..].copy_from_slice(&n.to_be_bytes());
    RecordId::from_bytes(bytes)
}

/// What the domain's fold does, for the letters these stories use.
pub fn fold(text: &str) -> String {
    let mut out = String::new();
    for c in text.to_lowercase().chars() {
        out.push(match c {
            'đ' => 'd',
            'ứ' | 'ư' => 'u',
            'ễ' | 'ê' => 'e',
            'ă' | 'á' | 'à' => 'a',
            'ò' | 'ó' => 'o',
            other => other,
        });
    }
    out
}

pub fn household(head: &str) -> RecordRow {
    RecordRow {
        kind: "household".into(),
        body:
            json!({ "head_name": head, "village": "Huồi Mới", "poor": true, "photo": ["ab", "cd"] })
                .as_object()
                .unwrap()
                .clone(),
        title: head.into(),
        subtitle: "Huồi Mới".into(),
        search: fold(head),
        sort: fold(head).into_bytes(),
        refs: vec![("village".into(), id(900))],
        updated: 1_790_000_000_000,
        ..RecordRow::default()
    }
}

/// Saves one household as one transaction.
pub fn save(store: &mut Store, n: u32, head: &str) {
    store.begin().unwrap();
    store
        .put_document(team(), id(n), head.as_bytes(), true, Some(&household(head)))
        .unwrap();
    store.commit().unwrap();
}

/// Whether any file below the folder holds the text, in UTF-8 or UTF-16.
pub fn on_disk(path: &Path, text: &str) -> bool {
    let wide = |f: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(f).collect::<Vec<u8>>();
    let needles = [
        text.as_bytes().to_vec(),
        wide(u16::to_le_bytes),
        wide(u16::to_be_bytes),
    ];
    std::fs::read_dir(path).unwrap().any(|entry| {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap_or_default();
        needles.iter().any(|needle| {
            bytes
                .windows(needle.len())
                .any(|window| window == needle.as_slice())
        })
    })
}

/// Saves one household with its journal frame, as the app does.
pub fn save_with_frame(store: &mut Store, n: u32, head: &str) -> u64 {
    store.begin().unwrap();
    let frame = store.append(head.as_bytes()).unwrap();
    store
        .put_document(team(), id(n), head.as_bytes(), true, Some(&household(head)))
        .unwrap();
    store.commit().unwrap();
    frame
}

/// Ends the store as a killed process would: every file as it was, nothing tidied.
pub fn kill(path: &Path, store: Store) {
    let files: Vec<_> = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let kept: Vec<_> = files
        .iter()
        .map(|file| (file, std::fs::read(file).unwrap()))
        .collect();
    drop(store);
    for (file, bytes) in kept {
        // Written in place: the same file on the same disk.
        std::fs::write(file, bytes).unwrap();
    }
    std::fs::remove_file(path.join("toso.db-shm")).ok();
}

/// Changes one byte of a file in place.
pub fn flip(file: &Path, at: usize) {
    let mut bytes = std::fs::read(file).unwrap();
    bytes[at] ^= 1;
    std::fs::write(file, bytes).unwrap();
}
