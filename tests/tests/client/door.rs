//! Enrolling by code at a socket.

use crate::commune::{authority, certificate, hub, line, phone, refusal, team};
use crate::stub::{Asked, Reply, cbor, reply, serve};
use toso_sync::client::{Hub, Line};
use toso_sync::enrol::{
    Challenge, Code, EnrolAsk, EnrolState, EnrolTell, StateAsk, StateTell, check_number,
};
use toso_sync::message::Bytes;
use toso_sync::wire::{decode, encode};

pub(crate) fn code() -> Code {
    Code::parse("ABC-DEFGH-JKMNP").unwrap()
}

/// A hub that serves the certificate `tls` and lets in who knows `known`.
pub(crate) fn answer(asked: &Asked, known: &Code, tls: &[u8; 32]) -> Reply {
    let authority = authority().hub();
    let (state, rulings) = (EnrolState::Active, vec![Bytes(certificate().bytes)]);
    match &*asked.path {
        "/v1/challenge" => cbor(&encode(&Challenge {
            authority,
            challenge: [6; 32],
            successions: vec![],
        })),
        "/v1/enrol" => {
            let ask: EnrolAsk = decode(&asked.body).unwrap();
            assert_eq!(ask.code_id, "ABC");
            if let Err(bad) = ask.check(&known.secret(), tls) {
                return refusal("403 Forbidden", bad.code);
            }
            let pending = EnrolState::Pending;
            let space = team().into();
            cbor(&encode(&EnrolTell::make(
                &known.secret(),
                &ask,
                authority,
                space,
                pending,
                vec![],
            )))
        }
        "/v1/enrol/state" => {
            let ask: StateAsk = decode(&asked.body).unwrap();
            ask.check().unwrap();
            cbor(&encode(&StateTell { state, rulings }))
        }
        path => panic!("{path}"),
    }
}

#[tokio::test]
async fn a_typed_code_brings_a_phone_in() {
    let url = serve(|asked| answer(asked, &code(), &[0; 32])).await;
    let line = Line::open(Hub {
        authority: None,
        ..hub(&url)
    })
    .unwrap();
    let enrolled = line
        .enrol(&code(), &phone(), "Máy Lan", [5; 16])
        .await
        .unwrap();
    assert_eq!(enrolled.hub, hub(&url));
    assert_eq!(
        (enrolled.state, enrolled.space),
        (EnrolState::Pending, team())
    );
    let number = check_number(&phone().device(), &authority().hub(), &[5; 16]);
    assert_eq!(enrolled.check_number, number);
    let state = line.enrol_state(&phone(), enrolled.nonce).await.unwrap();
    assert_eq!((state.state, state.rulings.len()), (EnrolState::Active, 1));
}

#[tokio::test]
async fn a_code_that_does_not_hold_is_told_by_the_hub() {
    let other = Code::parse("ABC-DEFGH-JKMNQ").unwrap();
    let url = serve(move |asked| answer(asked, &other, &[0; 32])).await;
    let error = line(&url)
        .enrol(&code(), &phone(), "Máy", [5; 16])
        .await
        .unwrap_err();
    assert_eq!(error.code, "code_wrong");
    for code_told in ["code_used", "code_expired", "too_many"] {
        let url = serve(move |asked| match &*asked.path {
            "/v1/enrol" => refusal("403 Forbidden", code_told),
            _ => answer(asked, &code(), &[0; 32]),
        });
        let error = line(&url.await)
            .enrol(&code(), &phone(), "Máy", [5; 16])
            .await;
        assert_eq!(error.unwrap_err().code, code_told);
    }
}

#[tokio::test]
async fn a_hub_that_does_not_know_the_code_is_the_wrong_one() {
    let other = Code::parse("ABC-DEFGH-JKMNQ").unwrap();
    let url = serve(move |asked| match &*asked.path {
        "/v1/enrol" => {
            let ask: EnrolAsk = decode(&asked.body).unwrap();
            let (hub, space) = (authority().hub(), team().into());
            let tell = EnrolTell::make(
                &other.secret(),
                &ask,
                hub,
                space,
                EnrolState::Active,
                vec![],
            );
            cbor(&encode(&tell))
        }
        _ => answer(asked, &code(), &[0; 32]),
    });
    let error = line(&url.await)
        .enrol(&code(), &phone(), "Máy", [5; 16])
        .await;
    assert_eq!(error.unwrap_err().code, "wrong_hub");
}

#[tokio::test]
async fn another_communes_hub_is_seen_before_the_code_is_used() {
    let url = serve(|asked| match &*asked.path {
        "/v1/challenge" => answer(asked, &code(), &[0; 32]),
        _ => reply("500 No", "", b"must not be asked"),
    });
    let elsewhere = Some(phone().hub());
    let line = Line::open(Hub {
        authority: elsewhere,
        ..hub(&url.await)
    })
    .unwrap();
    let error = line
        .enrol(&code(), &phone(), "Máy", [5; 16])
        .await
        .unwrap_err();
    assert_eq!(error.code, "wrong_hub");
}
