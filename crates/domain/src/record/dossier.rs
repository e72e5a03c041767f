//! A dossier handed in for somebody: what became of it is asked again until there is a result.

use crate::id::RecordId;
use crate::record::Kept;
use crate::record::assistance::dossier;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A dossier handed in for somebody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Dossier {
    /// Household.
    #[schemars(extend("x-ref" = "household"), extend("x-step" = 1))]
    pub household: Option<RecordId>,
    /// Person it is for.
    #[schemars(extend("x-ref" = "citizen"), extend("x-step" = 1))]
    pub citizen: Option<RecordId>,
    /// Help it came from.
    #[schemars(extend("x-ref" = "assistance"), extend("x-step" = 1))]
    pub assistance: Option<RecordId>,
    /// Public service, by its code.
    #[schemars(extend("x-catalog" = "procedure"), extend("x-step" = 1))]
    pub procedure: String,
    /// Code on the receipt, as printed; an odd one is kept and only warned about.
    #[schemars(length(max = 60), extend("x-find" = true), extend("x-scan" = "receipt"), extend("x-private" = "P2"), extend("x-step" = 1))]
    pub code: Option<String>,
    /// Day it was handed in.
    #[schemars(extend("x-step" = 1))]
    pub submitted_on: LocalDate,
    /// How it was handed in.
    #[schemars(extend("x-catalog" = "dossier_channel"), extend("x-step" = 2))]
    pub sent_by: Option<String>,
    /// The fee was paid online; empty when there was none.
    #[schemars(extend("x-step" = 2))]
    pub paid_online: Option<bool>,
    /// How it stands at the office.
    #[schemars(extend("x-catalog" = "dossier_status"), extend("x-step" = 2))]
    pub status: String,
    /// Day it was seen to stand so.
    #[schemars(extend("x-step" = 2))]
    pub status_on: Option<LocalDate>,
    /// Day the office promised a result.
    #[schemars(extend("x-step" = 2))]
    pub appointment_on: Option<LocalDate>,
    /// Day the result came.
    #[schemars(extend("x-step" = 2))]
    pub result_on: Option<LocalDate>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 3))]
    pub note: Option<String>,
}

impl Kept for Dossier {
    fn doubts(&self) -> Vec<Problem> {
        let mut doubts = Vec::new();
        if self.household.is_none() && self.citizen.is_none() {
            doubts.push(Problem::new("household", "nowhere"));
        }
        if self.code.as_deref().is_some_and(|code| !dossier(code)) {
            doubts.push(Problem::new("code", "doubtful_code"));
        }
        for (name, day) in [
            ("appointment_on", self.appointment_on),
            ("result_on", self.result_on),
        ] {
            if day.is_some_and(|day| day < self.submitted_on) {
                doubts.push(Problem::new(name, "too_early"));
            }
        }
        doubts
    }
}
