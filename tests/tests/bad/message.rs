//! Asks and answers that are none.

use crate::frugal;
use toso_sync::id::RulingId;
use toso_sync::key::Secret;
use toso_sync::message::{Ask, Bytes, read_ask, read_tell, sign_tell};
use toso_sync::pack::encode;
use toso_sync::session::Session;
use toso_tests::village::*;

/// Páo's first ask, as bytes, and the hub's true answer to it.
fn exchange(village: &mut Village) -> (Ask, Vec<u8>, Vec<u8>) {
    let Village { hub, pao, .. } = village;
    pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    let mut session = Session::start(&mut pao.copy, &[team()], MORNING, &mut pao.dice).unwrap();
    let ask = session.ask(&mut pao.copy).unwrap();
    let sent = encode(&ask);
    let tell = hub
        .copy
        .answer(&pao.secret.device(), &ask, hub.epoch, MORNING)
        .unwrap();
    let answer = sign_tell(&hub.authority, &sent, &tell);
    (ask, sent, answer)
}

/// Reads bytes as an answer: this code, and the phone as it was.
#[track_caller]
fn refused(village: &mut Village, ask: &[u8], bytes: &[u8], code: &str) {
    let before = state_of(&mut village.pao.copy);
    let book = village.pao.copy.book();
    let read = frugal(|| read_tell(|key| book.trusts(key), ask, bytes));
    assert_eq!(read.unwrap_err().code, code);
    assert_eq!(state_of(&mut village.pao.copy), before);
}

#[test]
fn a_captive_portals_page_is_not_a_hub() {
    let village = &mut Village::new();
    let (_, ask, _) = exchange(village);
    let page = "<!DOCTYPE html><html><head><title>Wi-Fi miễn phí</title></head><body>Đăng nhập</body></html>";
    for page in [page.as_bytes(), b"", b"{}", b"null", &[0; 1_000_000]] {
        refused(village, &ask, page, "not_a_hub");
    }
}

#[test]
fn an_answer_to_another_ask_is_not_a_hub() {
    let village = &mut Village::new();
    let (mut other, ask, answer) = exchange(village);
    assert!(read_tell(|_| true, &ask, &answer).is_ok());
    other.rulings.0[0] ^= 1;
    refused(village, &encode(&other), &answer, "not_a_hub");
}

#[test]
fn an_answer_by_another_hub_is_wrong_hub() {
    let village = &mut Village::new();
    let (_, ask, answer) = exchange(village);
    let tell = read_tell(|_| true, &ask, &answer).unwrap();
    let stranger = Secret::from_bytes(&[66; 32]);
    refused(
        village,
        &ask,
        &sign_tell(&stranger, &ask, &tell),
        "wrong_hub",
    );
}

#[test]
fn an_answer_cut_or_with_any_bit_flipped_is_refused() {
    let village = &mut Village::new();
    let (_, ask, answer) = exchange(village);
    for at in 0..answer.len() {
        refused(village, &ask, &answer[..at], "not_a_hub");
        let mut flipped = answer.clone();
        flipped[at] ^= 1 << (at % 8);
        let read = frugal(|| read_tell(|key| village.pao.copy.book().trusts(key), &ask, &flipped));
        assert!(["not_a_hub", "wrong_hub"].contains(&read.unwrap_err().code));
    }
}

#[test]
fn an_ask_cut_anywhere_is_malformed() {
    let (_, sent, _) = exchange(&mut Village::new());
    for cut in 0..sent.len() {
        assert_eq!(
            frugal(|| read_ask(&sent[..cut])).unwrap_err().code,
            "malformed"
        );
    }
}

#[test]
fn an_ask_with_any_bit_flipped_is_malformed_or_harmless() {
    let village = &mut Village::new();
    let (_, sent, _) = exchange(village);
    let Village { hub, pao, .. } = village;
    let before = state_of(&mut hub.copy);
    for at in 0..sent.len() {
        let mut flipped = sent.clone();
        flipped[at] ^= 1 << (at % 8);
        frugal(|| match read_ask(&flipped) {
            Ok(ask) => drop(
                hub.copy
                    .answer(&pao.secret.device(), &ask, hub.epoch, MORNING)
                    .unwrap(),
            ),
            Err(bad) => assert_eq!(bad.code, "malformed"),
        });
        assert_eq!(state_of(&mut hub.copy), before, "byte {at}");
    }
}

/// Messages are decoded at their full length of 4 MiB, so what a byte of them becomes is counted.
#[test]
fn a_message_of_millions_of_empty_things_is_malformed() {
    let (mut ask, ..) = exchange(&mut Village::new());
    ask.give_rulings = vec![Bytes(Vec::new()); 4_000_000];
    let sent = encode(&ask);
    assert_eq!(frugal(|| read_ask(&sent)).unwrap_err().code, "malformed");
}

#[test]
fn an_oversized_message_is_refused_before_it_is_read() {
    let (mut ask, ..) = exchange(&mut Village::new());
    ask.ruling_ids = Some(vec![RulingId([1; 16]); 1_000_000]);
    let sent = encode(&ask);
    assert!(sent.len() > 4 * 1024 * 1024);
    assert_eq!(frugal(|| read_ask(&sent)).unwrap_err().code, "too_large");
    assert_eq!(
        frugal(|| read_tell(|_| true, &sent, &sent))
            .unwrap_err()
            .code,
        "too_large"
    );
}

#[test]
fn a_million_positions_in_a_message_are_too_large() {
    let village = &mut Village::new();
    let (mut ask, ..) = exchange(village);
    let at = village.pao.top().unwrap();
    ask.spaces[0].vector = Some(vec![at; 1_000_000]);
    let sent = encode(&ask);
    assert_eq!(frugal(|| read_ask(&sent)).unwrap_err().code, "too_large");
}

#[test]
fn lying_lengths_in_a_message_are_malformed() {
    for lie in [
        &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff][..],
        &[0x85, 0x01, 0x50],
        &[
            0x85, 0x01, 0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        ],
        &[0x9f; 100_000],
        &[0x81; 100_000],
        &[0xdb; 100_000],
    ] {
        assert_eq!(frugal(|| read_ask(lie)).unwrap_err().code, "malformed");
    }
}
