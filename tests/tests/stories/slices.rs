//! A large answer is taken in slices while somebody waits for the copy, and as one while nobody does.

use toso_sync::message::Tell;
use toso_sync::session::Session;
use toso_tests::village::*;

/// Bytes of packs an answer still holds.
fn left(tell: &Tell) -> u64 {
    let packs = tell.spaces.iter().flat_map(|part| &part.packs);
    packs.map(toso_sync::pack::Pack::size).sum()
}

/// Páo gives eight packs of some ten kilobytes; Lan takes them. Answers the bytes that each turn took.
fn turns(awaited: bool) -> Vec<u64> {
    let Village {
        mut hub,
        mut lan,
        mut pao,
        ..
    } = Village::new();
    let mut letters = toso_tests::sim::random::Dice::new(7);
    for pack in 0..8 {
        for n in 0..25 {
            let mut letter = || char::from(b'a' + u8::try_from(letters.below(26)).unwrap());
            let note: String = (0..400).map(|_| letter()).collect();
            pao.writes(record(1 + pack * 25 + n), "household", &[("note", &note)])
                .unwrap();
        }
        hub.meets(&mut pao);
    }
    let mut session = Session::start(&mut lan.copy, &[team()], lan.clock, &mut lan.dice).unwrap();
    let mut turns = Vec::new();
    while !session.is_done() {
        let ask = session.ask(&mut lan.copy).unwrap();
        let mut tell = hub.tells(&lan, &ask);
        loop {
            let before = left(&tell);
            let more = session
                .take_some(&mut lan.copy, &mut tell, lan.clock, &|| awaited)
                .unwrap();
            if !more {
                break;
            }
            turns.push(before - left(&tell));
        }
        assert_eq!(left(&tell), 0, "all of it is taken");
        session
            .take(&mut lan.copy, &tell, lan.clock, &mut lan.dice)
            .unwrap();
    }
    assert_eq!(session.progress.pulled, (8, 200));
    assert_alike(&mut hub, &mut [&mut lan, &mut pao]);
    turns
}

#[test]
fn whoever_waits_has_a_turn_after_a_slice() {
    let turns = turns(true);
    assert!(turns.len() >= 2, "{turns:?}");
    let pack = turns.iter().sum::<u64>() / 8;
    // A slice ends with the pack that fills it.
    assert!(
        turns.iter().all(|bytes| *bytes <= 32 * 1024 + 2 * pack),
        "{turns:?}"
    );
}

#[test]
fn while_nobody_waits_an_answer_is_taken_as_one() {
    let turns = turns(false);
    assert_eq!(turns.len(), 1, "{turns:?}");
    assert!(turns.iter().all(|bytes| *bytes > 48 * 1024), "{turns:?}");
}
