//! A school whose team reaches the parents. Pupils' data is not collected: only numbers.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A school.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct School {
    /// Name.
    #[schemars(length(max = 120), extend("x-find" = true), extend("x-private" = "P0"), extend("x-step" = 1))]
    pub name: String,
    /// Level.
    #[schemars(extend("x-catalog" = "school_level"), extend("x-step" = 1))]
    pub school_level: String,
    /// Place it stands in.
    #[schemars(extend("x-ref" = "unit"), extend("x-step" = 1))]
    pub unit: Option<RecordId>,
    /// Its team.
    #[schemars(extend("x-ref" = "team"), extend("x-step" = 1))]
    pub team: Option<RecordId>,
    /// Code.
    #[schemars(length(max = 24), extend("x-find" = true), extend("x-private" = "P0"), extend("x-step" = 2))]
    pub code: Option<String>,
    /// Classes.
    #[schemars(range(min = 0, max = 500), extend("x-step" = 2))]
    pub classes: Option<u16>,
    /// Pupils in all.
    #[schemars(range(min = 0, max = 20000), extend("x-unit" = "nguoi"), extend("x-step" = 2))]
    pub pupils: Option<u16>,
    /// Parents, estimated.
    #[schemars(range(min = 0, max = 40000), extend("x-unit" = "nguoi"), extend("x-step" = 2))]
    pub parents: Option<u16>,
    /// Day of the figures.
    #[schemars(extend("x-step" = 2))]
    pub figures_on: Option<LocalDate>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub note: Option<String>,
}

impl Kept for School {
    fn doubts(&self) -> Vec<Problem> {
        Vec::new()
    }
}
