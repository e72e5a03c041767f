//! How much new work one device may give in an hour and in a day. What is over is not lost: the device keeps it and is told
//! to come back (`later`). Counted in memory: a restart begins anew, as for the limits of the listener.

use std::collections::BTreeMap;
use toso_sync::id::DeviceKey;

const HOUR: i64 = 60 * 60_000;
const DAY: i64 = 24 * HOUR;

/// Bounds on new packs by one device, bytes. The defaults let one device refill an empty hub with the whole commune within
/// the day (100,000 records take about 20 MiB), and let none fill a disk unseen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// In an hour.
    pub hour_bytes: u64,
    /// In a day.
    pub day_bytes: u64,
}

impl Default for Quota {
    fn default() -> Self {
        Self {
            hour_bytes: 64 * 1024 * 1024,
            day_bytes: 256 * 1024 * 1024,
        }
    }
}

/// Bytes since a moment.
#[derive(Debug, Clone, Copy)]
struct Window {
    since: i64,
    bytes: u64,
}

impl Window {
    fn begin(now: i64) -> Self {
        Self {
            since: now,
            bytes: 0,
        }
    }

    fn left(&mut self, now: i64, span: i64, most: u64) -> u64 {
        if now.saturating_sub(self.since) >= span {
            *self = Self::begin(now);
        }
        // A clock put back must not shut a device out until the old time comes again.
        self.since = self.since.min(now);
        most.saturating_sub(self.bytes)
    }
}

/// What devices have given lately.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub(crate) quota: Quota,
    by: BTreeMap<DeviceKey, (Window, Window)>,
}

impl Given {
    /// Bytes this device may still give now.
    pub(crate) fn left(&mut self, device: &DeviceKey, now: i64) -> u64 {
        let quota = self.quota;
        let (hour, day) = self
            .by
            .entry(*device)
            .or_insert_with(|| (Window::begin(now), Window::begin(now)));
        let hour = hour.left(now, HOUR, quota.hour_bytes);
        hour.min(day.left(now, DAY, quota.day_bytes))
    }

    /// Notes that these were taken.
    pub(crate) fn add(&mut self, device: &DeviceKey, bytes: u64) {
        if let Some((hour, day)) = self.by.get_mut(device) {
            hour.bytes = hour.bytes.saturating_add(bytes);
            day.bytes = day.bytes.saturating_add(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAN: DeviceKey = DeviceKey([1; 32]);
    const PAO: DeviceKey = DeviceKey([2; 32]);

    #[test]
    fn an_hour_and_a_day_are_counted_for_each_device_and_end() {
        let mut given = Given {
            quota: Quota {
                hour_bytes: 10,
                day_bytes: 15,
            },
            ..Given::default()
        };
        assert_eq!(given.left(&LAN, 0), 10);
        given.add(&LAN, 10);
        assert_eq!(
            (given.left(&LAN, HOUR - 1), given.left(&PAO, HOUR - 1)),
            (0, 10)
        );
        assert_eq!(given.left(&LAN, HOUR), 5, "what the day leaves");
        given.add(&LAN, 5);
        assert_eq!(given.left(&LAN, 2 * HOUR), 0);
        assert_eq!(given.left(&LAN, DAY), 10);
    }

    #[test]
    fn a_clock_put_back_shuts_nobody_out() {
        let mut given = Given::default();
        let most = given.quota.hour_bytes;
        given.left(&LAN, 400 * DAY);
        given.add(&LAN, most);
        assert_eq!(given.left(&LAN, DAY), 0);
        assert_eq!(given.left(&LAN, DAY + HOUR), most);
    }
}
