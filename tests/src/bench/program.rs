//! The rows about the programs themselves: opening the app on a large store, and the memory both keep.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::commune::Made;
use super::row::{Bound, Figures, Row, Side};
use super::search::TYPED;
use super::{Bench, disk};
use crate::demo::OFFICE_SECRET;

/// `toso` as a person at the office PC runs it.
fn toso(bench: &Bench, folder: &Path) -> Command {
    let mut command = Command::new(&bench.toso);
    command
        .arg("--profile")
        .arg(folder)
        .env("TOSO_PIN", OFFICE_SECRET);
    command.stdin(Stdio::null());
    command
}

pub(super) fn open(bench: &Bench, folder: &Path) -> anyhow::Result<Row> {
    let mut runs = Vec::new();
    let fsync = disk::fsync_ms(folder)?;
    for _ in 0..bench.samples.max(5) {
        let began = Instant::now();
        let mut command = toso(bench, folder);
        let told = command
            .args(["call", "record.list", r#"{"kind":"household","limit":50}"#])
            .output()?;
        let seconds = began.elapsed().as_secs_f64();
        ensure!(
            told.status.success(),
            "{}",
            String::from_utf8_lossy(&told.stderr)
        );
        let page: Value = serde_json::from_slice(&told.stdout)?;
        ensure!(
            page["items"]
                .as_array()
                .is_some_and(|items| items.len() == 50),
            "no page"
        );
        runs.push(Figures {
            seconds: Some(seconds),
            ..Figures::default()
        });
    }
    Ok(Row {
        name: "open",
        what: "the program started, passphrase checked at its real cost, first page of households answered".to_owned(),
        ours: Side::of(&runs),
        peer: None,
        budget: vec![Bound::Seconds(1.0)],
        fsync_ms: fsync,
        more: Vec::new(),
    })
}

/// A program that says where it listens; ended with this value.
struct Serving {
    process: Child,
    url: String,
    token: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Serving {
    fn begin(mut command: Command) -> anyhow::Result<Self> {
        let mut process = command.stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().context("no output")?).read_line(&mut line)?;
        let told: Value = serde_json::from_str(&line)?;
        let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
        Ok(Self {
            process,
            url: text("listening"),
            token: text("token"),
        })
    }

    fn call(&self, name: &str, input: Value) -> anyhow::Result<usize> {
        let host = self.url.strip_prefix("http://").context("no address")?;
        let body = json!({ "name": name, "input": input }).to_string();
        let mut stream = TcpStream::connect(host)?;
        write!(
            stream,
            "POST /call HTTP/1.1\r\nhost: {host}\r\norigin: {}\r\nauthorization: Bearer {}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.url,
            self.token,
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        ensure!(
            answer.starts_with("HTTP/1.1 200"),
            "{name}: {}",
            answer.lines().next().unwrap_or_default()
        );
        Ok(answer.len())
    }
}

pub(super) fn memory_app(bench: &Bench, folder: &Path) -> anyhow::Result<Row> {
    let (mut runs, mut most) = (Vec::new(), 0.0_f64);
    for _ in 0..bench.samples.min(3) {
        let mut command = toso(bench, folder);
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        let app = Serving::begin(command)?;
        for kind in ["household", "citizen", "visit"] {
            app.call("record.list", json!({ "kind": kind, "limit": 50 }))?;
        }
        for text in TYPED {
            app.call("search", json!({ "text": text }))?;
        }
        app.call("sync.run", json!({}))?;
        app.call("sync.status", json!({}))?;
        std::thread::sleep(Duration::from_millis(500));
        let (now, peak) = disk::memory_mb(app.process.id())?;
        most = most.max(peak);
        runs.push(Figures {
            mb: Some(now),
            ..Figures::default()
        });
    }
    Ok(Row {
        name: "memory-app",
        what: "`toso serve` on the commune after lists, searches and a sync; resident".to_owned(),
        ours: Side::of(&runs),
        peer: None,
        budget: vec![Bound::Mb(150.0)],
        fsync_ms: disk::fsync_ms(folder)?,
        more: vec![("most_mb", most)],
    })
}

pub(super) fn memory_hub(bench: &Bench, made: &mut Made) -> anyhow::Result<Row> {
    let pid = |made: &Made| made.stand.hub.pid().context("the hub does not run");
    let (after_all, most) = disk::memory_mb(pid(made)?)?;
    let mut runs = Vec::new();
    for _ in 0..bench.samples.min(3) {
        made.stand.hub.stop()?;
        made.stand.hub.serve()?;
        made.stand.office.sync()?;
        std::thread::sleep(Duration::from_secs(2));
        runs.push(Figures {
            mb: Some(disk::memory_mb(pid(made)?)?.0),
            ..Figures::default()
        });
    }
    let data: PathBuf = bench.home_of("commune");
    Ok(Row {
        name: "memory-hub",
        what: "`toso-hub serve` with the commune, idle after a start and one exchange; resident"
            .to_owned(),
        ours: Side::of(&runs),
        peer: None,
        budget: vec![Bound::Mb(50.0)],
        fsync_ms: disk::fsync_ms(&data)?,
        more: vec![("mb_after_the_whole_bench", after_all), ("most_mb", most)],
    })
}
