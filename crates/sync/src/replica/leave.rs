//! Leaving a space (rule 7.6): a device whose newest certificate no longer names a space gives the hub what is still only
//! here, under the certificate that did name it, and then drops the space. Nothing is dropped that the hub does not hold.

use super::{Fault, Replica};
use crate::id::{Position, RulingId};
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

    /// Drops a space this device has left, once the hub's latest answer covers its own logs and nothing waits to be given.
    /// Answers whether it did. Runs in its own transaction.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub(crate) fn leave(&mut self, space: SpaceId) -> Result<bool, Fault> {
        let Some(device) = self.device().filter(|_| self.is_leaving(space)) else {
            return Ok(false);
        };
        let hub: Vec<Position> = self.hub_vector(space)?.unwrap_or_default();
        let drafts = self.shelf.drafts(space)?;
        let ledger = self.ledger(space)?;
        let own = ledger.vector().into_iter().filter(|at| at.log.device == device);
        let kept = |at: &Position| hub.iter().any(|h| h.log == at.log && h.seq >= at.seq);
        if !drafts.is_empty() || !own.into_iter().all(|at| kept(&at)) {
            return Ok(false);
        }
        self.transaction(|copy| {
            copy.shelf.drop_space(space)?;
            for name in ["epoch/", "was/", "level/", "hub-vector/", "refused/", "wanted/"] {
                copy.shelf.clear_values(&format!("{name}{space}"))?;
            }
            copy.ledgers.remove(&space);
            copy.unsettled.remove(&space);
            copy.touched.retain(|(of, _)| *of != space);
            copy.notices.insert(super::Notice::Left(space));
            Ok(true)
        })
    }
}
