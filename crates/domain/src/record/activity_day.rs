//! A day a member worked for the team, as the allowance asks for it.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A member's working day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ActivityDay {
    /// Member.
    #[schemars(extend("x-ref" = "member"), extend("x-step" = 1))]
    pub member: RecordId,
    /// Day.
    #[schemars(extend("x-step" = 1))]
    pub day: LocalDate,
    /// Hours worked.
    #[schemars(range(min = 1, max = 24), extend("x-unit" = "gio"), extend("x-step" = 1))]
    pub hours: Option<u8>,
    /// What was done.
    #[schemars(extend("x-catalog" = "activity"), extend("x-merge" = "set"), extend("x-step" = 1))]
    #[serde(default)]
    pub activities: BTreeSet<String>,
    /// Plan it was for.
    #[schemars(extend("x-ref" = "plan"), extend("x-step" = 2))]
    pub plan: Option<RecordId>,
    /// Who has confirmed it.
    #[schemars(extend("x-catalog" = "activity_state"), extend("x-step" = 2))]
    pub state: String,
    /// Member who confirmed.
    #[schemars(extend("x-ref" = "member"), extend("x-when" = {"field":"state","in":["to_truong_xac_nhan","xa_duyet"]}), extend("x-step" = 2))]
    pub confirmed_by: Option<RecordId>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub note: Option<String>,
}

impl Kept for ActivityDay {
    fn doubts(&self) -> Vec<Problem> {
        Vec::new()
    }
}
