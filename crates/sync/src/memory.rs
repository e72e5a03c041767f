//! A shelf in memory, with crashes: what the simulator and the tests of the protocol keep their copies on.

use crate::id::{Head, RulingId};
use crate::shelf::{DraftRow, EntryRow, Kept, PackRow, Shelf, ShelfError, Verdict};
use std::collections::BTreeMap;
use toso_domain::crdt::{ChangeHash, Document};
use toso_domain::id::{RecordId, SpaceId};

/// Everything kept; cloned as a whole to play a backup, a copied phone or a transaction.
#[derive(Debug, Clone, Default)]
struct Kit {
    values: BTreeMap<String, Vec<u8>>,
    rulings: BTreeMap<RulingId, Vec<u8>>,
    packs: BTreeMap<(SpaceId, Head), (PackRow, Vec<u8>)>,
    entries: BTreeMap<(SpaceId, Head, u32), EntryRow>,
    documents: BTreeMap<(SpaceId, RecordId), (Vec<u8>, bool)>,
    drafts: BTreeMap<(SpaceId, u64), DraftRow>,
    away: std::collections::BTreeSet<(SpaceId, RecordId)>,
}

/// A shelf in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryShelf {
    now: Kit,
    before: Option<Box<Kit>>,
    /// When set, the n-th coming write fails as a full disk would.
    pub fail_in: Option<u32>,
}

impl MemoryShelf {
    /// An empty shelf.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What a backup taken now would hold: the last committed state.
    #[must_use]
    pub fn backup(&self) -> Self {
        Self {
            now: self
                .before
                .as_deref()
                .cloned()
                .unwrap_or_else(|| self.now.clone()),
            before: None,
            fail_in: None,
        }
    }

    /// Every document's id, whole or not.
    #[must_use]
    pub fn documents(&self, space: SpaceId) -> Vec<RecordId> {
        self.now
            .documents
            .keys()
            .filter(|(s, _)| *s == space)
            .map(|(_, d)| *d)
            .collect()
    }

    /// True when `needle` stands in any stored bytes, drafts and set-aside packs included.
    /// Pack bodies are compressed: their index of held bytes is looked at by the caller through the replica.
    #[must_use]
    pub fn holds_bytes(&self, document: RecordId) -> bool {
        self.now.documents.keys().any(|(_, d)| *d == document)
            || self.now.drafts.values().any(|d| d.document == document)
    }

    /// Texts of a space that the own gate refused.
    #[must_use]
    pub fn refused_texts(&self, space: SpaceId) -> Vec<Vec<u8>> {
        let prefix = format!("refused/{space}/");
        let values = self.now.values.range(prefix.clone()..);
        let of_space = values.take_while(|(name, _)| name.starts_with(&prefix));
        of_space.map(|(_, raw)| raw.clone()).collect()
    }

    /// True when the instance is noted to count in another space.
    #[must_use]
    pub fn is_away(&self, space: SpaceId, document: RecordId) -> bool {
        self.now.away.contains(&(space, document))
    }

    fn write(&mut self) -> Kept<&mut Kit> {
        if let Some(left) = &mut self.fail_in {
            if *left == 0 {
                return Err(ShelfError {
                    code: "disk_full",
                    detail: String::new(),
                });
            }
            *left -= 1;
        }
        Ok(&mut self.now)
    }
}

impl Shelf for MemoryShelf {
    type View = ();

    fn begin(&mut self) -> Kept<()> {
        self.before = Some(Box::new(self.now.clone()));
        Ok(())
    }

    fn commit(&mut self) -> Kept<()> {
        self.write()?;
        self.before = None;
        Ok(())
    }

    fn rollback(&mut self) {
        if let Some(before) = self.before.take() {
            self.now = *before;
        }
    }

    fn value(&self, name: &str) -> Kept<Option<Vec<u8>>> {
        Ok(self.now.values.get(name).filter(|v| !v.is_empty()).cloned())
    }

    fn set_value(&mut self, name: &str, bytes: &[u8]) -> Kept<()> {
        self.write()?.values.insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn clear_values(&mut self, prefix: &str) -> Kept<()> {
        self.write()?
            .values
            .retain(|name, _| !name.starts_with(prefix));
        Ok(())
    }

    fn rulings(&self) -> Kept<Vec<Vec<u8>>> {
        Ok(self.now.rulings.values().cloned().collect())
    }

    fn put_ruling(
        &mut self,
        id: &RulingId,
        _: &str,
        _: Option<SpaceId>,
        signed: &[u8],
    ) -> Kept<()> {
        self.write()?.rulings.insert(*id, signed.to_vec());
        Ok(())
    }

    fn drop_ruling(&mut self, id: &RulingId) -> Kept<()> {
        self.write()?.rulings.remove(id);
        Ok(())
    }

    fn spaces(&self) -> Kept<Vec<SpaceId>> {
        let mut spaces: Vec<SpaceId> = self
            .now
            .packs
            .keys()
            .map(|k| k.0)
            .chain(self.now.drafts.keys().map(|k| k.0))
            .collect();
        spaces.sort_unstable();
        spaces.dedup();
        Ok(spaces)
    }

    fn packs(&self, space: SpaceId) -> Kept<Vec<PackRow>> {
        let mut rows: Vec<PackRow> = self
            .now
            .packs
            .iter()
            .filter(|(k, _)| k.0 == space)
            .map(|(_, v)| v.0.clone())
            .collect();
        rows.sort_by_key(|r| r.arrived);
        Ok(rows)
    }

    fn put_pack(
        &mut self,
        space: SpaceId,
        row: &PackRow,
        body: &[u8],
        entries: &[EntryRow],
    ) -> Kept<()> {
        let kit = self.write()?;
        kit.packs
            .insert((space, row.head), (row.clone(), body.to_vec()));
        for entry in entries {
            kit.entries
                .insert((space, row.head, entry.ix), entry.clone());
        }
        Ok(())
    }

    fn set_valid(&mut self, space: SpaceId, head: &Head, valid: bool) -> Kept<()> {
        if let Some((row, _)) = self.write()?.packs.get_mut(&(space, *head)) {
            row.valid = valid;
        }
        Ok(())
    }

    fn header(&self, space: SpaceId, head: &Head) -> Kept<Option<Vec<u8>>> {
        Ok(self
            .now
            .packs
            .get(&(space, *head))
            .map(|(row, _)| row.header.clone()))
    }

    fn signature(&self, space: SpaceId, head: &Head) -> Kept<Option<[u8; 64]>> {
        Ok(self.now.packs.get(&(space, *head)).map(|(row, _)| row.sig))
    }

    fn body(&self, space: SpaceId, head: &Head) -> Kept<Option<Vec<u8>>> {
        Ok(self
            .now
            .packs
            .get(&(space, *head))
            .map(|(_, body)| body.clone()))
    }

    fn set_body(&mut self, space: SpaceId, head: &Head, body: &[u8]) -> Kept<()> {
        if let Some((_, old)) = self.write()?.packs.get_mut(&(space, *head)) {
            *old = body.to_vec();
        }
        Ok(())
    }

    fn entries_of_pack(&self, space: SpaceId, head: &Head) -> Kept<Vec<EntryRow>> {
        let range = (space, *head, 0)..=(space, *head, u32::MAX);
        Ok(self
            .now
            .entries
            .range(range)
            .map(|(_, e)| e.clone())
            .collect())
    }

    fn entries_of_document(&self, space: SpaceId, document: RecordId) -> Kept<Vec<EntryRow>> {
        let arrived = |head: &Head| {
            self.now
                .packs
                .get(&(space, *head))
                .map_or(0, |(r, _)| r.arrived)
        };
        let mut rows: Vec<EntryRow> = self
            .now
            .entries
            .iter()
            .filter(|(k, e)| k.0 == space && e.document == document)
            .map(|(_, e)| e.clone())
            .collect();
        rows.sort_by_key(|e| (arrived(&e.pack), e.ix));
        Ok(rows)
    }

    fn entries_of_change(&self, space: SpaceId, hash: &ChangeHash) -> Kept<Vec<EntryRow>> {
        Ok(self
            .now
            .entries
            .iter()
            .filter(|(k, e)| k.0 == space && e.hash == *hash)
            .map(|(_, e)| e.clone())
            .collect())
    }

    fn holes(&self, space: SpaceId) -> Kept<Vec<ChangeHash>> {
        let open = self
            .now
            .entries
            .iter()
            .filter(|(k, e)| k.0 == space && e.verdict == Verdict::Hole);
        Ok(open.map(|(_, e)| e.hash).collect())
    }

    fn set_verdict(
        &mut self,
        space: SpaceId,
        pack: &Head,
        ix: u32,
        verdict: Verdict,
        why: &str,
    ) -> Kept<()> {
        if let Some(entry) = self.write()?.entries.get_mut(&(space, *pack, ix)) {
            entry.verdict = verdict;
            why.clone_into(&mut entry.why);
        }
        Ok(())
    }

    fn document(&self, space: SpaceId, document: RecordId) -> Kept<Option<Vec<u8>>> {
        Ok(self
            .now
            .documents
            .get(&(space, document))
            .map(|(saved, _)| saved.clone()))
    }

    fn view(_: &Document) {}

    fn put_document(
        &mut self,
        space: SpaceId,
        document: RecordId,
        doc: &Document,
        (): (),
        whole: bool,
    ) -> Kept<()> {
        self.write()?
            .documents
            .insert((space, document), (doc.save(), whole));
        Ok(())
    }

    fn drop_document(&mut self, space: SpaceId, document: RecordId) -> Kept<()> {
        self.write()?.documents.remove(&(space, document));
        Ok(())
    }

    fn set_away(&mut self, space: SpaceId, document: RecordId, away: bool) -> Kept<()> {
        let all = &mut self.write()?.away;
        if away {
            all.insert((space, document));
        } else {
            all.remove(&(space, document));
        }
        Ok(())
    }

    fn drop_space(&mut self, space: SpaceId) -> Kept<()> {
        let kit = self.write()?;
        kit.packs.retain(|(of, _), _| *of != space);
        kit.entries.retain(|(of, ..), _| *of != space);
        kit.documents.retain(|(of, _), _| *of != space);
        kit.drafts.retain(|(of, _), _| *of != space);
        Ok(())
    }

    fn drafts(&self, space: SpaceId) -> Kept<Vec<DraftRow>> {
        Ok(self
            .now
            .drafts
            .iter()
            .filter(|(k, _)| k.0 == space)
            .map(|(_, d)| d.clone())
            .collect())
    }

    fn put_draft(&mut self, space: SpaceId, draft: &DraftRow) -> Kept<()> {
        self.write()?
            .drafts
            .insert((space, draft.order), draft.clone());
        Ok(())
    }

    fn drop_draft(&mut self, space: SpaceId, hash: &ChangeHash) -> Kept<()> {
        self.write()?
            .drafts
            .retain(|k, d| k.0 != space || d.hash != *hash);
        Ok(())
    }
}
