//! What a copy states, as one number: for "nothing changed".

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use toso_app::App;
use toso_domain::crdt::Document;
use toso_domain::id::RecordId;
use toso_hub::folder::Folder;
use toso_sync::id::Head;
use toso_sync::key::sha256;
use toso_sync::shelf::{Shelf, Verdict};
use toso_tests::village::team;

/// SHA-256 over every ruling, pack, verdict and document of the hub in this folder, read beside whoever serves it.
pub(crate) fn of_hub(data: &Path) -> [u8; 32] {
    let folder = Folder::new(data);
    let db = folder.open_database(&folder.read_key().unwrap()).unwrap();
    let mut text = String::new();
    for ruling in db.rulings().unwrap() {
        writeln!(text, "{ruling:?}").unwrap();
    }
    for space in db.spaces().unwrap() {
        let mut documents = BTreeSet::new();
        for pack in db.packs(space).unwrap() {
            let body = db.body(space, &pack.head).unwrap();
            let entries = db.entries_of_pack(space, &pack.head).unwrap();
            writeln!(text, "{pack:?} {body:?} {entries:?}").unwrap();
            documents.extend(entries.into_iter().map(|entry| entry.document));
        }
        for document in documents {
            let saved = db.document(space, document).unwrap();
            let state = saved.map(|saved| Document::load(&saved).unwrap().state_hash());
            writeln!(text, "{document} {state:?}").unwrap();
        }
    }
    sha256(&[text.as_bytes()])
}

/// What the hub said of the entries of a pack.
pub(crate) fn verdicts(data: &Path, head: &Head) -> Vec<(Verdict, String)> {
    let folder = Folder::new(data);
    let db = folder.open_database(&folder.read_key().unwrap()).unwrap();
    let rows = db.entries_of_pack(team(), head).unwrap();
    rows.into_iter().map(|row| (row.verdict, row.why)).collect()
}

/// The state of one document of the team at the hub.
pub(crate) fn of_document(data: &Path, id: RecordId) -> Option<[u8; 32]> {
    let folder = Folder::new(data);
    let db = folder.open_database(&folder.read_key().unwrap()).unwrap();
    let saved = db.document(team(), id).unwrap()?;
    Some(Document::load(&saved).unwrap().state_hash())
}

/// The documents of the team on an app, and the rows a person sees of them.
pub(crate) fn of_app(app: &App) -> [u8; 32] {
    let documents = app.document_hashes(team()).unwrap();
    let view = app.view_hash(team()).unwrap();
    sha256(&[format!("{documents:?} {view:?}").as_bytes()])
}
