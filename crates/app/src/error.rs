//! What a refused call answers: a stable code, what happened and what to do, in Vietnamese and English.

use serde::Serialize;
use serde_json::{Map, Value};
use toso_store::StoreError;
use toso_sync::replica::Fault;
use toso_sync::shelf::ShelfError;

/// A refused or failed call. Nothing was changed, except where `saved` says so.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CallError {
    /// Stable code, one of the registry ([`crate::registry`]).
    pub code: String,
    /// What happened, in Vietnamese.
    pub message: String,
    /// What to do, in Vietnamese.
    pub hint: String,
    /// What happened, in English.
    pub message_en: String,
    /// What to do, in English.
    pub hint_en: String,
    /// By field or by word: what the screen shows beside the message. Never personal data but the caller's own.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub detail: Map<String, Value>,
    /// For `field_changed`: what of the patch was saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved: Option<Value>,
}

impl CallError {
    /// An error of the registry.
    #[must_use]
    pub fn new(code: &str) -> Self {
        let words = crate::registry::words(code);
        Self {
            code: code.to_owned(),
            message: words.message,
            hint: words.hint,
            message_en: words.message_en,
            hint_en: words.hint_en,
            detail: Map::new(),
            saved: None,
        }
    }

    /// Adds one detail.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.detail.insert(name.to_owned(), value.into());
        self
    }

    /// The shape on standard error and over HTTP: `{"error": {…}}`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        serde_json::json!({ "error": self })
    }
}

impl std::fmt::Display for CallError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for CallError {}

impl From<Fault> for CallError {
    fn from(fault: Fault) -> Self {
        told(fault.code, &fault.detail)
    }
}

impl From<ShelfError> for CallError {
    fn from(error: ShelfError) -> Self {
        told(error.code, &error.detail)
    }
}

impl From<StoreError> for CallError {
    fn from(error: StoreError) -> Self {
        let told = Self::new(error.code());
        match error {
            StoreError::WrongSecret { free_left } => told.with("free_left", free_left),
            StoreError::Wait { wait_ms } => told.with("wait_ms", wait_ms),
            StoreError::Db(what) | StoreError::Damaged(what) => told.with("what", what),
            _ => told,
        }
    }
}

fn told(code: &'static str, detail: &str) -> CallError {
    let error = CallError::new(code);
    if detail.is_empty() {
        error
    } else {
        error.with("what", detail)
    }
}

/// Result of a call.
pub type Called<T> = Result<T, CallError>;
