//! Captive portals, dead ends, floods and busy hubs: each has its code, and none changes the copy.

use crate::commune::{
    Dice, NOW, Office, authority, exchange, hub, line, phone, phone_with_work, refusal, team,
};
use crate::stub::{Asked, Reply, cbor, reply, serve};
use std::cell::Cell;
use toso_sync::client::{ClientError, Hub, Line, Run};
use toso_sync::enrol::{OpenAsk, OpenTell, Token, TokenTell};
use toso_sync::id::Epoch;
use toso_sync::key::Secret;
use toso_sync::message::{Bytes, Tell, sign_tell};
use toso_sync::wire::{decode, encode};

/// Exchanges with a session and without one, and sees that the copy stays as it was.
async fn refused(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> ClientError {
    let url = serve(answer).await;
    let mut copy = phone_with_work();
    copy.seal(team(), NOW, &mut Dice(5)).unwrap();
    let before = format!("{:?}", copy.shelf);
    let error = exchange(&url, &mut copy, &mut None).await.unwrap_err();
    let with_session = exchange(&url, &mut copy, &mut Some(Token([1; 32]))).await;
    assert_eq!(with_session.unwrap_err().code, error.code);
    assert_eq!(format!("{:?}", copy.shelf), before);
    error
}

#[tokio::test]
async fn a_captive_portals_page_is_not_a_hub_and_changes_nothing() {
    let page = b"<html>Sign in to the Wi-Fi</html>";
    for status in ["200 OK", "403 Forbidden", "503 Busy", "511 Login"] {
        let error = refused(move |_| reply(status, "content-type: text/html\r\n", page)).await;
        assert_eq!(error.code, "not_a_hub", "{status}");
    }
    assert_eq!(refused(move |_| cbor(page)).await.code, "not_a_hub");
    assert_eq!(
        refused(|_| reply("204 No Content", "", b"")).await.code,
        "not_a_hub"
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let away = "location: http://127.0.0.1:9/login\r\n";
    for status in ["302 Found", "307 Temporary Redirect"] {
        assert_eq!(
            refused(move |_| reply(status, away, b"")).await.code,
            "not_a_hub"
        );
    }
}

#[tokio::test]
async fn an_answer_counts_only_when_our_authority_signed_it_to_this_very_ask() {
    let tell = Tell {
        v: 1,
        time: NOW,
        hub_epoch: Epoch([5; 16]),
        ruling_ids: None,
        give_rulings: vec![],
        spaces: vec![],
    };
    let (ours, stranger) = (authority(), Secret::from_bytes(&[44; 32]));
    for (signer, other_ask, code) in [(stranger, false, "wrong_hub"), (ours, true, "not_a_hub")] {
        let tell = tell.clone();
        let url = serve(move |asked| match &*asked.path {
            "/v1/sync/open" => {
                let OpenAsk { ask, .. } = decode(&asked.body).unwrap();
                let to = if other_ask { b"another" } else { &*ask.0 };
                let token = TokenTell {
                    token: Token([1; 32]),
                    expires: NOW + 1,
                };
                let tell = Bytes(sign_tell(&signer, to, &tell));
                cbor(&encode(&OpenTell { token, tell }))
            }
            _ => Office::new().answer(asked),
        });
        let mut copy = phone_with_work();
        copy.seal(team(), NOW, &mut Dice(5)).unwrap();
        let before = format!("{:?}", copy.shelf);
        let error = exchange(&url.await, &mut copy, &mut None)
            .await
            .unwrap_err();
        assert_eq!(error.code, code);
        assert_eq!(format!("{:?}", copy.shelf), before);
    }
}

#[tokio::test]
async fn an_endless_answer_is_cut_at_the_cap() {
    let endless = |asked: &Asked| match asked.path.len() {
        0 => Reply::Silence,
        _ => Reply::Endless(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/cbor\r\n\r\n".to_vec(),
            vec![0; 64 * 1024],
        ),
    };
    assert_eq!(refused(endless).await.code, "too_large");
    let promised =
        "HTTP/1.1 200 OK\r\ncontent-type: application/cbor\r\ncontent-length: 4194305\r\n\r\n";
    let error = refused(move |_| Reply::Bytes(promised.as_bytes().to_vec())).await;
    assert_eq!(error.code, "too_large");
    let chunk = [&b"1000\r\n"[..], &[b'a'; 4096], b"\r\n"].concat();
    let head =
        b"HTTP/1.1 500 No\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let error = refused(move |_| Reply::Endless(head.to_vec(), chunk.clone())).await;
    assert_eq!(error.code, "too_large");
}

#[tokio::test]
async fn nobody_there_is_offline() {
    let port = {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        taken.local_addr().unwrap().port()
    };
    for host in ["127.0.0.1", "localhost"] {
        let url = format!("http://{host}:{port}");
        let error = exchange(&url, &mut phone_with_work(), &mut None)
            .await
            .unwrap_err();
        assert_eq!(error.code, "offline");
        assert!(!error.to_string().contains("127.0.0.1"));
    }
    let cut = "HTTP/1.1 200 OK\r\ncontent-type: application/cbor\r\ncontent-length: 100\r\n\r\nabc";
    let error = refused(move |_| Reply::Bytes(cut.as_bytes().to_vec())).await;
    assert_eq!(error.code, "offline");
}

#[test]
fn plain_http_goes_to_this_machine_only() {
    let code = |url: &str| Line::open(hub(url)).map(|_| "").unwrap_or_else(|e| e.code);
    for url in [
        "http://192.168.1.5:8420",
        "http://toso.example",
        "http://127.0.0.1.example",
        "http://[2001:db8::1]/",
    ] {
        assert_eq!(code(url), "insecure_hub", "{url}");
    }
    for url in [
        "http://127.0.0.1:8420",
        "http://[::1]:8420/",
        "http://localhost:1",
        " https://toso.example/x ",
        "192.168.1.5:8420",
    ] {
        assert_eq!(code(url), "", "{url}");
    }
    for url in [
        "",
        "ftp://toso.example",
        "https://a:b@toso.example",
        "https://toso.example?x=1",
        "mã QR",
    ] {
        assert_eq!(code(url), "bad_url", "{url}");
    }
}

#[tokio::test]
async fn a_busy_hub_says_when_to_come_back() {
    let wait = "retry-after: 30\r\n";
    for status in ["429 Too Many", "503 Busy"] {
        let error = refused(move |_| reply(status, wait, b"slow down")).await;
        assert_eq!((error.code, error.retry_after), ("later", Some(30)));
        let error = refused(move |_| refusal(status, "too_often")).await;
        assert_eq!((error.code, error.retry_after), ("later", None));
    }
    for status in ["507 Full", "503 Busy"] {
        let error = refused(move |_| refusal(status, "disk_full")).await;
        assert_eq!((error.code, &*error.detail), ("server", "disk_full"));
    }
}

#[tokio::test]
async fn a_person_may_stop_while_the_hub_is_silent() {
    let url = serve(|_| Reply::Silence).await;
    let (asked, secret) = (Cell::new(0), phone());
    let mut run = Run {
        secret: &secret,
        now: &|| NOW,
        random: &mut Dice(2),
        on_progress: &mut |_, _, _| {},
        cancelled: &|| {
            asked.set(asked.get() + 1);
            asked.get() > 4
        },
    };
    let line = Line::open(Hub { ..hub(&url) }).unwrap();
    let done = line
        .exchange(&mut None, &mut phone_with_work(), &[team()], &mut run)
        .await;
    assert_eq!(done.unwrap_err().code, "cancelled");
}

#[tokio::test]
async fn a_call_of_staff_is_answered_in_json() {
    let url = serve(|asked| {
        assert_eq!(asked.bearer, Some(Token([1; 32]).bearer()));
        let json = "content-type: application/json\r\n";
        let ask: serde_json::Value = serde_json::from_slice(&asked.body).unwrap();
        match ask["call"].as_str().unwrap() {
            "member.invite" => reply("200 OK", json, br#"{"code":"ABC"}"#),
            "device.revoke" => reply("403 No", json, br#"{"error":{"code":"not_allowed"}}"#),
            "new" => reply("400 No", json, br#"{"error":{"code":"of_tomorrow"}}"#),
            _ => refusal("401 No", "bad_token"),
        }
    });
    let (line, token) = (line(&url.await), Token([1; 32]));
    let input = serde_json::json!({ "member": 1 });
    let done = line.staff(&token, "member.invite", &input).await.unwrap();
    assert_eq!(done["code"], "ABC");
    let mut codes = Vec::new();
    for call in ["device.revoke", "new", "late"] {
        codes.push(line.staff(&token, call, &input).await.unwrap_err().code);
    }
    assert_eq!(codes, ["not_allowed", "server", "bad_token"]);
}
