//! How much there is: figures for the operator, without a name in them.

use crate::core::Core;
use crate::db::HubDb;
use crate::error::Done;

/// Counted at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Census {
    /// Devices that may open a session.
    pub(crate) active: usize,
    /// Devices that wait for staff.
    pub(crate) pending: usize,
    /// Spaces that hold packs.
    pub(crate) spaces: usize,
    /// Bytes of the database.
    pub(crate) database: u64,
}

impl<D: HubDb> Core<D> {
    /// Counts. Reads the lists of devices and spaces, no records.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn census(&mut self, now: i64) -> Done<Census> {
        let waiting = self.db().all_pending()?;
        let book = self.replica.book();
        let devices = book.devices().into_iter();
        let active = devices.filter(|(device, c)| c.expires >= now && !book.is_revoked(device));
        Ok(Census {
            active: active.count(),
            pending: waiting.iter().filter(|row| !row.refused).count(),
            spaces: self.replica.shelf.spaces()?.len(),
            database: self.replica.shelf.bytes()?,
        })
    }
}
