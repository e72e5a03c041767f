//! The way to the phone's own code.

use serde_json::Value;

/// The phone's code said no, or was not reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Stable code, ours; `unreached` when nothing answered.
    pub code: String,
}

/// One command asked of the phone's code, answered before it returns. Never from the thread that draws.
pub trait Native: Send + Sync {
    /// Asks. Input and answer are those of the command's Kotlin.
    ///
    /// # Errors
    /// What the phone's code refused with.
    fn ask(&self, command: &str, input: Value) -> Result<Value, Refused>;
}
