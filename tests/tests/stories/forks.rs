//! One device, two lives: phones put back from a backup, and entries the gate refuses in the middle of a log.

use toso_domain::crdt::read;
use toso_sync::replica::{Mode, Notice, Outcome};
use toso_sync::shelf::{Shelf, Verdict};
use toso_tests::village::*;

/// Story 1. Páo's phone is put back to where it held 4 packs and seals another fifth. Lan gets that one from phone to
/// phone and builds on it, while the hub holds the first fifth.
#[test]
fn a_restored_phone_reuses_seq_5_and_lan_builds_on_it() {
    let Village { hub, lan, pao, .. } = &mut Village::new();
    for n in 1..=4 {
        pao.notes(record(n), &[("head_name", "Lò Văn Páo")]);
    }
    hub.meets(pao);
    hub.meets(lan);
    let backup = pao.copy.shelf.backup();
    let fifth = pao.notes(record(5), &[("head_name", "Giàng A Sử")]);
    hub.meets(pao);

    pao.is_restored(backup);
    let other_fifth = pao.notes(record(6), &[("head_name", "Vàng Thị Mỷ")]);
    let at = pao.top().unwrap();
    assert_eq!(
        (at.seq, at.head),
        (5, other_fifth),
        "the number is used twice"
    );
    pao.hands_file_to(lan);
    assert!(
        lan.copy.ledger(team()).unwrap().holds(&at),
        "nothing tells Lan of the hub's fifth"
    );
    let built = lan.notes(record(6), &[("phone", "0912 345 678")]);

    hub.meets(lan);
    let ledger = lan.copy.ledger(team()).unwrap();
    assert!(
        ledger.get(&fifth).unwrap().valid,
        "the receipted fifth counts"
    );
    assert!(
        !ledger.get(&other_fifth).unwrap().valid,
        "the other is set aside"
    );
    assert!(
        !ledger.get(&built).unwrap().valid,
        "and with it what Lan built on it"
    );
    assert!(
        ledger.replaced().contains(&built),
        "which she has made again"
    );

    hub.meets_all(&mut [pao, lan]);
    assert_alike(hub, &mut [pao, lan]);
    assert_eq!(lan.reads(record(5), "head_name"), ["Giàng A Sử"]);
    assert_eq!(lan.reads(record(6), "head_name"), ["Vàng Thị Mỷ"]);
    assert_eq!(pao.reads(record(6), "phone"), ["0912 345 678"]);
    assert_ne!(pao.log(), Some(at.log), "Páo goes on in a log of its own");
    assert!(
        hub.copy.tray(team()).unwrap().is_empty(),
        "every edit is accounted for"
    );
}

/// Story 6. Páo's third pack holds an entry that no gate takes; his fourth re-uses the number the refused change had.
#[test]
fn a_refused_entry_leaves_the_log_going_on_and_its_number_free() {
    let Village { hub, lan, pao, .. } = &mut Village::new();
    pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    pao.notes(record(1), &[("phone", "0911 111 111")]);
    hub.meets(pao);
    let document = pao.copy.document(team(), record(1)).unwrap().unwrap();
    let header = pao.next_header();
    let bad = pao.change(header.log(), &document, &[("phone", "0922 222 222")]);
    let good = pao.change(header.log(), &document, &[("address", "bản Cát Cát")]);
    assert_eq!(read(&bad).unwrap().seq, 3);
    assert_eq!(
        read(&good).unwrap().seq,
        3,
        "the author had heard of the refusal"
    );

    // Signed as a visit, but the record is a household.
    let (third, third_head) = pao.forges(header.clone(), &[entry(record(1), "visit", bad)]);
    assert_eq!(
        gives(&mut hub.copy, &third, Mode::Counting),
        Outcome::Taken,
        "the pack occupies its seq"
    );
    assert_eq!(
        verdicts(&hub.copy, &third_head),
        [(Verdict::Refused, "kind".into())]
    );
    let mut header = header;
    (header.seq, header.prev) = (4, Some(third_head));
    let (fourth, fourth_head) = pao.forges(header, &[entry(record(1), "household", good)]);
    assert_eq!(
        gives(&mut hub.copy, &fourth, Mode::Counting),
        Outcome::Taken
    );
    assert_eq!(
        verdicts(&hub.copy, &fourth_head),
        [(Verdict::Accepted, String::new())]
    );

    hub.copy
        .transaction(|copy| copy.sign_receipts(team()))
        .unwrap();
    hub.meets_all(&mut [pao, lan]);
    assert_alike(hub, &mut [pao, lan]);
    assert_eq!(lan.reads(record(1), "phone"), ["0911 111 111"]);
    assert_eq!(lan.reads(record(1), "address"), ["bản Cát Cát"]);
    assert_eq!(
        verdicts(&lan.copy, &third_head),
        [(Verdict::Refused, "kind".into())]
    );
}

/// Story 7. Páo's phone is put back and holds a new draft when Lan's file brings him the pack he had sealed before: the
/// draft and that pack carry one number of one actor in one record.
#[test]
fn meeting_his_own_log_in_a_file_pao_makes_his_draft_again_in_a_new_epoch() {
    let Village { hub, lan, pao, .. } = &mut Village::new();
    pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    hub.meets(pao);
    hub.meets(lan);
    let backup = pao.copy.shelf.backup();
    let sealed = pao.notes(record(1), &[("phone", "0911 111 111")]);
    pao.hands_file_to(lan);
    let before = pao.copy.entries(team(), &sealed).unwrap()[0]
        .raw
        .clone()
        .unwrap();

    pao.is_restored(backup);
    pao.copy.take_notices();
    let old_log = pao.log().unwrap();
    let draft = pao
        .writes(record(1), "household", &[("phone", "0922 222 222")])
        .unwrap();
    let drafts = pao.copy.shelf.drafts(team()).unwrap();
    let (one, other) = (read(&before).unwrap(), read(&drafts[0].raw).unwrap());
    assert_eq!(
        (one.actor, one.seq),
        (other.actor, other.seq),
        "the number is used twice"
    );

    let file = lan.file();
    assert_eq!(pao.takes(&file).packs, 1);
    assert_eq!(
        pao.log(),
        None,
        "the epoch is over the moment the own log is met"
    );
    assert!(pao.copy.take_notices().contains(&Notice::NewEpoch(team())));
    pao.seals();
    assert_ne!(pao.log(), Some(old_log));
    let again = pao.top().unwrap();
    assert_eq!(again.seq, 1);
    let made = read(
        pao.copy.entries(team(), &again.head).unwrap()[0]
            .raw
            .as_ref()
            .unwrap(),
    )
    .unwrap();
    assert_ne!(made.hash, draft, "made again under the new actor");
    assert_eq!(
        made.deps, one.deps,
        "on what Páo had seen, not on what the file brought"
    );

    hub.meets_all(&mut [pao, lan]);
    assert_alike(hub, &mut [pao, lan]);
    let mut shown = lan.reads(record(1), "phone");
    shown.sort();
    assert_eq!(
        shown,
        ["0911 111 111", "0922 222 222"],
        "both values show as a clash"
    );
}
