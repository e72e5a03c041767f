//! The packs of one space, by header only: which are held, which count, what lies in whose past.
//!
//! An index in memory, rebuilt from the shelf at any time. Bodies never come here.

mod log;
mod obstacle;

pub use obstacle::Obstacle;

use crate::book::Book;
use crate::id::{Head, Log, Position};
use crate::pack::Header;
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::id::SpaceId;

/// What the ledger knows of one pack.
#[derive(Debug, Clone)]
pub struct Meta {
    /// Log.
    pub log: Log,
    /// Place in it.
    pub seq: u64,
    /// Pack before.
    pub prev: Option<Head>,
    /// Positions of other logs its author had applied.
    pub after: Vec<Position>,
    /// Own void packs it re-makes.
    pub replaces: Vec<Head>,
    /// Own logs it ends.
    pub closes: Vec<Position>,
    /// Certificate the log is bound to; only in a first pack.
    pub cert: Option<crate::id::RulingId>,
    /// Order of arrival here.
    pub arrived: u64,
    /// True while it counts.
    pub valid: bool,
    /// Per log index, how much of it lies in the past, this pack included. Empty while void.
    past: Vec<u64>,
}

/// All packs of one space known to this copy.
#[derive(Debug, Clone)]
pub struct Ledger {
    space: SpaceId,
    pub(crate) packs: BTreeMap<Head, Meta>,
    slots: BTreeMap<Log, BTreeMap<u64, Vec<Head>>>,
    index: BTreeMap<Log, usize>,
    tops: BTreeMap<Log, (u64, Head)>,
    ends: BTreeMap<Log, u64>,
    last_arrived: u64,
    /// Packs set aside.
    aside: usize,
}

/// What settling changed, causal order within each list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    /// Packs that no longer count.
    pub left: Vec<Head>,
    /// Packs that count now.
    pub entered: Vec<Head>,
}

impl Settled {
    /// True when nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.left.is_empty() && self.entered.is_empty()
    }
}

impl Ledger {
    /// An empty ledger.
    #[must_use]
    pub fn new(space: SpaceId) -> Self {
        Self {
            space,
            packs: BTreeMap::new(),
            slots: BTreeMap::new(),
            index: BTreeMap::new(),
            tops: BTreeMap::new(),
            ends: BTreeMap::new(),
            last_arrived: 0,
            aside: 0,
        }
    }

    /// The order number the next arriving pack gets.
    #[must_use]
    pub fn next_arrived(&self) -> u64 {
        self.last_arrived + 1
    }

    /// A pack by name.
    #[must_use]
    pub fn get(&self, head: &Head) -> Option<&Meta> {
        self.packs.get(head)
    }

    /// Takes a pack into the index as void; [`Ledger::append`] or [`Ledger::adopt`] makes it count.
    pub fn insert(&mut self, head: Head, header: &Header, arrived: u64) {
        let log = header.log();
        let next = self.index.len();
        self.index.entry(log).or_insert(next);
        self.slots
            .entry(log)
            .or_default()
            .entry(header.seq)
            .or_default()
            .push(head);
        self.last_arrived = self.last_arrived.max(arrived);
        self.aside += 1;
        self.packs.insert(
            head,
            Meta {
                log,
                seq: header.seq,
                prev: header.prev,
                after: header.after.clone(),
                replaces: header.replaces.clone(),
                closes: header.closes.clone(),
                cert: header.cert,
                arrived,
                valid: false,
                past: Vec::new(),
            },
        );
    }

    /// Position of the last counting pack of a log.
    #[must_use]
    pub fn top(&self, log: &Log) -> Option<Position> {
        self.tops.get(log).map(|(seq, head)| Position {
            log: *log,
            seq: *seq,
            head: *head,
        })
    }

    /// The vector: every log's top, sorted by log.
    #[must_use]
    pub fn vector(&self) -> Vec<Position> {
        self.tops
            .iter()
            .map(|(log, (seq, head))| Position {
                log: *log,
                seq: *seq,
                head: *head,
            })
            .collect()
    }

    /// True when the position is held and counts, hash included.
    #[must_use]
    pub fn holds(&self, at: &Position) -> bool {
        self.packs
            .get(&at.head)
            .is_some_and(|m| m.valid && m.log == at.log && m.seq == at.seq)
    }

    /// True when `other` (a counting pack at `log`, `seq`) lies in the past of `pack` or is it.
    #[must_use]
    pub fn in_past(&self, pack: &Head, log: &Log, seq: u64) -> bool {
        let (Some(meta), Some(ix)) = (self.packs.get(pack), self.index.get(log)) else {
            return false;
        };
        meta.past.get(*ix).is_some_and(|held| *held >= seq)
    }

    /// Makes a pack count that has no obstacle. Answers true when the whole ledger must be settled after it: it ends logs,
    /// or packs set aside may have waited for it.
    pub fn append(&mut self, head: &Head) -> bool {
        let past = self.past_of(head);
        let Some(meta) = self.packs.get_mut(head) else {
            return false;
        };
        meta.valid = true;
        meta.past = past;
        self.aside = self.aside.saturating_sub(1);
        self.tops.insert(meta.log, (meta.seq, *head));
        !meta.closes.is_empty() || self.aside > 0
    }

    fn past_of(&self, head: &Head) -> Vec<u64> {
        let mut past = vec![0_u64; self.index.len()];
        let Some(meta) = self.packs.get(head) else {
            return past;
        };
        let parents = meta.prev.iter().chain(meta.after.iter().map(|at| &at.head));
        for parent in parents.filter_map(|h| self.packs.get(h)) {
            for (mine, theirs) in past.iter_mut().zip(&parent.past) {
                *mine = (*mine).max(*theirs);
            }
        }
        if let Some(slot) = self.index.get(&meta.log).and_then(|ix| past.get_mut(*ix)) {
            *slot = meta.seq;
        }
        past
    }

    /// Counts the packs lying in a pack's past: grows strictly along causality.
    fn depth(&self, head: &Head) -> u64 {
        self.packs.get(head).map_or(0, |m| m.past.iter().sum())
    }

    /// Sorts names of counting packs causally (ties by name).
    pub fn sort_causally(&self, heads: &mut [Head]) {
        heads.sort_by_cached_key(|head| (self.depth(head), *head));
    }

    /// Counting packs that a copy with these positions lacks, causal order. Where its position is not on our chain the
    /// branches parted at a place unknown here, so the whole log is given: receipts decide which branch counts.
    #[must_use]
    pub fn lacking(&self, theirs: &[Position]) -> Vec<Head> {
        let held: BTreeMap<Log, &Position> = theirs.iter().map(|p| (p.log, p)).collect();
        let mut out = Vec::new();
        for (log, (seq, head)) in &self.tops {
            let from = match held.get(log) {
                Some(at) if self.holds(at) => at.seq,
                // Further along our own chain, as far as anybody here knows.
                Some(at)
                    if at.seq > *seq
                        && !self.packs.contains_key(&at.head)
                        && !self.is_forked(log, at.seq) =>
                {
                    continue;
                }
                _ => 0,
            };
            let mut at = (*seq > from).then_some(*head);
            while let Some(meta) = at.and_then(|h| self.packs.get(&h)) {
                out.extend(at);
                at = if meta.seq > from + 1 { meta.prev } else { None };
            }
        }
        self.sort_causally(&mut out);
        out
    }

    /// True when packs of the log up to `seq` are known here that do not count.
    fn is_forked(&self, log: &Log, seq: u64) -> bool {
        let void = |h: &Head| self.packs.get(h).is_some_and(|m| !m.valid && m.seq <= seq);
        self.known(log).iter().any(void)
    }

    /// Packs set aside, by order of arrival.
    #[must_use]
    pub fn void(&self) -> Vec<Head> {
        let mut out: Vec<(u64, Head)> = self
            .packs
            .iter()
            .filter(|(_, m)| !m.valid)
            .map(|(h, m)| (m.arrived, *h))
            .collect();
        out.sort_unstable();
        out.into_iter().map(|(_, h)| h).collect()
    }

    /// Void packs named in `replaces` of a counting pack by the same device.
    #[must_use]
    pub fn replaced(&self) -> BTreeSet<Head> {
        let valid = self
            .packs
            .values()
            .filter(|m| m.valid && !m.replaces.is_empty());
        valid
            .flat_map(|m| m.replaces.iter().map(move |r| (m.log.device, r)))
            .filter(|(device, r)| {
                self.packs
                    .get(r)
                    .is_none_or(|old| old.log.device == *device)
            })
            .map(|(_, r)| *r)
            .collect()
    }

    /// Counting packs that replace others.
    #[must_use]
    pub fn replacing(&self) -> Vec<Head> {
        self.packs
            .iter()
            .filter(|(_, m)| m.valid && !m.replaces.is_empty())
            .map(|(h, _)| *h)
            .collect()
    }

    /// The valid set as a function of packs and rulings (section 5.2); takes it over and says what changed.
    pub fn settle(&mut self, book: &Book) -> Settled {
        let (valid, ends) = crate::settle::valid_set(self.space, &self.packs, &self.slots, book);
        let before: BTreeSet<Head> = self
            .packs
            .iter()
            .filter(|(_, m)| m.valid)
            .map(|(h, _)| *h)
            .collect();
        let mut left: Vec<Head> = before
            .iter()
            .filter(|h| !valid.contains_key(h))
            .copied()
            .collect();
        self.sort_causally(&mut left);
        self.ends = ends;
        self.adopt(&valid);
        let mut entered: Vec<Head> = valid
            .keys()
            .filter(|h| !before.contains(h))
            .copied()
            .collect();
        self.sort_causally(&mut entered);
        Settled { left, entered }
    }

    /// Takes over the counting packs as the shelf has them.
    pub fn resume(&mut self, counting: &BTreeSet<Head>) {
        let order = crate::settle::parents_first(&self.packs);
        let valid: BTreeMap<Head, usize> = order
            .into_iter()
            .filter(|h| counting.contains(h))
            .zip(0..)
            .collect();
        self.ends = crate::settle::ends_of(&self.packs, &valid);
        self.adopt(&valid);
    }

    /// Takes over a valid set given with an order in which parents come first.
    fn adopt(&mut self, valid: &BTreeMap<Head, usize>) {
        let mut order: Vec<(usize, Head)> = valid.iter().map(|(h, n)| (*n, *h)).collect();
        order.sort_unstable();
        for meta in self.packs.values_mut() {
            meta.valid = false;
            meta.past.clear();
        }
        self.tops.clear();
        self.aside = self.packs.len().saturating_sub(valid.len());
        for (_, head) in order {
            let past = self.past_of(&head);
            if let Some(meta) = self.packs.get_mut(&head) {
                meta.valid = true;
                meta.past = past;
                let top = self.tops.entry(meta.log).or_insert((meta.seq, head));
                if top.0 < meta.seq {
                    *top = (meta.seq, head);
                }
            }
        }
    }
}
