//! Why the hub did not do something: a stable code, and words for people in Vietnamese and English.

use toso_domain::label;
use toso_sync::pack::Bad;
use toso_sync::replica::Fault;
use toso_sync::shelf::ShelfError;

/// A refusal or a failure. `code` is stable; `detail` is for the operator's log and never holds personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct HubError {
    /// Stable code.
    pub code: &'static str,
    /// For the operator.
    pub detail: String,
}

/// Result of something the hub was asked.
pub type Done<T> = Result<T, HubError>;

impl HubError {
    /// An error without detail.
    #[must_use]
    pub fn new(code: &'static str) -> Self {
        Self {
            code,
            detail: String::new(),
        }
    }

    /// An error with a detail for the operator.
    #[must_use]
    pub fn with(code: &'static str, detail: impl std::fmt::Display) -> Self {
        Self {
            code,
            detail: detail.to_string(),
        }
    }

    /// One sentence in Vietnamese, then in English.
    #[must_use]
    pub fn message(&self) -> String {
        both(self.code, "message")
    }

    /// What the person may do about it, in Vietnamese, then in English.
    #[must_use]
    pub fn hint(&self) -> String {
        both(self.code, "hint")
    }

    /// `{"error":{"code","message","hint"}}`.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({ "error": {
            "code": self.code, "message": self.message(), "hint": self.hint(),
        }})
    }
}

impl From<ShelfError> for HubError {
    fn from(e: ShelfError) -> Self {
        Self {
            code: e.code,
            detail: e.detail,
        }
    }
}

impl From<Fault> for HubError {
    fn from(e: Fault) -> Self {
        Self {
            code: e.code,
            detail: e.detail,
        }
    }
}

impl From<Bad> for HubError {
    fn from(e: Bad) -> Self {
        Self::new(e.code)
    }
}

impl From<std::io::Error> for HubError {
    fn from(e: std::io::Error) -> Self {
        use std::io::ErrorKind as Kind;
        let code = match e.kind() {
            Kind::NotFound => "not_found",
            Kind::AlreadyExists => "exists",
            Kind::PermissionDenied | Kind::ReadOnlyFilesystem => "read_only",
            Kind::StorageFull | Kind::QuotaExceeded => "disk_full",
            _ => "io",
        };
        Self::with(code, e.kind())
    }
}

/// Words of a code in one language; those of `internal` for a code without any.
fn words(language: &str, code: &str, part: &str) -> &'static str {
    let of = |code: &str| label::find(language, &format!("error.{code}.{part}"));
    of(code).or_else(|| of("internal")).unwrap_or_default()
}

/// Both languages on one line.
fn both(code: &str, part: &str) -> String {
    let (vi, en) = (words("vi", code, part), words("en", code, part));
    format!("{vi} / {en}")
}
