//! One request and its answer: bounded in bytes and time, and only what a hub would answer.

use super::{ClientError, Line, tls};
use crate::caps;
use crate::enrol::{CBOR, ErrorTell, Token};
use crate::wire::decode;
use minicbor::Decode;
use reqwest::{Response, StatusCode, header};
use std::future::Future;
use std::pin::pin;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// How long the other end may be silent.
const READ: Duration = Duration::from_secs(60);
/// The slowest uplink that is waited for, bytes a second: a batch must get through where there is hardly a network.
const SLOWEST: u64 = 4 * 1024;
/// How long one answer may take altogether, however steadily it drips.
const WHOLE: Duration = Duration::from_secs(15 * 60);
/// How often a person's wish to stop is looked at.
const TICK: Duration = Duration::from_millis(200);
pub(super) const JSON: &str = "application/json";

/// What is sent.
pub(super) struct Request<'a> {
    pub(super) path: &'a str,
    pub(super) kind: &'static str,
    pub(super) token: Option<&'a Token>,
    pub(super) body: Vec<u8>,
}

impl<'a> Request<'a> {
    pub(super) fn cbor(path: &'a str, body: Vec<u8>) -> Self {
        Self {
            path,
            kind: CBOR,
            token: None,
            body,
        }
    }
}

impl Line {
    /// Sends and reads an answer of the same media type.
    pub(super) async fn post(
        &self,
        request: Request<'_>,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Vec<u8>, ClientError> {
        if request.body.len() > caps::MESSAGE_BYTES {
            return Err(ClientError::with("too_large", "request"));
        }
        let kind = request.kind;
        let limit = READ + Duration::from_secs(request.body.len() as u64 / SLOWEST);
        let mut url = self.base.clone();
        url.set_path(&format!(
            "{}{}",
            url.path().trim_end_matches('/'),
            request.path
        ));
        let mut sending = self
            .http
            .post(url)
            .header(header::CONTENT_TYPE, kind)
            .header(header::ACCEPT, kind);
        if let Some(token) = request.token {
            sending = sending.header(header::AUTHORIZATION, token.bearer());
        }
        let sending = sending.body(request.body);
        // A hub that restarted has closed the connections kept to it, which shows only when one is used. What the
        // protocol sends may be sent twice; what staff ask for may not.
        let again = sending.try_clone().filter(|_| kind == CBOR);
        let mut sent = patiently(sending.send(), limit, cancelled).await?;
        if let (Err(error), Some(again)) = (&sent, again)
            && is_cut(error)
        {
            sent = patiently(again.send(), limit, cancelled).await?;
        }
        let mismatch = self.pin.take_mismatch();
        let response = sent.map_err(|e| self.failed(&e, mismatch))?;
        let status = response.status();
        let shown = Shown::of(&response);
        if status.is_success() && shown.kind != Some(kind) {
            return Err(ClientError::with("not_a_hub", "content_type"));
        }
        if !status.is_success() && shown.kind.is_none() {
            return Err(self.unreadable(status, &shown));
        }
        let body = self.read(response, cancelled).await?;
        if status == StatusCode::OK {
            return Ok(body);
        }
        let code = match shown.kind {
            Some(CBOR) => ErrorTell::read(&body).map(|e| (e.code, e.retry_after)),
            _ => json_code(&body).map(|code| (code, None)),
        };
        let Some((code, wait)) = code else {
            return Err(self.unreadable(status, &shown));
        };
        let wait = wait.map(u64::from).or(shown.retry_after);
        if is_busy(status) && !is_trouble(&code) {
            return Err(later(&code, wait));
        }
        Err(ClientError::told(&code, wait))
    }

    /// As [`Self::post`], decoded.
    pub(super) async fn ask<T: for<'b> Decode<'b, ()>>(
        &self,
        path: &str,
        body: Vec<u8>,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<T, ClientError> {
        let answer = self.post(Request::cbor(path, body), cancelled).await?;
        decode(&answer).map_err(|_| ClientError::with("not_a_hub", "body"))
    }

    async fn read(
        &self,
        mut response: Response,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Vec<u8>, ClientError> {
        let too_large = || ClientError::with("too_large", "answer");
        let cap = caps::MESSAGE_BYTES;
        if response.content_length().is_some_and(|n| n > cap as u64) {
            return Err(too_large());
        }
        let started = Instant::now();
        let mut body = Vec::new();
        loop {
            let left = WHOLE.saturating_sub(started.elapsed()).min(READ);
            let chunk = patiently(response.chunk(), left, cancelled).await?;
            match chunk.map_err(|e| self.failed(&e, false))? {
                None => return Ok(body),
                Some(chunk) if body.len() + chunk.len() > cap => return Err(too_large()),
                Some(chunk) => body.extend_from_slice(&chunk),
            }
        }
    }

    fn failed(&self, error: &reqwest::Error, mismatch: bool) -> ClientError {
        if mismatch {
            ClientError::with("wrong_hub", "tls")
        } else if error.is_timeout() {
            ClientError::with("timeout", "connect")
        } else if tls::is_fault(error) {
            ClientError::with("not_a_hub", "tls")
        } else if error.is_connect() {
            ClientError::with("offline", "connect")
        } else {
            ClientError::with("offline", "cut")
        }
    }

    /// A failure in words that are not ours. On a line to the pinned machine it is the hub, or the proxy in front of it.
    fn unreadable(&self, status: StatusCode, shown: &Shown) -> ClientError {
        if is_busy(status) && shown.asks_to_wait {
            later("", shown.retry_after)
        } else if self.is_pinned() && status.is_server_error() {
            ClientError::with("server", status.as_str())
        } else {
            ClientError::with("not_a_hub", status.as_str())
        }
    }
}

/// What an answer's head says.
struct Shown {
    kind: Option<&'static str>,
    asks_to_wait: bool,
    retry_after: Option<u64>,
}

impl Shown {
    fn of(response: &Response) -> Self {
        let text = |name| response.headers().get(name).and_then(|v| v.to_str().ok());
        let media = text(header::CONTENT_TYPE).and_then(|v| v.split(';').next());
        let media = media.map(str::trim).unwrap_or_default();
        let wait = text(header::RETRY_AFTER);
        Self {
            kind: [CBOR, JSON]
                .into_iter()
                .find(|k| media.eq_ignore_ascii_case(k)),
            asks_to_wait: wait.is_some(),
            retry_after: wait.and_then(|v| v.trim().parse().ok()),
        }
    }
}

/// Whether the connection broke after it stood, before an answer began.
fn is_cut(error: &reqwest::Error) -> bool {
    error.is_request() && !error.is_timeout() && !error.is_connect() && !tls::is_fault(error)
}

fn is_busy(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    )
}

/// Codes under a busy status that waiting alone does not mend, or that mean something of their own.
fn is_trouble(code: &str) -> bool {
    matches!(
        code,
        "too_many" | "disk_full" | "db" | "db_damaged" | "io" | "read_only"
    )
}

fn later(detail: &str, retry_after: Option<u64>) -> ClientError {
    ClientError {
        retry_after,
        ..ClientError::with("later", detail)
    }
}

/// `{"error": {"code": …}}`, as calls of staff are refused.
fn json_code(body: &[u8]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(body).ok()?;
    let code = value.get("error")?.get("code")?.as_str()?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    (code.len() <= 40 && code.bytes().all(plain)).then(|| code.to_owned())
}

/// Waits for `work` no longer than `limit`, and no longer than the person wants.
async fn patiently<T>(
    work: impl Future<Output = T>,
    limit: Duration,
    cancelled: &dyn Fn() -> bool,
) -> Result<T, ClientError> {
    let mut work = pin!(work);
    let started = Instant::now();
    loop {
        if cancelled() {
            return Err(ClientError::new("cancelled"));
        }
        let left = limit.saturating_sub(started.elapsed());
        if left.is_zero() {
            return Err(ClientError::with("timeout", "silent"));
        }
        if let Ok(done) = timeout(left.min(TICK), work.as_mut()).await {
            return Ok(done);
        }
    }
}
