//! Small changes that ask for much: each is refused with its stable code before more than 32 MiB are asked for.
#![allow(
    unsafe_code,
    reason = "a counting allocator can only be written so; it adds numbers and nothing else"
)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use automerge::legacy::{ObjectId, OpId, OpType};
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, ObjType, ROOT, ReadDoc, ScalarValue};
use flate2::{Compression, write::DeflateEncoder};
use sha2::{Digest, Sha256};
use std::alloc::{GlobalAlloc, Layout, System};
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use toso_domain::crdt::{Actor, Document, Patch, Scalar, hash_of};
use toso_domain::gate::{self, Expect, History};

/// Bytes asked for since the last reset, given back or not.
static ASKED: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: every call goes to the system allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ASKED.fetch_add(layout.size(), Relaxed);
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: as the caller promised.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ASKED.fetch_add(size, Relaxed);
        // SAFETY: as the caller promised.
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const LAN: Actor = Actor([1; 16]);

fn unsigned(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// A positive number in the signed form runs are written in.
fn signed(value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    unsigned(&mut out, value);
    if out.last().unwrap() & 0x40 != 0 {
        *out.last_mut().unwrap() |= 0x80;
        out.push(0);
    }
    out
}

/// A chunk around a body, its checksum right.
fn chunk(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut hashed = vec![kind];
    unsigned(&mut hashed, body.len() as u64);
    hashed.extend(body);
    let mut raw = vec![0x85, 0x6f, 0x4a, 0x83];
    raw.extend(&Sha256::digest(&hashed)[..4]);
    raw.extend(hashed);
    raw
}

/// A change body from its parts; `columns` are (specification, bytes).
fn body(deps: u64, others: u64, columns: &[(u64, Vec<u8>)]) -> Vec<u8> {
    let mut out = Vec::new();
    unsigned(&mut out, deps);
    out.extend(vec![7; usize::try_from(deps.min(2_000)).unwrap() * 32]);
    out.push(16);
    out.extend([1; 16]);
    out.extend([1, 1, 0, 0]); // sequence number, first operation, time, no message
    unsigned(&mut out, others);
    for _ in 0..others.min(2_000) {
        out.push(16);
        out.extend([2; 16]);
    }
    unsigned(&mut out, columns.len() as u64);
    for (spec, bytes) in columns {
        unsigned(&mut out, *spec);
        unsigned(&mut out, bytes.len() as u64);
    }
    columns.iter().for_each(|(_, bytes)| out.extend(bytes));
    out
}

/// `count` operations that each write null to the key `a`, in a few runs.
fn null_writes(count: u64) -> Vec<(u64, Vec<u8>)> {
    let run = |value: &[u8]| [signed(count).as_slice(), value].concat();
    let mut falses = Vec::new();
    unsigned(&mut falses, count);
    let (key, insert, action, value, preds) = (0x15, 0x34, 0x42, 0x56, 0x70);
    vec![
        (key, run(&[1, b'a'])),
        (insert, falses),
        (action, run(&[1])),
        (value, run(&[0])),
        (preds, run(&[0])),
    ]
}

fn genesis() -> Document {
    let mut document = Document::new();
    let patch: Patch = [
        ("_kind".to_owned(), Some(Scalar::Text("household".into()))),
        ("_salt".to_owned(), Some(Scalar::Bytes(vec![3; 16]))),
        ("_v".to_owned(), Some(Scalar::Int(1))),
    ]
    .into();
    document.write(LAN, &patch, 1).unwrap();
    document
}

/// The next honest change upon [`genesis`], altered and written down canonically.
fn altered(alter: impl FnOnce(&mut automerge::ExpandedChange)) -> Vec<u8> {
    let mut document = genesis();
    let raw = document
        .write(
            LAN,
            &Patch::from([("_v".to_owned(), Some(Scalar::Int(2)))]),
            2,
        )
        .unwrap()
        .unwrap();
    let mut change = automerge::Change::from_bytes(raw).unwrap().decode();
    alter(&mut change);
    automerge::Change::from(change).raw_bytes().to_vec()
}

/// Asks the gate and then, as if there were none, the record itself. Gives the gate's code and the bytes asked for.
fn ask(raw: &[u8]) -> (&'static str, usize) {
    let mut document = genesis();
    let history = History::from_document(&document);
    let hash = hash_of(raw).unwrap_or(toso_domain::crdt::ChangeHash([0; 32]));
    let expect = Expect {
        actor: LAN,
        kind: "household",
        hash,
        may_write: true,
    };
    let before = document.state_hash();
    ASKED.store(0, Relaxed);
    let verdict = gate::check(&history, &|_| true, 2, raw, &expect);
    let applied = document.apply(raw);
    let asked = ASKED.load(Relaxed);
    if applied.is_err() {
        assert_eq!(document.state_hash(), before);
    }
    (
        verdict.map_or_else(|refusal| refusal.code, |_| "passed"),
        asked,
    )
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// One honest change of the library's own making: a list into which many nulls go.
fn null_list(count: usize) -> Vec<u8> {
    let mut library = Automerge::new().with_actor(ActorId::from([1; 16]));
    let mut transaction = library.transaction();
    let list = transaction.put_object(ROOT, "l", ObjType::List).unwrap();
    transaction
        .splice(&list, 0, 0, std::iter::repeat_n(ScalarValue::Null, count))
        .unwrap();
    let (hash, _) = transaction.commit_with(CommitOptions::default().with_time(0));
    library
        .get_change_by_hash(&hash.unwrap())
        .unwrap()
        .raw_bytes()
        .to_vec()
}

/// One test, since the allocator counts for the whole process.
#[test]
fn each_bomb_is_refused_with_its_code_before_it_asks_for_memory() {
    std::panic::set_hook(Box::new(|_| ()));
    let unknown = || OpId(1, ActorId::from([9; 16]));
    let raised = chunk(1, &body(0, 0, &null_writes(130_000_000)));
    assert!(raised.len() < 130);
    let list = null_list(2_000);
    assert!(list.len() < 130);
    let bombs: Vec<(&str, Vec<u8>, &str)> = vec![
        (
            "2,000 nulls into a list, as the library writes them",
            list,
            "bomb",
        ),
        (
            "10,000,000 operations in about a hundred bytes",
            chunk(1, &body(0, 0, &null_writes(10_000_000))),
            "bomb",
        ),
        ("130,000,000 operations", raised, "bomb"),
        (
            "as many as a number holds",
            chunk(1, &body(0, 0, &null_writes(u64::MAX >> 1))),
            "bomb",
        ),
        (
            "a null run of 10,000,000",
            chunk(
                1,
                &body(0, 0, &[(0x42, [vec![0], signed(10_000_000)].concat())]),
            ),
            "bomb",
        ),
        (
            "10,000,000 earlier operations",
            chunk(
                1,
                &body(0, 0, &[(0x71, [signed(10_000_000), vec![0]].concat())]),
            ),
            "bomb",
        ),
        (
            "500 copies of one long key",
            chunk(
                1,
                &body(
                    0,
                    0,
                    &[(
                        0x15,
                        [signed(500), signed(60_000), vec![b'k'; 60_000]].concat(),
                    )],
                ),
            ),
            "key",
        ),
        (
            "a deflated change of 256 MiB",
            chunk(2, &deflated(&vec![0; 256 << 20])),
            "size",
        ),
        (
            "a deflated change of 32 MiB",
            chunk(2, &deflated(&vec![0; 32 << 20])),
            "shape",
        ),
        (
            "a deflated honest change",
            chunk(2, &deflated(&body(0, 0, &null_writes(3)))),
            "shape",
        ),
        (
            "a document instead of a change",
            Automerge::load(&genesis().save()).unwrap().save(),
            "shape",
        ),
        (
            "a deflated column",
            chunk(1, &body(0, 0, &[(0x4a, deflated(&vec![0; 1 << 20]))])),
            "shape",
        ),
        (
            "a text of 1 MiB",
            altered(|c| c.operations[0].action = OpType::Put("a".repeat(1 << 20).as_str().into())),
            "size",
        ),
        (
            "a text of 20 KiB",
            altered(|c| c.operations[0].action = OpType::Put("a".repeat(20 << 10).as_str().into())),
            "kind",
        ),
        (
            "1,048,576 dependencies",
            chunk(1, &body(1 << 20, 0, &null_writes(1))),
            "bomb",
        ),
        (
            "a million other actors",
            chunk(1, &body(0, 1_000_000, &null_writes(1))),
            "bomb",
        ),
        (
            "an actor of 60 KB",
            altered(|c| c.actor_id = ActorId::from(vec![1; 60_000])),
            "shape",
        ),
        (
            "a message",
            altered(|c| c.message = Some("xin chào".into())),
            "shape",
        ),
        (
            "bytes after the columns",
            altered(|c| c.extra_bytes = vec![1, 2, 3]),
            "shape",
        ),
        (
            "a time no clock shows",
            altered(|c| c.time = i64::MIN),
            "shape",
        ),
        (
            "an earlier operation by nobody",
            altered(|c| c.operations[0].pred = vec![unknown()].into()),
            "actor",
        ),
        (
            "an earlier operation that is not there",
            altered(|c| c.operations[0].pred = vec![OpId(77, ActorId::from(LAN.0))].into()),
            "pred",
        ),
        (
            "an object that is not there",
            altered(|c| c.operations[0].obj = ObjectId::Id(unknown())),
            "shape",
        ),
        (
            "counters near the end",
            altered(|c| c.start_op = (u64::from(u32::MAX) - 1).try_into().unwrap()),
            "start_op",
        ),
        (
            "counters past the end",
            altered(|c| c.start_op = (1 << 40).try_into().unwrap()),
            "malformed",
        ),
        ("a number skipped", altered(|c| c.seq = 4), "seq"),
        ("the last number", altered(|c| c.seq = u64::MAX), "seq"),
        (
            "dependencies nobody has",
            altered(|c| c.deps = vec![automerge::ChangeHash([5; 32])]),
            "dep",
        ),
    ];
    let mut wrong = Vec::new();
    for (what, raw, code) in bombs {
        let (verdict, asked) = ask(&raw);
        if verdict != code || asked > 32 << 20 {
            wrong.push(format!(
                "{what} ({} bytes): {verdict} instead of {code}, {asked} bytes asked for",
                raw.len()
            ));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    // The controls: the hand-made bodies are real changes, and unchecked the library does pay what they announce.
    let three = automerge::Change::from_bytes(chunk(1, &body(0, 0, &null_writes(3)))).unwrap();
    assert_eq!(three.len(), 3);
    let many = chunk(1, &body(0, 0, &null_writes(200_000)));
    ASKED.store(0, Relaxed);
    assert_eq!(
        automerge::Change::from_bytes(many)
            .unwrap()
            .decode()
            .operations
            .len(),
        200_000
    );
    assert!(ASKED.load(Relaxed) > 32 << 20);
    let (verdict, asked) = ask(&altered(|_| ()));
    assert_eq!(verdict, "passed");
    assert!(asked < 1 << 20, "an honest change asked for {asked} bytes");
}
