//! Everything else a line does, to the opening of a session and to the exchange after it.

use crate::proxy::Deed;
use crate::stand::Stand;
use serde_json::json;
use std::time::{Duration, Instant};
use toso_sync::enrol::ErrorTell;
use toso_sync::wire::encode;
use toso_tests::proof;

/// An answer of somebody.
fn says(status: &str, heads: &str, kind: &str, body: &[u8]) -> Deed {
    let head = format!(
        "HTTP/1.1 {status}\r\n{heads}content-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    Deed::Says([head.as_bytes(), body].concat())
}

/// An answer of a hub that refuses.
fn refuses(status: &str, code: &str, wait: Option<u32>) -> Deed {
    let told = ErrorTell {
        code: code.to_owned(),
        retry_after: wait,
    };
    says(status, "", "application/cbor", &encode(&told))
}

const PAGE: &str = "<!DOCTYPE html><html><body>Đăng nhập Wi-Fi</body></html>";

/// Faults, and what the app must call each: nothing for one that is borne.
fn faults() -> Vec<(Deed, &'static str)> {
    let page = |status: &str, heads: &str| says(status, heads, "text/html", PAGE.as_bytes());
    vec![
        (Deed::Reset, "offline"),
        (Deed::CutReply(0), "offline"),
        (Deed::Twice, ""),
        (Deed::Delay(Duration::from_millis(300)), ""),
        (page("200 OK", ""), "not_a_hub"),
        (
            page("302 Found", "location: http://127.0.0.1:9/login\r\n"),
            "not_a_hub",
        ),
        (page("511 Network Authentication Required", ""), "not_a_hub"),
        (
            says("200 OK", "", "application/cbor", PAGE.as_bytes()),
            "not_a_hub",
        ),
        (says("200 OK", "", "application/cbor", b""), "not_a_hub"),
        (says("204 No Content", "", "text/plain", b""), "not_a_hub"),
        (
            says(
                "200 OK",
                "content-encoding: gzip\r\n",
                "application/cbor",
                &[0x1f, 0x8b, 8, 0],
            ),
            "not_a_hub",
        ),
        (page("500 Internal Server Error", ""), "not_a_hub"),
        (page("502 Bad Gateway", ""), "not_a_hub"),
        (
            page("503 Service Unavailable", "retry-after: 30\r\n"),
            "later",
        ),
        (
            page("429 Too Many Requests", "retry-after: 30\r\n"),
            "later",
        ),
        (page("413 Payload Too Large", ""), "not_a_hub"),
        (
            page("401 Unauthorized", "www-authenticate: Basic\r\n"),
            "not_a_hub",
        ),
        (
            page("426 Upgrade Required", "upgrade: TLS/1.3\r\n"),
            "not_a_hub",
        ),
        (refuses("500 No", "internal", None), "server"),
        (refuses("503 No", "disk_full", None), "server"),
        (refuses("503 No", "db_busy", Some(5)), "later"),
        (refuses("429 No", "too_often", Some(30)), "later"),
        (refuses("413 No", "too_large", None), "too_large"),
        (refuses("401 No", "bad_token", None), "bad_token"),
        (refuses("426 No", "version", None), "version"),
        (refuses("400 No", "of_tomorrow", None), "server"),
    ]
}

#[test]
fn after_any_fault_of_the_line_nothing_is_lost_nothing_doubled_and_work_goes_on() {
    let mut stand = Stand::new();
    let mut seen = 0;
    for turn in proof::turns(2) {
        for (n, (deed, code)) in faults().into_iter().enumerate() {
            // To a session's opening, and in the middle of it.
            for anew in [true, false] {
                stand.saves(turn * 1_000 + n as u64);
                if anew {
                    stand.lan.link.anew();
                }
                stand.proxy.plans(turn % 3, deed.clone(), 9);
                let done = stand.lan.call("sync.run", json!({}));
                let went = stand.proxy.passes();
                let place = format!("PROOF_FROM={turn}: {deed:?}, anew {anew}");
                match done {
                    Ok(told) => {
                        assert!(
                            code.is_empty() || went.done == 0,
                            "{place}: went well: {told}"
                        );
                    }
                    // A challenge is good once: who opens a session twice with one is told to come again.
                    Err(error) if anew && matches!(deed, Deed::Twice) && error.code == "later" => {}
                    Err(error) => {
                        assert_eq!(error.code, code, "{place}: {error} {:?}", error.detail);
                        assert!(!error.message.is_empty() && !error.hint.is_empty());
                    }
                }
                seen += u64::from(went.done > 0);
                stand.completes(&place);
            }
        }
        stand.settles();
        // In the long form: another commune before this one grows slow.
        if turn % 8 == 7 {
            stand.nothing_is_doubled();
            stand = Stand::new();
        }
    }
    stand.nothing_is_doubled();
    assert!(seen >= 60, "{seen} faults were met");
    proof::tell("chaos", &[("faults", seen), ("lost", 0)]);
}

#[test]
fn who_waits_in_a_silence_stops_it_and_loses_nothing() {
    let mut stand = Stand::new();
    let mut seen = 0;
    for (n, deed) in [Deed::Silence, Deed::LateSilence].into_iter().enumerate() {
        for anew in [true, false] {
            stand.saves(n as u64);
            if anew {
                stand.lan.link.anew();
            }
            stand.proxy.plans(0, deed.clone(), 9);
            let began = Instant::now();
            let done = std::thread::scope(|scope| {
                let run = scope.spawn(|| stand.lan.call("sync.run", json!({})));
                std::thread::sleep(Duration::from_millis(400));
                // Meanwhile the phone answers whoever looks at it.
                stand.lan.done("sync.status", json!({}));
                stand.lan.done("sync.stop", json!({}));
                run.join().unwrap()
            });
            assert_eq!(done.unwrap_err().code, "cancelled", "{deed:?}");
            assert!(
                began.elapsed() < Duration::from_secs(5),
                "{:?}",
                began.elapsed()
            );
            seen += stand.proxy.passes().done;
            stand.completes(&format!("{deed:?}"));
        }
    }
    stand.settles();
    stand.nothing_is_doubled();
    assert!(seen >= 4);
    proof::tell("chaos", &[("faults", seen), ("lost", 0)]);
}
