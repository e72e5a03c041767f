//! A device that says it is another, or has rights it was not given.

use crate::behaviour::Behaviour;
use crate::device::table;
use crate::frugal_all;
use crate::wire::post;
use crate::world::Land;
use serde_json::json;
use toso_sync::enrol::{Challenge, OpenAsk, TokenAsk};
use toso_sync::id::{DeviceKey, HubKey};
use toso_sync::key::Secret;
use toso_sync::message::Bytes;
use toso_sync::pack::{Hash32, decode, encode};
use toso_sync::ruling::{Body, Certificate, Role, Ruling, Settings};
use toso_tests::village::{record, team};

table! { Land;
    opens_a_session_as_somebody_else => "bad_sig, no_cert",
    opens_a_session_with_a_certificate_it_signed_itself => "no token, and no ruling is taken",
    bears_a_token_nobody_gave_it => "bad_token",
    says_an_opening_again => "bad_challenge",
    states_rulings_of_its_own => "none is taken, at once or in pieces",
    asks_as_staff => "not_allowed",
}

fn challenge(land: &Land) -> Challenge {
    decode(&post(&land.url, "/v1/challenge", None, b"").body).unwrap()
}

/// The honest phone's and the office's certificates, as the thief knows them: they are no secret.
fn others(land: &mut Land) -> Vec<(DeviceKey, Vec<u8>)> {
    land.thief_syncs();
    let copy = &land.thief.person.copy;
    let own = land.thief.person.secret.device();
    let devices = copy.book().devices().into_keys();
    let devices: Vec<DeviceKey> = devices.filter(|device| *device != own).collect();
    let bytes = |device: &DeviceKey| {
        let id = *copy.book().certificate_of(device).unwrap().0;
        copy.ruling_bytes(&[id]).pop().unwrap()
    };
    devices
        .iter()
        .map(|device| (*device, bytes(device)))
        .collect()
}

fn opens_a_session_as_somebody_else(land: &mut Land) {
    for (device, certificate) in others(land) {
        let challenge = challenge(land);
        let secret = &land.thief.person.secret;
        let mut ask = TokenAsk::make(
            secret,
            &certificate,
            &challenge.authority,
            challenge.challenge,
        );
        let own = encode(&ask);
        ask.device = device;
        let as_them = encode(&ask);
        land.unmoved(|land| {
            let told = post(&land.url, "/v1/token", None, &as_them);
            assert_eq!(told.code(), "bad_sig", "signed by another's key");
        });
        // The challenge was used up by that, right or wrong.
        let told = post(&land.url, "/v1/token", None, &own);
        assert_eq!(told.code(), "bad_challenge");
        let challenge = self::challenge(land);
        let secret = &land.thief.person.secret;
        let ask = TokenAsk::make(
            secret,
            &certificate,
            &challenge.authority,
            challenge.challenge,
        );
        let told = post(&land.url, "/v1/token", None, &encode(&ask));
        assert_eq!(told.code(), "no_cert", "with another's certificate");
    }
}

fn own_certificate(device: DeviceKey, roles: Vec<Role>) -> Body {
    Body::Certificate(Certificate {
        device,
        member: record(200).into(),
        roles,
        spaces: vec![team().into()],
        all_spaces: true,
        expires: i64::MAX,
        issued: i64::MAX - 1,
        name: "máy".into(),
    })
}

fn opens_a_session_with_a_certificate_it_signed_itself(land: &mut Land) {
    let stranger = Secret::from_bytes(&[67; 32]);
    let body = own_certificate(stranger.device(), vec![Role::Admin]);
    let forged = Ruling::sign(&stranger, &body);
    let challenge = challenge(land);
    let (authority, challenge) = (&challenge.authority, challenge.challenge);
    let ask = TokenAsk::make(&stranger, &forged.bytes, authority, challenge);
    land.unmoved(|land| {
        let told = post(&land.url, "/v1/token", None, &encode(&ask));
        assert!(
            ["no_cert", "unknown_device"].contains(&&*told.code()),
            "{}",
            told.code()
        );
    });
    // One that is a member already gets in by its true certificate, and no further.
    let secret = land.thief.person.secret.clone();
    let body = own_certificate(secret.device(), vec![Role::Admin]);
    let forged = Ruling::sign(&secret, &body);
    let challenge = self::challenge(land);
    let (authority, challenge) = (&challenge.authority, challenge.challenge);
    let ask = TokenAsk::make(&secret, &forged.bytes, authority, challenge);
    land.unmoved(|land| {
        let told = post(&land.url, "/v1/token", None, &encode(&ask));
        assert_eq!(told.status, 200);
    });
    asks_as_staff(land);
}

fn bears_a_token_nobody_gave_it(land: &mut Land) {
    let ask = encode(&land.thief.ask(team(), &[], &[]));
    let made_up = format!("Bearer {}", "ab".repeat(32));
    let half = land.thief.token[..40].to_owned();
    let other = land.thief.token.to_uppercase().replace("BEARER", "Basic");
    land.unmoved(|land| {
        for bearer in [
            None,
            Some(&*made_up),
            Some(&*half),
            Some(&*other),
            Some("Bearer"),
        ] {
            for path in ["/v1/sync", "/v1/staff"] {
                let answer = post(&land.url, path, bearer, &ask);
                assert_eq!((answer.status, &*answer.code()), (401, "bad_token"));
            }
        }
    });
}

fn says_an_opening_again(land: &mut Land) {
    let challenge = challenge(land);
    let certificate = land.thief.certificate.clone();
    let (authority, challenge) = (&challenge.authority, challenge.challenge);
    let secret = &land.thief.person.secret;
    let token = TokenAsk::make(secret, &certificate, authority, challenge);
    let ask = Bytes(encode(&land.thief.ask(team(), &[], &[])));
    let both = encode(&OpenAsk { token, ask });
    assert_eq!(post(&land.url, "/v1/sync/open", None, &both).status, 200);
    land.unmoved(|land| {
        for _ in 0..3 {
            let again = post(&land.url, "/v1/sync/open", None, &both);
            assert_eq!(again.code(), "bad_challenge");
        }
    });
}

/// Everything a ruling can say, signed by the device itself and in the authority's name.
fn states_rulings_of_its_own(land: &mut Land) {
    land.own_record(1);
    land.goes_on();
    let victims = others(land);
    let secret = land.thief.person.secret.clone();
    let at = land.thief.person.top().unwrap();
    let mut bodies = vec![
        own_certificate(secret.device(), vec![Role::Admin]),
        Body::Succession(secret.hub()),
        Body::Receipt(team().into(), at),
        Body::Purge(record(1).into(), record(1).into()),
        Body::Lost(team().into(), Hash32([1; 32])),
        Body::Move(record(1).into(), team().into(), record(9).into(), 9),
        Body::Settings(Settings {
            serial: 1_000,
            lease_notice_days: 0,
            lease_warn_days: 0,
            lease_hide_days: 0,
            min_version: 2,
        }),
    ];
    bodies.extend(
        victims
            .iter()
            .map(|(device, _)| Body::Revocation(*device, Vec::new())),
    );
    let authority: HubKey = land.thief.person.copy.authority_key();
    let signed = |body: &Body| {
        let own = Ruling::sign(&secret, body);
        let mut lie: toso_sync::ruling::Signed = decode(&own.bytes).unwrap();
        lie.by = authority;
        [Bytes(own.bytes), Bytes(encode(&lie))]
    };
    let all: Vec<Bytes> = bodies.iter().flat_map(signed).collect();
    let mut ask = land.thief.ask(team(), &[], &[]);
    ask.give_rulings = all.clone();
    ask.spaces[0].give_receipts = all;
    let sent = encode(&ask);
    land.unmoved(|land| {
        let answer = frugal_all(|| land.posts("/v1/sync", &sent));
        assert_eq!(answer.status, 200);
    });
}

fn asks_as_staff(land: &mut Land) {
    land.own_record(1);
    let (own, victim) = (land.thief.person.secret.device(), others(land)[0].0);
    let (own, victim) = (own.to_string(), victim.to_string());
    let asked = [
        json!({ "call": "member.invite", "input": { "member": record(200), "roles": ["admin"], "teams": [] } }),
        json!({ "call": "device.list" }),
        json!({ "call": "device.approve", "input": { "device": own, "check_number": "000000" } }),
        json!({ "call": "device.revoke", "input": { "device": victim, "reason": "x" } }),
        json!({ "call": "device.rights", "input": { "device": own, "roles": ["admin"], "teams": [] } }),
        json!({ "call": "record.purge", "input": { "document": record(1), "subject": record(1) } }),
        json!({ "call": "tray.list" }),
    ];
    land.unmoved(|land| {
        for ask in asked {
            let body = serde_json::to_vec(&ask).unwrap();
            let answer = land.posts("/v1/staff", &body);
            assert_ne!(answer.status, 200, "{ask}");
            let code = answer.code();
            // Whoever may not is told so, or that the input is none.
            assert!(
                ["not_allowed", "bad_input"].contains(&&*code),
                "{ask}: {code}"
            );
        }
        let code = land
            .posts("/v1/staff", b"{\"call\":\"device.list\"}")
            .code();
        assert_eq!(code, "not_allowed");
    });
}
