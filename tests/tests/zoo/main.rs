//! A zoo of hostile things, made by name from code: each is told its stable code, takes a second and 32 MB at most, leaves
//! what a phone and a hub state as it was, and the next honest thing still works.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a failed step is a failed test, and figures are told"
)]

mod animal;
mod calls;
mod change;
#[path = "../door_bad/commune.rs"]
#[allow(dead_code, reason = "shared with another binary, which uses all of it")]
mod commune;
#[path = "../hostile/craft.rs"]
mod craft;
#[allow(
    dead_code,
    reason = "shared with the fuzz targets, which use all of it"
)]
mod doors;
mod entry;
mod file;
mod message;
#[path = "../hostile/meter.rs"]
#[allow(dead_code, reason = "shared with the hostile behaviours")]
mod meter;
mod pack;
#[path = "../door_bad/state.rs"]
#[allow(dead_code, reason = "as above")]
mod state;
#[path = "../door_bad/thief.rs"]
mod thief;
mod typed;
#[path = "../door_bad/wire.rs"]
#[allow(dead_code, reason = "as above")]
mod wire;

use animal::Animal;
use doors::{Door, LONGEST, Stand, measured, quiet};
use meter::frugal as frugal_all;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use toso_tests::village::{assert_alike, picture, record};

/// Memory is counted for the whole process: one test at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn all(stand: &mut Stand) -> Vec<Animal> {
    let mut all = change::animals(stand);
    all.extend(pack::animals(stand));
    all.extend(message::animals(stand));
    all.extend(file::animals(stand));
    all.extend(typed::animals());
    all
}

/// The gate, packs and rulings may take what is right in a pack; nothing that people see moves by what was refused.
fn shown(stand: &mut Stand) -> [Vec<(toso_domain::id::RecordId, [u8; 32])>; 2] {
    let village = &mut stand.village;
    [&mut village.lan.copy, &mut village.hub.copy].map(|copy| picture(copy).documents)
}

#[test]
fn every_animal_is_told_its_code_and_moves_nothing() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    quiet();
    let mut stand = Stand::new();
    let animals = all(&mut stand);
    stand.begins_again();
    let before = shown(&mut stand);
    let (mut names, mut wrong) = (BTreeSet::new(), Vec::new());
    for one in &animals {
        assert!(names.insert(&one.name), "twice: {}", one.name);
        let (told, took, grown) = measured(|| stand.offers(one.door, &one.bytes));
        if one.code != told {
            wrong.push(format!("{}: {told}, not {}", one.name, one.code));
        }
        if took > LONGEST || grown > meter::BOUND {
            wrong.push(format!("{}: {took:?}, {grown} bytes", one.name));
        }
        if told != "ok" && one.door != Door::File && shown(&mut stand) != before {
            wrong.push(format!("{}: something moved", one.name));
        }
        stand.begins_again();
    }
    println!("{} animals", animals.len());
    assert!(animals.len() >= 200, "{}", animals.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let hub = &mut stand.village.hub;
    stand
        .village
        .pao
        .notes(record(90), &[("head_name", "Lầu Bá Đủa")]);
    hub.meets_all(&mut [&mut stand.village.pao, &mut stand.village.lan]);
    assert_alike(hub, &mut [&mut stand.village.pao, &mut stand.village.lan]);
    assert_eq!(
        stand.village.lan.reads(record(90), "head_name"),
        ["Lầu Bá Đủa"]
    );
}
