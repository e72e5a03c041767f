//! One certificate of a product. A product has one after the other; what counts on a day is in [`crate::economy`].

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One certificate of a product. A product has one after the other; what counts on a day is in [`crate::economy`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OcopCertificate {
    /// Product.
    #[schemars(extend("x-ref" = "ocop_product"), extend("x-follow" = true), extend("x-step" = 1))]
    pub product: RecordId,
    /// First, again, or with more stars.
    #[schemars(extend("x-catalog" = "certificate_kind"), extend("x-step" = 1))]
    pub certificate_kind: Option<String>,
    /// Stars.
    #[schemars(range(min = 3, max = 5), extend("x-step" = 1))]
    pub stars: u8,
    /// Day it was issued.
    #[schemars(extend("x-step" = 1))]
    pub issued_on: LocalDate,
    /// Last day: 36 months after it was issued, unless the paper says otherwise.
    #[schemars(extend("x-step" = 1))]
    pub expires_on: Option<LocalDate>,
    /// Why it ends on another day.
    #[schemars(length(max = 200), extend("x-step" = 1))]
    pub expires_reason: Option<String>,
    /// Number of the decision.
    #[schemars(length(max = 60), extend("x-find" = true), extend("x-step" = 2))]
    pub decision_no: Option<String>,
    /// Who decided: districts did until 5 July 2025.
    #[schemars(extend("x-catalog" = "issuer"), extend("x-step" = 2))]
    pub issuer: Option<String>,
    /// Points of a hundred.
    #[schemars(range(min = 0, max = 100), extend("x-step" = 2))]
    pub score: Option<u8>,
    /// Day it was taken back.
    #[schemars(extend("x-step" = 2))]
    pub revoked_on: Option<LocalDate>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub note: Option<String>,
    /// Photos, by the names their files have (at most 58 bytes). No faces without consent, no papers ever.
    #[schemars(extend("x-merge" = "set"), extend("x-private" = "P2"), extend("x-step" = 2))]
    #[serde(default)]
    pub photo: BTreeSet<String>,
}

impl Kept for OcopCertificate {
    fn doubts(&self) -> Vec<Problem> {
        let mut out = Vec::new();
        if self.expires_on.is_some_and(|end| end < self.issued_on) {
            out.push(Problem::new("expires_on", "too_early"));
        } else if let (Some(end), None) = (self.expires_on, &self.expires_reason)
            && end != lasts_until(self.issued_on)
        {
            out.push(Problem::new("expires_on", "other_end"));
        }
        if self.revoked_on.is_some_and(|day| day < self.issued_on) {
            out.push(Problem::new("revoked_on", "too_early"));
        }
        let said = self.issuer.as_deref();
        if said.is_some_and(|issuer| issuer != issuer_of(self.stars, self.issued_on)) {
            out.push(Problem::new("issuer", "other_issuer"));
        }
        out
    }
}

/// Last day of a certificate issued on a day: 36 months on (decision 148/2023).
#[must_use]
pub fn lasts_until(issued_on: LocalDate) -> LocalDate {
    issued_on.plus_months(36)
}

/// Who decides on so many stars on a day: until 5 July 2025 the district 3, the province 4; since 6 July 2025 the province both
/// (decision 1489/2025). Five are the ministry's.
#[must_use]
pub fn issuer_of(stars: u8, issued_on: LocalDate) -> &'static str {
    let merged = LocalDate::new(2025, 7, 6).is_some_and(|day| issued_on >= day);
    match stars {
        5 => "trung_uong",
        3 if !merged => "huyen",
        _ => "tinh",
    }
}
