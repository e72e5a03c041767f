//! What a caller saw of a record: the heads at that time, and what was written since.

use std::collections::{BTreeMap, BTreeSet};
use toso_domain::crdt::{Change, ChangeHash, Document};

/// Bytes of each head that stand in a revision.
const SHOWN: usize = 16;

/// The revision of a document: the first 8 bytes of each head in hex, joined by `-`.
pub(crate) fn of(doc: &Document) -> String {
    let heads: Vec<String> = doc.heads().iter().map(short).collect();
    heads.join("-")
}

fn short(hash: &ChangeHash) -> String {
    hash.to_string().chars().take(SHOWN).collect()
}

/// A document seen from a revision.
pub(crate) struct Since {
    /// The document as it was; `None` when it was as it is.
    pub(crate) base: Option<Document>,
    /// Changes written since, causal order.
    pub(crate) changes: Vec<Change>,
}

/// What was written since `rev`. A head that is gone (an edit made again under a new epoch) counts as nothing seen.
pub(crate) fn since(doc: &Document, rev: &str) -> Since {
    if of(doc) == rev {
        return Since {
            base: None,
            changes: Vec::new(),
        };
    }
    let changes = doc.changes();
    let parts: BTreeSet<&str> = rev.split('-').collect();
    let by_hash: BTreeMap<ChangeHash, &Change> = changes.iter().map(|c| (c.hash, c)).collect();
    let mut seen = BTreeSet::new();
    let mut open: Vec<ChangeHash> = by_hash
        .keys()
        .filter(|hash| parts.contains(short(hash).as_str()))
        .copied()
        .collect();
    while let Some(hash) = open.pop() {
        if seen.insert(hash) {
            open.extend(by_hash.get(&hash).into_iter().flat_map(|c| &c.deps));
        }
    }
    let raws = changes.iter().filter(|c| seen.contains(&c.hash));
    let base = Document::from_changes(raws.map(|c| &c.raw)).ok();
    Since {
        base: base.filter(|base| !base.is_empty()),
        changes: changes
            .iter()
            .filter(|c| !seen.contains(&c.hash))
            .cloned()
            .collect(),
    }
}
