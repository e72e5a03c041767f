//! What the disk costs while we measure, so that a row can be judged on another machine.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use super::row::median;

/// Appends of one probe.
const APPENDS: usize = 25;

/// Median of a bare append of 4 KiB with fdatasync in this folder, milliseconds.
///
/// # Errors
/// The folder cannot be written to.
pub(super) fn fsync_ms(folder: &Path) -> anyhow::Result<f64> {
    let path = folder.join("fsync-probe");
    let mut file = File::create(&path)?;
    let mut took = Vec::with_capacity(APPENDS);
    for _ in 0..APPENDS {
        let began = Instant::now();
        file.write_all(&[0x5a; 4096])?;
        file.sync_data()?;
        took.push(began.elapsed().as_secs_f64() * 1e3);
    }
    std::fs::remove_file(&path)?;
    Ok(median(&took).unwrap_or(0.0))
}

/// The machine in one line: processors, memory, system.
#[must_use]
pub(super) fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let after = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(':'))
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    };
    let cpu = read("/proc/cpuinfo");
    let kib: f64 = after(&read("/proc/meminfo"), "MemTotal")
        .trim_end_matches(" kB")
        .parse()
        .unwrap_or(0.0);
    let cores = cpu
        .lines()
        .filter(|line| line.starts_with("processor"))
        .count();
    format!(
        "{cores} × {}, {:.0} GB, Linux {}",
        after(&cpu, "model name"),
        kib / 1e6,
        read("/proc/sys/kernel/osrelease").trim()
    )
}

/// Processes that wanted a processor in the last minute, on average.
#[must_use]
pub(super) fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ')
        .next()
        .and_then(|one| one.parse().ok())
        .unwrap_or(0.0)
}

/// Resident memory of a process now, and the most it ever was; MB.
///
/// # Errors
/// There is no such process.
pub fn memory_mb(pid: u32) -> anyhow::Result<(f64, f64)> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_whitespace().nth(1))
            .and_then(|kib| kib.parse::<f64>().ok())
            .unwrap_or(0.0)
            * 1.024e-3
    };
    Ok((of("VmRSS:"), of("VmHWM:")))
}
