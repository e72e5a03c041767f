//! Carried files that are what they should be, with packs and rulings in them that are not.

use crate::behaviour::{Behaviour, World};
use crate::device::table;
use crate::file::{Frame, forged, takes};
use crate::world::pack;
use toso_sync::id::Epoch;
use toso_sync::key::{Purpose, Secret};
use toso_sync::pack::{Pack, head_of};
use toso_sync::ruling::{Body, Id16, Role, Ruling};
use toso_sync::shelf::Verdict;
use toso_tests::bomb::{expansion, zeros};
use toso_tests::village::{Village, entry, neighbours, picture, record, state_of, team, verdicts};

table! { Village;
    is_years_old => "nothing goes back",
    speaks_a_newer_version => "version",
    holds_what_a_revoked_phone_wrote => "revoked",
    sets_aside_what_a_revoked_phone_wrote => "kept aside, uncounted",
    holds_the_erased => "not a byte of it is kept",
    mixes_good_and_bad => "the good is taken",
    holds_its_packs_backwards => "gap, and nothing is spoilt",
    holds_packs_of_a_space_not_held => "not_in_space",
    names_another_space_than_its_pack => "wrong_space",
    holds_a_forged_signature => "bad_sig",
    holds_a_second_pack_at_a_kept_place => "fork",
    holds_a_body_that_inflates => "bad_body in 32 MB",
    holds_a_change_that_expands => "the entry is refused",
    holds_rulings_by_a_stranger => "none is taken",
    is_by_a_twin_of_the_phone => "a new epoch, nothing lost",
}

/// Both forms are taken and say of one pack that it was not.
#[track_caller]
fn not_taken(village: &mut Village, space: Id16, pack: &Pack, code: &str) {
    for file in forged(village, &[Frame::Pack(space, pack.clone())]) {
        let before = state_of(&mut village.lan.copy);
        let told = takes(village, &file).unwrap();
        assert_eq!(told.not_taken.get(code), Some(&1), "{told:?}");
        assert!(told.whole && told.packs == 0, "{told:?}");
        assert_eq!(state_of(&mut village.lan.copy), before, "nothing changed");
    }
}

/// A file from before a revocation, an erasure and a correction.
fn is_years_old(village: &mut Village) {
    village.pao.notes(record(50), &[("head_name", "Lý A Sử")]);
    let old = village.pao.file();
    let purge = Body::Purge(record(50).into(), record(50).into());
    village.hub.meets(&mut village.pao);
    village.hub.states(&purge);
    village.pao.notes(record(2), &[("phone", "0911 111 111")]);
    village
        .hub
        .meets_all(&mut [&mut village.pao, &mut village.lan]);
    let before = state_of(&mut village.lan.copy);
    let told = takes(village, &old).unwrap();
    assert_eq!((told.packs, told.rulings), (0, 0));
    assert_eq!(state_of(&mut village.lan.copy), before);
    assert!(village.lan.reads(record(50), "head_name").is_empty());
}

fn speaks_a_newer_version(village: &mut Village) {
    let mut header = village.pao.next_header();
    header.v += 1;
    let (pack, _) = village.pao.forges(header, &[]);
    not_taken(village, team().into(), &pack, "version");
}

/// Lan knows that Páo's phone is revoked; a file brings what it wrote since.
fn revoked(village: &mut Village) -> Pack {
    village.hub.revokes(&village.pao);
    village.hub.meets(&mut village.lan);
    let header = village.pao.next_header();
    let document = village
        .pao
        .copy
        .document(team(), record(2))
        .unwrap()
        .unwrap();
    let raw = village
        .pao
        .change(header.log(), &document, &[("phone", "0999 999 999")]);
    village
        .pao
        .forges(header, &[entry(record(2), "household", raw)])
        .0
}

fn holds_what_a_revoked_phone_wrote(village: &mut Village) {
    let late = revoked(village);
    not_taken(village, team().into(), &late, "revoked");
    assert!(village.lan.reads(record(2), "phone").is_empty());
    // Not even in a log that began after the revocation.
    let mut header = village.pao.next_header();
    header.epoch = Epoch([77; 16]);
    (header.seq, header.prev) = (1, None);
    header.cert = village.pao.copy.certificate().map(|(id, _)| id);
    let (fresh, _) = village.pao.forges(header, &[]);
    not_taken(village, team().into(), &fresh, "revoked");
    *village = Village::begin();
}

fn sets_aside_what_a_revoked_phone_wrote(village: &mut Village) {
    let late = revoked(village);
    let before = picture(&mut village.lan.copy);
    for file in forged(village, &[Frame::Tray(team().into(), late.clone())]) {
        takes(village, &file).unwrap();
        let after = picture(&mut village.lan.copy);
        assert_eq!(after.documents, before.documents);
        assert_eq!(after.vector, before.vector);
    }
    assert!(village.lan.reads(record(2), "phone").is_empty());
    *village = Village::begin();
}

fn holds_the_erased(village: &mut Village) {
    village.pao.notes(record(50), &[("head_name", "Lý A Sử")]);
    village
        .hub
        .meets_all(&mut [&mut village.pao, &mut village.lan]);
    // Páo writes on while the office erases it, and has not heard.
    let head = village.pao.notes(record(50), &[("phone", "0911 111 111")]);
    village
        .hub
        .states(&Body::Purge(record(50).into(), record(50).into()));
    village.hub.meets(&mut village.lan);
    let file = village.pao.file();
    takes(village, &file).unwrap();
    assert!(
        village
            .lan
            .copy
            .document(team(), record(50))
            .unwrap()
            .is_none()
    );
    assert_eq!(
        verdicts(&village.lan.copy, &head),
        [(Verdict::Purged, String::new())]
    );
    let kept = village.lan.copy.entries(team(), &head).unwrap();
    assert!(kept.iter().all(|entry| entry.raw.is_none()), "not a byte");
}

fn mixes_good_and_bad(village: &mut Village) {
    let heads = [50, 51].map(|n| village.pao.notes(record(n), &[("head_name", "Lý A Sử")]));
    let [first, second] = heads.map(|head| pack(&village.pao, &head));
    let mut wrong = second.clone();
    wrong.sig[0] ^= 1;
    let cut = Pack {
        body: second.body[..9].to_vec(),
        ..second.clone()
    };
    let stranger = Ruling::sign(
        &Secret::from_bytes(&[66; 32]),
        &Body::Purge(record(2).into(), record(2).into()),
    );
    let space: Id16 = team().into();
    let frames = [
        Frame::Ruling(stranger.bytes),
        Frame::Pack(space, wrong),
        Frame::Pack(space, first),
        Frame::Ruling(vec![0xff; 50]),
        Frame::Pack(space, cut),
        Frame::Pack(neighbours().into(), second.clone()),
        Frame::Pack(space, second),
    ];
    let [plain, sealed] = forged(village, &frames);
    let told = takes(village, &plain).unwrap();
    assert_eq!((told.packs, told.rulings, told.whole), (2, 0, true));
    let codes: Vec<&str> = told.not_taken.keys().map(String::as_str).collect();
    assert_eq!(codes, ["bad_body", "bad_sig", "not_in_space"]);
    assert_eq!(village.lan.reads(record(51), "head_name"), ["Lý A Sử"]);
    // What is held is not looked at again.
    assert_eq!(takes(village, &sealed).unwrap().dup, 3);
}

fn holds_its_packs_backwards(village: &mut Village) {
    let heads = [50, 51, 52].map(|n| village.pao.notes(record(n), &[("head_name", "Lý A Sử")]));
    let packs = heads.map(|head| Frame::Pack(team().into(), pack(&village.pao, &head)));
    let mut backwards: Vec<Frame> = packs.into();
    backwards.reverse();
    let told = takes(village, &forged(village, &backwards)[1]).unwrap();
    assert_eq!((told.packs, told.not_taken.get("gap")), (1, Some(&2)));
    let file = village.pao.file();
    assert_eq!(takes(village, &file).unwrap().packs, 2);
}

fn holds_packs_of_a_space_not_held(village: &mut Village) {
    let mut header = village.pao.next_header();
    header.space = *neighbours().as_bytes();
    let (pack, _) = village.pao.forges(header, &[]);
    not_taken(village, neighbours().into(), &pack, "not_in_space");
}

fn names_another_space_than_its_pack(village: &mut Village) {
    let mut header = village.pao.next_header();
    header.space = *neighbours().as_bytes();
    let (pack, _) = village.pao.forges(header, &[]);
    not_taken(village, team().into(), &pack, "wrong_space");
}

fn holds_a_forged_signature(village: &mut Village) {
    let head = village.pao.notes(record(50), &[("head_name", "Lý A Sử")]);
    let mut forged = pack(&village.pao, &head);
    forged.sig = village.hoa.secret.sign(Purpose::Pack, &forged.header);
    not_taken(village, team().into(), &forged, "bad_sig");
}

fn holds_a_second_pack_at_a_kept_place(village: &mut Village) {
    let top = village.pao.top().unwrap();
    let good = pack(&village.pao, &top.head);
    let (mut header, _) = good.read_header().unwrap();
    header.device_clock += 1;
    let (twin, head) = village.pao.forges(header, &[]);
    assert_ne!(head, head_of(&good.header));
    not_taken(village, team().into(), &twin, "fork");
}

fn holds_a_body_that_inflates(village: &mut Village) {
    let header = village.pao.next_header();
    let (mut bomb, _) = village.pao.forges(header, &[]);
    bomb.body = zeros(8 * 1024, 0x58);
    not_taken(village, team().into(), &bomb, "bad_body");
}

fn holds_a_change_that_expands(village: &mut Village) {
    let header = village.pao.next_header();
    let raw = expansion(header.log().actor(team()).0, 130_000_000);
    let (bomb, head) = village
        .pao
        .forges(header, &[entry(record(50), "household", raw)]);
    let file = &forged(village, &[Frame::Pack(team().into(), bomb)])[1];
    assert_eq!(takes(village, file).unwrap().packs, 1);
    assert_eq!(
        verdicts(&village.lan.copy, &head),
        [(Verdict::Refused, "bomb".into())]
    );
    assert!(village.lan.reads(record(50), "head_name").is_empty());
}

fn holds_rulings_by_a_stranger(village: &mut Village) {
    let stranger = Secret::from_bytes(&[66; 32]);
    let lan = village.lan.secret.device();
    let bodies = [
        Body::Succession(stranger.hub()),
        Body::Revocation(lan, Vec::new()),
        Body::Purge(record(2).into(), record(2).into()),
        Body::Lost(team().into(), toso_sync::pack::Hash32([1; 32])),
    ];
    for by in [
        &stranger,
        &village.pao.secret.clone(),
        &village.hoa.secret.clone(),
    ] {
        let frames: Vec<Frame> = bodies
            .iter()
            .map(|b| Frame::Ruling(Ruling::sign(by, b).bytes))
            .collect();
        for file in forged(village, &frames) {
            let before = state_of(&mut village.lan.copy);
            assert_eq!(takes(village, &file).unwrap().rulings, 0);
            assert_eq!(state_of(&mut village.lan.copy), before);
        }
    }
}

/// A copy of Lan's phone wrote on, and its file comes back to her.
fn is_by_a_twin_of_the_phone(village: &mut Village) {
    let log = village.lan.log();
    let copy = village.lan.copy_of_the_phone();
    let mut twin = village.hub.enrols(99, Role::Member);
    (twin.copy, twin.secret) = (copy, village.lan.secret.clone());
    twin.notes(record(50), &[("head_name", "Sùng A Dơ")]);
    let file = twin.file();
    let told = takes(village, &file).unwrap();
    assert_eq!(told.packs, 1, "{told:?}");
    village.lan.notes(record(51), &[("head_name", "Thào A Lử")]);
    village.lan.notes(record(52), &[("head_name", "Lý A Sử")]);
    assert_ne!(village.lan.log(), log, "a new epoch");
    let Village { hub, lan, pao, .. } = village;
    hub.meets_all(&mut [lan, pao]);
    for (n, name) in [(51, "Thào A Lử"), (52, "Lý A Sử")] {
        assert_eq!(pao.reads(record(n), "head_name"), [name]);
    }
}
