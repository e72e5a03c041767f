//! Every message of an exchange cut at every byte, its request or its reply, once or again when it is tried again.

use crate::proxy::Deed;
use crate::stand::{Person, Stand};
use serde_json::json;
use toso_tests::proof;

/// Where a message is cut: anywhere, by the number of the turn.
fn place(turn: u64) -> u64 {
    turn.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32
}

#[test]
fn cut_at_any_byte_an_exchange_loses_nothing_and_the_next_one_completes() {
    let mut stand = Stand::new();
    let (mut cuts, mut unnoticed, mut tries, mut records) = (0, 0, 0, 0);
    let mut told = std::collections::BTreeMap::new();
    for turn in proof::turns(320) {
        tries += 1;
        stand.saves(turn);
        if turn % 2 == 0 {
            stand.lan.link.anew();
        }
        // A session's opening is a challenge and its answer, with the first ask in it; later there are asks alone.
        let message = if turn % 2 == 0 { turn / 2 % 2 } else { 0 };
        let at = place(turn);
        let deed = if turn / 4 % 2 == 0 {
            Deed::CutRequest(at)
        } else {
            Deed::CutReply(at)
        };
        // A client tries once more where nothing came back; then that is cut, too.
        let times = if turn / 8 % 4 == 3 { 1 } else { 2 };
        stand.proxy.plans(message, deed.clone(), times);
        let done = stand.lan.call("sync.run", json!({}));
        let went = stand.proxy.passes();
        let place = format!("PROOF_FROM={turn}: message {message}, {deed:?}, {times} times");
        match done {
            Err(error) => {
                assert_eq!(error.code, "offline", "{place}: {error} {:?}", error.detail);
                assert!(went.done > 0, "{place}: {error} on a good line");
                *told.entry(error.code).or_insert(0_u64) += 1;
            }
            Ok(_) => unnoticed += u64::from(went.done > 0),
        }
        cuts += u64::from(went.done > 0);
        stand.completes(&place);
        if turn % 64 == 63 {
            stand.settles();
        }
        // In the long form: another commune before this one grows slow.
        if tries % 640 == 0 {
            records += stand.settles();
            stand.nothing_is_doubled();
            stand = Stand::new();
        }
    }
    records += stand.settles();
    stand.nothing_is_doubled();
    assert_eq!(cuts, tries, "{told:?}");
    assert!(
        told["offline"] > cuts / 3,
        "{told:?}, {unnoticed} were tried again and went well"
    );
    proof::tell(
        "chaos",
        &[("cuts", cuts), ("records", records), ("lost", 0)],
    );
}

#[test]
fn a_long_message_cut_again_and_again_arrives_in_the_end() {
    let mut stand = Stand::new();
    let mut cuts = 0;
    for n in 0..12_u64 {
        // Later each time, in what is given and in what is answered.
        stand.saves_much(n);
        let at = n * 4_001 + 90;
        let deed = if n % 2 == 0 {
            Deed::CutRequest(at)
        } else {
            Deed::CutReply(at)
        };
        stand.proxy.plans(0, deed, 2);
        let done = stand.lan.call("sync.run", json!({}));
        cuts += stand.proxy.passes().done;
        if let Err(error) = done {
            assert_eq!(error.code, "offline", "{n}: {error}");
        }
    }
    stand.completes("after all cuts");
    stand.settles();
    stand.nothing_is_doubled();
    assert!(cuts >= 12, "{cuts} cuts");
    proof::tell("chaos", &[("cuts", cuts), ("lost", 0)]);
}

#[test]
fn a_device_whose_enrolment_was_cut_asks_again_and_is_let_in_once() {
    let stand = Stand::new();
    let mut cuts = 0;
    for n in 0..8_u64 {
        let person = Person::new(&stand.folder.path().join(format!("new-{n}")));
        let asked = stand.invitation(&stand.proxy.url);
        // The challenge, and the code itself: at the last, the hub has used it up and nobody heard.
        let at = n * 131;
        let deed = if n % 2 == 0 {
            Deed::CutRequest(at)
        } else {
            Deed::CutReply(at)
        };
        stand.proxy.plans(n / 2 % 2, deed, 2);
        let done = person.call("enrol.start", asked.clone());
        cuts += stand.proxy.passes().done;
        let error = done.expect_err("its line was cut");
        assert_eq!(error.code, "offline", "{n}: {error}");
        let asked = person.done("enrol.start", asked);
        assert_eq!(asked["state"], "pending");
        stand.lets_in(&person, &asked);
        let devices = stand.office.done("device.list", json!({}));
        let same = |device: &&serde_json::Value| device["device"] == asked["device_id"];
        let found = devices.as_array().unwrap().iter().filter(same).count();
        assert_eq!(found, 1, "{devices}");
    }
    proof::tell("chaos", &[("cuts", cuts)]);
}
