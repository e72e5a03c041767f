//! Hostile changes with honest checksums: whatever the gate passes can be applied, saved, loaded and replayed in any
//! order to the same record, and nothing it is given brings the program down.
//!
//! `GATE_FUZZ_CHANGES` and `GATE_FUZZ_SEED` make it longer or other.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test"
)]

mod story;

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, ObjType, ScalarValue};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use story::{
    Copy, Random, ancestors, episode, held, level, model, number, quiet_library, shuffled,
};
use toso_domain::crdt::{Change, ChangeHash, Document, Patch, Scalar, hash_of};
use toso_domain::gate::{self, Expect};
use toso_domain::prescan::{Caps, prescan};

const PER_RECORD: u64 = 250;

#[test]
fn whatever_passes_the_gate_is_harmless() {
    if std::env::var("LOUD").is_err() {
        quiet_library();
    }
    let (changes, seed) = (
        number("GATE_FUZZ_CHANGES", 100_000),
        number("GATE_FUZZ_SEED", 1),
    );
    let mut verdicts: BTreeMap<&str, u64> = BTreeMap::new();
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    std::thread::scope(|scope| {
        let share = |n: u64| {
            move || {
                (n..changes.div_ceil(PER_RECORD))
                    .step_by(threads as usize)
                    .map(|k| record(seed + k))
                    .collect()
            }
        };
        let threads: Vec<_> = (0..threads).map(|n| scope.spawn(share(n))).collect();
        let tallies = threads.into_iter().flat_map(|thread| {
            let all: Vec<BTreeMap<&str, u64>> = thread.join().unwrap();
            all
        });
        for (code, count) in tallies.flatten() {
            *verdicts.entry(code).or_default() += count;
        }
    });
    let total: u64 = verdicts.values().sum();
    assert!(total >= changes * 9 / 10, "only {total} changes were made");
    // A corpus that only bounces off the outer layers would prove nothing.
    for code in [
        "passed",
        "malformed",
        "shape",
        "canonical",
        "dep",
        "start_op",
        "seq",
        "actor",
        "pred",
        "kind",
        "key",
        "bomb",
    ] {
        assert!(
            verdicts
                .get(code)
                .is_some_and(|count| count * 2_000 > total),
            "too few {code}: {verdicts:?}"
        );
    }
}

/// One honest record and many hostile changes of it. Gives how often each verdict fell.
fn record(seed: u64) -> BTreeMap<&'static str, u64> {
    let mut random = Random(seed);
    let (mut copies, _) = episode(&mut random, 24);
    if random.chance(70) {
        level(&mut copies);
    }
    let base = copies.swap_remove(random.below(copies.len()));
    let mut verdicts = BTreeMap::new();
    let Some(draft) = drafted(&mut random, &base) else {
        return verdicts;
    };
    for n in 0..PER_RECORD {
        let done = catch_unwind(AssertUnwindSafe(|| attempt(&mut random, &base, &draft)));
        let code = done.unwrap_or_else(|_| {
            panic!("change {n} of seed {seed} got through (GATE_FUZZ_SEED={seed})")
        });
        *verdicts.entry(code).or_default() += 1;
    }
    verdicts
}

/// An honest next change by somebody who may have seen less than the copy holds.
fn drafted(random: &mut Random, base: &Copy) -> Option<Change> {
    let order = shuffled(random, &base.held);
    let seen = if random.chance(50) {
        order.len()
    } else {
        random.below(order.len() + 1)
    };
    let mut author =
        Document::from_changes(order[..seen].iter().map(|change| &change.raw)).unwrap();
    let mut patch = Patch::new();
    for key in ["name", "note", "x", "họ tên"] {
        patch.insert(
            key.to_owned(),
            if random.chance(25) {
                None
            } else {
                Some(Scalar::Int(random.next().cast_signed()))
            },
        );
    }
    if author.is_empty() {
        patch.extend(story::genesis());
    }
    let raw = author.write(story::actor(200), &patch, 1).unwrap()?;
    Some(toso_domain::crdt::read(&raw).unwrap())
}

fn attempt(random: &mut Random, base: &Copy, draft: &Change) -> &'static str {
    let raw = if random.chance(50) {
        rewritten(random, base, draft)
    } else {
        damaged(random, &draft.raw)
    };
    let Some(hash) = hash_of(&raw) else {
        let expect = Expect {
            actor: draft.actor,
            kind: story::KIND,
            hash: draft.hash,
            may_write: true,
        };
        return gate::check(&base.history, &|_| true, 1, &raw, &expect)
            .unwrap_err()
            .code;
    };
    // Half the time the hostile author really has the log it claims to have.
    let parsed = toso_domain::crdt::read(&raw).ok();
    if let Some(change) = &parsed {
        assert!(prescan(&raw, &Caps::V1).unwrap() >= change.ops.len() as u64);
    }
    let actor = parsed
        .as_ref()
        .filter(|_| random.chance(50))
        .map_or(draft.actor, |change| change.actor);
    let expect = Expect {
        actor,
        kind: story::KIND,
        hash,
        may_write: true,
    };
    let next = base.history.next_seq(&actor);
    let in_past = |hash: &ChangeHash| base.held.contains_key(hash);
    let verdict = gate::check(&base.history, &in_past, next, &raw, &expect);
    assert_eq!(
        verdict,
        gate::check(&base.history, &in_past, next, &raw, &expect),
        "not a function"
    );
    match verdict {
        Err(refusal) => {
            if random.chance(10) {
                outside_the_gate(base, &raw);
            }
            refusal.code
        }
        Ok(change) => {
            harmless(random, base, &change);
            "passed"
        }
    }
}

/// Applying what the gate refused is nobody's plan; it must still end in a refusal or a whole record.
fn outside_the_gate(base: &Copy, raw: &[u8]) {
    let mut document = base.document.clone();
    let before = document.state_hash();
    match document.apply(raw) {
        Err(_) => assert_eq!(document.state_hash(), before),
        Ok(()) => assert_eq!(
            Document::load(&document.save()).unwrap().state_hash(),
            document.state_hash()
        ),
    }
}

fn harmless(random: &mut Random, base: &Copy, change: &Change) {
    let mut copy = base.clone();
    copy.document.apply(&change.raw).unwrap();
    copy.held.insert(change.hash, change.clone());
    copy.history.insert(change);
    let state = copy.document.state_hash();
    assert_eq!(
        Document::load(&copy.document.save()).unwrap().state_hash(),
        state
    );
    assert_eq!(held(&copy.document), model(&copy.held));
    let another = shuffled(random, &copy.held);
    let replayed = Document::from_changes(another.iter().map(|change| &change.raw)).unwrap();
    assert_eq!(replayed.state_hash(), state, "the order of arrival shows");
    // The verdict looks at the past only: a copy that holds nothing but the change's ancestors says the same.
    let past = ancestors(&base.held, &change.deps);
    let mut alone = Copy::default();
    another
        .iter()
        .filter(|held| past.contains(&held.hash))
        .for_each(|held| alone.history.insert(held));
    let expect = Expect {
        actor: change.actor,
        kind: story::KIND,
        hash: change.hash,
        may_write: true,
    };
    let again = gate::check(
        &alone.history,
        &|hash| past.contains(hash),
        change.seq,
        &change.raw,
        &expect,
    );
    assert_eq!(again.as_ref(), Ok(change));
    // Life goes on: the next honest edit by somebody else passes too.
    let next = Patch::from([(
        "name".to_owned(),
        Some(Scalar::Int(random.next().cast_signed())),
    )]);
    if let Some(next) = replay(&copy).write(story::actor(240), &next) {
        copy.receive(&next);
    }
}

fn replay(copy: &Copy) -> Copy {
    Copy {
        document: copy.document.clone(),
        ..Copy::default()
    }
}

/// Changes the meaning through the library's own writer, so that the result is canonical and only the gate's rules about
/// history can stop it.
fn rewritten(random: &mut Random, base: &Copy, draft: &Change) -> Vec<u8> {
    let mut change = automerge::Change::from_bytes(draft.raw.clone())
        .unwrap()
        .decode();
    let known: Vec<&Change> = base.held.values().collect();
    for _ in 0..1 + random.below(2) {
        let count = change.operations.len();
        let one = random.below(count);
        let id = foreign_id(random, &known, draft);
        match random.below(23) {
            0 => {
                change.seq = *random.pick(&[
                    0,
                    change.seq.wrapping_add(1),
                    change.seq.saturating_sub(1),
                    u64::MAX,
                ])
            }
            1 => {
                change.start_op = (change.start_op.get() + random.below(3) as u64)
                    .saturating_sub(1)
                    .max(1)
                    .try_into()
                    .unwrap()
            }
            2 => {
                change.start_op =
                    (*random.pick(&[u64::from(u32::MAX), 999_999, 1_000_000, 1 << 20]))
                        .try_into()
                        .unwrap()
            }
            3 => change.deps.clear(),
            4 => drop(change.deps.pop()),
            5 => change.deps.extend(change.deps.clone().first()),
            6 if !known.is_empty() => change
                .deps
                .push(automerge::ChangeHash(random.pick(&known).hash.0)),
            7 => change
                .deps
                .push(automerge::ChangeHash([random.below(256) as u8; 32])),
            8 => change.actor_id = ActorId::from(story::actor(random.below(8)).0),
            9 => change.time = *random.pick(&[i64::MIN, i64::MAX, 0, -1]),
            10 => change.operations[one].pred = Vec::new().into(),
            11 | 12 => change.operations[one].pred = vec![id].into(),
            13 => {
                let more = change.operations[one]
                    .pred
                    .iter()
                    .cloned()
                    .chain([id])
                    .collect::<Vec<_>>();
                change.operations[one].pred = more.into();
            }
            14 => change.operations[one].key = any_key(random, id),
            15 | 16 => change.operations[one].action = any_action(random),
            17 => change.operations[one].obj = ObjectId::Id(id),
            18 => change.operations[one].insert = true,
            19 => drop(change.operations.remove(one)),
            20 => {
                let again = change.operations[one].clone();
                change.operations.push(again);
            }
            21 => change.operations.push(known_write(random, &known)),
            _ => {
                change.operations.truncate(1);
                for _ in 0..random.below(5) {
                    let op = known_write(random, &known);
                    change.operations.retain(|held| held.key != op.key);
                    change.operations.push(op);
                }
            }
        }
        if change.operations.is_empty() {
            return draft.raw.clone();
        }
    }
    catch_unwind(AssertUnwindSafe(|| {
        automerge::Change::from(change).raw_bytes().to_vec()
    }))
    .unwrap_or(draft.raw.clone())
}

/// A well-formed write over an operation that really exists somewhere, ancestor or not, replaced or not.
fn known_write(random: &mut Random, known: &[&Change]) -> Op {
    let mut op = Op {
        action: if random.chance(30) {
            OpType::Delete
        } else {
            OpType::Put(ScalarValue::Int(5))
        },
        obj: ObjectId::Root,
        key: Key::Map("new".into()),
        pred: Vec::new().into(),
        insert: false,
    };
    if !known.is_empty() {
        let change = random.pick(known);
        let place = random.below(change.ops.len());
        let actor = ActorId::from(change.actor.0);
        op.key = Key::Map(change.ops[place].key.as_str().into());
        op.pred = vec![OpId(change.start_op + place as u64, actor)].into();
    }
    op
}

fn foreign_id(random: &mut Random, known: &[&Change], draft: &Change) -> OpId {
    if known.is_empty() || random.chance(20) {
        let actor = if random.chance(50) {
            draft.actor
        } else {
            story::actor(random.below(250))
        };
        return OpId(
            *random.pick(&[
                1,
                draft.start_op,
                draft.max_op() + 1,
                1 << 32,
                u64::MAX >> 1,
            ]),
            ActorId::from(actor.0),
        );
    }
    let change = random.pick(known);
    OpId(
        change.start_op + random.below(change.ops.len() + 1) as u64,
        ActorId::from(change.actor.0),
    )
}

fn any_key(random: &mut Random, id: OpId) -> Key {
    match random.below(6) {
        0 => Key::Map("".into()),
        1 => Key::Map("k".repeat(65).into()),
        2 => Key::Map("_kind".into()),
        3 => Key::Seq(ElementId::Head),
        4 => Key::Seq(ElementId::Id(id)),
        _ => Key::Map("name".into()),
    }
}

fn any_action(random: &mut Random) -> OpType {
    let scalar = match random.below(12) {
        0 => return OpType::Delete,
        1 => return OpType::Increment(1),
        2 => {
            return OpType::Make(*random.pick(&[
                ObjType::Map,
                ObjType::List,
                ObjType::Text,
                ObjType::Table,
            ]));
        }
        3 => return OpType::MarkEnd(true),
        4 => ScalarValue::counter(3),
        5 => ScalarValue::Timestamp(3),
        6 => ScalarValue::Uint(*random.pick(&[3, u64::MAX])),
        7 => ScalarValue::F64(*random.pick(&[f64::NAN, f64::INFINITY, -0.0])),
        8 => ScalarValue::Unknown {
            type_code: 12,
            bytes: vec![1, 2],
        },
        9 => ScalarValue::Bytes(vec![1; 64 + random.below(2)]),
        10 => ScalarValue::Str("ă".repeat(8_192 + random.below(2)).into()),
        _ => ScalarValue::Null,
    };
    OpType::Put(scalar)
}

/// Changes the bytes of the body, then makes length and checksum fit again.
fn damaged(random: &mut Random, raw: &[u8]) -> Vec<u8> {
    let start = 9 + raw[9..].iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
    let mut body = raw[start..].to_vec();
    for _ in 0..1 + random.below(3) {
        if body.is_empty() {
            break;
        }
        let at = random.below(body.len());
        let len = 1 + random.below(8.min(body.len() - at));
        match random.below(9) {
            0 => body[at] ^= 1 << random.below(8),
            1 => body[at] = random.next() as u8,
            2 => body[at] = *random.pick(&[0, 1, 2, 0x7e, 0x7f, 0x80, 0xff]),
            3 => body[at] = body[at].wrapping_add(*random.pick(&[1, 255])),
            4 => drop(body.drain(at..at + len)),
            5 => {
                let again = body[at..at + len].to_vec();
                body.splice(at..at, again);
            }
            // A number blown up to millions: run lengths, counts and lengths all look like this.
            6 => drop(body.splice(
                at..=at,
                [
                    0x80 | random.next() as u8,
                    0xff,
                    0xff,
                    0xff,
                    random.next() as u8 & 0x0f,
                ],
            )),
            7 => drop(body.splice(at..at, [random.next() as u8])),
            _ => {
                let other = random.below(body.len() - len + 1);
                let moved = body[at..at + len].to_vec();
                body.splice(other..other + len, moved);
            }
        }
    }
    let mut hashed = vec![if random.chance(1) {
        random.below(5) as u8
    } else {
        1
    }];
    let mut rest = body.len();
    while rest >= 0x80 {
        hashed.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    hashed.push(rest as u8);
    hashed.extend(body);
    let mut raw = vec![0x85, 0x6f, 0x4a, 0x83];
    raw.extend(&Sha256::digest(&hashed)[..4]);
    raw.extend(hashed);
    raw
}
