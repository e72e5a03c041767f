//! The journal's side of a transaction: append, take in what was missing, forget, erase.

use crate::error::{Result, StoreError};
use crate::open::Store;
use rusqlite::params;

impl Store {
    /// Writes one frame to the journal; on disk when this returns, as its number.
    ///
    /// Call it inside the transaction that makes the same change, for every save **and every seal of a pack**: what
    /// the journal did not see, it cannot miss. [`Store::rollback`] takes the frame back.
    /// Errors: `journal_replay` while missing frames wait, `disk_full`, `db_reopen`, `db` outside a transaction.
    pub fn append(&mut self, payload: &[u8]) -> Result<u64> {
        if self.reopen {
            return Err(StoreError::Reopen);
        }
        if self.connection.is_autocommit() {
            return Err(StoreError::Db("append outside a transaction".into()));
        }
        if !self.missing.is_empty() {
            return Err(StoreError::ReplayFirst);
        }
        let done = self.journal.append(payload);
        self.reopen |= matches!(done, Err(StoreError::Reopen));
        self.appended |= done.is_ok();
        done
    }

    /// Says, inside the transaction that made their changes, that the next `count` missing frames are taken in.
    /// Taking one in must be harmless when its change is held already, since a foreign journal gives all it has.
    pub fn replayed(&mut self, count: usize) -> Result<()> {
        let through = self.replayed + count;
        let Some(end) = through.checked_sub(1).and_then(|ix| self.missing.get(ix)) else {
            return Ok(());
        };
        self.connection
            .prepare_cached("UPDATE main.mark SET frame = ?1, link = ?2")?
            .execute(params![
                crate::pack::narrow(end.frame)?,
                end.link.as_slice()
            ])?;
        self.replayed = through;
        Ok(())
    }

    /// Number of the last journal frame.
    #[must_use]
    pub fn last_frame(&self) -> u64 {
        self.journal.end.frame
    }

    /// Drops journal frames up to `frame`: a receipt covers what they hold. Between transactions.
    /// Frames the database has not taken in stay. Errors: `journal_replay`, `disk_full`, `db_reopen`.
    pub fn forget_through(&mut self, frame: u64) -> Result<()> {
        self.between()?;
        self.journal.forget(frame.min(self.journal.end.frame))?;
        self.floor = self.journal.end;
        Ok(())
    }

    /// Gives the payload of every journal frame to `keep` and leaves what it returns in its place; `None` erases.
    /// The old file is replaced whole. Returns the number of frames changed. Between transactions.
    pub fn rewrite_journal(&mut self, keep: impl FnMut(&[u8]) -> Option<Vec<u8>>) -> Result<usize> {
        self.between()?;
        let changed = self.journal.rewrite(keep)?;
        self.floor = self.journal.end;
        Ok(changed)
    }

    /// Forgets the signs, inside the transaction that opens the new epoch they ask for.
    pub fn clear_signs(&mut self) -> Result<()> {
        self.connection
            .prepare_cached("UPDATE main.mark SET signs = ''")?
            .execute([])?;
        Ok(())
    }

    fn between(&self) -> Result<()> {
        if self.reopen || !self.connection.is_autocommit() {
            return Err(StoreError::Reopen);
        }
        if self.missing.is_empty() {
            Ok(())
        } else {
            Err(StoreError::ReplayFirst)
        }
    }

    /// Writes the journal's end into the open transaction.
    pub(crate) fn record_frame(&mut self) -> Result<()> {
        if self.appended {
            let end = self.journal.end;
            self.connection
                .prepare_cached("UPDATE main.mark SET frame = ?1, link = ?2")?
                .execute(params![
                    crate::pack::narrow(end.frame)?,
                    end.link.as_slice()
                ])?;
        }
        Ok(())
    }

    /// The transaction stands.
    pub(crate) fn frame_committed(&mut self) {
        self.missing.drain(..self.replayed.min(self.missing.len()));
        self.replayed = 0;
        self.floor = self.journal.end;
        self.appended = false;
    }

    /// The transaction is gone: its frame goes too, else a later start would bring back a save that was refused.
    pub(crate) fn frame_undone(&mut self) {
        self.replayed = 0;
        if self.appended && !self.reopen {
            self.reopen |= self.journal.cut(self.floor).is_err();
        }
        self.appended = false;
    }
}
