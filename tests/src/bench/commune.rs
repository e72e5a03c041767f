//! The rows about a whole commune: 10,000 households, 100,000 records, 30 teams.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use toso_app::clock::{Clock, SystemClock};
use toso_store::{Cost, Profile, Secret, Store};

use super::row::{Bound, Figures, Row, Side, median};
use super::stand::{QUICK, Stand, same};
use super::{Bench, disk};
use crate::commune::{Commune, Record, Size, Space};
use crate::demo::{OFFICE_SECRET, PIN, Person};

/// Records a device gives at a time while the commune is made: a pack of a few days.
const GIVE: usize = 100;

/// The commune at its hub, and who made it.
struct Made {
    stand: Stand,
    commune: Commune,
    records: usize,
}

/// `commune`, `search`, `open`, `memory-app`, `memory-hub`
///
/// # Errors
/// A step failed.
pub(super) fn commune(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let home = bench.home("commune")?;
    let quick = bench.quick("commune")?;
    let mut made = make(bench, &home, &quick)?;
    let mut rows = vec![first_sync(bench, &made, &home)?];
    let pc = made.stand.staff_pc("PC", Cost::DEVICE)?;
    made.stand.exchange(&pc)?;
    let folder = pc.folder.clone();
    drop(pc);
    rows.push(search(bench, &folder)?);
    rows.push(open(bench, &folder)?);
    rows.push(memory_app(bench, &folder)?);
    rows.push(memory_hub(bench, &mut made)?);
    drop(made);
    std::fs::remove_dir_all(&home)?;
    std::fs::remove_dir_all(&quick)?;
    Ok(rows)
}

/// Makes it all as people would: the office the places and people, one member a team its visits. Their profiles lie
/// where writing is quick, since nothing of the making is measured; the hub's data lies on the disk.
fn make(bench: &Bench, home: &Path, quick: &Path) -> anyhow::Result<Made> {
    let began = Instant::now();
    let stand = Stand::bare(bench, home, &quick.join("office"))?;
    let mut commune = Commune::large(2026, Size::COMMUNE);
    let invented = std::mem::replace(&mut commune.id, stand.commune.clone());
    for record in &mut commune.records {
        if record.id == invented {
            record.id.clone_from(&commune.id);
        }
        if record.space == Space::Commune {
            let fields = serde_json::to_string(&record.fields)?.replace(&invented, &commune.id);
            record.fields = serde_json::from_str(&fields)?;
        }
    }
    let all = commune.records.len();
    let mut count = 0;
    let mut tell = |more: usize| {
        let before = count / 10_000;
        count += more;
        if count / 10_000 > before {
            let seconds = began.elapsed().as_secs_f64();
            bench.say(&format!("… {count} of {all} records after {seconds:.0} s"));
        }
    };
    // The hub opens a team's space when it learns of the team: the commune's space first.
    let of = |space: Space, visits: bool| -> Vec<&Record> {
        let here = |one: &&Record| one.space == space && (one.kind == "visit") == visits;
        commune.records.iter().filter(here).collect()
    };
    create(
        &stand.office,
        &commune,
        &of(Space::Commune, false),
        &mut tell,
    )?;
    stand.office.sync()?;
    let members: Vec<String> = commune
        .of_kind("member")
        .map(|one| one.id.clone())
        .collect();
    for (number, member) in members.iter().enumerate() {
        create(
            &stand.office,
            &commune,
            &of(Space::Team(number), false),
            &mut tell,
        )?;
        stand.office.sync()?;
        let rights =
            json!({ "member": member, "roles": ["member"], "teams": [commune.teams[number]] });
        let folder = quick.join(format!("member-{number}"));
        let name = format!("thành viên {number}");
        let person = stand.let_in(&folder, &name, &rights, &stand.hub.url, (PIN, QUICK))?;
        person.sync()?;
        for some in of(Space::Team(number), true).chunks(GIVE) {
            create(&person, &commune, some, &mut tell)?;
            person.sync()?;
        }
    }
    stand.office.sync()?;
    bench.say(&format!(
        "the commune stands: {all} records in {:.0} s",
        began.elapsed().as_secs_f64()
    ));
    Ok(Made {
        stand,
        records: all,
        commune,
    })
}

fn create(
    by: &Person,
    commune: &Commune,
    records: &[&Record],
    tell: &mut dyn FnMut(usize),
) -> anyhow::Result<()> {
    for some in records.chunks(1_000) {
        let inputs = some.iter().map(|record| {
            json!({ "space": commune.space_id(record.space), "kind": record.kind, "id": record.id,
                "fields": record.fields })
        });
        by.create_all(inputs)?;
        tell(some.len());
    }
    Ok(())
}

fn first_sync(bench: &Bench, made: &Made, home: &Path) -> anyhow::Result<Row> {
    let (mut runs, mut lists, mut saves, mut fsync) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for sample in 0..bench.samples {
        fsync.push(disk::fsync_ms(home)?);
        let name = format!("PC {sample}");
        let pc = made.stand.staff_pc(&name, QUICK)?;
        let (run, list, save) = while_used(made, &pc)?;
        bench.say(&format!(
            "first sync of the office PC, run {}: {:.1} s; longest list meanwhile {list:.2} s, longest save {save:.2} s",
            sample + 1,
            run.seconds.unwrap_or(0.0),
        ));
        if sample == 0 {
            check(made, &pc)?;
        }
        runs.push(run);
        lists.push(list);
        saves.push(save);
        drop(pc);
        std::fs::remove_dir_all(home.join(&name))?;
    }
    let ours = Side::of(&runs);
    let whole = ours.median.bytes_down.unwrap_or(1.0);
    let again = resumed(made, whole, home)?;
    bench.say(&format!(
        "cut in the middle and taken up again: {:.3} times the bytes",
        again / whole
    ));
    Ok(Row {
        name: "commune",
        what: format!(
            "first sync of the office PC: {} records of 30 teams",
            made.records
        ),
        ours,
        peer: None,
        budget: vec![Bound::Seconds(60.0)],
        fsync_ms: median(&fsync).unwrap_or(0.0),
        more: vec![
            (
                "longest_list_meanwhile_seconds",
                median(&lists).unwrap_or(0.0),
            ),
            (
                "longest_save_meanwhile_seconds",
                median(&saves).unwrap_or(0.0),
            ),
            ("bytes_down_when_cut_and_resumed", again),
        ],
    })
}

/// The exchange, while somebody asks for a list and saves a note all the time.
fn while_used(made: &Made, pc: &Person) -> anyhow::Result<(Figures, f64, f64)> {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let user = scope.spawn(|| -> anyhow::Result<(f64, f64)> {
            let (mut list, mut save) = (0.0_f64, 0.0_f64);
            while !done.load(SeqCst) {
                let began = Instant::now();
                pc.done("record.list", json!({ "kind": "household", "limit": 50 }))?;
                list = list.max(began.elapsed().as_secs_f64());
                let began = Instant::now();
                let fields = json!({ "full_name": "Người mới" });
                // Until its certificate came it holds no space to write to.
                if pc.create(&made.stand.commune, "member", fields).is_ok() {
                    save = save.max(began.elapsed().as_secs_f64());
                }
                std::thread::sleep(Duration::from_millis(200));
            }
            Ok((list, save))
        });
        made.stand.proxy.begin();
        let began = Instant::now();
        let told = pc.sync();
        let counted = made.stand.proxy.counted(began.elapsed().as_secs_f64());
        done.store(true, SeqCst);
        let used = user
            .join()
            .map_err(|_| anyhow::anyhow!("the user's thread ended badly"))??;
        let told = told?;
        ensure!(
            told["refused"] == json!([]) && told["not_taken"] == json!({}),
            "{told}"
        );
        Ok((counted, used.0, used.1))
    })
}

/// It holds what the makers hold: the people by the office's own copy, the rest by number.
fn check(made: &Made, pc: &Person) -> anyhow::Result<()> {
    pc.sync()?;
    made.stand.office.sync()?;
    for team in &made.commune.teams {
        let space = team.parse().map_err(|_| anyhow::anyhow!("no id"))?;
        same(&made.stand.office, pc, space, made.records / 40)?;
    }
    Ok(())
}

/// Bytes down of a first sync that is cut in the middle and taken up again.
fn resumed(made: &Made, whole: f64, home: &Path) -> anyhow::Result<f64> {
    let pc = made.stand.staff_pc("PC cut", QUICK)?;
    made.stand.proxy.begin();
    made.stand.proxy.cut_after((whole / 2.0) as u64);
    let cut = pc.sync();
    made.stand.proxy.cut_after(0);
    ensure!(cut.is_err(), "it was not cut");
    pc.sync()?;
    let down = made.stand.proxy.counted(0.0).bytes_down.unwrap_or(0.0);
    check(made, &pc)?;
    drop(pc);
    std::fs::remove_dir_all(home.join("PC cut"))?;
    Ok(down)
}

/// What people type: common names, rare ones, with and without marks, begun words, words of a landmark.
const TYPED: &[&str] = &[
    "lò văn",
    "lo van",
    "nguyen",
    "vu a",
    "quang",
    "thach",
    "h'",
    "le xuan khoi",
    "cum huoi la",
    "ba",
    "tram y te",
    "zz",
];

fn search(bench: &Bench, folder: &Path) -> anyhow::Result<Row> {
    let key = toso_store::key::unlock(
        folder,
        Secret::Passphrase(OFFICE_SECRET),
        SystemClock.steady(),
        None,
    )?;
    let machine = toso_app::machine();
    let sql =
        "SELECT rowid FROM main.record_search WHERE record_search MATCH ?1 ORDER BY rank LIMIT 50";
    let (mut ours, mut theirs, mut slowest) = (Vec::new(), Vec::new(), 0.0_f64);
    let fsync = disk::fsync_ms(folder)?;
    for _ in 0..bench.samples {
        let mut pc = Person::new(folder, "Hoa", OFFICE_SECRET, &machine, QUICK)?;
        pc.open()?;
        let mut took = Vec::new();
        for text in TYPED {
            let asked = || pc.done("search", json!({ "text": text, "limit": 50 }));
            let (seconds, _) = thrice(asked)?;
            slowest = slowest.max(seconds);
            took.push(seconds);
        }
        ours.push(sum(&took));
        drop(pc);
        let opened = Store::open(&Profile {
            folder,
            key: &key,
            kinds: &[],
            machine: &machine,
        })?;
        let mut took = Vec::new();
        for text in TYPED {
            let words = words(text);
            let (seconds, _) = thrice(|| Ok(opened.store.query(sql, &[words.clone().into()])?))?;
            took.push(seconds);
        }
        theirs.push(sum(&took));
    }
    Ok(Row {
        name: "search",
        what: format!(
            "first page of {} searches without tone marks over the whole commune",
            TYPED.len()
        ),
        ours: Side::of(&ours),
        peer: Some((
            "the bare FTS5 query on the same file".to_owned(),
            Side::of(&theirs),
        )),
        budget: vec![Bound::TimesBare(2.0)],
        fsync_ms: fsync,
        more: vec![("slowest_search_seconds", slowest)],
    })
}

fn sum(took: &[f64]) -> Figures {
    Figures {
        seconds: Some(took.iter().sum()),
        ..Figures::default()
    }
}

/// The middle of three.
fn thrice<T>(mut work: impl FnMut() -> anyhow::Result<T>) -> anyhow::Result<(f64, T)> {
    let mut took = Vec::new();
    loop {
        let began = Instant::now();
        let value = work()?;
        took.push(began.elapsed().as_secs_f64());
        if took.len() == 3 {
            return Ok((median(&took).unwrap_or(0.0), value));
        }
    }
}

/// As the store asks the index.
fn words(text: &str) -> String {
    let folded = toso_domain::text::fold(text);
    let words: Vec<String> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\""))
        .collect();
    format!("{} *", words.join(" AND "))
}

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

fn open(bench: &Bench, folder: &Path) -> anyhow::Result<Row> {
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

fn memory_app(bench: &Bench, folder: &Path) -> anyhow::Result<Row> {
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

fn memory_hub(bench: &Bench, made: &mut Made) -> anyhow::Result<Row> {
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
