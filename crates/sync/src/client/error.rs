//! Why a call to the hub did not happen, in one shape.

use crate::pack::Bad;
use crate::replica::Fault;

/// A call that failed. What was taken before it failed stays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct ClientError {
    /// Stable code. Of the way: `offline`, `timeout`, `not_a_hub`, `wrong_hub`, `insecure_hub`, `bad_url`, `too_large`,
    /// `later`, `cancelled`, `server`, `internal`. Of the hub: `code_wrong`, `code_used`, `code_expired`, `too_many`,
    /// `revoked`, `cert_expired`, `no_cert` and those of its calls. Else a fault of the shelf.
    pub code: &'static str,
    /// For the operator: a word or the hub's own code; never personal data, never an address.
    pub detail: String,
    /// Seconds the hub asks to wait.
    pub retry_after: Option<u64>,
}

impl ClientError {
    /// An error without detail.
    #[must_use]
    pub fn new(code: &'static str) -> Self {
        Self {
            code,
            detail: String::new(),
            retry_after: None,
        }
    }

    /// An error with a word for the operator.
    #[must_use]
    pub(super) fn with(code: &'static str, detail: &str) -> Self {
        Self {
            detail: detail.to_owned(),
            ..Self::new(code)
        }
    }

    /// What the hub's code means on the device. The hub's own troubles are `server`: its full disk is not the phone's.
    pub(super) fn told(code: &str, retry_after: Option<u64>) -> Self {
        let known = match code {
            "too_often" | "db_busy" | "bad_challenge" => "later",
            "wrong_tls" => "wrong_hub",
            _ => PASSED.iter().find(|c| **c == code).unwrap_or(&"server"),
        };
        let detail = if known == code { "" } else { code };
        Self {
            retry_after,
            ..Self::with(known, detail)
        }
    }
}

/// Codes of the hub that mean the same on the device.
const PASSED: &[&str] = &[
    "bad_input",
    "bad_sig",
    "bad_token",
    "cert_expired",
    "check_number",
    "code_expired",
    "code_used",
    "code_wrong",
    "erased",
    "file_damaged",
    "files_full",
    "healing",
    "later",
    "malformed",
    "moved_meanwhile",
    "no_cert",
    "no_space",
    "no_such_call",
    "no_such_device",
    "no_such_member",
    "not_allowed",
    "not_found",
    "not_in_space",
    "not_pending",
    "not_revoked",
    "revoked",
    "same_space",
    "timeout",
    "too_large",
    "too_many",
    "tray_full",
    "unknown_device",
    "version",
    "weak_secret",
    "wrong_space",
];

impl From<Fault> for ClientError {
    fn from(fault: Fault) -> Self {
        Self::with(fault.code, &fault.detail)
    }
}

impl From<Bad> for ClientError {
    fn from(bad: Bad) -> Self {
        Self::new(bad.code)
    }
}
