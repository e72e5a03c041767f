//! Time and randomness of the machine, at the edge: everything inside is given both.

pub use toso_sync::key::Random;

/// Where the time comes from.
pub trait Clock: Send {
    /// Milliseconds since 1970. People set it.
    fn now(&self) -> i64;

    /// Milliseconds since the machine started, sleep included; where the system does not tell, since the process did.
    /// Nobody sets it.
    fn steady(&self) -> i64;
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

    fn steady(&self) -> i64 {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        {
            let since = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
            since.tv_sec * 1_000 + since.tv_nsec / 1_000_000
        }
        #[cfg(not(any(target_os = "linux", target_os = "android")))]
        {
            static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
            let since = START.get_or_init(std::time::Instant::now).elapsed();
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        }
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
