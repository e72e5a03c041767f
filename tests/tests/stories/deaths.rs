//! An exchange that dies at any one write, on the phone or at the hub: the next one makes it good.

use toso_sync::memory::MemoryShelf;
use toso_sync::replica::{Fault, Replica};
use toso_sync::ruling::Body;
use toso_sync::session::Session;
use toso_tests::village::*;

/// Who dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Phone,
    Hub,
}

/// A day of which something of everything is still to be exchanged: edits both ways on one record, new records, an erasure, a
/// hand-over and a revoked neighbour's leftovers.
fn day() -> Village {
    let mut village = Village::new();
    let Village { hub, lan, pao, hoa } = &mut village;
    lan.spaces.push(neighbours());
    hub.certifies_for(&pao.secret.clone(), toso_sync::ruling::Role::Member, team());
    for n in 1..=4 {
        pao.notes(record(n), &[("head_name", "Lò Văn Páo")]);
    }
    hub.meets_all(&mut [pao, lan, hoa]);
    lan.notes(record(1), &[("phone", "0912 345 678")]);
    lan.notes(record(20), &[("head_name", "Giàng Mỷ Sua")]);
    hoa.notes(record(2), &[("note", "đã gọi điện")]);
    hub.meets(lan);
    hub.meets(hoa);
    hub.states(&Body::Purge(record(3).into(), record(3).into()));
    hub.copy
        .transaction(|hub| hub.hand_over(record(4), team(), neighbours()))
        .unwrap();
    pao.notes(record(1), &[("phone", "0987 654 321")]);
    pao.notes(record(3), &[("note", "chưa biết là đã xóa")]);
    pao.notes(record(10), &[("head_name", "Vàng Thị Mỷ")]);
    pao.writes(record(11), "household", &[("head_name", "Sùng A Lềnh")])
        .unwrap();
    village
}

/// While somebody waits for the copy an answer is taken in slices.
fn exchange(hub: &mut Hub, person: &mut Person, awaited: bool) -> Result<(), Fault> {
    let Person {
        copy,
        dice,
        clock,
        spaces,
        secret,
    } = person;
    let device = secret.device();
    let mut session = Session::start(copy, spaces, *clock, dice)?;
    while !session.is_done() {
        let ask = session.ask(copy)?;
        let mut tell = hub.copy.answer(&device, &ask, hub.epoch, hub.clock)?;
        while session.take_some(copy, &mut tell, *clock, &|| awaited)? {}
        session.take(copy, &tell, *clock, dice)?;
    }
    Ok(())
}

fn shelf(village: &mut Village, side: Side) -> &mut MemoryShelf {
    match side {
        Side::Phone => &mut village.pao.copy.shelf,
        Side::Hub => &mut village.hub.copy.shelf,
    }
}

/// Dies at write `n`, or not at all when there are fewer.
fn dies_at(n: u32, side: Side, starts_anew: bool, awaited: bool) -> bool {
    let mut village = day();
    shelf(&mut village, side).fail_in = Some(n);
    let died = exchange(&mut village.hub, &mut village.pao, awaited).is_err();
    shelf(&mut village, side).fail_in = None;
    let Village { hub, lan, pao, hoa } = &mut village;
    if starts_anew {
        let authority = hub.authority.clone();
        let kept = hub.copy.shelf.backup();
        hub.copy = Replica::open(kept, authority.hub(), Some(authority), None).unwrap();
        let kept = pao.copy.shelf.backup();
        pao.is_restored(kept);
    }
    hub.meets_all(&mut [pao, lan, hoa]);
    assert_alike(hub, &mut [pao, hoa]);
    for person in [&*pao, &*lan, &*hoa] {
        let reads = |n, key| person.reads(record(n), key);
        assert_eq!(reads(10, "head_name"), ["Vàng Thị Mỷ"]);
        assert_eq!(reads(11, "head_name"), ["Sùng A Lềnh"]);
        assert_eq!(reads(20, "head_name"), ["Giàng Mỷ Sua"]);
        assert_eq!(reads(2, "note"), ["đã gọi điện"]);
        assert_eq!(reads(1, "phone").len(), 2, "both numbers are kept");
        assert!(reads(3, "head_name").is_empty(), "what was erased stays so");
    }
    died
}

fn every_write(side: Side) -> u32 {
    let mut deaths = 0;
    for (starts_anew, awaited) in [(false, false), (false, true), (true, false), (true, true)] {
        let mut n = 0;
        while dies_at(n, side, starts_anew, awaited) {
            n += 1;
        }
        deaths += n;
    }
    deaths
}

#[test]
fn a_phone_that_dies_at_any_write_of_an_exchange_loses_nothing() {
    let deaths = every_write(Side::Phone);
    assert!(deaths > 40, "{deaths}");
}

#[test]
fn a_hub_that_dies_at_any_write_of_an_exchange_loses_nothing() {
    let deaths = every_write(Side::Hub);
    assert!(deaths > 10, "{deaths}");
}
