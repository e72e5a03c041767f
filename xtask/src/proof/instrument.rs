//! What can be run for long, what code each looks at, and how far it is to be driven.

/// One instrument.
#[derive(Debug)]
pub(super) struct Instrument {
    /// Its name, on the command line and in `docs/proof.json`.
    pub(super) name: &'static str,
    /// Its tests, as nextest picks them.
    pub(super) tests: &'static str,
    /// Folders whose code it proves: when one of them changes its counters begin again at 0.
    pub(super) covers: &'static [&'static str],
    /// The counter that says where the next run goes on.
    pub(super) goes_on: &'static str,
}

const CORE: &[&str] = &["crates/domain", "crates/sync"];
const DEVICE: &[&str] = &[
    "crates/app",
    "crates/domain",
    "crates/store",
    "crates/sync",
    "migrations",
];
const ALL: &[&str] = &[
    "crates/app",
    "crates/domain",
    "crates/hub",
    "crates/store",
    "crates/sync",
    "migrations",
];

pub(super) const INSTRUMENTS: &[Instrument] = &[
    Instrument {
        name: "simulator",
        tests: "binary(simulator)",
        covers: CORE,
        goes_on: "seeds",
    },
    Instrument {
        name: "kills",
        tests: "binary(kills)",
        covers: ALL,
        goes_on: "kills",
    },
    Instrument {
        name: "power",
        tests: "binary(power)",
        covers: DEVICE,
        goes_on: "states",
    },
    Instrument {
        name: "crash_points",
        tests: "binary(crash_points)",
        covers: ALL,
        goes_on: "points",
    },
    Instrument {
        name: "fuzz",
        tests: "binary(fuzz)",
        covers: CORE,
        goes_on: "runs",
    },
    Instrument {
        name: "chaos",
        tests: "binary(chaos)",
        covers: ALL,
        goes_on: "cuts",
    },
];
