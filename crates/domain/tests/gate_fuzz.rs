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

mod mutation;
mod story;

use mutation::{damaged, rewritten};
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
