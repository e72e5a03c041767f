//! `product.months`: products on platforms, and listings looked at.

use super::{Asked, MonthsInput, OfMonth, count};
use crate::app::Desk;
use crate::call::product::OnPlatforms;
use crate::economy::{self, Listed, Product, TOLD};
use crate::error::Called;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::catalog;
use toso_domain::economy::{Certificate, Listing, gauge, latest};
use toso_domain::id::RecordId;
use toso_domain::months::Month;
use toso_domain::time::LocalDate;

/// Products of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProductMonth {
    /// The month.
    #[serde(flatten)]
    pub of: OfMonth,
    /// How the products stand at its end (O01 to O03), as `product.list` tells it of that day. Of a member: those with a
    /// listing of theirs, by these listings alone. A listing is a member's from the day it was listed when they are named on
    /// it as helper, and from the first day they looked at it.
    pub online: OnPlatforms,
    /// Listings that somebody looked at in the month, each once; of a member, that they looked at.
    pub looked: u32,
    /// Listings of which the maker told how they stand in the month, and nobody looked.
    pub told: u32,
}

/// Listings at a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Stage {
    /// Code of `listing_state`: of the latest look by the day, else as it was written down.
    pub state: String,
    /// Listings there.
    pub listings: u32,
}

/// Products over the months.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProductMonths {
    /// The day the last month ends on.
    pub day: LocalDate,
    /// The months, the oldest first.
    pub months: Vec<ProductMonth>,
    /// Listings by stage on that day, in the order of the catalog; stages without one are left out.
    pub stages: Vec<Stage>,
}

/// `product.months`
pub(crate) fn months(desk: &mut Desk<'_>, input: MonthsInput) -> Called<ProductMonths> {
    let asked = Asked::read(desk, input)?;
    let platforms = economy::platforms(desk)?;
    let all = economy::products(desk)?;
    let me = asked.me.as_deref();
    let month = |month: &Month| {
        let pairs: Vec<(Vec<Certificate>, Vec<Listing>)> = all
            .iter()
            .filter_map(|one| pair(one, me, month.until))
            .collect();
        let pairs = pairs.iter().map(|(held, on)| (&held[..], &on[..]));
        let told = gauge(pairs, &platforms, month.until);
        let listings = all.iter().flat_map(|one| &one.listings);
        let looks: Vec<bool> = listings
            .filter_map(|one| looked_in(one, me, month))
            .collect();
        ProductMonth {
            of: month.into(),
            online: OnPlatforms {
                products: told.products,
                verified: told.verified,
                declared: told.declared,
            },
            looked: count(looks.iter().filter(|seen| **seen).count()),
            told: count(looks.iter().filter(|seen| !**seen).count()),
        }
    };
    let listings = all.iter().flat_map(|one| &one.listings);
    Ok(ProductMonths {
        day: asked.day,
        months: asked.months.iter().map(month).collect(),
        stages: stages(listings.filter(|one| is_of(one, me, asked.day)), asked.day),
    })
}

/// A product's certificates, and those of its listings that are asked for; of a member, nothing where none is.
fn pair(
    one: &Product,
    me: Option<&[RecordId]>,
    day: LocalDate,
) -> Option<(Vec<Certificate>, Vec<Listing>)> {
    let on = one.listings.iter().filter(|on| is_of(on, me, day));
    let on: Vec<Listing> = on.map(|on| on.listing.clone()).collect();
    (me.is_none() || !on.is_empty()).then(|| (one.held(), on))
}

/// Whether a listing is asked for as of a day.
fn is_of(one: &Listed, me: Option<&[RecordId]>, day: LocalDate) -> bool {
    let Some(me) = me else { return true };
    let helped = one.row.names_one_of("members", me)
        && one.listing.listed_on.is_none_or(|listed| listed <= day);
    let looked = |look: &economy::Row| {
        look.names_one_of("members", me) && look.day("checked_on").is_some_and(|on| on <= day)
    };
    helped || one.checks.iter().any(looked)
}

/// Whether a listing was looked at in a month; false when the maker only told it, nothing when neither was.
fn looked_in(one: &Listed, me: Option<&[RecordId]>, month: &Month) -> Option<bool> {
    // A check written into the listing itself, before checks were records, is of who is named there.
    let own = (&one.row, one.row.day("checked_on"), "check_method");
    let checks = one.checks.iter();
    let checks = checks.map(|look| (look, look.day("checked_on"), "method"));
    checks
        .chain([own])
        .filter(|(_, on, _)| on.is_some_and(|on| month.holds(on)))
        .filter(|(row, ..)| me.is_none_or(|me| row.names_one_of("members", me)))
        .map(|(row, _, method)| row.text(method) != TOLD)
        .max()
}

fn stages<'a>(listings: impl Iterator<Item = &'a Listed>, day: LocalDate) -> Vec<Stage> {
    let mut found: BTreeMap<String, u32> = BTreeMap::new();
    for one in listings {
        let look = latest(&one.listing.looks, day);
        let state = look.map_or(&one.listing.state, |look| &look.found.result);
        *found.entry(state.clone()).or_default() += 1;
    }
    in_order("listing_state", found.keys())
        .into_iter()
        .filter_map(|state| {
            let listings = found.get(&state).copied()?;
            Some(Stage { state, listings })
        })
        .collect()
}

/// Codes in the order of their catalog; those this version does not know come last.
pub(super) fn in_order<'a>(name: &str, codes: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut left: BTreeSet<&String> = codes.collect();
    let known = catalog::items(name).iter().map(|one| &one.code);
    let mut out: Vec<String> = known.filter(|code| left.remove(code)).cloned().collect();
    out.extend(left.into_iter().cloned());
    out
}
