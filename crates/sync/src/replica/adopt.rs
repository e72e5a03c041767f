//! Adoption (rule 5.3): staff write again, under their own name, what a void pack of somebody else holds.

use super::{Fault, Replica};
use crate::id::Head;
use crate::key::Random;
use crate::shelf::Shelf;
use std::collections::BTreeSet;
use toso_domain::id::SpaceId;

impl<S: Shelf> Replica<S> {
    /// Adopts one pack of the tray: its edits are written again on what their author had seen, in a new log of this device,
    /// and the pack leaves the tray everywhere. Answers how many changes that took; none when all of it stood already.
    /// Runs in its own transaction.
    ///
    /// # Errors
    /// `revoked`, `no_cert`, `not_in_space`; `not_allowed` on a device that is not staff's, `not_found` for a pack that waits in no tray here, `healing` while
    /// bytes of it are missing, faults of the shelf.
    pub fn adopt(
        &mut self,
        space: SpaceId,
        head: &Head,
        now: i64,
        random: &mut dyn Random,
    ) -> Result<u64, Fault> {
        self.may_write(space)?;
        let staff = self.certificate_in(space);
        if !staff.is_some_and(|(_, certificate)| certificate.is_staff()) {
            return Err(Fault::new("not_allowed"));
        }
        self.transaction(|copy| {
            copy.upkeep(space, now, random)?;
            if !copy.tray(space)?.contains(head) {
                return Err(Fault::new("not_found"));
            }
            let made = copy.make_again(space, &[*head], Vec::new(), now, random)?;
            made.ok_or(Fault::new("healing"))
        })
    }

    /// Packs of others that a counting pack by staff replaces.
    pub(super) fn adopted(&mut self, space: SpaceId) -> Result<BTreeSet<Head>, Fault> {
        let mut out = BTreeSet::new();
        for head in self.ledger(space)?.replacing() {
            let ledger = self.ledger(space)?;
            let Some((author, replaces)) = ledger.get(&head).map(|m| (m.log, m.replaces.clone()))
            else {
                continue;
            };
            let foreign = |old: &Head| {
                ledger
                    .get(old)
                    .is_some_and(|m| m.log.device != author.device)
            };
            let others: Vec<Head> = replaces.into_iter().filter(foreign).collect();
            if others.is_empty() {
                continue;
            }
            let certificate = self.certificate_of_log(space, &head)?;
            if certificate.is_some_and(|c| c.is_staff()) {
                out.extend(others);
            }
        }
        Ok(out)
    }
}
