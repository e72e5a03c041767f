//! Stories of one record on two devices.

use super::*;

const LAN: Actor = Actor([1; 16]);
const PAO: Actor = Actor([2; 16]);

fn patch(fields: &[(&str, Option<&str>)]) -> Patch {
    let value = |text: &Option<&str>| text.map(|text| Scalar::Text(text.into()));
    fields
        .iter()
        .map(|(key, text)| ((*key).to_owned(), value(text)))
        .collect()
}

fn texts(document: &Document, key: &str) -> Vec<Scalar> {
    document
        .get(key)
        .into_iter()
        .map(|version| version.value)
        .collect()
}

/// Lan writes a household; Páo holds a copy.
fn two_copies() -> (Document, Document) {
    let mut lan = Document::new();
    let raw = lan
        .write(
            LAN,
            &patch(&[("name", Some("Giàng A Páo")), ("phone", Some("0912"))]),
            100,
        )
        .unwrap();
    (lan, Document::from_changes(raw).unwrap())
}

#[test]
fn patches_by_two_people_to_different_fields_merge() {
    let (mut lan, mut pao) = two_copies();
    let by_lan = lan
        .write(LAN, &patch(&[("phone", Some("0987"))]), 110)
        .unwrap()
        .unwrap();
    let by_pao = pao
        .write(PAO, &patch(&[("name", Some("Giàng Páo"))]), 120)
        .unwrap()
        .unwrap();
    lan.apply(&by_pao).unwrap();
    pao.apply(&by_lan).unwrap();
    assert_eq!(lan.state_hash(), pao.state_hash());
    assert_eq!(texts(&lan, "phone"), [Scalar::Text("0987".into())]);
    assert_eq!(lan.get("name")[0].actor, PAO);
    assert_eq!(lan.get("name")[0].time, 120);
    assert_eq!(Some(lan.get("name")[0].change), hash_of(&by_pao));
}

#[test]
fn a_clash_lists_every_version_until_a_write_settles_it() {
    let (mut lan, mut pao) = two_copies();
    let by_lan = lan
        .write(LAN, &patch(&[("phone", Some("1"))]), 1)
        .unwrap()
        .unwrap();
    let by_pao = pao
        .write(PAO, &patch(&[("phone", Some("2"))]), 1)
        .unwrap()
        .unwrap();
    lan.apply(&by_pao).unwrap();
    pao.apply(&by_lan).unwrap();
    assert_eq!(
        texts(&lan, "phone"),
        [Scalar::Text("2".into()), Scalar::Text("1".into())]
    );
    assert_eq!(lan.get("phone"), pao.get("phone"));
    // The winner's own value again is still a write: it says which one is right.
    let settled = lan
        .write(LAN, &patch(&[("phone", Some("2"))]), 2)
        .unwrap()
        .unwrap();
    let op = read(&settled).unwrap().ops.remove(0);
    assert_eq!(
        (op.pred.len(), op.write),
        (2, Some(Scalar::Text("2".into())))
    );
    assert_eq!(
        (lan.get("phone")[0].actor, lan.get("phone")[0].time),
        (LAN, 2)
    );
    pao.apply(&settled).unwrap();
    assert_eq!(texts(&pao, "phone"), [Scalar::Text("2".into())]);
    assert_eq!(lan.state_hash(), pao.state_hash());
}

#[test]
fn keys_of_a_newer_version_survive_a_save_by_an_older_one() {
    let (mut lan, _) = two_copies();
    lan.write(PAO, &patch(&[("field_from_2031", Some("x"))]), 1)
        .unwrap();
    lan.write(LAN, &patch(&[("name", Some("y"))]), 2).unwrap();
    let again = Document::load(&lan.save()).unwrap();
    assert_eq!(again.keys(), ["field_from_2031", "name", "phone"]);
    assert_eq!(again.state_hash(), lan.state_hash());
    assert_eq!(again.changes(), lan.changes());
}

#[test]
fn a_long_change_travels_uncompressed() {
    let mut document = Document::new();
    let raw = document
        .write(LAN, &patch(&[("note", Some(&"a".repeat(9_000)))]), 1)
        .unwrap()
        .unwrap();
    assert!(raw.len() > 9_000);
    assert_eq!(raw[8], 1);
    assert_eq!(read(&raw).unwrap().raw, raw);
}

#[test]
fn what_would_not_change_is_not_written() {
    let (mut lan, _) = two_copies();
    assert_eq!(
        lan.write(
            LAN,
            &patch(&[("name", Some("Giàng A Páo")), ("absent", None)]),
            1
        )
        .unwrap(),
        None
    );
    let raw = lan
        .write(
            LAN,
            &patch(&[("name", Some("Giàng A Páo")), ("phone", None)]),
            1,
        )
        .unwrap()
        .unwrap();
    let change = read(&raw).unwrap();
    assert_eq!(change.ops.len(), 1);
    assert_eq!(
        (change.ops[0].key.as_str(), &change.ops[0].write),
        ("phone", &None)
    );
    assert_eq!(lan.keys(), ["name"]);
}

#[test]
fn a_refused_change_or_write_leaves_the_record_as_it_was() {
    let (mut lan, mut pao) = two_copies();
    let before = lan.state_hash();
    let first = pao
        .write(PAO, &patch(&[("name", Some("1"))]), 1)
        .unwrap()
        .unwrap();
    let second = pao
        .write(PAO, &patch(&[("name", Some("2"))]), 1)
        .unwrap()
        .unwrap();
    assert_eq!(lan.apply(&second), Err(Refusal::new("dep")));
    assert_eq!(
        lan.apply(&first[..first.len() - 1]),
        Err(Refusal::new("malformed"))
    );
    let mut flipped = first.clone();
    *flipped.last_mut().unwrap() ^= 1;
    assert_eq!(lan.apply(&flipped), Err(Refusal::new("malformed")));
    assert_eq!(
        lan.write(LAN, &patch(&[("", Some("1"))]), 1),
        Err(Refusal::new("key"))
    );
    assert_eq!(
        lan.write(LAN, &patch(&[("a", Some(&"a".repeat(MAX_TEXT + 1)))]), 1),
        Err(Refusal::new("kind"))
    );
    let many: Patch = (0..501)
        .map(|key| (key.to_string(), Some(Scalar::Int(key))))
        .collect();
    assert_eq!(lan.write(LAN, &many, 1), Err(Refusal::new("bomb")));
    assert_eq!(lan.state_hash(), before);
    lan.apply(&first).unwrap();
    lan.apply(&first).unwrap();
    lan.apply(&second).unwrap();
    assert_eq!(lan.state_hash(), pao.state_hash());
}

#[test]
fn any_text_and_every_sort_of_value_come_back_as_written() {
    let values = [
        Scalar::Text("a\0b\u{feff}\u{202e} hoà \u{10ffff}".into()),
        Scalar::Text(String::new()),
        Scalar::Null,
        Scalar::Bool(true),
        Scalar::Int(i64::MIN),
        Scalar::Int(i64::MAX),
        Scalar::Float(-0.5),
        Scalar::Bytes(vec![0, 255]),
    ];
    let patch: Patch = values
        .iter()
        .enumerate()
        .map(|(i, value)| (format!("k{i}\0"), Some(value.clone())))
        .collect();
    let mut document = Document::new();
    let raw = document.write(LAN, &patch, i64::MIN).unwrap();
    let copy = Document::from_changes(raw).unwrap();
    for (key, value) in &patch {
        assert_eq!(Some(&copy.get(key)[0].value), value.as_ref());
    }
    assert_eq!(copy.get("k0\0")[0].time, 0);
}

#[test]
fn json_keeps_values_and_refuses_what_a_field_cannot_hold() {
    for json in [
        serde_json::json!(null),
        serde_json::json!(true),
        serde_json::json!(-3),
        serde_json::json!("ă"),
    ] {
        assert_eq!(Scalar::from_json(&json).unwrap().to_json(), json);
    }
    assert_eq!(Scalar::Bytes(vec![0, 171]).to_json(), "00ab");
    assert_eq!(Scalar::from_json(&serde_json::json!(u64::MAX)), None);
    assert_eq!(Scalar::from_json(&serde_json::json!([])), None);
}

#[test]
fn changes_come_in_an_order_every_copy_can_replay() {
    let (mut lan, mut pao) = two_copies();
    for round in 0..5 {
        let by_lan = lan
            .write(LAN, &patch(&[("name", Some(&format!("l{round}")))]), 1)
            .unwrap()
            .unwrap();
        let by_pao = pao
            .write(PAO, &patch(&[("name", Some(&format!("p{round}")))]), 1)
            .unwrap()
            .unwrap();
        lan.apply(&by_pao).unwrap();
        pao.apply(&by_lan).unwrap();
    }
    assert_eq!(lan.changes(), pao.changes());
    let replayed = Document::from_changes(lan.changes().iter().map(|change| &change.raw)).unwrap();
    assert_eq!(replayed.state_hash(), pao.state_hash());
}

/// A record kept as its changes while they are few, and in the library's form after that.
fn is_changes(document: &Document) -> bool {
    matches!(document.kept, Kept::Changes { .. })
}

#[test]
fn a_record_is_the_same_after_every_save_however_it_is_kept() {
    let (mut lan, mut pao) = two_copies();
    let mut all = lan.changes().into_iter().map(|c| c.raw).collect::<Vec<_>>();
    for at in 1..3 * kept::FEW {
        let text = format!("09{at}");
        let raw = lan
            .write(LAN, &patch(&[("phone", Some(&text))]), 200)
            .unwrap()
            .unwrap();
        pao.apply(&raw).unwrap();
        all.push(raw);
        for document in [&lan, &pao] {
            let loaded = Document::load(&document.save()).unwrap();
            assert_eq!(loaded.state_hash(), lan.state_hash(), "after {at}");
            assert_eq!(loaded.save(), document.save());
        }
        // What is loaded goes on as what was not.
        pao = Document::load(&pao.save()).unwrap();
        assert_eq!(is_changes(&pao), at < kept::FEW);
    }
    assert!(pao.save().len() < all.concat().len());
    assert_eq!(
        Document::from_changes(&all).unwrap().state_hash(),
        pao.state_hash()
    );
}

#[test]
fn a_record_whose_compact_form_does_not_hold_stays_as_its_changes() {
    let (mut lan, _) = two_copies();
    for at in 0..2 * kept::FEW {
        let text = format!("09{at}");
        lan.write(LAN, &patch(&[("phone", Some(&text))]), 200)
            .unwrap();
    }
    let mut next = lan.clone();
    let raw = next
        .write(PAO, &patch(&[("name", Some("Giàng Páo"))]), 300)
        .unwrap()
        .unwrap();
    let made = lan.uncompact(&[&raw]).unwrap();
    assert!(is_changes(&made));
    assert_eq!(made.state_hash(), next.state_hash());
    let mut loaded = Document::load(&made.save()).unwrap();
    assert_eq!(loaded.state_hash(), next.state_hash());
    let further = next
        .write(LAN, &patch(&[("phone", Some("1"))]), 400)
        .unwrap();
    loaded.apply(&further.unwrap()).unwrap();
    assert_eq!(loaded.state_hash(), next.state_hash());
    // A change that hangs in the air is taken in no form.
    let (lan, mut pao) = two_copies();
    let unseen = pao
        .write(PAO, &patch(&[("phone", Some("2"))]), 500)
        .unwrap();
    assert!(unseen.is_some());
    let raw = pao
        .write(PAO, &patch(&[("phone", Some("3"))]), 600)
        .unwrap()
        .unwrap();
    assert!(lan.uncompact(&[&raw]).is_err());
}
