//! A title a household was given, as *Gia đình số*, and by which answers.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A title of a household.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HouseholdBadge {
    /// Household.
    #[schemars(extend("x-ref" = "household"), extend("x-follow" = true), extend("x-step" = 1))]
    pub household: RecordId,
    /// Title.
    #[schemars(extend("x-catalog" = "badge"), extend("x-step" = 1))]
    pub badge: String,
    /// Day of the decision.
    #[schemars(extend("x-step" = 1))]
    pub day: LocalDate,
    /// What the household does.
    #[schemars(extend("x-catalog" = "badge_criterion"), extend("x-merge" = "set"), extend("x-step" = 1))]
    #[serde(default)]
    pub criteria: BTreeSet<String>,
    /// The decision.
    #[schemars(extend("x-catalog" = "badge_result"), extend("x-step" = 2))]
    pub result: String,
    /// Who decided.
    #[schemars(length(max = 120), extend("x-step" = 2))]
    pub decided_by: Option<String>,
    /// Number of the decision.
    #[schemars(length(max = 60), extend("x-step" = 2))]
    pub decision_no: Option<String>,
    /// Last day it holds.
    #[schemars(extend("x-step" = 2))]
    pub valid_to: Option<LocalDate>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub note: Option<String>,
}

impl Kept for HouseholdBadge {
    fn doubts(&self) -> Vec<Problem> {
        if self.valid_to.is_some_and(|to| to < self.day) {
            return vec![Problem::new("valid_to", "too_early")];
        }
        Vec::new()
    }
}
