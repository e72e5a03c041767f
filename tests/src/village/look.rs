//! Looking at a copy: what it shows, what it states, and whether two are alike.

use super::{Hub, MORNING, Person, team};
use toso_domain::crdt::{ChangeHash, Scalar};
use toso_domain::id::RecordId;
use toso_sync::id::{Head, Position, RulingId};
use toso_sync::key::sha256;
use toso_sync::memory::MemoryShelf;
use toso_sync::pack::{Entry, Hash32, Pack};
use toso_sync::replica::{Mode, Outcome, Replica};
use toso_sync::shelf::{EntryRow, Shelf, Verdict};

/// An entry as an honest author would list it.
#[must_use]
pub fn entry(document: RecordId, kind: &str, raw: Vec<u8>) -> Entry {
    Entry {
        document,
        kind: kind.into(),
        hash: toso_domain::crdt::hash_of(&raw).unwrap(),
        len: u32::try_from(raw.len()).unwrap(),
        re: Vec::new(),
        raw: Some(raw),
    }
}

/// Gives one pack to a copy, as an exchange would.
pub fn gives(copy: &mut Replica<MemoryShelf>, pack: &Pack, mode: Mode) -> Outcome {
    copy.transaction(|copy| {
        let outcome = copy.take_pack(team(), pack, mode, MORNING)?;
        copy.settle_taken(team())?;
        Ok(outcome)
    })
    .unwrap()
}

/// The texts of a field on a copy, the one shown first.
#[must_use]
pub fn texts(copy: &Replica<MemoryShelf>, document: RecordId, key: &str) -> Vec<String> {
    let Some(document) = copy.document(team(), document).unwrap() else {
        return Vec::new();
    };
    let text = |version: toso_domain::crdt::Version| match version.value {
        Scalar::Text(text) => text,
        other => format!("{other:?}"),
    };
    document.get(key).into_iter().map(text).collect()
}

/// What became of the entries of one pack on a copy.
#[must_use]
pub fn verdicts(copy: &Replica<MemoryShelf>, head: &Head) -> Vec<(Verdict, String)> {
    let rows: Vec<EntryRow> = copy.shelf.entries_of_pack(team(), head).unwrap();
    rows.into_iter().map(|row| (row.verdict, row.why)).collect()
}

/// Everything a copy states: vector, rulings, tray, drafts and documents by their state hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Tops of the logs.
    pub vector: Vec<Position>,
    /// Rulings of the commune and receipts of the team.
    pub rulings: Vec<RulingId>,
    /// Each document with the hash of its state.
    pub documents: Vec<(RecordId, [u8; 32])>,
    /// Void packs here that nothing replaces, and drafts.
    pub aside: (Vec<Head>, Vec<ChangeHash>),
}

/// Looks at a copy.
pub fn picture(copy: &mut Replica<MemoryShelf>) -> Picture {
    let state = |document| {
        let document = copy.document(team(), document).unwrap().unwrap();
        document.state_hash()
    };
    let documents = copy.shelf.documents(team());
    let documents = documents.into_iter().map(|d| (d, state(d))).collect();
    let drafts = copy.shelf.drafts(team()).unwrap();
    Picture {
        vector: copy.ledger(team()).unwrap().vector(),
        rulings: [copy.book().ids(None), copy.book().ids(Some(team()))].concat(),
        documents,
        aside: (
            copy.tray(team()).unwrap(),
            drafts.iter().map(|d| d.hash).collect(),
        ),
    }
}

/// Holds that the hub and these people have the same vector, rulings and documents, and that nothing waits on a phone.
pub fn assert_alike(hub: &mut Hub, people: &mut [&mut Person]) {
    let hub = picture(&mut hub.copy);
    for person in people {
        let theirs = picture(&mut person.copy);
        assert_eq!(theirs.vector, hub.vector, "vectors");
        assert_eq!(theirs.rulings, hub.rulings, "rulings");
        assert_eq!(theirs.documents, hub.documents, "documents");
        assert!(theirs.aside.1.is_empty(), "no draft waits");
        let own = person.secret.device();
        let waiting = person.copy.tray_of(team(), &own).unwrap();
        let revoked = person.copy.book().is_revoked(&own);
        assert!(waiting.is_empty() || revoked, "no own void pack waits");
    }
}

/// The bytes of one change rot away on a copy.
pub fn rots(copy: &mut Replica<MemoryShelf>, head: &Head, ix: usize) {
    let mut entries = copy.entries(team(), head).unwrap();
    entries[ix].raw = None;
    let document = entries[ix].document;
    let body = toso_sync::pack::write_body(&entries);
    let place = u32::try_from(ix).unwrap();
    copy.transaction(|copy| {
        copy.shelf.set_body(team(), head, &body)?;
        copy.shelf
            .set_verdict(team(), head, place, Verdict::Hole, "")?;
        copy.rebuild(team(), document)
    })
    .unwrap();
}

/// SHA-256 of a picture in its own words: one number for "nothing changed".
pub fn state_of(copy: &mut Replica<MemoryShelf>) -> [u8; 32] {
    sha256(&[format!("{:?}", picture(copy)).as_bytes()])
}

/// A change hash as it stands in headers and rulings.
#[must_use]
pub fn hash32(hash: ChangeHash) -> Hash32 {
    Hash32(hash.0)
}
