//! Leaving a space (rule 7.6): a device whose newest certificate no longer names a space gives the hub what is still only
//! here, under the certificate that did name it, and then drops the space. Nothing is dropped that the hub does not hold.

use super::{Fault, Replica};
use crate::id::RulingId;
use crate::ruling::Certificate;
use crate::shelf::Shelf;
use toso_domain::id::SpaceId;

impl<S: Shelf> Replica<S> {
    /// This device's newest certificate that names the space; normally its newest.
    pub(super) fn certificate_in(&self, space: SpaceId) -> Option<(RulingId, Certificate)> {
        let device = self.device()?;
        let found = self.book.certificate_for(&device, space);
        found.map(|(id, certificate)| (*id, certificate.clone()))
    }

    /// True when this device gives what it has of a space and takes no more of it.
    #[must_use]
    pub fn is_leaving(&self, space: SpaceId) -> bool {
        self.device().is_some_and(|device| {
            self.book.has_left(&device, space) && !self.book.is_revoked(&device)
        })
    }

    /// Drops a space this device has left; the caller knows that the hub holds all its packs. Not while something waits to
    /// be sealed. Answers whether it did. Runs in its own transaction.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub(crate) fn leave(&mut self, space: SpaceId) -> Result<bool, Fault> {
        if !self.is_leaving(space) || !self.shelf.drafts(space)?.is_empty() {
            return Ok(false);
        }
        if self.has_refused(space)? {
            return Ok(false);
        }
        self.transaction(|copy| {
            copy.shelf.drop_space(space)?;
            for name in ["epoch/", "was/", "level/", "hub-vector/", "wanted/"] {
                copy.shelf.clear_values(&format!("{name}{space}"))?;
            }
            copy.ledgers.remove(&space);
            copy.unsettled.remove(&space);
            copy.notices.insert(super::Notice::Left(space));
            Ok(true)
        })
    }
}
