//! Fuzz targets on stable Rust: seeds made by the product's own code, damaged by dice, offered at the product's own doors.
//!
//! A crash, more than 32 MB held, or more than a second of processor time fails. Each failure prints the seed and the line
//! that replays it.
//! `PROOF_MINUTES` and `PROOF_FROM` make it long, `PROOF_TARGET=name` picks one target, `FUZZ_SEED=n` one run of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a failed step is a failed test, and figures are told"
)]

mod calls;
#[path = "../door_bad/commune.rs"]
#[allow(dead_code, reason = "shared with another binary, which uses all of it")]
mod commune;
#[path = "../hostile/craft.rs"]
#[allow(dead_code, reason = "as above")]
mod craft;
#[path = "../zoo/doors.rs"]
#[allow(dead_code, reason = "as above")]
mod doors;
#[path = "../hostile/meter.rs"]
#[allow(dead_code, reason = "as above")]
mod meter;
mod mutate;
#[path = "../door_bad/state.rs"]
#[allow(dead_code, reason = "as above")]
mod state;
mod target;
#[path = "../door_bad/thief.rs"]
mod thief;
#[path = "../door_bad/wire.rs"]
#[allow(dead_code, reason = "as above")]
mod wire;

use doors::{LONGEST, measured, processor, quiet};
use meter::frugal as frugal_all;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use target::{TARGETS, Target};
use toso_tests::proof;

/// Memory is counted for the whole process: one target at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// Goes through seeds; what each run says, and what fails.
fn fuzzes(name: &str, short: u64, mut run: impl FnMut(u64) -> String) {
    if std::env::var("PROOF_TARGET").is_ok_and(|picked| picked != name) {
        return;
    }
    let one = std::env::var("FUZZ_SEED")
        .ok()
        .map(|seed| seed.parse::<u64>().unwrap());
    let (began, mut runs, mut crashes) = (processor(), 0, 0);
    let (mut said, mut failed) = (BTreeMap::<String, u64>::new(), Vec::new());
    let seeds: Box<dyn Iterator<Item = u64>> = match one {
        Some(seed) => Box::new(std::iter::once(seed)),
        None => Box::new(proof::turns(short)),
    };
    for seed in seeds {
        let ((told, took, grown), again) = (measured(|| attempt(&mut run, seed)), runs == 0);
        runs += 1;
        // The first run warms what is made once. A busy machine may be slow once: what is slow is slow again.
        let slow = took > LONGEST && !again && measured(|| attempt(&mut run, seed)).1 > LONGEST;
        if told.is_none() || slow || grown > meter::BOUND {
            crashes += u64::from(told.is_none());
            let line =
                format!("PROOF_TARGET={name} FUZZ_SEED={seed} cargo nextest run -E 'binary(fuzz)'");
            println!("{name} {seed}: {told:?}, {took:?}, {grown} bytes; {line}");
            failed.push(seed);
        }
        *said.entry(told.unwrap_or_default()).or_default() += 1;
        if failed.len() > 9 {
            break;
        }
    }
    // What else runs here is not counted as fuzzing.
    let spent = processor().zip(began).map(|(has, had)| has - had);
    let seconds = spent.unwrap_or_default().as_secs();
    println!("{name}: {runs} runs, {crashes} crashes, {seconds} CPU s, said {said:?}");
    let counters = [
        ("runs", runs),
        ("crashes", crashes),
        ("cpu_seconds", seconds),
    ];
    proof::tell(&format!("fuzz {name}"), &counters);
    assert!(failed.is_empty(), "{name}: seeds {failed:?}");
}

fn attempt(run: &mut impl FnMut(u64) -> String, seed: u64) -> Option<String> {
    catch_unwind(AssertUnwindSafe(|| run(seed))).ok()
}

fn door(name: &'static str, short: u64) {
    assert!(TARGETS.contains(&name));
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    quiet();
    let mut target = Target::new(name);
    for seed in target.corpus() {
        target.offers(&seed);
    }
    fuzzes(name, short, |seed| {
        let bytes = target.bytes(seed);
        target.offers(&bytes)
    });
}

macro_rules! doors {
    ($($test:ident: $name:literal, $short:literal;)+) => {
        $(#[test]
        fn $test() {
            door($name, $short);
        })+
    };
}

doors! {
    a_damaged_change_never_breaks_the_prescan: "prescan", 4_000;
    a_damaged_change_never_breaks_the_gate_nor_what_it_lets_in: "gate", 2_000;
    a_damaged_pack_never_breaks_a_phone: "pack", 2_500;
    a_damaged_body_never_breaks_a_phone: "body", 2_500;
    a_damaged_ruling_never_breaks_a_phone: "ruling", 2_000;
    a_damaged_ask_never_breaks_the_hub: "ask", 3_000;
    a_damaged_answer_never_breaks_a_phone: "tell", 3_000;
    a_damaged_file_never_breaks_a_phone: "file", 2_000;
    a_damaged_qr_is_read_or_refused: "qr", 4_000;
    a_mistyped_code_is_read_or_refused: "code", 4_000;
    a_damaged_code_of_a_card_or_shop_is_read_or_refused: "scan", 4_000;
    a_damaged_greeting_is_read_or_refused: "greeting", 4_000;
}

#[test]
fn damaged_json_never_breaks_a_call() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    quiet();
    let calls = calls::Calls::new();
    fuzzes("calls", 2_000, |seed| {
        let (name, input) = calls.input(seed);
        let code = calls.offers(name, input);
        if code == "ok" {
            code
        } else {
            format!("refused: {code}")
        }
    });
    calls.goes_on();
}
