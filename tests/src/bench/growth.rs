//! How costs grow with what a commune holds: the same work at a thousand, ten thousand, a hundred thousand and three hundred
//! thousand records.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use toso_store::Cost;

use super::commune::{Made, make};
use super::program::{memory_app, memory_hub, open};
use super::row::{Row, median};
use super::search::search;
use super::{Bench, disk};
use crate::commune::Size;

/// A commune of the budgets' size has thirty villages; each size is a part of it, or three of it.
const SIZES: [Size; 4] = [
    Size {
        villages: 1,
        households: 100,
        people: 347,
        visits: 552,
    },
    Size {
        villages: 3,
        ..Size::COMMUNE
    },
    Size::COMMUNE,
    Size {
        villages: 90,
        ..Size::COMMUNE
    },
];
/// Visits saved, and exchanges with nothing new: the middle one is told.
const TIMES: usize = 50;

/// Makes each commune in its turn and measures the office PC and the hub on it.
///
/// # Errors
/// A step failed.
pub fn grow(bench: &Bench, commit: &str) -> anyhow::Result<Value> {
    let mut points = Vec::new();
    for size in SIZES {
        // The rows of programs look for the hub's data under this name.
        let home = bench.home("commune")?;
        let quick = bench.quick("growth")?;
        let point = point(bench, &home, &quick, size)?;
        bench.say(&point.to_string());
        points.push(point);
        std::fs::remove_dir_all(&home)?;
        std::fs::remove_dir_all(&quick)?;
    }
    Ok(json!({ "points": points, "commit": commit, "machine": disk::machine() }))
}

fn point(bench: &Bench, home: &Path, quick: &Path, size: Size) -> anyhow::Result<Value> {
    let mut made = make(bench, home, quick, size)?;
    let pc = made.stand.staff_pc("PC", Cost::DEVICE)?;
    let first = made.stand.exchange(&pc)?;
    let mut again = Vec::new();
    for _ in 0..TIMES {
        again.extend(made.stand.exchange(&pc)?.seconds);
    }
    let saves = saves(&made, &pc)?;
    made.stand.exchange(&pc)?;
    let folder = pc.folder.clone();
    drop(pc);
    let seconds = |row: Row| row.ours.median.seconds;
    let mb = |row: Row| row.ours.median.mb;
    let searched = search(bench, &folder)?;
    let slowest = searched
        .more
        .iter()
        .find(|(name, _)| *name == "slowest_search_seconds");
    let slowest = slowest.map(|(_, seconds)| *seconds);
    let opened = seconds(open(bench, &folder)?);
    let app = mb(memory_app(bench, &folder)?);
    let hub = mb(memory_hub(bench, &mut made)?);
    Ok(json!({
        "records": made.records,
        "first_sync_s": first.seconds,
        "first_sync_bytes": first.bytes_down,
        "nothing_new_s": median(&again),
        "save_s": median(&saves),
        "search_s": slowest,
        "open_s": opened,
        "app_mb": app,
        "hub_mb": hub,
        "device_disk_mb": disk_mb(&folder)?,
        "hub_disk_mb": disk_mb(&home.join("hub"))?,
    }))
}

/// Seconds that each of some more visits took to be saved on the full store.
fn saves(made: &Made, pc: &crate::demo::Person) -> anyhow::Result<Vec<f64>> {
    let visits = made.commune.of_kind("visit").take(TIMES);
    let team = made.commune.teams.first().context("no team")?;
    let mut took = Vec::new();
    for visit in visits {
        let began = Instant::now();
        pc.create(team, "visit", visit.fields.clone().into())?;
        took.push(began.elapsed().as_secs_f64());
    }
    ensure!(took.len() == TIMES, "no visits");
    Ok(took)
}

/// All files below a folder, MB of 1,000,000 bytes.
fn disk_mb(folder: &Path) -> anyhow::Result<f64> {
    let mut bytes = 0.0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            bytes += disk_mb(&entry.path())? * 1e6;
        } else {
            bytes += entry.metadata()?.len() as f64;
        }
    }
    Ok(bytes / 1e6)
}
