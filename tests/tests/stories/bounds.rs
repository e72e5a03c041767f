//! What one device may ask of the hub, and what one message may hold: nothing is lost, nothing loops, others go on.

use toso_sync::caps;
use toso_sync::limits::Limits;
use toso_sync::memory::MemoryShelf;
use toso_sync::message::{Ask, Tell};
use toso_sync::pack::encode;
use toso_sync::replica::{Mode, Outcome, Replica};
use toso_sync::ruling::Body;
use toso_sync::session::{Progress, Session};
use toso_sync::shelf::Shelf;
use toso_tests::sim::random::Dice;
use toso_tests::village::*;

/// A revoked phone with `packs` packs that nobody counts, and what they take to keep, bytes.
fn revoked(packs: u8) -> (Village, u64) {
    let mut village = Village::new();
    let Village { hub, lan, pao, .. } = &mut village;
    pao.notes(record(100), &[("head_name", "Lò Văn Páo")]);
    hub.meets_all(&mut [pao, lan]);
    hub.revokes(pao);
    let mut bytes = 0;
    for n in 1..=packs {
        let head = pao.notes(record(n), &[("head_name", "Giàng A Sử")]);
        bytes += pao.copy.pack(team(), &head).unwrap().unwrap().size();
    }
    (village, bytes)
}

/// Rule 5.3a. A revoked phone has more than the hub keeps of one device: the rest stays on the phone and is shown there,
/// the exchange ends, and other people's goes on.
#[test]
fn rule_5_3a_what_does_not_fit_into_the_tray_stays_with_the_giver_and_is_shown() {
    assert_eq!(Limits::default().tray_bytes, 64 * 1024 * 1024);
    let (mut village, bytes) = revoked(9);
    let Village { hub, lan, pao, .. } = &mut village;
    let device = pao.secret.device();
    hub.copy.limits.tray_bytes = bytes / 3;

    let progress = hub.meets(pao);
    let kept = hub.copy.shelf.void_bytes(&device).unwrap();
    assert!(kept > 0 && kept <= bytes / 3, "{kept} of {bytes}");
    let mine = pao.copy.tray(team()).unwrap();
    let theirs = hub.copy.tray(team()).unwrap();
    assert_eq!(mine.len(), 9, "the giver keeps all");
    for head in &mine {
        let told = progress.refused.get(head).map(String::as_str);
        assert_eq!(
            told == Some("tray_full"),
            !theirs.contains(head),
            "{told:?}"
        );
    }
    assert!(progress.requests <= 6, "{} requests", progress.requests);

    // Again and again: no more is kept, no more is moved.
    for _ in 0..3 {
        let again = hub.meets(pao);
        assert_eq!(again.pushed, (0, 0));
        assert!(again.requests <= 6, "{} requests", again.requests);
        assert_eq!(hub.copy.shelf.void_bytes(&device).unwrap(), kept);
    }
    lan.notes(record(50), &[("head_name", "Vàng Thị Mỷ")]);
    assert_eq!(hub.meets(lan).pushed.0, 1);
    assert_eq!(texts(&hub.copy, record(50), "head_name"), ["Vàng Thị Mỷ"]);

    // Staff let what is there count: then there is room again.
    let last = *theirs.last().unwrap();
    hub.approves(last);
    hub.copy.limits.tray_bytes = bytes;
    hub.meets(pao);
    let held: usize = hub.copy.shelf.packs(team()).unwrap().len();
    assert_eq!(held, 11, "nine, the first one, and Lan's");
}

/// Rule 5.3a. A courier with two people's void packs is told of one's full tray; the other's are taken.
#[test]
fn rule_5_3a_one_devices_full_tray_is_not_anothers() {
    let (mut village, bytes) = revoked(6);
    let Village { hub, lan, pao, hoa } = &mut village;
    hub.meets(hoa);
    hub.revokes(lan);
    let late = lan.notes(record(60), &[("head_name", "Hờ A Chư")]);
    pao.hands_file_to(hoa);
    lan.hands_file_to(hoa);
    hub.copy.limits.tray_bytes = bytes / 2;
    hub.meets(hoa);
    assert!(hub.copy.tray(team()).unwrap().contains(&late));
    let kept = hub.copy.shelf.void_bytes(&pao.secret.device()).unwrap();
    assert!(kept <= bytes / 2);
}

/// Rule 5.1, check 10. A phone that gave enough for now is told to come back: nothing is refused, what it asks for still
/// comes, and another time everything goes.
#[test]
fn rule_5_1_10_what_is_over_the_quota_waits_and_goes_another_time() {
    let Village { hub, lan, pao, .. } = &mut Village::new();
    lan.notes(record(90), &[("head_name", "Vàng Thị Mỷ")]);
    hub.meets(lan);
    let mut size = 0;
    for n in 1..=10 {
        let head = pao.notes(record(n), &[("head_name", "Lò Văn Páo")]);
        size += pao.copy.pack(team(), &head).unwrap().unwrap().size();
    }
    hub.copy.limits.allowance = Some(size / 3);
    let told = hub.meets(pao);
    assert!(told.later.contains(&team()) && told.refused.is_empty());
    assert!((1..=4).contains(&told.pushed.0), "{told:?}");
    assert_eq!(told.pulled.0, 1, "Lan's pack came all the same");
    assert!(told.requests <= 5, "{} requests", told.requests);
    assert_eq!(pao.reads(record(90), "head_name"), ["Vàng Thị Mỷ"]);
    assert!(pao.copy.tray(team()).unwrap().is_empty(), "no verdict");
    let again = hub.meets(pao);
    assert_eq!(again.pushed, (0, 0));
    assert!(again.later.contains(&team()));

    hub.copy.limits.allowance = None;
    let rest = hub.meets(pao);
    assert_eq!(told.pushed.0 + rest.pushed.0, 10);
    assert!(rest.later.is_empty());
    hub.meets_all(&mut [pao, lan]);
    assert_alike(hub, &mut [pao, lan]);
}

/// What was held before costs nothing of the quota: a phone that repeats itself is not shut out for it.
#[test]
fn rule_5_1_10_what_is_held_already_is_not_charged() {
    let Village { hub, pao, .. } = &mut Village::new();
    let head = pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    hub.meets(pao);
    let pack = pao.copy.pack(team(), &head).unwrap().unwrap();
    hub.copy.limits.allowance = Some(1);
    for mode in [Mode::Counting, Mode::Tray] {
        let outcome = gives(&mut hub.copy, &pack, mode);
        assert_eq!(outcome, Outcome::Dup);
    }
    assert_eq!(hub.copy.limits.allowance, Some(1));
}

/// A whole exchange, each message held against the cap that both sides refuse past.
fn bounded(hub: &mut Hub, person: &mut Person) -> (Progress, usize) {
    let (spaces, now) = ([team()], person.clock);
    let mut session = Session::start(&mut person.copy, &spaces, now, &mut person.dice).unwrap();
    let mut longest = 0;
    while !session.is_done() {
        let ask: Ask = session.ask(&mut person.copy).unwrap();
        let tell: Tell = hub.tells(person, &ask);
        for bytes in [encode(&ask), encode(&tell)] {
            longest = longest.max(bytes.len());
            assert!(bytes.len() <= caps::MESSAGE_BYTES, "{} bytes", bytes.len());
        }
        assert!(ask.give_rulings.len() <= caps::RULINGS);
        assert!(tell.give_rulings.len() <= caps::RULINGS);
        session
            .take(&mut person.copy, &tell, now, &mut person.dice)
            .unwrap();
        assert!(session.progress.requests < 200, "it does not end");
    }
    (session.progress, longest)
}

/// Somebody who saves all the time would keep a long first sync going for as long as a request takes longer than they
/// need: what is saved meanwhile goes with the next exchange.
#[test]
fn an_exchange_ends_while_somebody_keeps_saving() {
    let Village { hub, lan, pao, .. } = &mut Village::new();
    lan.notes(record(100), &[("head_name", "Lò Văn Páo")]);
    hub.meets(lan);
    pao.writes(record(101), "household", &[("phone", "0911 111 111")])
        .unwrap();
    let (spaces, now) = ([team()], pao.clock);
    let mut session = Session::start(&mut pao.copy, &spaces, now, &mut pao.dice).unwrap();
    while !session.is_done() {
        let ask = session.ask(&mut pao.copy).unwrap();
        let tell = hub.tells(pao, &ask);
        let requests = u8::try_from(session.progress.requests).unwrap();
        assert!(requests < 5, "it does not end");
        pao.writes(record(requests), "household", &[("phone", "0922 222 222")])
            .unwrap();
        session
            .take(&mut pao.copy, &tell, now, &mut pao.dice)
            .unwrap();
    }
    assert_eq!(pao.reads(record(100), "head_name"), ["Lò Văn Páo"]);
    assert_eq!(
        session.progress.pushed,
        (1, 1),
        "what was there to begin with"
    );
    hub.meets_all(&mut [pao, lan]);
    assert_alike(hub, &mut [pao, lan]);
    assert_eq!(lan.reads(record(0), "phone"), ["0922 222 222"]);
}

/// A text that does not compress much.
fn noise(dice: &mut Dice) -> String {
    use toso_sync::key::Random;
    let letter = |byte: u8| char::from(b'0' + (byte & 63));
    let bytes = (0..400).flat_map(|_| dice.bytes32());
    bytes.map(letter).collect()
}

/// A day of long texts that hardly compress: as many packs as it takes, and none that its own author would not take.
#[test]
fn texts_that_do_not_compress_are_sealed_into_packs_that_others_take() {
    let Village { hub, lan, pao, .. } = &mut Village::new();
    let mut dice = Dice::new(8);
    for n in 1..=20 {
        let (one, two) = (noise(&mut dice), noise(&mut dice));
        let fields = [("note", &*one), ("address", &*two)];
        pao.writes(record(n), "household", &fields).unwrap();
    }
    pao.seals();
    assert!(pao.copy.shelf.packs(team()).unwrap().len() > 2);
    hub.meets_all(&mut [pao, lan]);
    assert_alike(hub, &mut [pao, lan]);
    assert_eq!(lan.reads(record(20), "note"), pao.reads(record(20), "note"));
}

/// A revoked phone brings a tray larger than any message, and gets it back after its folder is lost: in pieces.
#[test]
fn a_tray_larger_than_a_message_goes_in_pieces_both_ways() {
    let Village { hub, pao, .. } = &mut Village::new();
    let empty = pao.copy.shelf.backup();
    pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    hub.meets(pao);
    hub.revokes(pao);
    let mut dice = Dice::new(7);
    for n in 2..=60 {
        for part in 0..3 {
            let texts: Vec<String> = (0..4).map(|_| noise(&mut dice)).collect();
            let keys = ["note", "advice", "address", "cluster"];
            let fields: Vec<(&str, &str)> = keys
                .iter()
                .zip(&texts)
                .map(|(key, text)| (*key, text.as_str()))
                .collect();
            let document = toso_domain::id::RecordId::from_bytes([
                n, part, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9,
            ]);
            pao.writes(document, "household", &fields).unwrap();
        }
        pao.seals();
    }
    let (progress, _) = bounded(hub, pao);
    let bytes = hub.copy.shelf.void_bytes(&pao.secret.device()).unwrap();
    assert!(
        bytes > caps::MESSAGE_BYTES as u64,
        "{bytes} bytes in the tray"
    );
    assert!(progress.requests > 5);
    let tray = pao.copy.tray(team()).unwrap();
    assert_eq!(hub.copy.tray(team()).unwrap().len(), tray.len());

    pao.is_restored(empty);
    bounded(hub, pao);
    assert_eq!(pao.copy.tray(team()).unwrap().len(), tray.len());
}

/// The hub's disk lost more than a message holds: one exchange brings all of it back.
#[test]
fn more_rot_than_a_message_holds_is_healed_in_one_exchange() {
    let Village { hub, pao, .. } = &mut Village::new();
    let mut dice = Dice::new(9);
    for n in 1..=40 {
        let texts: Vec<String> = (0..4).map(|_| noise(&mut dice)).collect();
        let fields = [
            ("note", &*texts[0]),
            ("advice", &*texts[1]),
            ("address", &*texts[2]),
            ("cluster", &*texts[3]),
        ];
        pao.notes(record(n), &fields);
    }
    hub.meets(pao);
    let packs = hub.copy.shelf.packs(team()).unwrap();
    for pack in &packs {
        rots(&mut hub.copy, &pack.head, 0);
    }
    assert_eq!(hub.copy.shelf.holes(team()).unwrap().len(), 40);
    bounded(hub, pao);
    assert!(hub.copy.shelf.holes(team()).unwrap().is_empty());
    assert_alike(hub, &mut [pao]);
}

/// Thousands of rulings reach a new phone, and a hub that lost them, in messages both sides read.
#[test]
fn thousands_of_rulings_go_in_pieces_both_ways() {
    let Village { hub, lan, .. } = &mut Village::new();
    let before = hub.copy.shelf.backup();
    let many = 6_000_u32;
    hub.copy
        .transaction(|hub| {
            for n in 0..many {
                let mut id = [0x5a; 16];
                id[..4].copy_from_slice(&n.to_be_bytes());
                let id = toso_domain::id::RecordId::from_bytes(id);
                hub.state(&Body::Purge(id.into(), id.into()))?;
            }
            Ok(())
        })
        .unwrap();
    let (progress, _) = bounded(hub, lan);
    assert!(progress.requests >= 3, "{} requests", progress.requests);
    assert_eq!(lan.copy.book().ids(None), hub.copy.book().ids(None));

    hub.is_restored(before);
    bounded(hub, lan);
    assert_eq!(hub.copy.book().purged().len(), many as usize);
    assert_eq!(lan.copy.book().ids(None), hub.copy.book().ids(None));
}

/// Section 3.4. A file longer than files are, or with more rulings, is refused; what stood before its end is taken.
#[test]
fn a_file_over_its_caps_is_too_large() {
    let Village { hub, lan, pao, .. } = &mut Village::new();
    for n in 1..=3 {
        pao.notes(record(n), &[("head_name", "Lò Văn Páo")]);
    }
    hub.meets(pao);
    let file = pao.file();
    let take = |copy: &mut Replica<MemoryShelf>, mut bytes: &[u8]| {
        toso_sync::carried::import(copy, &|_, _| true, &mut bytes, MORNING).map_err(|f| f.code)
    };
    let before = state_of(&mut lan.copy);
    lan.copy.limits.file_rulings = 2;
    assert_eq!(take(&mut lan.copy, &file), Err("too_large"));
    assert_eq!(state_of(&mut lan.copy), before, "not even rulings");
    lan.copy.limits = Limits {
        file_bytes: file.len() as u64 - 1,
        ..Limits::default()
    };
    assert_eq!(take(&mut lan.copy, &file), Err("too_large"));
    lan.copy.limits.file_bytes = file.len() as u64;
    assert!(take(&mut lan.copy, &file).unwrap().whole);
    assert_eq!(lan.reads(record(3), "head_name"), ["Lò Văn Páo"]);
}
