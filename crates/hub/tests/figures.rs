//! What the operator may read of a hub, and who else may not: figures and the description of its routes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod stand;

use serde_json::Value;
use stand::{Stand, http, lan, pao};
use toso_hub::{Listen, MetricsToken};

const TOKEN: &str = "muong-long-2026-chi-doc-cac-so-lieu";

fn read(stand: &Stand, token: Option<&str>) -> http::Answer {
    http::ask(&stand.url, "GET", "/metrics", token, b"")
}

fn figures(stand: &Stand) -> String {
    let answer = read(stand, None);
    assert_eq!(answer.status, 200);
    assert!(answer.head.contains("text/plain; version=0.0.4"));
    String::from_utf8(answer.body).unwrap()
}

/// The figure of a line, labels and all; 0 when there is no such line.
fn figure(text: &str, name: &str) -> f64 {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.map_or(0.0, |value| value.parse().unwrap())
}

#[test]
fn the_operator_sees_how_much_was_done_and_how_it_went() {
    let stand = Stand::new();
    let before = figures(&stand);
    assert_eq!(figure(&before, "toso_devices{state=\"active\"}"), 0.0);
    assert!(
        !before.contains("toso_backup_age_seconds "),
        "no backup yet"
    );
    let mut lan = lan(&stand);
    let (mut pao, team) = pao(&stand, &mut lan);
    for name in ["Lầu Bá Đủa", "Vừ Y Mai", "Giàng A Sùng"] {
        pao.write(&stand, team, "household", name);
    }
    pao.sync(&stand, &[team]).unwrap();
    http::ask(&stand.url, "POST", "/v1/sync", Some("00"), b"");
    http::ask(&stand.url, "GET", "/v1/ho/lau-ba-dua", None, b"");
    toso_hub::backup::backup(&stand.data(), &stand.file("sao-luu.age")).unwrap();
    let text = figures(&stand);
    let says = |name: &str| figure(&text, name);
    assert_eq!(says("toso_devices{state=\"active\"}"), 2.0);
    assert_eq!(says("toso_devices{state=\"pending\"}"), 0.0);
    assert_eq!(says("toso_spaces"), 2.0, "the commune's and the team's");
    assert_eq!(says("toso_sessions_total"), 2.0);
    assert_eq!(says("toso_packs_taken_total"), 2.0);
    assert_eq!(
        says("toso_changes_taken_total"),
        5.0,
        "member, team, 3 households"
    );
    assert_eq!(says("toso_refused_total{code=\"bad_token\"}"), 1.0);
    let refused = "toso_requests_total{route=\"/v1/sync\",status=\"401\"}";
    assert_eq!(says(refused), 1.0);
    assert_eq!(
        says("toso_requests_total{route=\"none\",status=\"404\"}"),
        1.0
    );
    assert_eq!(says("toso_request_seconds_count{route=\"/v1/staff\"}"), 2.0);
    assert!(says("toso_received_bytes_total{route=\"/v1/sync\"}") > 500.0);
    assert!(says("toso_sent_bytes_total{route=\"/v1/sync\"}") > 500.0);
    assert!(says("toso_database_bytes") > 50_000.0);
    assert!(text.contains("\ntoso_backup_age_seconds "));
    let ids = [lan.name(), pao.name(), team.to_string()];
    for word in ["Lầu", "lau-ba", "Páo", "127.0.0.1"]
        .iter()
        .copied()
        .chain(ids.iter().map(String::as_str))
    {
        assert!(!text.contains(word), "{word}");
    }
}

#[test]
fn what_was_given_twice_is_counted_once() {
    let stand = Stand::new();
    let mut lan = lan(&stand);
    let (mut pao, team) = pao(&stand, &mut lan);
    pao.write(&stand, team, "household", "Lầu Bá Đủa");
    pao.sync(&stand, &[team]).unwrap();
    let once = figures(&stand);
    pao.sync(&stand, &[team]).unwrap();
    lan.sync(&stand, &[team]).unwrap();
    let after = figures(&stand);
    for name in ["toso_packs_taken_total", "toso_changes_taken_total"] {
        assert!(figure(&once, name) > 0.0);
        assert_eq!(figure(&once, name), figure(&after, name), "{name}");
    }
}

#[test]
fn for_a_stranger_there_are_no_figures() {
    let proxied = |metrics: Option<&str>| {
        Stand::with(Listen {
            behind_proxy: true,
            metrics: metrics.map(|t| MetricsToken::try_from(t.to_owned()).unwrap()),
            ..Listen::default()
        })
    };
    // Behind a proxy the whole world asks from this machine's own address.
    let stand = proxied(None);
    assert_eq!(read(&stand, None).status, 404);
    assert_eq!(read(&stand, Some(TOKEN)).status, 404);
    let stand = proxied(Some(TOKEN));
    assert_eq!(read(&stand, None).status, 404);
    assert_eq!(read(&stand, Some(&TOKEN[1..])).status, 404);
    assert_eq!(read(&stand, Some(&TOKEN.to_uppercase())).status, 404);
    assert!(read(&stand, None).body.is_empty());
    let told = read(&stand, Some(TOKEN));
    assert_eq!(told.status, 200);
    assert!(
        String::from_utf8(told.body)
            .unwrap()
            .contains("toso_spaces")
    );
}

#[test]
fn a_proxy_nobody_spoke_of_opens_nothing() {
    use std::io::{Read, Write};
    let stand = Stand::new();
    let host = stand.url.strip_prefix("http://").unwrap();
    for line in [
        "x-forwarded-for: 203.0.113.7",
        "forwarded: for=203.0.113.7",
        "via: 1.1 x",
    ] {
        let mut stream = std::net::TcpStream::connect(host).unwrap();
        let head =
            format!("GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{line}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut told = String::new();
        stream.read_to_string(&mut told).unwrap();
        assert!(told.starts_with("HTTP/1.1 404"), "{line}: {told}");
    }
}

#[test]
fn every_route_the_description_names_is_there_by_its_method_alone() {
    let stand = Stand::new();
    let served = http::ask(&stand.url, "GET", "/v1/openapi.json", None, b"");
    assert_eq!(served.status, 200);
    let served: Value = serde_json::from_slice(&served.body).unwrap();
    let made = toso_hub::description().to_json().unwrap();
    assert_eq!(served, serde_json::from_str::<Value>(&made).unwrap());
    let paths = served["paths"].as_object().unwrap();
    assert!(paths.len() >= 10);
    for (path, item) in paths {
        let methods = item.as_object().unwrap();
        for method in ["get", "post", "put", "delete", "patch"] {
            let answer = http::ask(&stand.url, &method.to_uppercase(), path, None, b"");
            let there = !matches!(answer.status, 404 | 405);
            assert_eq!(
                there,
                methods.contains_key(method),
                "{method} {path}: {}",
                answer.status
            );
            if there {
                let operation = &methods[method];
                let status = answer.status.to_string();
                assert!(
                    !operation["responses"][&status].is_null(),
                    "{method} {path}: {status}"
                );
                let scheme = operation["security"][0].as_object();
                let bears = scheme.is_some_and(|scheme| scheme.contains_key("device"));
                assert_eq!(
                    bears,
                    matches!(answer.status, 401),
                    "{method} {path}: {status}"
                );
            }
        }
    }
}
