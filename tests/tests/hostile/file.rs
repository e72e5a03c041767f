//! Carried files that a stranger made, or somebody who has a key: taken by Lan's phone as the app takes them.

use crate::behaviour::{Behaviour, World};
use crate::device::table;
use crate::frugal;
use std::ops::Range;
use toso_sync::carried::{Carried, import, seal_for};
use toso_sync::id::{DeviceKey, HubKey};
use toso_sync::key::Secret;
use toso_sync::memory::MemoryShelf;
use toso_sync::message::Bytes;
use toso_sync::pack::{Pack, encode};
use toso_sync::replica::{Fault, Replica};
use toso_sync::ruling::Id16;
use toso_tests::village::{Village, picture, record, state_of};

impl Frame {
    fn bytes(&self) -> Vec<u8> {
        let inside = match self {
            Self::From(key, by) => encode(&(0_u32, (*key, *by))),
            Self::Ruling(bytes) => encode(&(1_u32, (Bytes(bytes.clone()),))),
            Self::Pack(space, pack) => encode(&(2_u32, (*space, pack.clone()))),
            Self::Tray(space, pack) => encode(&(3_u32, (*space, pack.clone()))),
            Self::End(sections) => encode(&(4_u32, (*sections,))),
        };
        framed(&inside)
    }
}

table! { Village;
    is_nothing => "not_a_file",
    is_something_else => "not_a_file",
    is_of_a_newer_form => "not_a_file",
    is_cut_anywhere => "what came before the cut, and said to be cut",
    goes_on_behind_its_end => "the file is taken, the rest is not looked at",
    is_two_files_in_one => "the first is taken",
    has_each_section_flipped => "nothing wrong is taken",
    has_its_sections_swapped => "nothing wrong is taken",
    has_a_section_left_out => "said not to be whole",
    is_sealed_to_somebody_else => "not_for_this_device",
    is_of_another_commune => "wrong_commune",
    is_taken_fifty_times => "dup",
    says_again_whose_it_is => "malformed",
    is_an_endless_row_of_rulings => "too_large",
    announces_four_gigabytes => "too_large",
    has_a_thousand_sections => "not_for_this_device in 32 MB",
    is_sealed_to_three_hundred_thousand => "too_large, in seconds",
}

pub(crate) fn takes(village: &mut Village, mut file: &[u8]) -> Result<Carried, Fault> {
    let lan = &mut village.lan;
    lan.clock += 1_000;
    let holds = |copy: &Replica<MemoryShelf>, space| {
        copy.certificate().is_some_and(|(_, c)| c.names(space))
    };
    frugal(|| import(&mut lan.copy, &holds, &mut file, lan.clock))
}

#[track_caller]
pub(crate) fn refuses(village: &mut Village, file: &[u8], code: &str) {
    let before = state_of(&mut village.lan.copy);
    assert_eq!(takes(village, file).unwrap_err().code, code);
    assert_eq!(state_of(&mut village.lan.copy), before, "nothing changed");
}

/// A frame as it stands in a file.
pub(crate) enum Frame {
    Ruling(Vec<u8>),
    Pack(Id16, Pack),
    Tray(Id16, Pack),
    From(HubKey, Option<DeviceKey>),
    End(Option<u32>),
}

pub(crate) fn framed(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap();
    [&length.to_be_bytes()[..], bytes].concat()
}

/// A file of this commune with these frames, made by hand: in the old form, and sealed to Lan.
pub(crate) fn forged(village: &Village, frames: &[Frame]) -> [Vec<u8>; 2] {
    let authority = village.hub.authority.hub();
    let inside: Vec<u8> = frames.iter().flat_map(Frame::bytes).collect();
    let from = Frame::From(authority, None).bytes();
    let plain = [b"TOSOFIL1", &from[..], &inside, &Frame::End(None).bytes()].concat();
    let mut sealed = [b"TOSOFIL2", &framed(&encode(&(authority,)))[..]].concat();
    let inside = [inside, Frame::End(Some(1)).bytes()].concat();
    seal_for(&mut sealed, &village.lan.secret, |out| {
        out.write_all(&inside).map_err(|_| Fault::new("file"))
    })
    .unwrap();
    sealed.extend([0; 4]);
    [plain, sealed]
}

/// Páo's file, with three packs that Lan has not.
pub(crate) fn file(village: &mut Village) -> Vec<u8> {
    for n in 50..53 {
        village.pao.notes(record(n), &[("head_name", "Lý A Sử")]);
    }
    village.pao.file()
}

/// Where the sections of a file are, each with its end.
fn sections(file: &[u8]) -> Vec<Range<usize>> {
    let length = |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
    let mut at = 12 + length(8);
    let mut out = Vec::new();
    while length(at) > 0 {
        let begin = at;
        while length(at) > 0 {
            at += 4 + length(at);
        }
        at += 4;
        out.push(begin..at);
    }
    out
}

/// What Lan has after a file is part of what the honest file gives.
#[track_caller]
fn nothing_wrong(village: &mut Village, honest: &[u8], bad: &[u8]) {
    let empty = village.lan.copy.shelf.backup();
    takes(village, honest).unwrap();
    let whole = picture(&mut village.lan.copy);
    village.lan.is_restored(empty.clone());
    if let Err(fault) = takes(village, bad) {
        let known = [
            "not_a_file",
            "wrong_commune",
            "malformed",
            "too_large",
            "not_for_this_device",
        ];
        assert!(known.contains(&fault.code), "{}", fault.code);
    }
    let part = picture(&mut village.lan.copy);
    assert!(part.documents.iter().all(|d| whole.documents.contains(d)));
    assert!(part.rulings.iter().all(|r| whole.rulings.contains(r)));
    village.lan.is_restored(empty);
}

fn is_nothing(village: &mut Village) {
    refuses(village, b"", "not_a_file");
    refuses(village, b"TOSOFIL", "not_a_file");
}

fn is_something_else(village: &mut Village) {
    for bytes in [
        &b"%PDF-1.7 ...."[..],
        b"PK\x03\x04........",
        "Tổ số".as_bytes(),
        &[0; 65_536],
    ] {
        refuses(village, bytes, "not_a_file");
    }
}

fn is_of_a_newer_form(village: &mut Village) {
    let mut file = file(village);
    file[7] = b'3';
    refuses(village, &file, "not_a_file");
}

fn is_cut_anywhere(village: &mut Village) {
    let file = file(village);
    let empty = village.lan.copy.shelf.backup();
    for cut in (0..file.len())
        .step_by(211)
        .chain([file.len() - 1, file.len() - 4, file.len() - 5])
    {
        village.lan.is_restored(empty.clone());
        match takes(village, &file[..cut]) {
            Ok(told) => assert!(!told.whole && told.not_taken.is_empty(), "{cut}: {told:?}"),
            Err(fault) => assert_eq!((fault.code, cut < 100), ("not_a_file", true)),
        }
    }
    assert!(takes(village, &file).unwrap().whole);
}

fn goes_on_behind_its_end(village: &mut Village) {
    let mut file = file(village);
    file.extend([0xa5; 100_000]);
    let told = takes(village, &file).unwrap();
    assert_eq!((told.packs, told.whole), (3, true));
}

fn is_two_files_in_one(village: &mut Village) {
    let first = file(village);
    village.pao.notes(record(60), &[("head_name", "Lý A Sử")]);
    let both = [first, village.pao.file()].concat();
    assert_eq!(takes(village, &both).unwrap().packs, 3);
    assert!(village.lan.reads(record(60), "head_name").is_empty());
}

fn has_each_section_flipped(village: &mut Village) {
    let file = file(village);
    let all = sections(&file);
    assert!(all.len() >= 2, "rulings, and the team's");
    for section in all {
        for part in 1..8 {
            let mut bad = file.clone();
            bad[section.start + section.len() * part / 8] ^= 0x10;
            nothing_wrong(village, &file, &bad);
        }
    }
}

fn has_its_sections_swapped(village: &mut Village) {
    let file = file(village);
    let all = sections(&file);
    let (first, second) = (all[0].clone(), all[1].clone());
    let bad = [
        &file[..first.start],
        &file[second.clone()],
        &file[first],
        &file[second.end..],
    ];
    nothing_wrong(village, &file, &bad.concat());
}

fn has_a_section_left_out(village: &mut Village) {
    let file = file(village);
    let last = sections(&file).pop().unwrap();
    let less = [&file[..last.start], &file[last.end..]].concat();
    let told = takes(village, &less).unwrap();
    assert!(!told.whole, "{told:?}");
}

fn is_sealed_to_somebody_else(village: &mut Village) {
    let stranger = Secret::from_bytes(&[66; 32]);
    let authority = village.hub.authority.hub();
    let mut sealed = [b"TOSOFIL2", &framed(&encode(&(authority,)))[..]].concat();
    seal_for(&mut sealed, &stranger, |out| {
        out.write_all(&Frame::End(Some(1)).bytes())
            .map_err(|_| Fault::new("file"))
    })
    .unwrap();
    sealed.extend([0; 4]);
    refuses(village, &sealed, "not_for_this_device");
}

fn is_of_another_commune(village: &mut Village) {
    let mut other = Village::begin();
    let file = file(&mut other);
    let stranger = Secret::from_bytes(&[77; 32]).hub();
    // The cover names who the commune is.
    let cover = framed(&encode(&(stranger,)));
    let foreign = [&file[..8], &cover, &file[8 + cover.len()..]].concat();
    refuses(village, &foreign, "wrong_commune");
    let from = Frame::From(stranger, None).bytes();
    refuses(village, &[b"TOSOFIL1", &from[..]].concat(), "wrong_commune");
}

fn is_taken_fifty_times(village: &mut Village) {
    let file = file(village);
    assert_eq!(takes(village, &file).unwrap().packs, 3);
    let before = state_of(&mut village.lan.copy);
    for _ in 0..50 {
        let told = takes(village, &file).unwrap();
        assert_eq!((told.packs, told.whole), (0, true));
    }
    assert_eq!(state_of(&mut village.lan.copy), before);
}

fn says_again_whose_it_is(village: &mut Village) {
    let authority = village.hub.authority.hub();
    for file in forged(village, &[Frame::From(authority, None)]) {
        refuses(village, &file, "malformed");
    }
}

fn is_an_endless_row_of_rulings(village: &mut Village) {
    village.lan.copy.limits.file_rulings = 5_000;
    let many: Vec<Frame> = (0..5_001).map(|_| Frame::Ruling(vec![0; 8])).collect();
    for file in forged(village, &many) {
        refuses(village, &file, "too_large");
    }
}

fn announces_four_gigabytes(village: &mut Village) {
    let file = file(village);
    let first = sections(&file)[0].start;
    let mut bad = file[..first].to_vec();
    bad.extend([0xff; 64]);
    refuses(village, &bad, "too_large");
    let authority = village.hub.authority.hub();
    let from = Frame::From(authority, None).bytes();
    let plain = [b"TOSOFIL1", &from[..], &[0xff; 64]].concat();
    refuses(village, &plain, "too_large");
}

/// Each is tried with the phone's key before it is stepped over.
fn has_a_thousand_sections(village: &mut Village) {
    let stranger = Secret::from_bytes(&[66; 32]);
    let authority = village.hub.authority.hub();
    let mut one = Vec::new();
    seal_for(&mut one, &stranger, |_| Ok(())).unwrap();
    let cover = framed(&encode(&(authority,)));
    let many = [b"TOSOFIL2", &cover[..], &one.repeat(1_500), &[0; 4]].concat();
    refuses(village, &many, "not_for_this_device");
}

/// A section costs a multiplication for each reader it names, whoever they are.
fn is_sealed_to_three_hundred_thousand(village: &mut Village) {
    let reader = format!(
        "-> X25519 {}\n{}\n",
        "A".repeat(42) + "Q",
        "B".repeat(42) + "A"
    );
    let header = format!(
        "age-encryption.org/v1\n{}--- {}\n",
        reader.repeat(298),
        "A".repeat(43)
    );
    let section = [&framed(header.as_bytes())[..], &framed(&[7; 32]), &[0; 4]].concat();
    let cover = framed(&encode(&(village.hub.authority.hub(),)));
    let file = [b"TOSOFIL2", &cover[..], &section.repeat(1_000), &[0; 4]].concat();
    // A tenth of what a file may cost: twenty such sections are sixteen times the rest of this table.
    village.lan.copy.limits.file_effort /= 10;
    let began = std::time::Instant::now();
    refuses(village, &file, "too_large");
    assert!(began.elapsed().as_secs() < 8, "{:?}", began.elapsed());
}
