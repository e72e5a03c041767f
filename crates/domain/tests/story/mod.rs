//! What the tests of the gate share: a small random source, people who edit one record on several devices, and a plain
//! model of what the record should then hold.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "test support, each test uses a part"
)]

use std::collections::{BTreeMap, BTreeSet};
use toso_domain::crdt::{Actor, Change, ChangeHash, Document, OpId, Patch, Scalar};
use toso_domain::gate::{self, Expect, History};

/// The kind of every record here.
pub(crate) const KIND: &str = "household";

/// SplitMix64: the same numbers on every machine, so a failing seed can be run again.
#[derive(Debug, Clone)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to `end`, `end` left out.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap()
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// An environment variable as a number.
pub(crate) fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

/// Keeps the library's caught panics out of the output; ours are still shown.
pub(crate) fn quiet_library() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let file = info.location().map_or("", |place| place.file());
        if !["automerge", "hexane"]
            .iter()
            .any(|name| file.contains(name))
        {
            before(info);
        }
    }));
}

pub(crate) fn actor(n: usize) -> Actor {
    Actor([u8::try_from(n % 250).unwrap() + 1; 16])
}

fn value(random: &mut Random) -> Option<Scalar> {
    Some(match random.below(9) {
        0 => return None,
        1 => Scalar::Null,
        2 => Scalar::Bool(random.chance(50)),
        3 => Scalar::Int(random.next().cast_signed()),
        4 => Scalar::Float(f64::from(u32::try_from(random.below(1000)).unwrap()) / 8.0),
        5 => Scalar::Bytes(vec![7; random.below(65)]),
        6 => Scalar::Text("Thào Thị Máy – bản Háng Đồng\0".repeat(random.below(12))),
        _ => Scalar::Int(i64::try_from(random.below(3)).unwrap()),
    })
}

pub(crate) fn genesis() -> Patch {
    let fields = [
        ("_kind", Scalar::Text(KIND.into())),
        ("_v", Scalar::Int(1)),
        ("_salt", Scalar::Bytes(vec![9; 16])),
    ];
    fields
        .into_iter()
        .map(|(key, value)| (key.to_owned(), Some(value)))
        .collect()
}

fn patch(random: &mut Random) -> Patch {
    let long = "k".repeat(64);
    let keys = [
        "name",
        "phone",
        "note",
        "họ tên",
        "field/01",
        "x",
        long.as_str(),
    ];
    let count = if random.chance(3) {
        60
    } else {
        1 + random.below(4)
    };
    let mut patch = Patch::new();
    for n in 0..count {
        let key = if n < 7 {
            (*random.pick(&keys)).to_owned()
        } else {
            format!("set/{n}")
        };
        patch.insert(key, value(random));
    }
    patch
}

/// One device's copy of the record.
#[derive(Debug, Clone, Default)]
pub(crate) struct Copy {
    pub(crate) document: Document,
    pub(crate) history: History,
    pub(crate) held: BTreeMap<ChangeHash, Change>,
}

impl Copy {
    pub(crate) fn write(&mut self, by: Actor, patch: &Patch) -> Option<Change> {
        let raw = self.document.write(by, patch, 1_790_000_000).unwrap()?;
        let change = toso_domain::crdt::read(&raw).unwrap();
        self.keep(&change);
        Some(change)
    }

    fn keep(&mut self, change: &Change) {
        self.history.insert(change);
        self.held.insert(change.hash, change.clone());
    }

    /// Judges and applies one honest change; its past is exactly its ancestors.
    pub(crate) fn receive(&mut self, change: &Change) {
        let past = ancestors(&self.held, &change.deps);
        let expect = Expect {
            actor: change.actor,
            kind: KIND,
            hash: change.hash,
            may_write: true,
        };
        let next = self.history.next_seq(&change.actor);
        let passed = gate::check(
            &self.history,
            &|hash| past.contains(hash),
            next,
            &change.raw,
            &expect,
        );
        assert_eq!(
            passed.as_ref(),
            Ok(change),
            "the gate refused an honest change"
        );
        self.document.apply(&change.raw).unwrap();
        self.keep(change);
    }
}

pub(crate) fn ancestors(
    held: &BTreeMap<ChangeHash, Change>,
    deps: &[ChangeHash],
) -> BTreeSet<ChangeHash> {
    let mut open = deps.to_vec();
    let mut seen: BTreeSet<_> = open.iter().copied().collect();
    while let Some(hash) = open.pop() {
        open.extend(held[&hash].deps.iter().filter(|dep| seen.insert(**dep)));
    }
    seen
}

/// Several people edit one record, sometimes each creates it, and pass on parts of what they hold. Gives their copies
/// as they then stand, and how many times the gate was asked.
pub(crate) fn episode(random: &mut Random, steps: usize) -> (Vec<Copy>, u64) {
    let people = 2 + random.below(4);
    let mut copies = vec![Copy::default(); people];
    let mut asked = 0;
    for (n, copy) in copies.iter_mut().enumerate() {
        if n == 0 || random.chance(20) {
            copy.write(actor(n), &genesis());
        }
    }
    for step in 0..steps {
        let (from, to) = (random.below(people), random.below(people));
        if random.chance(50) && !copies[from].document.is_empty() {
            // Now and then a device begins a new log, so its actor is a new one.
            let by = if random.chance(5) {
                actor(10 + step)
            } else {
                actor(from)
            };
            copies[from].write(by, &patch(random));
        } else {
            asked += pass_on(&mut copies, from, to, 1 + random.below(6));
        }
    }
    (copies, asked)
}

/// Gives at most `most` changes of one copy to another, dependencies first.
fn pass_on(copies: &mut [Copy], from: usize, to: usize, most: usize) -> u64 {
    let all = copies[from].document.changes();
    let missing: Vec<_> = all
        .into_iter()
        .filter(|change| !copies[to].held.contains_key(&change.hash))
        .take(most)
        .collect();
    missing.iter().for_each(|change| copies[to].receive(change));
    missing.len() as u64
}

/// Everyone gives everyone everything.
pub(crate) fn level(copies: &mut [Copy]) -> u64 {
    let mut asked = 0;
    for _ in 0..2 {
        for n in 0..copies.len() {
            asked += pass_on(copies, n, (n + 1) % copies.len(), usize::MAX);
        }
    }
    asked
}

/// The changes in a random order in which each comes after its dependencies.
pub(crate) fn shuffled(random: &mut Random, changes: &BTreeMap<ChangeHash, Change>) -> Vec<Change> {
    let mut left: Vec<_> = changes.values().collect();
    let mut done = BTreeSet::new();
    let mut order = Vec::new();
    while !left.is_empty() {
        let ready: Vec<_> = (0..left.len())
            .filter(|n| left[*n].deps.iter().all(|dep| done.contains(dep)))
            .collect();
        let next = left.swap_remove(*random.pick(&ready));
        done.insert(next.hash);
        order.push(next.clone());
    }
    order
}

/// What a record with these changes holds, worked out without the library: every written version nobody has replaced,
/// the greatest first.
pub(crate) fn model(
    changes: &BTreeMap<ChangeHash, Change>,
) -> BTreeMap<String, Vec<(Scalar, ChangeHash)>> {
    let replaced: BTreeSet<OpId> = changes
        .values()
        .flat_map(|c| &c.ops)
        .flat_map(|op| op.pred.iter().copied())
        .collect();
    let mut alive: BTreeMap<(String, OpId), (Scalar, ChangeHash)> = BTreeMap::new();
    for change in changes.values() {
        for (counter, op) in (change.start_op..).zip(&change.ops) {
            let id = OpId {
                counter,
                actor: change.actor,
            };
            if let (Some(value), false) = (&op.write, replaced.contains(&id)) {
                alive.insert((op.key.clone(), id), (value.clone(), change.hash));
            }
        }
    }
    let mut record: BTreeMap<String, Vec<_>> = BTreeMap::new();
    alive
        .into_iter()
        .rev()
        .for_each(|((key, _), version)| record.entry(key).or_default().push(version));
    record
}

/// What the record does hold, in the model's form.
pub(crate) fn held(document: &Document) -> BTreeMap<String, Vec<(Scalar, ChangeHash)>> {
    let versions = |key: &String| {
        document
            .get(key)
            .into_iter()
            .map(|v| (v.value, v.change))
            .collect()
    };
    document
        .keys()
        .into_iter()
        .map(|key| (key.clone(), versions(&key)))
        .collect()
}
