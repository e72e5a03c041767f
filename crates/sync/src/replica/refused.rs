//! Texts that this device's own gate refused. They stand nowhere but here, so a space that has any is not dropped when the
//! device leaves it (rule 7.6): an erasure still finds them.

use super::{Fault, Notice, Replica};
use crate::shelf::Shelf;
use toso_domain::crdt::hash_of;
use toso_domain::id::{RecordId, SpaceId};

impl<S: Shelf> Replica<S> {
    /// Keeps a change the own gate refused, for its author to read, and tells them. In the caller's transaction.
    pub(super) fn keep_refused(
        &mut self,
        space: SpaceId,
        document: RecordId,
        raw: &[u8],
    ) -> Result<(), Fault> {
        let hash = hash_of(raw).map(|h| h.to_string()).unwrap_or_default();
        let name = format!("{}{hash}", texts_name(space, document));
        self.shelf.set_value(&name, raw)?;
        let mut all = self.shelf.value(&records_name(space))?.unwrap_or_default();
        if !all.chunks_exact(16).any(|id| id == document.as_bytes()) {
            all.extend(document.as_bytes());
            self.shelf.set_value(&records_name(space), &all)?;
        }
        self.notices.insert(Notice::DraftRefused(space, document));
        Ok(())
    }

    /// Drops every such text of an erased document. In the caller's transaction.
    pub(super) fn erase_refused(
        &mut self,
        space: SpaceId,
        document: RecordId,
    ) -> Result<(), Fault> {
        self.shelf.clear_values(&texts_name(space, document))?;
        let Some(all) = self.shelf.value(&records_name(space))? else {
            return Ok(());
        };
        let left = all.chunks_exact(16).filter(|id| id != document.as_bytes());
        let left: Vec<u8> = left.flatten().copied().collect();
        if left.is_empty() {
            self.shelf.clear_values(&records_name(space))?;
        } else if left != all {
            self.shelf.set_value(&records_name(space), &left)?;
        }
        Ok(())
    }

    /// True while texts of the space that the own gate refused stand here.
    pub(super) fn has_refused(&self, space: SpaceId) -> Result<bool, Fault> {
        Ok(self.shelf.value(&records_name(space))?.is_some())
    }
}

/// Prefix of the values that hold the texts of one document.
fn texts_name(space: SpaceId, document: RecordId) -> String {
    format!("refused/{space}/{document}/")
}

/// Name of the value that holds the ids of the documents that have any, 16 bytes each.
fn records_name(space: SpaceId) -> String {
    format!("refused-in/{space}")
}
