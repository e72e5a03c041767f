//! Changes in packs that are what they say: what the gate says of them.

use crate::animal::{Animal, Cage};
use crate::craft::{Craft, Op};
use crate::doors::Door;
use toso_domain::crdt::Document;
use toso_tests::bomb::expansion;

pub(crate) fn as_entries(actor: [u8; 16]) -> Vec<Animal> {
    let mut cage = Cage::at(Door::Entry);
    let good = Craft::household(actor);
    let with = |work: &dyn Fn(&mut Craft)| {
        let mut craft = good.clone();
        work(&mut craft);
        craft.bytes()
    };
    cage.put("right", good.bytes(), "ok");
    for at in 0..3 {
        let less = with(&|craft| drop(craft.ops.remove(at)));
        cage.put(format!("begins-without-{}", good.ops[at].key), less, "kind");
    }
    cage.put(
        "says-another-kind",
        with(&|craft| craft.ops[0] = Op::text("_kind", "visit")),
        "kind",
    );
    cage.put(
        "says-its-kind-as-bytes",
        with(&|craft| craft.ops[0] = Op::of("_kind", 7, b"household")),
        "kind",
    );
    cage.put(
        "salt-of-15-bytes",
        with(&|craft| craft.ops[1] = Op::of("_salt", 7, &[9; 15])),
        "kind",
    );
    cage.put(
        "version-as-text",
        with(&|craft| craft.ops[2] = Op::text("_v", "1")),
        "kind",
    );
    cage.put("number-2", with(&|craft| craft.seq = 2), "seq");
    cage.put(
        "number-of-64-bits",
        with(&|craft| craft.seq = u64::MAX),
        "seq",
    );
    cage.put(
        "first-operation-2",
        with(&|craft| craft.start = 2),
        "start_op",
    );
    cage.put(
        "operations-past-the-budget",
        with(&|craft| craft.start = 1 << 40),
        "malformed",
    );
    cage.put(
        "by-another",
        with(&|craft| craft.actor = vec![5; 16]),
        "actor",
    );
    cage.put(
        "after-what-is-nowhere",
        with(&|craft| craft.deps = vec![toso_domain::crdt::ChangeHash([7; 32])]),
        "dep",
    );
    cage.put(
        "one-field-twice",
        with(&|craft| craft.ops.push(craft.ops[3].clone())),
        "key",
    );
    cage.put(
        "a-field-without-a-name",
        with(&|craft| craft.ops.push(Op::text("", "x"))),
        "key",
    );
    cage.put(
        "deletes-what-is-not-there",
        with(&|craft| {
            craft.ops.push(Op {
                action: 3,
                meta: 0,
                value: Vec::new(),
                ..Op::text("phone", "")
            })
        }),
        "pred",
    );
    cage.put(
        "in-place-of-nothing",
        with(&|craft| craft.ops[3].pred = vec![(0, 40)]),
        "actor",
    );
    cage.put(
        "not-a-number",
        with(&|craft| craft.ops.push(Op::of("x", 5, &f64::NAN.to_le_bytes()))),
        "kind",
    );
    cage.put(
        "endless-number",
        with(&|craft| craft.ops.push(Op::of("x", 5, &f64::INFINITY.to_le_bytes()))),
        "kind",
    );
    cage.put(
        "text-of-60-kb",
        with(&|craft| craft.ops.push(Op::text("note", &"x".repeat(60_000)))),
        "kind",
    );
    cage.put("expands", expansion(actor, 130_000_000), "bomb");
    cage.all
}

pub(crate) fn beside(actor: [u8; 16], stands: &Document) -> Vec<Animal> {
    let mut cage = Cage::at(Door::Beside);
    let mut good = Craft::on(stands, actor, vec![Op::text("phone", "0911 111 111")]);
    good.seq = 1 + stands
        .changes()
        .iter()
        .filter(|c| c.actor.0 == actor)
        .count() as u64;
    let with = |work: &dyn Fn(&mut Craft)| {
        let mut craft = good.clone();
        work(&mut craft);
        craft.bytes()
    };
    cage.put("right", good.bytes(), "ok");
    cage.put("number-again", with(&|craft| craft.seq -= 1), "seq");
    cage.put("number-left-out", with(&|craft| craft.seq += 1), "seq");
    cage.put("begins-anew", Craft::household(actor).bytes(), "seq");
    cage.put(
        "in-place-of-another-field",
        with(&|craft| craft.ops[0].pred = vec![(0, 1)]),
        "pred",
    );
    cage.put(
        "in-place-of-what-is-nowhere",
        with(&|craft| craft.ops[0].pred = vec![(0, 900)]),
        "pred",
    );
    let by = with(&|craft| {
        craft.others = vec![[5; 16]];
        craft.ops[0].pred = vec![(1, 1)];
    });
    cage.put("in-place-of-a-strangers", by, "actor");
    cage.put(
        "changes-its-kind",
        with(&|craft| craft.ops[0] = Op::text("_kind", "visit")),
        "kind",
    );
    cage.put(
        "without-its-past",
        with(&|craft| craft.deps.clear()),
        "start_op",
    );
    cage.put(
        "past-named-twice",
        with(&|craft| craft.deps.push(craft.deps[0])),
        "dep",
    );
    cage.all
}
