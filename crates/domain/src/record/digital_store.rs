//! The digital store of a household: where it sells and how it is paid. How far it is stands in its checks.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The digital store of a household: where it sells and how it is paid. How far it is stands in its checks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DigitalStore {
    /// Household.
    #[schemars(extend("x-ref" = "household"), extend("x-follow" = true), extend("x-step" = 1))]
    pub household: RecordId,
    /// Name of the store.
    #[schemars(length(max = 160), extend("x-find" = true), extend("x-step" = 1))]
    pub name: String,
    /// What it sells.
    #[schemars(extend("x-catalog" = "store_sector"), extend("x-step" = 1))]
    pub sector: Option<String>,
    /// Where it has a seller's account.
    #[schemars(extend("x-catalog" = "platform"), extend("x-merge" = "set"), extend("x-step" = 1))]
    #[serde(default)]
    pub platforms: BTreeSet<String>,
    /// How it is paid without cash.
    #[schemars(extend("x-catalog" = "payment_means"), extend("x-merge" = "set"), extend("x-step" = 1))]
    #[serde(default)]
    pub payments: BTreeSet<String>,
    /// Day it was opened.
    #[schemars(extend("x-step" = 1))]
    pub opened_on: Option<LocalDate>,
    /// Banks and wallets it is paid through.
    #[schemars(extend("x-catalog" = "provider"), extend("x-merge" = "set"), extend("x-step" = 2))]
    #[serde(default)]
    pub providers: BTreeSet<String>,
    /// Can prove who sells by VNeID level 2.
    #[schemars(extend("x-catalog" = "yes_no"), extend("x-step" = 2))]
    pub vneid_ready: Option<String>,
    /// Address of its page.
    #[schemars(length(max = 500), extend("x-scan" = "address"), extend("x-step" = 2))]
    pub url: Option<String>,
    /// Day it closed.
    #[schemars(extend("x-step" = 2))]
    pub closed_on: Option<LocalDate>,
    /// Members who helped.
    #[schemars(extend("x-ref" = "member"), extend("x-merge" = "set"), extend("x-step" = 2))]
    #[serde(default)]
    pub members: BTreeSet<RecordId>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub note: Option<String>,
    /// Photos, by the names their files have (at most 58 bytes). No faces without consent, no papers ever.
    #[schemars(extend("x-merge" = "set"), extend("x-private" = "P2"), extend("x-step" = 2))]
    #[serde(default)]
    pub photo: BTreeSet<String>,
}

impl Kept for DigitalStore {
    fn doubts(&self) -> Vec<Problem> {
        if self.closed_on.is_some() && self.closed_on < self.opened_on {
            return vec![Problem::new("closed_on", "too_early")];
        }
        Vec::new()
    }
}
