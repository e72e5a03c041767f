//! One look at a digital store on a day. Never rewritten; the latest counts.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One look at a digital store on a day. Never rewritten; the latest counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StoreCheck {
    /// Store.
    #[schemars(extend("x-ref" = "digital_store"), extend("x-follow" = true), extend("x-step" = 1))]
    pub store: RecordId,
    /// Household, so that it is told with it.
    #[schemars(extend("x-ref" = "household"), extend("x-step" = 1))]
    pub household: RecordId,
    /// Day of the look.
    #[schemars(extend("x-step" = 1))]
    pub checked_on: LocalDate,
    /// How far it is: five levels from none to orders.
    #[schemars(extend("x-catalog" = "store_level"), extend("x-step" = 1))]
    pub level: String,
    /// How busy it is.
    #[schemars(extend("x-catalog" = "store_state"), extend("x-step" = 1))]
    pub state: String,
    /// Orders of the last 90 days.
    #[schemars(extend("x-catalog" = "orders_band"), extend("x-step" = 1))]
    pub orders: Option<String>,
    /// Products shown.
    #[schemars(range(min = 0, max = 100000), extend("x-unit" = "san_pham"), extend("x-step" = 2))]
    pub products: Option<u32>,
    /// A payment code hangs there.
    #[schemars(extend("x-catalog" = "yes_no"), extend("x-scan" = "vietqr"), extend("x-step" = 2))]
    pub qr_present: Option<String>,
    /// Members who looked.
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

impl Kept for StoreCheck {
    fn doubts(&self) -> Vec<Problem> {
        let idle =
            matches!(self.level.as_str(), "chua_co" | "nhan_qr") && self.state == "hoat_dong";
        if idle {
            return vec![Problem::new("state", "no_store")];
        }
        Vec::new()
    }
}
