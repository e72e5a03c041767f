//! What the oracles read off a copy.

use super::Device;
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::crdt::{ChangeHash, Scalar, read};
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::memory::MemoryShelf;
use toso_sync::replica::Replica;
use toso_sync::shelf::Shelf;

pub(super) type Picture = (Vec<toso_sync::id::Position>, BTreeMap<RecordId, [u8; 32]>);

/// Every live copy with its name, the hub last.
pub(super) fn copies<'a>(
    devices: &'a mut [Device],
    hub: &'a mut Replica<MemoryShelf>,
) -> impl Iterator<Item = (String, &'a mut Replica<MemoryShelf>)> {
    let live = devices.iter_mut().enumerate().filter(|(_, d)| d.live);
    live.map(|(n, d)| (n.to_string(), &mut d.copy))
        .chain(std::iter::once(("hub".to_owned(), hub)))
}

pub(super) fn picture(copy: &mut Replica<MemoryShelf>, space: SpaceId) -> Picture {
    let vector = copy.ledger(space).unwrap().vector();
    let documents = copy.shelf.documents(space);
    let hashes = documents
        .into_iter()
        .map(|d| (d, copy.document(space, d).unwrap().unwrap().state_hash()))
        .collect();
    (vector, hashes)
}

pub(super) fn raws(copy: &mut Replica<MemoryShelf>, space: SpaceId) -> Vec<Vec<u8>> {
    let mut out: Vec<Vec<u8>> = copy
        .shelf
        .drafts(space)
        .unwrap()
        .into_iter()
        .map(|d| d.raw)
        .collect();
    for row in copy.shelf.packs(space).unwrap() {
        out.extend(
            copy.entries(space, &row.head)
                .unwrap()
                .into_iter()
                .filter_map(|e| e.raw),
        );
    }
    out
}

/// Numbers of the edits whose values a change writes.
pub(super) fn numbers(raw: &[u8]) -> Vec<u64> {
    // A hostile one need not be readable.
    let Ok(change) = read(raw) else {
        return Vec::new();
    };
    let texts = change.ops.into_iter().filter_map(|op| match op.write {
        Some(Scalar::Text(text)) => Some(text),
        _ => None,
    });
    texts.filter_map(|text| number(&text)).collect()
}

/// Number of the edit that wrote a value.
pub(super) fn number(text: &str) -> Option<u64> {
    text.strip_prefix("edit-")?.split('-').next()?.parse().ok()
}

pub(super) fn remade(copy: &mut Replica<MemoryShelf>, space: SpaceId) -> BTreeSet<ChangeHash> {
    let mut out = BTreeSet::new();
    for head in copy.ledger(space).unwrap().replacing() {
        out.extend(
            copy.entries(space, &head)
                .unwrap()
                .into_iter()
                .flat_map(|e| e.re),
        );
        let header = copy.shelf.header(space, &head).unwrap().unwrap();
        let header = toso_sync::pack::read_header(&header).unwrap();
        out.extend(header.accounts.iter().map(|h| ChangeHash(h.0)));
    }
    out
}
