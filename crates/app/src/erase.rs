//! The files of an erased record: they go with it, unless another record names them too.

use std::collections::BTreeSet;
use toso_domain::crdt::Document;
use toso_domain::file::FileHash;
use toso_domain::id::RecordId;
use toso_store::{Store, StoreError};

/// What stands before a file's name in a record's keys.
const KEY: &str = "photo/";

/// Every file a record names or ever named, in every space: one byte, then 32 a name. A name taken back is in its
/// history still, and its file on the disk.
pub(crate) fn files_of(store: &Store, document: RecordId) -> Result<Vec<u8>, StoreError> {
    let mut names = BTreeSet::new();
    for record in store.find(document)? {
        let Some(saved) = store.document(record.space, document)? else {
            continue;
        };
        let Ok(doc) = Document::load(&saved) else {
            continue;
        };
        for op in doc.changes().iter().flat_map(|change| &change.ops) {
            let name = op.key.strip_prefix(KEY);
            names.extend(name.and_then(|name| name.parse::<FileHash>().ok()));
        }
    }
    let mut out = vec![1];
    out.extend(names.iter().flat_map(|name| name.0));
    Ok(out)
}

/// Drops the files named in `files` ([`files_of`]) that neither a record nor an unsaved form (under `forms`) names.
pub(crate) fn drop_files(store: &Store, files: &[u8], forms: &str) -> Result<(), StoreError> {
    let names = files.get(1..).unwrap_or_default().chunks_exact(32);
    for hash in names.filter_map(|bytes| Some(FileHash(bytes.try_into().ok()?))) {
        let text = hash.to_string();
        let in_a_form = store
            .values(forms)?
            .iter()
            .any(|(_, form)| String::from_utf8_lossy(form).contains(&text));
        if !in_a_form && store.naming_file(&hash)?.is_empty() {
            store.drop_file(&hash)?;
        }
    }
    Ok(())
}
