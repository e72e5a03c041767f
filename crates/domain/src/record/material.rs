//! Something to hand out or to show: a leaflet, a clip, a poster.

use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Something to hand out or show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Material {
    /// Title.
    #[schemars(length(max = 160), extend("x-find" = true), extend("x-private" = "P0"), extend("x-step" = 1))]
    pub title: String,
    /// What it is.
    #[schemars(extend("x-catalog" = "material_kind"), extend("x-step" = 1))]
    pub material_kind: String,
    /// What it is about.
    #[schemars(extend("x-catalog" = "topic"), extend("x-merge" = "set"), extend("x-step" = 1))]
    #[serde(default)]
    pub topics: BTreeSet<String>,
    /// Language.
    #[schemars(extend("x-catalog" = "language"), extend("x-step" = 1))]
    pub language: Option<String>,
    /// Version.
    #[schemars(length(max = 20), extend("x-private" = "P0"), extend("x-step" = 2))]
    pub version: Option<String>,
    /// Last day it may be used.
    #[schemars(extend("x-step" = 2))]
    pub valid_to: Option<LocalDate>,
    /// Where it can be had.
    #[schemars(length(max = 500), extend("x-private" = "P0"), extend("x-step" = 2))]
    pub link: Option<String>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub note: Option<String>,
}

impl Kept for Material {
    fn doubts(&self) -> Vec<Problem> {
        Vec::new()
    }
}
