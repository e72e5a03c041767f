//! Two phones with one person's files, and two hubs: branches that each have a receipt, and what was built on them.

use toso_sync::id::{Epoch, Head};
use toso_sync::memory::MemoryShelf;
use toso_sync::replica::Replica;
use toso_sync::ruling::Role;
use toso_sync::shelf::Shelf;
use toso_tests::village::*;

/// A second phone made from a copy of somebody's files, which nobody noticed.
fn twin(person: &Person) -> Person {
    Person {
        copy: person.copy_of_the_phone(),
        secret: person.secret.clone(),
        dice: person.dice.clone(),
        clock: person.clock,
        spaces: person.spaces.clone(),
    }
}

/// Seals what `person` has saved so that the pack's name is greater, or smaller, than `than`: the time decides the name.
fn seals_beside(person: &mut Person, than: Head, greater: bool) -> Head {
    for seconds in 1..200 {
        let mut trial = twin(person);
        trial.clock += seconds * 1_000;
        trial.seals();
        let head = trial.top().unwrap().head;
        if (head > than) == greater {
            *person = trial;
            return head;
        }
    }
    panic!("no time gives such a name");
}

/// Páo writes a household, his phone gets a twin, and seals it: the twin, which has yet to, and the name of his pack.
fn seals_as_his_twin_does_not(pao: &mut Person) -> (Person, Head) {
    pao.writes(record(1), "household", &[("head_name", "Lò Văn Páo")])
        .unwrap();
    let other = twin(pao);
    pao.seals();
    (other, pao.top().unwrap().head)
}

/// The hub loses every pack and hears its own rulings again.
fn is_emptied(hub: &mut Hub) {
    let rulings = hub.copy.ruling_bytes(&hub.copy.book().ids(None));
    hub.is_restored(MemoryShelf::new());
    hub.copy.take_rulings(&rulings).unwrap();
}

/// The same commune's backup brought to life on another machine.
fn second_hub(hub: &Hub) -> Hub {
    let authority = hub.authority.clone();
    let shelf = hub.copy.shelf.backup();
    Hub {
        copy: Replica::open(shelf, authority.hub(), Some(authority.clone()), None).unwrap(),
        authority,
        epoch: Epoch([9; 16]),
        clock: hub.clock,
    }
}

/// Seed 400. Lan built on a pack that the emptied hub knows by another name, and is revoked before she comes again. She is
/// given nothing but her own log and cannot learn that what she built on counts no more: the hub takes what she brings
/// aside, and staff see it.
#[test]
fn what_a_revoked_phone_built_on_a_branch_that_lost_waits_for_staff() {
    let Village { hub, lan, pao, .. } = &mut Village::new();
    let (mut other, first) = seals_as_his_twin_does_not(pao);
    hub.meets_all(&mut [pao, lan]);
    let built = lan.notes(record(2), &[("head_name", "Giàng Mỷ Sua")]);
    hub.meets(lan);

    is_emptied(hub);
    seals_beside(&mut other, first, false);
    hub.meets(&mut other);
    hub.revokes(lan);
    hub.meets(lan);
    assert!(
        hub.copy.tray(team()).unwrap().contains(&built),
        "what Lan wrote is not lost with her phone"
    );
    let again = hub.meets(lan);
    assert_eq!(again.pushed.0 + again.pulled.0, 0, "and is given once");
}

/// Seed 2725. Of two receipted branches of Páo's log the one with the smaller name wins, but what it was built on lost
/// against its own twin. It can never count, so it keeps nobody from counting: a phone that never saw it agrees.
#[test]
fn a_receipted_branch_whose_past_lost_makes_room_for_the_other() {
    let Village { hub, lan, pao, hoa } = &mut Village::new();
    let mut second = second_hub(hub);
    // Lan's phone and its twin: the second hub keeps one branch, the first hub the other, which wins.
    lan.writes(record(1), "household", &[("head_name", "Vàng Thị Mỷ")])
        .unwrap();
    let mut lan_too = twin(lan);
    lan.seals();
    let lost = lan.top().unwrap().head;
    second.meets(lan);
    seals_beside(&mut lan_too, lost, false);
    hub.meets(&mut lan_too);
    // Páo's phone and its twin: one builds on what the second hub has, the other on nothing.
    pao.writes(record(5), "household", &[("head_name", "Lò Văn Páo")])
        .unwrap();
    let mut pao_too = twin(pao);
    pao_too.seals();
    let free = pao_too.top().unwrap().head;
    hub.meets(&mut pao_too);
    lan.hands_file_to(pao);
    let bound = seals_beside(pao, free, false);
    let log = pao.log().unwrap();
    let known = pao.copy.ledger(team()).unwrap();
    let after = &known.get(&bound).unwrap().after;
    assert!(after.iter().any(|at| at.head == lost), "built on what lost");
    second.meets(pao);
    // The second hub is gone; what the phones have comes to the first.
    drop(second);
    hub.meets_all(&mut [lan, pao, &mut lan_too, &mut pao_too, hoa]);
    let ledger = hub.copy.ledger(team()).unwrap();
    assert!(
        ledger.at(&log, 1).any(|head| *head == bound),
        "both are held"
    );
    assert!(ledger.get(&free).unwrap().valid, "the other one counts");
    assert_alike(hub, &mut [hoa, &mut pao_too]);
    assert_eq!(hoa.reads(record(5), "head_name"), ["Lò Văn Páo"]);
}

/// Lan holds Páo's first pack, and built two of hers on it where `builds`. The hub was emptied since and knows two packs of
/// Páo's log from a twin of his phone, the first of which `wins` over Lan's or loses against it.
fn a_hub_that_knows_a_longer_branch(builds: bool, wins: bool) -> (Village, Head, Vec<Head>) {
    let mut village = Village::new();
    let Village { hub, lan, pao, .. } = &mut village;
    let (mut other, first) = seals_as_his_twin_does_not(pao);
    hub.meets_all(&mut [pao, lan]);
    let mut built = Vec::new();
    if builds {
        built.push(lan.notes(record(2), &[("head_name", "Giàng Mỷ Sua")]));
        built.push(lan.notes(record(4), &[("head_name", "Hờ Thị Mai")]));
    }
    is_emptied(hub);
    seals_beside(&mut other, first, !wins);
    other.notes(record(3), &[("head_name", "Sùng Thị Dợ")]);
    hub.meets(&mut other);
    assert_eq!(hub.copy.ledger(team()).unwrap().vector()[0].seq, 2);
    (village, first, built)
}

/// Seeds 19769, and 910092 of 400 events. The position the hub tells of Páo's log is further along than Lan's, so her phone took
/// it for the same branch and gave nothing of that log; the hub lacked what she had built on, and nothing of hers ever came
/// to it.
#[test]
fn who_leaves_a_team_gives_what_the_hub_knows_by_another_branch() {
    for (builds, wins) in [(true, true), (true, false), (false, true), (false, false)] {
        let (mut village, first, built) = a_hub_that_knows_a_longer_branch(builds, wins);
        let Village { hub, lan, .. } = &mut village;
        hub.certifies_for(&lan.secret, Role::Member, neighbours());
        hub.meets(lan);
        let counts = |head: &Head, hub: &mut Hub| {
            let ledger = hub.copy.ledger(team()).unwrap();
            ledger.get(head).map(|meta| meta.valid)
        };
        assert_eq!(
            counts(&first, hub),
            Some(!wins),
            "{builds} {wins}: it had a receipt"
        );
        for built in built {
            assert_eq!(counts(&built, hub), Some(!wins), "{builds} {wins}");
            let waits = hub.copy.tray(team()).unwrap().contains(&built);
            assert_eq!(
                waits, wins,
                "{builds} {wins}: staff see what does not count"
            );
        }
        let left = lan.copy.shelf.packs(team()).unwrap();
        assert!(
            left.is_empty(),
            "{builds} {wins}: nothing of the team stays with her"
        );
    }
}

/// The same with a phone that was revoked, which drops nothing before it is wiped but gives what it has.
#[test]
fn who_is_revoked_gives_what_the_hub_knows_by_another_branch() {
    for wins in [true, false] {
        let (mut village, first, built) = a_hub_that_knows_a_longer_branch(true, wins);
        let Village { hub, lan, .. } = &mut village;
        hub.revokes(lan);
        hub.meets(lan);
        let ledger = hub.copy.ledger(team()).unwrap();
        assert!(ledger.get(&first).is_some(), "{wins}");
        for built in built {
            assert!(ledger.get(&built).is_some(), "{wins}");
        }
        let again = hub.meets(lan);
        assert_eq!(
            again.pushed.0 + again.pulled.0,
            0,
            "{wins}: and it is given once"
        );
    }
}

/// A pack of Páo's that only a carried file brought her has no receipt, and the hub knows another in its place: what Lan built
/// on it waits for staff all the same.
#[test]
fn what_was_built_on_a_branch_without_a_receipt_waits_for_staff() {
    let Village { hub, lan, pao, .. } = &mut Village::new();
    let (mut other, first) = seals_as_his_twin_does_not(pao);
    pao.hands_file_to(lan);
    let built = lan.notes(record(2), &[("head_name", "Giàng Mỷ Sua")]);
    seals_beside(&mut other, first, false);
    other.notes(record(3), &[("head_name", "Sùng Thị Dợ")]);
    hub.meets(&mut other);
    hub.certifies_for(&lan.secret, Role::Member, neighbours());
    hub.meets(lan);
    assert!(hub.copy.tray(team()).unwrap().contains(&built));
    assert!(lan.copy.shelf.packs(team()).unwrap().is_empty());
}

/// Seed 900821 of 400 events. Páo's phone was put back and goes on in a new log, on a record it had sealed. A file then tells
/// that a twin of his phone sealed the same record, and that the hub has that pack: for a moment the record is gone, with the
/// word he saved on it, and the twin's pack brings it back. The word was saved and given, and missing on his own screen.
#[test]
fn a_word_saved_on_what_comes_back_by_another_pack_is_on_the_own_screen() {
    let Village { hub, pao, .. } = &mut Village::new();
    let (mut other, first) = seals_as_his_twin_does_not(pao);
    let backup = pao.copy.shelf.backup();
    seals_beside(&mut other, first, true);
    hub.meets(&mut other);
    pao.is_restored(backup);
    pao.copy.distrust_self().unwrap();
    pao.writes(record(1), "household", &[("phone", "0912345678")])
        .unwrap();
    let file = other.file();
    pao.takes(&file);
    assert_eq!(pao.reads(record(1), "phone"), ["0912345678"]);
    pao.seals();
    hub.meets(pao);
    assert_eq!(pao.reads(record(1), "phone"), ["0912345678"]);
    assert_alike(hub, &mut [pao]);
}

/// Seed 930789 of 400 events. Of two branches of Páo's log, each with a receipt, his twin's wins, and his twin wrote again what
/// stood in the other: that one is in no tray any more. A hub that was emptied since hears of its receipt, and could not say
/// whether the twin's next pack counts until somebody gives what lost.
#[test]
fn a_hub_that_was_emptied_is_given_the_branch_that_lost_too() {
    let Village { hub, pao, hoa, .. } = &mut Village::new();
    pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    hub.meets(pao);
    let mut second = second_hub(hub);
    let mut other = twin(pao);
    let lost = [
        pao.notes(record(2), &[("head_name", "Giàng Mỷ Sua")]),
        pao.notes(record(3), &[("head_name", "Sùng Thị Dợ")]),
    ];
    hub.meets(pao);
    other
        .writes(record(4), "household", &[("head_name", "Hờ Thị Mai")])
        .unwrap();
    seals_beside(&mut other, lost[0], false);
    second.meets(&mut other);
    let next = other.notes(record(5), &[("head_name", "Vàng Thị Mỷ")]);
    pao.hands_file_to(&mut other);
    other.seals();
    assert_eq!(
        other.copy.tray(team()).unwrap(),
        [],
        "it wrote all of it again"
    );
    assert!(
        !other
            .copy
            .ledger(team())
            .unwrap()
            .get(&lost[1])
            .unwrap()
            .valid
    );

    drop(second);
    is_emptied(hub);
    hub.meets_all(&mut [&mut other, hoa]);
    let ledger = hub.copy.ledger(team()).unwrap();
    assert!(
        ledger.get(&next).unwrap().valid,
        "what his twin wrote counts"
    );
    assert!(lost.iter().all(|head| ledger.get(head).is_some()));
    assert_alike(hub, &mut [&mut other, hoa]);
    let again = hub.meets(&mut other);
    assert_eq!(again.pushed.0 + again.pulled.0, 0, "and is given once");
}
