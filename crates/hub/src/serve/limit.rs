//! How often one address or one device may ask.

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use toso_sync::id::DeviceKey;

/// Bounds of a listener. The defaults suit a commune: a whole office may stand behind one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections at a time.
    pub connections: usize,
    /// Requests a minute by one address.
    pub by_address: u32,
    /// Requests a minute by one address at the door (enrolling, challenges, tokens).
    pub at_door: u32,
    /// Requests a minute by one device.
    pub by_device: u32,
    /// Seconds until the head of a request must have come.
    pub head_seconds: u64,
    /// Seconds until a request must be answered.
    pub request_seconds: u64,
    /// Seconds that stopping waits for requests under way.
    pub drain_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 2_000,
            by_address: 3_000,
            at_door: 600,
            by_device: 1_200,
            head_seconds: 10,
            request_seconds: 60,
            drain_seconds: 30,
        }
    }
}

/// The counters.
#[derive(Debug)]
pub(super) struct Gates {
    address: DefaultKeyedRateLimiter<IpAddr>,
    door: DefaultKeyedRateLimiter<IpAddr>,
    device: DefaultKeyedRateLimiter<DeviceKey>,
    checks: AtomicU32,
}

impl Gates {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            address: RateLimiter::keyed(quota(limits.by_address)),
            door: RateLimiter::keyed(quota(limits.at_door)),
            device: RateLimiter::keyed(quota(limits.by_device)),
            checks: AtomicU32::new(0),
        }
    }

    /// Seconds to wait, when this address has asked too often.
    pub(super) fn address(&self, ip: IpAddr, door: bool) -> Result<(), u64> {
        // Counters of addresses long gone are thrown away, so that a million of them cost nothing for long.
        if self.checks.fetch_add(1, Ordering::Relaxed) % 4_096 == 4_095 {
            self.address.retain_recent();
            self.door.retain_recent();
            self.device.retain_recent();
        }
        check(&self.address, &ip)?;
        if door { check(&self.door, &ip) } else { Ok(()) }
    }

    pub(super) fn device(&self, device: &DeviceKey) -> Result<(), u64> {
        check(&self.device, device)
    }
}

fn quota(a_minute: u32) -> Quota {
    Quota::per_minute(NonZeroU32::new(a_minute).unwrap_or(NonZeroU32::MIN))
}

fn check<K: Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<(), u64> {
    limiter
        .check_key(key)
        .map_err(|not| not.wait_time_from(DefaultClock::default().now()).as_secs() + 1)
}
