//! An administrative unit or a place inside it: province, commune, village. Codes change and return with another meaning, so a unit is its id.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An administrative unit or a place inside it: province, commune, village.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Unit {
    /// Name as written, with its kind: "Bản Huồi Tụ".
    #[schemars(length(max = 120), extend("x-find" = true), extend("x-step" = 1))]
    pub name: String,
    /// Kind of unit.
    #[schemars(extend("x-catalog" = "unit_kind"), extend("x-step" = 1))]
    pub unit_kind: String,
    /// Unit it lies in.
    #[schemars(extend("x-ref" = "unit"), extend("x-step" = 1))]
    pub parent: Option<RecordId>,
    /// Province, by its code since 2025.
    #[schemars(extend("x-catalog" = "province"), extend("x-when" = {"field":"unit_kind","in":["tinh","tp_tw","xa","phuong","dac_khu"]}), extend("x-step" = 1))]
    pub province: Option<String>,
    /// What its teams are called here, when not "Tổ công nghệ số cộng đồng".
    #[schemars(length(max = 80), extend("x-private" = "P0"), extend("x-when" = {"field":"unit_kind","in":["tinh","tp_tw","xa","phuong","dac_khu"]}), extend("x-step" = 2))]
    pub team_label: Option<String>,
    /// Platforms whose listings count for the goal here; when none is named, those that are marketplaces.
    #[schemars(extend("x-catalog" = "platform"), extend("x-merge" = "set"), extend("x-private" = "P0"), extend("x-when" = {"field":"unit_kind","in":["tinh","tp_tw","xa","phuong","dac_khu"]}), extend("x-step" = 2))]
    #[serde(default)]
    pub ocop_platforms: BTreeSet<String>,
    /// Official code at the time; text, may repeat over the years.
    #[schemars(length(max = 12), extend("x-find" = true), extend("x-step" = 1))]
    pub code: Option<String>,
    /// First day it holds.
    #[schemars(extend("x-step" = 2))]
    pub valid_from: Option<LocalDate>,
    /// Last day it holds.
    #[schemars(extend("x-step" = 2))]
    pub valid_to: Option<LocalDate>,
    /// Mobile coverage at its centre.
    #[schemars(extend("x-catalog" = "coverage"), extend("x-step" = 2))]
    pub coverage: Option<String>,
    /// Households by the latest official count.
    #[schemars(extend("x-unit" = "ho"), extend("x-step" = 2))]
    pub households_total: Option<u32>,
    /// People by the same count.
    #[schemars(extend("x-unit" = "nguoi"), extend("x-step" = 2))]
    pub people_total: Option<u32>,
    /// Day the figures stand for.
    #[schemars(extend("x-step" = 2))]
    pub figures_on: Option<LocalDate>,
    /// Document the figures or the change rest on.
    #[schemars(length(max = 200), extend("x-step" = 2))]
    pub legal_ref: Option<String>,
}

impl Kept for Unit {
    fn doubts(&self) -> Vec<Problem> {
        if self.valid_to < self.valid_from && self.valid_to.is_some() {
            return vec![Problem::new("valid_to", "too_early")];
        }
        Vec::new()
    }
}
