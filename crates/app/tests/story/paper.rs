//! Codes on paper: made up from a seed, drawn, damaged, and looked at by a camera.

use crate::world::Person;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Numbers from a seed (xorshift).
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, most: usize) -> usize {
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
pub struct Squares(pub Vec<Vec<bool>>);

impl Squares {
    pub fn of(by: &Person, text: &str) -> Self {
        let drawn = by.done("qr.draw", json!({ "text": text }));
        let rows = drawn["rows"].as_array().unwrap().iter();
        let dark = |row: &Value| row.as_str().unwrap().bytes().map(|b| b == b'1').collect();
        Self(rows.map(dark).collect())
    }

    /// Inverts squares that carry data; the marks by which a code is found, and what says how to read it, stay.
    pub fn damaged(mut self, dice: &mut Dice, squares: usize) -> Self {
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
    pub fn seen(
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
pub struct Code {
    pub call: &'static str,
    pub payload: String,
    pub told: Value,
    /// What of it nobody may be told.
    pub secret: String,
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

pub fn shop(dice: &mut Dice) -> Code {
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
pub fn codes(dice: &mut Dice) -> Vec<Code> {
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
