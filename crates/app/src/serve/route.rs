//! The routes: the screens for whoever is near, the rest for who knows the token. Read a bounded body in bounded time, ask
//! the app where blocking is allowed, answer.

use super::feed::Feed;
use super::guard::Guard;
use super::screens;
use crate::app::App;
use crate::call::file::GIVEN_MAX;
use crate::error::{CallError, Called};
use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use toso_domain::file::FileHash;
use toso_domain::id::SpaceId;
use toso_sync::id::DeviceKey;
use toso_sync::key::sha256;

/// Bytes of a call at most: a picture for `qr.read` fits, files come by their own way.
const CALL_MAX: usize = 2 << 20;
/// The header that names the space of a file.
const SPACE: &str = "toso-space";

/// What routes share.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) app: Arc<App>,
    pub(super) feed: Arc<Feed>,
    pub(super) guard: Arc<Guard>,
    /// How long a body may take to come.
    pub(super) patience: Duration,
}

pub(super) fn router(shared: Shared) -> Router {
    Router::new()
        .route("/call", post(call))
        .route("/changed", get(changed))
        .route("/file/{hash}", get(read_file).put(put_file))
        // Above: for who knows the token. Below: what a browser asks for first, when it can bring none.
        .route_layer(from_fn_with_state(shared.clone(), known))
        .fallback(screen)
        .layer(from_fn_with_state(shared.clone(), guarded))
        .with_state(shared)
}

/// Nothing is answered to other sites; but for the screens, nothing answered is kept by the browser or believed to be a
/// page.
async fn guarded(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let told = shared.guard.near(request.uri(), request.headers());
    let mut response = match told {
        Ok(()) => next.run(request).await,
        Err("foreign_host") => refused(StatusCode::MISDIRECTED_REQUEST, "foreign_host"),
        Err(code) => refused(StatusCode::FORBIDDEN, code),
    };
    let headers = response.headers_mut();
    // The screens say for themselves how long they last and what they may do.
    let own = headers.contains_key(header::CONTENT_SECURITY_POLICY);
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ] {
        if !own || !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    response
}

/// Nothing of anybody is answered before it is known who asks.
async fn known(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    if shared.guard.knows(request.headers()) {
        next.run(request).await
    } else {
        refused(StatusCode::UNAUTHORIZED, "wrong_token")
    }
}

async fn screen(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let found = screens::answer(&method, &uri, &headers);
    found.unwrap_or_else(|| refused(StatusCode::NOT_FOUND, "no_such_call"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    name: String,
    #[serde(default)]
    input: Value,
}

async fn call(State(shared): State<Shared>, request: Request) -> Response {
    let body = match shared.body(request, CALL_MAX).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    let Ok(Asked { name, input }) = serde_json::from_slice(&body) else {
        let error = CallError::new("bad_input").with("what", "name and input");
        return refusal(StatusCode::BAD_REQUEST, &error);
    };
    // A page has no business with paths: it gives bytes.
    if name == "file.add" && input.get("path").is_some() {
        let error = CallError::new("bad_input").with("path", "not from a browser");
        return refusal(StatusCode::BAD_REQUEST, &error);
    }
    let done = blocking(move || crate::calls::call(&shared.app, &name, input)).await;
    answered(done)
}

async fn changed(State(shared): State<Shared>) -> Response {
    match shared.feed.listen() {
        Some(changes) => Sse::new(changes)
            .keep_alive(KeepAlive::default())
            .into_response(),
        None => refusal(
            StatusCode::SERVICE_UNAVAILABLE,
            &CallError::new("too_often"),
        ),
    }
}

async fn read_file(State(shared): State<Shared>, Path(hash): Path<String>) -> Response {
    let Ok(hash) = hash.parse::<FileHash>() else {
        return refusal(StatusCode::NOT_FOUND, &CallError::new("file_not_here"));
    };
    match blocking(move || shared.app.file(hash)).await {
        Ok((media, bytes)) => {
            let media = HeaderValue::from_str(&media);
            let media = media.unwrap_or(HeaderValue::from_static("application/octet-stream"));
            ([(header::CONTENT_TYPE, media)], bytes).into_response()
        }
        Err(error) if error.code == "file_not_here" => refusal(StatusCode::NOT_FOUND, &error),
        Err(error) => refusal(StatusCode::UNPROCESSABLE_ENTITY, &error),
    }
}

/// The file as the browser has it, named by its SHA-256 in hex, so that what arrived is what was sent and sending it
/// again changes nothing. The answer says under which name it is kept: a photo is made anew.
async fn put_file(
    State(shared): State<Shared>,
    Path(hash): Path<String>,
    request: Request,
) -> Response {
    let space = request.headers().get(SPACE);
    let space = space.and_then(|space| space.to_str().ok()?.parse::<SpaceId>().ok());
    let (Some(space), Some(sent)) = (space, DeviceKey::from_hex(&hash)) else {
        let error = CallError::new("bad_input").with("what", "toso-space, SHA-256 in hex");
        return refusal(StatusCode::BAD_REQUEST, &error);
    };
    let body = match shared.body(request, GIVEN_MAX).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    if sha256(&[&body]) != sent.0 {
        return refusal(StatusCode::BAD_REQUEST, &CallError::new("wrong_hash"));
    }
    let done = blocking(move || {
        let kept = shared.app.add_file(space, &body)?;
        serde_json::to_value(kept).map_err(|_| CallError::new("internal"))
    });
    answered(done.await)
}

impl Shared {
    async fn body(&self, request: Request, most: usize) -> Result<Bytes, Response> {
        let body = to_bytes(request.into_body(), most);
        let (status, code) = match tokio::time::timeout(self.patience, body).await {
            Ok(Ok(bytes)) => return Ok(bytes),
            Ok(Err(_)) => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Err(_) => (StatusCode::REQUEST_TIMEOUT, "timeout"),
        };
        Err(refusal(status, &CallError::new(code)))
    }
}

/// A panic in a call is that call's failure.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Called<T> + Send + 'static,
) -> Called<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(CallError::new("internal")))
}

fn answered(done: Called<Value>) -> Response {
    match done {
        Ok(output) => axum::Json(output).into_response(),
        Err(error) => refusal(StatusCode::UNPROCESSABLE_ENTITY, &error),
    }
}

fn refused(status: StatusCode, code: &str) -> Response {
    refusal(status, &CallError::new(code))
}

fn refusal(status: StatusCode, error: &CallError) -> Response {
    (status, axum::Json(error.to_json())).into_response()
}
