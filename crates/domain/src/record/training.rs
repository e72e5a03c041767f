//! A training the members took.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A training of members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Training {
    /// Title.
    #[schemars(length(max = 160), extend("x-find" = true), extend("x-step" = 1))]
    pub title: String,
    /// First day.
    #[schemars(extend("x-step" = 1))]
    pub day: LocalDate,
    /// Last day, when it took several.
    #[schemars(extend("x-step" = 1))]
    pub to: Option<LocalDate>,
    /// How it was held.
    #[schemars(extend("x-catalog" = "training_mode"), extend("x-step" = 1))]
    pub mode: Option<String>,
    /// Hours in all.
    #[schemars(range(min = 1, max = 400), extend("x-unit" = "gio"), extend("x-step" = 1))]
    pub hours: Option<u16>,
    /// Members who took it.
    #[schemars(extend("x-ref" = "member"), extend("x-merge" = "set"), extend("x-step" = 1))]
    #[serde(default)]
    pub members: BTreeSet<RecordId>,
    /// What it was about.
    #[schemars(extend("x-catalog" = "topic"), extend("x-merge" = "set"), extend("x-step" = 2))]
    #[serde(default)]
    pub topics: BTreeSet<String>,
    /// Who held it.
    #[schemars(length(max = 120), extend("x-step" = 2))]
    pub organiser: Option<String>,
    /// How it ended for them.
    #[schemars(extend("x-catalog" = "training_result"), extend("x-step" = 2))]
    pub result: Option<String>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub note: Option<String>,
}

impl Kept for Training {
    fn doubts(&self) -> Vec<Problem> {
        if self.to.is_some_and(|to| to < self.day) {
            return vec![Problem::new("to", "too_early")];
        }
        Vec::new()
    }
}
