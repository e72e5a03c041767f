//! Codes on paper as a phone's camera sees them: askew, stained, blurred, pale. What a form takes from them is right, or there
//! is nothing to take.

use crate::meeting::two;
use crate::world::Person;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

const SEED: u64 = 0x2026_1128;

/// Numbers from a seed (xorshift).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most as u64).unwrap()
    }

    fn pick<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| char::from(b'0' + self.below(10) as u8))
            .collect()
    }
}

/// A code as squares, dark ones true.
#[derive(Clone)]
struct Squares(Vec<Vec<bool>>);

impl Squares {
    fn of(by: &Person, text: &str) -> Self {
        let drawn = by.done("qr.draw", json!({ "text": text }));
        let rows = drawn["rows"].as_array().unwrap().iter();
        let dark = |row: &Value| row.as_str().unwrap().bytes().map(|b| b == b'1').collect();
        Self(rows.map(dark).collect())
    }

    /// Inverts squares that carry data; the marks by which a code is found, and what says how to read it, stay.
    fn damaged(mut self, dice: &mut Dice, squares: usize) -> Self {
        let side = self.0.len();
        let mut left = squares;
        while left > 0 {
            let (x, y) = (dice.below(side), dice.below(side));
            let corner = |x: usize, y: usize| x < 9 && y < 9;
            let found = corner(x, y) || corner(side - 1 - x, y) || corner(x, side - 1 - y);
            // Marks between the corners lie every few squares from the seventh row and column on.
            if !found && x != 6 && y != 6 {
                self.0[y][x] = !self.0[y][x];
                left -= 1;
            }
        }
        self
    }

    /// Seen by a camera: turned by so many degrees, `px` pixels a square, `dark` on `light`, its specks up to `noise`.
    fn seen(
        &self,
        degrees: f64,
        px: f64,
        (dark, light): (f64, f64),
        noise: usize,
        dice: &mut Dice,
    ) -> Value {
        let across = (self.0.len() as f64 + 8.0) * px;
        let side = (across * 1.45).ceil() as usize;
        let (sin, cos) = degrees.to_radians().sin_cos();
        let middle = side as f64 / 2.0;
        let at = |x: f64, y: f64| {
            let (x, y) = (x - middle, y - middle);
            let square = |n: f64| (n + across / 2.0) / px - 4.0;
            let (x, y) = (square(x * cos + y * sin), square(y * cos - x * sin));
            let row = (y >= 0.0).then(|| self.0.get(y as usize)).flatten()?;
            (x >= 0.0).then(|| row.get(x as usize)).flatten().copied()
        };
        let mut grey = Vec::with_capacity(side * side);
        for y in 0..side {
            for x in 0..side {
                // Nine looks a pixel: the edges blur, as they do in a lens.
                let looks = (0..9).map(|n| {
                    (
                        x as f64 + f64::from(n % 3) / 3.0,
                        y as f64 + f64::from(n / 3) / 3.0,
                    )
                });
                let light: f64 = looks
                    .map(|(x, y)| if at(x, y) == Some(true) { dark } else { light })
                    .sum();
                let speck = dice.below(2 * noise + 1) as f64 - noise as f64;
                grey.push((light / 9.0 + speck).clamp(0.0, 255.0) as u8);
            }
        }
        json!({ "width": side, "height": side, "grey": STANDARD.encode(grey) })
    }
}

/// The payment code of a shop, as its bank makes it.
fn vietqr(bank: &str, account: &str, name: &str) -> String {
    let field = |id: &str, value: &str| format!("{id}{:02}{value}", value.chars().count());
    let to = field("00", bank) + &field("01", account);
    let napas = field("00", "A000000727") + &field("01", &to) + &field("02", "QRIBFTTA");
    let text = format!(
        "000201010211{}53037045802VN{}6304",
        field("38", &napas),
        field("59", name)
    );
    let sum = text.bytes().fold(0xffff_u16, |sum, byte| {
        (0..8).fold(sum ^ (u16::from(byte) << 8), |sum, _| {
            (sum << 1) ^ if sum & 0x8000 == 0 { 0 } else { 0x1021 }
        })
    });
    format!("{text}{sum:04X}")
}

/// A payload, the call that reads it, and what of it that answers.
struct Code {
    call: &'static str,
    payload: String,
    told: Value,
    /// What of it nobody may be told.
    secret: String,
}

const FAMILY: [&str; 6] = [
    "LẦU BÁ",
    "VỪ THỊ",
    "NGUYỄN VĂN",
    "H’",
    "Thạch Sa",
    "LƯỜNG THỊ",
];
const GIVEN: [&str; 6] = ["ĐỦA", "MỶ", "HÒA", "Mai", "Rươne", "ẾCH"];
const PLACE: [&str; 4] = [
    "Bản Huồi Tụ, Mường Lống, Nghệ An",
    "Tổ 4, Phường Cửa Nam, Thành phố Vinh, Nghệ An",
    "Buôn Dhă Prŏng, Cư Êbur, Đắk Lắk",
    "Khóm 2",
];

fn card(dice: &mut Dice) -> Code {
    let (sex, gender) = [("Nam", "nam"), ("Nữ", "nu")][dice.below(2)];
    let (day, month, year) = (
        1 + dice.below(28),
        1 + dice.below(12),
        1940 + dice.below(60),
    );
    let number = format!(
        "040{}{:02}{}",
        usize::from(gender == "nu"),
        year % 100,
        dice.digits(6)
    );
    let name = format!("{} {}", dice.pick(&FAMILY), dice.pick(&GIVEN)).replace("’ ", "’");
    let place = dice.pick(&PLACE);
    let old = if dice.below(2) == 0 {
        String::new()
    } else {
        dice.digits(9)
    };
    let payload = format!("{number}|{old}|{name}|{day:02}{month:02}{year}|{sex}|{place}|25042021");
    let told = json!({ "full_name": name.replace('’', "'"), "birth_date": format!("{year}-{month:02}-{day:02}"),
        "birth_precision": "ngay", "gender": gender, "address": place, "doubts": [], "same": [] });
    Code {
        call: "qr.card",
        payload,
        told,
        secret: number,
    }
}

fn receipt(dice: &mut Dice) -> Code {
    let unit = dice.pick(&["H37.12", "000.00.15.H37", "G22.99.01", "H12"]);
    let (month, day) = (1 + dice.below(9), 1 + dice.below(28));
    let code = format!("{unit}-26{month:02}{day:02}-{}", dice.digits(4));
    let told =
        json!({ "code": code, "received_on": format!("2026-{month:02}-{day:02}"), "ahead": false });
    let payload = match dice.below(2) {
        0 => code.clone(),
        _ => format!("https://dichvucong.example.vn/tra-cuu?ma={code}"),
    };
    Code {
        call: "qr.receipt",
        payload,
        told,
        secret: String::new(),
    }
}

fn shop(dice: &mut Dice) -> Code {
    let (bank, name) = [
        ("970405", json!("Agribank")),
        ("970422", json!("MB")),
        ("970999", Value::Null),
    ][dice.below(3)]
    .clone();
    let called = dice.pick(&["TAP HOA LO POM", "QUAN AN CAM OANH", "Mật ong Pá Khôm"]);
    let length = 6 + dice.below(13);
    let account = dice.digits(length);
    let payload = vietqr(bank, &account, called);
    let told = json!({ "bank": name, "napas": true, "name": called, "once": false });
    Code {
        call: "qr.vietqr",
        payload,
        told,
        secret: account,
    }
}

fn address(dice: &mut Dice) -> Code {
    let url = format!(
        "https://{}/{}",
        dice.pick(&["shopee.example.vn", "voso.example", "zalo.example"]),
        dice.digits(8)
    );
    Code {
        call: "qr.address",
        told: json!({ "url": url }),
        payload: url,
        secret: String::new(),
    }
}

/// The examples of the cards and codes that are in use, and a hundred made up.
fn codes(dice: &mut Dice) -> Vec<Code> {
    let flood = "00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA530370454061200005802VN62170813ung ho lu lut6304C15C";
    let chip = "001090123456|012345678|NGUYEN VAN A|01011990|Nam|Phường …|15042021";
    let mut all = vec![
        Code {
            call: "qr.card",
            payload: chip.to_owned(),
            told: json!({ "full_name": "NGUYEN VAN A", "birth_date": "1990-01-01", "birth_precision": "ngay",
                "gender": "nam", "address": "Phường …", "doubts": [], "same": [] }),
            secret: "001090123456".to_owned(),
        },
        Code {
            call: "qr.vietqr",
            payload: flood.to_owned(),
            told: json!({ "bank": "VietinBank", "napas": true, "name": null, "once": true }),
            secret: "0011001932418".to_owned(),
        },
    ];
    for code in ["H37.12-250915-0007", "G22.99.01-250915-0001"] {
        let told = json!({ "code": code, "received_on": "2025-09-15", "ahead": false });
        all.push(Code {
            call: "qr.receipt",
            payload: code.to_owned(),
            told,
            secret: String::new(),
        });
    }
    let makes: [fn(&mut Dice) -> Code; 4] = [card, receipt, shop, address];
    all.extend((0..100).map(|n| makes[n % 4](dice)));
    all
}

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
