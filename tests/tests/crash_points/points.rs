//! `strace`: which system calls a run makes, and a run in which one of them ends it or fails.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use toso_tests::sim::random::Dice;

/// Every call that changes what is on a disk.
const CALLS: &str = "write,pwrite64,writev,pwritev,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,rmdir,\
                     ftruncate,truncate,fallocate,mkdir,mkdirat,copy_file_range,sendfile";

/// The n-th time that a thread makes this call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    pub call: String,
    pub n: u64,
}

/// What befalls the run there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Killed,
    Broken,
    Full,
}

impl What {
    fn word(self) -> &'static str {
        match self {
            Self::Killed => "signal=KILL",
            Self::Broken => "error=EIO",
            Self::Full => "error=ENOSPC",
        }
    }
}

fn strace(log: &Path, words: &[&str], program: &Command) -> Command {
    let mut command = Command::new("strace");
    command
        .args(["-f", "-qq", "-y", "-o"])
        .arg(log)
        .args(words)
        .arg(program.get_program());
    command.args(program.get_args());
    for (name, value) in program.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A run without harm, each line of its calls; `cargo xtask test` installs strace where it is missing.
pub fn watched(program: &Command, log: &Path) -> (Output, Vec<String>) {
    let command = strace(log, &["-e", &format!("trace={CALLS}")], program).output();
    let output = command.expect("strace is missing: `cargo xtask test` installs it");
    let lines = std::fs::read_to_string(log).unwrap();
    (output, lines.lines().map(str::to_owned).collect())
}

/// Every point of a run: strace counts each call by itself, and by thread.
pub fn points(lines: &[String]) -> Vec<Point> {
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for line in lines {
        let Some((thread, rest)) = line.split_once(' ') else {
            continue;
        };
        if let Some((call, _)) = rest.trim_start().split_once('(')
            && !call.contains(' ')
        {
            *counts.entry((call, thread)).or_default() += 1;
        }
    }
    let mut most: BTreeMap<&str, u64> = BTreeMap::new();
    for ((call, _), count) in counts {
        let most = most.entry(call).or_default();
        *most = count.max(*most);
    }
    let all = most.iter().flat_map(|(call, count)| {
        (1..=*count).map(|n| Point {
            call: (*call).to_owned(),
            n,
        })
    });
    all.collect()
}

/// A run with harm at a point.
pub fn harmed(program: &Command, point: &Point, what: What) -> Command {
    let (trace, inject) = inject(point, what);
    strace(
        Path::new("/dev/null"),
        &["-e", &trace, "-e", &inject],
        program,
    )
}

fn inject(point: &Point, what: What) -> (String, String) {
    let Point { call, n } = point;
    (
        format!("trace={call}"),
        format!("inject={call}:{}:when={n}", what.word()),
    )
}

/// All of them in a random order that is the same every time: the first few are of all kinds.
pub fn shuffled<T>(mut all: Vec<T>) -> Vec<T> {
    Dice::new(0x57ac).shuffle(&mut all);
    all
}

#[test]
fn the_points_of_a_run_are_its_calls_by_thread() {
    let lines = [
        "7  pwrite64(3</a>, x) = 1",
        "7  fdatasync(3) = 0",
        "8 pwrite64(3</a>, x) = 1",
        "7  pwrite64(3, y) = 1",
    ];
    let found = points(&lines.map(str::to_owned));
    let told: Vec<String> = found
        .iter()
        .map(|point| format!("{} {}", point.call, point.n))
        .collect();
    assert_eq!(told, ["fdatasync 1", "pwrite64 1", "pwrite64 2"]);
}
