//! A hub that holds the commune's true key and lies with it: the real session, answers signed over the ask.

use crate::behaviour::Behaviour;
use crate::device::table;
use crate::frugal;
use crate::world::pack;
use toso_sync::caps;
use toso_sync::id::{Epoch, Head, Position, RulingId};
use toso_sync::key::Secret;
use toso_sync::message::{Ask, Bytes, NotTaken, Tell, read_tell, sign_tell};
use toso_sync::pack::{Hash32, Pack, encode};
use toso_sync::ruling::{Body, Ruling};
use toso_sync::session::{Progress, Session};
use toso_tests::village::{Hub, Person, Village, record, state_of, team};

table! { Village;
    withholds_packs => "the exchange ends, and they come another time",
    says_it_holds_nothing => "what it held is given again",
    says_it_holds_what_it_threw_away => "given again as soon as it says so",
    signs_a_receipt_for_a_pack_nobody_wrote => "the phone's words are made again",
    signs_two_receipts_for_one_place => "the phone's words are made again",
    is_rolled_back_to_before_everything => "refilled",
    changes_its_epoch_each_time => "shown to people, decides nothing",
    signs_with_another_key => "wrong_hub",
    says_an_old_answer_again => "not_a_hub",
    answers_another_phones_ask => "not_a_hub",
    says_more_without_end => "the exchange ends",
    wants_what_there_is_not => "the exchange ends",
    refuses_a_pack_it_took => "told as refused, nothing lost",
    says_later_for_ever => "the exchange ends, and the work waits",
    says_the_phone_is_out => "the phone keeps what it has",
    names_two_hundred_thousand_rulings => "32 MB at most",
    lives_in_the_year_2106 => "shown to people, decides nothing",
}

/// Lan's exchange with the hub, whose answers are altered and then signed with its true key.
pub(crate) fn lies(village: &mut Village, mut alter: impl FnMut(&Ask, &mut Tell)) -> Progress {
    let Village { hub, lan, .. } = village;
    lan.clock += 1_000;
    let Person {
        copy,
        dice,
        clock,
        spaces,
        ..
    } = lan;
    let mut session = Session::start(copy, spaces, *clock, dice).unwrap();
    while !session.is_done() {
        assert!(session.progress.requests < 40, "an exchange without end");
        let ask = session.ask(&mut lan.copy).unwrap();
        let mut tell = hub.tells(lan, &ask);
        alter(&ask, &mut tell);
        let sent = encode(&ask);
        let answer = sign_tell(&hub.authority, &sent, &tell);
        let Person {
            copy, dice, clock, ..
        } = &mut *lan;
        frugal(|| {
            let mut tell = read_tell(|key| copy.book().trusts(key), &sent, &answer).unwrap();
            while session
                .take_some(copy, &mut tell, *clock, &|| false)
                .unwrap()
            {}
            session.take(copy, &tell, *clock, dice).unwrap();
        });
    }
    session.progress
}

/// An ask of Lan's as it stands, and what the hub says to it.
fn asked(hub: &mut Hub, lan: &mut Person) -> (Vec<u8>, Tell) {
    lan.seals();
    let mut session = Session::start(&mut lan.copy, &[team()], lan.clock, &mut lan.dice).unwrap();
    let ask = session.ask(&mut lan.copy).unwrap();
    let tell = hub.tells(lan, &ask);
    (encode(&ask), tell)
}

/// The true hub is met again: Lan's words are there, once.
#[track_caller]
pub(crate) fn is_kept(village: &mut Village, n: u8, text: &str) {
    let Village { hub, lan, pao, .. } = village;
    hub.meets_all(&mut [lan, pao]);
    assert_eq!(lan.reads(record(n), "head_name"), [text]);
    assert_eq!(pao.reads(record(n), "head_name"), [text]);
    assert!(
        lan.copy.tray(team()).unwrap().is_empty()
            || lan.copy.book().is_revoked(&lan.secret.device())
    );
}

pub(crate) fn lan_writes(village: &mut Village) -> Head {
    village.lan.notes(record(10), &[("head_name", "Sùng A Dơ")])
}

pub(crate) fn pao_writes(village: &mut Village) -> Pack {
    let head = village.pao.notes(record(11), &[("head_name", "Lý A Sử")]);
    village.hub.meets(&mut village.pao);
    pack(&village.pao, &head)
}

fn withholds_packs(village: &mut Village) {
    pao_writes(village);
    let told = lies(village, |_, tell| {
        tell.spaces.iter_mut().for_each(|part| part.packs.clear());
    });
    assert_eq!(told.pulled.0, 0);
    assert!(village.lan.reads(record(11), "head_name").is_empty());
    is_kept(village, 11, "Lý A Sử");
}

fn says_it_holds_nothing(village: &mut Village) {
    lan_writes(village);
    village.hub.meets(&mut village.lan);
    village.lan.notes(record(12), &[("head_name", "Thào A Lử")]);
    lies(village, |_, tell| {
        for part in &mut tell.spaces {
            part.state = "open".into();
            part.vector.clear();
            part.receipts.clear();
        }
    });
    let vector = village.lan.copy.hub_vector(team()).unwrap();
    assert_eq!(vector, Some(Vec::new()), "nothing is shown as kept");
    is_kept(village, 10, "Sùng A Dơ");
    is_kept(village, 12, "Thào A Lử");
}

/// The hub says it took the pack and does not hold it: nobody can see that, until its vector says so.
fn says_it_holds_what_it_threw_away(village: &mut Village) {
    let before = village.hub.copy.shelf.backup();
    lan_writes(village);
    village.hub.meets(&mut village.lan);
    // Its key and its answers stay the same; what it held is gone.
    let authority = village.hub.authority.clone();
    let copy = toso_sync::replica::Replica::open(before, authority.hub(), Some(authority), None);
    village.hub.copy = copy.unwrap();
    is_kept(village, 10, "Sùng A Dơ");
}

fn receipt(village: &mut Village, head: Head) -> Ruling {
    let at = Position {
        head,
        ..village.lan.top().unwrap()
    };
    Ruling::sign(&village.hub.authority, &Body::Receipt(team().into(), at))
}

fn signs_a_receipt_for_a_pack_nobody_wrote(village: &mut Village) {
    lan_writes(village);
    let lie = receipt(village, Head([0x66; 16]));
    lies(village, |_, tell| {
        for part in &mut tell.spaces {
            part.give_receipts.push(Bytes(lie.bytes.clone()));
            part.not_taken.clear();
        }
    });
    assert_eq!(village.lan.reads(record(10), "head_name"), ["Sùng A Dơ"]);
    is_kept(village, 10, "Sùng A Dơ");
}

fn signs_two_receipts_for_one_place(village: &mut Village) {
    lan_writes(village);
    village.hub.meets(&mut village.lan);
    let lies_of = [Head([0x01; 16]), Head([0xfe; 16])].map(|head| receipt(village, head));
    lies(village, |_, tell| {
        let both = lies_of.iter().map(|lie| Bytes(lie.bytes.clone()));
        tell.give_rulings.extend(both);
    });
    assert_eq!(village.lan.reads(record(10), "head_name"), ["Sùng A Dơ"]);
    is_kept(village, 10, "Sùng A Dơ");
}

fn is_rolled_back_to_before_everything(village: &mut Village) {
    lan_writes(village);
    village.hub.meets(&mut village.lan);
    village
        .hub
        .is_restored(toso_sync::memory::MemoryShelf::new());
    is_kept(village, 10, "Sùng A Dơ");
}

fn changes_its_epoch_each_time(village: &mut Village) {
    lan_writes(village);
    let mut n = 0;
    let told = lies(village, |_, tell| {
        n += 1;
        tell.hub_epoch = Epoch([n; 16]);
    });
    assert_eq!(told.hub_epoch, Some(Epoch([n; 16])));
    is_kept(village, 10, "Sùng A Dơ");
}

fn signs_with_another_key(village: &mut Village) {
    lan_writes(village);
    let Village { hub, lan, hoa, .. } = &mut *village;
    let (sent, tell) = asked(hub, lan);
    let before = state_of(&mut lan.copy);
    for key in [Secret::from_bytes(&[66; 32]), hoa.secret.clone()] {
        let answer = sign_tell(&key, &sent, &tell);
        let read = read_tell(|key| lan.copy.book().trusts(key), &sent, &answer);
        assert_eq!(read.unwrap_err().code, "wrong_hub");
    }
    assert_eq!(state_of(&mut lan.copy), before);
    is_kept(village, 10, "Sùng A Dơ");
}

fn says_an_old_answer_again(village: &mut Village) {
    lan_writes(village);
    let Village { hub, lan, .. } = &mut *village;
    let (old, tell) = asked(hub, lan);
    let heard = sign_tell(&hub.authority, &old, &tell);
    lan.notes(record(12), &[("head_name", "Thào A Lử")]);
    let (sent, _) = asked(hub, lan);
    assert_ne!(old, sent);
    let read = read_tell(|key| lan.copy.book().trusts(key), &sent, &heard);
    assert_eq!(read.unwrap_err().code, "not_a_hub");
    is_kept(village, 12, "Thào A Lử");
}

fn answers_another_phones_ask(village: &mut Village) {
    lan_writes(village);
    let Village { hub, lan, pao, .. } = &mut *village;
    pao.notes(record(11), &[("head_name", "Lý A Sử")]);
    let (theirs, tell) = asked(hub, pao);
    let heard = sign_tell(&hub.authority, &theirs, &tell);
    let (sent, _) = asked(hub, lan);
    let read = read_tell(|key| lan.copy.book().trusts(key), &sent, &heard);
    assert_eq!(read.unwrap_err().code, "not_a_hub");
    is_kept(village, 10, "Sùng A Dơ");
}

fn says_more_without_end(village: &mut Village) {
    lan_writes(village);
    let told = lies(village, |_, tell| {
        for part in &mut tell.spaces {
            part.more = true;
            part.state = "open".into();
        }
    });
    assert!(told.requests < 10, "{}", told.requests);
    is_kept(village, 10, "Sùng A Dơ");
}

fn wants_what_there_is_not(village: &mut Village) {
    lan_writes(village);
    let told = lies(village, |_, tell| {
        for part in &mut tell.spaces {
            part.want_tray = (0..200).map(|n| Head([n; 16])).collect();
            part.holes = (0..200).map(|n| Hash32([n; 32])).collect();
        }
    });
    assert!(told.requests < 10, "{}", told.requests);
    is_kept(village, 10, "Sùng A Dơ");
}

fn refuses_a_pack_it_took(village: &mut Village) {
    let head = lan_writes(village);
    let told = lies(village, |_, tell| {
        for part in &mut tell.spaces {
            part.not_taken.push(NotTaken {
                head,
                code: "bad_sig".into(),
            });
        }
    });
    assert_eq!(told.refused.get(&head).map(String::as_str), Some("bad_sig"));
    assert_eq!(village.lan.reads(record(10), "head_name"), ["Sùng A Dơ"]);
    is_kept(village, 10, "Sùng A Dơ");
}

fn says_later_for_ever(village: &mut Village) {
    let head = lan_writes(village);
    let empty = Vec::new();
    let told = lies(village, |_, tell| {
        for part in &mut tell.spaces {
            part.vector.clone_from(&empty);
            part.not_taken = vec![NotTaken {
                head,
                code: "later".into(),
            }];
        }
    });
    assert!(told.later.contains(&team()) && told.requests < 10);
    is_kept(village, 10, "Sùng A Dơ");
}

fn says_the_phone_is_out(village: &mut Village) {
    lan_writes(village);
    for state in ["revoked", "not_in_space", "no_space", "???"] {
        let told = lies(village, |_, tell| {
            for part in &mut tell.spaces {
                part.state = state.into();
            }
        });
        assert_eq!(told.closed.get(&team()).map(String::as_str), Some(state));
        assert_eq!(village.lan.reads(record(10), "head_name"), ["Sùng A Dơ"]);
        assert_eq!(village.lan.reads(record(1), "head_name"), ["Vừ Thị Lan"]);
    }
    is_kept(village, 10, "Sùng A Dơ");
}

fn names_two_hundred_thousand_rulings(village: &mut Village) {
    lan_writes(village);
    let many: Vec<RulingId> = (0..150_000_u32)
        .map(|n| {
            let mut id = [0; 16];
            id[..4].copy_from_slice(&n.to_be_bytes());
            RulingId(id)
        })
        .collect();
    lies(village, |_, tell| tell.ruling_ids = Some(many.clone()));
    is_kept(village, 10, "Sùng A Dơ");
    // More than any message may hold.
    let Village { hub, lan, .. } = &mut *village;
    let (sent, mut tell) = asked(hub, lan);
    tell.ruling_ids = Some(many[..1].repeat(caps::ITEMS + 1));
    let answer = sign_tell(&hub.authority, &sent, &tell);
    let read = frugal(|| read_tell(|key| lan.copy.book().trusts(key), &sent, &answer));
    assert_eq!(read.unwrap_err().code, "not_a_hub");
}

fn lives_in_the_year_2106(village: &mut Village) {
    lan_writes(village);
    for time in [0, 4_300_000_000_000, i64::MAX, i64::MIN] {
        let told = lies(village, |_, tell| tell.time = time);
        assert_eq!(told.hub_time, time);
    }
    is_kept(village, 10, "Sùng A Dơ");
}
