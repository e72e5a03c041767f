//! Rules that rest on reasoning: each by its number.

use toso_sync::id::{Head, Position};
use toso_sync::message::digest_of_space;
use toso_sync::pack::{Pack, read_body, write_body};
use toso_sync::replica::{Mode, Notice, Outcome};
use toso_sync::ruling::Body;
use toso_sync::shelf::Shelf;
use toso_tests::village::*;

/// Rule 3.1: the kind is signed. A courier who changes it condemns the message, never the pack.
#[test]
fn rule_3_1_a_courier_who_changes_a_kind_spoils_the_message_and_not_the_pack() {
    let Village { hub, pao, .. } = &mut Village::new();
    let head = pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    let good = pao.copy.pack(team(), &head).unwrap().unwrap();
    let mut entries = pao.copy.entries(team(), &head).unwrap();
    entries[0].kind = "visit".into();
    let bad = Pack {
        body: write_body(&entries),
        ..good.clone()
    };

    let before = state_of(&mut hub.copy);
    for _ in 0..2 {
        assert_eq!(
            gives(&mut hub.copy, &bad, Mode::Counting).code(),
            Some("bad_body")
        );
        assert_eq!(
            gives(&mut hub.copy, &bad, Mode::Tray).code(),
            Some("bad_body")
        );
    }
    assert_eq!(
        state_of(&mut hub.copy),
        before,
        "nothing is remembered against the pack"
    );
    assert!(hub.copy.shelf.packs(team()).unwrap().is_empty());
    assert_eq!(gives(&mut hub.copy, &good, Mode::Counting), Outcome::Taken);
    assert_eq!(texts(&hub.copy, record(1), "head_name"), ["Lò Văn Páo"]);
}

/// Rule 3.1: what an entry says it re-makes, and how long its change is, are signed too.
#[test]
fn rule_3_1_every_column_of_the_index_is_signed() {
    let Village { pao, .. } = &mut Village::new();
    let head = pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    let header =
        toso_sync::pack::read_header(&pao.copy.shelf.header(team(), &head).unwrap().unwrap())
            .unwrap();
    let entries = pao.copy.entries(team(), &head).unwrap();
    let code = |change: &dyn Fn(&mut toso_sync::pack::Entry)| {
        let mut entries = entries.clone();
        change(&mut entries[0]);
        read_body(&header, &write_body(&entries)).map_err(|bad| bad.code)
    };
    assert!(code(&|_| {}).is_ok());
    assert_eq!(code(&|e| e.document = record(2)), Err("bad_body"));
    assert_eq!(code(&|e| e.kind = "visit".into()), Err("bad_body"));
    assert_eq!(code(&|e| e.re.push(e.hash)), Err("bad_body"));
    let dropped = |e: &mut toso_sync::pack::Entry| (e.raw, e.len) = (None, e.len + 1);
    assert_eq!(code(&dropped), Err("bad_body"));
}

/// Sections 1 and 4.3: equal seq with another hash is never level, in a vector and in `after`.
#[test]
fn rule_4_3_equal_seq_with_another_hash_is_never_level() {
    let Village { hub, lan, pao, .. } = &mut Village::new();
    pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    hub.meets_all(&mut [pao, lan]);
    let backup = pao.copy.shelf.backup();
    pao.notes(record(2), &[("head_name", "Giàng A Sử")]);
    let one = pao.top().unwrap();
    pao.hands_file_to(lan);
    pao.is_restored(backup);
    pao.notes(record(3), &[("head_name", "Vàng Thị Mỷ")]);
    let other = pao.top().unwrap();
    assert_eq!((one.log, one.seq), (other.log, other.seq));

    // No receipt has decided between the two: both phones keep theirs, and each can tell that they differ.
    let mut file = pao.file();
    let taken = lan.takes(&file);
    assert_eq!(taken.not_taken.get("other_branch"), Some(&1));
    let ledger = lan.copy.ledger(team()).unwrap();
    assert!(ledger.holds(&one) && !ledger.holds(&other));
    assert!(
        !ledger.lacking(&[other]).is_empty(),
        "a copy with the other hash lacks ours"
    );
    assert!(ledger.lacking(&[one]).is_empty());
    let digest = |at: Position| digest_of_space(&[at], &[], &[], &one.log.device, &[]);
    assert_ne!(digest(one), digest(other));

    // What Lan builds cites her branch by hash: the holder of the other does not take it for its own.
    lan.notes(record(1), &[("phone", "0911 111 111")]);
    file = lan.file();
    let taken = pao.takes(&file);
    assert_eq!(
        taken
            .not_taken
            .get("missing")
            .or(taken.not_taken.get("past_void")),
        Some(&1)
    );
    assert!(pao.reads(record(1), "phone").is_empty());

    hub.meets_all(&mut [lan, pao]);
    assert_alike(hub, &mut [lan, pao]);
    assert_eq!(pao.reads(record(1), "phone"), ["0911 111 111"]);
    assert_eq!(lan.reads(record(3), "head_name"), ["Vàng Thị Mỷ"]);
    assert_eq!(lan.reads(record(2), "head_name"), ["Giàng A Sử"]);
}

/// Rule 6.1: a phone put back from an older copy hears that later work was on it, by whichever way it learns, also when its
/// start has seen the files moved and has ended the epoch already. It hears it once.
#[test]
fn rule_6_1_a_phone_put_back_is_told_once_whether_or_not_its_start_saw_it() {
    for saw_it in [false, true] {
        for by_file in [false, true] {
            let Village { hub, lan, pao, .. } = &mut Village::new();
            pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
            hub.meets_all(&mut [pao, lan]);
            let backup = pao.copy.shelf.backup();
            pao.notes(record(2), &[("head_name", "Giàng A Sử")]);
            hub.meets_all(&mut [pao, lan]);
            pao.notes(record(3), &[("head_name", "Vàng Thị Mỷ")]);
            pao.is_restored(backup);
            pao.copy.take_notices();
            if saw_it {
                pao.copy.distrust_self().unwrap();
                pao.notes(record(4), &[("head_name", "Lò Thị Ín")]);
            }
            let mut heard = Vec::new();
            for _ in 0..3 {
                if by_file {
                    lan.hands_file_to(pao);
                }
                hub.meets_all(&mut [pao, lan]);
                heard.extend(pao.copy.take_notices());
            }
            let times = heard.iter().filter(|n| **n == Notice::Behind(team()));
            assert_eq!(times.count(), 1, "{saw_it} {by_file} {heard:?}");
            assert_eq!(pao.reads(record(2), "head_name"), ["Giàng A Sử"]);
            assert!(pao.reads(record(3), "head_name").is_empty());
            assert_alike(hub, &mut [lan, pao]);
        }
    }
}

/// A phone that ends an epoch for any other reason is not told that it lost anything.
#[test]
fn rule_6_1_a_phone_that_only_moved_has_lost_nothing() {
    let Village { hub, lan, pao, .. } = &mut Village::new();
    pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    hub.meets_all(&mut [pao, lan]);
    pao.notes(record(2), &[("head_name", "Giàng A Sử")]);
    pao.copy.distrust_self().unwrap();
    pao.notes(record(3), &[("head_name", "Vàng Thị Mỷ")]);
    hub.meets_all(&mut [pao, lan]);
    hub.meets_all(&mut [pao, lan]);
    let heard = pao.copy.take_notices();
    assert!(heard.contains(&Notice::NewEpoch(team())), "{heard:?}");
    assert!(!heard.contains(&Notice::Behind(team())), "{heard:?}");
    assert_eq!(lan.reads(record(3), "head_name"), ["Vàng Thị Mỷ"]);
}

/// Rule 5.1, check 8: a made-up hash in `after` is asked for, never taken as held.
#[test]
fn rule_5_1_after_with_a_hash_nobody_has_is_missing() {
    let Village { hub, lan, pao, .. } = &mut Village::new();
    pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    hub.meets_all(&mut [pao, lan]);
    let mut header = lan.next_header();
    header.after[0].head = Head([0xbb; 16]);
    let asked = header.after.clone();
    let (pack, _) = lan.forges(header, &[]);
    let before = state_of(&mut hub.copy);
    match gives(&mut hub.copy, &pack, Mode::Counting) {
        Outcome::Not {
            code: "missing",
            missing,
            ..
        } => assert_eq!(missing, asked),
        other => panic!("{other:?}"),
    }
    assert_eq!(state_of(&mut hub.copy), before);
}

/// Rule 6.3a: naming a void pack in `replaces` does not take it out of the tray while one of its changes is nowhere.
#[test]
fn rule_6_3a_a_void_pack_leaves_the_tray_only_when_every_change_is_accounted_for() {
    let Village { hub, lan, pao, .. } = &mut Village::new();
    pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    hub.meets_all(&mut [pao, lan]);
    hub.revokes(pao);
    pao.writes(record(2), "household", &[("head_name", "Giàng A Sử")])
        .unwrap();
    let void = pao.notes(record(3), &[("head_name", "Vàng Thị Mỷ")]);
    let changes: Vec<_> = pao
        .copy
        .entries(team(), &void)
        .unwrap()
        .iter()
        .map(|e| e.hash)
        .collect();
    hub.meets(pao);
    assert_eq!(hub.copy.tray(team()).unwrap(), [void]);

    // Páo's key again, in a log that staff approve: it names the pack, but accounts for one change only.
    let mut header = lan.next_header();
    header.device = pao.secret.device();
    header.epoch = toso_sync::id::Epoch([0x44; 16]);
    header.cert = pao.copy.certificate().map(|(id, _)| id);
    header.after.retain(|at| at.log.epoch != header.epoch);
    header.replaces = vec![void];
    header.accounts = vec![hash32(changes[0])];
    let (half, half_head) = pao.forges(header.clone(), &[]);
    assert_eq!(gives(&mut hub.copy, &half, Mode::Tray), Outcome::Taken);
    hub.approves(half_head);
    let ledger = hub.copy.ledger(team()).unwrap();
    assert!(ledger.replaced().contains(&void));
    assert_eq!(
        hub.copy.tray(team()).unwrap(),
        [void],
        "one change is in no copy's records and named by nobody"
    );

    (header.seq, header.prev, header.cert) = (2, Some(half_head), None);
    header.after.clear();
    header.accounts = vec![hash32(changes[1])];
    let (rest, rest_head) = pao.forges(header, &[]);
    assert_eq!(gives(&mut hub.copy, &rest, Mode::Tray), Outcome::Taken);
    hub.approves(rest_head);
    assert!(hub.copy.tray(team()).unwrap().is_empty());
}

/// Rule 6.3a, the honest way: who re-makes names each old change in `re`.
#[test]
fn rule_6_3a_re_made_entries_name_the_changes_they_stand_for() {
    let Village { hub, lan, pao, hoa } = &mut Village::new();
    pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    hub.meets_all(&mut [pao, lan, hoa]);
    hub.revokes(pao);
    pao.notes(record(2), &[("head_name", "Giàng A Sử")]);
    pao.hands_file_to(lan);
    lan.writes(record(2), "household", &[("phone", "0911 111 111")])
        .unwrap();
    lan.writes(record(2), "household", &[("phone", "0922 222 222")])
        .unwrap();
    let void = lan.notes(record(2), &[("address", "bản Cát Cát")]);
    let old: Vec<_> = lan
        .copy
        .entries(team(), &void)
        .unwrap()
        .iter()
        .map(|e| e.hash)
        .collect();
    hub.meets_all(&mut [lan, hoa]);
    let replacing = hoa.copy.ledger(team()).unwrap().replacing();
    let made = hoa.copy.entries(team(), &replacing[0]).unwrap();
    assert_eq!(
        made.len(),
        1,
        "one change holding the final value of each key"
    );
    assert_eq!(made[0].re, old);
    assert_eq!(hoa.reads(record(2), "phone"), ["0922 222 222"]);
    assert!(
        hoa.copy
            .tray_of(team(), &lan.secret.device())
            .unwrap()
            .is_empty()
    );
}

/// Rule 7.3: only what a request brings is purged by it. What the hub held when a person was erased is asked for by name; it
/// does not depend on what the hub happened to take in since it was started.
#[test]
fn rule_7_3_what_was_held_before_an_erasure_is_not_purged_by_a_later_request() {
    let Village { hub, lan, pao, hoa } = &mut Village::new();
    let person = record(9);
    hoa.writes(person, "citizen", &[("full_name", "Hờ A Chư")])
        .unwrap();
    lan.writes(record(2), "visit", &[("citizen", &person.to_string())])
        .unwrap();
    hub.meets_all(&mut [hoa, lan, pao]);
    hub.states(&Body::Purge(person.into(), person.into()));
    pao.writes(record(3), "visit", &[("note", "không liên quan")])
        .unwrap();
    hub.meets_all(&mut [pao, lan, hoa]);
    assert!(hub.copy.book().is_purged(&person));
    assert!(!hub.copy.book().is_purged(&record(2)));
    assert_alike(hub, &mut [lan, pao, hoa]);
}

/// Rule 7.3: a visit naming an erased person, made offline by another phone, is erased in the very request that brings it.
#[test]
fn rule_7_3_a_visit_naming_an_erased_person_is_purged_in_the_same_request() {
    let Village { hub, lan, pao, hoa } = &mut Village::new();
    let person = record(9);
    hoa.writes(person, "citizen", &[("full_name", "Hờ A Chư")])
        .unwrap();
    hub.meets_all(&mut [hoa, lan, pao]);
    lan.writes(
        record(2),
        "visit",
        &[("citizen", &person.to_string()), ("note", "nhà có khách")],
    )
    .unwrap();
    lan.writes(record(3), "visit", &[("note", "không liên quan")])
        .unwrap();
    hub.states(&Body::Purge(person.into(), person.into()));

    let progress = hub.meets(lan);
    assert!(
        hub.copy.book().is_purged(&record(2)),
        "the hub answered with a follow-up purge"
    );
    assert!(lan.copy.book().is_purged(&record(2)));
    assert!(!hub.copy.shelf.holds_bytes(record(2)) && !lan.copy.shelf.holds_bytes(record(2)));
    assert!(
        progress.refused.is_empty(),
        "the pack itself is kept, without those bytes"
    );
    assert_eq!(texts(&hub.copy, record(3), "note"), ["không liên quan"]);
    hub.meets_all(&mut [lan, pao, hoa]);
    assert_alike(hub, &mut [lan, pao, hoa]);
    assert!(pao.reads(record(2), "note").is_empty());
    assert_eq!(
        lan.writes(record(2), "visit", &[("note", "lại")]),
        Err("erased")
    );
}
