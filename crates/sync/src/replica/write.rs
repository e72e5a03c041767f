//! Writing patches as drafts: several documents in one transaction, and the step that one and several share.

use super::author::Saved;
use super::{Fault, Replica};
use crate::key::Random;
use crate::shelf::{DraftRow, Shelf};
use toso_domain::crdt::{Document, Patch};
use toso_domain::id::{RecordId, SpaceId};

impl<S: Shelf> Replica<S> {
    /// Saves patches of several documents of one kind, all or none; durable when this returns.
    ///
    /// # Errors
    /// Those of [`Replica::save`].
    pub fn save_all(
        &mut self,
        space: SpaceId,
        kind: &str,
        patches: &[(RecordId, Patch)],
        now: i64,
        random: &mut dyn Random,
    ) -> Result<(), Fault> {
        self.may_write(space)?;
        if patches.iter().any(|(id, _)| self.book.is_purged(id)) {
            return Err(Fault::new("erased"));
        }
        self.transaction(|replica| {
            replica.upkeep(space, now, random)?;
            for (document, patch) in patches {
                replica.write(space, *document, kind, patch, now, random)?;
            }
            Ok(())
        })
    }

    /// Writes a patch as a draft, inside the caller's transaction and after its upkeep.
    pub(super) fn write(
        &mut self,
        space: SpaceId,
        document: RecordId,
        kind: &str,
        patch: &Patch,
        now: i64,
        random: &mut dyn Random,
    ) -> Result<Saved, Fault> {
        let log = self.open_log(space, random)?;
        if !self.work(space, document, None)?.is_whole() {
            return Err(Fault::new("healing"));
        }
        let before = self
            .document(space, document)?
            .unwrap_or_else(Document::new);
        let mut doc = before.clone();
        let Some(raw) = doc.write(log.actor(space), patch, now.div_euclid(1000))? else {
            return Ok(Saved {
                change: None,
                heads: doc.heads(),
            });
        };
        let change = self.check_own(space, log, kind, document, &raw, &before)?;
        let order = self.shelf.last_draft(space)? + 1;
        let draft = DraftRow {
            hash: change,
            document,
            kind: kind.to_owned(),
            order,
            raw,
            saved_at: now,
        };
        self.shelf.put_draft(space, &draft)?;
        self.shelf.put_document(space, document, &doc, true)?;
        self.touched.insert((space, document));
        Ok(Saved {
            change: Some(change),
            heads: doc.heads(),
        })
    }
}
