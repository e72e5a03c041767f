//! Packs that are what they say, with entries nobody may count: the pack stands, the entry does not, on the hub and then on
//! the device that gets it from there.

use crate::commune::{Commune, done};
use crate::{frugal, state};
use serde_json::json;
use toso_domain::crdt::{Document, read};
use toso_sync::pack::Entry;
use toso_sync::shelf::Verdict;
use toso_tests::bomb::{damaged, expansion};
use toso_tests::sim::random::Dice;
use toso_tests::village::{entry, record, team};

/// The hub takes a pack with this entry and refuses the entry; so does the honest device, and neither shows anything else.
#[track_caller]
fn refused(commune: &mut Commune, bad: Entry, code: &str) {
    let document = bad.document;
    done(&commune.honest, "sync.run", json!({}));
    let (honest, before) = (state::of_app(&commune.honest), commune.document(document));
    let header = commune.thief.person.next_header();
    let (pack, head) = commune.thief.person.forges(header, &[bad]);
    let told = commune.gives(&[pack], &[]);
    assert!(told.not_taken.is_empty(), "{:?}", told.not_taken);
    let verdicts = state::verdicts(&commune.data(), &head);
    assert_eq!(verdicts, [(Verdict::Refused, code.to_owned())]);
    assert_eq!(commune.document(document), before);

    let told = frugal(|| done(&commune.honest, "sync.run", json!({})));
    assert_eq!(told["pulled"]["packs"], 1, "{told}");
    assert_eq!(state::of_app(&commune.honest), honest);
    let again = commune.gives(&[], &[]);
    assert!(again.not_taken.is_empty());
    commune.goes_on();
}

/// A commune in which the phone in wrong hands has one record, kept.
fn with_record() -> (Commune, Document) {
    let mut commune = Commune::new();
    let thief = &mut commune.thief.person;
    thief.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    commune.thief_syncs();
    let document = commune.thief.person.copy.document(team(), record(1));
    (commune, document.unwrap().unwrap())
}

#[test]
fn a_change_under_a_forged_actor_is_refused_as_an_entry() {
    let (mut commune, document) = with_record();
    let thief = &commune.thief.person;
    let other = toso_sync::id::Log {
        device: toso_sync::id::DeviceKey([5; 32]),
        ..thief.log().unwrap()
    };
    let raw = thief.change(other, &document, &[("phone", "0999 999 999")]);
    refused(&mut commune, entry(record(1), "household", raw), "actor");
}

#[test]
fn an_orphan_is_refused_as_an_entry() {
    let (mut commune, _) = with_record();
    let thief = &commune.thief.person;
    let (log, mut unseen) = (thief.log().unwrap(), Document::new());
    let first = thief.change(log, &unseen, &[("head_name", "Hờ A Chư")]);
    unseen.apply(&first).unwrap();
    let orphan = thief.change(log, &unseen, &[("phone", "0999 999 999")]);
    refused(&mut commune, entry(record(7), "household", orphan), "dep");
}

#[test]
fn a_bomb_of_a_hundred_bytes_is_refused_as_an_entry() {
    for count in [10_000_000, 130_000_000] {
        let (mut commune, _) = with_record();
        let actor = commune.thief.person.log().unwrap().actor(team()).0;
        let raw = expansion(actor, count);
        assert!(raw.len() <= 113, "{} bytes", raw.len());
        // The control: so built, a few operations are a change like any other.
        assert!(read(&expansion(actor, 3)).is_ok());
        refused(&mut commune, entry(record(8), "household", raw), "bomb");
    }
}

#[test]
fn a_change_that_panics_the_library_is_refused_as_an_entry() {
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let library = |file: &str| file.contains("automerge") || file.contains("hexane");
        if !info.location().is_some_and(|at| library(at.file())) {
            loud(info);
        }
    }));
    let (mut commune, document) = with_record();
    let thief = &commune.thief.person;
    let fields = [
        ("head_name", "Páo"),
        ("phone", "0911 111 111"),
        ("note", "x"),
    ];
    let honest = thief.change(thief.log().unwrap(), &document, &fields);
    let mut dice = Dice::new(1);
    let panics = |raw: &Vec<u8>| read(raw).is_err_and(|refusal| refusal.code == "panic");
    let raw = (0..100_000)
        .map(|_| damaged(&honest, &mut dice))
        .find(panics);
    let raw = raw.expect("damage that makes the library panic");
    refused(&mut commune, entry(record(1), "household", raw), "panic");
}

#[test]
fn a_member_who_writes_as_staff_is_refused_as_an_entry() {
    let (mut commune, _) = with_record();
    let thief = &commune.thief.person;
    let mut team_record = Document::new();
    let patch = [
        ("_kind", toso_domain::crdt::Scalar::Text("team".into())),
        ("_v", toso_domain::crdt::Scalar::Int(1)),
        ("_salt", toso_domain::crdt::Scalar::Bytes(vec![9; 16])),
    ];
    let patch = patch
        .map(|(key, value)| (key.to_owned(), Some(value)))
        .into();
    let actor = thief.log().unwrap().actor(team());
    let raw = team_record.write(actor, &patch, thief.clock / 1_000);
    let raw = raw.unwrap().unwrap();
    refused(&mut commune, entry(record(9), "team", raw), "role");
}
