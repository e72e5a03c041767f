//! I8 and I9: what a revoked device may still add, and what a change made again may hide.

use super::World;
use super::reading::copies;
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::crdt::{Change, ChangeHash, OpId, read};
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::id::{DeviceKey, Log};
use toso_sync::memory::MemoryShelf;
use toso_sync::replica::Replica;
use toso_sync::ruling::{Body, Id16};
use toso_sync::shelf::{Shelf, Verdict};

impl World {
    /// I8 and I9 on every live copy.
    pub(super) fn check_rights(&mut self) -> Result<(), String> {
        let spaces = self.spaces.clone();
        let hostile: BTreeSet<DeviceKey> = self.hostile.iter().map(|h| h.secret.device()).collect();
        for (name, copy) in copies(&mut self.devices, &mut self.hub) {
            for space in &spaces {
                let broken = |why| format!("{why} on {name}");
                check_ends(copy, *space).map_err(broken)?;
                check_hidden(copy, *space, &hostile).map_err(broken)?;
            }
        }
        Ok(())
    }
}

/// I8: of a revoked device what its revocations name counts, and what a hub that had forgotten them took and receipted
/// (protocol 5.2), and nothing more. Read off the signed rulings, not off what the copy made of them.
fn check_ends(copy: &Replica<MemoryShelf>, space: SpaceId) -> Result<(), String> {
    let mut revoked: BTreeSet<DeviceKey> = BTreeSet::new();
    let mut ends: BTreeMap<Log, u64> = BTreeMap::new();
    let mut ends_at = |of: Id16, log: Log, seq: u64| {
        if SpaceId::from(of) == space {
            let end = ends.entry(log).or_default();
            *end = seq.max(*end);
        }
    };
    let book = copy.book();
    let rulings = book.ids(None).into_iter().filter_map(|id| book.get(&id));
    let of_space = book
        .ids(Some(space))
        .into_iter()
        .filter_map(|id| book.get(&id));
    for body in rulings
        .chain(of_space)
        .filter_map(|ruling| ruling.body.as_ref())
    {
        match body {
            Body::Revocation(device, named) => {
                revoked.insert(*device);
                for end in named {
                    ends_at(end.space, end.log, end.seq);
                }
            }
            Body::Receipt(of, at) => ends_at(*of, at.log, at.seq),
            _ => {}
        }
    }
    for row in copy.shelf.packs(space).unwrap() {
        let device = DeviceKey(row.device);
        let log = Log {
            device,
            epoch: row.epoch,
        };
        let past = row.seq > ends.get(&log).copied().unwrap_or(0);
        if row.valid && past && revoked.contains(&device) {
            return Err(format!("I8: pack {} of a revoked device counts", row.head));
        }
    }
    Ok(())
}

/// I9: a change made again covers only values that the originals' author had seen.
fn check_hidden(
    copy: &mut Replica<MemoryShelf>,
    space: SpaceId,
    hostile: &BTreeSet<DeviceKey>,
) -> Result<(), String> {
    let mut known: BTreeMap<RecordId, BTreeMap<ChangeHash, Change>> = BTreeMap::new();
    let mut again: Vec<(RecordId, ChangeHash, Vec<ChangeHash>)> = Vec::new();
    for row in copy.shelf.packs(space).unwrap() {
        let verdicts = copy.shelf.entries_of_pack(space, &row.head).unwrap();
        for (entry, told) in copy
            .entries(space, &row.head)
            .unwrap()
            .into_iter()
            .zip(verdicts)
        {
            let Some(Ok(change)) = entry.raw.as_deref().map(read) else {
                continue;
            };
            let counts = row.valid && told.verdict == Verdict::Accepted;
            if counts && !entry.re.is_empty() && !hostile.contains(&DeviceKey(row.device)) {
                again.push((entry.document, change.hash, entry.re));
            }
            let document = known.entry(entry.document).or_default();
            document.insert(change.hash, change);
        }
    }
    for (document, hash, originals) in again {
        let known = &known[&document];
        let Some(seen) = seen(known, &originals) else {
            continue;
        };
        for over in known[&hash].ops.iter().flat_map(|op| &op.pred) {
            let mut wrote = known.values().filter(|one| wrote(one, over)).peekable();
            if wrote.peek().is_some() && !wrote.any(|one| seen.contains(&one.hash)) {
                return Err(format!(
                    "I9: {hash} of {document} hides what its author had not seen"
                ));
            }
        }
    }
    Ok(())
}

/// These changes and all they build on; `None` where bytes are missing, so that nobody can tell.
fn seen(known: &BTreeMap<ChangeHash, Change>, from: &[ChangeHash]) -> Option<BTreeSet<ChangeHash>> {
    let mut seen = BTreeSet::new();
    let mut queue = from.to_vec();
    while let Some(hash) = queue.pop() {
        if seen.insert(hash) {
            queue.extend(&known.get(&hash)?.deps);
        }
    }
    Some(seen)
}

fn wrote(change: &Change, value: &OpId) -> bool {
    let last = change.start_op + change.ops.len() as u64;
    change.actor == value.actor && (change.start_op..last).contains(&value.counter)
}
