//! Likely duplicates among households: proposed to a person, never merged by itself.

use crate::id::RecordId;
use crate::text;
use serde_json::{Map, Value};

/// Two doors alike enough to be shown to a person, 0 to 100.
pub const LIKELY: u32 = 60;

/// Households like `candidate`, most alike first. Compared: the head's name without tones, phone, village, cluster.
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

/// How alike two households are, 0 to 100. A different village is a different door.
#[must_use]
pub fn likeness(a: &Map<String, Value>, b: &Map<String, Value>) -> u32 {
    let get = |m: &Map<String, Value>, key: &str| {
        m.get(key)
            .and_then(Value::as_str)
            .map(text::name_key)
            .unwrap_or_default()
    };
    let both = |key: &str| {
        let (x, y) = (get(a, key), get(b, key));
        if x.is_empty() || y.is_empty() {
            None
        } else {
            Some(x == y)
        }
    };
    if both("village") == Some(false)
        || both("head_name") != Some(true) && both("phone") != Some(true)
    {
        return 0;
    }
    let mut score = 0;
    for (key, same, other) in [
        ("head_name", 60, 0),
        ("phone", 35, 0),
        ("cluster", 15, -10),
        ("address", 10, 0),
    ] {
        score += match both(key) {
            Some(true) => same,
            Some(false) => other,
            None => 0,
        };
    }
    u32::try_from(score.clamp(0, 100)).unwrap_or(0)
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
}
