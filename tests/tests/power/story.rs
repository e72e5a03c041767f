//! Saves on a real profile, and the look at what is there.

use crate::vfs::{self, Note};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use tempfile::TempDir;
use toso_domain::id::{RecordId, SpaceId};
use toso_store::{DatabaseKey, List, Opened, Profile, RecordRow, Result, Sign, Store};

/// Text by number of the record.
pub type Saves = BTreeMap<u32, String>;

/// A folder; in memory where there is one, since a cut is built here and not waited for.
pub fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

pub fn open(path: &Path) -> Result<Opened> {
    Store::open(&Profile {
        folder: path,
        key: &DatabaseKey::from_bytes([7; 32]),
        kinds: &[("household", &["head_name"])],
        machine: "phone of Páo",
    })
}

fn team() -> SpaceId {
    SpaceId::from_bytes([0xa1; 16])
}

fn id(n: u32) -> RecordId {
    let mut bytes = [0; 16];
    bytes[12..].copy_from_slice(&n.to_be_bytes());
    RecordId::from_bytes(bytes)
}

fn put(store: &mut Store, n: u32, text: &str) -> Result<()> {
    let row = RecordRow {
        kind: "household".into(),
        body: json!({ "head_name": text }).as_object().unwrap().clone(),
        title: text.chars().take(40).collect(),
        search: text.to_owned(),
        ..RecordRow::default()
    };
    store.put_document(team(), id(n), text.as_bytes(), true, Some(&row))
}

/// One save as the app makes it: frame, row, commit; refused, it is taken back.
pub fn save(store: &mut Store, n: u32, text: &str) -> Result<()> {
    vfs::note(Note::Begin(n, text.to_owned()));
    let done = (|| {
        store.begin()?;
        store.append(format!("{n}:{text}").as_bytes())?;
        let length = std::fs::metadata(store.folder().join("journal"))?.len();
        vfs::note(Note::Frame(usize::try_from(length).unwrap()));
        put(store, n, text)?;
        store.commit()
    })();
    match &done {
        Ok(()) => vfs::note(Note::Saved),
        Err(_) => store.rollback(),
    }
    done
}

/// The text of the turn-th save: of many lengths.
pub fn text(turn: u32) -> String {
    format!("Nhà {turn} ").repeat(1 + (turn as usize * 7) % 60)
}

/// What was found.
#[derive(Debug)]
pub struct Found {
    pub saves: Saves,
    /// The store said that something is not as it was left.
    pub signs: Vec<Sign>,
}

/// Opens, takes in what the journal has, as the app does, proves every page when `whole`, reads everything.
pub fn look(path: &Path, whole: bool) -> std::result::Result<Found, String> {
    let told = |error: toso_store::StoreError| error.code().to_owned();
    let opened = open(path).map_err(told)?;
    let mut store = opened.store;
    for payload in &opened.missing_frames {
        store.begin().map_err(told)?;
        if let Some((n, text)) = std::str::from_utf8(payload)
            .ok()
            .and_then(|p| p.split_once(':'))
        {
            put(&mut store, n.parse().unwrap(), text).map_err(told)?;
        }
        store.replayed(1).map_err(told)?;
        store.commit().map_err(told)?;
    }
    if whole {
        store.check().map_err(told)?;
    }
    let mut saves = Saves::new();
    for record in store.list(&List::default()).map_err(told)?.items {
        let n = u32::from_be_bytes(record.id.as_bytes()[12..].try_into().unwrap());
        let document = store
            .document(team(), record.id)
            .map_err(told)?
            .unwrap_or_default();
        let text = String::from_utf8(document).unwrap();
        assert_eq!(
            record.row.body["head_name"],
            json!(text),
            "row and document are one"
        );
        saves.insert(n, text);
    }
    Ok(Found {
        saves,
        signs: opened.signs,
    })
}

/// What is wrong with what was found: `sure` must be there, of `open` the old or the new may be.
pub fn differs(found: &Saves, sure: &Saves, open: &[(u32, String)]) -> Option<String> {
    let may = |n: u32, text: &String| open.iter().any(|(m, may)| *m == n && may == text);
    let short = |text: &str| text.chars().take(12).collect::<String>();
    for (n, text) in sure {
        match found.get(n) {
            None => return Some(format!("{n} is lost")),
            Some(found) if found != text && !may(*n, found) => {
                return Some(format!(
                    "{n} shows {} instead of {}",
                    short(found),
                    short(text)
                ));
            }
            Some(_) => {}
        }
    }
    let stranger = found
        .iter()
        .find(|(n, text)| !sure.contains_key(n) && !may(**n, text));
    stranger.map(|(n, text)| format!("{n} ({}) was never saved", short(text)))
}

/// A look that finds nothing wrong with anything is none.
#[test]
fn the_look_sees_what_is_lost_old_or_strange() {
    let saves = |all: &[(u32, &str)]| {
        all.iter()
            .map(|(n, t)| (*n, (*t).to_owned()))
            .collect::<Saves>()
    };
    let sure = saves(&[(1, "a"), (2, "b")]);
    let open = [(2, "c".to_owned()), (3, "d".to_owned())];
    let told = |found: &[(u32, &str)]| differs(&saves(found), &sure, &open);
    assert_eq!(told(&[(1, "a"), (2, "b")]), None);
    assert_eq!(told(&[(1, "a"), (2, "c"), (3, "d")]), None);
    assert!(told(&[(1, "a")]).is_some());
    assert!(told(&[(1, "z"), (2, "b")]).is_some());
    assert!(told(&[(1, "a"), (2, "b"), (4, "e")]).is_some());
}
