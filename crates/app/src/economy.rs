//! Products with their certificates and listings, and stores with their checks, read off the tables once.

use crate::app::Desk;
use crate::error::Called;
use crate::standing::{self, Standing, State};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::catalog;
use toso_domain::economy::{Certificate, Listing, Look, Seen, StoreSeen};
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::time::LocalDate;

/// List of the marketplaces in the catalog of platforms: those that count where nobody says which.
const MARKETPLACES: &str = "san_tmdt";

/// How a look was made that was none: the maker told it.
pub(crate) const TOLD: &str = "chu_the_khai";

/// A row of a kind's table.
pub(crate) struct Row(Map<String, Value>);

impl Row {
    pub(crate) fn text(&self, field: &str) -> String {
        let found = self.0.get(field).and_then(Value::as_str);
        found.unwrap_or_default().to_owned()
    }

    pub(crate) fn some(&self, field: &str) -> Option<String> {
        Some(self.text(field)).filter(|text| !text.is_empty())
    }

    pub(crate) fn id(&self, field: &str) -> Option<RecordId> {
        self.text(field).parse().ok()
    }

    pub(crate) fn day(&self, field: &str) -> Option<LocalDate> {
        self.text(field).parse().ok()
    }

    /// Whether a field that names members, or the other records of a set, names one of `among`.
    pub(crate) fn names_one_of(&self, field: &str, among: &[RecordId]) -> bool {
        let set: Vec<String> = serde_json::from_str(&self.text(field)).unwrap_or_default();
        set.iter()
            .filter_map(|id| id.parse().ok())
            .any(|id| among.contains(&id))
    }

    pub(crate) fn number(&self, field: &str) -> Option<i64> {
        self.0.get(field).and_then(Value::as_i64)
    }

    pub(crate) fn own_id(&self) -> RecordId {
        self.id("id").unwrap_or(RecordId::from_bytes([0; 16]))
    }

    pub(crate) fn space(&self) -> SpaceId {
        self.own_id_of("space").into()
    }

    fn own_id_of(&self, field: &str) -> RecordId {
        self.id(field).unwrap_or(RecordId::from_bytes([0; 16]))
    }

    /// When it was written down, for two of one day.
    pub(crate) fn written(&self) -> i64 {
        self.number("recorded_at")
            .or_else(|| self.number("updated"))
            .unwrap_or(0)
    }
}

/// All rows of a kind, by id.
pub(crate) fn rows(desk: &Desk<'_>, kind: &'static str) -> Called<Vec<Row>> {
    chosen(desk, &format!("SELECT * FROM \"{kind}\" ORDER BY id"), &[])
}

/// Rows of a reading statement of the program's own.
pub(crate) fn chosen(desk: &Desk<'_>, sql: &str, values: &[Value]) -> Called<Vec<Row>> {
    let found = desk.device.copy.shelf.store.query(sql, values)?;
    Ok(found.into_iter().map(Row).collect())
}

/// Rows by what one of their fields names.
fn by(rows: Vec<Row>, field: &str) -> BTreeMap<RecordId, Vec<Row>> {
    let mut out: BTreeMap<RecordId, Vec<Row>> = BTreeMap::new();
    for row in rows {
        if let Some(id) = row.id(field) {
            out.entry(id).or_default().push(row);
        }
    }
    out
}

/// A listing with its row.
pub(crate) struct Listed {
    pub(crate) row: Row,
    pub(crate) listing: Listing,
    /// Looks, the rows of their records.
    pub(crate) checks: Vec<Row>,
}

/// A product with all that belongs to it.
pub(crate) struct Product {
    pub(crate) row: Row,
    pub(crate) certificates: Vec<(RecordId, Certificate)>,
    pub(crate) listings: Vec<Listed>,
    /// Whether its maker can prove who sells: what was asked about this product, else what is known of the maker.
    pub(crate) seller_ready: Option<String>,
}

impl Product {
    pub(crate) fn held(&self) -> Vec<Certificate> {
        self.certificates.iter().map(|(_, one)| *one).collect()
    }

    /// Every record of it, for where its changes are.
    pub(crate) fn records(&self) -> impl Iterator<Item = RecordId> {
        let listings = self.listings.iter();
        let listings =
            listings.flat_map(|one| one.checks.iter().map(Row::own_id).chain([one.row.own_id()]));
        let certificates = self.certificates.iter().map(|(id, _)| *id);
        certificates.chain(listings).chain([self.row.own_id()])
    }
}

/// Every product here.
pub(crate) fn products(desk: &Desk<'_>) -> Called<Vec<Product>> {
    let mut certificates = by(rows(desk, "ocop_certificate")?, "product");
    let mut listings = by(rows(desk, "listing")?, "product");
    let mut checks = by(rows(desk, "listing_check")?, "listing");
    let makers: BTreeMap<RecordId, String> = rows(desk, "ocop_subject")?
        .iter()
        .filter_map(|maker| Some((maker.own_id(), maker.some("vneid_ready")?)))
        .collect();
    let products = rows(desk, "ocop_product")?.into_iter();
    Ok(products
        .map(|row| {
            let id = row.own_id();
            let held = certificates.remove(&id).unwrap_or_default();
            let on = listings.remove(&id).unwrap_or_default();
            let known = || makers.get(&row.id("subject")?).cloned();
            Product {
                seller_ready: row.some("seller_ready").or_else(known),
                certificates: certificates_of(&row, &held),
                listings: on
                    .into_iter()
                    .map(|row| {
                        let looks = checks.remove(&row.own_id()).unwrap_or_default();
                        listed(row, looks)
                    })
                    .collect(),
                row,
            }
        })
        .collect())
}

/// Certificates of a product. One that was written into the product itself, before certificates were records, counts while no
/// record was made of any.
fn certificates_of(product: &Row, held: &[Row]) -> Vec<(RecordId, Certificate)> {
    let read = |row: &Row, issued: &str, expires: &str| {
        Some(Certificate {
            stars: u8::try_from(row.number("stars")?).ok()?,
            issued_on: row.day(issued)?,
            expires_on: row.day(expires),
            revoked_on: row.day("revoked_on"),
        })
    };
    if held.is_empty() {
        let former = read(product, "certified_on", "certificate_until");
        return former
            .map(|one| (product.own_id(), one))
            .into_iter()
            .collect();
    }
    let all = held.iter();
    all.filter_map(|row| Some((row.own_id(), read(row, "issued_on", "expires_on")?)))
        .collect()
}

fn listed(row: Row, looks: Vec<Row>) -> Listed {
    let read = |look: &Row| {
        Some(Look {
            on: look.day("checked_on")?,
            recorded_at: look.written(),
            found: Seen {
                result: look.text("result"),
                told_only: look.text("method") == TOLD,
            },
        })
    };
    let mut seen: Vec<Look<Seen>> = looks.iter().filter_map(read).collect();
    // A check written into the listing itself, before checks were records.
    if let Some(on) = row.day("checked_on") {
        seen.push(Look {
            on,
            recorded_at: 0,
            found: Seen {
                result: row.text("state"),
                told_only: row.text("check_method") == TOLD,
            },
        });
    }
    Listed {
        listing: Listing {
            platform: row.text("platform"),
            state: row.text("state"),
            listed_on: row.day("listed_on"),
            looks: seen,
        },
        checks: looks,
        row,
    }
}

/// A store with its checks.
pub(crate) struct Shop {
    pub(crate) row: Row,
    pub(crate) looks: Vec<Look<StoreSeen>>,
    pub(crate) checks: Vec<Row>,
}

/// Every store here.
pub(crate) fn shops(desk: &Desk<'_>) -> Called<Vec<Shop>> {
    let mut checks = by(rows(desk, "store_check")?, "store");
    let read = |look: &Row| {
        Some(Look {
            on: look.day("checked_on")?,
            recorded_at: look.written(),
            found: StoreSeen {
                level: look.text("level"),
                state: look.text("state"),
                orders: look.some("orders"),
            },
        })
    };
    let shops = rows(desk, "digital_store")?.into_iter();
    Ok(shops
        .map(|row| {
            let checks = checks.remove(&row.own_id()).unwrap_or_default();
            Shop {
                looks: checks.iter().filter_map(read).collect(),
                checks,
                row,
            }
        })
        .collect())
}

/// Platforms that count for the goal: those the commune, or its province, names; else the marketplaces.
pub(crate) fn platforms(desk: &Desk<'_>) -> Called<BTreeSet<String>> {
    let mut unit = desk.device.commune()?.map(RecordId::from);
    // Communes belong to provinces, and nothing to nothing above: a ring ends.
    for _ in 0..4 {
        let Some(id) = unit else { break };
        let Some(record) = desk.device.copy.shelf.store.find(id)?.into_iter().next() else {
            break;
        };
        let named = record
            .row
            .body
            .get("ocop_platforms")
            .and_then(Value::as_array);
        let named: BTreeSet<String> = named
            .into_iter()
            .flatten()
            .filter_map(|code| code.as_str().map(str::to_owned))
            .collect();
        if !named.is_empty() {
            return Ok(named);
        }
        unit = crate::house::id_in(&record.row.body, "parent");
    }
    let all = catalog::items("platform").iter();
    let markets = all.filter(|one| one.lists.iter().any(|list| list == MARKETPLACES));
    Ok(markets.map(|one| one.code.clone()).collect())
}

/// Where changes of several records of a space are: the worst counts.
pub(crate) struct Standings(BTreeMap<SpaceId, Standing>);

impl Standings {
    pub(crate) fn read(desk: &mut Desk<'_>) -> Called<Self> {
        let mut out = BTreeMap::new();
        for space in desk.device.spaces()? {
            out.insert(space, standing::open(desk.device, space)?);
        }
        Ok(Self(out))
    }

    pub(crate) fn of(&self, space: SpaceId, records: impl Iterator<Item = RecordId>) -> State {
        let Some(standing) = self.0.get(&space) else {
            return State::Kept;
        };
        let states: Vec<State> = records.map(|id| standing.of(&id)).collect();
        let has = |state| states.contains(&state);
        if has(State::Refused) {
            State::Refused
        } else if has(State::Waiting) {
            State::Waiting
        } else {
            State::Kept
        }
    }
}
