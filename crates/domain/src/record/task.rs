//! Something to do until a day, for a household, a village or the team.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Something to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Task {
    /// What is to be done.
    #[schemars(length(max = 120), extend("x-find" = true), extend("x-step" = 1))]
    pub title: String,
    /// Household.
    #[schemars(extend("x-ref" = "household"), extend("x-step" = 1))]
    pub household: Option<RecordId>,
    /// Plan it belongs to.
    #[schemars(extend("x-ref" = "plan"), extend("x-step" = 1))]
    pub plan: Option<RecordId>,
    /// Members who do it; none: whoever comes by.
    #[schemars(extend("x-ref" = "member"), extend("x-merge" = "set"), extend("x-step" = 1))]
    #[serde(default)]
    pub assigned: BTreeSet<RecordId>,
    /// Last day.
    #[schemars(extend("x-step" = 1))]
    pub due_on: Option<LocalDate>,
    /// How pressing.
    #[schemars(extend("x-catalog" = "priority"), extend("x-step" = 2))]
    pub priority: Option<String>,
    /// How it stands.
    #[schemars(extend("x-catalog" = "task_state"), extend("x-step" = 2))]
    pub state: String,
    /// Day it was done.
    #[schemars(extend("x-when" = {"field":"state","in":["xong"]}), extend("x-step" = 2))]
    pub done_on: Option<LocalDate>,
    /// What came of it.
    #[schemars(length(max = 500), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub result: Option<String>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 3))]
    pub note: Option<String>,
}

impl Kept for Task {
    fn doubts(&self) -> Vec<Problem> {
        Vec::new()
    }
}
