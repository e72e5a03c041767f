//! Leaving a team (rule 7.6): a phone gives what it has first, and drops nothing that the hub does not hold.

use super::hand_over::two_teams;
use toso_sync::memory::MemoryShelf;
use toso_sync::ruling::{Body, Role};
use toso_sync::shelf::Shelf;
use toso_tests::sim::random::Dice;
use toso_tests::village::*;

/// A second phone made from a copy of somebody's files, with dice of its own: what each draws from here on differs.
fn copied(person: &Person) -> Person {
    Person {
        copy: person.copy_of_the_phone(),
        secret: person.secret.clone(),
        dice: Dice::new(77),
        clock: person.clock,
        spaces: person.spaces.clone(),
    }
}

/// Rule 7.6. A phone whose member changes teams gives what it had saved, and then holds nothing of the old team.
#[test]
fn rule_7_6_a_phone_that_leaves_a_space_gives_its_work_first_and_then_drops_it() {
    let (Village { hub, lan, pao, hoa }, _) = &mut two_teams();
    pao.writes(record(2), "household", &[("head_name", "Giàng A Sử")])
        .unwrap();
    pao.spaces.push(neighbours());
    hub.certifies_for(&pao.secret, Role::Member, neighbours());
    let before = pao.copy.shelf.packs(team()).unwrap().len();
    assert!(before > 0);

    hub.meets(pao);
    hub.meets(pao);
    assert!(pao.copy.shelf.packs(team()).unwrap().is_empty());
    assert!(pao.copy.shelf.documents(team()).is_empty());
    assert!(pao.copy.shelf.drafts(team()).unwrap().is_empty());
    assert!(pao.copy.document(team(), record(1)).unwrap().is_none());
    assert_eq!(
        pao.writes(record(1), "household", &[("phone", "0955 555 555")]),
        Err("not_in_space")
    );
    pao.writes_in(
        neighbours(),
        record(9),
        "household",
        &[("head_name", "Vàng A Của")],
    )
    .unwrap();
    lan.notes(record(3), &[("head_name", "Vàng Thị Mỷ")]);
    hub.meets_all(&mut [lan, pao, hoa]);
    assert_eq!(hoa.reads(record(2), "head_name"), ["Giàng A Sử"]);
    assert!(
        pao.copy.document(team(), record(3)).unwrap().is_none(),
        "given nothing new of the team it left"
    );
}

/// Rule 7.6. What the hub has not taken is not dropped.
#[test]
fn rule_7_6_nothing_is_dropped_that_the_hub_does_not_hold() {
    let (Village { hub, pao, .. }, _) = &mut two_teams();
    pao.writes(record(2), "household", &[("head_name", "Giàng A Sử")])
        .unwrap();
    let left = hub.certifies_for(&pao.secret, Role::Member, neighbours());
    pao.copy.take_rulings(&[left.bytes]).unwrap();
    pao.seals();
    assert_eq!(pao.reads(record(2), "head_name"), ["Giàng A Sử"]);
    hub.meets(pao);
    assert!(pao.copy.shelf.documents(team()).is_empty());
    assert!(hub.copy.document(team(), record(2)).unwrap().is_some());
}

/// Rule 7.6, seeds 1722 and 2339. Two copies of one phone wrote at the same place of one log: the second one to leave must
/// not take the hub's other pack there for its own.
#[test]
fn rule_7_6_a_cloned_phone_does_not_drop_a_branch_the_hub_does_not_hold() {
    let (Village { hub, pao, hoa, .. }, _) = &mut two_teams();
    pao.notes(record(2), &[("head_name", "Giàng A Sử")]);
    hub.meets(pao);
    let mut clone = copied(pao);
    pao.writes(record(2), "household", &[("phone", "0966 666 666")])
        .unwrap();
    clone
        .writes(record(2), "household", &[("address", "Bên suối")])
        .unwrap();
    hub.certifies_for(&pao.secret, Role::Member, neighbours());
    for _ in 0..3 {
        hub.meets(pao);
        hub.meets(&mut clone);
    }
    hub.meets(hoa);
    assert_eq!(hoa.reads(record(2), "phone"), ["0966 666 666"]);
    assert_eq!(hoa.reads(record(2), "address"), ["Bên suối"]);
    assert!(clone.copy.shelf.documents(team()).is_empty());
}

/// Rule 7.6. A text that a device's own gate refused is nowhere else: the device keeps it, and with it the space.
#[test]
fn rule_7_6_a_refused_text_is_not_dropped_with_the_space() {
    let (Village { hub, hoa, .. }, _) = &mut two_teams();
    hoa.notes(record(6), &[("head_name", "Giàng A Sử")]);
    hub.meets(hoa);
    hoa.writes(record(7), "unit", &[("name", "Bản mới")])
        .unwrap();
    let member = hub.certifies_for(&hoa.secret, Role::Member, team());
    hoa.copy.take_rulings(&[member.bytes]).unwrap();
    hub.meets(hoa);
    let refused = toso_sync::replica::Notice::DraftRefused(team(), record(7));
    assert!(hoa.copy.take_notices().contains(&refused));
    hub.certifies_for(&hoa.secret, Role::Member, neighbours());
    hub.meets(hoa);
    hub.meets(hoa);
    assert!(!hoa.copy.shelf.packs(team()).unwrap().is_empty());
}

/// Rule 7.6, seed 940930 of 400 events. The refused text was erased with its record: nothing keeps the phone any more.
#[test]
fn rule_7_6_a_refused_text_that_was_erased_keeps_no_space() {
    let (Village { hub, hoa, .. }, _) = &mut two_teams();
    hoa.writes(record(7), "unit", &[("name", "Bản mới")])
        .unwrap();
    let member = hub.certifies_for(&hoa.secret, Role::Member, team());
    hoa.copy.take_rulings(&[member.bytes]).unwrap();
    hub.meets(hoa);
    assert!(!hoa.copy.shelf.refused_texts(team()).is_empty());
    hub.certifies_for(&hoa.secret, Role::Member, neighbours());
    hub.meets(hoa);
    hub.meets(hoa);
    assert!(!hoa.copy.shelf.packs(team()).unwrap().is_empty());
    hub.states(&Body::Purge(record(7).into(), record(7).into()));
    hub.meets(hoa);
    hub.meets(hoa);
    assert!(hoa.copy.shelf.refused_texts(team()).is_empty());
    assert!(hoa.copy.shelf.packs(team()).unwrap().is_empty());
}

/// `author` writes two records in one pack, and one more. Páo has all of it, one change rotted there, and the hub was emptied:
/// the first pack can be given by nobody as it is. Páo leaves the team.
fn leaves_with_what_cannot_be_given(of_pao: bool) -> (Village, Body) {
    let mut village = Village::new();
    let Village { hub, lan, pao, .. } = &mut village;
    pao.spaces.push(neighbours());
    let author = if of_pao { &mut *pao } else { &mut *lan };
    author
        .writes(record(1), "household", &[("head_name", "Lò Văn Páo")])
        .unwrap();
    author
        .writes(record(2), "household", &[("head_name", "Giàng A Sử")])
        .unwrap();
    author.seals();
    let first = author.top().unwrap().head;
    author.notes(record(3), &[("head_name", "Vàng Thị Mỷ")]);
    hub.meets_all(&mut [lan, pao]);
    let hash = pao.copy.entries(team(), &first).unwrap()[0].hash;
    rots(&mut pao.copy, &first, 0);
    hub.is_restored(MemoryShelf::new());
    (village, Body::Lost(team().into(), hash32(hash)))
}

/// Rule 7.6, seed 940582 of 400 events. The hub knew the last pack of a log, and the phone took all before it for kept: with the
/// pack that had a rotten change it dropped the other one in it, which stood nowhere else.
#[test]
fn rule_7_6_a_pack_that_cannot_be_given_is_not_dropped() {
    for of_pao in [true, false] {
        let (Village { hub, pao, hoa, .. }, lost) = &mut leaves_with_what_cannot_be_given(of_pao);
        hub.certifies_for(&pao.secret, Role::Member, neighbours());
        for _ in 0..3 {
            hub.meets(pao);
        }
        assert!(
            !pao.copy.shelf.packs(team()).unwrap().is_empty(),
            "{of_pao}: what the hub lacks stays"
        );
        hub.states(lost);
        for _ in 0..3 {
            hub.meets(pao);
        }
        hub.meets(hoa);
        assert_eq!(hoa.reads(record(2), "head_name"), ["Giàng A Sử"]);
        assert_eq!(hoa.reads(record(3), "head_name"), ["Vàng Thị Mỷ"]);
        assert!(
            pao.copy.shelf.packs(team()).unwrap().is_empty(),
            "{of_pao}: then it goes"
        );
    }
}

/// Rule 6.3, seed 940582 of 400 events. Two live copies of a phone that leaves stand on two branches of one log, and no receipt
/// can decide, since the hub lacks what both were built on. Each wrote again what the other had written again, for ever.
#[test]
fn rule_6_3_what_was_only_made_again_is_not_made_again_by_a_twin() {
    let (Village { hub, pao, hoa, .. }, lost) = &mut leaves_with_what_cannot_be_given(true);
    pao.writes(record(4), "household", &[("head_name", "Hờ Thị Mai")])
        .unwrap();
    let mut other = copied(pao);
    pao.notes(record(5), &[("head_name", "Sùng Thị Dợ")]);
    other.notes(record(6), &[("head_name", "Giàng Mỷ Sua")]);
    hub.certifies_for(&pao.secret, Role::Member, neighbours());
    hub.meets_all(&mut [pao, &mut other]);
    hub.states(lost);
    hub.meets_all(&mut [pao, &mut other]);
    hub.meets(hoa);
    let names = [(4, "Hờ Thị Mai"), (5, "Sùng Thị Dợ"), (6, "Giàng Mỷ Sua")];
    for (number, name) in names {
        assert_eq!(hoa.reads(record(number), "head_name"), [name]);
    }
    for phone in [pao, &mut other] {
        assert!(phone.copy.shelf.packs(team()).unwrap().is_empty());
    }
}
