//! A time a member spent in a team: former places and second teams. Where a member belongs now stands in `member`.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A member's time in a team.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Membership {
    /// Member.
    #[schemars(extend("x-ref" = "member"), extend("x-step" = 1))]
    pub member: RecordId,
    /// Team.
    #[schemars(extend("x-ref" = "team"), extend("x-step" = 1))]
    pub team: RecordId,
    /// Position in the team.
    #[schemars(extend("x-catalog" = "position"), extend("x-step" = 1))]
    pub position: String,
    /// Body the member stood for.
    #[schemars(extend("x-catalog" = "representing"), extend("x-step" = 1))]
    pub representing: Option<String>,
    /// First day.
    #[schemars(extend("x-step" = 2))]
    pub from: LocalDate,
    /// Last day.
    #[schemars(extend("x-step" = 2))]
    pub to: Option<LocalDate>,
    /// Why it ended.
    #[schemars(length(max = 200), extend("x-step" = 2))]
    pub end_reason: Option<String>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub note: Option<String>,
}

impl Kept for Membership {
    fn doubts(&self) -> Vec<Problem> {
        if self.to.is_some_and(|to| to < self.from) {
            return vec![Problem::new("to", "too_early")];
        }
        Vec::new()
    }
}
