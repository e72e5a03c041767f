//! What an operation answers that did not happen.

use crate::pack::Bad;
use crate::shelf::ShelfError;
use toso_domain::crdt::Refusal;

/// Why an operation did not happen. `code` is stable; nothing was changed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Fault {
    /// Stable code.
    pub code: &'static str,
    /// For the operator; never personal data.
    pub detail: String,
}

impl Fault {
    /// A fault without detail.
    #[must_use]
    pub fn new(code: &'static str) -> Self {
        Self {
            code,
            detail: String::new(),
        }
    }
}

impl From<ShelfError> for Fault {
    fn from(e: ShelfError) -> Self {
        Self {
            code: e.code,
            detail: e.detail,
        }
    }
}

impl From<Bad> for Fault {
    fn from(e: Bad) -> Self {
        Self::new(e.code)
    }
}

impl From<Refusal> for Fault {
    fn from(e: Refusal) -> Self {
        Self::new(e.code)
    }
}
