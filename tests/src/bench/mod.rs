//! `cargo xtask bench`: how fast the real programs are, beside peers that do the same work in the same run.
//!
//! Ours are release builds with the gate, signatures and fsync on, over real files and a real hub; what the receiver holds
//! is compared by hash after every run. Both sides go through the same counting proxy, by turns.

mod commune;
mod curve;
pub mod disk;
mod growth;
mod hostile;
mod peer;
mod plot;
mod program;
mod proxy;
mod records;
mod row;
mod save;
mod search;
mod stand;
mod table;

use std::path::{Path, PathBuf};

use anyhow::{bail, ensure};
use serde_json::{Value, json};

pub use curve::{curves, told};
pub use growth::grow;
pub use plot::plot;
pub use row::{Bound, Figures, Row, Side, median};
pub use table::table;

/// What every row needs to know.
pub struct Bench {
    /// `toso-hub`, a release build.
    pub hub: PathBuf,
    /// `toso`, a release build.
    pub toso: PathBuf,
    /// `tests/peers`, its packages installed.
    pub peers: PathBuf,
    /// Where profiles and hubs lie: on the disk that is measured.
    pub work: PathBuf,
    /// Runs of each row.
    pub samples: usize,
    /// Told what goes on.
    pub tell: fn(&str),
}

impl std::fmt::Debug for Bench {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bench").finish_non_exhaustive()
    }
}

impl Bench {
    fn say(&self, line: &str) {
        (self.tell)(line);
    }

    fn home_of(&self, name: &str) -> PathBuf {
        self.work.join(name)
    }

    /// An empty folder on the disk that is measured.
    fn home(&self, name: &str) -> anyhow::Result<PathBuf> {
        fresh(self.home_of(name))
    }

    /// An empty folder where writing is quick, for what only prepares.
    fn quick(&self, name: &str) -> anyhow::Result<PathBuf> {
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() { memory } else { &self.work };
        fresh(place.join(format!("toso-bench-{}-{name}", std::process::id())))
    }
}

fn fresh(folder: PathBuf) -> anyhow::Result<PathBuf> {
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Rows that are made together.
type Group = fn(&Bench) -> anyhow::Result<Vec<Row>>;

/// The names of rows and what makes them.
const GROUPS: &[(&[&str], Group)] = &[
    (&["push", "pull", "nothing-new"], records::pouch),
    (&["repo-push", "repo-pull"], records::repo),
    (&["save"], save::save),
    (&["day"], save::day),
    (&["hostile"], hostile::hostile),
    (
        &["commune", "search", "open", "memory-app", "memory-hub"],
        commune::commune,
    ),
];

/// Runs the rows of this name, or all, and gives the whole answer: rows, commit, machine.
///
/// # Errors
/// There is no such row; a step failed; the two ends of a run did not hold the same.
pub fn run(bench: &Bench, only: Option<&str>, commit: &str) -> anyhow::Result<(Vec<Row>, Value)> {
    let wanted = |name: &str| only.is_none_or(|only| only == name);
    if !GROUPS
        .iter()
        .any(|(names, _)| names.iter().any(|name| wanted(name)))
    {
        let all: Vec<&str> = GROUPS
            .iter()
            .flat_map(|(names, _)| names.iter().copied())
            .collect();
        bail!("no such row; there are {}", all.join(", "));
    }
    let before = disk::load();
    let mut rows = Vec::new();
    for (names, group) in GROUPS {
        if names.iter().any(|name| wanted(name)) {
            bench.say(&format!("{} …", names.join(", ")));
            rows.extend(group(bench)?);
        }
    }
    rows.retain(|row| wanted(row.name));
    ensure!(!rows.is_empty(), "nothing was measured");
    let told: Vec<Value> = rows.iter().map(Row::to_json).collect();
    let all = json!({
        "rows": told, "commit": commit, "machine": disk::machine(),
        "load": { "before": before, "after": disk::load() },
    });
    Ok((rows, all))
}
