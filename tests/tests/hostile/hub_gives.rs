//! A hub that holds the true key and gives a phone what it should not.

use crate::behaviour::{Behaviour, World};
use crate::device::table;
use crate::hub::{is_kept, lan_writes, lies, pao_writes};
use toso_domain::crdt::Document;
use toso_sync::id::{Epoch, Head};
use toso_sync::key::{Purpose, Secret};
use toso_sync::message::Bytes;
use toso_sync::pack::Pack;
use toso_sync::ruling::{Body, Role, Ruling};
use toso_sync::shelf::Verdict;
use toso_tests::bomb::{expansion, zeros};
use toso_tests::village::{
    Person, Village, entry, neighbours, picture, record, state_of, team, verdicts,
};

table! { Village;
    gives_packs_of_another_space => "wrong_space",
    answers_spaces_nobody_asked_for => "passed over",
    gives_packs_without_a_certificate => "no_cert",
    gives_what_a_revoked_phone_wrote => "revoked",
    gives_packs_with_a_forged_signature => "bad_sig",
    gives_bodies_that_inflate => "bad_body in 32 MB",
    gives_changes_that_expand => "the entry is refused",
    gives_packs_without_their_past => "missing",
    gives_packs_backwards => "gap, then all are taken",
    passes_on_rulings_by_a_stranger => "untrusted",
    heals_with_other_bytes => "nothing changed",
    gives_the_phones_own_pack_of_another_life => "a new epoch, nothing lost",
}

/// Gives Lan one pack more than the hub would; what is said of it, and that nothing of Lan's moved.
#[track_caller]
fn unfit(village: &mut Village, pack: &Pack, code: &str) {
    let head = toso_sync::pack::head_of(&pack.header);
    let before = picture(&mut village.lan.copy).documents;
    let told = lies(village, |_, tell| {
        for part in &mut tell.spaces {
            part.packs.push(pack.clone());
        }
    });
    assert_eq!(told.unfit.get(&head).map(String::as_str), Some(code));
    assert_eq!(picture(&mut village.lan.copy).documents, before);
}

fn gives_packs_of_another_space(village: &mut Village) {
    let mut far = village.hub.enrols(40, Role::Staff);
    village.hub.meets(&mut village.lan);
    let written = far.writes_in(
        neighbours(),
        record(13),
        "household",
        &[("head_name", "Giàng A Sử")],
    );
    written.unwrap();
    let Person {
        copy, dice, clock, ..
    } = &mut far;
    copy.seal(neighbours(), *clock, dice).unwrap();
    let top = copy.ledger(neighbours()).unwrap().vector()[0];
    let foreign = copy.pack(neighbours(), &top.head).unwrap().unwrap();
    unfit(village, &foreign, "wrong_space");
}

fn answers_spaces_nobody_asked_for(village: &mut Village) {
    let good = pao_writes(village);
    let before = village.lan.copy.shelf.backup();
    lies(village, |_, tell| {
        let Some(mut part) = tell.spaces.first().cloned() else {
            return;
        };
        part.space = neighbours().into();
        part.packs = vec![good.clone(); 3];
        tell.spaces.push(part);
    });
    drop(before);
    use toso_sync::shelf::Shelf;
    assert!(
        village
            .lan
            .copy
            .shelf
            .packs(neighbours())
            .unwrap()
            .is_empty()
    );
    assert!(
        !village
            .lan
            .copy
            .shelf
            .spaces()
            .unwrap()
            .contains(&neighbours())
    );
}

fn gives_packs_without_a_certificate(village: &mut Village) {
    let stranger = Secret::from_bytes(&[66; 32]);
    let mut header = village.pao.next_header();
    header.device = stranger.device();
    header.after.clear();
    let (pack, _) = Pack::seal(&stranger, header, &[]);
    unfit(village, &pack, "no_cert");
}

fn gives_what_a_revoked_phone_wrote(village: &mut Village) {
    village.hub.revokes(&village.pao);
    village.hub.meets(&mut village.lan);
    let header = village.pao.next_header();
    let (late, _) = village.pao.forges(header, &[]);
    unfit(village, &late, "revoked");
    // Honest people go on without the revoked phone.
    *village = Village::begin();
}

fn gives_packs_with_a_forged_signature(village: &mut Village) {
    let header = village.pao.next_header();
    let (mut forged, _) = village.pao.forges(header, &[]);
    forged.sig = village.hub.authority.sign(Purpose::Pack, &forged.header);
    unfit(village, &forged, "bad_sig");
}

fn gives_bodies_that_inflate(village: &mut Village) {
    let header = village.pao.next_header();
    let (mut bomb, _) = village.pao.forges(header, &[]);
    bomb.body = zeros(8 * 1024, 0x58);
    unfit(village, &bomb, "bad_body");
}

fn gives_changes_that_expand(village: &mut Village) {
    let header = village.pao.next_header();
    let raw = expansion(header.log().actor(team()).0, 130_000_000);
    let (bomb, head) = village
        .pao
        .forges(header, &[entry(record(14), "household", raw)]);
    let before = picture(&mut village.lan.copy).documents;
    lies(village, |_, tell| {
        for part in &mut tell.spaces {
            part.packs.push(bomb.clone());
        }
    });
    assert_eq!(
        verdicts(&village.lan.copy, &head),
        [(Verdict::Refused, "bomb".into())]
    );
    assert_eq!(picture(&mut village.lan.copy).documents, before);
    // It is Páo's own log: his phone makes a new one when it meets it.
}

fn gives_packs_without_their_past(village: &mut Village) {
    let mut header = village.pao.next_header();
    let mut past = village.lan.top().unwrap();
    (past.log.epoch, past.head) = (Epoch([9; 16]), Head([7; 16]));
    header.after.push(past);
    header.after.sort_unstable();
    let (pack, _) = village.pao.forges(header, &[]);
    unfit(village, &pack, "missing");
}

fn gives_packs_backwards(village: &mut Village) {
    for n in 20..26 {
        village.pao.notes(record(n), &[("head_name", "Lý A Sử")]);
    }
    village.hub.meets(&mut village.pao);
    lies(village, |_, tell| {
        tell.spaces.iter_mut().for_each(|part| part.packs.reverse());
    });
    is_kept(village, 25, "Lý A Sử");
}

fn passes_on_rulings_by_a_stranger(village: &mut Village) {
    let stranger = Secret::from_bytes(&[66; 32]);
    let lan = village.lan.secret.device();
    let bodies = [
        Body::Succession(stranger.hub()),
        Body::Revocation(lan, Vec::new()),
        Body::Purge(record(1).into(), record(1).into()),
    ];
    let all: Vec<Bytes> = bodies
        .iter()
        .map(|body| Bytes(Ruling::sign(&stranger, body).bytes))
        .collect();
    let before = state_of(&mut village.lan.copy);
    lies(village, |_, tell| {
        tell.give_rulings.extend(all.clone());
        for part in &mut tell.spaces {
            part.give_receipts.extend(all.clone());
        }
    });
    assert_eq!(state_of(&mut village.lan.copy), before);
    assert!(!village.lan.copy.book().trusts(&stranger.hub()));
}

fn heals_with_other_bytes(village: &mut Village) {
    let document = village
        .lan
        .copy
        .document(team(), record(1))
        .unwrap()
        .unwrap();
    let raws: Vec<Bytes> = document
        .changes()
        .into_iter()
        .map(|c| Bytes(c.raw))
        .collect();
    let before = state_of(&mut village.lan.copy);
    lies(village, |_, tell| {
        for part in &mut tell.spaces {
            part.heals = raws.clone();
            part.heals.push(Bytes(vec![0x55; 40_000]));
        }
    });
    assert_eq!(state_of(&mut village.lan.copy), before);
}

/// What a copy of Lan's phone in other hands wrote in her name, handed back to her by the hub.
fn gives_the_phones_own_pack_of_another_life(village: &mut Village) {
    let header = village.lan.next_header();
    // By Lan's key, not by her phone.
    let empty = Document::new();
    let raw = village
        .lan
        .change(header.log(), &empty, &[("head_name", "Hờ A Chư")]);
    let note = entry(record(15), "household", raw);
    let (twin, _) = village.lan.forges(header, &[note]);
    let log = village.lan.log();
    lies(village, |_, tell| {
        for part in &mut tell.spaces {
            part.packs.push(twin.clone());
        }
    });
    lan_writes(village);
    village.lan.notes(record(12), &[("head_name", "Thào A Lử")]);
    assert_ne!(village.lan.log(), log, "a new epoch");
    is_kept(village, 10, "Sùng A Dơ");
    is_kept(village, 12, "Thào A Lử");
}
