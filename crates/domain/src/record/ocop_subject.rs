//! Who makes OCOP products, or means to.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who makes OCOP products, or means to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OcopSubject {
    /// Name.
    #[schemars(length(max = 160), extend("x-find" = true), extend("x-step" = 1))]
    pub name: String,
    /// What it is.
    #[schemars(extend("x-catalog" = "subject_kind"), extend("x-step" = 1))]
    pub subject_kind: Option<String>,
    /// Who speaks for it.
    #[schemars(length(max = 80), extend("x-find" = true), extend("x-private" = "P2"), extend("x-step" = 1))]
    pub representative: Option<String>,
    /// Phone, E.164.
    #[schemars(length(max = 20), extend("x-find" = true), extend("x-private" = "P2"), extend("x-step" = 1))]
    pub phone: Option<String>,
    /// Village it works in.
    #[schemars(extend("x-ref" = "unit"), extend("x-step" = 1))]
    pub village: Option<RecordId>,
    /// Household, if it is one.
    #[schemars(extend("x-ref" = "household"), extend("x-follow" = true), extend("x-step" = 1))]
    pub household: Option<RecordId>,
    /// Can prove who sells by VNeID level 2, which platforms ask for since July 2026.
    #[schemars(extend("x-catalog" = "yes_no"), extend("x-step" = 1))]
    pub vneid_ready: Option<String>,
    /// Tax code.
    #[schemars(length(max = 20), extend("x-step" = 2))]
    pub tax_code: Option<String>,
    /// People who work there.
    #[schemars(range(min = 0, max = 100000), extend("x-unit" = "nguoi"), extend("x-step" = 2))]
    pub workers: Option<u32>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub note: Option<String>,
}

impl Kept for OcopSubject {
    fn doubts(&self) -> Vec<Problem> {
        Vec::new()
    }
}
