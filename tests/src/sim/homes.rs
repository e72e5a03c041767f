//! Rules 7.4 and 7.5 at the end of a history: nothing that was written in a space a record has left is lost to its home.

use super::World;
use super::reading::numbers;
use std::collections::BTreeSet;
use toso_domain::crdt::{ChangeHash, Scalar};
use toso_domain::id::RecordId;
use toso_sync::shelf::{Shelf, Verdict};

impl World {
    /// With a staff device in both spaces: each current value of an instance that was left was written in the home too, or
    /// waits for a person, or a person decided on it.
    pub(super) fn check_homes(&mut self) -> Result<(), String> {
        let staff = (0..self.devices.len()).find(|n| {
            let device = &self.devices[*n];
            let copy = &device.copy;
            let certificate = copy.certificate().map(|(_, certificate)| certificate);
            device.live
                && !copy.book().is_revoked(&device.secret.device())
                && certificate.is_some_and(|c| c.is_staff() && c.all_spaces)
        });
        let Some(staff) = staff else {
            return Ok(());
        };
        for document in self.hub.book().all_moved() {
            self.check_home(staff, document)?;
        }
        Ok(())
    }

    fn check_home(&mut self, staff: usize, document: RecordId) -> Result<(), String> {
        let moved = self.hub.book().moved(&document).cloned();
        let moved = moved.ok_or("a moved record without a move")?;
        let copy = &mut self.devices[staff].copy;
        for space in self.spaces.clone() {
            if copy.shelf.is_away(space, document) != (space != moved.to) {
                return Err(format!("7.4: {document} is away from the wrong space"));
            }
        }
        let mut there: BTreeSet<u64> = BTreeSet::new();
        let home = copy.document(moved.to, document).unwrap();
        if let Some(home) = &home {
            for change in home.changes() {
                there.extend(numbers(&change.raw));
            }
        }
        let mut waiting: BTreeSet<String> = BTreeSet::new();
        for late in copy.late(document).unwrap() {
            waiting.extend(late.patch.keys().cloned());
            for value in late.patch.values().flatten() {
                if let Scalar::Text(text) = value {
                    there.extend(super::reading::number(text));
                }
            }
        }
        for space in moved.others() {
            let Some(left) = copy.document(space, document).unwrap() else {
                continue;
            };
            if !copy.shelf.holes(space).unwrap().is_empty() {
                continue;
            }
            // Where a clone's branch was made again, the original may count too: what it wrote was covered in that branch.
            let mut made_again: BTreeSet<ChangeHash> = BTreeSet::new();
            for row in copy.shelf.entries_of_document(space, document).unwrap() {
                let entries = copy.entries(space, &row.pack).unwrap();
                if row.verdict == Verdict::Accepted {
                    made_again.extend(&entries[usize::try_from(row.ix).unwrap()].re);
                }
            }
            for key in left.keys() {
                for version in left.get(&key) {
                    // A value that something covered when it was carried stays covered at home, also when that is gone here.
                    let mut origins: Vec<ChangeHash> = Vec::new();
                    for row in copy
                        .shelf
                        .entries_of_change(space, &version.change)
                        .unwrap()
                    {
                        let entries = copy.entries(space, &row.pack).unwrap();
                        origins.extend(&entries[usize::try_from(row.ix).unwrap()].re);
                    }
                    if origins.is_empty() {
                        origins.push(version.change);
                    }
                    let covered = home.as_ref().is_some_and(|home| {
                        let ticked = |origin: &ChangeHash| {
                            let tick = format!("_from/{}", &origin.to_string()[..32]);
                            !home.get(&tick).is_empty()
                        };
                        let other = !home.get(&key).is_empty() || waiting.contains(&key);
                        origins.iter().all(ticked) && other
                    });
                    if made_again.contains(&version.change) || covered {
                        continue;
                    }
                    let Scalar::Text(text) = version.value else {
                        continue;
                    };
                    let Some(number) = super::reading::number(&text) else {
                        continue;
                    };
                    if !there.contains(&number) && !self.decided.contains(&number) {
                        return Err(format!(
                            "7.5: edit {number} of {document} in {space} is neither at home in {} nor waits",
                            moved.to
                        ));
                    }
                }
            }
        }
        Ok(())
    }
}
