//! Time and randomness of the machine, at the edge: everything inside is given both.

pub use toso_sync::key::Random;

/// Where the time comes from.
pub trait Clock: Send {
    /// Milliseconds since 1970.
    fn now(&self) -> i64;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> i64 {
        #[expect(
            clippy::disallowed_methods,
            reason = "the edge where the real clock is read"
        )]
        let now = chrono::Utc::now();
        now.timestamp_millis()
    }
}

/// The operating system's random numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&mut self, out: &mut [u8]) {
        if getrandom::fill(out).is_err() {
            // A system without random numbers cannot make keys or epochs; going on would give two devices one name.
            std::process::abort();
        }
    }
}

/// Ten random bytes of an id.
pub(crate) fn bytes10(random: &mut dyn Random) -> [u8; 10] {
    let mut out = [0; 10];
    random.fill(&mut out);
    out
}
