//! Which packs count: a pure function of the packs held and the rulings (section 5.2 of the protocol).
//!
//! The only thing beside them is the order of arrival, and it decides nothing but a fork that no receipt has decided yet.

use crate::book::Book;
use crate::id::{Head, Log, Position};
use crate::ledger::Meta;
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::id::SpaceId;

type Packs = BTreeMap<Head, Meta>;
type Slots = BTreeMap<Log, BTreeMap<u64, Vec<Head>>>;

/// The winning path of one log and how far receipts reach on it.
struct Path {
    heads: Vec<Head>,
    receipted: u64,
}

/// The counting packs, each with its place in an order where parents come first, and the ends set by `closes`.
#[must_use]
pub fn valid_set(
    space: SpaceId,
    packs: &Packs,
    slots: &Slots,
    book: &Book,
) -> (BTreeMap<Head, usize>, BTreeMap<Log, u64>) {
    let order = parents_first(packs);
    let choose = |barred: &BTreeSet<Head>| -> BTreeMap<Log, Path> {
        let logs = slots.iter();
        logs.map(|(log, s)| (*log, path(space, *log, s, (packs, barred), book)))
            .collect()
    };
    let (mut ends, mut barred) = (BTreeMap::new(), BTreeSet::new());
    let mut paths = choose(&barred);
    // `closes` count only from packs that count, and may end logs that others build on; and a receipted pack gives way whose
    // past does not count: repeat until nothing moves. Each round is a function of the one before, so the result is too;
    // eight rounds are more than any honest history needs.
    for _ in 0..8 {
        let valid = walk(space, packs, &paths, &order, book, &ends);
        let next = ends_of(packs, &valid);
        let stuck = stuck(packs, &paths, &valid);
        if next == ends && stuck.is_subset(&barred) {
            return (valid, ends);
        }
        ends = next;
        barred.extend(stuck);
        paths = choose(&barred);
    }
    (walk(space, packs, &paths, &order, book, &ends), ends)
}

/// Receipted packs on the winning paths that cannot count because what they build on in other logs does not.
fn stuck(
    packs: &Packs,
    paths: &BTreeMap<Log, Path>,
    valid: &BTreeMap<Head, usize>,
) -> BTreeSet<Head> {
    let first = |path: &Path| path.heads.iter().find(|h| !valid.contains_key(h)).copied();
    let firsts = paths.values().filter_map(|path| Some((path, first(path)?)));
    firsts
        .filter(|(path, head)| {
            packs.get(head).is_some_and(|meta| {
                meta.seq <= path.receipted
                    && meta.after.iter().any(|at| !valid.contains_key(&at.head))
            })
        })
        .map(|(_, head)| head)
        .collect()
}

/// The branch that counts: among receipted ones the smaller hash at each divergence, beyond receipts the first taken here.
/// A barred one, whose past does not count, takes no other receipted pack's place.
fn path(
    space: SpaceId,
    log: Log,
    slots: &BTreeMap<u64, Vec<Head>>,
    (packs, barred): (&Packs, &BTreeSet<Head>),
    book: &Book,
) -> Path {
    let receipts: Vec<&Position> = book.receipts(space, &log).collect();
    let mut receipted: BTreeSet<Head> = BTreeSet::new();
    for receipt in &receipts {
        let mut at = Some(receipt.head);
        while let Some(head) = at {
            if !receipted.insert(head) {
                break;
            }
            at = packs.get(&head).and_then(|m| m.prev);
        }
    }
    let mut heads: Vec<Head> = Vec::new();
    let mut parent = None;
    for (seq, here) in slots {
        if *seq != heads.len() as u64 + 1 {
            break;
        }
        let known = here
            .iter()
            .filter(|h| packs.get(h).is_some_and(|m| m.prev == parent));
        // A receipt whose pack is not held here says nothing about where its branch left this one, so it decides its own
        // place against packs without a receipt only. Which of two receipted branches wins is seen once both are held.
        let unheld = || {
            receipts
                .iter()
                .any(|r| r.seq == *seq && !packs.contains_key(&r.head))
        };
        let kept = known.clone().filter(|h| receipted.contains(h));
        let winner = match kept.min_by_key(|h| (barred.contains(h), *h)) {
            Some(head) => Some(head),
            None if unheld() => None,
            None => known.min_by_key(|h| packs.get(h).map(|m| m.arrived)),
        };
        let Some(winner) = winner else { break };
        heads.push(*winner);
        parent = Some(*winner);
    }
    let on_path = |r: &&&Position| {
        usize::try_from(r.seq.saturating_sub(1))
            .ok()
            .and_then(|ix| heads.get(ix))
            == Some(&r.head)
    };
    let reach = receipts
        .iter()
        .filter(on_path)
        .map(|r| r.seq)
        .max()
        .unwrap_or(0);
    Path {
        heads,
        receipted: reach,
    }
}

/// Every pack whose whole past is known, parents before children.
pub(crate) fn parents_first(packs: &Packs) -> Vec<Head> {
    let mut waiting: BTreeMap<Head, usize> = BTreeMap::new();
    let mut children: BTreeMap<Head, Vec<Head>> = BTreeMap::new();
    let mut ready: BTreeSet<(u64, Head)> = BTreeSet::new();
    for (head, meta) in packs {
        let parents: BTreeSet<Head> = meta
            .prev
            .iter()
            .copied()
            .chain(meta.after.iter().map(|a| a.head))
            .collect();
        for parent in &parents {
            children.entry(*parent).or_default().push(*head);
        }
        if parents.is_empty() {
            ready.insert((meta.arrived, *head));
        }
        waiting.insert(*head, parents.len());
    }
    let mut order = Vec::with_capacity(packs.len());
    while let Some((_, head)) = ready.pop_first() {
        order.push(head);
        for child in children.get(&head).into_iter().flatten() {
            if let Some(left) = waiting.get_mut(child) {
                *left -= 1;
                if *left == 0 {
                    ready.insert((packs.get(child).map_or(0, |m| m.arrived), *child));
                }
            }
        }
    }
    order
}

fn walk(
    space: SpaceId,
    packs: &Packs,
    paths: &BTreeMap<Log, Path>,
    order: &[Head],
    book: &Book,
    ends: &BTreeMap<Log, u64>,
) -> BTreeMap<Head, usize> {
    let mut valid: BTreeMap<Head, usize> = BTreeMap::new();
    for head in order {
        let Some(meta) = packs.get(head) else {
            continue;
        };
        let Some(path) = paths.get(&meta.log) else {
            continue;
        };
        let wins = usize::try_from(meta.seq - 1)
            .ok()
            .and_then(|ix| path.heads.get(ix))
            == Some(head);
        let within = |end: u64| meta.seq <= end.max(path.receipted);
        let past = |at: &Position| {
            valid.contains_key(&at.head)
                && packs
                    .get(&at.head)
                    .is_some_and(|m| m.log == at.log && m.seq == at.seq)
        };
        if wins
            && meta.prev.is_none_or(|p| valid.contains_key(&p))
            && book.revoked_end(space, &meta.log).is_none_or(within)
            && ends.get(&meta.log).copied().is_none_or(within)
            && meta.after.iter().all(past)
        {
            valid.insert(*head, valid.len());
        }
    }
    valid
}

/// Where counting packs end logs of their own device.
pub(crate) fn ends_of(packs: &Packs, valid: &BTreeMap<Head, usize>) -> BTreeMap<Log, u64> {
    let mut ends: BTreeMap<Log, u64> = BTreeMap::new();
    for close in valid
        .keys()
        .filter_map(|h| packs.get(h))
        .flat_map(|m| &m.closes)
    {
        let end = ends.entry(close.log).or_insert(close.seq);
        *end = close.seq.min(*end);
    }
    ends
}
