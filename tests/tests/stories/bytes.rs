//! Bytes that rotted away: on one copy, on two, on all of them.

use toso_sync::memory::MemoryShelf;
use toso_sync::message::Bytes;
use toso_sync::ruling::Body;
use toso_sync::session::Session;
use toso_sync::shelf::{Shelf, Verdict};
use toso_tests::village::*;

/// Story 8. One change of a record rotted on Páo's phone, and he opens that record to edit it.
#[test]
fn a_damaged_record_is_read_only_until_it_is_healed() {
    let Village { hub, lan, pao, .. } = &mut Village::new();
    pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    let second = pao.notes(record(1), &[("phone", "0911 111 111")]);
    hub.meets_all(&mut [pao, lan]);
    let old_log = pao.log();

    rots(&mut pao.copy, &second, 0);
    assert_eq!(
        verdicts(&pao.copy, &second),
        [(Verdict::Hole, String::new())]
    );
    let before = state_of(&mut pao.copy);
    let refused = pao.writes(record(1), "household", &[("phone", "0922 222 222")]);
    assert_eq!(refused, Err("healing"));
    assert_eq!(state_of(&mut pao.copy), before);
    assert!(
        pao.writes(record(2), "household", &[("phone", "0933 333 333")])
            .is_ok(),
        "others can be written"
    );

    hub.meets(pao);
    assert_eq!(
        verdicts(&pao.copy, &second),
        [(Verdict::Accepted, String::new())]
    );
    assert_eq!(pao.reads(record(1), "phone"), ["0911 111 111"]);
    pao.notes(record(1), &[("phone", "0922 222 222")]);
    assert_ne!(
        pao.log(),
        old_log,
        "what was damaged in an own log ended it (rule 6.1)"
    );
    hub.meets_all(&mut [pao, lan]);
    assert_alike(hub, &mut [pao, lan]);
    assert_eq!(lan.reads(record(1), "phone"), ["0922 222 222"]);
}

/// Story 9. A change rotted on every phone and the hub was emptied: nobody can give the pack, and so nobody the log.
#[test]
fn a_change_that_no_copy_has_is_declared_lost_and_the_log_goes_on() {
    let Village { hub, lan, pao, hoa } = &mut Village::new();
    pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    let second = pao.notes(record(2), &[("head_name", "Giàng A Sử")]);
    let third = pao.notes(record(3), &[("head_name", "Vàng Thị Mỷ")]);
    hub.meets_all(&mut [pao, lan]);
    let log = pao.log().unwrap();
    let hash = pao.copy.entries(team(), &second).unwrap()[0].hash;
    let rulings = hub.copy.book().ids(None);
    let rulings = hub.copy.ruling_bytes(&rulings);

    rots(&mut pao.copy, &second, 0);
    rots(&mut lan.copy, &second, 0);
    hub.is_restored(MemoryShelf::new());
    hub.copy.take_rulings(&rulings).unwrap();
    hub.meets(lan);
    hub.meets(pao);
    assert_eq!(
        hub.copy.ledger(team()).unwrap().top(&log).unwrap().seq,
        1,
        "stuck before the hole"
    );

    hub.states(&Body::Lost(team().into(), hash32(hash)));
    hub.meets_all(&mut [lan, pao, hoa]);
    assert_alike(hub, &mut [lan, pao, hoa]);
    assert_eq!(
        hub.copy.ledger(team()).unwrap().top(&log).unwrap().head,
        third
    );
    assert_eq!(
        verdicts(&hoa.copy, &second),
        [(Verdict::Refused, "lost".into())]
    );
    assert_eq!(hoa.reads(record(3), "head_name"), ["Vàng Thị Mỷ"]);
    assert!(hub.copy.shelf.holes(team()).unwrap().is_empty());
}

/// Story 10. The hub and Páo each miss another entry of one pack: neither may give the pack, each asks for what it lacks
/// by hash.
#[test]
fn two_copies_with_different_holes_in_one_pack_heal_each_other_by_hash() {
    let Village { hub, lan, pao, .. } = &mut Village::new();
    pao.writes(record(1), "household", &[("head_name", "Lò Văn Páo")])
        .unwrap();
    let head = pao.notes(record(2), &[("head_name", "Giàng A Sử")]);
    hub.meets_all(&mut [pao, lan]);
    let entries = pao.copy.entries(team(), &head).unwrap();
    assert_eq!(entries.len(), 2);

    rots(&mut hub.copy, &head, 0);
    rots(&mut pao.copy, &head, 1);
    assert_eq!(
        hub.copy.pack(team(), &head).unwrap(),
        None,
        "neither may give it"
    );
    assert_eq!(pao.copy.pack(team(), &head).unwrap(), None);

    let mut session = Session::start(&mut pao.copy, &[team()], MORNING, &mut pao.dice).unwrap();
    let ask = session.ask(&mut pao.copy).unwrap();
    assert_eq!(
        ask.spaces[0].holes,
        [hash32(entries[1].hash)],
        "asked for by hash"
    );
    let tell = hub.tells(pao, &ask);
    assert_eq!(tell.spaces[0].holes, [hash32(entries[0].hash)]);
    let raw = entries[1].raw.clone().unwrap();
    assert_eq!(tell.spaces[0].heals, [Bytes(raw)]);

    hub.meets_all(&mut [pao, lan]);
    assert_alike(hub, &mut [pao, lan]);
    for copy in [&hub.copy, &pao.copy] {
        assert!(copy.shelf.holes(team()).unwrap().is_empty());
        assert!(copy.pack(team(), &head).unwrap().is_some());
    }
}

/// Story 10, with an empty hub between two phones: it holds neither the pack nor a hole to ask for.
#[test]
fn two_phones_with_different_holes_refill_an_empty_hub() {
    let Village { hub, lan, pao, .. } = &mut Village::new();
    pao.writes(record(1), "household", &[("head_name", "Lò Văn Páo")])
        .unwrap();
    let head = pao.notes(record(2), &[("head_name", "Giàng A Sử")]);
    hub.meets_all(&mut [pao, lan]);
    let rulings = hub.copy.book().ids(None);
    let rulings = hub.copy.ruling_bytes(&rulings);
    rots(&mut lan.copy, &head, 0);
    rots(&mut pao.copy, &head, 1);
    hub.is_restored(MemoryShelf::new());
    hub.copy.take_rulings(&rulings).unwrap();

    hub.meets_all(&mut [pao, lan]);
    assert_alike(hub, &mut [pao, lan]);
    assert!(hub.copy.pack(team(), &head).unwrap().is_some());
}

/// Seed 9912. One draft was sealed on two branches of a cloned phone; in the branch that counts its bytes rot away. The
/// phone has them in the other, heals itself, and an empty hub gets them.
#[test]
fn a_phone_heals_from_its_own_other_branch() {
    let Village { hub, lan, pao, hoa } = &mut Village::new();
    pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    hub.meets_all(&mut [pao, lan, hoa]);
    pao.writes(record(1), "household", &[("phone", "0911 111 111")])
        .unwrap();
    let mut clone = Person {
        copy: pao.copy_of_the_phone(),
        secret: pao.secret.clone(),
        dice: toso_tests::sim::random::Dice::new(77),
        clock: pao.clock + 60_000,
        spaces: pao.spaces.clone(),
    };
    pao.seals();
    clone.seals();
    let (first, second) = (pao.top().unwrap().head, clone.top().unwrap().head);
    assert_ne!(first, second, "one draft, two packs");
    hub.meets(&mut clone);
    hub.meets(pao);
    assert!(pao.copy.ledger(team()).unwrap().get(&second).unwrap().valid);
    rots(&mut pao.copy, &second, 0);
    assert!(!pao.copy.shelf.holes(team()).unwrap().is_empty());
    let rulings = hub.copy.book().ids(None);
    let rulings = hub.copy.ruling_bytes(&rulings);
    hub.is_restored(MemoryShelf::new());
    hub.copy.take_rulings(&rulings).unwrap();
    hub.meets_all(&mut [pao]);
    assert!(pao.copy.shelf.holes(team()).unwrap().is_empty());
    assert_alike(hub, &mut [pao]);
    assert_eq!(
        texts(&hub.copy, record(1), "phone"),
        ["0911 111 111"],
        "nobody else had it"
    );
}
