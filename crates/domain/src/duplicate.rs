//! Likely duplicates among households: proposed to a person, never merged by itself.

use crate::id::RecordId;
use crate::text;
use serde_json::{Map, Value};

/// Two doors alike enough to be shown to a person, 0 to 100.
pub const LIKELY: u32 = 60;

/// Households like `candidate`, most alike first. Compared: the head's name, phone, village, cluster,
/// address.
#[must_use]
pub fn likely_duplicates(
    candidate: &Map<String, Value>,
    others: &[(RecordId, Map<String, Value>)],
) -> Vec<(RecordId, u32)> {
    let mut out: Vec<(RecordId, u32)> = others
        .iter()
        .map(|(id, other)| (*id, likeness(candidate, other)))
        .filter(|(_, score)| *score >= LIKELY)
        .collect();
    out.sort_by_key(|(id, score)| (std::cmp::Reverse(*score), *id));
    out
}

/// What two records of one door surely share, for finding candidates in an index: village and the head's name without
/// tones, i and y made one. `None` for other kinds and for a household without a name.
#[must_use]
pub fn duplicate_key(kind: &str, body: &Map<String, Value>) -> Option<String> {
    let name = text::weak_fold(of(body, "head_name"));
    (kind == "household" && !name.is_empty()).then(|| format!("{}|{name}", of(body, "village")))
}

/// How alike two households are, 0 to 100. A different village is a different door. Names that differ by a tone only
/// (Hùng, Hưng) are two people unless one was typed without tones or something else speaks for it.
#[must_use]
pub fn likeness(a: &Map<String, Value>, b: &Map<String, Value>) -> u32 {
    let both = |key: &str, form: fn(&str) -> String| {
        let (x, y) = (form(of(a, key)), form(of(b, key)));
        (!x.is_empty() && !y.is_empty()).then_some(x == y)
    };
    if both("village", str::to_owned) == Some(false) {
        return 0;
    }
    let phone = both("phone", str::to_owned) == Some(true);
    let name = names(of(a, "head_name"), of(b, "head_name"));
    if name == 0 && !phone {
        return 0;
    }
    let mut score = name + if phone { 35 } else { 0 };
    score += match both("cluster", text::fold) {
        Some(true) => 15,
        Some(false) => -10,
        None => 0,
    };
    if both("address", text::fold) == Some(true) {
        score += 10;
    }
    u32::try_from(score.clamp(0, 100)).unwrap_or(0)
}

/// The fields in which two households are the same to a reader: what speaks for their being one door.
#[must_use]
pub fn same_fields(a: &Map<String, Value>, b: &Map<String, Value>) -> Vec<&'static str> {
    type Form = fn(&str) -> String;
    let forms: [(&'static str, Form); 5] = [
        ("head_name", text::weak_fold),
        ("village", str::to_owned),
        ("cluster", text::fold),
        ("address", text::fold),
        ("phone", str::to_owned),
    ];
    let same = |(key, form): &(&'static str, fn(&str) -> String)| {
        let (x, y) = (form(of(a, key)), form(of(b, key)));
        !x.is_empty() && x == y
    };
    forms.into_iter().filter(same).map(|(key, _)| key).collect()
}

fn names(a: &str, b: &str) -> i32 {
    let plain = |name: &str| text::name_key(name) == text::fold(name);
    if text::fold(a).is_empty() || text::weak_fold(a) != text::weak_fold(b) {
        0
    } else if text::same(a, b) || text::fold(a) == text::fold(b) && (plain(a) || plain(b)) {
        60
    } else {
        45
    }
}

fn of<'a>(body: &'a Map<String, Value>, key: &str) -> &'a str {
    body.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn door(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn lan_and_pao_wrote_the_same_door_down() {
        let lan = door(
            &json!({"head_name": "Lò Thị Hoà", "village": "018f", "cluster": "Trên", "phone": "+84912345678"}),
        );
        let pao = door(&json!({"head_name": "Lò Thị Hòa", "village": "018f", "cluster": "trên"}));
        let far = door(&json!({"head_name": "Lò Thị Hòa", "village": "0190"}));
        let other = door(&json!({"head_name": "Vừ A Páo", "village": "018f", "cluster": "trên"}));
        let id = |n| RecordId::from_bytes([n; 16]);
        let found = likely_duplicates(&lan, &[(id(1), pao), (id(2), far), (id(3), other)]);
        assert_eq!(found, [(id(1), 75)]);
    }

    #[test]
    fn a_name_typed_without_tones_is_found_and_two_neighbours_are_left_apart() {
        let hung = door(&json!({"head_name": "Lò Văn Hùng", "village": "018f"}));
        let typed = door(&json!({"head_name": "LO VAN HUNG", "village": "018f"}));
        let other = door(&json!({"head_name": "Lò Văn Hưng", "village": "018f"}));
        assert!(likeness(&hung, &typed) >= LIKELY);
        assert!(likeness(&hung, &other) < LIKELY);
        let same_phone =
            door(&json!({"head_name": "Lò Văn Hưng", "village": "018f", "phone": "+84912345678"}));
        let mut hung_phone = hung.clone();
        hung_phone.insert("phone".into(), json!("+84912345678"));
        assert!(likeness(&hung_phone, &same_phone) >= LIKELY);
    }

    #[test]
    fn what_speaks_for_one_door_is_named() {
        let one = door(
            &json!({"head_name": "Lý Thị Mỷ", "village": "018f", "cluster": "Khe Nóng", "phone": "+84912345678"}),
        );
        let two = door(
            &json!({"head_name": "li thi mi", "village": "018f", "cluster": "khe nong", "address": "Đầu dốc"}),
        );
        assert_eq!(same_fields(&one, &two), ["head_name", "village", "cluster"]);
        assert!(same_fields(&one, &Map::new()).is_empty());
    }

    #[test]
    fn a_shared_phone_alone_is_no_proof() {
        let mother =
            door(&json!({"head_name": "Vừ Thị Mỷ", "village": "018f", "phone": "+84912345678"}));
        let son =
            door(&json!({"head_name": "Giàng A Páo", "village": "018f", "phone": "+84912345678"}));
        assert!(likeness(&mother, &son) < LIKELY);
    }

    #[test]
    fn the_key_of_a_door_is_the_same_however_its_name_was_typed() {
        let key = |name: &str| {
            duplicate_key(
                "household",
                &door(&json!({"head_name": name, "village": "018f"})),
            )
        };
        assert_eq!(key("Lý Thị Mỷ"), key("li thi mi"));
        assert_eq!(key(""), None);
        assert_eq!(duplicate_key("visit", &Map::new()), None);
    }
}
