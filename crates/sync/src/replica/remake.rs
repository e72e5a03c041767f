//! Making own edits again that no longer count: void packs (rule 6.3) and drafts under an old actor (rule 6.2).
//!
//! A re-made change depends on the surviving ancestors of the originals, never on today's heads: an old offline value
//! must show beside a newer one, not cover it (invariant I9).

use super::author::{Marks, entry_of};
use super::{Fault, Notice, Replica};
use crate::id::{Head, Log, Position};
use crate::key::Random;
use crate::pack::Entry;
use crate::shelf::{DraftRow, Shelf};
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::crdt::{Change, ChangeHash, Document, Patch, Scalar, read};
use toso_domain::id::{RecordId, SpaceId};

/// The void edits of one document on one branch of an own log, gathered.
#[derive(Default)]
struct Gathered {
    kind: String,
    patch: Patch,
    originals: Vec<Change>,
}

impl<S: Shelf> Replica<S> {
    /// Re-authors own void packs that nothing replaces, each branch in a new log of its own.
    pub(super) fn remake_void(
        &mut self,
        space: SpaceId,
        now: i64,
        random: &mut dyn Random,
    ) -> Result<(), Fault> {
        let Some(device) = self.device() else {
            return Ok(());
        };
        let tray = self.tray(space)?;
        let own: Vec<Head> = {
            let ledger = self.ledger(space)?;
            tray.into_iter()
                .filter(|h| ledger.get(h).is_some_and(|m| m.log.device == device))
                .collect()
        };
        for branch in self.branches(space, &own)? {
            self.remake_branch(space, &branch, now, random)?;
        }
        Ok(())
    }

    /// Splits own void packs into chains: each pack goes to its parent's chain, a second child opens another.
    fn branches(&mut self, space: SpaceId, own: &[Head]) -> Result<Vec<Vec<Head>>, Fault> {
        let ledger = self.ledger(space)?;
        let mut sorted: Vec<(Log, u64, Head, Option<Head>)> = own
            .iter()
            .filter_map(|h| ledger.get(h).map(|m| (m.log, m.seq, *h, m.prev)))
            .collect();
        sorted.sort_unstable();
        let mut chains: Vec<Vec<Head>> = Vec::new();
        for (_, _, head, prev) in sorted {
            match chains
                .iter_mut()
                .find(|c| prev.is_some() && c.last() == prev.as_ref())
            {
                Some(chain) => chain.push(head),
                None => chains.push(vec![head]),
            }
        }
        Ok(chains)
    }

    fn remake_branch(
        &mut self,
        space: SpaceId,
        branch: &[Head],
        now: i64,
        random: &mut dyn Random,
    ) -> Result<(), Fault> {
        let closes = self.ending(space, branch)?;
        let old = self.current_log(space)?;
        let from = self
            .ledger(space)?
            .get(branch.first().ok_or(Fault::new("internal"))?)
            .map(|m| m.log);
        if let Some(remade) = self.make_again(space, branch, closes, now, random)? {
            if old == from {
                self.close_epoch(space)?;
            }
            self.notices.insert(Notice::Remade(space, remade));
        }
        Ok(())
    }

    /// Writes the edits of void packs again under this device's name, in a new log; answers how many changes that took.
    /// `None` while bytes are missing here that may come back.
    pub(super) fn make_again(
        &mut self,
        space: SpaceId,
        branch: &[Head],
        closes: Vec<Position>,
        now: i64,
        random: &mut dyn Random,
    ) -> Result<Option<u64>, Fault> {
        let Some((gathered, accounts)) = self.gather(space, branch)? else {
            return Ok(None);
        };
        let mut accounts: BTreeSet<ChangeHash> = accounts;
        let log = self.new_log(random)?;
        let mut entries = Vec::new();
        for (document, gathered) in gathered {
            let hashes: Vec<ChangeHash> = gathered.originals.iter().map(|c| c.hash).collect();
            let deps: Vec<ChangeHash> = gathered
                .originals
                .iter()
                .flat_map(|c| c.deps.clone())
                .collect();
            let base = self.surviving(space, document, &deps, &gathered.originals)?;
            match self.write_on(
                space,
                log,
                document,
                &gathered.kind,
                &base,
                gathered.patch,
                now,
                random,
            )? {
                Some(draft) => entries.push(entry_of(&draft, hashes)),
                None => accounts.extend(hashes),
            }
        }
        let remade = entries.len() as u64;
        let documents: BTreeSet<RecordId> = entries.iter().map(|e| e.document).collect();
        let marks = Marks {
            replaces: branch.to_vec(),
            closes,
            accounts: accounts.into_iter().collect(),
        };
        self.seal_entries(space, log, entries, marks, now)?;
        for document in documents {
            self.rebuild(space, document)?;
        }
        Ok(Some(remade))
    }

    /// Final value of each key per document over a branch, and the changes that need no re-making.
    /// `None` while bytes are missing.
    #[expect(clippy::type_complexity, reason = "two results of one pass")]
    fn gather(
        &mut self,
        space: SpaceId,
        branch: &[Head],
    ) -> Result<Option<(BTreeMap<RecordId, Gathered>, BTreeSet<ChangeHash>)>, Fault> {
        let mut out: BTreeMap<RecordId, Gathered> = BTreeMap::new();
        let mut accounts = BTreeSet::new();
        let remade = self.remade_changes(space)?;
        for head in branch {
            for entry in self.entries(space, head)? {
                let lost = self.book.is_lost(space, &entry.hash);
                if self.book.is_purged(&entry.document)
                    || lost
                    || self.stands(space, &entry.hash, &remade)?
                    || self.repeats(space, &entry, &remade)?
                {
                    accounts.insert(entry.hash);
                    continue;
                }
                let Some(raw) = &entry.raw else {
                    return Ok(None);
                };
                let Ok(change) = read(raw) else {
                    accounts.insert(entry.hash); // no gate would ever take it
                    continue;
                };
                let gathered = out.entry(entry.document).or_default();
                gathered.kind.clone_from(&entry.kind);
                for op in &change.ops {
                    gathered.patch.insert(op.key.clone(), op.write.clone());
                }
                gathered.originals.push(change);
            }
        }
        Ok(Some((out, accounts)))
    }

    fn stands(
        &self,
        space: SpaceId,
        hash: &ChangeHash,
        remade: &BTreeSet<ChangeHash>,
    ) -> Result<bool, Fault> {
        Ok(remade.contains(hash) || self.is_held(space, hash)?)
    }

    /// True when an entry only made again what stands here. Two live copies of one phone, each of which counts its own branch
    /// of a log, would else make each other's re-makes again for ever, until a receipt decides.
    fn repeats(
        &self,
        space: SpaceId,
        entry: &Entry,
        remade: &BTreeSet<ChangeHash>,
    ) -> Result<bool, Fault> {
        for original in &entry.re {
            if !self.stands(space, original, remade)? {
                return Ok(false);
            }
        }
        Ok(!entry.re.is_empty())
    }

    /// The document made of those ancestors of `deps` that count, walking through void changes where their bytes are held.
    pub(super) fn surviving(
        &mut self,
        space: SpaceId,
        document: RecordId,
        deps: &[ChangeHash],
        known: &[Change],
    ) -> Result<Document, Fault> {
        let accepted: BTreeMap<ChangeHash, Change> = self.accepted(space, document)?;
        let mut void: BTreeMap<ChangeHash, Vec<ChangeHash>> =
            known.iter().map(|c| (c.hash, c.deps.clone())).collect();
        let mut keep: BTreeSet<ChangeHash> = BTreeSet::new();
        let mut queue: Vec<ChangeHash> = deps.to_vec();
        let mut seen: BTreeSet<ChangeHash> = BTreeSet::new();
        while let Some(hash) = queue.pop() {
            if !seen.insert(hash) {
                continue;
            }
            if let Some(change) = accepted.get(&hash) {
                keep.insert(hash);
                queue.extend(&change.deps);
            } else {
                if !void.contains_key(&hash)
                    && let Some(change) = self.void_change(space, &hash)?
                {
                    void.insert(hash, change.deps);
                }
                queue.extend(void.get(&hash).into_iter().flatten());
            }
        }
        let raws = self
            .causal(space, document)?
            .into_iter()
            .filter(|c| keep.contains(&c.hash))
            .map(|c| c.raw);
        Ok(Document::from_changes(raws)?)
    }

    /// Changes of a document that stand accepted in counting packs.
    pub(super) fn accepted(
        &mut self,
        space: SpaceId,
        document: RecordId,
    ) -> Result<BTreeMap<ChangeHash, Change>, Fault> {
        let changes = self.causal(space, document)?;
        let mut out = BTreeMap::new();
        for change in changes {
            if self.is_held(space, &change.hash)? {
                out.insert(change.hash, change);
            }
        }
        Ok(out)
    }

    /// Every change of a document as it stands here, drafts included, parents first.
    pub(super) fn causal(&self, space: SpaceId, document: RecordId) -> Result<Vec<Change>, Fault> {
        Ok(self
            .document(space, document)?
            .map(|d| d.changes())
            .unwrap_or_default())
    }

    /// A change that stands in some pack here, whether that counts or not.
    fn void_change(&mut self, space: SpaceId, hash: &ChangeHash) -> Result<Option<Change>, Fault> {
        for row in self.shelf.entries_of_change(space, hash)? {
            let entries = self.entries(space, &row.pack)?;
            let raw = entries
                .into_iter()
                .find(|e| e.hash == *hash)
                .and_then(|e| e.raw);
            if let Some(change) = raw.and_then(|raw| read(&raw).ok()) {
                return Ok(Some(change));
            }
        }
        Ok(None)
    }

    /// Writes a patch on a base under a log's actor and runs the own gate. `None` when it changes nothing.
    /// A change the gate refuses goes to the author's tray with its text.
    #[expect(clippy::too_many_arguments, reason = "one change in its parts")]
    pub(super) fn write_on(
        &mut self,
        space: SpaceId,
        log: Log,
        document: RecordId,
        kind: &str,
        base: &Document,
        mut patch: Patch,
        now: i64,
        random: &mut dyn Random,
    ) -> Result<Option<DraftRow>, Fault> {
        if base.is_empty() && !patch.contains_key("_kind") {
            // The genesis stood in a pack of somebody else that does not count: the record is flagged incomplete.
            patch.insert("_kind".into(), Some(Scalar::Text(kind.to_owned())));
            patch.insert("_v".into(), Some(Scalar::Int(1)));
            patch.insert(
                "_salt".into(),
                Some(Scalar::Bytes(random.bytes16().to_vec())),
            );
            patch.insert("_incomplete".into(), Some(Scalar::Bool(true)));
        }
        let mut doc = base.clone();
        let written = doc.write_parsed(log.actor(space), &patch, now.div_euclid(1000));
        let parsed = match written {
            Ok(Some(parsed)) => parsed,
            Ok(None) => return Ok(None),
            Err(_) => {
                self.notices.insert(Notice::DraftRefused(space, document));
                return Ok(None);
            }
        };
        let raw = parsed.change().raw.clone();
        match self.check_own(space, log, kind, document, parsed, base) {
            Ok(hash) => {
                let kind = kind.to_owned();
                Ok(Some(DraftRow {
                    hash,
                    document,
                    kind,
                    order: 0,
                    raw,
                    saved_at: now,
                }))
            }
            Err(_) => {
                self.keep_refused(space, document, &raw)?;
                Ok(None)
            }
        }
    }

    /// Where own logs end whose tail is void without a winner in its place.
    fn ending(&mut self, space: SpaceId, branch: &[Head]) -> Result<Vec<Position>, Fault> {
        let Some(first) = branch.first() else {
            return Ok(Vec::new());
        };
        let receipts_at = |book: &crate::book::Book, log: &Log, seq: u64, head: &Head| {
            book.receipts(space, log)
                .any(|r| r.seq >= seq && r.head != *head)
        };
        let Some((log, seq)) = self.ledger(space)?.get(first).map(|m| (m.log, m.seq)) else {
            return Ok(Vec::new());
        };
        let ledger = self.ledger(space)?;
        let winner = ledger
            .at(&log, seq)
            .any(|h| ledger.get(h).is_some_and(|m| m.valid));
        let top = ledger.top(&log);
        if winner || receipts_at(&self.book, &log, seq, first) {
            return Ok(Vec::new());
        }
        Ok(vec![top.unwrap_or(Position {
            log,
            seq: 0,
            head: Head([0; 16]),
        })])
    }
}
