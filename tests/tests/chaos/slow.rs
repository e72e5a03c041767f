//! The line of a mountain village: 20 kbit/s, and 1.5 s there and back.

use crate::proxy::Deed;
use crate::stand::Stand;
use serde_json::json;
use std::time::Duration;
use toso_tests::proof;

/// How much faster the clock of this test runs than the line's.
const FASTER: u64 = 20;
/// Bytes a second, and there and back.
const SPEED: u64 = 20_000 / 8;
const AROUND: Duration = Duration::from_millis(1_500);
/// What a day's fifty records may take.
const MOST: f64 = 60.0;

#[test]
fn fifty_records_go_over_a_line_of_twenty_kilobits_in_a_minute() {
    let mut stand = Stand::new();
    for n in 0..50 {
        stand.saves(n);
    }
    stand.lan.link.anew();
    let around = AROUND / u32::try_from(FASTER).unwrap();
    stand
        .proxy
        .plans(0, Deed::Slow(SPEED * FASTER, around), u64::MAX);
    let told = stand.lan.done("sync.run", json!({}));
    let went = stand.proxy.passes();
    assert_eq!(told["waiting"], 0, "{told}");
    // What the line takes, whatever this machine does meanwhile.
    let bytes = went.up + went.down;
    let seconds = bytes as f64 / SPEED as f64 + went.messages as f64 * AROUND.as_secs_f64();
    assert!(seconds < MOST, "{seconds:.1} s for {went:?}");
    assert!(went.done == went.messages && went.messages >= 2);
    stand.settles();
    stand.nothing_is_doubled();
    proof::tell("chaos", &[("faults", went.done), ("lost", 0)]);
}
