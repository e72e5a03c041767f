//! From a document to the row screens read, and the one thing a row cannot know alone: rings of merged records.

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use toso_domain::crdt::{Document, Version};
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::view;
use toso_store::{RecordRow, Store, StoreError};

/// Name under which a merger stands among the references.
const MERGED: &str = "merged_into";
/// Longest walk along mergers; longer ones end where they are.
const WALK: usize = 64;

/// The row of a document, without when it changed; `None` when it says no kind.
pub(crate) fn row(doc: &Document) -> Option<RecordRow> {
    let seen = view::project(doc);
    if seen.kind.is_empty() {
        return None;
    }
    let mut clashes = Map::new();
    for (field, versions) in &seen.clashes {
        let told: Vec<Value> = versions.iter().map(version).collect();
        clashes.insert(field.clone(), told.into());
    }
    let mut refs = seen.refs;
    refs.retain(|(field, _)| field != MERGED);
    refs.extend(seen.merged_into.map(|target| (MERGED.to_owned(), target)));
    Some(RecordRow {
        kind: seen.kind,
        body: seen.body,
        deleted: seen.deleted,
        merged_into: seen.merged_into,
        clashes,
        unreadable: seen.unreadable,
        title: seen.title,
        subtitle: seen.subtitle,
        search: seen.search,
        sort: seen.sort,
        refs,
        updated: 0,
    })
}

/// One version as the row keeps it. Who an actor is follows from packs, so it is looked up when shown.
fn version(version: &Version) -> Value {
    json!({ "value": version.value.to_json(), "actor": version.actor.to_string(), "at": version.time })
}

/// What a record says it was merged into.
pub(crate) fn merged_into(
    store: &Store,
    space: SpaceId,
    id: RecordId,
) -> Result<Option<RecordId>, StoreError> {
    store.ref_of(space, id, MERGED)
}

/// A record and those it leads to by mergers, until the end or until one comes again.
pub(crate) fn chain(
    store: &Store,
    space: SpaceId,
    id: RecordId,
) -> Result<Vec<RecordId>, StoreError> {
    let mut chain = vec![id];
    let mut at = id;
    while let Some(next) = merged_into(store, space, at)? {
        if chain.contains(&next) || chain.len() >= WALK {
            break;
        }
        chain.push(next);
        at = next;
    }
    Ok(chain)
}

/// The ring a chain ends in; empty when it ends in a record that is not merged.
fn ring(store: &Store, space: SpaceId, chain: &[RecordId]) -> Result<Vec<RecordId>, StoreError> {
    let Some(last) = chain.last() else {
        return Ok(Vec::new());
    };
    let back = merged_into(store, space, *last)?;
    let from = chain.iter().position(|id| Some(*id) == back);
    Ok(from
        .and_then(|from| chain.get(from..))
        .unwrap_or_default()
        .to_vec())
}

/// The record that stands for `id`: the end of its mergers, in a ring the smallest id.
pub(crate) fn stands_for(
    store: &Store,
    space: SpaceId,
    id: RecordId,
) -> Result<RecordId, StoreError> {
    let chain = chain(store, space, id)?;
    let ring = ring(store, space, &chain)?;
    Ok(ring
        .iter()
        .min()
        .or_else(|| chain.last())
        .copied()
        .unwrap_or(id))
}

/// Every record that `id` stands for, itself first.
pub(crate) fn aliases(
    store: &Store,
    space: SpaceId,
    id: RecordId,
) -> Result<Vec<RecordId>, StoreError> {
    let mut found = vec![id];
    let mut seen = BTreeSet::from([id]);
    let mut at = 0;
    while let Some(target) = found.get(at).copied() {
        at += 1;
        for (of, source, _) in store.refs_to(target, Some(MERGED))? {
            if of == space && seen.len() < WALK * WALK && seen.insert(source) {
                found.push(source);
            }
        }
    }
    Ok(found)
}

/// Writes a record's row again when what it is merged into differs: the smallest of a ring stands as not merged.
pub(crate) fn settle(store: &mut Store, space: SpaceId, id: RecordId) -> Result<(), StoreError> {
    let (Some(record), Some(saved)) = (store.record(space, id)?, store.document(space, id)?) else {
        return Ok(());
    };
    let target = merged_into(store, space, id)?;
    let chain = chain(store, space, id)?;
    let ring = ring(store, space, &chain)?;
    let shown = target.filter(|_| ring.iter().min() != Some(&id));
    if shown == record.row.merged_into {
        return Ok(());
    }
    let row = RecordRow {
        merged_into: shown,
        refs: store.refs_of(space, id)?,
        // The row keeps no words of a hidden record: they are made again from the document.
        search: Document::load(&saved)
            .map(|doc| view::project(&doc).search)
            .unwrap_or_default(),
        ..record.row
    };
    store.put_document(space, id, &saved, record.whole, Some(&row))
}
