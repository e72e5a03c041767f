//! One turn of the rota: members who stood by at the service centre, the cultural house or another point.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A turn on duty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Duty {
    /// Day.
    #[schemars(extend("x-step" = 1))]
    pub day: LocalDate,
    /// Where.
    #[schemars(extend("x-catalog" = "duty_place"), extend("x-step" = 1))]
    pub place: String,
    /// Part of the day.
    #[schemars(extend("x-catalog" = "shift"), extend("x-step" = 1))]
    pub shift: String,
    /// Members on duty.
    #[schemars(extend("x-ref" = "member"), extend("x-merge" = "set"), extend("x-step" = 1))]
    #[serde(default)]
    pub members: BTreeSet<RecordId>,
    /// People helped whose help is not written down one by one.
    #[schemars(range(min = 0, max = 2000), extend("x-unit" = "nguoi"), extend("x-step" = 2))]
    pub assisted: Option<u16>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub note: Option<String>,
}

impl Kept for Duty {
    fn doubts(&self) -> Vec<Problem> {
        Vec::new()
    }
}
