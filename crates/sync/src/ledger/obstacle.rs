//! What keeps a pack from being appended (checks 4 to 8 of section 5.1).

use super::Ledger;
use crate::book::Book;
use crate::id::{Head, Position};
use crate::pack::Header;
use toso_domain::planted;

/// Why a pack cannot be appended now (codes of section 5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// Another hash is receipted at this place.
    Fork,
    /// Another unreceipted branch is held here.
    OtherBranch,
    /// A revocation ends the log before.
    Revoked,
    /// Its author ended the log before.
    Closed,
    /// Earlier packs of the log are missing; what is held.
    Gap(Option<Position>),
    /// Positions of its past that are not held.
    Missing(Vec<Position>),
    /// Part of its past is held here as void.
    PastVoid,
}

impl Ledger {
    /// Whether the pack could be appended right now; checks 4 to 8 of section 5.1.
    ///
    /// # Errors
    /// The first obstacle.
    pub fn obstacle(&self, book: &Book, head: &Head, header: &Header) -> Result<(), Obstacle> {
        let log = header.log();
        let receipts: Vec<&Position> = book.receipts(self.space, &log).collect();
        let receipted = receipts.iter().any(|r| r.head == *head);
        if !receipted
            && !planted!("fork_accepted")
            && receipts
                .iter()
                .any(|r| r.seq == header.seq && r.head != *head)
        {
            return Err(Obstacle::Fork);
        }
        let top = self.top(&log);
        let next = top.map_or(1, |t| t.seq + 1);
        if header.seq < next {
            return Err(if receipted {
                Obstacle::Fork
            } else {
                Obstacle::OtherBranch
            });
        }
        let longest = receipts.iter().map(|r| r.seq).max().unwrap_or(0);
        if book
            .revoked_end(self.space, &log)
            .is_some_and(|end| header.seq > end.max(longest))
        {
            return Err(Obstacle::Revoked);
        }
        if self
            .ends
            .get(&log)
            .is_some_and(|end| header.seq > (*end).max(longest))
        {
            return Err(Obstacle::Closed);
        }
        if header.seq > next {
            return Err(Obstacle::Gap(top));
        }
        if header.prev != top.map(|t| t.head) && !planted!("prev_unchecked") {
            return Err(Obstacle::OtherBranch);
        }
        let missing: Vec<Position> = header
            .after
            .iter()
            .filter(|at| !self.holds(at) && !planted!("after_unchecked"))
            .copied()
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        if missing.iter().any(|at| self.packs.contains_key(&at.head)) {
            return Err(Obstacle::PastVoid);
        }
        Err(Obstacle::Missing(missing))
    }
}
