//! `load`: so many devices come back after three days without a network, then work on, at one hub on this machine.
//!
//!     cargo run --release -p toso-tests --bin load -- --devices 500
//!
//! The hub is the real program in a process of its own, with the limits it comes with; the devices are the real protocol
//! over real HTTP in this one, their shelves in memory. Prints one line of JSON: what was lost, how long a daily exchange
//! took, and how much memory the hub held when. Bounded by `--devices`, `--window` (seconds in which they come back) and
//! `--seconds` (of work after that).

#[path = "../load/arrive.rs"]
mod arrive;
#[path = "../load/device.rs"]
mod device;
#[path = "../load/figures.rs"]
mod figures;
#[path = "../load/stand.rs"]
mod stand;

use anyhow::{Context, bail};
use serde_json::json;
use std::process::ExitCode;
use std::time::Duration;

/// As the programs it stands for have it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What was asked for.
pub(crate) struct Asked {
    pub(crate) devices: usize,
    pub(crate) window: Duration,
    pub(crate) work: Duration,
}

/// Days without a network, and what a device writes on each.
pub(crate) const DAYS: usize = 3;
pub(crate) const A_DAY: usize = 8;

#[expect(clippy::print_stdout, reason = "a person or a program reads it")]
fn say(line: &str) {
    println!("{line}");
}

fn main() -> ExitCode {
    match asked().and_then(|asked| load(&asked)) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            say(&json!({ "error": format!("{error:#}") }).to_string());
            ExitCode::FAILURE
        }
    }
}

fn asked() -> anyhow::Result<Asked> {
    let (mut devices, mut window, mut work) = (500, 120, 60);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next();
        let value = value.with_context(|| format!("{word} needs a value"))?;
        let number: u64 = value.parse().context("a number")?;
        match word.as_str() {
            "--devices" => devices = number,
            "--window" => window = number,
            "--seconds" => work = number,
            other => bail!("{other}? Only --devices, --window, --seconds"),
        }
    }
    if !(1..=2_000).contains(&devices) || window + work > 3_600 {
        bail!("1 to 2,000 devices, and an hour in all");
    }
    Ok(Asked {
        devices: usize::try_from(devices)?,
        window: Duration::from_secs(window),
        work: Duration::from_secs(work),
    })
}

/// Records lost.
fn load(asked: &Asked) -> anyhow::Result<usize> {
    let runtime = tokio::runtime::Runtime::new()?;
    // The crowd shares one thread, as it shares this machine with the hub.
    let crowd = tokio::task::LocalSet::new();
    let home = tempfile::tempdir()?;
    let mut stand = stand::Stand::new(home.path(), &runtime, asked.devices)?;
    let before = stand.hub_kb()?;
    stand.go_out()?;
    let back = crowd.block_on(&runtime, arrive::come_back(&mut stand, asked.window))?;
    let after = stand.hub_kb()?;
    let work = crowd.block_on(&runtime, arrive::work_on(&mut stand, asked.work))?;
    let end = stand.hub_kb()?;
    let (written, lost) = stand.lost(&runtime)?;
    let told = json!({
        "devices": asked.devices, "written": written, "lost": lost,
        "came_back": back.told(), "worked": work.told(),
        "hub_kb": { "before": before, "most_while_coming_back": back.most_kb, "after": after,
            "most_while_working": work.most_kb, "end": end },
    });
    say(&told.to_string());
    Ok(lost)
}
