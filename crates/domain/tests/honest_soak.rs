//! Honest people are never refused, and all copies end up alike whatever came by which route and when.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test"
)]

mod story;

use story::{Random, episode, held, level, model, number, shuffled};
use toso_domain::crdt::Document;
use toso_domain::prescan::{Caps, prescan};

/// `GATE_SOAK_EPISODES` and `GATE_SOAK_SEED` make it longer or other.
#[test]
fn every_honest_change_passes_and_all_copies_agree() {
    let first = number("GATE_SOAK_SEED", 1);
    let mut asked = 0;
    for seed in first..first + number("GATE_SOAK_EPISODES", 100) {
        let done = std::panic::catch_unwind(|| one_episode(seed));
        asked += done.unwrap_or_else(|_| panic!("episode of seed {seed} failed"));
    }
    assert!(asked > 1_000, "the soak hardly exchanged anything: {asked}");
}

fn one_episode(seed: u64) -> u64 {
    let mut random = Random(seed);
    let (mut copies, mut asked) = episode(&mut random, 60);
    asked += level(&mut copies);
    let all = &copies[0].held;
    for change in all.values() {
        assert!(prescan(&change.raw, &Caps::V1).unwrap() >= change.ops.len() as u64);
    }
    let expected = model(all);
    let state = copies[0].document.state_hash();
    for copy in &copies {
        assert_eq!(copy.document.state_hash(), state);
        assert_eq!(held(&copy.document), expected);
        assert_eq!(
            Document::load(&copy.document.save()).unwrap().state_hash(),
            state
        );
    }
    let another = shuffled(&mut random, all);
    let replayed = Document::from_changes(another.iter().map(|change| &change.raw)).unwrap();
    assert_eq!(replayed.state_hash(), state);
    asked
}
