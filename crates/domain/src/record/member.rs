//! A member of a team or of the commune staff. Holds no rights: those stand in certificates.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A member of a team or of the commune staff.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Member {
    /// Full name.
    #[schemars(length(max = 80), extend("x-find" = true), extend("x-private" = "P2"), extend("x-step" = 1))]
    pub full_name: String,
    /// Phone, E.164.
    #[schemars(length(max = 20), extend("x-private" = "P2"), extend("x-find" = true), extend("x-step" = 1))]
    pub phone: Option<String>,
    /// Year of birth.
    #[schemars(range(min = 1900, max = 2100), extend("x-private" = "P2"), extend("x-step" = 1))]
    pub birth_year: Option<u16>,
    /// Gender.
    #[schemars(extend("x-catalog" = "gender"), extend("x-private" = "P2"), extend("x-step" = 1))]
    pub gender: Option<String>,
    /// Team.
    #[schemars(extend("x-ref" = "team"), extend("x-step" = 2))]
    pub team: Option<RecordId>,
    /// Position in the team.
    #[schemars(extend("x-catalog" = "position"), extend("x-step" = 2))]
    pub position: Option<String>,
    /// Body the member stands for.
    #[schemars(extend("x-catalog" = "representing"), extend("x-step" = 2))]
    pub representing: Option<String>,
    /// Languages spoken.
    #[schemars(extend("x-catalog" = "language"), extend("x-merge" = "set"), extend("x-step" = 2))]
    #[serde(default)]
    pub languages: BTreeSet<String>,
    /// First day in the team.
    #[schemars(extend("x-step" = 2))]
    pub joined_on: Option<LocalDate>,
    /// Last day in the team.
    #[schemars(extend("x-step" = 2))]
    pub left_on: Option<LocalDate>,
}

impl Kept for Member {
    fn doubts(&self) -> Vec<Problem> {
        if self.left_on < self.joined_on && self.left_on.is_some() {
            return vec![Problem::new("left_on", "too_early")];
        }
        Vec::new()
    }
}
