//! Carried files that were cut, damaged, or come from elsewhere.

use crate::frugal;
use toso_sync::carried::{Carried, import};
use toso_sync::memory::MemoryShelf;
use toso_sync::replica::{Fault, Replica};
use toso_sync::shelf::Shelf;
use toso_tests::village::*;

/// A village whose hub has heard nothing yet, and Páo's file with three packs.
fn file() -> (Village, Vec<u8>) {
    let mut village = Village::new();
    for n in 1..=3 {
        village.pao.notes(
            record(n),
            &[("head_name", "Lò Văn Páo"), ("phone", "0911 111 111")],
        );
    }
    let file = village.pao.file();
    (village, file)
}

fn takes(copy: &mut Replica<MemoryShelf>, mut file: &[u8]) -> Result<Carried, Fault> {
    frugal(|| import(copy, &|_, _| true, &mut file, MORNING))
}

#[track_caller]
fn refused(copy: &mut Replica<MemoryShelf>, file: &[u8], code: &str) {
    let before = state_of(copy);
    assert_eq!(takes(copy, file).unwrap_err().code, code);
    assert_eq!(state_of(copy), before);
}

#[test]
fn a_file_cut_at_every_97th_byte_gives_what_came_before_the_cut() {
    let (Village { lan, .. }, file) = &mut file();
    let empty = lan.copy.shelf.backup();
    let mut most = 0;
    for cut in (0..file.len()).step_by(97) {
        lan.is_restored(empty.clone());
        match takes(&mut lan.copy, &file[..cut]) {
            Ok(report) => {
                assert!(!report.whole, "a cut file says that it is cut");
                assert!(report.packs >= most && report.not_taken.is_empty());
                most = report.packs;
                assert_eq!(lan.copy.shelf.packs(team()).unwrap().len(), report.packs);
            }
            Err(fault) => assert_eq!((fault.code, cut < 100), ("not_a_file", true)),
        }
    }
    // The whole file after all the cut ones: nothing was spoilt by them.
    let report = takes(&mut lan.copy, file).unwrap();
    assert!(report.whole);
    assert_eq!(report.packs + report.dup, 3);
    assert_eq!(lan.reads(record(3), "head_name"), ["Lò Văn Páo"]);
}

#[test]
fn a_file_with_a_bit_flipped_at_every_97th_byte_takes_nothing_wrong() {
    let (Village { lan, .. }, file) = &mut file();
    let empty = lan.copy.shelf.backup();
    takes(&mut lan.copy, file).unwrap();
    let whole = picture(&mut lan.copy);
    for at in (0..file.len()).step_by(97) {
        lan.is_restored(empty.clone());
        let mut bad = file.clone();
        bad[at] ^= 1 << (at % 8);
        match takes(&mut lan.copy, &bad) {
            Ok(_) => {}
            Err(fault) => assert!(
                ["not_a_file", "wrong_commune", "malformed", "too_large"].contains(&fault.code)
            ),
        }
        let part = picture(&mut lan.copy);
        assert!(
            part.documents.iter().all(|d| whole.documents.contains(d)),
            "byte {at}"
        );
        assert!(
            part.rulings.iter().all(|r| whole.rulings.contains(r)),
            "byte {at}"
        );
    }
}

#[test]
fn a_file_of_another_commune_is_wrong_commune() {
    let (_, file) = file();
    let village = &mut Village::new();
    let other = toso_sync::key::Secret::from_bytes(&[77; 32]);
    let mut copy = Replica::open(
        MemoryShelf::new(),
        other.hub(),
        None,
        Some(village.lan.secret.clone()),
    )
    .unwrap();
    refused(&mut copy, &file, "wrong_commune");
}

#[test]
fn anything_else_is_not_a_file() {
    let village = &mut Village::new();
    for bytes in [
        &b""[..],
        b"TOSO",
        b"%PDF-1.7 ............",
        b"TOSOFIL1",
        &[0; 100_000],
    ] {
        refused(&mut village.lan.copy, bytes, "not_a_file");
    }
}

#[test]
fn a_frame_of_four_gigabytes_is_too_large() {
    let (Village { lan, .. }, file) = &mut file();
    let first = 12 + u32::from_be_bytes(file[8..12].try_into().unwrap()) as usize;
    let mut bad = file[..first].to_vec();
    bad.extend_from_slice(&[0xff; 64]);
    refused(&mut lan.copy, &bad, "too_large");
}

#[test]
fn an_end_of_file_that_claims_more_than_is_there_is_a_cut() {
    let (Village { lan, .. }, file) = &mut file();
    let first = 12 + u32::from_be_bytes(file[8..12].try_into().unwrap()) as usize;
    let mut bad = file[..first].to_vec();
    bad.extend_from_slice(&400_000_u32.to_be_bytes());
    let before = state_of(&mut lan.copy);
    assert!(!takes(&mut lan.copy, &bad).unwrap().whole);
    assert_eq!(state_of(&mut lan.copy), before);
}
