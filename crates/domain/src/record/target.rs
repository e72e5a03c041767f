//! A figure to be reached in a period, by the commune, one team or one village.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A figure to be reached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// What is counted.
    #[schemars(extend("x-catalog" = "target_indicator"), extend("x-step" = 1))]
    pub indicator: String,
    /// How much.
    #[schemars(range(min = 0, max = 10000000), extend("x-step" = 1))]
    pub value: u32,
    /// First day of the period.
    #[schemars(extend("x-step" = 1))]
    pub from: LocalDate,
    /// Last day of the period.
    #[schemars(extend("x-step" = 1))]
    pub to: LocalDate,
    /// Team; none: the whole commune.
    #[schemars(extend("x-ref" = "team"), extend("x-step" = 1))]
    pub team: Option<RecordId>,
    /// Plan it belongs to.
    #[schemars(extend("x-ref" = "plan"), extend("x-step" = 2))]
    pub plan: Option<RecordId>,
    /// Document that sets it.
    #[schemars(length(max = 160), extend("x-private" = "P0"), extend("x-step" = 2))]
    pub source: Option<String>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub note: Option<String>,
}

impl Kept for Target {
    fn doubts(&self) -> Vec<Problem> {
        if self.to < self.from {
            return vec![Problem::new("to", "too_early")];
        }
        Vec::new()
    }
}
