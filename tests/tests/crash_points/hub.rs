//! The hub dies at every system call of an exchange: what it said it keeps, it keeps.

use crate::points::{Point, What, harmed, points, shuffled};
use crate::scene::{answer, create, id, toso};
use crate::stand::{Stand, copy};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use toso_tests::binary::program;
use toso_tests::demo::PIN;
use toso_tests::proof;

/// Points of a plain test.
const SHORT: u64 = 45;

fn serve(stand: &Stand, data: &Path) -> Command {
    let mut command = Command::new(program("toso-hub"));
    let address = stand.hub.url.strip_prefix("http://").unwrap();
    command
        .args(["serve", "--listen", address, "--data"])
        .arg(data);
    command
}

/// Started and listening; `None` when it died before.
fn started(mut command: Command) -> (Child, bool) {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    drop(BufReader::new(child.stdout.take().unwrap()).read_line(&mut line));
    (child, line.contains("listening"))
}

/// SIGKILL to the hub itself: strace takes no signal while it has somebody to watch, and ends after it.
fn end(mut child: Child) {
    let id = child.id();
    let below =
        std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
    for hub in below.split_whitespace() {
        drop(Command::new("kill").args(["-KILL", hub]).status());
    }
    if below.is_empty() {
        drop(child.kill());
    }
    child.wait().unwrap();
}

#[test]
fn a_hub_that_dies_at_any_system_call_of_an_exchange_keeps_what_it_said_it_keeps() {
    let mut stand = Stand::new();
    let (phone, data) = (stand.path("phone"), stand.path("hub-now"));
    let pao = stand.path("Páo");
    for n in 1..=3 {
        let words = create(&stand.team, &id(n), "ghi");
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        answer(&toso(&stand.lan, PIN, &words).output().unwrap()).unwrap();
    }
    stand.pao.close();
    stand.hub.kill().unwrap();
    let before = stand.path("hub");
    let fresh = |stand: &Stand| {
        for (from, to) in [(&before, &data), (&stand.lan, &phone)] {
            drop(std::fs::remove_dir_all(to));
            copy(from, to);
        }
    };
    // A run without harm, for its calls.
    fresh(&stand);
    let log = stand.path("strace.log");
    let mut watched = Command::new("strace");
    let plain = serve(&stand, &data);
    watched.args(["-f", "-qq", "-o"]).arg(&log).args([
        "-e",
        "trace=write,pwrite64,fsync,fdatasync,ftruncate,unlink,rename",
    ]);
    watched.arg(plain.get_program()).args(plain.get_args());
    let (child, listens) = started(watched);
    assert!(listens, "strace is missing: `cargo xtask test` installs it");
    answer(&toso(&phone, PIN, &["sync"]).output().unwrap()).unwrap();
    end(child);
    let lines = std::fs::read_to_string(&log).unwrap();
    let lines: Vec<String> = lines.lines().map(str::to_owned).collect();
    // Wake-ups among threads are writes too, and change nothing on the disk; they come first to hundreds.
    let pairs: Vec<Point> = shuffled(
        points(&lines)
            .into_iter()
            .filter(|p| p.call != "write" || p.n <= 20)
            .collect(),
    );
    let (mut count, mut kept) = (0, 0);
    for turn in proof::turns(SHORT) {
        let point = &pairs[usize::try_from(turn).unwrap() % pairs.len()];
        fresh(&stand);
        let (child, listens) = started(harmed(&serve(&stand, &data), point, What::Killed));
        let told = listens.then(|| toso(&phone, PIN, &["sync"]).output().unwrap());
        end(child);
        let said: Vec<String> = (1..=3).map(id).filter(|id| is_kept(&phone, id)).collect();
        let done = told.is_some_and(|told| told.status.success());
        assert!(
            !done || said.len() == 3,
            "turn {turn}: an exchange that ended well keeps all"
        );
        let (child, listens) = started(serve(&stand, &data));
        assert!(
            listens,
            "turn {turn}: {point:?}: the hub does not start again"
        );
        // Páo before Lan: her phone would give it again.
        let other = stand.path("other");
        drop(std::fs::remove_dir_all(&other));
        copy(&pao, &other);
        answer(&toso(&other, PIN, &["sync"]).output().unwrap()).unwrap();
        for id in &said {
            let input = json!({ "id": id }).to_string();
            let got = answer(
                &toso(&other, PIN, &["call", "record.get", &input])
                    .output()
                    .unwrap(),
            );
            let again = "again: cargo nextest run -p toso-tests -E 'binary(crash_points)' hub";
            assert!(
                got.is_ok(),
                "turn {turn}: {point:?}: {id} kept and gone: {got:?}; PROOF_FROM={turn}, {again}"
            );
            kept += 1;
        }
        answer(&toso(&phone, PIN, &["sync"]).output().unwrap()).unwrap();
        assert!(
            (1..=3).all(|n| is_kept(&phone, &id(n))),
            "turn {turn}: all is kept in the end"
        );
        end(child);
        let found = toso_hub::doctor::doctor(&data, 1_795_000_000_000 + 4_000_000_000_000).unwrap();
        assert!(found.are_well(), "turn {turn}: {point:?}: {found:?}");
        count += 1;
    }
    proof::tell(
        "crash_points hub",
        &[("points", count), ("receipts_checked", kept), ("lost", 0)],
    );
    println!(
        "{count} of {} points of death of the hub, {kept} receipts looked for and found",
        pairs.len()
    );
}

fn is_kept(phone: &Path, id: &str) -> bool {
    let input = json!({ "id": id }).to_string();
    let told = answer(
        &toso(phone, PIN, &["call", "record.get", &input])
            .output()
            .unwrap(),
    );
    told.unwrap_or(Value::Null)["sync"] == "kept"
}
