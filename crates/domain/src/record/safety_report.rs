//! A fraud somebody met, so that others are warned. No account numbers, no names of suspects.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A fraud somebody met.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SafetyReport {
    /// Household.
    #[schemars(extend("x-ref" = "household"), extend("x-step" = 1))]
    pub household: Option<RecordId>,
    /// Person it happened to; none when unnamed.
    #[schemars(extend("x-ref" = "citizen"), extend("x-step" = 1))]
    pub citizen: Option<RecordId>,
    /// Village, when no household is named.
    #[schemars(extend("x-ref" = "unit"), extend("x-step" = 1))]
    pub village: Option<RecordId>,
    /// Day it was told.
    #[schemars(extend("x-step" = 1))]
    pub day: LocalDate,
    /// What was tried.
    #[schemars(extend("x-catalog" = "fraud_kind"), extend("x-step" = 1))]
    pub fraud_kind: String,
    /// By what way.
    #[schemars(extend("x-catalog" = "fraud_channel"), extend("x-step" = 1))]
    pub fraud_channel: Option<String>,
    /// How much was lost, as a band.
    #[schemars(extend("x-catalog" = "loss_band"), extend("x-step" = 1))]
    pub loss: Option<String>,
    /// What was advised.
    #[schemars(extend("x-catalog" = "fraud_advice"), extend("x-merge" = "set"), extend("x-step" = 2))]
    #[serde(default)]
    pub advice: BTreeSet<String>,
    /// Told the police.
    #[schemars(extend("x-catalog" = "yes_no"), extend("x-step" = 2))]
    pub reported: Option<String>,
    /// Members who heard it.
    #[schemars(extend("x-ref" = "member"), extend("x-merge" = "set"), extend("x-step" = 2))]
    #[serde(default)]
    pub members: BTreeSet<RecordId>,
    /// Note. Never an account number, never a one-time code.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub note: Option<String>,
}

impl Kept for SafetyReport {
    fn doubts(&self) -> Vec<Problem> {
        Vec::new()
    }
}
