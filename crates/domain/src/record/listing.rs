//! A product on one platform.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A product on one platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Listing {
    /// Product.
    #[schemars(extend("x-ref" = "ocop_product"), extend("x-step" = 1))]
    pub product: RecordId,
    /// Platform.
    #[schemars(extend("x-catalog" = "platform"), extend("x-step" = 1))]
    pub platform: String,
    /// Name of the shop there.
    #[schemars(length(max = 160), extend("x-find" = true), extend("x-step" = 1))]
    pub shop_name: Option<String>,
    /// Address of the product page; typed or scanned, checked at the office.
    #[schemars(length(max = 500), extend("x-scan" = "address"), extend("x-step" = 1))]
    pub url: Option<String>,
    /// The platform's own number of the product, where the address says less.
    #[schemars(length(max = 80), extend("x-step" = 2))]
    pub platform_product_id: Option<String>,
    /// Price there, in đồng.
    #[schemars(extend("x-unit" = "dong"), extend("x-step" = 2))]
    pub price_listed: Option<u32>,
    /// How far it is.
    #[schemars(extend("x-catalog" = "listing_state"), extend("x-step" = 2))]
    pub state: String,
    /// Day it was listed.
    #[schemars(extend("x-step" = 2))]
    pub listed_on: Option<LocalDate>,
    /// Day of the last check, until checks became records of their own.
    #[schemars(extend("x-former" = true), extend("x-step" = 2))]
    pub checked_on: Option<LocalDate>,
    /// How it was checked, until then.
    #[schemars(extend("x-catalog" = "check_method"), extend("x-former" = true), extend("x-step" = 2))]
    pub check_method: Option<String>,
    /// Members who helped.
    #[schemars(extend("x-ref" = "member"), extend("x-merge" = "set"), extend("x-step" = 2))]
    #[serde(default)]
    pub members: BTreeSet<RecordId>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub note: Option<String>,
    /// Photos, by the names their files have (at most 58 bytes). No faces without consent, no papers ever.
    #[schemars(extend("x-merge" = "set"), extend("x-private" = "P2"), extend("x-step" = 2))]
    #[serde(default)]
    pub photo: BTreeSet<String>,
}

impl Kept for Listing {
    fn doubts(&self) -> Vec<Problem> {
        if self.checked_on < self.listed_on && self.checked_on.is_some() {
            return vec![Problem::new("checked_on", "too_early")];
        }
        Vec::new()
    }
}
