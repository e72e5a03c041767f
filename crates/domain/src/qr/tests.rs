use super::*;

const CARD: &str = "001090123456|012345678|NGUYEN VAN A|01011990|Nam|Phường …|15042021";
const FLOOD: &str = "00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA530370454061200005802VN62170813ung ho lu lut6304C15C";
const RECEIPT: &str = "H37.12-250915-0007";
const SHOP: &str = "https://shopee.vn/mat-ong";

/// Numbers from a seed (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(most).unwrap()).unwrap()
    }
}

#[test]
fn each_is_told_from_the_others() {
    for (payload, found) in [
        (CARD, Kind::Card),
        (FLOOD, Kind::Vietqr),
        (&FLOOD.replace("lu lut", "lu lot"), Kind::Vietqr),
        (RECEIPT, Kind::Receipt),
        (
            "https://dichvucong.example.vn/?hs=H37.12-250915-0007",
            Kind::Receipt,
        ),
        (SHOP, Kind::Address),
        ("toso:1?c=ABC&u=https://xa.example", Kind::Invitation),
        ("WIFI:T:WPA;S:Quan;P:matkhau;;", Kind::Other),
        ("", Kind::Other),
    ] {
        assert_eq!(kind(payload), found, "{}", found.code());
    }
}

/// What is found in damaged payloads fits where it goes, has nothing unseen in it, and is what stood there.
#[test]
fn damaged_payloads_are_read_right_or_not_at_all() {
    const SEED: u64 = 20_261_128;
    let seeds = [CARD, FLOOD, RECEIPT, SHOP];
    let marks = [
        '|', '0', '9', 'A', '-', '.', '/', '\u{202e}', '\u{200b}', '\0', '\n', 'Ễ', '\u{301}', ' ',
        '😀',
    ];
    let mut dice = Dice(SEED);
    let mut read = 0;
    for round in 0..20_000 {
        let mut payload: Vec<char> = seeds[round % seeds.len()].chars().collect();
        for _ in 0..=dice.below(3) {
            let at = dice.below(payload.len().max(1)).min(payload.len());
            let mark = marks[dice.below(marks.len())];
            match dice.below(4) {
                0 => payload.insert(at, mark),
                1 if at < payload.len() => payload[at] = mark,
                2 if at < payload.len() => drop(payload.remove(at)),
                _ => payload.truncate(payload.len() - dice.below(2).min(payload.len())),
            }
        }
        let payload: String = payload.into_iter().collect();
        let clean = |text: &str, max: usize| {
            assert!(
                !text.is_empty() && text.chars().count() <= max,
                "seed {SEED}, {round}"
            );
            assert!(!text.chars().any(unseen), "seed {SEED}, {round}");
        };
        read += usize::from(kind(&payload) != Kind::Other);
        if let Some(card) = card::read(&payload) {
            clean(&card.name, 80);
            assert!(!format!("{card:?}").contains(&card.name));
            if let Some(address) = &card.address {
                clean(address, 200);
            }
        }
        if let Some(receipt) = receipt::read(&payload) {
            clean(&receipt.code, 60);
            let bare = |text: &str| text.to_uppercase().replace(char::is_whitespace, "");
            assert!(
                bare(&payload).contains(&receipt.code),
                "seed {SEED}, {round}"
            );
        }
        if let Some(address) = address::read(&payload) {
            clean(&address, 500);
        }
        if vietqr::read(&payload).is_ok() {
            let whole = payload.trim().eq_ignore_ascii_case(FLOOD);
            assert!(
                whole,
                "seed {SEED}, {round}: the checksum lets another text pass"
            );
        }
    }
    assert!(
        (8_000..20_000).contains(&read),
        "{read} of 20,000 are still something"
    );
}
