//! A card and a shop's payment code before the camera: shown for a yes, in the form they belong to and in others.

use crate::canary::SCANNED;
use crate::said::Said;
use serde_json::{Value, json};
use toso_tests::demo::Person;
use toso_tests::qr;

/// Scans both with every call that reads a code, damaged ones too. What belongs to a form is written down with what stays of
/// a card: a tag, and that the papers were seen.
pub fn scans(lan: &Person, team: &str, said: &mut Said) {
    let card = format!(
        "{}|{}|{}|02091985|Nam|{}|25042021|Cha|{}",
        SCANNED.number,
        &SCANNED.phone[1..],
        SCANNED.name,
        SCANNED.address,
        SCANNED.number
    );
    let shop = qr::vietqr("970405", SCANNED.phone, SCANNED.name);
    let seen = |payload: &str| qr::seen(&lan.done("qr.draw", json!({ "text": payload })).unwrap());
    let read = lan.done("qr.card", seen(&card)).unwrap();
    assert_eq!(read["full_name"], SCANNED.name);
    assert!(!read.to_string().contains(SCANNED.number), "{read}");
    let paid = lan.done("qr.vietqr", seen(&shop)).unwrap();
    assert_eq!(
        (&paid["bank"], &paid["name"]),
        (&json!("Agribank"), &json!(SCANNED.name))
    );
    assert!(!paid.to_string().contains(&SCANNED.phone[1..]), "{paid}");
    let noted = card.replace("Huồi", &format!("{} Huồi", SCANNED.note));
    for call in [
        "qr.card",
        "qr.receipt",
        "qr.vietqr",
        "qr.address",
        "qr.read",
    ] {
        for payload in [&card, &shop, &shop.replace("0208", "0218"), &noted] {
            said.call(lan, call, seen(payload));
        }
    }
    // Somebody else is written down with what their card leaves.
    let fields = json!({ "consent": "dong_y", "full_name": "Lầu Y Dở", "id_tag": read["id_tag"], "id_seen": true });
    let made = lan.create(team, "citizen", fields).unwrap();
    let kept: Value = lan.done("record.get", json!({ "id": made })).unwrap();
    assert_eq!(kept["fields"]["id_tag"], read["id_tag"]);
}
