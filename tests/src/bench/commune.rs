//! The rows about a whole commune: 10,000 households, 100,000 records, 30 teams.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, Instant};

use anyhow::ensure;
use serde_json::json;
use toso_store::Cost;

use super::program::{memory_app, memory_hub, open};
use super::row::{Bound, Figures, Row, Side, median};
use super::search::search;
use super::stand::{QUICK, Stand, same};
use super::{Bench, disk};
use crate::commune::{Commune, Record, Size, Space};
use crate::demo::{PIN, Person};

/// Records a device gives at a time while the commune is made: a pack of a few days.
const GIVE: usize = 100;

/// The commune at its hub, and who made it.
pub(super) struct Made {
    pub(super) stand: Stand,
    pub(super) commune: Commune,
    pub(super) records: usize,
}

/// `commune`, `search`, `open`, `memory-app`, `memory-hub`
///
/// # Errors
/// A step failed.
pub(super) fn commune(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let home = bench.home("commune")?;
    let quick = bench.quick("commune")?;
    let mut made = make(bench, &home, &quick, Size::COMMUNE)?;
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
pub(super) fn make(bench: &Bench, home: &Path, quick: &Path, size: Size) -> anyhow::Result<Made> {
    let began = Instant::now();
    let stand = Stand::bare(bench, home, &quick.join("office"))?;
    let mut commune = Commune::large(2026, size);
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
            "first sync of the office PC, run {}: {:.1} s, {} requests; longest list meanwhile {list:.2} s, longest save {save:.2} s",
            sample + 1,
            run.seconds.unwrap_or(0.0),
            run.requests.unwrap_or(0.0),
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
