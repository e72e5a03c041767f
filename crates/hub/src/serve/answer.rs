//! Answers: good ones and refusals, in words a device reads.

use crate::error::HubError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use toso_sync::enrol::{CBOR, ErrorTell};
use toso_sync::pack::encode;

/// Beside an answer: the code it was refused with, for who counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refused(pub(super) &'static str);

pub(super) fn cbor(status: StatusCode, bytes: Vec<u8>) -> Response {
    let kind = [(header::CONTENT_TYPE, CBOR)];
    (status, kind, bytes).into_response()
}

pub(super) fn refuse(e: &HubError, wait: u64) -> Response {
    note(e);
    let tell = ErrorTell {
        code: e.code.to_owned(),
        retry_after: u32::try_from(wait).ok().filter(|wait| *wait > 0),
    };
    let mut response = cbor(status(e), encode(&tell));
    response.extensions_mut().insert(Refused(e.code));
    if wait > 0 {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
    response
}

/// Codes only: details may name files.
fn note(e: &HubError) {
    if status(e).is_server_error() {
        tracing::error!(code = e.code, detail = e.detail, "failed");
    } else {
        tracing::info!(code = e.code, "refused");
    }
}

fn status(e: &HubError) -> StatusCode {
    match e.code {
        "bad_token" | "bad_sig" | "bad_challenge" | "unknown_device" => StatusCode::UNAUTHORIZED,
        "not_allowed" | "not_in_space" | "revoked" | "wrong_tls" | "cert_expired"
        | "code_wrong" | "code_used" | "code_expired" | "too_many" => StatusCode::FORBIDDEN,
        "too_large" => StatusCode::PAYLOAD_TOO_LARGE,
        "timeout" => StatusCode::REQUEST_TIMEOUT,
        "too_often" | "later" => StatusCode::TOO_MANY_REQUESTS,
        "not_found" | "no_such_call" | "no_such_device" | "no_such_member" | "no_space" => {
            StatusCode::NOT_FOUND
        }
        "check_number" | "erased" | "file_damaged" | "not_pending" | "not_revoked" => {
            StatusCode::CONFLICT
        }
        // The disk's trouble, not the request's: it may be tried again as it is.
        "disk_full" | "db_busy" | "db" | "db_damaged" | "io" | "read_only" => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        "files_full" => StatusCode::INSUFFICIENT_STORAGE,
        "internal" | "audit_broken" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// What is answered when a request made the server panic.
pub(super) fn broken(_: Box<dyn std::any::Any + Send>) -> Response {
    refuse(&HubError::new("internal"), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_answered_in_words_a_device_reads() {
        let told = broken(Box::new("what the panic said"));
        assert_eq!(told.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(told.headers()[header::CONTENT_TYPE], CBOR);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let body = axum::body::to_bytes(told.into_body(), 1_000);
        let body = runtime.block_on(body).unwrap();
        assert_eq!(ErrorTell::read(&body), Some(ErrorTell::new("internal")));
    }
}
