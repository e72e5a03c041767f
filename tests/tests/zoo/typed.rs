//! What a camera sees and what a person types.

use crate::animal::{Animal, Cage};
use crate::doors::Door;

pub(crate) fn animals() -> Vec<Animal> {
    let mut cage = Cage::at(Door::Qr);
    let key = "ab".repeat(32);
    let good = format!("toso:1?c=ABC-DEFGH-JKMNP&a={key}&u=https://xa.example");
    cage.put("right", good.clone().into(), "ok");
    for (name, text) in [
        ("nothing", String::new()),
        ("an-address", "https://xa.example".into()),
        ("a-script", "javascript:alert(1)".into()),
        (
            "an-identity-card",
            "001234567890|012345678|Lầu Bá Đủa|01011980|Nam".into(),
        ),
        (
            "a-kilobyte-and-more",
            format!("{good}&x={}", "y".repeat(1_024)),
        ),
        ("a-megabyte", "t".repeat(1 << 20)),
        ("code-twice", format!("{good}&c=ABC-DEFGH-JKMNP")),
        ("authority-twice", format!("{good}&a={key}")),
        ("authority-short", good.replace(&key, &key[2..])),
        ("authority-long", good.replace(&key, &format!("{key}ab"))),
        ("print-short", format!("{good}&t=0c")),
        ("address-cut", format!("{good}%2")),
        ("address-no-text", format!("{good}%FF")),
        ("address-with-a-line-end", format!("{good}%0D%0AX:y")),
        ("address-of-301", format!("{good}{}", "h".repeat(300))),
        ("an-ampersand-behind", format!("{good}&")),
        ("nul", format!("{good}\0%00")),
    ] {
        cage.put(name, text.into_bytes(), "bad_qr");
    }
    cage.put(
        "of-a-later-app",
        good.replace("toso:1", "toso:2").into(),
        "qr_version",
    );
    cage.put(
        "of-version-10-to-the-100",
        good.replace("toso:1", &format!("toso:{}", "9".repeat(100)))
            .into(),
        "qr_version",
    );
    let mut scans = Cage::at(Door::Scan);
    let card = "001234567890|012345678|Lầu Bá Đủa|01011980|Nam|Huồi Tụ|25042021";
    scans.put("right", card.into(), "ok");
    for (name, text) in [
        ("nothing", String::new()),
        ("a-name-that-turns", card.replace(" Bá ", "\u{202e}")),
        ("a-name-with-a-line-end", card.replace(" Bá ", "\n")),
        ("a-name-of-81", card.replace("Lầu Bá Đủa", &"Đ".repeat(81))),
        (
            "a-number-of-13",
            card.replace("001234567890", "0012345678901"),
        ),
        ("a-day-that-is-none", card.replace("01011980", "31021980")),
        ("a-megabyte", format!("{card}|{}", "9".repeat(1 << 20))),
        ("a-script", "javascript:alert(1)".into()),
        ("an-address-with-a-secret", "https://a:b@example.vn".into()),
        ("an-address-that-looks-alike", "https://shоpee.vn".into()),
        (
            "two-receipts",
            "H37.12-250915-0007 H37.12-250915-0008".into(),
        ),
    ] {
        scans.put(name, text.into_bytes(), "other_qr");
    }
    let mut codes = Cage::at(Door::Code);
    codes.put("right", b"abc defgh jkmnp".to_vec(), "ok");
    for (name, text) in [
        ("nothing", String::new()),
        ("twelve", "ABC-DEFGH-JKMN".into()),
        ("fourteen", "ABC-DEFGH-JKMNPQ".into()),
        ("with-a-u", "ABC-DEFGH-JKMNU".into()),
        ("in-other-digits", "１２３-DEFGH-JKMNP".into()),
        ("with-tone-marks", "ẮBC-DEFGH-JKMNP".into()),
        ("a-megabyte-of-letters", "A".repeat(1 << 20)),
        ("with-nul", "ABC-DEFGH\0-JKMN".into()),
        ("a-query", "' OR 1=1 --'".into()),
    ] {
        codes.put(name, text.into_bytes(), "code_wrong");
    }
    cage.all.extend(scans.all);
    cage.all.extend(codes.all);
    cage.all
}
