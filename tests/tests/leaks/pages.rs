//! Sealed databases opened with their keys: every page as it lies on the disk, free ones and frames of the log too, and
//! every cell, packs unpacked.

use crate::aes::Aes;
use crate::canary::{ERASED, KEPT, SCANNED};
use crate::search::Needles;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::path::{Path, PathBuf};
use toso_store::{Secret, key};
use toso_tests::demo::{OFFICE_SECRET, PIN};

/// Bytes of a page, and those at its end that are no content: the start of its chain and its proof.
const PAGE: usize = 4096;
const END: usize = 80;

/// The databases at the end of a day and as they lay there just after the erasure, with their keys.
fn databases(home: &Path) -> Vec<(PathBuf, [u8; 32])> {
    let device = |folder: PathBuf, secret: Secret<'_>| {
        let opened = key::unlock(&folder, secret, 0, None).unwrap();
        (folder.join("toso.db"), *opened.bytes())
    };
    let hub = |folder: PathBuf| {
        let text = std::fs::read_to_string(folder.join("hub.key")).unwrap();
        let digits = text.trim().as_bytes().as_chunks::<2>().0.iter();
        let bytes = digits.map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16));
        let bytes: Vec<u8> = bytes.map(Result::unwrap).collect();
        (folder.join("hub.db"), bytes.try_into().unwrap())
    };
    let mut all = Vec::new();
    for home in [home.to_owned(), home.join("evening")] {
        let office = Secret::Passphrase(OFFICE_SECRET);
        all.push(hub(home.join("hub")));
        all.push(device(home.join("office"), office));
        all.push(device(home.join("lan"), Secret::Pin(PIN)));
        all.push(device(home.join("pao"), Secret::Pin(PIN)));
    }
    let restored = std::fs::read_dir(home.join("restored/others")).unwrap();
    all.extend(restored.map(|entry| device(entry.unwrap().path(), Secret::Pin(PIN))));
    all
}

/// Every page of a file and of its log, opened.
fn pages(database: &Path, key: &[u8; 32]) -> Vec<(String, Vec<u8>)> {
    let aes = Aes::new(key);
    let mut out = Vec::new();
    let mut open = |name: String, sealed: &[u8], first: bool| {
        let (content, end) = sealed.split_at(PAGE - END);
        if sealed.iter().all(|byte| *byte == 0) {
            return;
        }
        let start: [u8; 16] = end[..16].try_into().unwrap();
        // The first page begins with the salt, in the clear.
        out.push((
            name,
            aes.open(&start, &content[if first { 16 } else { 0 }..]),
        ));
    };
    let bytes = std::fs::read(database).unwrap();
    for (n, page) in bytes.as_chunks::<PAGE>().0.iter().enumerate() {
        open(format!("page {}", n + 1), page, n == 0);
    }
    let mut log = database.as_os_str().to_owned();
    log.push("-wal");
    let bytes = std::fs::read(log).unwrap_or_default();
    for (n, frame) in bytes
        .get(32..)
        .unwrap_or_default()
        .chunks_exact(24 + PAGE)
        .enumerate()
    {
        let first = frame[..4] == [0, 0, 0, 1];
        open(format!("frame {n}"), &frame[24..], first);
    }
    out
}

/// Every cell of every table, packs unpacked.
fn cells(database: &Path, key: &[u8; 32]) -> Vec<(String, Vec<u8>)> {
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let opened = Connection::open(database).unwrap();
    opened
        .execute_batch(&format!("PRAGMA key = \"x'{hex}'\"; PRAGMA query_only = 1"))
        .unwrap();
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table'";
    let mut tables = opened.prepare(names).unwrap();
    let tables: Vec<String> = tables
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut out = Vec::new();
    for table in tables.iter().filter(|table| *table != "record_search") {
        let mut rows = opened.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                let bytes = match row.get_ref(column).unwrap() {
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
                    _ => continue,
                };
                let packed = bytes
                    .windows(4)
                    .position(|at| at == [0x28, 0xb5, 0x2f, 0xfd]);
                let plain =
                    packed.and_then(|at| zstd::bulk::decompress(&bytes[at..], 1 << 22).ok());
                out.push((table.clone(), bytes.to_vec()));
                out.extend(plain.map(|plain| (format!("{table}, unpacked"), plain)));
            }
        }
    }
    out
}

/// Who was erased is nowhere, who was kept is: how many pages and cells were looked at.
pub fn nobody_erased_is_left(home: &Path) -> u64 {
    let (erased, kept) = (Needles::of(&[ERASED, SCANNED]), Needles::of(&[KEPT]));
    let mut looked = 0;
    let mut left = Vec::new();
    for (database, key) in databases(home) {
        let name = database.strip_prefix(home).unwrap().display().to_string();
        for (what, all) in [
            ("pages", pages(&database, &key)),
            ("cells", cells(&database, &key)),
        ] {
            let mut seen = 0;
            for (place, plain) in &all {
                seen += kept.find(plain).len();
                let found = erased.find(plain);
                left.extend(
                    found
                        .iter()
                        .map(|(at, _, form)| format!("{name}, {place} at {at}: {form}")),
                );
            }
            assert!(
                seen > 0,
                "{name}: who is kept is not found in {} {what}",
                all.len()
            );
            looked += all.len() as u64;
        }
    }
    assert!(
        left.is_empty(),
        "erased or only seen, and there:\n{}",
        left.join("\n")
    );
    looked
}
