//! The epochs of this device's own logs: which one is open, which one was, and what it means when others hold one further.

use super::{Fault, Notice, Replica};
use crate::id::{Epoch, Log, Position};
use crate::shelf::Shelf;
use toso_domain::id::SpaceId;
use toso_domain::planted;

impl<S: Shelf> Replica<S> {
    /// This device's current log in a space, if one is open.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn current_log(&self, space: SpaceId) -> Result<Option<Log>, Fault> {
        self.log_named(&epoch_name(space))
    }

    pub(super) fn set_current_log(&mut self, space: SpaceId, log: &Log) -> Result<(), Fault> {
        Ok(self.shelf.set_value(&epoch_name(space), &log.epoch.0)?)
    }

    /// Ends the open epoch. The log is remembered, so that this device can still learn that others hold it further.
    pub(crate) fn close_epoch(&mut self, space: SpaceId) -> Result<(), Fault> {
        if planted!("epoch_reused") {
            return Ok(());
        }
        if let Some(log) = self.current_log(space)? {
            self.shelf.set_value(&former_name(space), &log.epoch.0)?;
            self.shelf.set_value(&epoch_name(space), &[])?;
        }
        self.notices.insert(Notice::NewEpoch(space));
        Ok(())
    }

    /// Rule 6.1: somebody holds `log` further, or elsewhere, than this device does. If it is the open log the epoch ends; if
    /// it is the one before, ended because the files were seen to have moved, only the telling is left to do.
    pub(crate) fn met_further(&mut self, space: SpaceId, log: &Log) -> Result<(), Fault> {
        if Some(*log) == self.current_log(space)? {
            self.close_epoch(space)?;
        } else if Some(*log) != self.former_log(space)? {
            return Ok(());
        }
        self.shelf.set_value(&former_name(space), &[])?;
        self.notices.insert(Notice::Behind(space));
        Ok(())
    }

    /// The open log and the one before it, while this device has not heard that others hold them further.
    pub(crate) fn own_logs(&self, space: SpaceId) -> Result<Vec<Log>, Fault> {
        Ok(self
            .current_log(space)?
            .into_iter()
            .chain(self.former_log(space)?)
            .collect())
    }

    /// Rule 6.1, from the positions of a peer.
    pub(crate) fn meet_own_log(
        &mut self,
        space: SpaceId,
        theirs: &[Position],
    ) -> Result<(), Fault> {
        for log in self.own_logs(space)? {
            let ledger = self.ledger(space)?;
            if theirs.iter().any(|at| at.log == log && !ledger.holds(at)) {
                self.met_further(space, &log)?;
            }
        }
        Ok(())
    }

    /// Rule 6.1, from the receipts held.
    pub(super) fn meet_own_receipts(&mut self, space: SpaceId) -> Result<(), Fault> {
        for log in self.own_logs(space)? {
            let receipts: Vec<Position> = self.book.receipts(space, &log).copied().collect();
            let ledger = self.ledger(space)?;
            if receipts.iter().any(|at| !ledger.holds(at)) {
                self.met_further(space, &log)?;
            }
        }
        Ok(())
    }

    fn former_log(&self, space: SpaceId) -> Result<Option<Log>, Fault> {
        self.log_named(&former_name(space))
    }

    fn log_named(&self, name: &str) -> Result<Option<Log>, Fault> {
        let Some(device) = self.device() else {
            return Ok(None);
        };
        let epoch = self
            .shelf
            .value(name)?
            .and_then(|b| <[u8; 16]>::try_from(b).ok());
        Ok(epoch.map(|e| Log {
            device,
            epoch: Epoch(e),
        }))
    }
}

/// Name of the value that holds a space's current epoch.
fn epoch_name(space: SpaceId) -> String {
    format!("epoch/{space}")
}

/// Name of the value that holds the epoch before it.
fn former_name(space: SpaceId) -> String {
    format!("was/{space}")
}
