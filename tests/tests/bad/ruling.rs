//! Rulings nobody signed, or the wrong body did.

use crate::frugal;
use toso_sync::key::Secret;
use toso_sync::message::Bytes;
use toso_sync::pack::{decode, encode};
use toso_sync::ruling::{Body, Ruling, Signed};
use toso_sync::session::Session;
use toso_tests::village::*;

fn purge() -> Body {
    Body::Purge(record(1).into(), record(1).into())
}

/// Offers bytes as a ruling to a phone and to the hub: refused with this code, nothing changed.
#[track_caller]
fn refused(village: &mut Village, bytes: &[u8], code: &'static str) {
    for copy in [&mut village.lan.copy, &mut village.hub.copy] {
        let before = state_of(copy);
        let ingest = frugal(|| copy.take_rulings(&[bytes.to_vec()])).unwrap();
        assert_eq!((ingest.taken, ingest.refused), (0, vec![code]));
        assert_eq!(state_of(copy), before);
    }
}

fn kept() -> Village {
    let mut village = Village::new();
    village.pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    village
        .hub
        .meets_all(&mut [&mut village.pao, &mut village.lan]);
    village
}

#[test]
fn a_ruling_by_an_authority_nobody_trusts_is_untrusted() {
    let ruling = Ruling::sign(&Secret::from_bytes(&[66; 32]), &purge());
    refused(&mut kept(), &ruling.bytes, "untrusted");
}

#[test]
fn a_ruling_signed_by_a_device_is_untrusted() {
    let village = &mut kept();
    let ruling = Ruling::sign(&village.hoa.secret, &purge());
    refused(village, &ruling.bytes, "untrusted");
}

#[test]
fn a_forged_ruling_in_the_authoritys_name_is_bad_sig() {
    let village = &mut kept();
    let forged = Ruling::sign(&Secret::from_bytes(&[66; 32]), &purge());
    let mut signed: Signed = decode(&forged.bytes).unwrap();
    signed.by = village.hub.authority.hub();
    refused(village, &encode(&signed), "bad_sig");
    // A true signature under another statement.
    let receipt = Ruling::sign(
        &village.hub.authority,
        &Body::Lost(team().into(), toso_sync::pack::Hash32([1; 32])),
    );
    let mut signed: Signed = decode(&receipt.bytes).unwrap();
    signed.statement = decode::<Signed>(&forged.bytes).unwrap().statement;
    refused(village, &encode(&signed), "bad_sig");
}

#[test]
fn a_successor_named_by_a_stranger_brings_no_rulings_in() {
    let village = &mut kept();
    let stranger = Secret::from_bytes(&[66; 32]);
    let succession = Ruling::sign(&stranger, &Body::Succession(stranger.hub()));
    let purge = Ruling::sign(&stranger, &purge());
    let before = state_of(&mut village.lan.copy);
    let ingest = village
        .lan
        .copy
        .take_rulings(&[purge.bytes, succession.bytes])
        .unwrap();
    assert_eq!(
        (ingest.taken, ingest.refused),
        (0, vec!["untrusted", "untrusted"])
    );
    assert_eq!(state_of(&mut village.lan.copy), before);
}

#[test]
fn a_ruling_cut_or_with_any_bit_flipped_is_refused() {
    let village = &mut kept();
    let ruling = Ruling::sign(&village.hub.authority, &purge());
    let before = state_of(&mut village.lan.copy);
    for at in 0..ruling.bytes.len() {
        let mut flipped = ruling.bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        for bad in [flipped, ruling.bytes[..at].to_vec()] {
            let ingest = frugal(|| village.lan.copy.take_rulings(&[bad])).unwrap();
            assert_eq!(ingest.taken, 0);
            assert!(["malformed", "bad_sig"].contains(&ingest.refused[0]));
        }
    }
    assert_eq!(state_of(&mut village.lan.copy), before);
}

#[test]
fn an_oversized_or_lying_ruling_is_refused_before_it_is_read() {
    let village = &mut kept();
    refused(village, &vec![0; 256 * 1024 + 1], "too_large");
    refused(
        village,
        &[0x83, 0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        "malformed",
    );
    refused(village, b"", "malformed");
}

#[test]
fn a_bad_ruling_in_an_exchange_leaves_the_rest_of_it_going_on() {
    let Village { hub, pao, lan, .. } = &mut kept();
    pao.notes(record(2), &[("head_name", "Giàng A Sử")]);
    let stranger = Ruling::sign(&Secret::from_bytes(&[66; 32]), &purge());
    let rulings = hub.copy.book().ids(None);
    let mut session = Session::start(&mut pao.copy, &[team()], MORNING, &mut pao.dice).unwrap();
    let mut ask = session.ask(&mut pao.copy).unwrap();
    ask.give_rulings = vec![Bytes(stranger.bytes), Bytes(vec![0xff; 100])];
    let tell = hub.tells(pao, &ask);
    session
        .take(&mut pao.copy, &tell, MORNING, &mut pao.dice)
        .unwrap();
    assert_eq!(hub.copy.book().ids(None), rulings);
    assert_eq!(texts(&hub.copy, record(2), "head_name"), ["Giàng A Sử"]);
    hub.meets_all(&mut [pao, lan]);
    assert_alike(hub, &mut [pao, lan]);
}
