//! Files that a stranger hands over, or that a phone in wrong hands wrote.

use crate::commune::{Commune, done};
use crate::{frugal, state};
use serde_json::json;
use std::fs::File;
use toso_sync::caps;
use toso_sync::replica::Mode;
use toso_tests::bomb::expansion;
use toso_tests::village::{entry, gives, record, team};

#[test]
fn a_carried_file_brings_in_only_what_is_right() {
    let mut commune = Commune::new();
    let before = state::of_app(&commune.honest);
    let page = commune.file("page.toso");
    std::fs::write(&page, "<!DOCTYPE html><html></html>").unwrap();
    let long = commune.file("long.toso");
    File::create(&long)
        .unwrap()
        .set_len(caps::FILE_BYTES + 1)
        .unwrap();
    let nothing = commune.file("nothing.toso");
    std::fs::write(&nothing, b"").unwrap();
    let foreign = commune.file("foreign.toso");
    let mut other = toso_tests::village::Village::new();
    other.pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    std::fs::write(&foreign, other.pao.file()).unwrap();
    for (file, code) in [
        (&page, "not_a_file"),
        (&nothing, "not_a_file"),
        (&long, "too_large"),
        (&foreign, "wrong_commune"),
    ] {
        let told = frugal(|| commune.honest.import(file)).unwrap_err();
        assert_eq!(told.code, code);
        assert!(!told.message.is_empty() && !told.hint.is_empty());
        assert_eq!(state::of_app(&commune.honest), before);
    }

    // A true file of this commune in which one entry of one pack is a bomb.
    let thief = &mut commune.thief.person;
    thief.notes(record(1), &[("head_name", "Hờ A Chư")]);
    let header = thief.next_header();
    let bomb = expansion(header.log().actor(team()).0, 130_000_000);
    let (pack, _) = thief.forges(header, &[entry(record(2), "household", bomb)]);
    gives(&mut thief.copy, &pack, Mode::Counting);
    let carried = commune.file("carried.toso");
    std::fs::write(&carried, commune.thief.person.file()).unwrap();
    let told = frugal(|| commune.honest.import(&carried)).unwrap();
    assert_eq!((&told["whole"], &told["packs"]), (&json!(true), &json!(2)));
    let documents = commune.honest.document_hashes(team()).unwrap();
    assert!(documents.contains_key(&record(1)) && !documents.contains_key(&record(2)));
    let again = frugal(|| commune.honest.import(&carried)).unwrap();
    assert_eq!((&again["packs"], &again["dup"]), (&json!(0), &json!(2)));
    done(&commune.honest, "sync.run", json!({}));
    commune.goes_on();
}
