//! A visit saved durably, beside the least a durable save can be; and a day of visits on the wire.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::ensure;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::peer::Peer;
use super::proxy::Proxy;
use super::records::{households, make};
use super::row::{Bound, Figures, Row, Side, median};
use super::stand::Stand;
use super::{Bench, disk};
use crate::demo::Person;
use crate::village::team;

/// Saves of one run.
const SAVES: usize = 100;
/// Households of the team whose doors are knocked at.
const DOORS: usize = 334;
/// Bytes of a visit's change, in the journal and in the bare work beside it.
const CHANGE: usize = 420;

fn visit(number: usize, doors: &[(String, Value)]) -> Value {
    let household = doors.get(number % doors.len()).map(|(id, _)| id.clone());
    json!({
        "household": household, "day": "2026-11-20", "contact": "gap_chu_ho", "visit_kind": "dinh_ky",
        "topics": ["dvc", "vneid"], "people_reached": 1 + number % 4,
        "note": format!("Đã chỉ cách nộp hồ sơ trên mạng, hẹn ngày {}.", 1 + number % 28),
    })
}

/// A team's phone that holds its households, all of them kept at the hub.
fn phone(stand: &Stand, doors: &[(String, Value)]) -> anyhow::Result<Person> {
    let lan = stand.phone("Lan")?;
    lan.sync()?;
    make(&lan, doors)?;
    stand.exchange(&lan)?;
    Ok(lan)
}

/// `save`
///
/// # Errors
/// A step failed.
pub(super) fn save(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let home = bench.home("save")?;
    let stand = Stand::begin(bench, &home)?;
    let doors = households(DOORS);
    let lan = phone(&stand, &doors)?;
    let mut bare = Bare::begin(&home)?;
    let (mut ours, mut theirs, mut fsync) = (Vec::new(), Vec::new(), Vec::new());
    for sample in 0..bench.samples.max(5) {
        fsync.push(disk::fsync_ms(&home)?);
        let (mut saves, mut commits) = (Vec::new(), Vec::new());
        // By turns, so that a busy moment of the disk meets both.
        for number in 0..SAVES {
            let input = json!({ "space": team(), "kind": "visit", "fields": visit(sample * SAVES + number, &doors) });
            let began = Instant::now();
            lan.done("record.create", input)?;
            saves.push(began.elapsed().as_secs_f64());
            let began = Instant::now();
            bare.commit_and_append()?;
            commits.push(began.elapsed().as_secs_f64());
        }
        let run = |took: &[f64]| Figures {
            seconds: median(took),
            ..Figures::default()
        };
        ours.push(run(&saves));
        theirs.push(run(&commits));
        stand.exchange(&lan)?;
    }
    let row = Row {
        name: "save",
        what: format!("a visit saved durably ({SAVES} a run, the middle one)"),
        ours: Side::of(&ours),
        peer: Some((
            "one bare SQLCipher FULL commit + one bare append with fdatasync".to_owned(),
            Side::of(&theirs),
        )),
        budget: vec![Bound::TimesBare(1.2)],
        fsync_ms: median(&fsync).unwrap_or(0.0),
        more: Vec::new(),
    };
    drop((lan, stand));
    std::fs::remove_dir_all(&home)?;
    Ok(vec![row])
}

/// The least a durable save can be: the same engine with the same settings, one row, one append.
struct Bare {
    database: Connection,
    journal: File,
    number: i64,
}

impl Bare {
    fn begin(home: &Path) -> anyhow::Result<Self> {
        let database = Connection::open(home.join("bare.db"))?;
        database.execute_batch(&format!("PRAGMA key = \"x'{}'\";", "5a".repeat(32)))?;
        database.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
             PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000; PRAGMA journal_size_limit = 8388608;
             CREATE TABLE bare (no INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;",
        )?;
        let mut bare = Self {
            database,
            journal: File::create(home.join("bare.journal"))?,
            number: 0,
        };
        for _ in 0..DOORS {
            bare.commit_and_append()?;
        }
        Ok(bare)
    }

    fn commit_and_append(&mut self) -> anyhow::Result<()> {
        self.number += 1;
        let bytes = [self.number.to_le_bytes()[0]; CHANGE];
        self.journal.write_all(&bytes)?;
        self.journal.sync_data()?;
        let mut insert = self
            .database
            .prepare_cached("INSERT INTO bare (no, bytes) VALUES (?1, ?2)")?;
        insert.execute(rusqlite::params![self.number, bytes.as_slice()])?;
        Ok(())
    }
}

/// Visits of one day.
const DAY: usize = 30;

/// `day`
///
/// # Errors
/// A step failed.
pub(super) fn day(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let home = bench.home("day")?;
    let stand = Stand::begin(bench, &home.join("ours"))?;
    let doors = households(DOORS);
    let mut lan = phone(&stand, &doors)?;
    let folder = |name: &str| home.join(name).display().to_string();
    let server = Peer::start(&bench.peers, "pouch.mjs", &["server", &folder("couch")])?;
    let proxy = Proxy::before(&server.url())?;
    let words = ["device", &folder("pouch-lan"), &proxy.url];
    let mut pouch = Peer::start(&bench.peers, "pouch.mjs", &words)?;
    pouch.ask(&json!({ "do": "sync" }))?;
    let (mut ours, mut theirs, mut fsync) = (Vec::new(), Vec::new(), Vec::new());
    for sample in 0..bench.samples.max(5) {
        fsync.push(disk::fsync_ms(&home)?);
        // In the morning the app is opened: its first exchange also opens a session with the hub.
        lan.close();
        lan.open()?;
        let mut day = Vec::new();
        for number in 0..DAY {
            let fields = visit(sample * DAY + number, &doors);
            let id = lan.create(&team().to_string(), "visit", fields.clone())?;
            day.push(json!({ "id": id, "fields": fields }));
        }
        ours.push(stand.exchange(&lan)?);
        let file = home.join("day.json");
        std::fs::write(&file, serde_json::to_vec(&day)?)?;
        pouch.ask(&json!({ "do": "fill", "file": file }))?;
        proxy.begin();
        let told = pouch.ask(&json!({ "do": "sync" }))?;
        theirs.push(proxy.counted(told["seconds"].as_f64().unwrap_or(f64::INFINITY)));
    }
    let row = Row {
        name: "day",
        what: "one day's work (30 visits), one exchange after the app was opened".to_owned(),
        ours: Side::of(&ours),
        peer: Some((
            "PouchDB 9.0 ↔ express-pouchdb 4.2, process and session kept".to_owned(),
            Side::of(&theirs),
        )),
        budget: vec![Bound::Bytes(20_000.0), Bound::Requests(2.0)],
        fsync_ms: median(&fsync).unwrap_or(0.0),
        more: Vec::new(),
    };
    ensure!(lan.get(&doors[0].0)?["sync"] == "kept", "not kept");
    drop((pouch, server, lan, stand));
    std::fs::remove_dir_all(&home)?;
    Ok(vec![row])
}
