//! A plan of the commune with its days: a peak period, a yearly programme.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A plan of the commune.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// Title.
    #[schemars(length(max = 160), extend("x-find" = true), extend("x-step" = 1))]
    pub title: String,
    /// First day.
    #[schemars(extend("x-step" = 1))]
    pub from: LocalDate,
    /// Last day.
    #[schemars(extend("x-step" = 1))]
    pub to: Option<LocalDate>,
    /// Teams that take part; none: all.
    #[schemars(extend("x-ref" = "team"), extend("x-merge" = "set"), extend("x-step" = 1))]
    #[serde(default)]
    pub teams: BTreeSet<RecordId>,
    /// What it is about.
    #[schemars(extend("x-catalog" = "topic"), extend("x-merge" = "set"), extend("x-step" = 1))]
    #[serde(default)]
    pub topics: BTreeSet<String>,
    /// Number of the document.
    #[schemars(length(max = 60), extend("x-private" = "P0"), extend("x-step" = 2))]
    pub decision_no: Option<String>,
    /// How it stands.
    #[schemars(extend("x-catalog" = "task_state"), extend("x-step" = 2))]
    pub state: Option<String>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub note: Option<String>,
}

impl Kept for Plan {
    fn doubts(&self) -> Vec<Problem> {
        if self.to.is_some_and(|to| to < self.from) {
            return vec![Problem::new("to", "too_early")];
        }
        Vec::new()
    }
}
