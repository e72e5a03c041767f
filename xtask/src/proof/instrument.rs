//! What can be run for long, what code each looks at, and how far it is to be driven.

impl Instrument {
    /// Whether it is meant by a name: its own, or the first word of it.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.name == name || self.name.split(' ').next() == Some(name)
    }
}

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

/// Pre-scan and gate, which know of no pack.
const GATE: &[&str] = &["crates/domain"];
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

/// One target of the fuzzing. Each has counters of its own: they stand as long as the code that it looks at.
const fn fuzz(
    name: &'static str,
    tests: &'static str,
    covers: &'static [&'static str],
) -> Instrument {
    part(name, tests, covers, "runs")
}

/// A part of an instrument. Each goes on from its own counter, so that it comes round all of its own.
const fn part(
    name: &'static str,
    tests: &'static str,
    covers: &'static [&'static str],
    goes_on: &'static str,
) -> Instrument {
    Instrument {
        name,
        tests,
        covers,
        goes_on,
    }
}

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
    part(
        "power cuts",
        "binary(power) & not test(damage::a_log) & not test(damage::a_journal)",
        DEVICE,
        "states",
    ),
    part(
        "power log",
        "binary(power) & test(damage::a_log)",
        DEVICE,
        "offsets",
    ),
    part(
        "power journal",
        "binary(power) & test(damage::a_journal)",
        DEVICE,
        "offsets",
    ),
    part(
        "crash_points device",
        "binary(crash_points) & test(device::a_phone_that_dies)",
        ALL,
        "points",
    ),
    part(
        "crash_points disk",
        "binary(crash_points) & test(device::a_disk_that_fails)",
        ALL,
        "failing_calls",
    ),
    part(
        "crash_points hub",
        "binary(crash_points) & test(hub::)",
        ALL,
        "points",
    ),
    fuzz(
        "fuzz prescan",
        "binary(fuzz) & test(=a_damaged_change_never_breaks_the_prescan)",
        GATE,
    ),
    fuzz(
        "fuzz gate",
        "binary(fuzz) & test(=a_damaged_change_never_breaks_the_gate_nor_what_it_lets_in)",
        GATE,
    ),
    fuzz(
        "fuzz pack",
        "binary(fuzz) & test(=a_damaged_pack_never_breaks_a_phone)",
        CORE,
    ),
    fuzz(
        "fuzz body",
        "binary(fuzz) & test(=a_damaged_body_never_breaks_a_phone)",
        CORE,
    ),
    fuzz(
        "fuzz ruling",
        "binary(fuzz) & test(=a_damaged_ruling_never_breaks_a_phone)",
        CORE,
    ),
    fuzz(
        "fuzz ask",
        "binary(fuzz) & test(=a_damaged_ask_never_breaks_the_hub)",
        CORE,
    ),
    fuzz(
        "fuzz tell",
        "binary(fuzz) & test(=a_damaged_answer_never_breaks_a_phone)",
        CORE,
    ),
    fuzz(
        "fuzz file",
        "binary(fuzz) & test(=a_damaged_file_never_breaks_a_phone)",
        CORE,
    ),
    fuzz(
        "fuzz qr",
        "binary(fuzz) & test(=a_damaged_qr_is_read_or_refused)",
        CORE,
    ),
    fuzz(
        "fuzz code",
        "binary(fuzz) & test(=a_mistyped_code_is_read_or_refused)",
        CORE,
    ),
    fuzz(
        "fuzz scan",
        "binary(fuzz) & test(=a_damaged_code_of_a_card_or_shop_is_read_or_refused)",
        CORE,
    ),
    fuzz(
        "fuzz greeting",
        "binary(fuzz) & test(=a_damaged_greeting_is_read_or_refused)",
        CORE,
    ),
    fuzz(
        "fuzz calls",
        "binary(fuzz) & test(=damaged_json_never_breaks_a_call)",
        DEVICE,
    ),
    Instrument {
        name: "chaos",
        tests: "binary(chaos)",
        covers: ALL,
        goes_on: "cuts",
    },
];
