//! Saving edits as drafts, each through the gate every other copy will use.

use super::judge::{Standing, Work, judge};
use super::{Fault, Replica};
use crate::id::Log;
use crate::key::Random;
use crate::pack::Entry;
use crate::shelf::{DraftRow, Shelf, Verdict};
use toso_domain::crdt::{ChangeHash, Document, Parsed, Patch};
use toso_domain::id::{RecordId, SpaceId};

/// A save that is on this disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// Hash of the change; `None` when the patch changed nothing.
    pub change: Option<ChangeHash>,
    /// The document after it.
    pub heads: Vec<ChangeHash>,
}

/// An edit of one document, to be saved.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// The document.
    pub document: RecordId,
    /// Kind of the record.
    pub kind: String,
    /// What is written.
    pub patch: Patch,
}

impl<S: Shelf> Replica<S> {
    /// Saves a patch as one change of one document. Durable when this returns. Runs in its own transaction.
    ///
    /// # Errors
    /// `revoked`, `no_cert`, `not_in_space`, `erased`, `healing` (bytes of the record are missing here: read-only until they return),
    /// `role` and other gate codes, and faults of the shelf.
    pub fn save(
        &mut self,
        space: SpaceId,
        document: RecordId,
        kind: &str,
        patch: &Patch,
        now: i64,
        random: &mut dyn Random,
    ) -> Result<Saved, Fault> {
        let edit = Edit {
            document,
            kind: kind.to_owned(),
            patch: patch.clone(),
        };
        let saved = self.save_all(space, std::slice::from_ref(&edit), now, random)?;
        saved.into_iter().next().ok_or(Fault::new("internal"))
    }

    /// Saves edits together, all or none: each as one change of one document, one disk write for all. Durable when this
    /// returns. Runs in its own transaction.
    ///
    /// # Errors
    /// Those of [`Replica::save`], of the first edit that has one.
    pub fn save_all(
        &mut self,
        space: SpaceId,
        edits: &[Edit],
        now: i64,
        random: &mut dyn Random,
    ) -> Result<Vec<Saved>, Fault> {
        self.may_write(space)?;
        if edits.iter().any(|edit| self.book.is_purged(&edit.document)) {
            return Err(Fault::new("erased"));
        }
        let calm = std::mem::take(&mut self.calm);
        self.transaction(|replica| {
            replica.calm = calm;
            replica.upkeep(space, now, random)?;
            let log = replica.open_log(space, random)?;
            let mut last = replica.shelf.last_draft(space)?;
            let mut saved = Vec::with_capacity(edits.len());
            for edit in edits {
                let one = replica.save_one(space, log, edit, last + 1, now)?;
                last += u64::from(one.change.is_some());
                saved.push(one);
            }
            Ok(saved)
        })
    }

    /// Writes one edit as the draft of this order; nothing when it changes nothing.
    fn save_one(
        &mut self,
        space: SpaceId,
        log: Log,
        edit: &Edit,
        order: u64,
        now: i64,
    ) -> Result<Saved, Fault> {
        let work = self.held(space, edit.document, None)?.work()?;
        if !work.is_whole() {
            return Err(Fault::new("healing"));
        }
        let before = work.into_document();
        let mut doc = before.clone();
        let written = doc.write_parsed(log.actor(space), &edit.patch, now.div_euclid(1000))?;
        let Some(parsed) = written else {
            return Ok(Saved {
                change: None,
                heads: doc.heads(),
            });
        };
        let raw = parsed.change().raw.clone();
        let change = self.check_own(space, log, &edit.kind, edit.document, parsed, &before)?;
        let draft = DraftRow {
            hash: change,
            document: edit.document,
            kind: edit.kind.clone(),
            order,
            raw,
            saved_at: now,
        };
        self.shelf.put_draft(space, &draft)?;
        self.shelf
            .put_document(space, edit.document, &doc, S::view(&doc), true)?;
        self.touched.insert((space, edit.document));
        Ok(Saved {
            change: Some(change),
            heads: doc.heads(),
        })
    }

    /// The author's own gate (rule 5.4.5) on a change written on `before`, all of which is its past.
    pub(super) fn check_own(
        &self,
        space: SpaceId,
        log: Log,
        kind: &str,
        document: RecordId,
        parsed: Parsed,
        before: &Document,
    ) -> Result<ChangeHash, Fault> {
        let (hash, raw) = (parsed.change().hash, parsed.change().raw.clone());
        let entry = Entry {
            document,
            kind: kind.to_owned(),
            hash,
            len: 0,
            re: Vec::new(),
            raw: None,
        };
        let staff = self
            .certificate_in(space)
            .is_some_and(|(_, c)| c.is_staff());
        let standing = Standing {
            log,
            in_past: &|_, _| true,
            staff,
            space,
        };
        let past = Work::of_past(before, log, space);
        match judge(&standing, &entry, &raw, Some(parsed), &past) {
            (Verdict::Accepted, ..) => Ok(hash),
            (_, why, _) => Err(Fault::new(why)),
        }
    }
}
