//! A product of the One Commune One Product programme, or a candidate.

use crate::id::RecordId;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A product of the One Commune One Product programme, or a candidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OcopProduct {
    /// Name of the product.
    #[schemars(length(max = 160), extend("x-find" = true), extend("x-step" = 1))]
    pub name: String,
    /// Who makes it.
    #[schemars(length(max = 160), extend("x-find" = true), extend("x-step" = 1))]
    pub subject_name: Option<String>,
    /// Household of the maker, if it is one.
    #[schemars(extend("x-ref" = "household"), extend("x-step" = 1))]
    pub household: Option<RecordId>,
    /// Group of the programme.
    #[schemars(extend("x-catalog" = "ocop_group"), extend("x-step" = 1))]
    pub group: Option<String>,
    /// How far it is.
    #[schemars(extend("x-catalog" = "product_state"), extend("x-step" = 1))]
    pub state: String,
    /// Stars of the certificate in force.
    #[schemars(range(min = 3, max = 5), extend("x-when" = {"field":"state","in":["duoc_cong_nhan"]}), extend("x-step" = 2))]
    pub stars: Option<u8>,
    /// Day of the certificate.
    #[schemars(extend("x-step" = 2))]
    pub certified_on: Option<LocalDate>,
    /// Last day of the certificate: 36 months after it, unless the paper says otherwise.
    #[schemars(extend("x-step" = 2))]
    pub certificate_until: Option<LocalDate>,
    /// How it is packed.
    #[schemars(length(max = 80), extend("x-step" = 2))]
    pub unit_pack: Option<String>,
    /// Price in đồng.
    #[schemars(extend("x-step" = 2))]
    pub price: Option<u32>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-step" = 2))]
    pub note: Option<String>,
}
