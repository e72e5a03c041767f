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

/// The seal proves 64 KiB at a time: what was proved before the cut is taken.
#[test]
fn a_long_file_cut_in_the_middle_gives_the_first_packs() {
    let mut village = Village::new();
    for n in 1..=60 {
        let note: String = (0..6_000)
            .map(|_| char::from(b'a' + u8::try_from(village.pao.dice.below(26)).unwrap()))
            .collect();
        village.pao.notes(record(n), &[("note", &note)]);
    }
    let file = village.pao.file();
    let lan = &mut village.lan.copy;
    let mut take = |mut part: &[u8]| import(lan, &|_, _| true, &mut part, MORNING);
    let report = take(&file[..file.len() / 2]).unwrap();
    assert!(
        !report.whole && (10..50).contains(&report.packs),
        "{report:?}"
    );
    let report = take(&file).unwrap();
    assert!(report.whole && report.packs + report.dup == 60);
}

/// Whatever bit was flipped: a code of refusal, or nothing taken that the honest file does not give.
fn flips(bits: impl Fn(usize) -> Vec<u8>) {
    let (Village { lan, .. }, file) = &mut file();
    let empty = lan.copy.shelf.backup();
    takes(&mut lan.copy, file).unwrap();
    let whole = picture(&mut lan.copy);
    let mut refused = 0;
    for at in 0..file.len() {
        for bit in bits(at) {
            lan.is_restored(empty.clone());
            let mut bad = file.clone();
            bad[at] ^= 1 << bit;
            match takes(&mut lan.copy, &bad) {
                // Steps over the others' sections without a look at them, or reads on past the end it wants.
                Ok(report) => assert!(report.closed > 0 || !report.whole, "byte {at}: {report:?}"),
                Err(fault) => {
                    let codes = [
                        "not_a_file",
                        "wrong_commune",
                        "malformed",
                        "too_large",
                        "not_for_this_device",
                    ];
                    assert!(codes.contains(&fault.code), "byte {at}: {}", fault.code);
                    refused += 1;
                }
            }
            let part = picture(&mut lan.copy);
            let all = |d: &_| whole.documents.contains(d);
            assert!(part.documents.iter().all(all), "byte {at}");
            assert!(
                part.rulings.iter().all(|r| whole.rulings.contains(r)),
                "byte {at}"
            );
        }
    }
    assert!(refused > 0);
}

#[test]
fn a_file_with_a_bit_flipped_takes_nothing_wrong() {
    flips(|at| match at {
        0..60 => (0..8).collect(),
        _ if at % 11 == 0 => vec![u8::try_from(at / 11 % 8).unwrap()],
        _ => Vec::new(),
    });
}

/// All of them, for an hour with nothing else to do.
#[test]
#[ignore = "minutes"]
fn a_file_with_any_bit_flipped_takes_nothing_wrong() {
    flips(|_| (0..8).collect());
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
        b"TOSOFIL2",
        b"TOSOFIL2\xff\xff\xff\xff",
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
    bad.extend_from_slice(&60_000_u32.to_be_bytes());
    let before = state_of(&mut lan.copy);
    assert!(!takes(&mut lan.copy, &bad).unwrap().whole);
    assert_eq!(state_of(&mut lan.copy), before);
}

/// The library reads a header again for each of its lines: thirty kilobytes of empty ones would take a phone seconds, and a
/// file of such sections hours.
#[test]
fn a_seal_of_ten_thousand_empty_lines_is_malformed_before_it_is_tried() {
    let (Village { lan, .. }, file) = &mut file();
    let first = 12 + u32::from_be_bytes(file[8..12].try_into().unwrap()) as usize;
    for line in ["-> X\n\n", "-> X25519 x\n", "\n", "x"] {
        let mut seal = b"age-encryption.org/v1\n".to_vec();
        seal.extend(line.repeat(60_000 / line.len()).bytes());
        seal.extend(b"--- x\n");
        let mut bad = file[..first].to_vec();
        bad.extend(u32::try_from(seal.len()).unwrap().to_be_bytes());
        bad.extend(seal);
        bad.extend([0; 8]);
        refused(&mut lan.copy, &bad, "malformed");
    }
}
