//! Making drafts again under the open log's actor (rule 6.2), each on what its author had seen.

use super::judge::may_write_kind;
use super::{Fault, Replica};
use crate::id::Log;
use crate::key::Random;
use crate::shelf::{DraftRow, Shelf};
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::crdt::{Change, ChangeHash, Patch, read};
use toso_domain::id::{RecordId, SpaceId};

impl<S: Shelf> Replica<S> {
    /// Makes drafts again whose actor is not the open log's, in their order, each on what its author had seen.
    pub(super) fn remake_drafts(
        &mut self,
        space: SpaceId,
        random: &mut dyn Random,
    ) -> Result<(), Fault> {
        // Looking at every draft at every save would make a day's tenth save cheap and its thousandth dear.
        let current = self.current_log(space)?;
        if current.is_some() && self.calm.get(&space) == current.as_ref() {
            return Ok(());
        }
        let drafts = self.shelf.drafts(space)?;
        if drafts.is_empty() {
            self.calm.extend(current.map(|log| (space, log)));
            return Ok(());
        }
        if let Some(log) = current {
            if self.drafts_stand(space, &drafts, &log)? {
                self.calm.insert(space, log);
                return Ok(());
            }
            self.close_epoch(space)?;
        }
        let log = self.open_log(space, random)?;
        let mut remade: BTreeMap<RecordId, Vec<Change>> = BTreeMap::new();
        let mut documents = BTreeSet::new();
        let mut originals: BTreeMap<RecordId, Vec<Change>> = BTreeMap::new();
        let mut order = 1;
        for draft in &drafts {
            self.shelf.drop_draft(space, &draft.hash)?;
            documents.insert(draft.document);
            if self.book.is_purged(&draft.document) || self.is_held(space, &draft.hash)? {
                continue;
            }
            let change = read(&draft.raw)?;
            let earlier = originals.entry(draft.document).or_default();
            let mut base = self.surviving(space, draft.document, &change.deps, earlier)?;
            earlier.push(change.clone());
            let mine = remade.entry(draft.document).or_default();
            for previous in mine.iter() {
                for missing in self.closure(space, draft.document, &previous.deps)? {
                    let _ = base.apply(&missing);
                }
                base.apply(&previous.raw)?;
            }
            let patch: Patch = change
                .ops
                .iter()
                .map(|op| (op.key.clone(), op.write.clone()))
                .collect();
            let written = self.write_on(
                space,
                log,
                draft.document,
                &draft.kind,
                &base,
                patch,
                draft.saved_at,
                random,
            )?;
            if let Some(mut row) = written {
                mine.push(read(&row.raw)?);
                row.order = order;
                order += 1;
                self.shelf.put_draft(space, &row)?;
            }
        }
        for document in documents {
            self.rebuild(space, document)?;
        }
        Ok(())
    }

    /// Raw accepted changes at or below `heads`, parents first.
    fn closure(
        &mut self,
        space: SpaceId,
        document: RecordId,
        heads: &[ChangeHash],
    ) -> Result<Vec<Vec<u8>>, Fault> {
        let doc = self.surviving(space, document, heads, &[])?;
        Ok(doc.changes().into_iter().map(|c| c.raw).collect())
    }

    /// True when every draft is by the open log's actor, of a kind its author may write by the rights of now (a log without
    /// a pack yet gets those, whatever stood when the draft was saved), and all it depends on counts or is an earlier draft.
    fn drafts_stand(
        &mut self,
        space: SpaceId,
        drafts: &[DraftRow],
        log: &Log,
    ) -> Result<bool, Fault> {
        let actor = log.actor(space);
        let staff = self.certificate_in(space).map(|(_, c)| c.is_staff());
        let mut earlier: BTreeSet<ChangeHash> = BTreeSet::new();
        for draft in drafts {
            let change = read(&draft.raw)?;
            if change.actor != actor
                || staff.is_some_and(|staff| !may_write_kind(staff, &draft.kind))
                || self.book.is_purged(&draft.document)
                || self.is_held(space, &draft.hash)?
            {
                return Ok(false);
            }
            for dep in &change.deps {
                if !earlier.contains(dep) && !self.is_held(space, dep)? {
                    return Ok(false);
                }
            }
            earlier.insert(draft.hash);
        }
        Ok(true)
    }
}
