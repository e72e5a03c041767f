//! What may answer a phone in its hub's place, and what a hub with the right key may give it wrongly.

use crate::commune::{Commune, done, refused, write};
use crate::way::{Deed, Way};
use crate::{frugal, state};
use serde_json::json;
use std::sync::{Arc, Mutex};
use toso_hub::Listen;
use toso_hub::db::HubDb;
use toso_hub::folder::Folder;
use toso_sync::caps;
use toso_sync::key::{Purpose, Secret};
use toso_sync::message::{SignedTell, Tell, sign_tell};
use toso_sync::pack::{Pack, decode};
use toso_tests::village::record;

/// A commune whose honest phone reaches its hub by a way that somebody holds, with work that waits.
fn on_the_way() -> (Commune, Way, String) {
    let way = Way::new();
    let opened = way.clone();
    let commune = Commune::listening(Listen::default(), Some(&|url| opened.to(url)));
    let waits = write(&commune.honest, "Vừ Y Mai");
    (commune, way, waits)
}

/// The exchange fails with this code, the phone shows what it showed, and its work waits.
#[track_caller]
fn fails(commune: &Commune, waits: &str, code: &str) {
    let before = state::of_app(&commune.honest);
    let told = frugal(|| refused(&commune.honest, "sync.run", json!({})));
    assert_eq!(told.code, code);
    assert_eq!(state::of_app(&commune.honest), before, "nothing changed");
    let record = done(&commune.honest, "record.get", json!({ "id": waits }));
    assert_eq!(record["sync"], "waiting");
}

/// The way is free again: all is kept.
#[track_caller]
fn frees(commune: &Commune, way: &Way, waits: &str) {
    way.does(Deed::Pass);
    commune.goes_on();
    let record = done(&commune.honest, "record.get", json!({ "id": waits }));
    assert_eq!(record["sync"], "kept");
}

fn says(status: &str, kind: &str, body: &[u8]) -> Deed {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    Deed::Says([head.as_bytes(), body].concat())
}

#[test]
fn a_captive_portals_page_is_not_a_hub() {
    let (commune, way, waits) = on_the_way();
    let page = "<!DOCTYPE html><html><body>Đăng nhập Wi-Fi</body></html>".as_bytes();
    for deed in [
        says("200 OK", "text/html; charset=utf-8", page),
        says("200 OK", "application/cbor", page),
        says(
            "302 Found\r\nlocation: http://127.0.0.1:1/login",
            "text/html",
            page,
        ),
        says("511 Network Authentication Required", "text/html", page),
        says("200 OK", "text/plain", b""),
    ] {
        way.does(deed);
        fails(&commune, &waits, "not_a_hub");
    }
    frees(&commune, &way, &waits);
}

#[test]
fn an_answer_cut_altered_or_of_another_ask_is_not_the_hubs() {
    let (commune, way, waits) = on_the_way();
    way.does(Deed::Cuts);
    fails(&commune, &waits, "offline");
    for place in [2, 3, 5, 7] {
        way.does(Deed::Alters(Arc::new(move |_, mut answer| {
            let at = answer.len() / place;
            answer[at] ^= 4;
            answer
        })));
        fails(&commune, &waits, "not_a_hub");
    }
    way.does(Deed::Alters(Arc::new(|_, answer| answer[..9].to_vec())));
    fails(&commune, &waits, "not_a_hub");
    // An answer heard before, to an ask that was another.
    let heard = Mutex::new(None);
    way.does(Deed::Alters(Arc::new(move |_, answer| {
        heard.lock().unwrap().get_or_insert(answer).clone()
    })));
    drop(toso_app::call(&commune.honest, "sync.run", json!({})));
    let newer = write(&commune.honest, "Hờ A Chư");
    fails(&commune, &newer, "not_a_hub");
    frees(&commune, &way, &waits);
}

#[test]
fn an_oversized_answer_is_too_large() {
    let (commune, way, waits) = on_the_way();
    way.does(Deed::Alters(Arc::new(|_, _| {
        vec![0; caps::MESSAGE_BYTES + 1]
    })));
    fails(&commune, &waits, "too_large");
    frees(&commune, &way, &waits);
}

#[test]
fn another_communes_hub_is_the_wrong_hub() {
    let (commune, way, waits) = on_the_way();
    let folder = tempfile::tempdir().unwrap();
    let clock: toso_hub::clock::Clock = Arc::new(|| 1_793_500_000_000);
    let data = folder.path().join("hub");
    toso_hub::init::init(&data, "Xã khác", None, &clock).unwrap();
    let other = toso_hub::Hub::open(&data, clock).unwrap();
    let running = commune
        .runtime
        .block_on(toso_hub::serve(other, Listen::default()))
        .unwrap();
    // The token is of this hub, so the other does not know it, and is asked who it is.
    way.does(Deed::Leads(running.url.clone()));
    fails(&commune, &waits, "wrong_hub");
    way.does(Deed::Pass);
    commune.runtime.block_on(running.stop()).unwrap();
    // An answer in the right form by another authority.
    let stranger = Secret::from_bytes(&[66; 32]);
    way.does(Deed::Alters(Arc::new(move |ask, answer| {
        sign_tell(&stranger, ask, &told(&answer))
    })));
    fails(&commune, &waits, "wrong_hub");
    frees(&commune, &way, &waits);
}

fn told(answer: &[u8]) -> Tell {
    let signed: SignedTell = decode(answer).unwrap();
    decode(&signed.tell).unwrap()
}

#[test]
fn what_a_hub_with_the_right_key_gives_wrongly_is_not_taken() {
    let (mut commune, way, waits) = on_the_way();
    let folder = Folder::new(&commune.data());
    let db = folder.open_database(&folder.read_key().unwrap()).unwrap();
    let key = db.secret("authority").unwrap().unwrap();
    let authority = Secret::from_bytes(&key.try_into().unwrap());
    drop(db);
    let thief = &mut commune.thief.person;
    let head = thief.notes(record(3), &[("head_name", "Hờ A Chư")]);
    let good = thief.copy.pack(toso_tests::village::team(), &head);
    let good = good.unwrap().unwrap();
    let wrong = [
        Pack {
            sig: authority.sign(Purpose::Pack, &good.header),
            ..good.clone()
        },
        Pack {
            body: toso_tests::bomb::zeros(8 * 1024, 0x58),
            ..good.clone()
        },
        Pack {
            body: good.body[..good.body.len() / 2].to_vec(),
            ..good.clone()
        },
    ];
    for (pack, code) in wrong.into_iter().zip(["bad_sig", "bad_body", "bad_body"]) {
        let (given, key) = (pack.clone(), authority.clone());
        way.does(Deed::Alters(Arc::new(move |ask, answer| {
            let mut tell = told(&answer);
            for part in &mut tell.spaces {
                part.packs.push(given.clone());
            }
            sign_tell(&key, ask, &tell)
        })));
        write(&commune.honest, "Lý A Sử");
        let before = commune.honest.document_hashes(toso_tests::village::team());
        let report = frugal(|| done(&commune.honest, "sync.run", json!({})));
        assert!(report["not_taken"][code].as_u64() >= Some(1), "{report}");
        let after = commune.honest.document_hashes(toso_tests::village::team());
        assert_eq!(after.unwrap(), before.unwrap());
        assert_eq!(report["waiting"], 0, "work went on beside it: {report}");
    }
    way.does(Deed::Pass);
    let report = done(&commune.honest, "sync.run", json!({}));
    assert_eq!(report["not_taken"], json!({}));
    assert!(commune.gives(&[good], &[]).not_taken.is_empty());
    frees(&commune, &way, &waits);
}
