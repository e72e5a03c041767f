//! Hand-over of a record to another space (rules 7.4 and 7.5): where it counts, what is carried there, what waits.
//!
//! A document instance stands in a space. A `move` says which instance counts; what people wrote in the others is written
//! again in the home by a staff device, each change with a tick that names the user's change it stands for (its origin).
//! So a carry is done once however many staff devices do it, and nothing is carried twice when the record moves back.

use super::late::{Left, may_carry};
use super::origin::{Origin, TICKS};
use super::{Fault, Replica};
use crate::key::Random;
use crate::ruling::{Body, Ruling};
use crate::shelf::Shelf;
use std::collections::BTreeSet;
use toso_domain::crdt::{ChangeHash, Patch, Scalar};
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::planted;

impl<S: Shelf> Replica<S> {
    /// Hands a document over: from now on it counts in `to`. Only a copy with the authority's secret can. Runs inside the
    /// caller's transaction, so that of two at once the second finds another home.
    ///
    /// # Errors
    /// `moved_meanwhile` when its home is not `from`, `same_space`, `erased`, `not_authority`, faults of the shelf.
    pub fn hand_over(
        &mut self,
        document: RecordId,
        from: SpaceId,
        to: SpaceId,
    ) -> Result<Ruling, Fault> {
        if self.book.is_purged(&document) {
            return Err(Fault::new("erased"));
        }
        let moved = self.book.moved(&document);
        if moved.is_some_and(|moved| moved.to != from) {
            return Err(Fault::new("moved_meanwhile"));
        }
        if from == to {
            return Err(Fault::new("same_space"));
        }
        let serial = moved.map_or(1, |moved| moved.serial.saturating_add(1));
        self.state(&Body::Move(document.into(), from.into(), to.into(), serial))
    }

    /// Tells the shelf which instances of a document count elsewhere.
    pub(super) fn note_home(&mut self, document: RecordId) -> Result<(), Fault> {
        let Some(moved) = self.book.moved(&document).cloned() else {
            return Ok(());
        };
        self.shelf.set_away(moved.to, document, false)?;
        self.touched.insert((moved.to, document));
        for space in moved.others() {
            self.shelf
                .set_away(space, document, !planted!("hand_over_counts_twice"))?;
            self.touched.insert((space, document));
        }
        Ok(())
    }

    /// Tells the shelf of every home again, after its derived rows were dropped. Runs inside the caller's transaction.
    ///
    /// # Errors
    /// Faults of the shelf.
    pub fn note_homes(&mut self) -> Result<(), Fault> {
        for document in self.book.all_moved() {
            self.note_home(document)?;
        }
        Ok(())
    }

    /// Carries what the homes of handed-over documents lack and nobody could object to (rule 7.5). Only on a staff device;
    /// each change is a transaction of its own. Looks at documents touched since the last call, at all of them after a
    /// start. Answers how many changes were written.
    ///
    /// # Errors
    /// Faults of the shelf; what was not looked at is looked at the next time.
    pub fn carry_due(&mut self, now: i64, random: &mut dyn Random) -> Result<usize, Fault> {
        let mut written = 0;
        for document in self.to_carry.clone() {
            for left in self.left(document)? {
                written += self.carry_left(document, &left, now, random)?;
            }
            self.to_carry.remove(&document);
        }
        Ok(written)
    }

    /// A person decides on a late edit: it is written in the home, over what stands there, or only ticked as seen.
    ///
    /// # Errors
    /// `not_found` when it does not wait any more, those of a save.
    pub fn settle_late(
        &mut self,
        document: RecordId,
        change: &ChangeHash,
        take: bool,
        now: i64,
        random: &mut dyn Random,
    ) -> Result<(), Fault> {
        let late = self.late(document)?.into_iter();
        let late = late.into_iter().find(|late| late.change == *change);
        let late = late.ok_or(Fault::new("not_found"))?;
        let patch = if take { late.patch } else { Patch::new() };
        self.write_carry(
            late.home,
            document,
            &late.kind,
            patch,
            &late.origins,
            now,
            random,
        )
    }

    fn carry_left(
        &mut self,
        document: RecordId,
        left: &Left,
        now: i64,
        random: &mut dyn Random,
    ) -> Result<usize, Fault> {
        let mut written = 0;
        let mut only_ticks: BTreeSet<Origin> = BTreeSet::new();
        let Some(mut home) = self.home(document)? else {
            return Ok(0);
        };
        let space = self.book.moved(&document).map(|moved| moved.to);
        let space = space.ok_or(Fault::new("internal"))?;
        for (change, origins) in &left.changes {
            let Some(late) = self.late_of(document, left, change, origins, &home) else {
                continue;
            };
            if late.patch.is_empty() {
                only_ticks.extend(late.origins);
            } else if may_carry(left, change, &late.patch, &home) {
                let kind = &left.kind;
                self.write_carry(
                    space,
                    document,
                    kind,
                    late.patch,
                    &late.origins,
                    now,
                    random,
                )?;
                written += 1;
                let Some(now_home) = self.home(document)? else {
                    return Ok(written);
                };
                home = now_home;
            }
        }
        only_ticks.retain(|origin| !home.has.contains(origin));
        let only_ticks: Vec<Origin> = only_ticks.into_iter().collect();
        for some in only_ticks.chunks(TICKS) {
            let ticks = some.iter().copied().collect();
            self.write_carry(
                space,
                document,
                &left.kind,
                Patch::new(),
                &ticks,
                now,
                random,
            )?;
            written += 1;
        }
        Ok(written)
    }

    #[expect(clippy::too_many_arguments, reason = "one change in its parts")]
    fn write_carry(
        &mut self,
        home: SpaceId,
        document: RecordId,
        kind: &str,
        mut patch: Patch,
        origins: &BTreeSet<Origin>,
        now: i64,
        random: &mut dyn Random,
    ) -> Result<(), Fault> {
        let ticks = origins.iter().take(TICKS);
        patch.extend(ticks.map(|origin| (origin.key(), Some(Scalar::Bool(true)))));
        if self
            .document(home, document)?
            .is_none_or(|doc| doc.is_empty())
        {
            patch.insert("_kind".into(), Some(Scalar::Text(kind.to_owned())));
            patch.insert("_v".into(), Some(Scalar::Int(1)));
            let salt = random.bytes16().to_vec();
            patch.insert("_salt".into(), Some(Scalar::Bytes(salt)));
        }
        self.save(home, document, kind, &patch, now, random)
            .map(drop)
    }
}
