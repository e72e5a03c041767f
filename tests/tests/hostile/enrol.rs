//! Coming in without being let in: codes, check numbers, and who is first.

use crate::behaviour::Behaviour;
use crate::commune::{approve, done, invite, refused};
use crate::device::table;
use crate::wire::{Answer, post};
use crate::world::Land;
use serde_json::{Value, json};
use std::sync::Barrier;
use toso_sync::enrol::{Code, EnrolAsk, EnrolState, EnrolTell, StateAsk, StateTell, check_number};
use toso_sync::key::Secret;
use toso_sync::pack::{decode, encode};

table! { Land;
    a_thousand_use_one_code_at_once => "one comes in, 999 are told code_used",
    fifty_approvals_of_one_device_at_once => "one certificate",
    is_approved_without_its_check_number => "check_number, and it stays outside",
    shows_the_check_number_of_another => "check_number",
    uses_a_code_that_ran_out => "code_expired",
    guesses_a_code_a_thousand_times => "too_many after five, other codes stand",
    guesses_which_codes_there_are => "code_wrong for each, and no trail to fill",
    enrols_a_key_it_does_not_have => "bad_sig",
    alters_what_another_asked => "code_wrong",
    asks_again_after_staff_said_no => "stays refused",
    comes_back_after_it_was_revoked => "revoked",
    asks_what_became_of_another => "bad_sig",
}

fn code(land: &Land) -> Code {
    Code::parse(&invite(&land.office, "Vàng Thị Mỷ")).unwrap()
}

fn stranger(n: u16) -> Secret {
    let mut bytes = [0x55; 32];
    bytes[..2].copy_from_slice(&n.to_be_bytes());
    Secret::from_bytes(&bytes)
}

fn ask(code: &Code, secret: &Secret) -> EnrolAsk {
    EnrolAsk::make(code, secret, "Máy lạ", [7; 16], [0; 32])
}

fn asks(land: &Land, ask: &EnrolAsk) -> Answer {
    post(&land.url, "/v1/enrol", None, &encode(ask))
}

/// How the office sees a device.
fn seen(land: &Land, secret: &Secret) -> Vec<Value> {
    let devices = done(&land.office, "device.list", json!({}));
    let key = secret.device().to_string();
    let all = devices.as_array().unwrap().iter();
    all.filter(|device| device["device"] == json!(key))
        .cloned()
        .collect()
}

fn state(land: &Land, secret: &Secret) -> EnrolState {
    let body = encode(&StateAsk::make(secret, [7; 16]));
    let told = post(&land.url, "/v1/enrol/state", None, &body);
    decode::<StateTell>(&told.body).unwrap().state
}

fn a_thousand_use_one_code_at_once(land: &mut Land) {
    const ALL: u16 = 1_000;
    const LANES: usize = 50;
    let code = code(land);
    let asks: Vec<Vec<u8>> = (0..ALL)
        .map(|n| encode(&ask(&code, &stranger(n))))
        .collect();
    let start = Barrier::new(LANES);
    let url = land.url.clone();
    let lane = |asks: &[Vec<u8>]| -> Vec<String> {
        start.wait();
        let told = asks.iter().map(|ask| post(&url, "/v1/enrol", None, ask));
        told.map(|told| {
            if told.status == 200 {
                "in".into()
            } else {
                told.code()
            }
        })
        .collect()
    };
    let told: Vec<String> = std::thread::scope(|scope| {
        let lanes = asks.chunks(asks.len() / LANES);
        let lanes: Vec<_> = lanes.map(|asks| scope.spawn(|| lane(asks))).collect();
        lanes
            .into_iter()
            .flat_map(|lane| lane.join().unwrap())
            .collect()
    });
    let count = |what: &str| told.iter().filter(|told| *told == what).count();
    assert_eq!((count("in"), count("code_used")), (1, usize::from(ALL) - 1));
    let devices = done(&land.office, "device.list", json!({}));
    let waiting = |device: &&Value| device["state"] == "pending" && device["name"] == "Máy lạ";
    let waiting: Vec<&Value> = devices.as_array().unwrap().iter().filter(waiting).collect();
    assert_eq!(waiting.len(), 1, "the office sees one");
    // It goes on with that one: who was first is let in.
    approve(
        &land.office,
        &waiting[0]["device"],
        &waiting[0]["check_number"],
    );
}

fn fifty_approvals_of_one_device_at_once(land: &mut Land) {
    let (code, secret) = (code(land), stranger(2_000));
    assert_eq!(asks(land, &ask(&code, &secret)).status, 200);
    let number = seen(land, &secret)[0]["check_number"].clone();
    let input = json!({ "device": secret.device().to_string(), "check_number": number });
    let office = &land.office;
    let done: usize = std::thread::scope(|scope| {
        let approve = || toso_app::call(office, "device.approve", input.clone()).is_ok();
        let all: Vec<_> = (0..50).map(|_| scope.spawn(approve)).collect();
        all.into_iter()
            .filter(|_| true)
            .map(|one| usize::from(one.join().unwrap()))
            .sum()
    });
    assert_eq!(done, 1);
    assert_eq!(seen(land, &secret).len(), 1);
    assert_eq!(state(land, &secret), EnrolState::Active);
}

fn is_approved_without_its_check_number(land: &mut Land) {
    let (code, secret) = (code(land), stranger(2_001));
    assert_eq!(asks(land, &ask(&code, &secret)).status, 200);
    let right = seen(land, &secret)[0]["check_number"]
        .as_str()
        .unwrap()
        .to_owned();
    let off = format!("{:06}", (right.parse::<u32>().unwrap() + 1) % 1_000_000);
    let device = secret.device().to_string();
    for number in [
        "",
        " ",
        "000000",
        &off,
        &right[..5],
        &format!("{right}0"),
        "０００００００",
    ] {
        if number == right {
            continue;
        }
        let input = json!({ "device": device, "check_number": number });
        let told = land.unmoved(|land| refused(&land.office, "device.approve", input));
        assert_eq!(told.code, "check_number", "{number:?}");
    }
    let none = json!({ "device": device });
    assert_eq!(
        refused(&land.office, "device.approve", none).code,
        "bad_input"
    );
    assert_eq!(state(land, &secret), EnrolState::Pending);
}

/// Two wait; a person compares one and the screen shows the other.
fn shows_the_check_number_of_another(land: &mut Land) {
    let (honest, evil) = (stranger(2_002), stranger(2_003));
    for secret in [&honest, &evil] {
        let code = code(land);
        assert_eq!(asks(land, &ask(&code, secret)).status, 200);
    }
    let authority = land.thief.person.copy.authority_key();
    let number = check_number(&honest.device(), &authority, &[7; 16]);
    assert_eq!(seen(land, &honest)[0]["check_number"], json!(number));
    let input = json!({ "device": evil.device().to_string(), "check_number": number });
    let told = land.unmoved(|land| refused(&land.office, "device.approve", input));
    assert_eq!(told.code, "check_number");
    assert_eq!(state(land, &evil), EnrolState::Pending);
}

fn uses_a_code_that_ran_out(land: &mut Land) {
    let code = code(land);
    land.pass(31 * 60_000);
    let ask = ask(&code, &stranger(2_004));
    let told = land.unmoved(|land| asks(land, &ask).code());
    assert_eq!(told, "code_expired");
    assert!(seen(land, &stranger(2_004)).is_empty());
}

fn guesses_a_code_a_thousand_times(land: &mut Land) {
    let (code, other) = (code(land), code(land));
    let typed = code.to_string();
    let wrong = |n: u32| {
        let digits: Vec<char> = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".chars().collect();
        let tail: String = (0..4)
            .map(|at| digits[(n >> (5 * at) & 31) as usize])
            .collect();
        Code::parse(&format!("{}{tail}", &typed[..typed.len() - 4])).unwrap()
    };
    let mut told = Vec::new();
    for n in 0..1_000 {
        let guess = wrong(n);
        if guess != code {
            told.push(asks(land, &ask(&guess, &stranger(2_005))).code());
        }
    }
    assert!(told[..4].iter().all(|code| code == "code_wrong"));
    assert!(told[4..].iter().all(|code| code == "too_many"));
    let true_one = asks(land, &ask(&code, &stranger(2_005)));
    assert_eq!(
        true_one.code(),
        "too_many",
        "burnt, though it is the right one"
    );
    assert!(seen(land, &stranger(2_005)).is_empty());
    let honest = asks(land, &ask(&other, &stranger(2_006)));
    assert_eq!(honest.status, 200, "another's code is untouched");
}

fn trail(land: &Land) -> usize {
    let folder = toso_hub::folder::Folder::new(&land.data());
    let db = folder.open_database(&folder.read_key().unwrap()).unwrap();
    toso_hub::db::HubDb::audited(&db).unwrap().len()
}

fn guesses_which_codes_there_are(land: &mut Land) {
    let digits: Vec<char> = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".chars().collect();
    let before = trail(land);
    for n in 0..300_usize {
        let id: String = [n / 32 % 32, n % 32, 31]
            .map(|at| digits[at])
            .iter()
            .collect();
        let guess = Code::parse(&format!("{id}DEFGHJKMNP")).unwrap();
        let told = asks(land, &ask(&guess, &stranger(2_007)));
        assert!(["code_wrong", "too_many"].contains(&&*told.code()));
    }
    // A code that lives may have been met, and each is worth five lines.
    assert!(
        trail(land) <= before + 5,
        "{} lines more",
        trail(land) - before
    );
}

fn enrols_a_key_it_does_not_have(land: &mut Land) {
    let code = code(land);
    let mut forged = ask(&code, &stranger(2_008));
    forged.sig = ask(&code, &stranger(2_009)).sig;
    let told = land.unmoved(|land| asks(land, &forged).code());
    assert_eq!(told, "bad_sig");
    assert!(seen(land, &stranger(2_008)).is_empty());
    assert_eq!(
        asks(land, &ask(&code, &stranger(2_009))).status,
        200,
        "the code is not used up by it"
    );
}

fn alters_what_another_asked(land: &mut Land) {
    let (code, honest) = (code(land), stranger(2_010));
    let said = ask(&code, &honest);
    let changes: [fn(&mut EnrolAsk); 4] = [
        |ask| ask.name = "Máy của tôi".into(),
        |ask| ask.device = stranger(2_011).device(),
        |ask| ask.nonce = [8; 16],
        |ask| ask.tls = [1; 32],
    ];
    for change in changes {
        let mut altered = said.clone();
        change(&mut altered);
        assert_eq!(
            land.unmoved(|land| asks(land, &altered).code()),
            "code_wrong"
        );
    }
    let told = asks(land, &said);
    let told: EnrolTell = decode(&told.body).unwrap();
    assert!(told.check(&code.secret(), &said, None).is_ok());
    assert!(seen(land, &stranger(2_011)).is_empty());
}

fn asks_again_after_staff_said_no(land: &mut Land) {
    let (code, secret) = (code(land), stranger(2_012));
    assert_eq!(asks(land, &ask(&code, &secret)).status, 200);
    let input = json!({ "device": secret.device().to_string(), "reason": "không quen" });
    done(&land.office, "device.revoke", input);
    assert_eq!(state(land, &secret), EnrolState::Refused);
    for _ in 0..3 {
        assert_eq!(asks(land, &ask(&code, &secret)).status, 200);
        assert_eq!(state(land, &secret), EnrolState::Refused);
    }
    let number = seen(land, &secret)[0]["check_number"].clone();
    let input = json!({ "device": secret.device().to_string(), "check_number": number });
    assert_eq!(
        refused(&land.office, "device.approve", input).code,
        "not_pending"
    );
}

fn comes_back_after_it_was_revoked(land: &mut Land) {
    let (first, again, secret) = (code(land), code(land), stranger(2_013));
    assert_eq!(asks(land, &ask(&first, &secret)).status, 200);
    let number = seen(land, &secret)[0]["check_number"].clone();
    approve(&land.office, &json!(secret.device().to_string()), &number);
    let input = json!({ "device": secret.device().to_string(), "reason": "mất máy" });
    done(&land.office, "device.revoke", input);
    for code in [&first, &again] {
        let told = land.unmoved(|land| asks(land, &ask(code, &secret)).code());
        assert_eq!(told, "revoked");
    }
}

fn asks_what_became_of_another(land: &mut Land) {
    let (code, secret) = (code(land), stranger(2_014));
    assert_eq!(asks(land, &ask(&code, &secret)).status, 200);
    let mut forged = StateAsk::make(&stranger(2_015), [7; 16]);
    forged.device = secret.device();
    let told = post(&land.url, "/v1/enrol/state", None, &encode(&forged));
    assert_eq!(told.code(), "bad_sig");
}
