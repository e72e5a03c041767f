//! What people read of a document, however it came to be.

use super::*;
use crate::crdt::Actor;
use crate::patch::{genesis, to_patch};
use serde_json::json;

fn write(doc: &mut Document, actor: u8, input: Value) -> Vec<u8> {
    let patch = to_patch("household", input.as_object().unwrap(), Some(doc)).unwrap();
    let patch = if doc.is_empty() {
        genesis("household", [7; 16], patch)
    } else {
        patch
    };
    doc.write(Actor([actor; 16]), &patch, 1_790_000_000)
        .unwrap()
        .unwrap()
}

#[test]
fn lan_and_pao_edit_one_household_in_the_same_hour() {
    let mut lan = Document::new();
    let first = write(
        &mut lan,
        1,
        json!({"head_name": "Lò Văn Đức", "cluster": "Bản Trên", "assigned": ["018f3a52-77aa-7000-8000-000000000001"]}),
    );
    let mut pao = Document::new();
    pao.apply(&first).unwrap();
    let by_lan = write(
        &mut lan,
        1,
        json!({"head_name": "Lò Văn Đực", "phone": "0912 345 678"}),
    );
    let by_pao = write(
        &mut pao,
        2,
        json!({"head_name": "Lò Văn Đức A", "address": "Đầu dốc", "assigned": []}),
    );
    lan.apply(&by_pao).unwrap();
    pao.apply(&by_lan).unwrap();
    let seen = project(&lan);
    assert_eq!(seen, project(&pao));
    assert_eq!(seen.body.get("phone"), Some(&json!("+84912345678")));
    assert_eq!(seen.body.get("address"), Some(&json!("Đầu dốc")));
    assert_eq!(seen.body.get("assigned"), Some(&json!([])));
    assert_eq!(seen.clashes.keys().collect::<Vec<_>>(), ["head_name"]);
    assert_eq!(seen.clashes.get("head_name").unwrap().len(), 2);
    assert!(
        seen.search.contains("lo van duc") && seen.search.contains("0912345678"),
        "{}",
        seen.search
    );
}

#[test]
fn equal_values_written_at_once_are_no_clash() {
    let mut lan = Document::new();
    let first = write(&mut lan, 1, json!({"head_name": "Lầu Bá Đủa"}));
    let mut pao = Document::new();
    pao.apply(&first).unwrap();
    write(&mut lan, 1, json!({"cluster": "Bản Trên"}));
    let by_pao = write(&mut pao, 2, json!({"cluster": " Bản  Trên"}));
    lan.apply(&by_pao).unwrap();
    assert_eq!(lan.get("cluster").len(), 2);
    assert!(project(&lan).clashes.is_empty());
}

#[test]
fn a_withdrawal_beats_a_consent_given_in_the_same_hour() {
    let mut lan = Document::new();
    let first = write(&mut lan, 1, json!({"head_name": "Vừ Thị Mỷ"}));
    for (one, other) in [("dong_y", "rut_lai"), ("rut_lai", "dong_y")] {
        let (mut lan, mut pao) = (lan.clone(), Document::new());
        pao.apply(&first).unwrap();
        write(&mut lan, 1, json!({"consent": one}));
        let by_pao = write(&mut pao, 2, json!({"consent": other}));
        lan.apply(&by_pao).unwrap();
        let seen = project(&lan);
        assert_eq!(seen.body.get("consent"), Some(&json!("rut_lai")));
        assert!(seen.clashes.is_empty());
    }
}

#[test]
fn what_somebody_does_not_agree_to_is_shown_nowhere() {
    let mut lan = Document::new();
    let agreed = json!({"head_name": "Vừ Thị Mỷ", "phone": "0912 345 678", "note": "Hỏi bà", "consent": "dong_y"});
    let first = write(&mut lan, 1, agreed);
    let mut pao = Document::new();
    pao.apply(&first).unwrap();
    let shown = project(&lan);
    assert!(!shown.withheld && shown.body.contains_key("phone"));
    assert!(shown.search.contains("0912345678"));
    // One of two who ask at the same time hears a no, the other writes another number meanwhile.
    let by_lan = write(&mut lan, 1, json!({"consent": "khong_dong_y"}));
    let by_pao = write(
        &mut pao,
        2,
        json!({"consent": "dong_y", "phone": "0933 333 333"}),
    );
    lan.apply(&by_pao).unwrap();
    pao.apply(&by_lan).unwrap();
    for seen in [project(&lan), project(&pao)] {
        assert!(seen.withheld && seen.title == "Vừ Thị Mỷ");
        assert!(!seen.body.contains_key("phone") && !seen.body.contains_key("note"));
        assert!(
            !seen.search.contains("09") && !seen.clashes.contains_key("phone"),
            "{}",
            seen.search
        );
    }
    write(&mut lan, 1, json!({"consent": "dong_y"}));
    assert_eq!(project(&lan).body.get("note"), Some(&json!("Hỏi bà")));
}

#[test]
fn an_old_phone_keeps_what_it_does_not_know() {
    let mut doc = Document::new();
    let mut patch = genesis("visit", [1; 16], Patch::new());
    patch.insert("day".into(), Some(Scalar::Text("2026-11-24".into())));
    patch.insert("contact".into(), Some(Scalar::Text("ma_moi".into())));
    patch.insert("mood".into(), Some(Scalar::Int(5)));
    patch.insert("people_reached".into(), Some(Scalar::Text("ba".into())));
    doc.write(Actor([1; 16]), &patch, 1).unwrap();
    let seen = project(&doc);
    assert_eq!(seen.body.get("mood"), Some(&json!(5)));
    assert_eq!(seen.body.get("contact"), Some(&json!("ma_moi")));
    assert_eq!(seen.unreadable, ["people_reached"]);
    assert_eq!(
        newer("visit", &seen.body).into_iter().collect::<Vec<_>>(),
        ["mood"]
    );
    let edit = to_patch(
        "visit",
        json!({"note": "xong"}).as_object().unwrap(),
        Some(&doc),
    )
    .unwrap();
    doc.write(Actor([2; 16]), &edit, 2).unwrap();
    assert_eq!(project(&doc).body.get("mood"), Some(&json!(5)));
    let refused = to_patch(
        "visit",
        json!({"moood": 5}).as_object().unwrap(),
        Some(&doc),
    );
    assert_eq!(refused.unwrap_err().first().unwrap().code, "unknown_field");
}

#[test]
fn a_visit_in_a_list_reads_as_people_say_it() {
    let mut doc = Document::new();
    let asked = json!({"day": "2026-11-24", "contact": "vang_nha"});
    let patch = to_patch("visit", asked.as_object().unwrap(), None).unwrap();
    doc.write(Actor([1; 16]), &genesis("visit", [1; 16], patch), 1)
        .unwrap();
    let seen = project(&doc);
    assert_eq!(
        (seen.title.as_str(), seen.subtitle.as_str()),
        ("24/11/2026", "Vắng nhà")
    );
    assert_eq!(seen.sort, sort::day_key("2026-11-24"));
}

#[test]
fn what_a_newer_or_a_hostile_phone_wrote_is_kept_apart() {
    let mut doc = Document::new();
    let mut patch = genesis("household", [1; 16], Patch::new());
    let text = |t: &str| Some(Scalar::Text(t.into()));
    patch.insert("head_name".into(), text("Páo"));
    patch.insert(
        "assigned/018f3a52-77aa-7000-8000-000000000001".into(),
        Some(Scalar::Bool(true)),
    );
    patch.insert(
        "assigned/018f3a52-77aa-7000-8000-000000000002".into(),
        Some(Scalar::Bool(false)),
    );
    patch.insert("assigned/Lan".into(), Some(Scalar::Bool(true)));
    patch.insert("badges/gia_dinh_so".into(), Some(Scalar::Bool(true)));
    patch.insert("people".into(), text("đông"));
    patch.insert("phone".into(), Some(Scalar::Null));
    doc.write(Actor([1; 16]), &patch, 1).unwrap();
    let seen = project(&doc);
    assert_eq!(
        seen.body.get("assigned"),
        Some(&json!(["018f3a52-77aa-7000-8000-000000000001"]))
    );
    assert_eq!(seen.body.get("badges"), Some(&json!(["gia_dinh_so"])));
    assert_eq!(seen.unreadable, ["assigned", "people"]);
    assert_eq!(seen.refs.len(), 1);
    assert!(!seen.body.contains_key("phone"));
}

type Patch = crate::crdt::Patch;
