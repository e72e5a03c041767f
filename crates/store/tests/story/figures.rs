//! How long things take here. Not a check: run with `cargo test -p toso-store --release figures -- --ignored --nocapture`.

use super::folder::{folder, household, id, open, save_with_frame, team};
use std::fs::OpenOptions;
use std::io::Write;
use std::time::{Duration, Instant};
use toso_store::{List, Search};

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[test]
#[ignore = "a measurement"]
fn figures() {
    let folder = folder();
    let mut store = open(folder.path()).store;
    let names = [
        "Nguyễn", "Vừ", "Lầu", "Đức", "Páo", "Mai", "Chù", "Dục", "Bá", "Văn",
    ];
    let start = Instant::now();
    store.begin().unwrap();
    for n in 0..10_000_u32 {
        let pick = |by: u32| names[(n / by) as usize % 10];
        let head = format!("{} {} {} {n}", pick(1), pick(10), pick(100));
        store
            .put_document(team(), id(n), &[7; 400], true, Some(&household(&head)))
            .unwrap();
    }
    store.commit().unwrap();
    println!(
        "10,000 documents with rows, one transaction: {:?}",
        start.elapsed()
    );
    drop(store);
    let start = Instant::now();
    let mut store = open(folder.path()).store;
    println!("open: {:?}", start.elapsed());

    let bare = folder.path().join("bare");
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&bare)
        .unwrap();
    let (mut ours, mut commits, mut appends) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..200 {
        let start = Instant::now();
        save_with_frame(&mut store, 20_000 + n, &format!("Nguyễn Văn Đức {n}"));
        ours.push(start.elapsed());
        let start = Instant::now();
        store.begin().unwrap();
        store.set_value("bare", &[(n % 251) as u8; 400]).unwrap();
        store.commit().unwrap();
        commits.push(start.elapsed());
        let start = Instant::now();
        file.write_all(&[7; 400]).unwrap();
        file.sync_data().unwrap();
        appends.push(start.elapsed());
    }
    let (ours, bare) = (median(ours), median(commits) + median(appends));
    println!(
        "save: {ours:?}; bare commit + bare append: {bare:?}; ratio {:.2}",
        ours.as_secs_f64() / bare.as_secs_f64()
    );

    for text in ["duc", "nguyen", "n", "nguyen duc", "123"] {
        let search = Search {
            text: text.into(),
            limit: 20,
            ..Search::default()
        };
        let times = (0..21).map(|_| {
            let start = Instant::now();
            assert!(!store.search(&search).unwrap().is_empty());
            start.elapsed()
        });
        println!("search {text:?}: {:?}", median(times.collect()));
        let bare =
            "SELECT rowid FROM record_search WHERE record_search MATCH ?1 ORDER BY rank LIMIT 20";
        let quoted: Vec<String> = text.split(' ').map(|w| format!("\"{w}\"")).collect();
        let value = serde_json::json!(format!("{} *", quoted.join(" AND ")));
        let times = (0..21).map(|_| {
            let start = Instant::now();
            store.query(bare, std::slice::from_ref(&value)).unwrap();
            start.elapsed()
        });
        println!("  bare FTS5 by rank: {:?}", median(times.collect()));
    }
    let list = List {
        kind: Some("household".into()),
        space: Some(team()),
        limit: 50,
        ..List::default()
    };
    let start = Instant::now();
    store.list(&list).unwrap();
    println!("first page of 50: {:?}", start.elapsed());
    let start = Instant::now();
    store.view_hash(team()).unwrap();
    println!("view hash: {:?}", start.elapsed());
}
