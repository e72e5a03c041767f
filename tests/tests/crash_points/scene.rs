//! What is done in a run, and what must be there after it.

use crate::stand::{Stand, copy, is_sound};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use toso_tests::binary::program;
use toso_tests::demo::PIN;

/// The new PIN of the scene that changes it.
const NEW_PIN: &str = "246802";

/// What a scene does to the visits of the phone.
#[derive(Debug, Clone)]
pub enum Does {
    /// Afterwards this visit has this note; before, the second, or is not there.
    Writes(String, String, Option<String>),
    /// Afterwards these visits of others are there too.
    Takes(BTreeMap<String, String>),
    /// Afterwards this visit is nowhere, and visits of others that came the same way are there.
    Erases(String, BTreeMap<String, String>),
    /// The visits stay as they are.
    Nothing,
    /// The PIN is another.
    Pin,
}

/// A scene on Lan's phone.
#[derive(Debug, Clone)]
pub struct Scene {
    pub name: &'static str,
    /// Her profile before it.
    pub before: PathBuf,
    pub words: Vec<String>,
    pub does: Does,
    /// Note by id of what she has.
    pub visits: BTreeMap<String, String>,
}

/// `toso` on a profile.
pub fn toso(profile: &Path, pin: &str, words: &[&str]) -> Command {
    let mut command = Command::new(program_once());
    command
        .arg("--profile")
        .arg(profile)
        .args(words)
        .env("TOSO_PIN", pin)
        .stdin(Stdio::null());
    command
}

fn program_once() -> &'static Path {
    static FOUND: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    FOUND.get_or_init(|| program("toso"))
}

/// The answer of a run, or what it said instead.
pub fn answer(output: &Output) -> Result<Value, String> {
    if output.status.success() {
        return serde_json::from_slice(&output.stdout).map_err(|e| e.to_string());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    Err(text.lines().last().unwrap_or_default().to_owned())
}

/// Note by id of every visit of a profile.
pub fn visits(profile: &Path, pin: &str) -> Result<BTreeMap<String, String>, String> {
    let input = json!({ "kind": "visit", "limit": 1000 }).to_string();
    let told = toso(profile, pin, &["call", "record.list", &input])
        .output()
        .unwrap();
    let page = answer(&told)?;
    let text = |field: &Value| field.as_str().unwrap_or_default().to_owned();
    let items = page["items"].as_array().unwrap().iter();
    Ok(items
        .map(|item| (text(&item["id"]), text(&item["fields"]["note"])))
        .collect())
}

pub fn create(team: &str, id: &str, note: &str) -> Vec<String> {
    let fields = json!({ "day": "2026-11-20", "contact": "gap_chu_ho", "note": note });
    let input = json!({ "space": team, "kind": "visit", "id": id, "fields": fields });
    call("record.create", &input)
}

fn call(name: &str, input: &Value) -> Vec<String> {
    vec!["call".to_owned(), name.to_owned(), input.to_string()]
}

/// The n-th visit's id.
pub fn id(n: u8) -> String {
    toso_domain::id::RecordId::v7(1_795_000_000_000, [n; 10]).to_string()
}

fn run(profile: &Path, words: &[String]) {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let told = toso(profile, PIN, &words).output().unwrap();
    answer(&told).unwrap_or_else(|error| panic!("{words:?}: {error}"));
}

/// Every scene of the phone, its hub serving.
pub fn all(stand: &Stand) -> Vec<Scene> {
    let (lan, team) = (&stand.lan, &stand.team);
    let mut has = BTreeMap::new();
    for n in 1..=4 {
        run(lan, &create(team, &id(n), "cũ"));
        has.insert(id(n), "cũ".to_owned());
    }
    let sync = vec!["sync".to_owned()];
    run(lan, &sync);
    run(lan, &create(team, &id(5), "chưa gửi"));
    has.insert(id(5), "chưa gửi".to_owned());
    let state = |name: &str| {
        let folder = stand.path(name);
        copy(lan, &folder);
        folder
    };
    let scene = |name, before, words, does| Scene {
        name,
        before,
        words,
        does,
        visits: has.clone(),
    };
    let patch = json!({ "id": id(2), "patch": { "note": "mới" } });
    let pin = json!({ "old": PIN, "new": NEW_PIN });
    let now = state("now");
    let (first, second, third) = (now.clone(), now.clone(), now.clone());
    let mut scenes = vec![
        scene(
            "save",
            first,
            create(team, &id(9), "mới"),
            Does::Writes(id(9), "mới".into(), None),
        ),
        scene(
            "edit",
            second,
            call("record.save", &patch),
            Does::Writes(id(2), "mới".into(), Some("cũ".into())),
        ),
        scene("PIN", third, call("profile.pin", &pin), Does::Pin),
        scene(
            "backup",
            now.clone(),
            call("backup.make", &json!({})),
            Does::Nothing,
        ),
        scene(
            "old file",
            state("old"),
            call("space.list", &json!({})),
            Does::Nothing,
        ),
    ];
    older(&scenes[4].before);
    // What others wrote: by file to one state of the phone, by the hub to another.
    stand.pao.sync().unwrap();
    let mut theirs = BTreeMap::new();
    for n in 20..26 {
        let fields = json!({ "day": "2026-11-20", "contact": "gap_chu_ho", "note": "của Páo" });
        let input = json!({ "space": team, "kind": "visit", "id": id(n), "fields": fields });
        stand.pao.done("record.create", input).unwrap();
        theirs.insert(id(n), "của Páo".to_owned());
    }
    let file = stand.path("carried");
    stand.pao.app().unwrap().export(&file).unwrap();
    let import = vec!["import".to_owned(), file.to_string_lossy().into_owned()];
    scenes.push(scene(
        "import",
        now.clone(),
        import,
        Does::Takes(theirs.clone()),
    ));
    stand.pao.sync().unwrap();
    let mut erased = scene("exchange", now, sync, Does::Erases(id(3), theirs));
    erased.visits.remove(&id(3));
    scenes.push(erased);
    scenes
}

/// Back to the first shape of the file, as an older app left it.
fn older(profile: &Path) {
    use toso_store::{Secret, key};
    let key = key::unlock(profile, Secret::Pin(PIN), 0, None).unwrap();
    let key: String = key
        .bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let database = rusqlite::Connection::open(profile.join("toso.db")).unwrap();
    database
        .execute_batch(&format!("PRAGMA key = \"x'{key}'\""))
        .unwrap();
    database
        .execute_batch(
            "DROP INDEX pack_by_author; DROP INDEX record_door; DROP INDEX record_merged; DROP INDEX entry_refused;
             ALTER TABLE record DROP COLUMN door; ALTER TABLE record DROP COLUMN day;
             ALTER TABLE record DROP COLUMN next_on; ALTER TABLE record DROP COLUMN met;
             DROP TABLE away; PRAGMA user_version = 1",
        )
        .unwrap();
}

impl Scene {
    /// A fresh phone, and the command.
    pub fn command(&self, phone: &Path) -> Command {
        drop(std::fs::remove_dir_all(phone));
        copy(&self.before, phone);
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        toso(phone, PIN, &words)
    }

    /// What is there after a run: `done` when it said so, `refused` when it said no. Errors: what is wrong.
    pub fn look(&self, phone: &Path, done: bool, refused: bool) -> Result<(), String> {
        let mut pin = PIN;
        if let Does::Pin = self.does {
            let old = visits(phone, PIN);
            match (&old, done, refused) {
                (Ok(_), true, _) => return Err("the old PIN still opens".into()),
                (Err(_), _, true) => return Err("the PIN was changed, and refused".into()),
                (Err(_), ..) => pin = NEW_PIN,
                _ => {}
            }
        }
        let mut found = visits(phone, pin)?;
        if let Does::Erases(id, theirs) = &self.does {
            if done && found.contains_key(id) {
                return Err("said to be erased and there".into());
            }
            // Asked again it goes, whatever was half done.
            answer(&toso(phone, pin, &["sync"]).output().unwrap())?;
            found = visits(phone, pin)?;
            if found.contains_key(id) {
                return Err("not erased by the next exchange".into());
            }
            for (id, note) in theirs {
                if found.remove(id).as_ref() != Some(note) {
                    return Err(format!("{id} did not come with the next exchange"));
                }
            }
        }
        for (id, note) in &self.visits {
            let may = matches!(&self.does, Does::Writes(other, ..) if other == id);
            if !may && found.remove(id).as_ref() != Some(note) {
                return Err(format!("{id} is lost"));
            }
        }
        match &self.does {
            Does::Writes(id, new, old) => {
                let note = found.remove(id);
                let fine = note.as_ref() == Some(new) && !refused || note == *old && !done;
                if !fine {
                    return Err(format!(
                        "done {done}, refused {refused}, and there is {note:?}"
                    ));
                }
            }
            Does::Takes(theirs) => {
                for (id, note) in theirs {
                    let there = found.remove(id);
                    if there.as_ref() != Some(note) && (done || there.is_some()) {
                        return Err(format!("{id}: {there:?}"));
                    }
                }
            }
            Does::Erases(..) | Does::Nothing | Does::Pin => {}
        }
        if !found.is_empty() {
            return Err(format!("nobody wrote {found:?}"));
        }
        if pin == PIN {
            is_sound(phone);
        }
        Ok(())
    }
}
