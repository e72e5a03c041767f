//! An enrolled device whose packs are not what they should be.

use crate::behaviour::Behaviour;
use crate::commune::done;
use crate::frugal;
use crate::state;
use crate::world::Land;
use serde_json::json;
use toso_domain::crdt::{Document, hash_of};
use toso_sync::caps;
use toso_sync::id::{DeviceKey, Epoch, Head, Log, Position};
use toso_sync::key::{Purpose, Random, Secret};
use toso_sync::pack::{Entry, Pack, head_of};
use toso_sync::shelf::{Shelf, Verdict};
use toso_tests::bomb::zeros;
use toso_tests::village::{entry, record, team};

macro_rules! table {
    ($world:ty; $($name:ident => $outcome:literal,)+) => {
        pub(crate) const BEHAVIOURS: &[Behaviour<$world>] = &[
            $(Behaviour { name: stringify!($name), outcome: $outcome, play: $name },)+
        ];
    };
}
pub(crate) use table;

table! { Land;
    says_a_number_twice => "fork",
    breaks_its_chain => "other_branch",
    builds_on_what_nobody_holds => "missing",
    skips_a_number => "gap",
    writes_to_anothers_log => "bad_sig",
    signs_with_a_made_up_key => "bad_sig",
    writes_without_a_certificate => "no_cert",
    writes_under_anothers_certificate => "bad_sig",
    speaks_a_newer_version => "version",
    closes_anothers_log => "malformed",
    replaces_anothers_pack => "taken, and the other's pack still counts",
    gives_an_empty_entry_for_an_erased_one => "hole",
    inflates_a_kilobyte_to_a_gigabyte => "bad_body in 32 MB",
    packs_more_than_the_cap_under_a_true_signature => "bad_body",
    gives_an_oversized_pack => "too_large",
    floods_with_packs_without_a_past => "missing, none of 300 kept",
    gives_the_same_pack_a_hundred_times => "dup",
    writes_in_the_year_2106 => "taken, and decides nothing",
    brings_the_erased_back => "no byte of it is kept",
    writes_a_visit_to_the_erased => "erased in the same exchange",
    writes_after_it_was_revoked => "revoked; set aside, uncounted",
}

/// Two logs of one phone may not both hold a place.
fn says_a_number_twice(land: &mut Land) {
    let good = land.next();
    let (mut header, _) = good.read_header().unwrap();
    assert!(land.gives(&[good], &[]).not_taken.is_empty());
    header.device_clock += 1;
    let (twin, _) = land.thief.person.forges(header, &[]);
    land.refuses(&twin, "fork");
}

fn breaks_its_chain(land: &mut Land) {
    land.own_record(1);
    let mut header = land.header();
    assert!(header.seq > 1, "it goes on a log the hub holds");
    header.prev = Some(Head([7; 16]));
    let (pack, _) = land.thief.person.forges(header, &[]);
    land.refuses(&pack, "other_branch");
}

fn nobodys(log: Log) -> Position {
    Position {
        log: Log {
            epoch: Epoch([9; 16]),
            ..log
        },
        seq: 1,
        head: Head([7; 16]),
    }
}

fn builds_on_what_nobody_holds(land: &mut Land) {
    let mut header = land.header();
    header.after.push(nobodys(header.log()));
    header.after.sort_unstable();
    let (pack, _) = land.thief.person.forges(header, &[]);
    land.refuses(&pack, "missing");
}

fn skips_a_number(land: &mut Land) {
    land.own_record(1);
    let mut header = land.header();
    header.seq += 1;
    let (pack, _) = land.thief.person.forges(header, &[]);
    land.refuses(&pack, "gap");
}

fn writes_to_anothers_log(land: &mut Land) {
    land.header();
    let vector = land.thief.person.copy.ledger(team()).unwrap().vector();
    let own = land.thief.person.secret.device();
    let other = *vector.iter().find(|at| at.log.device != own).unwrap();
    let mut header = land.thief.person.next_header();
    (header.device, header.epoch) = (other.log.device, other.log.epoch);
    (header.seq, header.prev, header.cert) = (other.seq + 1, Some(other.head), None);
    header.after.retain(|at| at.log != other.log);
    let (pack, _) = land.thief.person.forges(header, &[]);
    land.refuses_both(&pack, "bad_sig");
}

fn signs_with_a_made_up_key(land: &mut Land) {
    let mut pack = land.next();
    pack.sig = Secret::from_bytes(&[66; 32]).sign(Purpose::Pack, &pack.header);
    land.refuses_both(&pack, "bad_sig");
    // A true signature, for another purpose.
    pack.sig = land
        .thief
        .person
        .secret
        .sign(Purpose::Session, &pack.header);
    land.refuses_both(&pack, "bad_sig");
}

fn writes_without_a_certificate(land: &mut Land) {
    let stranger = Secret::from_bytes(&[66; 32]);
    let mut header = land.header();
    header.device = stranger.device();
    (header.seq, header.prev, header.cert) = (2, Some(Head([7; 16])), None);
    header.after.clear();
    let (pack, _) = Pack::seal(&stranger, header, &[]);
    land.refuses_both(&pack, "no_cert");
}

fn writes_under_anothers_certificate(land: &mut Land) {
    let mut header = land.header();
    let book = land.thief.person.copy.book();
    let staff = book.devices().into_iter().find(|(_, c)| c.is_staff());
    let office: DeviceKey = staff.unwrap().0;
    let certificate = *book.certificate_of(&office).unwrap().0;
    header.epoch = Epoch([3; 16]);
    (header.seq, header.prev, header.cert) = (1, None, Some(certificate));
    let (pack, _) = land.thief.person.forges(header, &[]);
    land.refuses_both(&pack, "bad_sig");
}

fn speaks_a_newer_version(land: &mut Land) {
    let mut header = land.header();
    header.v += 1;
    let (pack, _) = land.thief.person.forges(header, &[]);
    land.refuses_both(&pack, "version");
}

fn anothers(land: &mut Land) -> Position {
    land.goes_on();
    land.thief_syncs();
    let own = land.thief.person.secret.device();
    let vector = land.thief.person.copy.ledger(team()).unwrap().vector();
    *vector.iter().find(|at| at.log.device != own).unwrap()
}

fn closes_anothers_log(land: &mut Land) {
    let other = anothers(land);
    let mut header = land.header();
    header.closes.push(other);
    let (pack, _) = land.thief.person.forges(header, &[]);
    land.refuses_both(&pack, "malformed");
}

fn replaces_anothers_pack(land: &mut Land) {
    let other = anothers(land);
    let mut header = land.header();
    header.replaces.push(other.head);
    let (pack, _) = land.thief.person.forges(header, &[]);
    let before = land.honest.document_hashes(team()).unwrap();
    assert!(land.gives(&[pack], &[]).not_taken.is_empty());
    let kept = state::verdicts(&land.data(), &other.head);
    assert!(!kept.is_empty());
    assert!(
        kept.iter()
            .all(|(verdict, _)| *verdict == Verdict::Accepted)
    );
    done(&land.honest, "sync.run", json!({}));
    assert_eq!(land.honest.document_hashes(team()).unwrap(), before);
}

fn gives_an_empty_entry_for_an_erased_one(land: &mut Land) {
    let header = land.header();
    let raw = {
        let thief = &land.thief.person;
        thief.change(header.log(), &Document::new(), &[("phone", "0999 999 999")])
    };
    let hole = Entry {
        raw: None,
        hash: hash_of(&raw).unwrap(),
        ..entry(record(5), "household", raw)
    };
    let (pack, _) = land.thief.person.forges(header, &[hole]);
    land.refuses_both(&pack, "hole");
}

fn inflates_a_kilobyte_to_a_gigabyte(land: &mut Land) {
    let good = land.next();
    for (blocks, window) in [(8 * 1024, 0x58), (1, 0x88), (1, 0xff)] {
        let body = zeros(blocks, window);
        land.refuses_both(
            &Pack {
                body,
                ..good.clone()
            },
            "bad_body",
        );
    }
}

/// Only the cap stands against it: index, hashes and signature are what they should be.
fn packs_more_than_the_cap_under_a_true_signature(land: &mut Land) {
    let header = land.header();
    let text: String = (0..caps::BODY_BYTES / 60 / 400)
        .map(|n| format!("{n:060}"))
        .collect();
    let entries: Vec<Entry> = (0..=400_u16)
        .map(|n| {
            let note = format!("{n} {text}");
            let thief = &land.thief.person;
            let raw = thief.change(header.log(), &Document::new(), &[("note", &note)]);
            let mut id = [8; 16];
            id[..2].copy_from_slice(&n.to_be_bytes());
            entry(toso_domain::id::RecordId::from_bytes(id), "household", raw)
        })
        .collect();
    let raw: usize = entries.iter().map(|entry| entry.len as usize).sum();
    assert!(raw > caps::BODY_BYTES);
    let (pack, _) = land.thief.person.forges(header, &entries);
    assert!(pack.size() < caps::PACK_BYTES as u64, "{}", pack.size());
    land.refuses_both(&pack, "bad_body");
}

fn gives_an_oversized_pack(land: &mut Land) {
    let good = land.next();
    let body = vec![0; caps::PACK_BYTES + 1];
    land.refuses_both(
        &Pack {
            body,
            ..good.clone()
        },
        "too_large",
    );
    let header = vec![0; caps::HEADER_BYTES + 1];
    land.refuses_both(&Pack { header, ..good }, "too_large");
}

fn floods_with_packs_without_a_past(land: &mut Land) {
    let header = land.header();
    let dice = &mut land.thief.person.dice.clone();
    let flood: Vec<Pack> = (0..300)
        .map(|_| {
            let mut header = header.clone();
            let mut past = nobodys(header.log());
            past.head = Head(dice.bytes16());
            header.after.push(past);
            land.thief.person.forges(header, &[]).0
        })
        .collect();
    let told = land.unmoved(|land| land.gives(&flood, &[]));
    assert_eq!(told.not_taken.len(), 300);
    assert!(told.not_taken.iter().all(|not| not.code == "missing"));
}

fn gives_the_same_pack_a_hundred_times(land: &mut Land) {
    let good = land.next();
    assert!(
        land.gives(std::slice::from_ref(&good), &[])
            .not_taken
            .is_empty()
    );
    let again = vec![good; 100];
    let told = land.unmoved(|land| land.gives(&again, &[]));
    assert!(told.not_taken.iter().all(|not| not.code == "dup"));
    assert_eq!(told.not_taken.len(), 100);
}

fn writes_in_the_year_2106(land: &mut Land) {
    let mut header = land.header();
    header.device_clock = i64::MAX;
    let thief = &mut land.thief.person;
    thief.clock = 4_300_000_000_000;
    let raw = thief.change(header.log(), &Document::new(), &[("head_name", "Hờ A Chư")]);
    let (pack, head) = thief.forges(header, &[entry(record(6), "household", raw)]);
    assert!(land.gives(&[pack], &[]).not_taken.is_empty());
    assert_eq!(state::verdicts(&land.data(), &head)[0].0, Verdict::Accepted);
    let told = done(&land.honest, "sync.run", json!({}));
    assert_eq!(told["not_taken"], json!({}));
    let status = done(&land.honest, "sync.status", json!({}));
    assert_eq!(status["clock_error_ms"], 0, "the hub's clock is its own");
}

/// Bytes of a text in any pack of the hub, unpacked.
fn is_kept(land: &Land, head: &Head) -> bool {
    let folder = toso_hub::folder::Folder::new(&land.data());
    let db = folder.open_database(&folder.read_key().unwrap()).unwrap();
    let body = db.body(team(), head).unwrap().unwrap();
    let header = db.header(team(), head).unwrap().unwrap();
    let header = toso_sync::pack::read_header(&header).unwrap();
    let entries = toso_sync::pack::read_body(&header, &body).unwrap();
    entries.iter().any(|entry| entry.raw.is_some())
}

fn brings_the_erased_back(land: &mut Land) {
    let document = land.own_record(20);
    let header = land.header();
    // Written before it heard of the erasure, given after it.
    let raw = {
        let thief = &land.thief.person;
        thief.change(header.log(), &document, &[("phone", "0988 888 888")])
    };
    let (pack, head) = land
        .thief
        .person
        .forges(header, &[entry(record(20), "household", raw)]);
    done(&land.office, "sync.run", json!({}));
    done(&land.office, "record.purge", json!({ "id": record(20) }));
    assert!(
        land.gives(std::slice::from_ref(&pack), &[])
            .not_taken
            .is_empty()
    );
    let verdicts = state::verdicts(&land.data(), &head);
    assert_eq!(verdicts, [(Verdict::Purged, String::new())]);
    assert!(!is_kept(land, &head), "its bytes are gone");
    assert_eq!(land.document(record(20)), None);
    // And over again, as set aside.
    land.refuses(&pack, "dup");
    frugal(|| done(&land.honest, "sync.run", json!({})));
    let documents = land.honest.document_hashes(team()).unwrap();
    assert!(!documents.contains_key(&record(20)));
}

fn writes_a_visit_to_the_erased(land: &mut Land) {
    land.own_record(21);
    done(&land.office, "sync.run", json!({}));
    done(&land.office, "record.purge", json!({ "id": record(21) }));
    let header = land.header();
    let actor = header.log().actor(team());
    let patch = [
        ("_kind", toso_domain::crdt::Scalar::Text("visit".into())),
        ("_v", toso_domain::crdt::Scalar::Int(1)),
        ("_salt", toso_domain::crdt::Scalar::Bytes(vec![9; 16])),
        (
            "household",
            toso_domain::crdt::Scalar::Text(record(21).to_string()),
        ),
    ];
    let patch = patch.map(|(key, value)| (key.to_owned(), Some(value)));
    let mut visit = toso_domain::crdt::Document::new();
    let raw = visit.write(actor, &patch.into(), 1_790_000_000);
    let entry = entry(record(22), "visit", raw.unwrap().unwrap());
    let (pack, head) = land.thief.person.forges(header, &[entry]);
    assert!(land.gives(&[pack], &[]).not_taken.is_empty());
    assert_eq!(
        land.document(record(22)),
        None,
        "a visit would bring them back"
    );
    assert!(!is_kept(land, &head));
}

fn writes_after_it_was_revoked(land: &mut Land) {
    land.own_record(23);
    let device = land.thief.person.secret.device().to_string();
    let input = json!({ "device": device, "reason": "mất máy" });
    done(&land.office, "device.revoke", input);
    let before = land.document(record(23));
    let head = {
        let thief = &mut land.thief.person;
        thief.notes(record(23), &[("phone", "0977 777 777")])
    };
    let late = crate::world::pack(&land.thief.person, &head);
    let told = land.posts("/v1/sync", b"");
    assert_eq!(told.code(), "bad_token", "its session ended with it");
    land.reopens();
    land.refuses(&late, "revoked");
    assert!(
        land.gives(&[], std::slice::from_ref(&late))
            .not_taken
            .is_empty()
    );
    assert_eq!(land.document(record(23)), before, "set aside, uncounted");
    // Nor by another log of its own.
    let mut header = land.thief.person.next_header();
    header.epoch = Epoch([77; 16]);
    (header.seq, header.prev) = (1, None);
    header.cert = land.thief.person.copy.certificate().map(|(id, _)| id);
    let (fresh, _) = land.thief.person.forges(header, &[]);
    land.refuses(&fresh, "revoked");
    assert_ne!(head_of(&fresh.header), head);
    land.goes_on();
    land.begins_anew();
}
