//! A line the commune adds to a catalog, or a line of it that is no longer offered. A code in use is never deleted.

use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A line of a catalog.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CatalogItem {
    /// Catalog; those a commune may add to.
    #[schemars(extend("x-catalog" = "catalog"), extend("x-private" = "P0"), extend("x-step" = 1))]
    pub catalog: String,
    /// Code: lower-case letters, digits, `_`.
    #[schemars(length(max = 32), extend("x-private" = "P0"), extend("x-step" = 1))]
    pub code: String,
    /// Vietnamese.
    #[schemars(length(max = 120), extend("x-find" = true), extend("x-private" = "P0"), extend("x-step" = 1))]
    pub vi: String,
    /// English.
    #[schemars(length(max = 120), extend("x-private" = "P0"), extend("x-step" = 1))]
    pub en: Option<String>,
    /// First day it is offered.
    #[schemars(extend("x-step" = 2))]
    pub active_from: Option<LocalDate>,
    /// Last day it is offered.
    #[schemars(extend("x-step" = 2))]
    pub active_to: Option<LocalDate>,
}

impl Kept for CatalogItem {
    fn doubts(&self) -> Vec<Problem> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if !self.code.chars().all(plain) {
            return vec![Problem::new("code", "not_plain")];
        }
        if self.active_to < self.active_from && self.active_to.is_some() {
            return vec![Problem::new("active_to", "too_early")];
        }
        Vec::new()
    }
}
