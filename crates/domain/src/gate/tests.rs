//! One story per rule of the gate that needs a record to tell it.

use super::*;
use crate::crdt::Patch;

const LAN: Actor = Actor([1; 16]);
const PAO: Actor = Actor([2; 16]);

fn genesis(kind: &str) -> Patch {
    let fields = [
        ("_kind", Scalar::Text(kind.into())),
        ("_v", Scalar::Int(1)),
        ("_salt", Scalar::Bytes(vec![7; 16])),
        ("name", Scalar::Text("Giàng A Páo".into())),
    ];
    fields
        .into_iter()
        .map(|(key, value)| (key.to_owned(), Some(value)))
        .collect()
}

fn set(key: &str, value: Option<Scalar>) -> Patch {
    Patch::from([(key.to_owned(), value)])
}

fn int(value: i64) -> Option<Scalar> {
    Some(Scalar::Int(value))
}

/// Checks with everything in `document` in the past and the true next number.
fn judge(
    document: &Document,
    raw: &[u8],
    actor: Actor,
    kind: &str,
) -> Result<Change, &'static str> {
    let history = History::from_document(document);
    let hash = crdt::hash_of(raw).unwrap();
    let expect = Expect {
        actor,
        kind,
        hash,
        may_write: true,
    };
    check(&history, &|_| true, history.next_seq(&actor), raw, &expect)
        .map_err(|refusal| refusal.code)
}

#[test]
fn an_honest_record_passes_change_by_change() {
    let (mut author, mut copy) = (Document::new(), Document::new());
    let mut patches = vec![
        genesis("household"),
        set("name", int(1)),
        set("name", None),
        set("name", int(2)),
    ];
    patches.push(set("_kind", Some(Scalar::Text("household".into()))));
    for patch in patches {
        let Some(raw) = author.write(LAN, &patch, 1).unwrap() else {
            continue;
        };
        judge(&copy, &raw, LAN, "household").unwrap();
        copy.apply(&raw).unwrap();
    }
    assert_eq!(author.state_hash(), copy.state_hash());
}

#[test]
fn the_entry_must_tell_the_truth_about_its_change() {
    let raw = Document::new()
        .write(LAN, &genesis("household"), 1)
        .unwrap()
        .unwrap();
    let empty = Document::new();
    assert_eq!(judge(&empty, &raw, PAO, "household"), Err("actor"));
    assert_eq!(judge(&empty, &raw, LAN, "citizen"), Err("kind"));
    let right = Expect {
        actor: LAN,
        kind: "household",
        hash: crdt::hash_of(&raw).unwrap(),
        may_write: true,
    };
    let ask = |next_seq, expect: Expect<'_>| {
        check(&History::new(), &|_| true, next_seq, &raw, &expect)
            .map(drop)
            .map_err(|refusal| refusal.code)
    };
    assert_eq!(ask(1, right), Ok(()));
    assert_eq!(ask(2, right), Err("seq"));
    assert_eq!(
        ask(
            1,
            Expect {
                may_write: false,
                ..right
            }
        ),
        Err("role")
    );
    assert_eq!(
        ask(
            1,
            Expect {
                hash: ChangeHash([0; 32]),
                ..right
            }
        ),
        Err("malformed")
    );
}

#[test]
fn a_record_begins_with_kind_version_and_salt_and_never_changes_kind() {
    for missing in ["_kind", "_v", "_salt"] {
        let mut patch = genesis("household");
        patch.remove(missing);
        let raw = Document::new().write(LAN, &patch, 1).unwrap().unwrap();
        assert_eq!(judge(&Document::new(), &raw, LAN, "household"), Err("kind"));
    }
    let mut document = Document::new();
    document.write(LAN, &genesis("household"), 1).unwrap();
    for patch in [
        set("_kind", Some(Scalar::Text("visit".into()))),
        set("_kind", None),
    ] {
        let raw = document.clone().write(LAN, &patch, 1).unwrap().unwrap();
        assert_eq!(judge(&document, &raw, LAN, "household"), Err("kind"));
    }
    let raw = document
        .clone()
        .write(LAN, &set("name", int(1)), 1)
        .unwrap()
        .unwrap();
    assert_eq!(judge(&document, &raw, LAN, "visit"), Err("kind"));
}

#[test]
fn a_dependency_known_here_but_not_in_the_past_is_refused() {
    let mut document = Document::new();
    let first = document
        .write(LAN, &genesis("household"), 1)
        .unwrap()
        .unwrap();
    let raw = document
        .clone()
        .write(PAO, &set("name", int(1)), 1)
        .unwrap()
        .unwrap();
    let history = History::from_document(&document);
    let expect = Expect {
        actor: PAO,
        kind: "household",
        hash: crdt::hash_of(&raw).unwrap(),
        may_write: true,
    };
    let first = crdt::hash_of(&first).unwrap();
    let refused = check(&history, &|hash| *hash != first, 1, &raw, &expect);
    assert_eq!(refused.map_err(|refusal| refusal.code), Err("dep"));
    assert!(check(&history, &|_| true, 1, &raw, &expect).is_ok());
    assert_eq!(judge(&Document::new(), &raw, PAO, "household"), Err("dep"));
}

#[test]
fn a_number_used_twice_is_refused_even_on_an_older_branch() {
    let mut document = Document::new();
    document.write(LAN, &genesis("household"), 1).unwrap();
    let branch = document
        .clone()
        .write(LAN, &set("name", int(1)), 1)
        .unwrap()
        .unwrap();
    document.write(LAN, &set("name", int(2)), 1).unwrap();
    assert_eq!(judge(&document, &branch, LAN, "household"), Err("seq"));
}
