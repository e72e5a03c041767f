//! What counts on a day: certificates, listings, stores. Everything is as of a day that is passed in, so that a report of last
//! month says next year what it says today.

use crate::record::ocop_certificate::lasts_until;
use crate::time::LocalDate;
use std::collections::BTreeSet;

/// A look at a listing holds for so many days: on the 91st it is to be looked at again.
pub const LISTING_DAYS: i64 = 90;
/// A look at a store holds for so many days.
pub const STORE_DAYS: i64 = 180;
/// Certificates that end within so many months are told ahead.
pub const SOON_MONTHS: u32 = 6;
/// What a listing was found to be, or was said to be, when it counts.
const SELLING: [&str; 2] = ["dang_ban", "tam_het"];
/// What somebody says of a listing that nobody looked at yet, and that is counted as declared.
const DECLARED: [&str; 3] = ["da_dang_chua_kiem", "dang_ban", "tam_het"];

/// A certificate, as far as days matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Certificate {
    /// Stars, 3 to 5.
    pub stars: u8,
    /// First day.
    pub issued_on: LocalDate,
    /// Last day, when the paper says one.
    pub expires_on: Option<LocalDate>,
    /// From this day on it is taken back.
    pub revoked_on: Option<LocalDate>,
}

impl Certificate {
    /// Its last day, whether it was taken back or not.
    #[must_use]
    pub fn ends_on(&self) -> LocalDate {
        self.expires_on
            .unwrap_or_else(|| lasts_until(self.issued_on))
    }

    /// Whether it counts on a day: from its first to its last, both included, unless taken back by then.
    #[must_use]
    pub fn counts_on(&self, day: LocalDate) -> bool {
        let revoked = self.revoked_on.is_some_and(|revoked| revoked <= day);
        !revoked && self.issued_on <= day && day <= self.ends_on()
    }
}

/// How a product stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// A certificate counts.
    Certified,
    /// One ended and none followed.
    Expired,
    /// The latest was taken back.
    Revoked,
    /// It never had one by that day.
    Candidate,
}

/// The certificate that counts on a day: of several the one with more stars, then the later one.
#[must_use]
pub fn certificate_on(all: &[Certificate], day: LocalDate) -> Option<Certificate> {
    let counting = all.iter().filter(|one| one.counts_on(day));
    counting
        .max_by_key(|one| (one.stars, one.issued_on))
        .copied()
}

/// How a product with these certificates stands on a day.
#[must_use]
pub fn standing_on(all: &[Certificate], day: LocalDate) -> Standing {
    if certificate_on(all, day).is_some() {
        return Standing::Certified;
    }
    let issued = all.iter().filter(|one| one.issued_on <= day);
    match issued.max_by_key(|one| one.issued_on) {
        None => Standing::Candidate,
        Some(last) if last.revoked_on.is_some_and(|revoked| revoked <= day) => Standing::Revoked,
        Some(_) => Standing::Expired,
    }
}

/// True when the certificate that counts on a day ends within six months, and none that begins by then follows.
#[must_use]
pub fn ends_soon(all: &[Certificate], day: LocalDate) -> bool {
    let horizon = day.plus_months(SOON_MONTHS);
    let counts = certificate_on(all, day).is_some();
    counts
        && !all
            .iter()
            .any(|one| one.counts_on(day) && one.ends_on() > horizon)
}

/// A look at something on a day; of two on one day the one written down later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look<T> {
    /// The day.
    pub on: LocalDate,
    /// When it was written down, milliseconds since 1970.
    pub recorded_at: i64,
    /// What was found.
    pub found: T,
}

/// The latest look by a day.
#[must_use]
pub fn latest<T>(looks: &[Look<T>], day: LocalDate) -> Option<&Look<T>> {
    let by_then = looks.iter().filter(|look| look.on <= day);
    by_then.max_by_key(|look| (look.on, look.recorded_at))
}

/// Whether a look still holds on a day.
#[must_use]
pub fn is_fresh(on: LocalDate, day: LocalDate, days: i64) -> bool {
    day.days_since(on) <= days
}

/// A listing, as far as it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Code of the platform.
    pub platform: String,
    /// What was said when it was written down.
    pub state: String,
    /// Day it was listed, when known.
    pub listed_on: Option<LocalDate>,
    /// Looks at it, in any order; a result of `listing_state` each, and whether the maker only told it.
    pub looks: Vec<Look<Seen>>,
}

/// What a look at a listing found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Code of `listing_state`.
    pub result: String,
    /// Nobody looked: the maker told it (`chu_the_khai`). That declares and does not verify.
    pub told_only: bool,
}

/// How a listing counts on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counting {
    /// Not at all.
    No,
    /// Somebody says so.
    Declared,
    /// Somebody saw it within 90 days.
    Verified,
}

impl Listing {
    /// How it counts on a day, where `platforms` count.
    #[must_use]
    pub fn counts_on(&self, day: LocalDate, platforms: &BTreeSet<String>) -> Counting {
        if !platforms.contains(&self.platform) || self.listed_on.is_some_and(|from| from > day) {
            return Counting::No;
        }
        let Some(look) = latest(&self.looks, day) else {
            return declared(&self.state);
        };
        let Seen { result, told_only } = &look.found;
        if !SELLING.contains(&result.as_str()) {
            // Found listed and not yet on sale: that declares no less than the maker did.
            declared(result)
        } else if *told_only || !is_fresh(look.on, day, LISTING_DAYS) {
            Counting::Declared
        } else {
            Counting::Verified
        }
    }

    /// Whether somebody must look at it again on a day: it is said to be on sale, and no look of the last 90 days holds.
    #[must_use]
    pub fn is_due(&self, day: LocalDate) -> bool {
        match latest(&self.looks, day) {
            None => DECLARED.contains(&self.state.as_str()),
            Some(look) => {
                let selling = DECLARED.contains(&look.found.result.as_str());
                selling && (look.found.told_only || !is_fresh(look.on, day, LISTING_DAYS))
            }
        }
    }
}

fn declared(state: &str) -> Counting {
    if DECLARED.contains(&state) {
        Counting::Declared
    } else {
        Counting::No
    }
}

/// Products on platforms as of a day (indicators O01 to O03).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gauge {
    /// Products with a certificate that counts.
    pub products: u32,
    /// Of these, with a listing that somebody saw within 90 days.
    pub verified: u32,
    /// Of these, with a listing that is at least declared; the verified among them.
    pub declared: u32,
}

/// Counts products, each by its certificates and listings.
#[must_use]
pub fn gauge<'a>(
    products: impl IntoIterator<Item = (&'a [Certificate], &'a [Listing])>,
    platforms: &BTreeSet<String>,
    day: LocalDate,
) -> Gauge {
    let mut out = Gauge::default();
    for (certificates, listings) in products {
        if certificate_on(certificates, day).is_none() {
            continue;
        }
        let counts = listings.iter().map(|one| one.counts_on(day, platforms));
        let best = counts.max().unwrap_or(Counting::No);
        out.products += 1;
        out.verified += u32::from(best == Counting::Verified);
        out.declared += u32::from(best >= Counting::Declared);
    }
    out
}

/// How a store stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trade {
    /// Seen within 180 days with products on sale, and active (the numerator of C03).
    Active,
    /// Open, and not active by the latest look, or not looked at for 180 days.
    Dormant,
    /// Nobody looked at it yet.
    Unseen,
    /// Closed, or found stopped.
    Stopped,
}

/// What a look at a store found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreSeen {
    /// Code of `store_level`.
    pub level: String,
    /// Code of `store_state`.
    pub state: String,
    /// Code of `orders_band`, where somebody asked.
    pub orders: Option<String>,
}

/// How a store with these looks stands on a day.
#[must_use]
pub fn trade_on(closed_on: Option<LocalDate>, looks: &[Look<StoreSeen>], day: LocalDate) -> Trade {
    if closed_on.is_some_and(|closed| closed <= day) {
        return Trade::Stopped;
    }
    let Some(look) = latest(looks, day) else {
        return Trade::Unseen;
    };
    let StoreSeen { level, state, .. } = &look.found;
    if state == "ngung" {
        Trade::Stopped
    } else if state == "hoat_dong"
        && matches!(level.as_str(), "dang_ban" | "co_don")
        && is_fresh(look.on, day, STORE_DAYS)
    {
        Trade::Active
    } else {
        Trade::Dormant
    }
}

#[cfg(test)]
mod tests;
