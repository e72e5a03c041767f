//! Measures what `docs/decisions.md` opens with: `cargo run --release -p toso-domain --example measure`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement a person starts and reads"
)]

use automerge::sync::{State, SyncDoc};
use automerge::transaction::Transactable;
use automerge::{ActorId, Automerge, ROOT, ReadDoc};
use std::time::{Duration, Instant};
use toso_domain::crdt::{Actor, Document, Patch, Scalar};

fn visit(n: u64) -> Patch {
    let text = |s: String| Some(Scalar::Text(s));
    Patch::from([
        ("_kind".to_owned(), text("visit".into())),
        ("_v".to_owned(), Some(Scalar::Int(1))),
        (
            "_salt".to_owned(),
            Some(Scalar::Bytes(n.to_be_bytes().repeat(2))),
        ),
        (
            "household".to_owned(),
            text(format!("018f3a52-77aa-7000-8000-{n:012x}")),
        ),
        ("day".to_owned(), text(format!("2026-11-{:02}", n % 28 + 1))),
        ("contact".to_owned(), text("gap_chu_ho".into())),
        ("topics/vneid".to_owned(), Some(Scalar::Bool(true))),
        ("topics/an_toan".to_owned(), Some(Scalar::Bool(true))),
        (
            "note".to_owned(),
            text(format!("Đã hướng dẫn mở ứng dụng, hẹn lại lần {n}")),
        ),
    ])
}

fn time<T>(times: u32, mut work: impl FnMut() -> T) -> Duration {
    let start = Instant::now();
    for _ in 0..times {
        std::hint::black_box(work());
    }
    start.elapsed() / times
}

fn main() {
    let mut one = Document::new();
    let raw = one
        .write(Actor([1; 16]), &visit(7), 1_790_000_000)
        .unwrap()
        .unwrap();
    let saved = one.save();
    println!(
        "one visit: change {} B, saved record {} B",
        raw.len(),
        saved.len()
    );
    println!(
        "  load {:?}",
        time(2_000, || Document::load(&saved).unwrap())
    );
    println!(
        "  gate's reading {:?}",
        time(2_000, || toso_domain::crdt::read(&raw).unwrap())
    );
    println!(
        "  apply with proof {:?}",
        time(500, || {
            let mut doc = Document::new();
            doc.apply(&raw).unwrap();
            doc
        })
    );

    // The other way: every record of a commune in one document, a map of maps.
    let records = 20_000_u64;
    let mut big = Automerge::new().with_actor(ActorId::from([1; 16]));
    let mut tx = big.transaction();
    for n in 0..records {
        let record = tx
            .put_object(ROOT, n.to_string(), automerge::ObjType::Map)
            .unwrap();
        for (key, value) in visit(n) {
            if let Some(Scalar::Text(text)) = value {
                tx.put(&record, key, text).unwrap();
            }
        }
    }
    tx.commit();
    let saved = big.save();
    println!(
        "{records} visits in one document: saved {} KB",
        saved.len() / 1024
    );
    println!("  load {:?}", time(3, || Automerge::load(&saved).unwrap()));
    let mut at_once = big.clone();
    println!(
        "  one edit and save {:?}",
        time(3, || {
            let mut tx = at_once.transaction();
            let (_, record) = tx.get(ROOT, "1").unwrap().unwrap();
            tx.put(&record, "note", "x").unwrap();
            tx.commit();
            at_once.save().len()
        })
    );

    // Automerge's own sync between two copies of one small record that are already equal.
    let mut a = Automerge::load(&one.save()).unwrap();
    let mut b = Automerge::load(&one.save()).unwrap();
    let (mut sa, mut sb) = (State::new(), State::new());
    let (mut messages, mut bytes) = (0, 0);
    loop {
        let there = a.generate_sync_message(&mut sa);
        let back = b.generate_sync_message(&mut sb);
        if there.is_none() && back.is_none() {
            break;
        }
        if let Some(m) = there {
            messages += 1;
            bytes += m.clone().encode().len();
            b.receive_sync_message(&mut sb, m).unwrap();
        }
        if let Some(m) = back {
            messages += 1;
            bytes += m.clone().encode().len();
            a.receive_sync_message(&mut sa, m).unwrap();
        }
    }
    println!(
        "Automerge's sync of one record already equal: {messages} messages, {bytes} B; of 10,000: {} KB",
        bytes * 10_000 / 1024
    );
}
