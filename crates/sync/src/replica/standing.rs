//! Where this copy stands toward its hub: what the hub said it keeps, and whether both are level.

use super::{Fault, Replica};
use crate::id::Position;
use crate::key::Random;
use crate::message::{Digest, digest_of_space};
use crate::pack::{decode, encode};
use crate::shelf::Shelf;
use toso_domain::id::SpaceId;

fn level_name(space: SpaceId) -> String {
    format!("level/{space}")
}

fn hub_vector_name(space: SpaceId) -> String {
    format!("hub-vector/{space}")
}

impl<S: Shelf> Replica<S> {
    /// The vector of the hub's latest answer: what is *kept* (section 4).
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn hub_vector(&self, space: SpaceId) -> Result<Option<Vec<Position>>, Fault> {
        Ok(self
            .shelf
            .value(&hub_vector_name(space))?
            .and_then(|b| decode(&b).ok()))
    }

    pub(crate) fn set_hub_vector(
        &mut self,
        space: SpaceId,
        vector: &[Position],
    ) -> Result<(), Fault> {
        let bytes = encode(&vector.to_vec());
        if self.shelf.value(&hub_vector_name(space))?.as_deref() != Some(&bytes) {
            self.shelf.set_value(&hub_vector_name(space), &bytes)?;
        }
        Ok(())
    }

    /// Digest of a space as this device shows it to the hub.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn space_digest(&mut self, space: SpaceId) -> Result<Digest, Fault> {
        let device = self.device().unwrap_or(crate::id::DeviceKey([0; 32]));
        let vector = self.ledger(space)?.vector();
        let holes = self.shelf.holes(space)?;
        let tray = self.tray_of(space, &device)?;
        Ok(digest_of_space(
            &vector,
            &self.book().ids(Some(space)),
            &holes,
            &device,
            &tray,
        ))
    }

    /// Remembers that hub and device held the same, so that an ask with nothing new can be one digest.
    pub(crate) fn set_level(&mut self, space: SpaceId) -> Result<(), Fault> {
        let digest = self.space_digest(space)?;
        self.transaction(|copy| Ok(copy.shelf.set_value(&level_name(space), &digest.0)?))
    }

    /// True while this copy still holds what it held when the hub last said that both are level.
    pub(crate) fn is_level(&mut self, space: SpaceId) -> Result<bool, Fault> {
        let digest = self.space_digest(space)?;
        Ok(self.shelf.value(&level_name(space))?.as_deref() == Some(&digest.0[..]))
    }

    /// Runs the author's upkeep in its own transaction.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn remake(
        &mut self,
        space: SpaceId,
        now: i64,
        random: &mut dyn Random,
    ) -> Result<(), Fault> {
        self.transaction(|device| device.upkeep(space, now, random))
    }
}
