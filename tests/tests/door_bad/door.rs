//! Codes and PINs: what opens once, what opens for a while, and what does not open.

use crate::commune::{Commune, PIN, app, done, enrolment, refused};
use crate::state;
use serde_json::json;
use toso_app::App;

/// A phone of somebody new asks to come in with this code: what it is told.
#[track_caller]
fn told(commune: &Commune, phone: &App, code: &str) -> String {
    let before = state::of_hub(&commune.data());
    let input = enrolment(&commune.url, code, PIN);
    let error = refused(phone, "enrol.start", input);
    assert_eq!(state::of_hub(&commune.data()), before, "nothing changed");
    let state = done(phone, "profile.state", json!({}));
    assert_eq!(state["enrolled"], "no");
    error.code
}

fn invited(commune: &Commune) -> String {
    let members = done(&commune.office, "record.list", json!({ "kind": "member" }));
    let member = &members["items"][0]["id"];
    let input =
        json!({ "member": member, "roles": ["member"], "teams": [toso_tests::village::team()] });
    done(&commune.office, "member.invite", input)["code"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn a_code_is_good_once_for_a_while_and_for_few_tries() {
    let commune = Commune::new();
    let new = |name: &str| app(&commune.file("new"), name, &commune.time);
    let stranger = new("lạ");
    assert_eq!(told(&commune, &stranger, &commune.staff_code), "code_used");
    assert_eq!(told(&commune, &stranger, "ZZZ-ZZZZZ-ZZZZZ"), "code_wrong");
    assert_eq!(told(&commune, &stranger, "chưa có mã"), "code_wrong");

    let code = invited(&commune);
    let last = if code.ends_with('0') { '1' } else { '0' };
    let guess = format!("{}{last}", &code[..code.len() - 1]);
    for expected in [
        "code_wrong",
        "code_wrong",
        "code_wrong",
        "code_wrong",
        "too_many",
    ] {
        assert_eq!(told(&commune, &stranger, &guess), expected);
    }
    let burnt = told(&commune, &stranger, &code);
    assert_eq!(burnt, "too_many", "the true one is burnt with it");

    let code = invited(&commune);
    commune.pass(31 * 60_000);
    assert_eq!(told(&commune, &stranger, &code), "code_expired");
    // The way out that the words name.
    let fresh = invited(&commune);
    let asked = done(
        &stranger,
        "enrol.start",
        enrolment(&commune.url, &fresh, PIN),
    );
    assert_eq!(asked["state"], "pending");
    commune.goes_on();
}

#[test]
fn a_wrong_pin_opens_nothing_and_is_counted() {
    let commune = Commune::new();
    let before = state::of_app(&commune.honest);
    done(&commune.honest, "profile.lock", json!({}));
    let wrong = json!({ "pin": "000000" });
    for left in (0..5).rev() {
        let error = refused(&commune.honest, "profile.unlock", wrong.clone());
        assert_eq!(
            (&*error.code, &error.detail["free_left"]),
            ("pin_wrong", &json!(left))
        );
    }
    let error = refused(&commune.honest, "profile.unlock", json!({ "pin": PIN }));
    assert_eq!(error.code, "pin_wait");
    assert_eq!(error.detail["wait_ms"], 30_000);
    assert_eq!(
        refused(&commune.honest, "record.list", json!({})).code,
        "locked"
    );
    commune.pass(30_000);
    done(&commune.honest, "profile.unlock", json!({ "pin": PIN }));
    assert_eq!(state::of_app(&commune.honest), before);
    commune.goes_on();
}
