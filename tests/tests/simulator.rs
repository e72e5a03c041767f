//! Random histories against the invariants. `SIM_SEED=n cargo test -p toso-tests --test simulator` replays one seed;
//! `SIM_FROM`, `SIM_COUNT` and `SIM_EVENTS` run others.

use toso_tests::sim::oracle::run;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|v| v.parse().ok())
        .unwrap_or(default)
}

#[test]
fn every_history_ends_alike_and_nothing_saved_is_lost() {
    let events = usize::try_from(number("SIM_EVENTS", 80)).unwrap();
    if let Ok(seed) = std::env::var("SIM_SEED") {
        run(seed.parse().unwrap(), events).unwrap_or_else(|why| panic!("{why}"));
        return;
    }
    let from = number("SIM_FROM", 0);
    let count = number("SIM_COUNT", 500);
    let mut failing = Vec::new();
    std::thread::scope(|scope| {
        let half = |part: u64| {
            move || {
                (from..from + count)
                    .filter(|seed| seed % 2 == part)
                    .filter_map(|seed| {
                        let outcome = std::panic::catch_unwind(|| run(seed, events));
                        match outcome {
                            Ok(Ok(())) => None,
                            Ok(Err(why)) => Some((seed, why)),
                            Err(why) => {
                                let text =
                                    why.downcast_ref::<String>().cloned().unwrap_or_default();
                                Some((seed, format!("seed {seed}: panicked: {text}")))
                            }
                        }
                    })
                    .collect::<Vec<_>>()
            }
        };
        let halves = [scope.spawn(half(0)), scope.spawn(half(1))];
        for half in halves {
            failing.extend(half.join().unwrap());
        }
    });
    failing.sort();
    for (_, why) in &failing {
        eprintln!("{}", why.lines().next().unwrap_or_default());
    }
    let seeds: Vec<u64> = failing.iter().map(|f| f.0).collect();
    assert!(
        failing.is_empty(),
        "{} of {count} seeds fail: {:?}\nfirst: {}",
        failing.len(),
        &seeds[..seeds.len().min(40)],
        failing[0].1
    );
}
