//! A community digital team, of a village, a commune or a school. Its id is the id of its space.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A community digital team, of a village, a commune or a school.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Team {
    /// What people call it: the label differs from province to province.
    #[schemars(length(max = 160), extend("x-find" = true), extend("x-step" = 1))]
    pub name: String,
    /// Of what it is a team.
    #[schemars(extend("x-catalog" = "team_kind"), extend("x-step" = 1))]
    pub team_kind: String,
    /// Village or commune it works in.
    #[schemars(extend("x-ref" = "unit"), extend("x-step" = 1))]
    pub unit: RecordId,
    /// School it is the team of.
    #[schemars(extend("x-ref" = "school"), extend("x-when" = {"field":"team_kind","in":["truong_hoc"]}), extend("x-step" = 1))]
    pub school: Option<RecordId>,
    /// Number of the founding decision.
    #[schemars(length(max = 60), extend("x-step" = 2))]
    pub decision_no: Option<String>,
    /// Day of the founding decision.
    #[schemars(extend("x-step" = 2))]
    pub decision_date: Option<LocalDate>,
    /// Whether it works at present.
    #[schemars(extend("x-catalog" = "team_state"), extend("x-step" = 2))]
    pub state: Option<String>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub note: Option<String>,
}

impl Kept for Team {
    fn doubts(&self) -> Vec<Problem> {
        Vec::new()
    }
}
