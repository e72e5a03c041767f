//! Codes on paper as a phone's camera sees them: askew, stained, blurred, pale. What a form takes from them is right, or there
//! is nothing to take.

use crate::meeting::two;
use crate::paper::{Dice, Squares, codes, shop};
use crate::world::Person;
use serde_json::{Value, json};

const SEED: u64 = 0x2026_1128;

/// What is told, without the tag, which is nobody's to foretell.
fn without_tag(mut told: Value) -> Value {
    if let Some(tag) = told.as_object_mut().and_then(|told| told.remove("id_tag")) {
        assert!(tag.as_u64().unwrap() < 1 << 16);
    }
    told
}

#[test]
fn codes_askew_stained_blurred_and_pale_are_read_right() {
    let (_commune, _staff, lan, _pao) = two();
    let mut dice = Dice(SEED);
    for (n, code) in codes(&mut dice).into_iter().enumerate() {
        let whole = Squares::of(&lan, &code.payload);
        // One square in 160: a twentieth of the letters of eight squares each is wrong, and a seventh may be.
        let few = whole.0.len().pow(2) / 160;
        let stained = whole.clone().damaged(&mut dice, few);
        let degrees = [0.0, 90.0, 7.0, 33.0, 180.0, 251.0, 318.0][n % 7];
        for (what, squares, px, shades, noise) in [
            ("stained", &stained, 4.0, (25.0, 225.0), 8),
            ("pale and noisy", &whole, 5.0, (120.0, 175.0), 12),
            ("small", &whole, 3.0, (10.0, 240.0), 4),
        ] {
            let picture = squares.seen(degrees, px, shades, noise, &mut dice);
            let told = lan.call(code.call, picture);
            let told = told.unwrap_or_else(|e| panic!("{n}, {what}, {degrees}°, seed {SEED}: {e}"));
            assert_eq!(
                without_tag(told.clone()),
                code.told,
                "{n}, {what}, seed {SEED}"
            );
            assert!(code.secret.is_empty() || !told.to_string().contains(&code.secret));
        }
        // Held before another form it tells what it is, and nothing of itself.
        let other = [
            "qr.card",
            "qr.receipt",
            "qr.vietqr",
            "qr.address",
            "qr.read",
        ];
        let other = other.iter().filter(|call| {
            **call != code.call && !(code.payload.starts_with("http") && **call == "qr.address")
        });
        let picture = whole.seen(0.0, 3.0, (0.0, 255.0), 0, &mut dice);
        for call in other {
            let error = lan.refused(call, picture.clone());
            assert_eq!(error.code, "other_qr", "{call} {n}");
            let is = error.detail["is"].as_str().unwrap();
            assert_eq!(
                (error.detail.len(), is),
                (1, code.call.strip_prefix("qr.").unwrap())
            );
        }
    }
}

#[test]
fn what_is_damaged_too_much_is_not_read_wrong() {
    let (_commune, _staff, lan, _pao) = two();
    let mut dice = Dice(SEED ^ 7);
    let (mut unread, mut lost) = (0, 0);
    for (n, code) in codes(&mut dice).into_iter().enumerate() {
        let whole = Squares::of(&lan, &code.payload);
        // From what just may be read to what never can.
        let squares = whole.0.len().pow(2) * [1, 3, 5, 12, 25][n % 5] / 100;
        let picture = whole
            .damaged(&mut dice, squares)
            .seen(0.0, 3.0, (20.0, 230.0), 4, &mut dice);
        match lan.call(code.call, picture) {
            Ok(told) => assert_eq!(without_tag(told), code.told, "{n}, seed {SEED}"),
            Err(error) => {
                // A letter put right the wrong way gives a text that is nothing, and is told as such.
                let codes = ["no_qr", "other_qr", "qr_damaged"];
                assert!(codes.contains(&error.code.as_str()), "{n}, seed {SEED}");
                lost += usize::from(error.code == "no_qr");
                unread += 1;
            }
        }
    }
    assert!(
        (55..100).contains(&unread) && lost + 3 > unread,
        "{unread} of 104 could not be read, {lost} of them not at all, seed {SEED}"
    );
}

/// The paper is clean, what stands on it is not: somebody typed a number anew.
#[test]
fn a_payment_code_with_one_wrong_character_is_refused_by_its_checksum() {
    let (_commune, _staff, lan, _pao) = two();
    let mut dice = Dice(SEED ^ 9);
    for _ in 0..20 {
        let code = shop(&mut dice);
        let at = 6 + dice.below(code.payload.len() - 10);
        if !code.payload.is_char_boundary(at) || !code.payload.is_char_boundary(at + 1) {
            continue;
        }
        let mut wrong = code.payload.clone();
        let other = if &wrong[at..=at] == "7" { "8" } else { "7" };
        wrong.replace_range(at..=at, other);
        let picture = Squares::of(&lan, &wrong).seen(0.0, 3.0, (0.0, 255.0), 0, &mut dice);
        let error = lan.refused("qr.vietqr", picture);
        assert_eq!((error.code.as_str(), error.detail.len()), ("qr_damaged", 0));
        assert!(!error.to_json().to_string().contains(&code.secret));
    }
}

#[test]
fn a_card_scanned_twice_proposes_the_person_written_down_before_and_no_stranger() {
    let (commune, _staff, lan, pao) = two();
    let mut dice = Dice(SEED ^ 11);
    let card = |by: &Person, payload: &str, dice: &mut Dice| {
        by.done(
            "qr.card",
            Squares::of(by, payload).seen(0.0, 3.0, (0.0, 255.0), 0, dice),
        )
    };
    let payload =
        "040148000077|187654321|VỪ THỊ MỶ|00001948|Nữ|Huồi Lả|25042021|Chồng|040145000088";
    let read = card(&lan, payload, &mut dice);
    assert_eq!(
        (&read["birth_precision"], &read["doubts"]),
        (&json!("nam"), &json!([]))
    );
    assert_eq!(read["same"], json!([]));
    let household = lan.household("Vừ Thị Mỷ");
    let fields = json!({ "household": household, "consent": "dong_y", "full_name": "Vừ Thị Mỷ", "birth_date": "1948-01-01",
        "birth_precision": "nam", "gender": "nu", "id_tag": read["id_tag"], "id_seen": true });
    let made = lan.done(
        "record.create",
        json!({ "space": commune.team, "kind": "citizen", "fields": fields }),
    );
    let again = card(&lan, payload, &mut dice);
    assert_eq!(
        again["same"],
        json!([{ "id": made["id"], "space": commune.team, "household": household, "title": "Vừ Thị Mỷ" }])
    );
    // On another device of the commune the tag is the same; a stranger's is another.
    lan.sync();
    pao.sync();
    assert_eq!(card(&pao, payload, &mut dice)["same"], again["same"]);
    let stranger = card(
        &lan,
        "040148000078||VỪ THỊ MỶ|00001948|Nữ|Huồi Lả|25042021",
        &mut dice,
    );
    assert_ne!(stranger["id_tag"], again["id_tag"]);
    assert_eq!(stranger["same"], json!([]));
    // What was scanned and not saved is nowhere.
    let said = lan
        .done("record.history", json!({ "id": made["id"] }))
        .to_string();
    assert!(!said.contains("040148000077") && !said.contains("187654321"));
}
