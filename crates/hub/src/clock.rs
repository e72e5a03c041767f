//! The two things a hub takes from its machine: the time and random bytes. Both are passed in everywhere else.

use std::sync::Arc;
use toso_sync::key::Random;

/// Milliseconds since 1970.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The machine's clock.
#[must_use]
pub fn machine() -> Clock {
    Arc::new(|| {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place of the hub that reads it"
        )]
        let now = std::time::SystemTime::now();
        now.duration_since(std::time::UNIX_EPOCH)
            .ok()
            .and_then(|d| i64::try_from(d.as_millis()).ok())
            .unwrap_or(0)
    })
}

/// Random bytes of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Random for System {
    fn fill(&mut self, out: &mut [u8]) {
        #[expect(
            clippy::expect_used,
            reason = "a hub without random bytes must not go on"
        )]
        getrandom::fill(out).expect("the operating system gives random bytes");
    }
}
