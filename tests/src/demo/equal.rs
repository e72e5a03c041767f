//! Whether devices hold the same: every record, search, every document, the view as it is and made again.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use toso_domain::id::SpaceId;

use super::person::Person;

/// Words searched for in each space.
const WORDS: [&str; 8] = ["lo", "vu a", "thi", "giang", "nha", "091", "xoi", "ban"];

/// All that a device shows of a space.
#[derive(Debug, PartialEq)]
pub struct Seen {
    /// Each record but for where it stands with the hub, which is each device's own.
    pub records: BTreeMap<String, Value>,
    /// What each search finds.
    pub found: Vec<Value>,
    /// SHA-256 of each document's changes.
    pub documents: BTreeMap<String, String>,
    /// Hash of the view as it is.
    pub view: [u8; 32],
    /// Hash of the view made again from packs and rulings.
    pub rebuilt: [u8; 32],
}

impl Seen {
    /// Looks at everything a person's device holds of a space, and rebuilds its view.
    ///
    /// # Errors
    /// A call was refused.
    pub fn of(person: &Person, space: &str) -> anyhow::Result<Self> {
        let id: SpaceId = space.parse().ok().context("no space id")?;
        let fault = |error: toso_app::CallError| anyhow::anyhow!("{}: {}", person.name, error.code);
        let app = person.app()?;
        let view = app.view_hash(id).map_err(fault)?;
        app.rebuild_view().map_err(fault)?;
        let rebuilt = app.view_hash(id).map_err(fault)?;
        let mut documents = BTreeMap::new();
        let mut records = BTreeMap::new();
        for (document, hash) in app.document_hashes(id).map_err(fault)? {
            let document = document.to_string();
            let mut record =
                person.done("record.get", json!({ "space": space, "id": document }))?;
            if let Some(fields) = record.as_object_mut() {
                fields.remove("sync");
            }
            let hex = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            records.insert(document.clone(), record);
            documents.insert(document, hex);
        }
        let mut found = Vec::new();
        for words in WORDS {
            let input = json!({ "text": words, "space": space, "limit": 1000 });
            found.push(person.done("search", input)?);
        }
        Ok(Self {
            records,
            found,
            documents,
            view,
            rebuilt,
        })
    }

    /// Errors when another device shows anything else; only ids and names of fields are told.
    ///
    /// # Errors
    /// The first difference.
    pub fn same(&self, other: &Self, who: &str) -> anyhow::Result<()> {
        let ids = |seen: &Self| seen.documents.keys().cloned().collect::<Vec<_>>();
        ensure!(
            ids(self) == ids(other),
            "{who}: {} documents, {} at the office",
            other.documents.len(),
            self.documents.len()
        );
        for (id, record) in &self.records {
            ensure!(
                other.records.get(id) == Some(record),
                "{who}: record {id} reads otherwise:\n{record}\n{:?}",
                other.records.get(id)
            );
        }
        ensure!(
            self.documents == other.documents,
            "{who}: a document's hash differs"
        );
        ensure!(
            self.found == other.found,
            "{who}: a search finds something else"
        );
        ensure!(self.view == other.view, "{who}: the view's hash differs");
        ensure!(
            self.rebuilt == other.rebuilt,
            "{who}: the rebuilt view's hash differs"
        );
        Ok(())
    }
}
