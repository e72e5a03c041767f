//! What every record carries, declared once.

use crate::id::RecordId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Fields of every kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Common {
    /// Why the record was deleted; absent while it stands. Clearing it restores the record.
    #[schemars(length(max = 200), extend("x-private" = "P2"))]
    pub deleted: Option<String>,
    /// Record this one is a duplicate of. Clearing it takes the two apart again.
    pub merged_into: Option<RecordId>,
    /// When it was written down, by the device's clock: milliseconds since 1970. Decides nothing.
    pub recorded_at: Option<i64>,
}
