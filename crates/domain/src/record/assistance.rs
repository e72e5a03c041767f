//! One act of help: to a citizen, to a household, or to somebody unnamed.

use crate::id::RecordId;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One act of help: to a citizen, to a household, or to somebody unnamed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Assistance {
    /// Visit it belongs to.
    #[schemars(extend("x-ref" = "visit"), extend("x-step" = 1))]
    pub visit: Option<RecordId>,
    /// Household.
    #[schemars(extend("x-ref" = "household"), extend("x-step" = 1))]
    pub household: Option<RecordId>,
    /// Person helped; none when unnamed.
    #[schemars(extend("x-ref" = "citizen"), extend("x-step" = 1))]
    pub citizen: Option<RecordId>,
    /// Day.
    #[schemars(extend("x-step" = 1))]
    pub day: LocalDate,
    /// With what.
    #[schemars(extend("x-catalog" = "assistance_category"), extend("x-step" = 1))]
    pub category: String,
    /// Public service, by its code.
    #[schemars(extend("x-catalog" = "procedure"), extend("x-when" = {"field":"category","in":["dvc"]}), extend("x-step" = 1))]
    pub procedure: Option<String>,
    /// Where.
    #[schemars(extend("x-catalog" = "channel"), extend("x-step" = 2))]
    pub channel: Option<String>,
    /// On whose device.
    #[schemars(extend("x-catalog" = "device_used"), extend("x-step" = 2))]
    pub device_used: Option<String>,
    /// How much was done for the person.
    #[schemars(extend("x-catalog" = "help_level"), extend("x-step" = 2))]
    pub help_level: Option<String>,
    /// How it ended.
    #[schemars(extend("x-catalog" = "outcome"), extend("x-step" = 2))]
    pub outcome: String,
    /// Why it failed.
    #[schemars(extend("x-catalog" = "fail_reason"), extend("x-when" = {"field":"outcome","in":["khong_lam_duoc"]}), extend("x-step" = 2))]
    pub fail_reason: Option<String>,
    /// Dossier code on the receipt.
    #[schemars(length(max = 60), extend("x-find" = true), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub dossier_code: Option<String>,
    /// Members who helped.
    #[schemars(extend("x-ref" = "member"), extend("x-merge" = "set"), extend("x-step" = 3))]
    #[serde(default)]
    pub members: BTreeSet<RecordId>,
    /// Minutes it took.
    #[schemars(range(min = 0, max = 600), extend("x-step" = 3))]
    pub minutes: Option<u16>,
    /// Day to ask again.
    #[schemars(extend("x-step" = 3))]
    pub follow_up_on: Option<LocalDate>,
    /// Note. Never a password or a one-time code.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 3))]
    pub note: Option<String>,
}
