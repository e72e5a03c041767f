//! The digital status of a person or a household in one topic, as seen on one day. Never rewritten: a new observation is a new
//! record, and the latest counts.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One observation of a digital status.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Status {
    /// Household.
    #[schemars(extend("x-ref" = "household"), extend("x-follow" = true), extend("x-step" = 1))]
    pub household: Option<RecordId>,
    /// Person; none for the whole household.
    #[schemars(extend("x-ref" = "citizen"), extend("x-step" = 1))]
    pub citizen: Option<RecordId>,
    /// What is observed.
    #[schemars(extend("x-catalog" = "status_topic"), extend("x-step" = 1))]
    pub topic: String,
    /// What it is.
    #[schemars(extend("x-catalog" = "status_value"), extend("x-within" = "topic"), extend("x-step" = 1))]
    pub value: String,
    /// Day of the observation.
    #[schemars(extend("x-step" = 1))]
    pub observed_on: LocalDate,
    /// How it is known.
    #[schemars(extend("x-catalog" = "observed_by"), extend("x-step" = 2))]
    pub observed_by: Option<String>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub note: Option<String>,
}

impl Kept for Status {
    fn doubts(&self) -> Vec<Problem> {
        if self.household.is_none() && self.citizen.is_none() {
            return vec![Problem::new("household", "nowhere")];
        }
        Vec::new()
    }
}
