//! Away from loopback a hub speaks TLS with its own key, and whoever enrols proves which certificate it saw.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod stand;

use stand::{Phone, Stand, http, tls};
use toso_hub::Listen;
use toso_sync::enrol::{Code, EnrolAsk, EnrolTell, ErrorTell};
use toso_sync::pack::{decode, encode};

fn everywhere() -> Listen {
    Listen {
        address: ([0, 0, 0, 0], 0).into(),
        ..Listen::default()
    }
}

fn port(stand: &Stand) -> u16 {
    stand.url.rsplit(':').next().unwrap().parse().unwrap()
}

#[test]
fn the_certificate_is_the_one_init_told_and_the_enrolment_names_it() {
    let stand = Stand::with(everywhere());
    assert!(stand.url.starts_with("https://"));
    let (status, _, seen) = tls::post(port(&stand), "/v1/challenge", b"");
    assert_eq!(status, 200);
    assert_eq!(toso_hub::init::hex(&seen), stand.made.key_fingerprint);
    let code = Code::parse(&stand.made.staff_code).unwrap();
    let lan = Phone::new();
    let ask = |print| EnrolAsk::make(&code, &lan.secret, "Máy của Lan", [1; 16], print);
    // Somebody in between showed a certificate of their own and carries the ask on.
    let (status, told, _) = tls::post(port(&stand), "/v1/enrol", &encode(&ask([7; 32])));
    assert_eq!(status, 403);
    assert_eq!(decode::<ErrorTell>(&told).unwrap().code, "wrong_tls");
    let mine = ask(seen);
    let (status, told, _) = tls::post(port(&stand), "/v1/enrol", &encode(&mine));
    assert_eq!(status, 200, "the code is still good");
    let told: EnrolTell = decode(&told).unwrap();
    told.check(&code.secret(), &mine, None).unwrap();
}

#[test]
fn the_certificate_stays_over_restarts_and_plain_http_gets_nothing() {
    let mut stand = Stand::with(everywhere());
    let (_, _, before) = tls::post(port(&stand), "/v1/challenge", b"");
    stand.stop();
    stand.start(everywhere());
    let (_, _, after) = tls::post(port(&stand), "/v1/challenge", b"");
    assert_eq!(before, after);
    let plain = format!("http://127.0.0.1:{}", port(&stand));
    let asked = std::panic::catch_unwind(|| http::ask(&plain, "GET", "/livez", None, b"").status);
    assert!(asked.is_err() || asked.is_ok_and(|status| status != 200));
}
