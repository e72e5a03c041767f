//! One who came to an event: a person known here, somebody of a household, or a name only.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One who came to an event: a person known here, somebody of a household, or a name only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EventAttendance {
    /// Event.
    #[schemars(extend("x-ref" = "event"), extend("x-follow" = true), extend("x-step" = 1))]
    pub event: RecordId,
    /// Household.
    #[schemars(extend("x-ref" = "household"), extend("x-step" = 1))]
    pub household: Option<RecordId>,
    /// Person.
    #[schemars(extend("x-ref" = "citizen"), extend("x-step" = 1))]
    pub citizen: Option<RecordId>,
    /// Name, of who is neither.
    #[schemars(length(max = 80), extend("x-find" = true), extend("x-private" = "P2"), extend("x-step" = 1))]
    pub name: Option<String>,
    /// Signed the list.
    #[schemars(extend("x-catalog" = "yes_no"), extend("x-step" = 1))]
    pub signed: Option<String>,
}

impl Kept for EventAttendance {
    fn doubts(&self) -> Vec<Problem> {
        let nobody = self.household.is_none() && self.citizen.is_none() && self.name.is_none();
        if nobody {
            return vec![Problem::new("name", "nobody")];
        }
        Vec::new()
    }
}
