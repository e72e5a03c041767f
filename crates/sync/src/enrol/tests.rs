//! Two sides meet by a code, and whoever stands in between is seen.

use super::*;
use crate::key::Random;
use crate::ruling::{Body, Certificate, Role, Ruling};
use crate::wire::{decode, encode};

/// Counts up, so that a test is the same every time.
struct Steps(u8);

impl Random for Steps {
    fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            *byte = self.0;
            self.0 = self.0.wrapping_add(7);
        }
    }
}

const TLS: [u8; 32] = [9; 32];

fn phone() -> Secret {
    Secret::from_bytes(&[1; 32])
}

fn commune() -> HubKey {
    Secret::from_bytes(&[2; 32]).hub()
}

fn ask(code: &Code) -> EnrolAsk {
    EnrolAsk::make(code, &phone(), "Máy chị Lan", [5; 16], TLS)
}

#[test]
fn a_code_is_read_back_from_whatever_a_person_types() {
    for start in 0..=255 {
        let code = Code::random(&mut Steps(start));
        let shown = code.to_string();
        assert_eq!(shown.len(), 15);
        assert_eq!(Code::parse(&shown), Some(code.clone()));
        let sloppy = shown.to_lowercase().replace('-', " ");
        let sloppy = sloppy.replace('0', "o").replace('1', "l");
        assert_eq!(Code::parse(&sloppy), Some(code.clone()));
        assert_eq!(Code::parse(&shown.replace('1', "i")), Some(code));
    }
}

#[test]
fn a_slip_in_a_code_is_seen() {
    let code = Code::parse("ABC-DEFGH-JKMNP").unwrap();
    assert_eq!(code.id(), "ABC");
    assert_eq!(
        format!("{code:?} {:?}", code.secret()),
        "Code(…) CodeSecret(…)"
    );
    for bad in [
        "",
        "ABC-DEFGH-JKMN",
        "ABC-DEFGH-JKMNPQ",
        "ABC-DEFGU-JKMNP",
        "ABC-DEFGĐ-JKMNP",
    ] {
        assert_eq!(Code::parse(bad), None, "{bad}");
    }
    let other = Code::parse("ABC-DEFGH-JKMNQ").unwrap();
    assert_eq!(other.id(), code.id());
    assert_ne!(other.secret(), code.secret());
}

#[test]
fn both_sides_prove_that_they_know_the_code() {
    let code = Code::parse("abc defgh jkmnp").unwrap();
    let ask: EnrolAsk = decode(&encode(&ask(&code))).unwrap();
    ask.check(&code.secret(), &TLS).unwrap();
    let space = Id16([4; 16]);
    let tell = EnrolTell::make(
        &code.secret(),
        &ask,
        commune(),
        space,
        EnrolState::Pending,
        vec![],
    );
    let tell: EnrolTell = decode(&encode(&tell)).unwrap();
    tell.check(&code.secret(), &ask, None).unwrap();
    tell.check(&code.secret(), &ask, Some(&commune())).unwrap();
    let elsewhere = Secret::from_bytes(&[3; 32]).hub();
    assert!(tell.check(&code.secret(), &ask, Some(&elsewhere)).is_err());
    let renamed = EnrolTell {
        authority: elsewhere,
        ..tell
    };
    assert_eq!(
        renamed.check(&code.secret(), &ask, None).unwrap_err().code,
        "wrong_hub"
    );
}

#[test]
fn whoever_relays_the_hubs_answer_can_alter_nothing_in_it() {
    let code = Code::parse("ABC-DEFGH-JKMNP").unwrap();
    let ask = ask(&code);
    let pending = EnrolState::Pending;
    let honest = EnrolTell::make(
        &code.secret(),
        &ask,
        commune(),
        Id16([4; 16]),
        pending,
        vec![],
    );
    honest.check(&code.secret(), &ask, None).unwrap();
    let bent = [
        EnrolTell {
            space: Id16([5; 16]),
            ..honest.clone()
        },
        EnrolTell {
            state: EnrolState::Active,
            ..honest.clone()
        },
        EnrolTell {
            rulings: vec![Bytes(vec![1])],
            ..honest.clone()
        },
    ];
    for tell in bent {
        let told = tell.check(&code.secret(), &ask, None);
        assert_eq!(told.unwrap_err().code, "wrong_hub", "{tell:?}");
    }
}

#[test]
fn successions_lead_from_a_key_that_is_trusted_and_from_no_other() {
    let key = |n: u8| Secret::from_bytes(&[n; 32]);
    let says =
        |by: u8, new: u8| Bytes(Ruling::sign(&key(by), &Body::Succession(key(new).hub())).bytes);
    let challenge = |successions: Vec<Bytes>| Challenge {
        authority: key(9).hub(),
        challenge: [0; 32],
        successions,
    };
    let trusts = |k: &HubKey| *k == key(7).hub();
    // In any order, over any number of hands.
    assert!(challenge(vec![says(8, 9), says(7, 8)]).is_of(&trusts));
    assert!(challenge(vec![says(7, 9)]).is_of(&trusts));
    for bad in [
        vec![],
        vec![says(8, 9)],
        vec![says(9, 9), says(9, 7)],
        vec![says(7, 8)],
        vec![Bytes(vec![0; 40])],
    ] {
        assert!(!challenge(bad).is_of(&trusts));
    }
    let mut forged = says(7, 9);
    let last = forged.0.len() - 1;
    forged.0[last] ^= 1;
    assert!(!challenge(vec![forged]).is_of(&trusts));
}

#[test]
fn a_wrong_code_proves_nothing() {
    let code = Code::parse("ABC-DEFGH-JKMNP").unwrap();
    let other = Code::parse("ABC-DEFGH-JKMNQ").unwrap();
    let ask = ask(&other);
    assert_eq!(
        ask.check(&code.secret(), &TLS).unwrap_err().code,
        "code_wrong"
    );
    let tell = EnrolTell::make(
        &code.secret(),
        &ask,
        commune(),
        Id16([4; 16]),
        EnrolState::Active,
        vec![],
    );
    assert_eq!(
        tell.check(&other.secret(), &ask, None).unwrap_err().code,
        "wrong_hub"
    );
}

#[test]
fn whoever_shows_the_phone_another_certificate_is_seen() {
    let code = Code::parse("ABC-DEFGH-JKMNP").unwrap();
    let honest = ask(&code);
    assert_eq!(
        honest.check(&code.secret(), &[8; 32]).unwrap_err().code,
        "wrong_tls"
    );
    let bent = EnrolAsk {
        tls: [8; 32],
        ..honest.clone()
    };
    assert_eq!(
        bent.check(&code.secret(), &[8; 32]).unwrap_err().code,
        "code_wrong"
    );
    let stolen = EnrolAsk {
        device: Secret::from_bytes(&[6; 32]).device(),
        ..honest.clone()
    };
    assert_eq!(
        stolen.check(&code.secret(), &TLS).unwrap_err().code,
        "code_wrong"
    );
    let unsigned = EnrolAsk {
        sig: [0; 64],
        ..honest
    };
    assert_eq!(
        unsigned.check(&code.secret(), &TLS).unwrap_err().code,
        "bad_sig"
    );
}

#[test]
fn the_check_number_is_equal_on_both_sides_and_only_there() {
    let ask = ask(&Code::parse("ABC-DEFGH-JKMNP").unwrap());
    let shown = check_number(&phone().device(), &commune(), &[5; 16]);
    assert_eq!(shown, check_number(&ask.device, &commune(), &ask.nonce));
    assert_eq!(shown.len(), 6);
    assert!(shown.bytes().all(|b| b.is_ascii_digit()));
    assert_ne!(shown, check_number(&ask.device, &commune(), &[6; 16]));
}

#[test]
fn asking_for_the_state_needs_the_devices_key() {
    let ask: StateAsk = decode(&encode(&StateAsk::make(&phone(), [5; 16]))).unwrap();
    ask.check().unwrap();
    assert!(
        StateAsk {
            nonce: [6; 16],
            ..ask
        }
        .check()
        .is_err()
    );
}

#[test]
fn a_session_opens_for_the_device_its_certificate_names_at_this_hub_only() {
    let authority = Secret::from_bytes(&[2; 32]);
    let certificate = Certificate {
        device: phone().device(),
        member: Id16([3; 16]),
        roles: vec![Role::Member],
        spaces: vec![],
        all_spaces: false,
        expires: 10,
        issued: 1,
        name: String::new(),
    };
    let ruling = Ruling::sign(&authority, &Body::Certificate(certificate.clone()));
    let ask = TokenAsk::make(&phone(), &ruling.bytes, &commune(), [7; 32]);
    let ask: TokenAsk = decode(&encode(&ask)).unwrap();
    let (read, named) = ask.check(&commune()).unwrap();
    assert_eq!((read.by, named), (commune(), certificate));
    let elsewhere = Secret::from_bytes(&[3; 32]).hub();
    assert_eq!(ask.check(&elsewhere).unwrap_err().code, "bad_sig");
    let thief = Secret::from_bytes(&[8; 32]);
    let stolen = TokenAsk::make(&thief, &ruling.bytes, &commune(), [7; 32]);
    assert_eq!(stolen.check(&commune()).unwrap_err().code, "no_cert");
}

#[test]
fn a_token_travels_as_a_header_and_is_never_printed() {
    let token = Token([0xab; 32]);
    assert_eq!(Token::from_bearer(&token.bearer()), Some(token));
    assert_eq!(Token::from_bearer("Basic abcd"), None);
    assert_eq!(format!("{token:?}"), "Token(…)");
}

#[test]
fn an_error_is_read_only_when_it_is_one() {
    let error = ErrorTell {
        code: "code_used".into(),
        retry_after: Some(30),
    };
    assert_eq!(ErrorTell::read(&encode(&error)), Some(error));
    assert_eq!(ErrorTell::read(b"<html>"), None);
    assert_eq!(
        ErrorTell::read(&encode(&ErrorTell::new("Nguyễn Văn A"))),
        None
    );
}
