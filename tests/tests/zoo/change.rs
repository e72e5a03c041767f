//! Changes: run lengths, counts, columns, values and other ways of writing.

use crate::animal::{Animal, Cage};
use crate::craft::{Craft, Op, chunk, sealed, signed, unsigned};
use crate::doors::{Door, Stand};
use toso_tests::bomb::expansion;
use toso_tests::village::{record, team};

pub(crate) fn animals(stand: &mut Stand) -> Vec<Animal> {
    let pao = &mut stand.village.pao;
    let actor = pao.next_header().log().actor(team()).0;
    let stands = pao.copy.document(team(), record(2)).unwrap().unwrap();
    let mut all = read_alone(actor);
    all.extend(crate::entry::as_entries(actor));
    all.extend(crate::entry::beside(actor, &stands));
    all
}

/// A body cut, with length and checksum made to fit.
fn bodies(actor: [u8; 16]) -> Vec<u8> {
    let raw = Craft::household(actor).bytes();
    let length = raw[9..].iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
    raw[9 + length..].to_vec()
}

fn read_alone(actor: [u8; 16]) -> Vec<Animal> {
    let mut cage = Cage::at(Door::Change);
    let good = Craft::household(actor);
    cage.put("right", good.bytes(), "ok");
    let raw = good.bytes();
    for cut in [0, 3, 4, 7, 8, 9, 10, 11, 28, 60, raw.len() - 1] {
        cage.put(format!("cut-at-{cut}"), raw[..cut].to_vec(), "malformed");
    }
    let body = bodies(actor);
    for cut in [0, 1, 2, 17, 18, 19, 21, 23, 30, 40, 60, 90, body.len() - 1] {
        cage.put(
            format!("body-cut-at-{cut}"),
            chunk(1, &body[..cut]),
            "malformed",
        );
    }
    for kind in [0_u8, 2, 3, 255] {
        cage.put(format!("chunk-type-{kind}"), chunk(kind, &body), "shape");
    }
    let mut wrong = raw.clone();
    wrong[5] ^= 1;
    cage.put("wrong-checksum", wrong, "malformed");
    let mut magic = raw.clone();
    magic[0] = 0;
    cage.put("wrong-magic", magic, "malformed");
    cage.put(
        "two-in-one",
        [raw.clone(), raw.clone()].concat(),
        "malformed",
    );
    cage.put("one-byte-more", [&raw[..], &[0]].concat(), "malformed");
    for count in [
        501,
        1_000,
        1_000_000,
        100_000_000,
        1 << 32,
        1 << 48,
        (1 << 63) - 1,
    ] {
        cage.put(
            format!("expands-to-{count}"),
            expansion(actor, count),
            "bomb",
        );
    }
    cage.put(
        "expands-past-64-bits",
        expansion(actor, u64::MAX),
        "malformed",
    );
    // Length of the chunk, in more bytes than it needs, and more than there is.
    for (name, length) in [
        ("longer-than-it-is", unsigned(body.len() as u64 + 1)),
        ("shorter-than-it-is", unsigned(body.len() as u64 - 1)),
        ("of-a-terabyte", unsigned(1 << 40)),
        ("of-64-bits", unsigned(u64::MAX)),
        (
            "written-longer",
            vec![
                body.len() as u8 & 0x7f | 0x80,
                body.len() as u8 >> 7 | 0x80,
                0,
            ],
        ),
        ("without-end", vec![0xff; 12]),
    ] {
        let hashed = [&[1][..], &length, &body].concat();
        cage.put(format!("length-{name}"), sealed(&hashed), "malformed");
    }
    let with = |work: &dyn Fn(&mut Craft)| {
        let mut craft = good.clone();
        work(&mut craft);
        craft.bytes()
    };
    for length in [0, 1, 15, 17, 255] {
        let odd = with(&|craft| craft.actor = vec![5; length]);
        cage.put(format!("actor-of-{length}-bytes"), odd, "shape");
    }
    let deps = |n| with(&|craft| craft.deps = vec![toso_domain::crdt::ChangeHash([7; 32]); n]);
    cage.put("deps-257", deps(257), "bomb");
    cage.put("deps-2000", deps(2_000), "bomb");
    let counted = |at: usize, count: u64| {
        let mut body = body.clone();
        body.splice(at..=at, unsigned(count));
        chunk(1, &body)
    };
    for count in [257, 1 << 20, 1 << 62, u64::MAX] {
        cage.put(format!("announces-{count}-deps"), counted(0, count), "bomb");
    }
    cage.put("announces-10-deps", counted(0, 10), "malformed");
    cage.put(
        "others-257",
        with(&|craft| craft.others = vec![[5; 16]; 257]),
        "bomb",
    );
    cage.put(
        "a-message",
        with(&|craft| craft.message = b"chao".to_vec()),
        "shape",
    );
    cage.put(
        "a-message-of-60-kb",
        with(&|craft| craft.message = vec![b'x'; 60_000]),
        "shape",
    );
    cage.put(
        "extra-bytes",
        with(&|craft| craft.extra = vec![1, 2, 3]),
        "shape",
    );
    cage.put(
        "larger-than-64-kib",
        with(&|craft| craft.extra = vec![0; 65_536]),
        "size",
    );
    cage.put(
        "larger-than-a-megabyte",
        with(&|craft| craft.extra = vec![0; 1 << 20]),
        "size",
    );
    cage.put(
        "columns-65",
        with(&|craft| craft.more = (0..65).map(|n| (0x1000 + n * 16, vec![1])).collect()),
        "bomb",
    );
    cage.put(
        "a-deflated-column",
        with(&|craft| craft.more = vec![(0x78 | 8, vec![0; 20])]),
        "shape",
    );
    cage.put(
        "a-deflated-bomb",
        with(&|craft| craft.more = vec![(0x57 | 8, deflated())]),
        "shape",
    );
    for spec in [0x01, 0x02, 0x11, 0x13, 0x90, 0xa5] {
        let more = with(&|craft| craft.more = vec![(spec, [signed(4), vec![1]].concat())]);
        cage.put(
            format!("a-column-{spec:02x}"),
            more,
            match spec {
                0x11 | 0x13 | 0xa5 => "malformed",
                _ => "canonical",
            },
        );
    }
    cage.put(
        "a-column-twice",
        with(&|craft| craft.more = vec![(0x42, [signed(4), vec![1]].concat())]),
        "canonical",
    );
    for time in [-1, i64::MIN, i64::MAX, 253_402_300_800] {
        cage.put(
            format!("time-{time}"),
            with(&|craft| craft.time = time),
            "shape",
        );
    }
    cage.put("number-0", with(&|craft| craft.seq = 0), "ok");
    cage.put(
        "first-operation-0",
        with(&|craft| craft.start = 0),
        "malformed",
    );
    cage.put(
        "first-operation-at-the-end",
        with(&|craft| craft.start = u64::MAX),
        "malformed",
    );
    cage.put(
        "no-operations",
        with(&|craft| craft.ops.clear()),
        "canonical",
    );
    cage.put(
        "operations-501",
        with(&|craft| craft.ops = vec![Op::text("a", "b"); 501]),
        "bomb",
    );
    let one = |op: Op| with(&|craft| craft.ops = vec![op.clone()]);
    for sort in [8, 9, 10, 11, 15] {
        cage.put(
            format!("value-of-sort-{sort}"),
            one(Op::of("a", sort, &[1])),
            "kind",
        );
    }
    for action in [0, 2, 4, 5, 6, 7, 8, 99] {
        let mut op = Op::text("a", "b");
        op.action = action;
        cage.put(
            format!("action-{action}"),
            one(op),
            match action {
                5 | 8 | 99 => "malformed",
                _ => "canonical",
            },
        );
    }
    cage.put(
        "value-longer-than-there-is",
        one(Op {
            meta: 1_000 << 4 | 6,
            ..Op::text("a", "b")
        }),
        "malformed",
    );
    cage.put(
        "value-of-an-exabyte",
        one(Op {
            meta: 1 << 60 | 6,
            ..Op::text("a", "b")
        }),
        "malformed",
    );
    cage.put(
        "text-that-is-none",
        one(Op::of("a", 6, &[0xff, 0xfe])),
        "malformed",
    );
    cage.put(
        "number-without-end",
        one(Op::of("a", 4, &[0xff; 12])),
        "malformed",
    );
    cage.put(
        "number-in-many-bytes",
        one(Op::of("a", 4, &[0x81, 0x80, 0x00])),
        "malformed",
    );
    cage.put(
        "a-key-of-65-bytes",
        one(Op::text(&"k".repeat(65), "b")),
        "key",
    );
    cage.put(
        "a-key-of-60-kb",
        one(Op::text(&"k".repeat(60_000), "b")),
        "key",
    );
    let pred = |count: usize| Op {
        pred: vec![(0, 1); count],
        ..Op::text("a", "b")
    };
    cage.put("places-5001", one(pred(5_001)), "bomb");
    cage.put(
        "place-of-actor-9",
        one(Op {
            pred: vec![(9, 1)],
            ..Op::text("a", "b")
        }),
        "panic",
    );
    cage.put(
        "place-of-operation-minus-5",
        one(Op {
            pred: vec![(0, -5)],
            ..Op::text("a", "b")
        }),
        "malformed",
    );
    cage.put(
        "written-wordily",
        with(&|craft| craft.wordy = true),
        "canonical",
    );
    let twice = with(&|craft| craft.ops = vec![Op::text("a", "b"), Op::text("b", "b")]);
    cage.put("two-fields", twice, "ok");
    let wordy = with(&|craft| {
        craft.ops = vec![Op::text("a", "b"), Op::text("b", "b")];
        craft.wordy = true;
    });
    cage.put("two-fields-wordily", wordy, "canonical");
    cage.put(
        "others-nobody-names",
        with(&|craft| craft.others = vec![[5; 16]]),
        "canonical",
    );
    cage.put(
        "the-author-among-the-others",
        with(&|craft| craft.others = vec![actor]),
        "canonical",
    );
    let unsorted = with(&|craft| {
        craft.deps = vec![
            toso_domain::crdt::ChangeHash([9; 32]),
            toso_domain::crdt::ChangeHash([7; 32]),
        ]
    });
    cage.put("deps-unsorted", unsorted, "canonical");
    cage.all
}

/// A deflate stream of a few kilobytes that unpacks to megabytes: stored blocks would be honest, these are runs.
fn deflated() -> Vec<u8> {
    [
        &[0xed, 0xc1, 0x01, 0x0d, 0, 0, 0, 0xc2, 0xa0][..],
        &[0; 1_000],
    ]
    .concat()
}
