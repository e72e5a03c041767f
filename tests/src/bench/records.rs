//! The rows about many records: pushing them, pulling them, and syncing with nothing new.

use std::path::Path;
use std::time::Instant;

use anyhow::ensure;
use serde_json::{Value, json};

use super::peer::Peer;
use super::proxy::Proxy;
use super::row::{Bound, Figures, Row, Side, median};
use super::stand::{Stand, same};
use super::{Bench, disk};
use crate::commune::{Commune, Size};
use crate::demo::Person;
use crate::village::team;

const RECORDS: usize = 10_000;
const POUCH: &str = "PouchDB 9.0 ↔ express-pouchdb 4.2 on LevelDB";
const REPO_RECORDS: usize = 1_000;
const REPO: &str = "automerge-repo 2.5 ↔ its websocket server, files";

/// Households as the office would list them: id and fields, the same for us and for every peer.
pub(super) fn households(count: usize) -> Vec<(String, Value)> {
    let size = Size {
        people: Size::COMMUNE.households,
        visits: 0,
        ..Size::COMMUNE
    };
    let commune = Commune::large(2026, size);
    let households = commune.of_kind("household").take(count);
    households
        .map(|one| (one.id.clone(), one.fields.clone().into()))
        .collect()
}

fn write(records: &[(String, Value)], to: &Path) -> anyhow::Result<()> {
    let all: Vec<Value> = records
        .iter()
        .map(|(id, fields)| json!({ "id": id, "fields": fields }))
        .collect();
    Ok(std::fs::write(to, serde_json::to_vec(&all)?)?)
}

/// Households of the team, made as an import makes them.
pub(super) fn make(by: &Person, records: &[(String, Value)]) -> anyhow::Result<()> {
    for some in records.chunks(1_000) {
        let inputs = some.iter().map(|(id, fields)| {
            json!({ "space": team(), "kind": "household", "id": id, "fields": fields })
        });
        by.create_all(inputs)?;
    }
    Ok(())
}

/// Three figures of one run: push, pull, nothing new.
type Run = [Figures; 3];

/// 10,000 records beside PouchDB: `push`, `pull`, `nothing-new`.
///
/// # Errors
/// A step failed, or the two ends did not hold the same.
pub(super) fn pouch(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let records = households(RECORDS);
    let (mut ours, mut theirs, mut fsync) = (Vec::new(), Vec::new(), Vec::new());
    for sample in 0..bench.samples {
        let home = bench.home("records")?;
        fsync.push(disk::fsync_ms(&home)?);
        ours.push(our_run(bench, &home, &records)?);
        theirs.push(pouch_run(bench, &home, &records)?);
        let told = |run: &Run| run.map(|part| part.seconds.unwrap_or(0.0));
        bench.say(&format!(
            "records, run {}: push, pull, nothing new: ours {:.3?} s, PouchDB {:.3?} s",
            sample + 1,
            told(&ours[sample]),
            told(&theirs[sample])
        ));
        std::fs::remove_dir_all(&home)?;
    }
    let side =
        |runs: &[Run], part: usize| Side::of(&runs.iter().map(|run| run[part]).collect::<Vec<_>>());
    let row = |name, what: &str, part, budget| Row {
        name,
        what: what.to_owned(),
        ours: side(&ours, part),
        peer: Some((POUCH.to_owned(), side(&theirs, part))),
        budget,
        fsync_ms: median(&fsync).unwrap_or(0.0),
        more: Vec::new(),
    };
    let mut push = row(
        "push",
        "10,000 new households, device → hub",
        0,
        vec![Bound::Faster(5.0), Bound::PartOfBytesUp(0.125)],
    );
    let a_record = push.ours.median.bytes_up.unwrap_or(0.0) / RECORDS as f64;
    push.more.push(("bytes_up_a_record", a_record));
    let pull = row(
        "pull",
        "the same on a new device: checked, projected, searchable; PouchDB: its bare pull",
        1,
        vec![Bound::Faster(5.0)],
    );
    let nothing = row(
        "nothing-new",
        "sync again when both hold the same",
        2,
        vec![Bound::Requests(1.0), Bound::Bytes(1_023.0)],
    );
    Ok(vec![push, pull, nothing])
}

fn our_run(bench: &Bench, home: &Path, records: &[(String, Value)]) -> anyhow::Result<Run> {
    let stand = Stand::begin(bench, &home.join("ours"))?;
    let lan = stand.phone("Lan")?;
    let pao = stand.phone("Páo")?;
    lan.sync()?;
    let began = Instant::now();
    make(&lan, records)?;
    let saving = began.elapsed().as_secs_f64();
    bench.say(&format!(
        "… {} records made in {saving:.1} s",
        records.len()
    ));
    let push = stand.exchange(&lan)?;
    let pull = stand.exchange(&pao)?;
    same(&lan, &pao, team(), records.len())?;
    let found = pao.done(
        "search",
        json!({ "text": "lo van", "kinds": ["household"] }),
    )?;
    ensure!(
        found.as_array().is_some_and(|hits| !hits.is_empty()),
        "not searchable"
    );
    lan.sync()?;
    let nothing = stand.exchange(&lan)?;
    Ok([push, pull, nothing])
}

fn pouch_run(bench: &Bench, home: &Path, records: &[(String, Value)]) -> anyhow::Result<Run> {
    let file = home.join("records.json");
    write(records, &file)?;
    let folder = |name: &str| home.join(name).display().to_string();
    let mut server = Peer::start(&bench.peers, "pouch.mjs", &["server", &folder("couch")])?;
    let proxy = Proxy::before(&server.url())?;
    let device = |name: &str| {
        Peer::start(
            &bench.peers,
            "pouch.mjs",
            &["device", &folder(name), &proxy.url],
        )
    };
    let (mut lan, mut pao) = (device("pouch-lan")?, device("pouch-pao")?);
    lan.ask(&json!({ "do": "fill", "file": file }))?;
    let timed = |peer: &mut Peer, what: &str| -> anyhow::Result<Figures> {
        proxy.begin();
        let told = peer.ask(&json!({ "do": what }))?;
        Ok(proxy.counted(told["seconds"].as_f64().unwrap_or(f64::INFINITY)))
    };
    let push = timed(&mut lan, "push")?;
    let pull = timed(&mut pao, "pull")?;
    let hash = json!({ "do": "hash" });
    let held = server.ask(&hash)?;
    ensure!(
        held["count"] == json!(records.len()),
        "the server holds {held}"
    );
    ensure!(
        held == lan.ask(&hash)? && held == pao.ask(&hash)?,
        "PouchDB's copies differ"
    );
    timed(&mut lan, "sync")?;
    let nothing = timed(&mut lan, "sync")?;
    Ok([push, pull, nothing])
}

/// 1,000 documents beside automerge-repo: `repo-push`, `repo-pull`.
///
/// # Errors
/// A step failed, or the two ends did not hold the same.
pub(super) fn repo(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let records = households(REPO_RECORDS);
    let (mut ours, mut theirs, mut fsync) = (Vec::new(), Vec::new(), Vec::new());
    for sample in 0..bench.samples {
        let home = bench.home("repo")?;
        fsync.push(disk::fsync_ms(&home)?);
        ours.push(our_run(bench, &home, &records)?);
        theirs.push(repo_run(bench, &home, &records)?);
        let told = |run: &[Figures]| -> Vec<f64> {
            run.iter()
                .take(2)
                .map(|part| part.seconds.unwrap_or(0.0))
                .collect()
        };
        bench.say(&format!(
            "1,000 documents, run {}: push, pull: ours {:.3?} s, automerge-repo {:.3?} s",
            sample + 1,
            told(&ours[sample]),
            told(&theirs[sample])
        ));
        std::fs::remove_dir_all(&home)?;
    }
    let row = |name, what: &str, part: usize| Row {
        name,
        what: what.to_owned(),
        ours: Side::of(&ours.iter().map(|run| run[part]).collect::<Vec<_>>()),
        peer: Some((
            REPO.to_owned(),
            Side::of(&theirs.iter().map(|run| run[part]).collect::<Vec<_>>()),
        )),
        budget: vec![Bound::Faster(1.0)],
        fsync_ms: median(&fsync).unwrap_or(0.0),
        more: Vec::new(),
    };
    Ok(vec![
        row("repo-push", "1,000 new households, device → hub", 0),
        row("repo-pull", "the same on a new device", 1),
    ])
}

fn repo_run(
    bench: &Bench,
    home: &Path,
    records: &[(String, Value)],
) -> anyhow::Result<[Figures; 2]> {
    let file = home.join("records.json");
    write(records, &file)?;
    let folder = |name: &str| home.join(name).display().to_string();
    let mut server = Peer::start(&bench.peers, "repo.mjs", &["server", &folder("repo-hub")])?;
    let proxy = Proxy::before(&server.url())?;
    let device = |name: &str| {
        Peer::start(
            &bench.peers,
            "repo.mjs",
            &["device", &folder(name), &proxy.url],
        )
    };
    let (mut lan, mut pao) = (device("repo-lan")?, device("repo-pao")?);
    let made = lan.ask(&json!({ "do": "fill", "file": file }))?;
    proxy.begin();
    let began = Instant::now();
    lan.ask(&json!({ "do": "connect" }))?;
    server.ask(&json!({ "do": "holds", "heads": made["heads"] }))?;
    let push = proxy.counted(began.elapsed().as_secs_f64());
    proxy.begin();
    let told = pao.ask(&json!({ "do": "pull", "heads": made["heads"] }))?;
    let pull = proxy.counted(told["seconds"].as_f64().unwrap_or(f64::INFINITY));
    let hash = json!({ "do": "hash", "names": made["names"] });
    let held = server.ask(&hash)?;
    ensure!(
        held["count"] == json!(records.len()),
        "the server holds {held}"
    );
    ensure!(
        held == lan.ask(&hash)? && held == pao.ask(&hash)?,
        "the repo's copies differ"
    );
    Ok([push, pull])
}
