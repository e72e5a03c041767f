//! One look at a listing: what was found on a day. Never rewritten; the latest counts.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One look at a listing: what was found on a day. Never rewritten; the latest counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ListingCheck {
    /// Listing.
    #[schemars(extend("x-ref" = "listing"), extend("x-follow" = true), extend("x-step" = 1))]
    pub listing: RecordId,
    /// Product, so that it is told with it.
    #[schemars(extend("x-ref" = "ocop_product"), extend("x-step" = 1))]
    pub product: RecordId,
    /// Day of the look.
    #[schemars(extend("x-step" = 1))]
    pub checked_on: LocalDate,
    /// How it was looked at.
    #[schemars(extend("x-catalog" = "check_method"), extend("x-step" = 1))]
    pub method: String,
    /// What was found.
    #[schemars(extend("x-catalog" = "listing_state"), extend("x-step" = 1))]
    pub result: String,
    /// Members who looked.
    #[schemars(extend("x-ref" = "member"), extend("x-merge" = "set"), extend("x-step" = 1))]
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

impl Kept for ListingCheck {
    fn doubts(&self) -> Vec<Problem> {
        Vec::new()
    }
}
