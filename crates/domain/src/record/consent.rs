//! An answer to one question: may this be kept, for this purpose? Asked before the field, never ticked beforehand; taking
//! it back wins over any other answer.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An answer for one purpose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Consent {
    /// Household.
    #[schemars(extend("x-ref" = "household"), extend("x-follow" = true), extend("x-step" = 1))]
    pub household: Option<RecordId>,
    /// Person who answered for themselves; none when the head answered for the household.
    #[schemars(extend("x-ref" = "citizen"), extend("x-step" = 1))]
    pub citizen: Option<RecordId>,
    /// What for.
    #[schemars(extend("x-catalog" = "consent_purpose"), extend("x-step" = 1))]
    pub purpose: String,
    /// The answer.
    #[schemars(extend("x-catalog" = "consent"), extend("x-merge" = "safe:rut_lai"), extend("x-step" = 1))]
    pub decision: String,
    /// Day of the answer.
    #[schemars(extend("x-step" = 1))]
    pub given_on: LocalDate,
    /// What proves it.
    #[schemars(extend("x-catalog" = "consent_method"), extend("x-when" = {"field":"decision","in":["dong_y","rut_lai"]}), extend("x-step" = 2))]
    pub method: Option<String>,
    /// Number of the paper.
    #[schemars(length(max = 40), extend("x-when" = {"field":"method","in":["phieu_giay"]}), extend("x-step" = 2))]
    pub paper_no: Option<String>,
    /// Who stood by.
    #[schemars(length(max = 80), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub witness: Option<String>,
    /// Parent or guardian, for a child.
    #[schemars(length(max = 80), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub guardian: Option<String>,
    /// Version of the text that was read out.
    #[schemars(length(max = 20), extend("x-step" = 2))]
    pub text_version: Option<String>,
    /// Language it was asked in.
    #[schemars(extend("x-catalog" = "language"), extend("x-step" = 2))]
    pub language: Option<String>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub note: Option<String>,
}

impl Kept for Consent {
    fn doubts(&self) -> Vec<Problem> {
        if self.household.is_none() && self.citizen.is_none() {
            return vec![Problem::new("household", "nowhere")];
        }
        Vec::new()
    }
}
