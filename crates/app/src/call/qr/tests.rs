use super::*;
use crate::clock::Random;

/// A picture.
#[derive(Clone)]
struct Picture {
    side: usize,
    grey: Vec<u8>,
}

impl Picture {
    /// As a screen shows it: `px` pixels a square, four squares of light around.
    fn of(text: &str, px: usize) -> Self {
        let drawn = draw(&Draw {
            text: text.to_owned(),
        });
        let drawn = drawn.unwrap();
        assert!(drawn.rows.len() == drawn.size && drawn.rows.iter().all(|r| r.len() == drawn.size));
        let side = (drawn.size + 8) * px;
        let dark = |x: usize, y: usize| {
            let (x, y) = ((x / px).checked_sub(4)?, (y / px).checked_sub(4)?);
            let square = drawn.rows.get(y)?.as_bytes().get(x)?;
            (*square == b'1').then_some(())
        };
        let grey = (0..side * side).map(|at| match dark(at % side, at / side) {
            Some(()) => 30,
            None => 220,
        });
        Self {
            side,
            grey: grey.collect(),
        }
    }

    /// A quarter turned.
    fn turned(&self) -> Self {
        let side = self.side;
        let from = |at: usize| self.grey[(side - 1 - at % side) * side + at / side];
        Self {
            side,
            grey: (0..side * side).map(from).collect(),
        }
    }

    /// As a call is given it.
    fn given(&self) -> Seen {
        let side = self.side as u32;
        Seen {
            width: side,
            height: side,
            grey: STANDARD.encode(&self.grey),
            scanner: false,
        }
    }

    fn read(&self) -> Called<String> {
        seen(self.side as u32, self.side as u32, &self.grey)
    }
}

fn seen(width: u32, height: u32, grey: &[u8]) -> Called<String> {
    let grey = STANDARD.encode(grey);
    text_in(&Seen {
        width,
        height,
        grey,
        ..Seen::default()
    })
}

struct Dice(u64);

impl Random for Dice {
    fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            *byte = self.0 as u8;
        }
    }
}

impl Dice {
    fn below(&mut self, most: u64) -> usize {
        self.fill(&mut [0]);
        (self.0 % most) as usize
    }
}

fn invitation() -> String {
    let key = "5e".repeat(32);
    format!("toso:1?c=ABC-DEFGH-JKMNP&a={key}&t={key}&u=https://192.168.1.5:8420")
}

const CARD: &str =
    "040123456789|187654321|Lầu Bá Đủa|02091980|Nam|Bản Huồi Tụ, xã Mường Lống, Nghệ An|25042021";

#[test]
fn what_is_drawn_is_read_in_any_size_and_turned() {
    for text in [invitation().as_str(), CARD, "toso", "0123456789", "Ư"] {
        for px in [2, 3, 4, 7, 12] {
            let mut picture = Picture::of(text, px);
            for turn in 0..4 {
                let told = picture.read();
                let told =
                    told.unwrap_or_else(|e| panic!("{} bytes, {px}, {turn}: {e}", text.len()));
                assert_eq!(told, text, "{px} pixels a square, turned {turn} times");
                picture = picture.turned();
            }
        }
    }
}

#[test]
fn only_an_invitation_is_told_as_it_stands() {
    let told = |text: &str| if_invitation(&text_in(&Picture::of(text, 4).given())?);
    assert_eq!(told(&invitation()).unwrap().text, invitation());
    for (text, is) in [
        (CARD, "card"),
        ("toso", "other"),
        ("H37.12-250915-0007", "receipt"),
    ] {
        let error = told(text).unwrap_err();
        assert_eq!(
            (error.code.as_str(), error.detail["is"].as_str()),
            ("other_qr", Some(is))
        );
        assert!(!error.to_json().to_string().contains("Lầu"));
    }
}

#[test]
fn a_stain_a_shadow_and_noise_do_not_matter() {
    let clean = Picture::of(&invitation(), 5);
    let side = clean.side;
    let mut stained = clean.clone();
    for y in side / 2..side / 2 + 20 {
        for x in side / 2..side / 2 + 20 {
            stained.grey[y * side + x] = 128;
        }
    }
    assert_eq!(stained.read().unwrap(), invitation());
    let mut shaded = clean.clone();
    for (at, grey) in shaded.grey.iter_mut().enumerate() {
        let light = 255 - 150 * (at % side) / side;
        *grey = (usize::from(*grey) * light / 255) as u8;
    }
    assert_eq!(shaded.read().unwrap(), invitation());
    let (mut noisy, mut dice) = (clean, Dice(5));
    for grey in &mut noisy.grey {
        *grey = grey.saturating_add(dice.below(30) as u8);
    }
    for _ in 0..side * side / 100 {
        let at = dice.below((side * side) as u64);
        noisy.grey[at] = 255 - noisy.grey[at];
    }
    assert_eq!(noisy.read().unwrap(), invitation());
}

#[test]
fn a_pixel_is_smoothed_with_those_around_it() {
    let smoothed = smooth(&[0, 0, 90, 0, 0, 0, 180, 0, 0], 3);
    assert_eq!(smoothed, [0, 15, 22, 30, 30, 15, 45, 30, 0]);
    assert_eq!(smooth(&[7], 1), [7]);
    assert!(smooth(&[], 0).is_empty() && smooth(&[], 5).is_empty());
}

#[test]
fn a_pale_picture_is_stretched_and_one_of_one_shade_is_left_alone() {
    let mut pale = [120, 175, 147];
    stretch(&mut pale);
    assert_eq!(pale, [0, 255, 125]);
    let mut flat = [120, 130];
    stretch(&mut flat);
    assert_eq!(flat, [120, 130]);
    // One pixel in two hundred is a glint.
    let mut glint = vec![100; 199];
    glint[..99].fill(150);
    glint.push(255);
    stretch(&mut glint);
    assert_eq!((glint[0], glint[150], glint[199]), (255, 0, 255));
    stretch(&mut []);
}

#[test]
fn no_code_is_told_as_such_and_a_picture_has_its_bounds() {
    let code = |told: Called<String>| told.unwrap_err().code;
    for grey in [0, 128, 255] {
        assert_eq!(code(seen(640, 480, &vec![grey; 640 * 480])), "no_qr");
    }
    let mut dice = Dice(9);
    let mut noise = vec![0; 300 * 200];
    dice.fill(&mut noise);
    assert_eq!(code(seen(300, 200, &noise)), "no_qr");
    let half = Picture::of(&invitation(), 4);
    let (side, above) = (half.side as u32, half.side as u32 / 2);
    let top = &half.grey[..half.side * (half.side / 2)];
    assert_eq!(code(seen(side, above, top)), "no_qr");
    assert_eq!(code(seen(0, 0, &[])), "no_qr");
    assert_eq!(code(seen(0, 9, &[])), "no_qr");
    assert_eq!(code(seen(3, 3, &[1; 8])), "bad_input");
    assert_eq!(code(seen(u32::MAX, u32::MAX, &[])), "too_large");
    assert_eq!(code(seen(1_501, 1_000, &[])), "too_large");
    let grey = "no base 64".to_owned();
    let told = text_in(&Seen {
        width: 2,
        height: 3,
        grey,
        ..Seen::default()
    });
    assert_eq!(code(told), "bad_input");
    let text = |text: String| draw(&Draw { text }).unwrap_err().code;
    assert_eq!(text(String::new()), "bad_input");
    assert_eq!(text("x".repeat(TEXT_MAX + 1)), "too_large");
    assert!(
        draw(&Draw {
            text: "đ".repeat(TEXT_MAX / 2)
        })
        .is_ok()
    );
}

#[test]
fn whatever_is_seen_is_answered() {
    let mut dice = Dice(2_026);
    let mut read = 0;
    for round in 0..4_000 {
        let (width, height) = (1 + dice.below(70), 1 + dice.below(70));
        let mut grey = vec![0; width * height];
        match round % 4 {
            0 => dice.fill(&mut grey),
            1 => grey.iter_mut().for_each(|g| *g = 255 * dice.below(2) as u8),
            // A code that is cut, moved and torn.
            _ => {
                let code = Picture::of("toso", 1 + round % 3);
                let (left, above, torn) = (dice.below(8), dice.below(8), dice.below(20) as u64);
                for (at, pixel) in grey.iter_mut().enumerate() {
                    let (x, y) = (at % width + left, at / width + above);
                    let square = code.grey.get(y * code.side + x).copied();
                    let is_torn = torn > 0 && dice.below(400) < torn as usize;
                    *pixel = square.filter(|_| !is_torn).unwrap_or(dice.below(256) as u8);
                }
            }
        }
        match seen(width as u32, height as u32, &grey) {
            Ok(told) => read += usize::from(told == "toso"),
            Err(error) => assert_eq!(error.code, "no_qr"),
        }
    }
    assert!(read > 50, "some codes are whole: {read}");
}
