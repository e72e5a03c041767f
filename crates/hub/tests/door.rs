//! Who is let in, and who is not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod stand;

use serde_json::json;
use stand::{Phone, Stand, approve, invite, lan, pao};

#[test]
fn the_first_code_lets_staff_in_at_once_and_once() {
    let stand = Stand::new();
    let mut lan = lan(&stand);
    // The reply may have been lost: the same device may ask again.
    assert_eq!(lan.enrol(&stand, &stand.made.staff_code).unwrap(), "active");
    let mut other = Phone::new();
    let told = other.enrol(&stand, &stand.made.staff_code);
    assert_eq!(told.unwrap_err(), "code_used");
    let devices = lan.staff(&stand, "device.list", json!({})).unwrap();
    assert_eq!(devices.as_array().unwrap().len(), 1);
    assert_eq!(devices[0]["roles"], json!(["staff", "admin"]));
    assert_eq!(devices[0]["state"], "active");
}

#[test]
fn a_member_waits_until_staff_compare_the_number() {
    let stand = Stand::new();
    let mut lan = lan(&stand);
    let commune = lan.commune.unwrap();
    let member = lan.write(&stand, commune, "member", "Vừ A Páo");
    let team = lan.write(&stand, commune, "team", "Tổ 1").into();
    let early = lan.staff(
        &stand,
        "member.invite",
        json!({ "member": member, "roles": ["member"] }),
    );
    assert_eq!(early.unwrap_err(), "no_such_member", "not synced yet");
    lan.sync(&stand, &[commune]).unwrap();
    let code = invite(&stand, &lan, member, team);
    let mut pao = Phone::new();
    assert_eq!(pao.enrol(&stand, &code).unwrap(), "pending");
    assert_eq!(pao.state(&stand), "pending");
    assert_eq!(
        pao.open(&stand).unwrap_err(),
        "malformed",
        "no certificate yet"
    );
    let number = pao.check_number();
    let listed = lan.staff(&stand, "device.list", json!({})).unwrap();
    assert_eq!(listed[0]["check_number"], json!(number));
    assert_eq!(listed[0]["state"], "pending");
    let wrong = format!("{:06}", (number.parse::<u32>().unwrap() + 1) % 1_000_000);
    assert_eq!(
        approve(&stand, &lan, &pao, &wrong).unwrap_err(),
        "check_number"
    );
    assert_eq!(
        pao.state(&stand),
        "pending",
        "a wrong number changes nothing"
    );
    approve(&stand, &lan, &pao, &number).unwrap();
    assert_eq!(pao.state(&stand), "active");
    pao.open(&stand).unwrap();
    assert_eq!(
        approve(&stand, &lan, &pao, &number).unwrap_err(),
        "not_pending"
    );
    let mut other = Phone::new();
    assert_eq!(other.enrol(&stand, &code).unwrap_err(), "code_used");
    assert_eq!(
        pao.staff(&stand, "device.list", json!({})).unwrap_err(),
        "not_allowed"
    );
}

#[test]
fn a_code_dies_of_five_wrong_tries_or_of_age() {
    let stand = Stand::new();
    let lan_code = stand.made.staff_code.clone();
    let last = if lan_code.ends_with('0') { '1' } else { '0' };
    let wrong = format!("{}{last}", &lan_code[..lan_code.len() - 1]);
    let mut thief = Phone::new();
    for told in [
        "code_wrong",
        "code_wrong",
        "code_wrong",
        "code_wrong",
        "too_many",
    ] {
        assert_eq!(thief.enrol(&stand, &wrong).unwrap_err(), told);
    }
    assert_eq!(
        Phone::new().enrol(&stand, &lan_code).unwrap_err(),
        "too_many"
    );
    let late = Stand::new();
    late.pass(61 * 60_000);
    let told = Phone::new().enrol(&late, &late.made.staff_code);
    assert_eq!(told.unwrap_err(), "code_expired");
}

#[test]
fn a_revoked_device_may_hand_in_and_nothing_else() {
    let stand = Stand::new();
    let mut lan = lan(&stand);
    let (mut pao, team) = pao(&stand, &mut lan);
    pao.sync(&stand, &[team]).unwrap();
    let input = json!({ "device": pao.name(), "reason": "mất máy" });
    lan.staff(&stand, "device.revoke", input).unwrap();
    assert_eq!(pao.sync(&stand, &[team]).unwrap_err(), "bad_token");
    pao.open(&stand).unwrap();
    let refused = pao.staff(&stand, "device.list", json!({}));
    assert_eq!(refused.unwrap_err(), "revoked");
    pao.sync(&stand, &[team]).unwrap();
    let device = pao.secret.device();
    assert!(pao.replica().book().is_revoked(&device), "it learns so");
    assert_eq!(pao.state(&stand), "refused");
    assert_eq!(
        pao.enrol(&stand, &stand.made.staff_code).unwrap_err(),
        "revoked"
    );
}

#[test]
fn a_certificate_that_ran_out_opens_no_session() {
    let stand = Stand::new();
    let mut lan = lan(&stand);
    stand.pass(401 * 24 * 60 * 60_000);
    assert_eq!(
        lan.staff(&stand, "device.list", json!({})).unwrap_err(),
        "bad_token"
    );
    assert_eq!(lan.open(&stand).unwrap_err(), "cert_expired");
}

#[test]
fn a_stranger_fills_no_trail() {
    let stand = Stand::new();
    let trail = || toso_hub::backup::check(&stand.data()).unwrap().audit;
    let before = trail();
    for _ in 0..3 {
        let told = Phone::new().enrol(&stand, "ZZZ-ZZZZZ-ZZZZZ");
        assert_eq!(told.unwrap_err(), "code_wrong");
    }
    assert_eq!(trail(), before);
    lan(&stand);
    assert_eq!(trail(), before + 1);
}

#[test]
fn nobody_opens_a_session_with_what_is_another_device_s() {
    let stand = Stand::new();
    let mut lan = lan(&stand);
    let (mut pao, team) = pao(&stand, &mut lan);
    // Páo's key beside Lan's certificate.
    let own = std::mem::replace(&mut lan.secret, pao.secret.clone());
    assert_eq!(lan.open(&stand).unwrap_err(), "no_cert");
    lan.secret = own;
    lan.open(&stand).unwrap();
    // A token nobody was given.
    pao.token = Some("00".repeat(32));
    assert_eq!(pao.sync(&stand, &[team]).unwrap_err(), "bad_token");
}
