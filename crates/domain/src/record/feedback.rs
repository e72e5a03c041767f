//! What somebody complains of, asks for or reports, and what became of it.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A complaint, a difficulty or a need.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Feedback {
    /// Household.
    #[schemars(extend("x-ref" = "household"), extend("x-step" = 1))]
    pub household: Option<RecordId>,
    /// Person it came from; none when unnamed.
    #[schemars(extend("x-ref" = "citizen"), extend("x-step" = 1))]
    pub citizen: Option<RecordId>,
    /// Village, when no household is named.
    #[schemars(extend("x-ref" = "unit"), extend("x-step" = 1))]
    pub village: Option<RecordId>,
    /// Day it was heard.
    #[schemars(extend("x-step" = 1))]
    pub day: LocalDate,
    /// What it is about.
    #[schemars(extend("x-catalog" = "feedback_kind"), extend("x-step" = 1))]
    pub feedback_kind: String,
    /// What was said.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 1))]
    pub text: String,
    /// How pressing.
    #[schemars(extend("x-catalog" = "priority"), extend("x-step" = 2))]
    pub priority: Option<String>,
    /// Body it was passed to.
    #[schemars(length(max = 120), extend("x-step" = 2))]
    pub routed_to: Option<String>,
    /// How it stands.
    #[schemars(extend("x-catalog" = "feedback_state"), extend("x-step" = 2))]
    pub state: String,
    /// The answer.
    #[schemars(length(max = 2000), extend("x-when" = {"field":"state","in":["da_tra_loi","dong"]}), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub reply: Option<String>,
    /// Day of the answer.
    #[schemars(extend("x-when" = {"field":"state","in":["da_tra_loi","dong"]}), extend("x-step" = 2))]
    pub replied_on: Option<LocalDate>,
    /// Members who heard it.
    #[schemars(extend("x-ref" = "member"), extend("x-merge" = "set"), extend("x-step" = 3))]
    #[serde(default)]
    pub members: BTreeSet<RecordId>,
}

impl Kept for Feedback {
    fn doubts(&self) -> Vec<Problem> {
        if self.replied_on.is_some_and(|day| day < self.day) {
            return vec![Problem::new("replied_on", "too_early")];
        }
        Vec::new()
    }
}
