//! The routes, each a few lines: read, run alone on the hub where blocking is allowed, answer.

use super::limit::Gates;
use crate::core::Core;
use crate::db::HubDb;
use crate::error::{Done, HubError};
use crate::hub::Hub;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use toso_sync::caps;
use toso_sync::enrol::{CBOR, ErrorTell, Token};
use toso_sync::id::DeviceKey;
use toso_sync::pack::{decode, encode};

/// Body of a request that carries no packs, bytes.
const SMALL: usize = 64 * 1024;

/// What routes share.
pub(super) struct App<D> {
    pub(super) hub: Hub<D>,
    pub(super) gates: Gates,
    pub(super) ready: AtomicBool,
    pub(super) proxied: bool,
    pub(super) tls: bool,
    /// SHA-256 of the certificate a device sees; zeroes when it sees none.
    pub(super) print: [u8; 32],
}

type Shared<D> = State<Arc<App<D>>>;
type Body = Result<Bytes, BytesRejection>;

pub(super) fn router<D: HubDb>(app: Arc<App<D>>) -> Router {
    let door = Router::new()
        .route("/v1/enrol", post(enrol::<D>))
        .route("/v1/enrol/state", post(state::<D>))
        .route("/v1/challenge", post(challenge::<D>))
        .route("/v1/token", post(token::<D>))
        .layer(DefaultBodyLimit::max(SMALL))
        .layer(from_fn_with_state(Arc::clone(&app), at_door::<D>));
    let inside = Router::new()
        .route("/v1/staff", post(staff::<D>))
        .layer(DefaultBodyLimit::max(SMALL));
    let exchange = Router::new()
        .route("/v1/sync", post(sync::<D>))
        .layer(DefaultBodyLimit::max(caps::MESSAGE_BYTES));
    let limited = door
        .merge(inside)
        .merge(exchange)
        .layer(from_fn_with_state(Arc::clone(&app), by_address::<D>));
    Router::new()
        .route("/livez", get(|| async { "ok\n" }))
        .route("/readyz", get(readyz::<D>))
        .merge(limited)
        .layer(from_fn_with_state(Arc::clone(&app), headers::<D>))
        .with_state(app)
}

async fn readyz<D: HubDb>(State(app): Shared<D>) -> Response {
    if !app.ready.load(Ordering::SeqCst) {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    match alone(&app, |core, _| Ok(core.db().secret("epoch")?)).await {
        Ok(_) => "ok\n".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "db\n").into_response(),
    }
}

async fn enrol<D: HubDb>(State(app): Shared<D>, body: Body) -> Response {
    let print = app.print;
    answer(&app, body, move |core, bytes, now| {
        Ok(encode(&core.enrol(&decode(bytes)?, &print, now)?))
    })
    .await
}

async fn state<D: HubDb>(State(app): Shared<D>, body: Body) -> Response {
    answer(&app, body, |core, bytes, _| {
        Ok(encode(&core.state_of(&decode(bytes)?)?))
    })
    .await
}

async fn challenge<D: HubDb>(State(app): Shared<D>, body: Body) -> Response {
    answer(&app, body, |core, _, now| Ok(encode(&core.challenge(now)))).await
}

async fn token<D: HubDb>(State(app): Shared<D>, body: Body) -> Response {
    answer(&app, body, |core, bytes, now| {
        Ok(encode(&core.token_for(&decode(bytes)?, now)?))
    })
    .await
}

async fn sync<D: HubDb>(State(app): Shared<D>, head: HeaderMap, body: Body) -> Response {
    let device = match bearer(&app, &head).await {
        Ok(device) => device,
        Err(refused) => return refused,
    };
    answer(&app, body, move |core, bytes, now| {
        core.exchange(&device, bytes, now)
    })
    .await
}

async fn staff<D: HubDb>(State(app): Shared<D>, head: HeaderMap, body: Body) -> Response {
    let device = match bearer(&app, &head).await {
        Ok(device) => device,
        Err(refused) => return refused,
    };
    let address = app.hub.inner.address.get().cloned().unwrap_or_default();
    let print = app.print;
    let done = match read_body(body) {
        Ok(bytes) => {
            alone(&app, move |core, now| {
                core.staff(&device, &bytes, (&address, print), now)
            })
            .await
        }
        Err(e) => Err(e),
    };
    match done {
        Ok(value) => axum::Json(value).into_response(),
        Err(e) => refuse(&e, 0),
    }
}

/// Whose token the request bears, within that device's limit.
async fn bearer<D: HubDb>(app: &Arc<App<D>>, head: &HeaderMap) -> Result<DeviceKey, Response> {
    let token = head
        .get(header::AUTHORIZATION)
        .and_then(|value| Token::from_bearer(value.to_str().ok()?));
    let Some(token) = token else {
        return Err(refuse(&HubError::new("bad_token"), 0));
    };
    let device = alone(app, move |core, now| core.bearer(&token, now))
        .await
        .map_err(|e| refuse(&e, 0))?;
    app.gates
        .device(&device)
        .map_err(|wait| refuse(&HubError::new("too_often"), wait))?;
    Ok(device)
}

async fn answer<D: HubDb>(
    app: &Arc<App<D>>,
    body: Body,
    work: impl FnOnce(&mut Core<D>, &[u8], i64) -> Done<Vec<u8>> + Send + 'static,
) -> Response {
    let done = match read_body(body) {
        Ok(bytes) => alone(app, move |core, now| work(core, &bytes, now)).await,
        Err(e) => Err(e),
    };
    match done {
        Ok(bytes) => cbor(StatusCode::OK, bytes),
        Err(e) => refuse(&e, 0),
    }
}

fn read_body(body: Body) -> Done<Bytes> {
    body.map_err(|e| {
        HubError::new(if e.status() == StatusCode::PAYLOAD_TOO_LARGE {
            "too_large"
        } else {
            "malformed"
        })
    })
}

/// Runs `work` alone on the hub, off the threads that serve the network.
async fn alone<D: HubDb, T: Send + 'static>(
    app: &Arc<App<D>>,
    work: impl FnOnce(&mut Core<D>, i64) -> Done<T> + Send + 'static,
) -> Done<T> {
    let hub = app.hub.clone();
    let done = tokio::task::spawn_blocking(move || {
        let now = hub.now();
        hub.alone(|core| work(core, now))
    });
    // A panic in there ends one request; the next one finds the lock poisoned and cleans up.
    done.await
        .unwrap_or_else(|_| Err(HubError::new("internal")))
}

fn cbor(status: StatusCode, bytes: Vec<u8>) -> Response {
    let kind = [(header::CONTENT_TYPE, CBOR)];
    (status, kind, bytes).into_response()
}

fn refuse(e: &HubError, wait: u64) -> Response {
    note(e);
    let tell = ErrorTell {
        code: e.code.to_owned(),
        retry_after: u32::try_from(wait).ok().filter(|wait| *wait > 0),
    };
    let mut response = cbor(status(e), encode(&tell));
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
        "not_allowed" | "revoked" | "wrong_tls" | "cert_expired" | "code_wrong" | "code_used"
        | "code_expired" | "too_many" => StatusCode::FORBIDDEN,
        "too_large" => StatusCode::PAYLOAD_TOO_LARGE,
        "timeout" => StatusCode::REQUEST_TIMEOUT,
        "too_often" => StatusCode::TOO_MANY_REQUESTS,
        "not_found" | "no_such_call" | "no_such_device" | "no_such_member" | "no_space" => {
            StatusCode::NOT_FOUND
        }
        "check_number" | "not_pending" | "not_revoked" => StatusCode::CONFLICT,
        // The disk's trouble, not the request's: it may be tried again as it is.
        "disk_full" | "db_busy" | "db" | "db_damaged" | "io" | "read_only" => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        "internal" | "audit_broken" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// The address that counts. Behind a proxy it is the one the proxy itself added last; anything before it may be forged.
fn address<D>(app: &App<D>, request: &Request) -> Option<IpAddr> {
    let forwarded = request.headers().get("x-forwarded-for");
    let last = forwarded
        .filter(|_| app.proxied)
        .and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    last.or_else(|| {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
        Some(peer.0.ip())
    })
}

async fn by_address<D: HubDb>(State(app): Shared<D>, request: Request, next: Next) -> Response {
    gate(&app, request, next, false).await
}

async fn at_door<D: HubDb>(State(app): Shared<D>, request: Request, next: Next) -> Response {
    gate(&app, request, next, true).await
}

async fn gate<D: HubDb>(app: &App<D>, request: Request, next: Next, door: bool) -> Response {
    match address(app, &request).map(|ip| app.gates.address(ip, door)) {
        Some(Err(wait)) => refuse(&HubError::new("too_often"), wait),
        _ => next.run(request).await,
    }
}

/// Ends a request that takes too long, its body dripped in or its work stuck, in words a device reads.
pub(super) async fn in_time(
    State(most): State<Duration>,
    request: Request,
    next: Next,
) -> Response {
    match tokio::time::timeout(most, next.run(request)).await {
        Ok(response) => response,
        Err(_) => refuse(&HubError::new("timeout"), 0),
    }
}

/// What is answered when a request made the server panic.
pub(super) fn broken(_: Box<dyn std::any::Any + Send>) -> Response {
    refuse(&HubError::new("internal"), 0)
}

async fn headers<D: HubDb>(State(app): Shared<D>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if app.tls || app.proxied {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    response
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
