//! Phones that were revoked, and the people who built on what those wrote afterwards.

use toso_sync::replica::{Mode, Outcome};
use toso_sync::shelf::Shelf;
use toso_tests::village::*;

/// Story 2. Páo's phone is revoked; its late packs reach Lan by file, she edits the same visit, and her pack cites what
/// the hub will never take.
#[test]
fn lan_edits_a_visit_that_a_revoked_phone_handed_her() {
    let Village { hub, lan, pao, hoa } = &mut Village::new();
    pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    hub.meets_all(&mut [pao, lan, hoa]);
    hub.revokes(pao);

    let late = pao.notes(record(2), &[("note", "thăm lúc 5 giờ")]);
    pao.hands_file_to(lan);
    let built = lan.notes(record(2), &[("advice", "đi khám lại")]);
    let ledger = lan.copy.ledger(team()).unwrap();
    assert!(
        ledger
            .get(&built)
            .unwrap()
            .after
            .iter()
            .any(|at| at.head == late)
    );

    hub.meets(lan);
    let ledger = lan.copy.ledger(team()).unwrap();
    assert!(!ledger.get(&late).unwrap().valid && !ledger.get(&built).unwrap().valid);
    assert!(
        ledger.replaced().contains(&built),
        "Lan is not wedged: her edit is made again"
    );
    hub.meets_all(&mut [lan, hoa]);
    assert_alike(hub, &mut [lan, hoa]);
    assert_eq!(hoa.reads(record(2), "advice"), ["đi khám lại"]);
    assert_eq!(
        hoa.reads(record(2), "_incomplete"),
        ["Bool(true)"],
        "its beginning is in the tray"
    );
    assert!(hoa.reads(record(2), "note").is_empty());
    assert_eq!(
        hub.copy.tray(team()).unwrap(),
        [late],
        "staff can read and approve what Páo wrote"
    );

    hub.approves(late);
    hub.meets_all(&mut [lan, hoa]);
    assert_alike(hub, &mut [lan, hoa]);
    assert_eq!(hoa.reads(record(2), "note"), ["thăm lúc 5 giờ"]);
    assert_eq!(hoa.reads(record(2), "advice"), ["đi khám lại"]);
}

/// Story 3. The revoked phone opens an epoch that no revocation could name.
#[test]
fn a_new_epoch_opened_after_the_revocation_ends_at_0() {
    let Village { hub, lan, pao, .. } = &mut Village::new();
    let first = pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    hub.meets_all(&mut [pao, lan]);
    let named = pao.log().unwrap();
    hub.revokes(pao);

    pao.copy.distrust_self().unwrap();
    let late = pao.notes(record(2), &[("head_name", "Giàng A Sử")]);
    let unnamed = pao.log().unwrap();
    let pack = pao.copy.pack(team(), &late).unwrap().unwrap();
    assert_eq!(hub.copy.book().revoked_end(team(), &named), Some(1));
    assert_eq!(hub.copy.book().revoked_end(team(), &unnamed), Some(0));
    let outcome = gives(&mut hub.copy, &pack, Mode::Counting);
    assert_eq!(outcome.code(), Some("revoked"));
    assert_eq!(
        gives(&mut lan.copy, &pack, Mode::Counting),
        Outcome::Taken,
        "Lan has not heard"
    );
    assert_eq!(lan.reads(record(2), "head_name"), ["Giàng A Sử"]);

    hub.meets_all(&mut [lan, pao]);
    assert_alike(hub, &mut [lan]);
    assert!(lan.reads(record(2), "head_name").is_empty());
    let ledger = hub.copy.ledger(team()).unwrap();
    assert_eq!(ledger.vector().len(), 1);
    assert_eq!(ledger.top(&named).unwrap().head, first);
    assert_eq!(
        hub.copy.tray(team()).unwrap(),
        [late],
        "nothing saved is lost: it waits for staff"
    );
}

/// Story 12. The revoked phone has one pack that never reached anybody, and a draft. It learns of its revocation from a
/// file: the draft may not go into the old log, whose tail no copy will ever count.
#[test]
fn leftovers_of_a_revoked_phone_go_into_an_epoch_of_their_own() {
    let Village { hub, lan, pao, .. } = &mut Village::new();
    pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    hub.meets_all(&mut [pao, lan]);
    let old_log = pao.log().unwrap();
    let unsent = pao.notes(record(2), &[("head_name", "Giàng A Sử")]);
    pao.writes(record(1), "household", &[("phone", "0911 111 111")])
        .unwrap();
    hub.revokes(pao);
    hub.meets(lan);
    let file = lan.file();
    pao.takes(&file);
    assert!(!pao.copy.ledger(team()).unwrap().get(&unsent).unwrap().valid);
    assert_eq!(
        pao.writes(record(3), "household", &[("phone", "1")]),
        Err("revoked")
    );

    hub.meets(pao);
    assert!(pao.copy.shelf.drafts(team()).unwrap().is_empty());
    let tray = hub.copy.tray(team()).unwrap();
    assert_eq!(
        tray.len(),
        2,
        "the unsent pack and the rescued draft are with staff"
    );
    let rescue = tray.into_iter().find(|head| *head != unsent).unwrap();
    let meta = hub
        .copy
        .ledger(team())
        .unwrap()
        .get(&rescue)
        .unwrap()
        .clone();
    assert_ne!(meta.log, old_log);
    assert_eq!(
        (meta.seq, meta.prev),
        (1, None),
        "it stands on nothing void"
    );
    assert!(meta.after.iter().all(|at| at.head != unsent));

    hub.approves(rescue);
    hub.meets_all(&mut [lan, pao]);
    assert_alike(hub, &mut [lan]);
    assert_eq!(lan.reads(record(1), "phone"), ["0911 111 111"]);
    assert!(lan.reads(record(2), "head_name").is_empty());
    assert_eq!(
        hub.copy.tray(team()).unwrap(),
        [unsent],
        "the one not approved still waits"
    );
}

/// Rule 5.3. Staff adopt one pack of a revoked phone under their own name: it leaves the tray everywhere, what it says
/// stands beside a newer value and covers none, and a member may not do so.
#[test]
fn rule_5_3_staff_adopt_what_a_revoked_phone_wrote_last() {
    let Village { hub, lan, pao, hoa } = &mut Village::new();
    pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    hub.meets_all(&mut [pao, lan, hoa]);
    pao.writes(
        record(1),
        "household",
        &[("phone", "0911 111 111"), ("address", "Bên suối")],
    )
    .unwrap();
    let last = pao.notes(record(2), &[("head_name", "Giàng A Sử")]);
    lan.notes(record(1), &[("phone", "0922 222 222")]);
    hub.revokes(pao);
    hub.meets_all(&mut [lan, hoa, pao]);
    assert_eq!(hub.copy.tray(team()).unwrap(), [last]);
    let pack = hub.copy.pack(team(), &last).unwrap().unwrap();

    for (person, code) in [(&mut *lan, "not_allowed"), (&mut *hoa, "not_found")] {
        let Person {
            copy, dice, clock, ..
        } = person;
        let told = copy.adopt(team(), &last, *clock, dice);
        assert_eq!(told.unwrap_err().code, code);
    }
    let Person {
        copy, dice, clock, ..
    } = &mut *pao;
    let told = copy.adopt(team(), &last, *clock, dice);
    assert_eq!(told.unwrap_err().code, "revoked");
    gives(&mut hoa.copy, &pack, Mode::Tray);
    let Person {
        copy, dice, clock, ..
    } = hoa;
    assert_eq!(copy.adopt(team(), &last, *clock, dice).unwrap(), 2);
    hub.meets_all(&mut [hoa, lan, pao]);
    assert_alike(hub, &mut [hoa, lan]);
    assert!(hub.copy.tray(team()).unwrap().is_empty());
    assert_eq!(lan.reads(record(1), "address"), ["Bên suối"]);
    assert_eq!(lan.reads(record(2), "head_name"), ["Giàng A Sử"]);
    let mut phones = lan.reads(record(1), "phone");
    phones.sort();
    assert_eq!(phones, ["0911 111 111", "0922 222 222"], "a clash");
}

/// Rule 5.3. A member's pack that says it replaces somebody else's pack takes nothing out of a tray.
#[test]
fn rule_5_3_a_member_cannot_take_a_strangers_pack_out_of_the_tray() {
    let Village { hub, lan, pao, hoa } = &mut Village::new();
    pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    hub.meets_all(&mut [pao, lan, hoa]);
    let last = pao.notes(record(2), &[("head_name", "Giàng A Sử")]);
    hub.revokes(pao);
    hub.meets(pao);
    let mut header = lan.next_header();
    header.replaces = vec![last];
    let entries = pao.copy.entries(team(), &last).unwrap();
    header.accounts = entries.iter().map(|entry| hash32(entry.hash)).collect();
    let (pack, _) = lan.forges(header, &[]);
    assert_eq!(gives(&mut hub.copy, &pack, Mode::Counting), Outcome::Taken);
    assert_eq!(hub.copy.tray(team()).unwrap(), [last]);
}
