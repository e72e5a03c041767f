//! A product of the One Commune One Product programme, or a candidate.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A product of the One Commune One Product programme, or a candidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OcopProduct {
    /// Name of the product.
    #[schemars(length(max = 160), extend("x-find" = true), extend("x-step" = 1))]
    pub name: String,
    /// Who makes it, when that is written down by itself.
    #[schemars(extend("x-ref" = "ocop_subject"), extend("x-step" = 1))]
    pub subject: Option<RecordId>,
    /// Name of who makes it.
    #[schemars(length(max = 160), extend("x-find" = true), extend("x-step" = 1))]
    pub subject_name: Option<String>,
    /// What the maker is.
    #[schemars(extend("x-catalog" = "subject_kind"), extend("x-step" = 1))]
    pub subject_kind: Option<String>,
    /// Phone of the maker, E.164.
    #[schemars(length(max = 20), extend("x-find" = true), extend("x-private" = "P2"), extend("x-step" = 1))]
    pub phone: Option<String>,
    /// Village it is made in.
    #[schemars(extend("x-ref" = "unit"), extend("x-step" = 1))]
    pub village: Option<RecordId>,
    /// Household of the maker, if it is one.
    #[schemars(extend("x-ref" = "household"), extend("x-step" = 1))]
    pub household: Option<RecordId>,
    /// Group of the programme.
    #[schemars(extend("x-catalog" = "ocop_group"), extend("x-step" = 1))]
    pub group: Option<String>,
    /// Part of the group.
    #[schemars(extend("x-catalog" = "ocop_subgroup"), extend("x-within" = "group"), extend("x-step" = 1))]
    pub subgroup: Option<String>,
    /// How far it is.
    #[schemars(extend("x-catalog" = "product_state"), extend("x-step" = 1))]
    pub state: String,
    /// Stars of the certificate in force, until certificates became records of their own; so the next four.
    #[schemars(range(min = 3, max = 5), extend("x-when" = {"field":"state","in":["duoc_cong_nhan","het_han","thu_hoi"]}), extend("x-former" = true), extend("x-step" = 2))]
    pub stars: Option<u8>,
    /// Number of the decision.
    #[schemars(length(max = 60), extend("x-when" = {"field":"state","in":["duoc_cong_nhan","het_han","thu_hoi"]}), extend("x-former" = true), extend("x-step" = 2))]
    pub decision_no: Option<String>,
    /// Who decided: districts did until July 2025.
    #[schemars(extend("x-catalog" = "issuer"), extend("x-when" = {"field":"state","in":["duoc_cong_nhan","het_han","thu_hoi"]}), extend("x-former" = true), extend("x-step" = 2))]
    pub issuer: Option<String>,
    /// Day of the certificate.
    #[schemars(extend("x-when" = {"field":"state","in":["duoc_cong_nhan","het_han","thu_hoi"]}), extend("x-former" = true), extend("x-step" = 2))]
    pub certified_on: Option<LocalDate>,
    /// Last day of the certificate: 36 months after it, unless the paper says otherwise.
    #[schemars(extend("x-when" = {"field":"state","in":["duoc_cong_nhan","het_han","thu_hoi"]}), extend("x-former" = true), extend("x-step" = 2))]
    pub certificate_until: Option<LocalDate>,
    /// How it is packed.
    #[schemars(length(max = 80), extend("x-step" = 2))]
    pub unit_pack: Option<String>,
    /// Price in đồng.
    #[schemars(extend("x-unit" = "dong"), extend("x-step" = 2))]
    pub price: Option<u32>,
    /// What is made in a year.
    #[schemars(length(max = 80), extend("x-step" = 2))]
    pub annual_output: Option<String>,
    /// The maker can prove who sells (VNeID level 2), which platforms ask for.
    #[schemars(extend("x-catalog" = "yes_no"), extend("x-step" = 2))]
    pub seller_ready: Option<String>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub note: Option<String>,
    /// Photos, by the names their files have (at most 58 bytes). No faces without consent, no papers ever.
    #[schemars(extend("x-merge" = "set"), extend("x-private" = "P2"), extend("x-step" = 2))]
    #[serde(default)]
    pub photo: BTreeSet<String>,
}

impl Kept for OcopProduct {
    fn doubts(&self) -> Vec<Problem> {
        if self.certificate_until < self.certified_on && self.certificate_until.is_some() {
            return vec![Problem::new("certificate_until", "too_early")];
        }
        Vec::new()
    }
}
