//! `counts`: one piece of work so many times, for a count of its instructions under callgrind; `cargo xtask proof --only counts`
//! runs it twice and takes the difference, so that starting up does not count.
//!
//!     counts prepare FOLDER        makes a profile that knows 300 people
//!     counts WORK TIMES FOLDER     prescan, apply, project, search or save

use anyhow::{Context, bail, ensure};
use serde_json::json;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use toso_domain::crdt::{Actor, Document, Patch, Scalar};
use toso_domain::prescan::{Caps, prescan};
use toso_domain::view::project;
use toso_tests::commune::{Commune, Size, Space};
use toso_tests::demo::{Hub, OFFICE_SECRET, Person};
use toso_tests::quick::QUICK;

/// As the programs it stands for have it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PEOPLE: usize = 300;

#[expect(clippy::print_stderr, reason = "a person reads it")]
fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["prepare", folder] => prepare(Path::new(folder)),
        [work, times, folder] => times
            .parse()
            .context("a number of times")
            .and_then(|times| run(work, times, Path::new(folder))),
        _ => Err(anyhow::anyhow!("prepare FOLDER, or WORK TIMES FOLDER")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn person(folder: &Path) -> anyhow::Result<Person> {
    let folder = folder.join("office");
    Person::new(&folder, "office", OFFICE_SECRET, "counted", QUICK)
}

fn prepare(folder: &Path) -> anyhow::Result<()> {
    let here = std::env::current_exe()?;
    let program = here.with_file_name("toso-hub");
    let hub = Hub::begin(&program, folder, "Xã Mường Lống")?;
    let office = person(folder)?;
    let asked =
        json!({ "url": hub.url, "code": hub.staff_code, "name": "máy", "pin": OFFICE_SECRET });
    let asked = office.done("enrol.start", asked)?;
    ensure!(
        asked.get("state") == Some(&json!("active")),
        "the office waits: {asked}"
    );
    office.sync()?;
    let commune = Commune::large(
        1,
        Size {
            villages: 1,
            households: PEOPLE,
            people: PEOPLE,
            visits: 0,
        },
    );
    let space = space(&office)?;
    let people = commune.of_kind("household").map(|one| {
        let fields = json!({ "full_name": one.fields.get("head_name") });
        json!({ "space": space, "kind": "member", "fields": fields })
    });
    office.create_all(people)
}

fn space(office: &Person) -> anyhow::Result<String> {
    let spaces = office.done("space.list", json!({}))?;
    Ok(spaces
        .pointer("/0/id")
        .and_then(serde_json::Value::as_str)
        .context("no space")?
        .to_owned())
}

fn run(work: &str, times: usize, folder: &Path) -> anyhow::Result<()> {
    let (document, changes) = household()?;
    let first = changes.first().context("no change")?;
    match work {
        "prescan" => {
            for _ in 0..times {
                black_box(prescan(black_box(first), &Caps::V1))?;
            }
        }
        "apply" => {
            for _ in 0..times {
                let mut document = Document::new();
                for change in &changes {
                    document.apply(black_box(change))?;
                }
                black_box(document);
            }
        }
        "project" => {
            for _ in 0..times {
                black_box(project(black_box(&document)));
            }
        }
        "search" | "save" => {
            let mut office = person(folder)?;
            office.open()?;
            let space = space(&office)?;
            for number in 0..times {
                if work == "search" {
                    office.done("search", json!({ "text": "lo van", "limit": 50 }))?;
                } else {
                    let fields = json!({ "full_name": format!("Lò Văn {number}") });
                    office.create(&space, "member", fields)?;
                }
            }
        }
        other => bail!("{other}? prescan, apply, project, search, save"),
    }
    Ok(())
}

/// A household with its first writing and one edit.
fn household() -> anyhow::Result<(Document, Vec<Vec<u8>>)> {
    let commune = Commune::large(
        1,
        Size {
            villages: 1,
            households: 1,
            people: 1,
            visits: 0,
        },
    );
    let one = commune.records.iter().find(|one| one.kind == "household");
    let one = one.context("no household")?;
    ensure!(one.space != Space::Commune, "a household is a team's");
    let text = |value: &serde_json::Value| Some(Scalar::Text(value.as_str()?.to_owned()));
    let mut patch: Patch = one
        .fields
        .iter()
        .filter_map(|(key, value)| Some((key.clone(), Some(text(value)?))))
        .collect();
    patch.insert(
        "_kind".to_owned(),
        Some(Scalar::Text("household".to_owned())),
    );
    let mut document = Document::new();
    let actor = Actor([7; 16]);
    let edit = Patch::from([(
        "note".to_owned(),
        Some(Scalar::Text("Nhà mới sửa".to_owned())),
    )]);
    let mut changes = Vec::new();
    for patch in [patch, edit] {
        let written = document.write(actor, &patch, 1_790_000_000)?;
        changes.push(written.context("nothing written")?);
    }
    Ok((document, changes))
}
