//! Faults planted on purpose, to see that the tests and the simulator find them. Only in a build with `--cfg fault`.
//!
//! `cargo xtask proof --only faults` makes that build, names one fault after the other in `TOSO_FAULT`, and looks that a
//! test fails. Without the flag every `planted!` is the constant `false`, and not even a fault's name is in the program.

/// True when the named fault is planted in this build and asked for; else the constant `false`.
#[macro_export]
macro_rules! planted {
    ($name:literal) => {
        cfg!(fault) && $crate::planted::asked_for($name)
    };
}

/// True when `TOSO_FAULT` names this fault.
#[cfg(fault)]
#[must_use]
pub fn asked_for(name: &str) -> bool {
    static ASKED: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
    let asked = ASKED.get_or_init(|| std::env::var("TOSO_FAULT").ok());
    asked.as_deref() == Some(name)
}

/// Never: this build has no faults planted.
#[cfg(not(fault))]
#[inline(always)]
#[must_use]
pub const fn asked_for(_: &str) -> bool {
    false
}
