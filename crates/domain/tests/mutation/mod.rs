//! Hostile changes: honest ones rewritten through the library, or with their bytes damaged, checksums redone.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test support")]

use crate::story::{self, Copy, Random};
use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, ObjType, ScalarValue};
use sha2::{Digest, Sha256};
use std::panic::{AssertUnwindSafe, catch_unwind};
use toso_domain::crdt::Change;

/// Changes the meaning through the library's own writer, so that the result is canonical and only the gate's rules about
/// history can stop it.
pub(crate) fn rewritten(random: &mut Random, base: &Copy, draft: &Change) -> Vec<u8> {
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
pub(crate) fn damaged(random: &mut Random, raw: &[u8]) -> Vec<u8> {
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
