//! A household, a shop or another door. Known by head, village, cluster and landmark: there is no public household number.

use crate::id::RecordId;
use crate::location::Location;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A household, a shop or another door.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Household {
    /// Name of the head.
    #[schemars(length(max = 80), extend("x-find" = true), extend("x-private" = "P2"), extend("x-step" = 1))]
    pub head_name: String,
    /// Village.
    #[schemars(extend("x-ref" = "unit"), extend("x-step" = 1))]
    pub village: Option<RecordId>,
    /// Cluster or hamlet inside the village.
    #[schemars(length(max = 80), extend("x-find" = true), extend("x-step" = 1))]
    pub cluster: Option<String>,
    /// Address as people say it.
    #[schemars(length(max = 200), extend("x-find" = true), extend("x-private" = "P2"), extend("x-step" = 1))]
    pub address: Option<String>,
    /// Agreed to be written down and followed up; a withdrawal beats any other answer. Empty until asked.
    #[schemars(extend("x-catalog" = "consent"), extend("x-merge" = "safe:rut_lai"), extend("x-private" = "P2"), extend("x-step" = 1))]
    pub consent: Option<String>,
    /// Day of that answer.
    #[schemars(extend("x-when" = {"field":"consent","in":["dong_y","khong_dong_y","rut_lai"]}), extend("x-private" = "P2"), extend("x-step" = 1))]
    pub consent_on: Option<LocalDate>,
    /// What proves the answer.
    #[schemars(extend("x-catalog" = "consent_method"), extend("x-when" = {"field":"consent","in":["dong_y","rut_lai"]}), extend("x-private" = "P2"), extend("x-step" = 1))]
    pub consent_method: Option<String>,
    /// What helps to find the door.
    #[schemars(length(max = 200), extend("x-private" = "P2"), extend("x-consent" = "quan_ly_ho_tro"), extend("x-step" = 1))]
    pub landmark: Option<String>,
    /// Phone of the household, E.164; may be shared, so never a key.
    #[schemars(length(max = 20), extend("x-find" = true), extend("x-private" = "P2"), extend("x-consent" = "quan_ly_ho_tro"), extend("x-step" = 1))]
    pub phone: Option<String>,
    /// Number the commune gave.
    #[schemars(length(max = 24), extend("x-find" = true), extend("x-step" = 1))]
    pub local_code: Option<String>,
    /// Kind of household.
    #[schemars(extend("x-catalog" = "household_kind"), extend("x-step" = 2))]
    pub household_kind: Option<String>,
    /// People living here.
    #[schemars(range(min = 0, max = 200), extend("x-unit" = "nguoi"), extend("x-step" = 2))]
    pub people: Option<u16>,
    /// Adults among them.
    #[schemars(range(min = 0, max = 200), extend("x-unit" = "nguoi"), extend("x-step" = 2))]
    pub adults: Option<u16>,
    /// Language to speak at this door.
    #[schemars(extend("x-catalog" = "language"), extend("x-step" = 2))]
    pub language: Option<String>,
    /// Whether they live here.
    #[schemars(extend("x-catalog" = "residence"), extend("x-step" = 2))]
    pub residence: Option<String>,
    /// Where the door is, rounded to about 100 m; only when the member's device may know it.
    #[schemars(extend("x-private" = "P2"), extend("x-consent" = "quan_ly_ho_tro"), extend("x-step" = 2))]
    pub location: Option<Location>,
    /// Members it is assigned to.
    #[schemars(extend("x-ref" = "member"), extend("x-merge" = "set"), extend("x-step" = 3))]
    #[serde(default)]
    pub assigned: BTreeSet<RecordId>,
    /// Households that look alike and are not this one.
    #[schemars(extend("x-ref" = "household"), extend("x-merge" = "set"), extend("x-step" = 3))]
    #[serde(default)]
    pub not_same: BTreeSet<RecordId>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-consent" = "quan_ly_ho_tro"), extend("x-step" = 3))]
    pub note: Option<String>,
}

impl Kept for Household {
    fn doubts(&self) -> Vec<Problem> {
        if self.adults > self.people {
            return vec![Problem::new("adults", "more_than_all")];
        }
        Vec::new()
    }
}
