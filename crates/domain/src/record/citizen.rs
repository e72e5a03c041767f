//! A person of a household. No ethnicity, no religion, no identity number, no picture of papers.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A person of a household.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Citizen {
    /// Household.
    #[schemars(extend("x-ref" = "household"), extend("x-follow" = true), extend("x-step" = 1))]
    pub household: Option<RecordId>,
    /// Agreed to be written down and followed up; a withdrawal beats any other answer. Empty until asked.
    #[schemars(extend("x-catalog" = "consent"), extend("x-merge" = "safe:rut_lai"), extend("x-private" = "P2"), extend("x-step" = 1))]
    pub consent: Option<String>,
    /// Day of that answer.
    #[schemars(extend("x-when" = {"field":"consent","in":["dong_y","khong_dong_y","rut_lai"]}), extend("x-private" = "P2"), extend("x-step" = 1))]
    pub consent_on: Option<LocalDate>,
    /// What proves the answer.
    #[schemars(extend("x-catalog" = "consent_method"), extend("x-when" = {"field":"consent","in":["dong_y","rut_lai"]}), extend("x-private" = "P2"), extend("x-step" = 1))]
    pub consent_method: Option<String>,
    /// Full name.
    #[schemars(length(max = 80), extend("x-find" = true), extend("x-private" = "P2"), extend("x-consent" = "quan_ly_ho_tro"), extend("x-step" = 1))]
    pub full_name: String,
    /// Day of birth, as far as known.
    #[schemars(extend("x-private" = "P2"), extend("x-consent" = "quan_ly_ho_tro"), extend("x-step" = 1))]
    pub birth_date: Option<LocalDate>,
    /// How much of it is known.
    #[schemars(extend("x-catalog" = "birth_precision"), extend("x-consent" = "quan_ly_ho_tro"), extend("x-step" = 1))]
    pub birth_precision: Option<String>,
    /// Gender.
    #[schemars(extend("x-catalog" = "gender"), extend("x-private" = "P2"), extend("x-consent" = "quan_ly_ho_tro"), extend("x-step" = 1))]
    pub gender: Option<String>,
    /// Relation to the head.
    #[schemars(extend("x-catalog" = "relation_to_head"), extend("x-private" = "P2"), extend("x-consent" = "quan_ly_ho_tro"), extend("x-step" = 1))]
    pub relation_to_head: Option<String>,
    /// Phone, E.164.
    #[schemars(length(max = 20), extend("x-find" = true), extend("x-private" = "P2"), extend("x-consent" = "quan_ly_ho_tro"), extend("x-step" = 2))]
    pub phone: Option<String>,
    /// Language to speak with this person.
    #[schemars(extend("x-catalog" = "language"), extend("x-consent" = "quan_ly_ho_tro"), extend("x-step" = 2))]
    pub language: Option<String>,
    /// Sixteen bits of a keyed hash of the identity number: proposes duplicates, tells nobody.
    #[schemars(extend("x-private" = "P3"), extend("x-consent" = "quan_ly_ho_tro"), extend("x-step" = 2))]
    pub id_tag: Option<u16>,
    /// The papers were seen.
    #[schemars(extend("x-consent" = "quan_ly_ho_tro"), extend("x-step" = 2))]
    pub id_seen: Option<bool>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-consent" = "quan_ly_ho_tro"), extend("x-step" = 2))]
    pub note: Option<String>,
}

impl Kept for Citizen {
    fn doubts(&self) -> Vec<Problem> {
        if self.birth_date.is_some() && self.birth_precision.is_none() {
            return vec![Problem::new("birth_precision", "required")];
        }
        Vec::new()
    }
}
