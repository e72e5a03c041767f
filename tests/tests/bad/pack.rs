//! Packs nobody should take.

use crate::frugal;
use toso_domain::crdt::{Document, hash_of};
use toso_domain::id::SpaceId;
use toso_sync::id::Epoch;
use toso_sync::key::{Purpose, Secret};
use toso_sync::memory::MemoryShelf;
use toso_sync::pack::{Hash32, Pack, encode};
use toso_sync::replica::{Mode, Outcome, Replica};
use toso_sync::shelf::Verdict;
use toso_tests::village::*;

/// Gives a bad pack in both modes: each time this code, nothing changed and little memory.
#[track_caller]
pub(super) fn refused(copy: &mut Replica<MemoryShelf>, pack: &Pack, code: &str) {
    let before = state_of(copy);
    for mode in [Mode::Counting, Mode::Tray] {
        let outcome = frugal(|| gives(copy, pack, mode));
        assert_eq!(outcome.code(), Some(code));
    }
    assert_eq!(state_of(copy), before, "nothing changed");
}

/// A village in which the hub holds Páo's first pack, and a good second one that nobody has taken.
pub(super) fn second() -> (Village, Pack) {
    let mut village = Village::new();
    village.pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    village.hub.meets(&mut village.pao);
    let head = village.pao.notes(record(1), &[("phone", "0911 111 111")]);
    let pack = village.pao.copy.pack(team(), &head).unwrap().unwrap();
    (village, pack)
}

#[test]
fn a_pack_signed_by_another_device_is_bad_sig() {
    let (Village { hub, lan, .. }, pack) = &mut second();
    pack.sig = lan.secret.sign(Purpose::Pack, &pack.header);
    refused(&mut hub.copy, pack, "bad_sig");
}

#[test]
fn a_pack_by_a_device_nobody_enrolled_is_no_cert() {
    let (Village { hub, pao, .. }, _) = &mut second();
    let stranger = Secret::from_bytes(&[66; 32]);
    let mut header = pao.next_header();
    header.device = stranger.device();
    header.after.clear();
    let (pack, _) = Pack::seal(&stranger, header, &[]);
    refused(&mut hub.copy, &pack, "no_cert");
}

#[test]
fn a_pack_under_somebody_elses_certificate_is_bad_sig() {
    let (Village { hub, lan, hoa, .. }, _) = &mut second();
    let mut header = lan.next_header();
    header.cert = hoa.copy.certificate().map(|(id, _)| id);
    let (pack, _) = lan.forges(header, &[]);
    refused(&mut hub.copy, &pack, "bad_sig");
}

#[test]
fn a_change_under_a_forged_actor_is_refused_as_an_entry_and_the_pack_stands() {
    let (Village { hub, lan, pao, .. }, _) = &mut second();
    hub.meets(lan);
    let header = lan.next_header();
    let document = lan.copy.document(team(), record(1)).unwrap().unwrap();
    let raw = pao.change(pao.log().unwrap(), &document, &[("phone", "0999 999 999")]);
    let (pack, head) = lan.forges(header, &[entry(record(1), "household", raw)]);
    let before = document.state_hash();
    assert_eq!(
        frugal(|| gives(&mut hub.copy, &pack, Mode::Counting)),
        Outcome::Taken
    );
    assert_eq!(
        verdicts(&hub.copy, &head),
        [(Verdict::Refused, "actor".into())]
    );
    let after = hub.copy.document(team(), record(1)).unwrap().unwrap();
    assert_eq!(after.state_hash(), before);
}

#[test]
fn an_orphan_change_is_refused_as_an_entry_with_dep() {
    let (Village { hub, lan, .. }, _) = &mut second();
    hub.meets(lan);
    let header = lan.next_header();
    let mut document = Document::new();
    let first = lan.change(header.log(), &document, &[("head_name", "Hờ A Chư")]);
    document.apply(&first).unwrap();
    let orphan = lan.change(header.log(), &document, &[("phone", "0999 999 999")]);
    let (pack, head) = lan.forges(header, &[entry(record(7), "household", orphan)]);
    assert_eq!(
        frugal(|| gives(&mut hub.copy, &pack, Mode::Counting)),
        Outcome::Taken
    );
    assert_eq!(
        verdicts(&hub.copy, &head),
        [(Verdict::Refused, "dep".into())]
    );
    assert!(hub.copy.document(team(), record(7)).unwrap().is_none());
}

#[test]
fn a_pack_cut_anywhere_is_refused() {
    let (Village { hub, .. }, pack) = &mut second();
    for cut in 0..pack.header.len() {
        let cut = Pack {
            header: pack.header[..cut].to_vec(),
            ..pack.clone()
        };
        refused(&mut hub.copy, &cut, "malformed");
    }
    for cut in 0..pack.body.len() {
        let cut = Pack {
            body: pack.body[..cut].to_vec(),
            ..pack.clone()
        };
        refused(&mut hub.copy, &cut, "bad_body");
    }
    assert_eq!(gives(&mut hub.copy, pack, Mode::Counting), Outcome::Taken);
}

#[test]
fn a_pack_with_any_bit_flipped_is_refused() {
    let (Village { hub, .. }, pack) = &mut second();
    let before = state_of(&mut hub.copy);
    let codes = ["malformed", "version", "wrong_space", "no_cert", "bad_sig"];
    for at in 0..pack.header.len() {
        let mut bad = pack.clone();
        bad.header[at] ^= 1 << (at % 8);
        let outcome = frugal(|| gives(&mut hub.copy, &bad, Mode::Counting));
        let code = outcome.code().unwrap();
        assert!(codes.contains(&code), "byte {at} of the header: {code}");
    }
    for at in 0..64 {
        let mut bad = pack.clone();
        bad.sig[at] ^= 1 << (at % 8);
        refused(&mut hub.copy, &bad, "bad_sig");
    }
    for at in 0..pack.body.len() {
        let mut bad = pack.clone();
        bad.body[at] ^= 1 << (at % 8);
        let outcome = frugal(|| gives(&mut hub.copy, &bad, Mode::Counting));
        // The frame's own header has bits that alter nothing of what it unpacks to.
        if outcome == Outcome::Taken {
            assert!(at < 8, "byte {at} of the body");
            let (Village { hub: fresh, .. }, _) = second();
            hub.copy = fresh.copy;
        } else {
            assert_eq!(outcome.code(), Some("bad_body"));
        }
        assert_eq!(state_of(&mut hub.copy), before, "nothing changed");
    }
}

#[test]
fn a_replayed_pack_is_a_dup() {
    let (Village { hub, .. }, pack) = &mut second();
    assert_eq!(gives(&mut hub.copy, pack, Mode::Counting), Outcome::Taken);
    let before = state_of(&mut hub.copy);
    for mode in [Mode::Counting, Mode::Tray] {
        assert_eq!(frugal(|| gives(&mut hub.copy, pack, mode)), Outcome::Dup);
    }
    assert_eq!(state_of(&mut hub.copy), before);
}

#[test]
fn a_second_pack_at_a_receipted_place_is_a_fork() {
    let (Village { hub, pao, .. }, good) = &mut second();
    let (mut header, _) = good.read_header().unwrap();
    hub.meets(pao);
    header.device_clock += 1;
    let (pack, _) = pao.forges(header, &[]);
    let before = state_of(&mut hub.copy);
    let outcome = frugal(|| gives(&mut hub.copy, &pack, Mode::Counting));
    assert_eq!(outcome.code(), Some("fork"));
    assert_eq!(state_of(&mut hub.copy), before);
}

#[test]
fn a_pack_of_another_space_is_wrong_space_or_not_in_space() {
    let (Village { hub, pao, .. }, pack) = &mut second();
    let other = SpaceId::from_bytes([0x0f; 16]);
    let before = state_of(&mut hub.copy);
    let mut give = |pack: &Pack| {
        let taken = hub
            .copy
            .transaction(|hub| hub.take_pack(other, pack, Mode::Counting, MORNING));
        taken.unwrap().code()
    };
    assert_eq!(frugal(|| give(pack)), Some("wrong_space"));
    // Signed for that space by a phone that does not hold it.
    let mut header = pao.next_header();
    header.space = *other.as_bytes();
    header.epoch = Epoch([8; 16]);
    (header.seq, header.prev) = (1, None);
    header.cert = pao.copy.certificate().map(|(id, _)| id);
    let (pack, _) = pao.forges(header, &[]);
    assert_eq!(frugal(|| give(&pack)), Some("not_in_space"));
    assert_eq!(state_of(&mut hub.copy), before);
}

#[test]
fn a_newer_version_is_told_apart_from_damage() {
    let (Village { hub, pao, .. }, _) = &mut second();
    let mut header = pao.next_header();
    header.v = 2;
    let (pack, _) = pao.forges(header, &[]);
    refused(&mut hub.copy, &pack, "version");
}

#[test]
fn an_oversized_pack_is_too_large() {
    let (Village { hub, .. }, pack) = &mut second();
    let body = vec![0; 256 * 1024 + 1];
    refused(
        &mut hub.copy,
        &Pack {
            body,
            ..pack.clone()
        },
        "too_large",
    );
    let header = vec![0; 128 * 1024 + 1];
    refused(
        &mut hub.copy,
        &Pack {
            header,
            ..pack.clone()
        },
        "too_large",
    );
}

#[test]
fn a_million_positions_are_too_large_before_any_is_read() {
    let (Village { hub, pao, .. }, pack) = &mut second();
    let mut header = pao.next_header();
    let at = pao.top().unwrap();
    header.after = vec![at; 1_000_000];
    let bad = Pack {
        header: encode(&header),
        ..pack.clone()
    };
    refused(&mut hub.copy, &bad, "too_large");
    let mut header = pao.next_header();
    header.accounts = vec![Hash32([1; 32]); 1_000_000];
    let bad = Pack {
        header: encode(&header),
        ..pack.clone()
    };
    refused(&mut hub.copy, &bad, "too_large");
}

#[test]
fn lying_lengths_in_a_header_are_malformed() {
    let (Village { hub, .. }, pack) = &mut second();
    for lie in [
        &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff][..],
        &[0x9f; 4096],
        &[
            0x8d, 0x01, 0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        ],
        &[0xc1; 4096],
    ] {
        refused(
            &mut hub.copy,
            &Pack {
                header: lie.to_vec(),
                ..pack.clone()
            },
            "malformed",
        );
    }
}

#[test]
fn a_change_that_parses_nowhere_is_refused_as_an_entry() {
    let (Village { hub, pao, .. }, _) = &mut second();
    hub.meets(pao);
    let header = pao.next_header();
    let document = pao.copy.document(team(), record(1)).unwrap().unwrap();
    let mut raw = pao.change(header.log(), &document, &[("phone", "0999 999 999")]);
    // A body of another length whose checksum is redone: the chunk is whole, the change is not.
    let last = raw.len() - 1;
    raw[last] ^= 0xff;
    let name = toso_sync::key::sha256(&[&raw[8..]]);
    raw[4..8].copy_from_slice(&name[..4]);
    assert!(hash_of(&raw).is_some());
    let (pack, head) = pao.forges(header, &[entry(record(1), "household", raw)]);
    assert_eq!(
        frugal(|| gives(&mut hub.copy, &pack, Mode::Counting)),
        Outcome::Taken
    );
    assert_eq!(verdicts(&hub.copy, &head)[0].0, Verdict::Refused);
    let after = hub.copy.document(team(), record(1)).unwrap().unwrap();
    assert_eq!(after.state_hash(), document.state_hash());
}
