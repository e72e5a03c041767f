//! How long a device may show records: until it hears that it is revoked, and, for old ones, while it hears from its hub
//! now and then (the offline lease, which never stops new work).

use crate::device::{Device, name};
use crate::error::{CallError, Called};
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::shelf::Shelf;

const DAY: i64 = 86_400_000;
/// Figures until the commune states its own: notice, warning, hidden; days.
const DEFAULT: (u32, u32, u32) = (20, 30, 60);

/// What a revoked device still answers: where its last work is, and what it is told. Its records are locked.
const OF_THE_REVOKED: [&str; 7] = [
    "space.list",
    "sync.status",
    "sync.stop",
    "file.status",
    "file.stop",
    "notices.list",
    "notices.drop",
];

/// Errors: `revoked` for a call that shows or changes records on a device that learned it is revoked.
pub(crate) fn call(device: &Device, name: &str) -> Called<()> {
    let revoked = device.copy.book().is_revoked(&device.secret.device());
    if revoked && !OF_THE_REVOKED.contains(&name) {
        return Err(CallError::new("revoked"));
    }
    Ok(())
}

/// Where the lease stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lease {
    /// Nothing to say.
    Fresh,
    /// A notice.
    Notice,
    /// A notice at every start.
    Warn,
    /// Lists and old records are hidden.
    Hidden,
}

/// The lease at `now`, counted from the last signed hub time; a clock set back counts as no time.
pub(crate) fn stand(device: &Device, now: i64) -> Called<Lease> {
    let Some(heard) = device.number(name::HUB_TIME)? else {
        return Ok(Lease::Fresh);
    };
    let (notice, warn, hide) = device.copy.book().settings().map_or(DEFAULT, |s| {
        (s.lease_notice_days, s.lease_warn_days, s.lease_hide_days)
    });
    let days = now.saturating_sub(heard).div_euclid(DAY);
    let past = |limit: u32| days >= i64::from(limit);
    Ok(if past(hide) {
        Lease::Hidden
    } else if past(warn) {
        Lease::Warn
    } else if past(notice) {
        Lease::Notice
    } else {
        Lease::Fresh
    })
}

/// Errors: `lease` when lists are hidden, `revoked`.
pub(crate) fn lists(device: &Device, now: i64) -> Called<()> {
    call(device, "")?;
    match stand(device, now)? {
        Lease::Hidden => Err(CallError::new("lease")),
        _ => Ok(()),
    }
}

/// Errors: `lease` for a record that any pack speaks of: only work not yet sealed stays in sight.
pub(crate) fn record(device: &Device, now: i64, space: SpaceId, id: RecordId) -> Called<()> {
    if stand(device, now)? == Lease::Hidden
        && !device.copy.shelf.entries_of_document(space, id)?.is_empty()
    {
        return Err(CallError::new("lease"));
    }
    Ok(())
}
