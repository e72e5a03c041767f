//! Packs a hub must not take, over HTTP.

use crate::commune::{Commune, done};
use crate::state;
use toso_domain::id::SpaceId;
use toso_sync::id::{Epoch, Head};
use toso_sync::key::{Purpose, Secret};
use toso_sync::pack::Pack;
use toso_tests::village::{Person, record};

/// Gives a bad pack as counting and as void: each time this code, and nothing changed; then others' work goes on.
#[track_caller]
fn refused(commune: &mut Commune, pack: &Pack, codes: [&str; 2]) {
    let before = state::of_hub(&commune.data());
    let one = [pack.clone()];
    for (packs, tray, code) in [(&one[..], &[][..], codes[0]), (&[], &one, codes[1])] {
        let told = commune.gives(packs, tray);
        let codes: Vec<&str> = told.not_taken.iter().map(|not| &*not.code).collect();
        assert_eq!(codes, [code]);
        assert_eq!(
            told.not_taken[0].head,
            toso_sync::pack::head_of(&pack.header)
        );
    }
    assert_eq!(state::of_hub(&commune.data()), before, "nothing changed");
}

/// Two packs of the phone in wrong hands: one the hub holds, and the next one, good and not yet given.
pub(crate) fn next(commune: &mut Commune) -> Pack {
    notes(&mut commune.thief.person, 1, "head_name");
    commune.thief_syncs();
    notes(&mut commune.thief.person, 1, "phone")
}

fn notes(person: &mut Person, n: u8, field: &str) -> Pack {
    let head = person.notes(record(n), &[(field, "Lò Văn Páo")]);
    let team = toso_tests::village::team();
    person.copy.pack(team, &head).unwrap().unwrap()
}

#[test]
fn a_pack_signed_by_another_device_is_bad_sig() {
    let commune = &mut Commune::new();
    let mut pack = next(commune);
    pack.sig = Secret::from_bytes(&[66; 32]).sign(Purpose::Pack, &pack.header);
    refused(commune, &pack, ["bad_sig"; 2]);
    // A device nobody let in.
    let stranger = Secret::from_bytes(&[66; 32]);
    let mut header = commune.thief.person.next_header();
    header.device = stranger.device();
    let (pack, _) = Pack::seal(&stranger, header, &[]);
    refused(commune, &pack, ["no_cert"; 2]);
    commune.goes_on();
}

#[test]
fn a_pack_cut_or_flipped_is_refused() {
    let commune = &mut Commune::new();
    let good = next(commune);
    for part in [3, 2] {
        let (header, body) = (good.header.len() / part, good.body.len() / part);
        let cut = |header: usize, body: usize| Pack {
            header: good.header[..header].to_vec(),
            body: good.body[..body].to_vec(),
            ..good.clone()
        };
        refused(commune, &cut(header, good.body.len()), ["malformed"; 2]);
        refused(commune, &cut(good.header.len(), body), ["bad_body"; 2]);
    }
    let mut flipped = good.clone();
    let last = flipped.header.len() - 30;
    flipped.header[last] ^= 1;
    refused(commune, &flipped, ["bad_sig"; 2]);
    flipped = good.clone();
    let last = flipped.body.len() - 30;
    flipped.body[last] ^= 1;
    refused(commune, &flipped, ["bad_body"; 2]);
    let told = commune.gives(&[good], &[]);
    assert!(told.not_taken.is_empty(), "the true one is taken after all");
    commune.goes_on();
}

#[test]
fn a_pack_or_a_whole_request_said_again_changes_nothing() {
    let commune = &mut Commune::new();
    let good = next(commune);
    let (sent, first) = commune.asks(
        toso_tests::village::team(),
        std::slice::from_ref(&good),
        &[],
    );
    assert_eq!(first.status, 200);
    refused(commune, &good, ["dup"; 2]);
    let before = state::of_hub(&commune.data());
    for _ in 0..3 {
        let again = crate::frugal_all(|| commune.posts("/v1/sync", &sent));
        assert_eq!(again.status, 200);
    }
    assert_eq!(state::of_hub(&commune.data()), before);
    commune.goes_on();
}

#[test]
fn a_second_pack_at_a_receipted_place_is_a_fork() {
    let commune = &mut Commune::new();
    let good = next(commune);
    let (mut header, _) = good.read_header().unwrap();
    assert!(commune.gives(&[good], &[]).not_taken.is_empty());
    header.device_clock += 1;
    let (other, _) = commune.thief.person.forges(header, &[]);
    let before = state::of_hub(&commune.data());
    let told = commune.gives(&[other], &[]);
    assert_eq!(told.not_taken[0].code, "fork");
    assert_eq!(state::of_hub(&commune.data()), before);
    commune.goes_on();
}

#[test]
fn a_pack_of_another_space_is_refused_where_it_is_offered() {
    let commune = &mut Commune::new();
    next(commune);
    let mut header = commune.thief.person.next_header();
    header.space = [0x0f; 16];
    header.epoch = Epoch([8; 16]);
    (header.seq, header.prev) = (1, None);
    header.after.clear();
    header.cert = commune.thief.person.copy.certificate().map(|(id, _)| id);
    let (pack, _) = commune.thief.person.forges(header.clone(), &[]);
    refused(commune, &pack, ["wrong_space"; 2]);
    let (all, other) = (commune.hub.as_ref().unwrap().commune(), [0x0e; 16]);
    let team = serde_json::json!({ "space": all, "kind": "team", "id": SpaceId::from_bytes(other),
        "fields": { "name": "Tổ Mường Khằm", "team_kind": "cap_thon", "unit": all } });
    done(&commune.office, "record.create", team);
    done(&commune.office, "sync.run", serde_json::json!({}));
    let before = state::of_hub(&commune.data());
    for (space, state) in [
        (SpaceId::from_bytes([0x0f; 16]), "no_space"),
        // A space of this commune, signed for by a phone that does not hold it.
        (SpaceId::from_bytes(other), "not_in_space"),
    ] {
        header.space = *space.as_bytes();
        let (pack, _) = commune.thief.person.forges(header.clone(), &[]);
        let (sent, answer) = commune.asks(space, &[pack], &[]);
        let book = commune.thief.person.copy.book();
        let trusts = |key: &toso_sync::id::HubKey| book.trusts(key);
        let tell = toso_sync::message::read_tell(trusts, &sent, &answer.body).unwrap();
        assert_eq!(tell.spaces[0].state, state);
    }
    assert_eq!(state::of_hub(&commune.data()), before);
    commune.goes_on();
}

#[test]
fn a_zstd_bomb_is_a_bad_body() {
    let commune = &mut Commune::new();
    let good = next(commune);
    // A gigabyte in 32 kilobytes, and frames that claim windows of up to terabytes.
    for (blocks, window) in [(8 * 1024, 0x58), (1, 0x88), (1, 0xff)] {
        let body = toso_tests::bomb::zeros(blocks, window);
        refused(
            commune,
            &Pack {
                body,
                ..good.clone()
            },
            ["bad_body"; 2],
        );
    }
    commune.goes_on();
}

#[test]
fn a_pack_without_its_past_is_asked_for() {
    let commune = &mut Commune::new();
    next(commune);
    let mut header = commune.thief.person.next_header();
    let last = commune.thief.person.top().unwrap();
    header.after.push(toso_sync::id::Position {
        log: toso_sync::id::Log {
            epoch: Epoch([9; 16]),
            ..last.log
        },
        seq: 1,
        head: Head([7; 16]),
    });
    header.after.sort_unstable();
    let before = state::of_hub(&commune.data());
    let (pack, _) = commune.thief.person.forges(header.clone(), &[]);
    // The thief's own second pack is not given: that is the gap.
    assert_eq!(commune.gives(&[pack], &[]).not_taken[0].code, "gap");
    let (held, _) = {
        let thief = &mut commune.thief.person;
        let log = thief.log().unwrap();
        let vector = thief
            .copy
            .hub_vector(toso_tests::village::team())
            .unwrap()
            .unwrap();
        let at = *vector.iter().find(|at| at.log == log).unwrap();
        (at, ())
    };
    (header.seq, header.prev) = (held.seq + 1, Some(held.head));
    let (pack, _) = commune.thief.person.forges(header, &[]);
    assert_eq!(commune.gives(&[pack], &[]).not_taken[0].code, "missing");
    assert_eq!(state::of_hub(&commune.data()), before);
    commune.goes_on();
}
