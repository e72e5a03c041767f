//! The files of an erased record: they go with it, unless another record names them too.

use crate::device::name;
use std::collections::BTreeSet;
use toso_domain::crdt::Document;
use toso_domain::file::{FileHash, named_in};
use toso_domain::id::{RecordId, SpaceId};
use toso_store::{Store, StoreError};
use toso_sync::pack::{read_body, read_header};

/// Every file a record names or ever named, in every space: one byte, then 32 a name. A name taken back is in its
/// history still, one in a pack set aside too, and their files on the disk.
pub(crate) fn files_of(store: &Store, document: RecordId) -> Result<Vec<u8>, StoreError> {
    let mut names = BTreeSet::new();
    for record in store.find(document)? {
        let saved = store.document(record.space, document)?;
        let doc = saved.and_then(|saved| Document::load(&saved).ok());
        for op in doc.iter().flat_map(Document::changes).flat_map(|c| c.ops) {
            let name = op.key.split_once('/');
            names.extend(name.and_then(|(_, name)| name.parse::<FileHash>().ok()));
        }
    }
    for space in store.spaces()? {
        for draft in store.drafts_of_document(space, document)? {
            names.extend(named_in(&draft.raw));
        }
        for raw in packed(store, space, document)? {
            names.extend(named_in(&raw));
        }
    }
    let mut out = vec![1];
    out.extend(names.iter().flat_map(|name| name.0));
    Ok(out)
}

/// The document's raw changes in packs, counting or set aside.
fn packed(store: &Store, space: SpaceId, document: RecordId) -> Result<Vec<Vec<u8>>, StoreError> {
    let rows = store.entries_of_document(space, document)?;
    let heads: BTreeSet<[u8; 16]> = rows.iter().map(|row| row.pack).collect();
    let mut out = Vec::new();
    for head in heads {
        let header = store.header(space, &head)?;
        let body = store.body(space, &head)?;
        let header = header.and_then(|header| read_header(&header).ok());
        let entries = header
            .zip(body)
            .and_then(|(header, body)| read_body(&header, &body).ok());
        let own = entries.into_iter().flatten();
        let own = own.filter(|entry| entry.document == document);
        out.extend(own.filter_map(|entry| entry.raw));
    }
    Ok(out)
}

/// Drops the files named in `files` ([`files_of`]) that neither a record nor an unsaved form (under `forms`) names.
pub(crate) fn drop_files(store: &mut Store, files: &[u8], forms: &str) -> Result<(), StoreError> {
    let names = files.get(1..).unwrap_or_default().chunks_exact(32);
    for hash in names.filter_map(|bytes| Some(FileHash(bytes.try_into().ok()?))) {
        let text = hash.to_string();
        let in_a_form = store
            .values(forms)?
            .iter()
            .any(|(_, form)| String::from_utf8_lossy(form).contains(&text));
        if !in_a_form && store.naming_file(&hash)?.is_empty() {
            store.drop_file(&hash)?;
            for kept in [name::FILE_KEPT, name::FILE_PART] {
                store.drop_value(&format!("{kept}{hash}"))?;
            }
        }
    }
    Ok(())
}
