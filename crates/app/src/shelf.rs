//! The protocol's shelf over the device's store, and what a device owes on top: view, journal frames, erasure of both.

use crate::changed::Changed;
use crate::fault::fault;
use crate::journal::{self, Item};
use crate::rows::{draft_row, entry_row, pack_row};
use crate::{erase, project};
use std::collections::BTreeSet;
use toso_domain::crdt::{ChangeHash, Document};
use toso_domain::id::{RecordId, SpaceId};
use toso_store::{RecordRow, Store};
use toso_sync::id::{DeviceKey, Head, RulingId};
use toso_sync::pack::Pack;
use toso_sync::ruling::{Body, Ruling};
use toso_sync::shelf::{DraftRow, EntryRow, Kept, PackRow, Shelf, Verdict};

/// Prefix of the names of erased documents whose bytes may still stand in the journal, and whose files on the disk:
/// the value holds the names of those, 32 bytes each, after one byte.
const ERASE: &str = "erase/";
/// Prefix of the names of form texts that people have not saved yet.
pub(crate) const FORM: &str = "form/";

/// A device's shelf.
#[derive(Debug)]
pub struct DeviceShelf {
    /// The database.
    pub store: Store,
    /// This device, once it has a key: packs by it go to the journal.
    pub(crate) device: Option<DeviceKey>,
    /// Milliseconds since 1970, set by the app before each piece of work; shown as "changed at".
    pub(crate) now: i64,
    /// True while missing journal frames are taken in: what they say is in the journal already.
    pub(crate) replaying: bool,
    items: Vec<Item>,
    merging: BTreeSet<(SpaceId, RecordId)>,
    erased: bool,
    /// What the open transaction changed, and what those before it did.
    touched: Changed,
    news: Changed,
}

impl DeviceShelf {
    /// Over an open store.
    #[must_use]
    pub fn new(store: Store, device: Option<DeviceKey>) -> Self {
        Self {
            store,
            device,
            now: 0,
            replaying: false,
            items: Vec::new(),
            merging: BTreeSet::new(),
            erased: false,
            touched: Changed::default(),
            news: Changed::default(),
        }
    }

    /// What was changed since this was asked last.
    pub(crate) fn take_news(&mut self) -> Changed {
        std::mem::take(&mut self.news)
    }

    /// Takes what erased documents left in the journal out of it, and drops files set aside. A crash before this leaves their
    /// names, and the next
    /// start goes on.
    pub(crate) fn finish_erasing(&mut self) -> Kept<()> {
        let names = self.store.values(ERASE).map_err(fault)?;
        let erased: Vec<RecordId> = names
            .iter()
            .filter_map(|(name, _)| name.strip_prefix(ERASE)?.parse().ok())
            .collect();
        if erased.is_empty() {
            return Ok(());
        }
        self.store
            .rewrite_journal(|payload| {
                let items = journal::read(payload);
                let kept: Vec<Item> = items
                    .iter()
                    .filter(|item| !erased.iter().any(|id| item.concerns(id)))
                    .cloned()
                    .collect();
                match kept.len() {
                    0 => None,
                    n if n == items.len() => Some(payload.to_vec()),
                    _ => journal::write(&kept).into_iter().next(),
                }
            })
            .map_err(fault)?;
        self.store.drop_set_aside().map_err(fault)?;
        for (name, files) in &names {
            erase::drop_files(&mut self.store, files, FORM).map_err(fault)?;
            self.store.drop_value(name).map_err(fault)?;
        }
        self.store.scrub().map_err(fault)
    }

    /// Remembers an erased document and drops what people typed about it and did not save.
    fn note_erased(&mut self, document: RecordId) -> Kept<()> {
        self.erased = true;
        let name = format!("{ERASE}{document}");
        if self.store.value(&name).map_err(fault)?.is_none() {
            let files = erase::files_of(&self.store, document).map_err(fault)?;
            self.store.set_value(&name, &files).map_err(fault)?;
        }
        let id = document.to_string();
        for (name, bytes) in self.store.values(FORM).map_err(fault)? {
            if name.contains(&id) || String::from_utf8_lossy(&bytes).contains(&id) {
                self.store.drop_value(&name).map_err(fault)?;
            }
        }
        Ok(())
    }

    /// Rewrites the row of each record in a ring of mergers that this transaction closed or opened.
    fn settle_merges(&mut self) -> Kept<()> {
        for (space, id) in std::mem::take(&mut self.merging) {
            for member in project::chain(&self.store, space, id).map_err(fault)? {
                project::settle(&mut self.store, space, member).map_err(fault)?;
            }
        }
        Ok(())
    }

    fn note_merge(&mut self, space: SpaceId, document: RecordId) -> Kept<()> {
        if let Some(target) = project::merged_into(&self.store, space, document).map_err(fault)? {
            self.merging.insert((space, document));
            self.merging.insert((space, target));
        }
        Ok(())
    }

    fn clear(&mut self) {
        self.items.clear();
        self.merging.clear();
        self.touched = Changed::default();
        self.erased = false;
    }
}

impl Shelf for DeviceShelf {
    /// The row screens read; none when the document says no kind.
    type View = Option<RecordRow>;

    fn begin(&mut self) -> Kept<()> {
        self.clear();
        self.store.begin().map_err(fault)
    }

    fn commit(&mut self) -> Kept<()> {
        self.settle_merges()?;
        if !self.replaying {
            for frame in journal::write(&self.items) {
                self.store.append(&frame).map_err(fault)?;
            }
        }
        self.store.commit().map_err(fault)?;
        self.news.absorb(std::mem::take(&mut self.touched));
        let erased = self.erased && !self.replaying;
        self.clear();
        if erased {
            // The transaction stands; what cannot be cleaned now is named in the database and cleaned at the next start.
            drop(self.finish_erasing());
        }
        Ok(())
    }

    fn rollback(&mut self) {
        self.clear();
        self.store.rollback();
    }

    fn value(&self, name: &str) -> Kept<Option<Vec<u8>>> {
        let value = self.store.value(name).map_err(fault)?;
        Ok(value.filter(|bytes| !bytes.is_empty()))
    }

    fn set_value(&mut self, name: &str, bytes: &[u8]) -> Kept<()> {
        self.store.set_value(name, bytes).map_err(fault)
    }

    fn clear_values(&mut self, prefix: &str) -> Kept<()> {
        for (name, _) in self.store.values(prefix).map_err(fault)? {
            self.store.drop_value(&name).map_err(fault)?;
        }
        Ok(())
    }

    fn rulings(&self) -> Kept<Vec<Vec<u8>>> {
        self.store.rulings().map_err(fault)
    }

    fn put_ruling(
        &mut self,
        id: &RulingId,
        kind: &str,
        space: Option<SpaceId>,
        signed: &[u8],
    ) -> Kept<()> {
        if kind == "purge"
            && let Ok(Ruling {
                body: Some(Body::Purge(document, _)),
                ..
            }) = Ruling::read(signed)
        {
            self.note_erased(document.into())?;
        }
        self.store
            .put_ruling(&id.0, kind, space, signed)
            .map_err(fault)
    }

    fn drop_ruling(&mut self, id: &RulingId) -> Kept<()> {
        self.store.drop_ruling(&id.0).map_err(fault)
    }

    fn spaces(&self) -> Kept<Vec<SpaceId>> {
        self.store.spaces().map_err(fault)
    }

    fn packs(&self, space: SpaceId) -> Kept<Vec<PackRow>> {
        let rows = self.store.packs(space).map_err(fault)?;
        Ok(rows.into_iter().map(pack_row).collect())
    }

    fn put_pack(
        &mut self,
        space: SpaceId,
        row: &PackRow,
        body: &[u8],
        entries: &[EntryRow],
    ) -> Kept<()> {
        if self.device.is_some_and(|own| own.0 == row.device) {
            let mut documents: Vec<RecordId> = entries.iter().map(|e| e.document).collect();
            documents.dedup();
            let pack = Pack {
                header: row.header.clone(),
                sig: row.sig,
                body: body.to_vec(),
            };
            self.items.push(Item::Pack(space, pack, documents));
        }
        let stored = toso_store::PackRow {
            head: row.head.0,
            device: row.device,
            epoch: row.epoch.0,
            seq: row.seq,
            header: row.header.clone(),
            sig: row.sig,
            valid: row.valid,
            arrived: row.arrived,
            received_at: row.received_at,
        };
        let entries: Vec<toso_store::EntryRow> = entries
            .iter()
            .map(|e| toso_store::EntryRow {
                pack: e.pack.0,
                ix: e.ix,
                document: e.document,
                kind: e.kind.clone(),
                hash: e.hash,
                verdict: e.verdict as u8,
                why: e.why.clone(),
            })
            .collect();
        self.store
            .put_pack(space, &stored, body, &entries)
            .map_err(fault)
    }

    fn set_valid(&mut self, space: SpaceId, head: &Head, valid: bool) -> Kept<()> {
        self.store.set_valid(space, &head.0, valid).map_err(fault)
    }

    fn header(&self, space: SpaceId, head: &Head) -> Kept<Option<Vec<u8>>> {
        self.store.header(space, &head.0).map_err(fault)
    }

    fn signature(&self, space: SpaceId, head: &Head) -> Kept<Option<[u8; 64]>> {
        self.store.signature(space, &head.0).map_err(fault)
    }

    fn body(&self, space: SpaceId, head: &Head) -> Kept<Option<Vec<u8>>> {
        self.store.body(space, &head.0).map_err(fault)
    }

    fn set_body(&mut self, space: SpaceId, head: &Head, body: &[u8]) -> Kept<()> {
        self.store.set_body(space, &head.0, body).map_err(fault)
    }

    fn entries_of_pack(&self, space: SpaceId, head: &Head) -> Kept<Vec<EntryRow>> {
        let rows = self.store.entries_of_pack(space, &head.0).map_err(fault)?;
        Ok(rows.into_iter().map(entry_row).collect())
    }

    fn entries_of_document(&self, space: SpaceId, document: RecordId) -> Kept<Vec<EntryRow>> {
        let rows = self
            .store
            .entries_of_document(space, document)
            .map_err(fault)?;
        Ok(rows.into_iter().map(entry_row).collect())
    }

    fn entries_of_change(&self, space: SpaceId, hash: &ChangeHash) -> Kept<Vec<EntryRow>> {
        let rows = self.store.entries_of_change(space, hash).map_err(fault)?;
        Ok(rows.into_iter().map(entry_row).collect())
    }

    fn holes(&self, space: SpaceId) -> Kept<Vec<ChangeHash>> {
        self.store.holes(space).map_err(fault)
    }

    fn set_verdict(
        &mut self,
        space: SpaceId,
        pack: &Head,
        ix: u32,
        verdict: Verdict,
        why: &str,
    ) -> Kept<()> {
        self.store
            .set_verdict(space, &pack.0, ix, verdict as u8, why)
            .map_err(fault)
    }

    fn document(&self, space: SpaceId, document: RecordId) -> Kept<Option<Vec<u8>>> {
        self.store.document(space, document).map_err(fault)
    }

    fn view(doc: &Document) -> Option<RecordRow> {
        project::row(doc)
    }

    fn put_document(
        &mut self,
        space: SpaceId,
        document: RecordId,
        doc: &Document,
        view: Option<RecordRow>,
        whole: bool,
    ) -> Kept<()> {
        self.note_merge(space, document)?;
        let updated = self.now;
        let row = view.map(|row| RecordRow { updated, ..row });
        let kind = row.as_ref().map_or("", |row| row.kind.as_str());
        self.touched.note(kind, document);
        if let Some(target) = row.as_ref().and_then(|row| row.merged_into) {
            self.merging.insert((space, document));
            self.merging.insert((space, target));
        }
        self.store
            .put_document(space, document, &doc.save(), whole, row.as_ref())
            .map_err(fault)
    }

    fn drop_document(&mut self, space: SpaceId, document: RecordId) -> Kept<()> {
        self.note_merge(space, document)?;
        if let Some(held) = self.store.record(space, document).map_err(fault)? {
            self.touched.note(&held.row.kind, document);
        }
        self.store.drop_document(space, document).map_err(fault)
    }

    fn set_away(&mut self, space: SpaceId, document: RecordId, away: bool) -> Kept<()> {
        self.store.set_away(space, document, away).map_err(fault)
    }

    fn drop_space(&mut self, space: SpaceId) -> Kept<()> {
        self.store.drop_space(space).map_err(fault)
    }

    fn drafts(&self, space: SpaceId) -> Kept<Vec<DraftRow>> {
        let rows = self.store.drafts(space).map_err(fault)?;
        Ok(rows.into_iter().map(draft_row).collect())
    }

    fn last_draft(&self, space: SpaceId) -> Kept<u64> {
        self.store.last_draft(space).map_err(fault)
    }

    fn put_draft(&mut self, space: SpaceId, draft: &DraftRow) -> Kept<()> {
        self.items.push(Item::Draft(space, draft.clone()));
        let row = toso_store::DraftRow {
            hash: draft.hash,
            document: draft.document,
            kind: draft.kind.clone(),
            order: draft.order,
            raw: draft.raw.clone(),
            patch: Vec::new(),
            remakes: Vec::new(),
            saved_at: draft.saved_at,
        };
        self.store.put_draft(space, &row).map_err(fault)
    }

    fn drop_draft(&mut self, space: SpaceId, hash: &ChangeHash) -> Kept<()> {
        self.store.drop_draft(space, hash).map_err(fault)
    }
}
