//! What a hub does to those who send too much, too slowly or too often.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod stand;

use stand::{Stand, http, lan};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use toso_hub::{Limits, Listen};

fn listen(limits: Limits) -> Listen {
    Listen {
        limits,
        ..Listen::default()
    }
}

#[test]
fn a_body_over_the_cap_is_refused() {
    let stand = Stand::new();
    let lan = lan(&stand);
    let door = http::ask(
        &stand.url,
        "POST",
        "/v1/enrol",
        None,
        &vec![0; 64 * 1024 + 1],
    );
    assert_eq!(door.status, 413);
    let token = lan.token.as_deref();
    let big = vec![0; toso_sync::caps::MESSAGE_BYTES + 1];
    let sync = http::ask(&stand.url, "POST", "/v1/sync", token, &big);
    assert_eq!(sync.status, 413);
    let nonsense = http::ask(&stand.url, "POST", "/v1/sync", token, b"xin chao");
    assert_eq!(nonsense.status, 400);
    let nobody = http::ask(&stand.url, "POST", "/v1/sync", Some("00"), b"");
    assert_eq!(nobody.status, 401);
}

#[test]
fn a_slow_head_is_cut_off() {
    let stand = Stand::with(listen(Limits {
        head_seconds: 1,
        ..Limits::default()
    }));
    let mut slow = TcpStream::connect(stand.url.strip_prefix("http://").unwrap()).unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    slow.write_all(b"POST /v1/enrol HTTP/1.1\r\nx: ").unwrap();
    let begun = Instant::now();
    let mut rest = Vec::new();
    let _ = slow.read_to_end(&mut rest);
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "closed by the hub"
    );
    assert_eq!(
        http::ask(&stand.url, "GET", "/livez", None, b"").status,
        200
    );
}

#[test]
fn asking_too_often_is_told_when_to_come_back() {
    let stand = Stand::with(listen(Limits {
        at_door: 3,
        ..Limits::default()
    }));
    let ask = || http::ask(&stand.url, "POST", "/v1/challenge", None, b"");
    for _ in 0..3 {
        assert_eq!(ask().status, 200);
    }
    let refused = ask();
    assert_eq!(refused.status, 429);
    assert!(refused.head.to_lowercase().contains("retry-after: "));
    assert_eq!(
        http::ask(&stand.url, "GET", "/readyz", None, b"").status,
        200
    );
}

#[test]
fn one_connection_too_many_is_closed_and_room_comes_back() {
    let stand = Stand::with(listen(Limits {
        connections: 2,
        ..Limits::default()
    }));
    let host = stand.url.strip_prefix("http://").unwrap();
    let held: Vec<TcpStream> = (0..2).map(|_| TcpStream::connect(host).unwrap()).collect();
    // Connections are let in by several threads: give the first two the time to be the first two.
    std::thread::sleep(Duration::from_millis(300));
    let mut third = TcpStream::connect(host).unwrap();
    third
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    let ended = third.read(&mut [0; 1]);
    let reset = std::io::ErrorKind::ConnectionReset;
    assert!(matches!(ended, Ok(0)) || ended.is_err_and(|e| e.kind() == reset));
    drop(held);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(
        http::ask(&stand.url, "GET", "/livez", None, b"").status,
        200
    );
}

#[test]
fn every_answer_has_the_headers_of_a_closed_door() {
    let stand = Stand::new();
    for path in ["/livez", "/v1/challenge", "/nowhere"] {
        let head = http::ask(&stand.url, "GET", path, None, b"")
            .head
            .to_lowercase();
        for line in [
            "x-content-type-options: nosniff",
            "cache-control: no-store",
            "default-src 'none'",
        ] {
            assert!(head.contains(line), "{path}: {line}");
        }
        assert!(!head.contains("server:"));
    }
}

#[test]
fn a_request_with_too_many_headers_is_refused() {
    let stand = Stand::new();
    let mut stream = TcpStream::connect(stand.url.strip_prefix("http://").unwrap()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let lines: String = (0..70).map(|n| format!("x-{n}: 1\r\n")).collect();
    let request = format!("GET /livez HTTP/1.1\r\nhost: a\r\n{lines}\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut told = Vec::new();
    let _ = stream.read_to_end(&mut told);
    assert!(told.starts_with(b"HTTP/1.1 431"));
}
