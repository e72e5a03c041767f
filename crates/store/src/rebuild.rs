//! Derived rows may be dropped and made again from the packs at any time; two copies compare by one hash.

use crate::error::Result;
use crate::open::Store;
use crate::pack::exact;
use crate::record::Record;
use rusqlite::params;
use serde_json::Value;
use sha2::{Digest, Sha256};
use toso_domain::id::{RecordId, SpaceId};

impl Store {
    /// Drops every document, record, search word, reference and note of a hand-over. Truth stays. Inside a transaction of the caller.
    pub fn clear_derived(&mut self) -> Result<()> {
        Ok(self.connection.execute_batch(
            "INSERT INTO main.record_search (record_search) VALUES ('delete-all');
             DELETE FROM main.record_ref;
             DELETE FROM main.record;
             DELETE FROM main.away;
             DELETE FROM main.document;",
        )?)
    }

    /// Ids of all documents that packs or drafts of a space say anything of, by id: what derived rows are made again from.
    pub fn documents_of_truth(&self, space: SpaceId) -> Result<Vec<RecordId>> {
        let mut get = self.connection.prepare_cached(
            "SELECT e.document FROM main.entry e JOIN main.pack p ON p.no = e.pack WHERE p.space = ?1
             UNION SELECT document FROM main.draft WHERE space = ?1 ORDER BY 1",
        )?;
        let rows = get.query_map([space.as_bytes().as_slice()], |row| {
            Ok(RecordId::from_bytes(exact(row, 0)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// SHA-256 over all record rows of a space in order of id: equal on two copies that show the same.
    /// Leaves out `updated`, which is each device's own.
    pub fn view_hash(&self, space: SpaceId) -> Result<[u8; 32]> {
        let mut hash = Sha256::new();
        let rows = self.records(
            "WHERE r.space = ?1 ORDER BY r.id",
            params![space.as_bytes().as_slice()],
        )?;
        for record in &rows {
            let refs = self.refs_of(space, record.id)?;
            add(&mut hash, record.id.as_bytes());
            add_row(&mut hash, record);
            for (field, target) in refs {
                add(&mut hash, field.as_bytes());
                add(&mut hash, target.as_bytes());
            }
        }
        Ok(hash.finalize().into())
    }
}

/// Length first, so that no two lists of parts look alike.
fn add(hash: &mut Sha256, part: &[u8]) {
    hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
    hash.update(part);
}

fn add_row(hash: &mut Sha256, record: &Record) {
    let row = &record.row;
    add(
        hash,
        &[
            u8::from(record.whole),
            u8::from(record.away),
            u8::from(row.deleted.is_some()),
            u8::from(row.merged_into.is_some()),
        ],
    );
    add(hash, row.kind.as_bytes());
    add(hash, row.deleted.as_deref().unwrap_or_default().as_bytes());
    add(
        hash,
        row.merged_into.as_ref().map_or(&[][..], |id| id.as_bytes()),
    );
    add(hash, row.title.as_bytes());
    add(hash, row.subtitle.as_bytes());
    add(hash, row.search.as_bytes());
    add(hash, &row.sort);
    for part in [&row.body, &row.clashes] {
        let mut text = String::new();
        canonical(&Value::Object(part.clone()), &mut text);
        add(hash, text.as_bytes());
    }
    add(hash, row.unreadable.join("\n").as_bytes());
}

/// JSON with sorted keys: the order in which fields were written says nothing.
fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<_> = map.iter().collect();
            keys.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (key, value) in keys {
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                canonical(value, out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(list) => {
            out.push('[');
            for value in list {
                canonical(value, out);
                out.push(',');
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}
