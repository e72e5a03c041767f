//! Requests that are too large, too slow, cut, or none at all.

use crate::commune::Commune;
use crate::wire::{head, post, read};
use crate::{frugal_all, state};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use toso_hub::{Limits, Listen};
use toso_sync::caps;
use toso_sync::enrol::{Challenge, OpenAsk, TokenAsk};
use toso_sync::key::Secret;
use toso_sync::message::Bytes;
use toso_sync::pack::{decode, encode};
use toso_tests::village::team;

/// Sends bytes to where devices exchange: this code, nothing changed, little asked for.
#[track_caller]
fn refused(commune: &Commune, body: &[u8], code: &str) {
    let before = state::of_hub(&commune.data());
    let answer = frugal_all(|| commune.posts("/v1/sync", body));
    assert_eq!(answer.code(), code);
    assert!((400..500).contains(&answer.status));
    assert_eq!(state::of_hub(&commune.data()), before);
}

#[test]
fn an_oversized_body_is_too_large() {
    let commune = Commune::new();
    let body = vec![0; caps::MESSAGE_BYTES + 1];
    refused(&commune, &body, "too_large");
    for path in ["/v1/enrol", "/v1/token", "/v1/sync/open", "/v1/staff"] {
        let answer = frugal_all(|| commune.posts(path, &body[..64 * 1024 + 1]));
        assert_eq!(
            (answer.status, &*answer.code()),
            (413, "too_large"),
            "{path}"
        );
    }
    commune.goes_on();
}

#[test]
fn a_body_of_millions_of_empty_things_is_refused() {
    let mut commune = Commune::new();
    let mut ask = commune.thief.ask(team(), &[], &[]);
    ask.give_rulings = vec![Bytes(Vec::new()); 4_000_000];
    refused(&commune, &encode(&ask), "malformed");
    ask.give_rulings = vec![Bytes(vec![0; 40]); 90_000];
    refused(&commune, &encode(&ask), "too_large");
    let at = commune.thief.person.top();
    ask.give_rulings.clear();
    ask.spaces[0].vector = Some(vec![at.unwrap_or(zero()); 40_000]);
    refused(&commune, &encode(&ask), "malformed");
    // As many bytes as may come, all of them packs that are none.
    let nothing = toso_sync::pack::Pack {
        header: vec![0; 60_000],
        sig: [0; 64],
        body: vec![0; 60_000],
    };
    let packs = vec![nothing; 34];
    let (sent, answer) = commune.asks(team(), &packs, &[]);
    assert!(sent.len() > caps::MESSAGE_BYTES - 200_000 && answer.status == 200);
    commune.goes_on();
}

fn zero() -> toso_sync::id::Position {
    toso_sync::id::Position {
        log: toso_sync::id::Log {
            device: toso_sync::id::DeviceKey([0; 32]),
            epoch: toso_sync::id::Epoch([0; 16]),
        },
        seq: 1,
        head: toso_sync::id::Head([0; 16]),
    }
}

#[test]
fn a_request_cut_short_or_that_is_none_is_malformed() {
    let mut commune = Commune::new();
    let sent = encode(&commune.thief.ask(team(), &[], &[]));
    let page = "<!DOCTYPE html><html><body>Đăng nhập Wi-Fi</body></html>";
    for body in [
        &sent[..sent.len() - 1],
        &sent[..7],
        b"",
        page.as_bytes(),
        b"{\"call\":1}",
        &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        &[0x9f; 100_000],
        &[0xdb; 100_000],
    ] {
        refused(&commune, body, "malformed");
    }
    for path in ["/v1/enrol", "/v1/enrol/state", "/v1/token", "/v1/sync/open"] {
        let answer = frugal_all(|| commune.posts(path, page.as_bytes()));
        assert_eq!(answer.code(), "malformed", "{path}");
    }
    let before = state::of_hub(&commune.data());
    for at in 0..sent.len() {
        let mut flipped = sent.clone();
        flipped[at] ^= 1 << (at % 8);
        let answer = frugal_all(|| commune.posts("/v1/sync", &flipped));
        let told = answer.status == 200 || ["malformed", "version"].contains(&&*answer.code());
        assert!(told, "byte {at}: {}", answer.code());
    }
    assert_eq!(state::of_hub(&commune.data()), before);
    // Less than announced, and then nothing: the hub gives up on it, and nothing of it counts.
    let mut stream = connect(&commune);
    let host = commune.url.strip_prefix("http://").unwrap();
    let begun = head(host, "/v1/sync", Some(&commune.thief.token), sent.len());
    stream.write_all(begun.as_bytes()).unwrap();
    stream.write_all(&sent[..20]).unwrap();
    drop(stream);
    assert_eq!(state::of_hub(&commune.data()), before);
    commune.goes_on();
}

#[test]
fn a_session_opened_with_what_was_heard_is_refused() {
    let mut commune = Commune::new();
    let before = state::of_hub(&commune.data());
    let challenge: Challenge =
        decode(&post(&commune.url, "/v1/challenge", None, b"").body).unwrap();
    let thief = &commune.thief.person;
    let own = thief.copy.certificate().unwrap().0;
    let own = thief.copy.ruling_bytes(&[own]).pop().unwrap();
    let ask = |secret: &Secret| {
        let ask = TokenAsk::make(secret, &own, &challenge.authority, challenge.challenge);
        encode(&ask)
    };
    let token = |body: &[u8]| frugal_all(|| post(&commune.url, "/v1/token", None, body));
    let heard = ask(&thief.secret);
    assert_eq!(token(&heard).status, 200);
    assert_eq!(token(&heard).code(), "bad_challenge", "once");
    let both = encode(&OpenAsk {
        token: decode(&heard).unwrap(),
        ask: Bytes(encode(&commune.thief.ask(team(), &[], &[]))),
    });
    let open = frugal_all(|| post(&commune.url, "/v1/sync/open", None, &both));
    assert_eq!(open.code(), "bad_challenge", "nor with an ask");
    for bearer in [
        None,
        Some("Bearer 00"),
        Some(&*format!("Bearer {}", "ab".repeat(32))),
    ] {
        let answer = post(&commune.url, "/v1/sync", bearer, b"");
        assert_eq!((answer.status, &*answer.code()), (401, "bad_token"));
    }
    assert_eq!(state::of_hub(&commune.data()), before);
    commune.reopens();
    commune.goes_on();
}

fn connect(commune: &Commune) -> TcpStream {
    let stream = TcpStream::connect(commune.url.strip_prefix("http://").unwrap()).unwrap();
    let long = Some(Duration::from_secs(30));
    stream.set_read_timeout(long).unwrap();
    stream
}

/// A hub that waits a second for a head and five for the rest.
fn impatient() -> Commune {
    let limits = Limits {
        head_seconds: 1,
        request_seconds: 5,
        ..Limits::default()
    };
    let listen = Listen {
        limits,
        ..Listen::default()
    };
    Commune::listening(listen, None)
}

#[test]
fn slow_heads_are_cut_off_and_others_served() {
    let commune = impatient();
    let before = state::of_hub(&commune.data());
    let begun = Instant::now();
    frugal_all(|| {
        let mut slow: Vec<TcpStream> = (0..50).map(|_| connect(&commune)).collect();
        for stream in &mut slow {
            stream.write_all(b"POST /v1/sync HTTP/1.1\r\nx: ").unwrap();
        }
        for stream in &mut slow {
            let mut rest = [0; 64];
            let ended = stream.read(&mut rest);
            let told = String::from_utf8_lossy(&rest);
            assert!(
                !ended.is_ok_and(|n| n > 0) || told.contains(" 408"),
                "{told}"
            );
        }
    });
    assert!(begun.elapsed() < Duration::from_secs(20));
    assert_eq!(state::of_hub(&commune.data()), before);
    commune.goes_on();
}

#[test]
fn slow_bodies_are_told_so_and_others_served() {
    let mut commune = impatient();
    let sent = encode(&commune.thief.ask(team(), &[], &[]));
    let before = state::of_hub(&commune.data());
    let host = commune.url.strip_prefix("http://").unwrap();
    let begun = head(host, "/v1/sync", Some(&commune.thief.token), sent.len());
    let mut slow: Vec<TcpStream> = (0..50).map(|_| connect(&commune)).collect();
    for stream in &mut slow {
        stream.write_all(begun.as_bytes()).unwrap();
        stream.write_all(&sent[..3]).unwrap();
    }
    // While they drip, others are served.
    commune.goes_on();
    let after = state::of_hub(&commune.data());
    assert_ne!(after, before);
    frugal_all(|| {
        for stream in &mut slow {
            let answer = read(stream);
            assert_eq!((answer.status, &*answer.code()), (408, "timeout"));
        }
    });
    assert_eq!(state::of_hub(&commune.data()), after);
    commune.goes_on();
}
