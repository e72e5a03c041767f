//! One visit to one household, or the attempt.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One visit to one household, or the attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Visit {
    /// Household visited; none for a door without a record.
    #[schemars(extend("x-ref" = "household"), extend("x-step" = 1))]
    pub household: Option<RecordId>,
    /// Village of a door without a record.
    #[schemars(extend("x-ref" = "unit"), extend("x-step" = 1))]
    pub village: Option<RecordId>,
    /// Day of the visit.
    #[schemars(extend("x-step" = 1))]
    pub day: LocalDate,
    /// Whom the members met.
    #[schemars(extend("x-catalog" = "contact"), extend("x-step" = 1))]
    pub contact: String,
    /// Why they came.
    #[schemars(extend("x-catalog" = "visit_kind"), extend("x-step" = 1))]
    pub visit_kind: Option<String>,
    /// Members who came.
    #[schemars(extend("x-ref" = "member"), extend("x-merge" = "set"), extend("x-step" = 1))]
    #[serde(default)]
    pub members: BTreeSet<RecordId>,
    /// What was passed on.
    #[schemars(extend("x-catalog" = "topic"), extend("x-merge" = "set"), extend("x-when" = {"field":"contact","in":["gap_chu_ho","gap_thanh_vien"]}), extend("x-step" = 2))]
    #[serde(default)]
    pub topics: BTreeSet<String>,
    /// People reached.
    #[schemars(range(min = 0, max = 200), extend("x-unit" = "nguoi"), extend("x-when" = {"field":"contact","in":["gap_chu_ho","gap_thanh_vien"]}), extend("x-step" = 2))]
    pub people_reached: Option<u16>,
    /// Women among them.
    #[schemars(range(min = 0, max = 200), extend("x-unit" = "nguoi"), extend("x-when" = {"field":"contact","in":["gap_chu_ho","gap_thanh_vien"]}), extend("x-step" = 2))]
    pub women_reached: Option<u16>,
    /// What the household asks for.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub needs: Option<String>,
    /// Day of the next visit.
    #[schemars(extend("x-step" = 3))]
    pub next_visit_on: Option<LocalDate>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 3))]
    pub note: Option<String>,
    /// Photos, by the names their files have (at most 58 bytes). No faces without consent, no papers ever.
    #[schemars(extend("x-merge" = "set"), extend("x-private" = "P2"), extend("x-consent" = "hinh_anh"), extend("x-step" = 3))]
    #[serde(default)]
    pub photo: BTreeSet<String>,
}

impl Kept for Visit {
    fn doubts(&self) -> Vec<Problem> {
        let mut doubts = Vec::new();
        if self.household.is_none() && self.village.is_none() {
            doubts.push(Problem::new("household", "nowhere"));
        }
        if self.women_reached > self.people_reached {
            doubts.push(Problem::new("women_reached", "more_than_all"));
        }
        if self.next_visit_on.is_some_and(|next| next <= self.day) {
            doubts.push(Problem::new("next_visit_on", "too_early"));
        }
        doubts
    }
}
