//! Own changes that do not count: their texts, which stand nowhere else, and which of them were read by who wrote them.
//!
//! A text leaves the list of returned work when it is marked as read, never the disk: only an erasure takes it.

use crate::device::{Device, name};
use crate::error::Called;
use crate::standing::{bytes16, hash, hex};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::crdt::{Change, ChangeHash, Document, hash_of, read};
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::view::{self, Projected};
use toso_sync::id::Head;

/// Why a change that never left this device does not count: its own gate refused it under the rights of now.
pub(crate) const OWN_GATE: &str = "draft_refused";

/// A change of this device that does not count.
pub(crate) struct Returned {
    pub(crate) change: Change,
    raw: Vec<u8>,
    /// True once its author has read that it does not count.
    pub(crate) was_read: bool,
}

/// Every change of one record that does not count, for good: refused by this device's gate or by everybody's; oldest first.
pub(crate) fn of_record(
    device: &mut Device,
    space: SpaceId,
    record: RecordId,
) -> Called<Vec<Returned>> {
    let mut raws: BTreeMap<ChangeHash, Vec<u8>> = BTreeMap::new();
    for (_, raw) in device.copy.shelf.store.values(&drafts(space, record))? {
        raws.extend(hash_of(&raw).map(|hash| (hash, raw)));
    }
    for (head, refused) in refusing(device, space, record)? {
        for entry in device.copy.entries(space, &head)? {
            if let Some(raw) = entry.raw.filter(|_| refused.contains(&entry.hash)) {
                raws.insert(entry.hash, raw);
            }
        }
    }
    let read_before = were_read(device, space)?;
    let mut out: Vec<Returned> = raws
        .into_iter()
        .filter_map(|(hash, raw)| {
            Some(Returned {
                change: read(&raw).ok()?,
                raw,
                was_read: read_before.contains(&(record, hash)),
            })
        })
        .collect();
    out.sort_by_key(|one| (one.change.time, one.change.hash));
    Ok(out)
}

/// A record that never counted, as its returned changes alone would have it: kind, title, fields.
pub(crate) fn alone(returned: &[Returned]) -> Option<Projected> {
    let doc = Document::from_changes(returned.iter().map(|one| &one.raw)).ok()?;
    Some(view::project(&doc)).filter(|seen| !seen.kind.is_empty())
}

/// Own packs that count, with the changes of the record that each brought in vain.
fn refusing(
    device: &Device,
    space: SpaceId,
    record: RecordId,
) -> Called<BTreeMap<Head, BTreeSet<ChangeHash>>> {
    let sql = "SELECT p.head AS head, e.hash AS hash FROM main.entry e JOIN main.pack p ON p.no = e.pack
         WHERE e.document = unhex(?1) AND e.verdict = 2 AND p.space = unhex(?2) AND p.device = unhex(?3) AND p.valid = 1";
    let values = [
        hex(record.as_bytes()),
        hex(space.as_bytes()),
        hex(&device.secret.device().0),
    ];
    let mut out: BTreeMap<Head, BTreeSet<ChangeHash>> = BTreeMap::new();
    for row in device.copy.shelf.store.query(sql, &values)? {
        if let (Some(head), Some(hash)) = (bytes16(&row, "head"), hash(&row)) {
            out.entry(Head(head)).or_default().insert(hash);
        }
    }
    Ok(out)
}

/// What was marked as read in a space; two ids each, nothing of a text.
pub(crate) fn were_read(
    device: &Device,
    space: SpaceId,
) -> Called<BTreeSet<(RecordId, ChangeHash)>> {
    let prefix = read_in(space);
    let values = device.copy.shelf.store.values(&prefix)?;
    let named = |name: &str| {
        let (record, hash) = name.strip_prefix(&prefix)?.split_once('/')?;
        Some((record.parse().ok()?, ChangeHash::from_hex(hash)?))
    };
    Ok(values.iter().filter_map(|(name, _)| named(name)).collect())
}

/// Records with a draft that this device's gate refused and nobody read about yet.
pub(crate) fn refused_drafts(
    device: &Device,
    space: SpaceId,
    were_read: &BTreeSet<(RecordId, ChangeHash)>,
) -> Called<BTreeSet<RecordId>> {
    let prefix = format!("refused/{space}/");
    let values = device.copy.shelf.store.values(&prefix)?;
    let named = |name: &str| -> Option<(RecordId, ChangeHash)> {
        let (record, hash) = name.strip_prefix(&prefix)?.split_once('/')?;
        Some((record.parse().ok()?, ChangeHash::from_hex(hash)?))
    };
    let drafts = values.iter().filter_map(|(name, _)| named(name));
    let open = drafts.filter(|draft| !were_read.contains(draft));
    Ok(open.map(|(record, _)| record).collect())
}

/// Marks what does not count of a record as read, and the notices of it.
pub(crate) fn mark_read(device: &mut Device, space: SpaceId, record: RecordId) -> Called<()> {
    let returned = of_record(device, space, record)?;
    let names: Vec<String> = returned
        .iter()
        .filter(|one| !one.was_read)
        .map(|one| format!("{}{record}/{}", read_in(space), one.change.hash))
        .collect();
    let values: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &[][..])).collect();
    device.set(&values)?;
    let told = device.copy.shelf.store.values(name::NOTICE)?.into_iter();
    let record = record.to_string();
    let of_it = told.filter(|(_, value)| {
        let notice: Value = serde_json::from_slice(value).unwrap_or_default();
        let says = |part: &str| notice.get(part).and_then(Value::as_str).unwrap_or_default();
        says("code") == OWN_GATE && says("record") == record
    });
    let names: Vec<String> = of_it.map(|(name, _)| name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    device.forget(&names)
}

/// Where the protocol keeps the texts that this device's own gate refused.
fn drafts(space: SpaceId, record: RecordId) -> String {
    format!("refused/{space}/{record}/")
}

fn read_in(space: SpaceId) -> String {
    format!("refusal-read/{space}/")
}
