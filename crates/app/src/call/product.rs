//! `product.list`: products with what counts on a day, and how many are sold online.

use crate::app::Desk;
use crate::economy::{self, Listed, Product, Standings};
use crate::error::Called;
use crate::house;
use crate::lease;
use crate::standing::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use toso_domain::economy::{
    Certificate, Counting, LISTING_DAYS, Listing, Standing, certificate_on, ends_soon, gauge,
    latest, standing_on,
};
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::sort;
use toso_domain::time::LocalDate;

/// Input of `product.list`.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductInput {
    /// The day, ISO; today by this device's clock unless said.
    pub day: Option<LocalDate>,
}

/// Products on platforms as of a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OnPlatforms {
    /// Products with a certificate that counts (O01).
    pub products: u32,
    /// Of these, seen on a platform that counts within 90 days (O02).
    pub verified: u32,
    /// Of these, seen there or said to be there (O03).
    pub declared: u32,
}

/// How a product stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProductStanding {
    /// A certificate counts.
    Certified,
    /// One ended and none followed.
    Expired,
    /// The latest was taken back.
    Revoked,
    /// It never had one.
    Candidate,
}

/// How a listing counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListingCounts {
    /// Not at all.
    No,
    /// Somebody says so.
    Declared,
    /// Somebody saw it within 90 days.
    Verified,
}

/// A listing of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ListedOn {
    /// Its id.
    pub id: RecordId,
    /// Code of the platform.
    pub platform: String,
    /// Name of the shop there.
    pub shop_name: Option<String>,
    /// Code of how far it is: of the latest look, else as it was written down.
    pub state: String,
    /// How it counts.
    pub counts: ListingCounts,
    /// Day of the latest look.
    pub checked_on: Option<LocalDate>,
    /// Days that look still holds; below 0 when it no longer does.
    pub days_left: Option<i64>,
    /// Somebody is to look again.
    pub due: bool,
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProductRow {
    /// Its id.
    pub id: RecordId,
    /// Its space.
    pub space: SpaceId,
    /// Its name.
    pub title: String,
    /// Who makes it.
    pub subject: Option<String>,
    /// Code of its group.
    pub group: Option<String>,
    /// Code of how far it is, as it was written down.
    pub state: String,
    /// How it stands on the day.
    pub standing: ProductStanding,
    /// Stars of the certificate that counts.
    pub stars: Option<u8>,
    /// Last day of that certificate, or of the latest that no longer counts.
    pub ends_on: Option<LocalDate>,
    /// It ends within six months and none follows.
    pub ends_soon: bool,
    /// The maker can prove who sells: code of `yes_no`, as asked about the product, else as known of its maker.
    pub seller_ready: Option<String>,
    /// Where it is sold.
    pub listings: Vec<ListedOn>,
    /// Where its changes are, and those of its certificates, listings and checks.
    pub sync: State,
}

/// Products as of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Products {
    /// The day.
    pub day: LocalDate,
    /// Codes of the platforms that count here.
    pub platforms: BTreeSet<String>,
    /// How many are sold online.
    pub online: OnPlatforms,
    /// Products that end within six months (O05).
    pub ends_soon: u32,
    /// Listings to look at again.
    pub due: u32,
    /// All of them, by the Vietnamese alphabet.
    pub items: Vec<ProductRow>,
}

/// `product.list`
pub(crate) fn list(desk: &mut Desk<'_>, input: ProductInput) -> Called<Products> {
    lease::lists(desk.device, desk.now)?;
    let day = input.day.unwrap_or_else(|| house::today(desk));
    let platforms = economy::platforms(desk)?;
    let all = economy::products(desk)?;
    let standings = Standings::read(desk)?;
    let pairs: Vec<(Vec<Certificate>, Vec<Listing>)> = all.iter().map(pair).collect();
    let told = gauge(
        pairs.iter().map(|(held, on)| (&held[..], &on[..])),
        &platforms,
        day,
    );
    let mut items: Vec<ProductRow> = all
        .iter()
        .map(|one| row(one, day, &platforms, &standings))
        .collect();
    items.sort_by_cached_key(|one| (sort::text_key(&one.title), one.id));
    let listings = items.iter().flat_map(|one| &one.listings);
    let due = listings.filter(|one| one.due).count();
    Ok(Products {
        day,
        online: OnPlatforms {
            products: told.products,
            verified: told.verified,
            declared: told.declared,
        },
        ends_soon: count(items.iter().filter(|one| one.ends_soon).count()),
        due: count(due),
        platforms,
        items,
    })
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn pair(one: &Product) -> (Vec<Certificate>, Vec<Listing>) {
    let listings = one.listings.iter().map(|on| on.listing.clone());
    (one.held(), listings.collect())
}

fn row(
    one: &Product,
    day: LocalDate,
    platforms: &BTreeSet<String>,
    standings: &Standings,
) -> ProductRow {
    let held = one.held();
    let counts = certificate_on(&held, day);
    let issued = held.iter().filter(|held| held.issued_on <= day);
    let last = counts.or_else(|| issued.max_by_key(|held| held.issued_on).copied());
    ProductRow {
        id: one.row.own_id(),
        space: one.row.space(),
        title: one.row.text("title"),
        subject: one.row.some("subject_name"),
        group: one.row.some("group"),
        state: one.row.text("state"),
        standing: match standing_on(&held, day) {
            Standing::Certified => ProductStanding::Certified,
            Standing::Expired => ProductStanding::Expired,
            Standing::Revoked => ProductStanding::Revoked,
            Standing::Candidate => ProductStanding::Candidate,
        },
        stars: counts.map(|held| held.stars),
        ends_on: last.map(|held| held.ends_on()),
        ends_soon: ends_soon(&held, day),
        seller_ready: one.seller_ready.clone(),
        listings: one
            .listings
            .iter()
            .map(|on| listed_on(on, day, platforms))
            .collect(),
        sync: standings.of(one.row.space(), one.records()),
    }
}

fn listed_on(one: &Listed, day: LocalDate, platforms: &BTreeSet<String>) -> ListedOn {
    let look = latest(&one.listing.looks, day);
    let checked_on = look.map(|look| look.on);
    ListedOn {
        id: one.row.own_id(),
        platform: one.listing.platform.clone(),
        shop_name: one.row.some("shop_name"),
        state: look.map_or_else(
            || one.listing.state.clone(),
            |look| look.found.result.clone(),
        ),
        counts: match one.listing.counts_on(day, platforms) {
            Counting::No => ListingCounts::No,
            Counting::Declared => ListingCounts::Declared,
            Counting::Verified => ListingCounts::Verified,
        },
        checked_on,
        days_left: checked_on.map(|on| LISTING_DAYS - day.days_since(on)),
        due: one.listing.is_due(day),
    }
}
