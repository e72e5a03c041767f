//! The routes, each a few lines: read, run alone on the hub where blocking is allowed, answer.

use super::answer::{cbor, refuse};
use super::describe::{self, told};
use super::limit::Gates;
use super::metrics::{Metrics, PROMETHEUS};
use crate::core::Core;
use crate::db::HubDb;
use crate::db::sqlite::SqliteDb;
use crate::error::{Done, HubError};
use crate::hub::Hub;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use toso_sync::caps;
use toso_sync::enrol::{OPENING_BYTES, OpenAsk, OpenTell, Token};
use toso_sync::id::DeviceKey;
use toso_sync::pack::{decode, encode};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

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
    pub(super) metrics: Arc<Metrics>,
    /// The description, as it is served.
    pub(super) description: String,
}

type Shared<D> = State<Arc<App<D>>>;
type Body = Result<Bytes, BytesRejection>;

/// Every route with what is said of it, by what bounds it.
struct Groups<D> {
    /// Never refused for asking often: a balancer looks here.
    open: Routes<D>,
    /// Small, and most dear to guess at.
    door: Routes<D>,
    small: Routes<D>,
    exchange: Routes<D>,
    files: Routes<D>,
}

type Routes<D> = OpenApiRouter<Arc<App<D>>>;

fn groups<D: HubDb>() -> Groups<D> {
    Groups {
        open: OpenApiRouter::new()
            .routes(told(&describe::LIVEZ, async || "ok\n"))
            .routes(told(&describe::READYZ, readyz::<D>)),
        door: OpenApiRouter::new()
            .routes(told(&describe::ENROL, enrol::<D>))
            .routes(told(&describe::STATE, state::<D>))
            .routes(told(&describe::CHALLENGE, challenge::<D>))
            .routes(told(&describe::TOKEN, token::<D>))
            .routes(told(&describe::OPEN, open::<D>)),
        small: OpenApiRouter::new()
            .routes(told(&describe::STAFF, staff::<D>))
            .routes(told(&describe::METRICS, metrics::<D>))
            .routes(told(&describe::OPENAPI, openapi::<D>)),
        exchange: OpenApiRouter::new().routes(told(&describe::SYNC, sync::<D>)),
        files: OpenApiRouter::new().routes(told(&describe::FILE, file::<D>)),
    }
}

/// The description of all routes.
#[must_use]
pub fn description() -> OpenApi {
    let groups = groups::<SqliteDb>();
    OpenApiRouter::with_openapi(describe::head())
        .merge(groups.open)
        .merge(groups.door)
        .merge(groups.small)
        .merge(groups.exchange)
        .merge(groups.files)
        .into_openapi()
}

pub(super) fn router<D: HubDb>(app: Arc<App<D>>) -> Router {
    let groups = groups::<D>();
    let door = groups
        .door
        .layer(DefaultBodyLimit::max(SMALL))
        .layer(from_fn_with_state(Arc::clone(&app), at_door::<D>));
    let small = groups.small.layer(DefaultBodyLimit::max(SMALL));
    let exchange = groups
        .exchange
        .layer(DefaultBodyLimit::max(caps::MESSAGE_BYTES));
    let files = groups
        .files
        .layer(DefaultBodyLimit::max(toso_sync::file::MESSAGE_BYTES));
    let limited = door
        .merge(small)
        .merge(exchange)
        .merge(files)
        .layer(from_fn_with_state(Arc::clone(&app), by_address::<D>));
    let all = groups.open.merge(limited);
    let (routes, _) = all.split_for_parts();
    routes
        .layer(from_fn_with_state(Arc::clone(&app), headers::<D>))
        .with_state(app)
}

async fn openapi<D: HubDb>(State(app): Shared<D>) -> Response {
    let kind = [(header::CONTENT_TYPE, describe::JSON)];
    (kind, app.description.clone()).into_response()
}

/// Figures for whoever runs the hub; for anybody else the page does not exist.
async fn metrics<D: HubDb>(
    State(app): Shared<D>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    head: HeaderMap,
) -> Response {
    if !app.metrics.lets_in(peer.ip(), app.proxied, &head) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match alone(&app, |core, now| core.census(now)).await {
        Ok(census) => {
            let backup = app.hub.backup_age();
            let kind = [(header::CONTENT_TYPE, PROMETHEUS)];
            (kind, app.metrics.render(&census, backup)).into_response()
        }
        Err(e) => refuse(&e, 0),
    }
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
    let metrics = Arc::clone(&app.metrics);
    answer(&app, body, move |core, bytes, now| {
        let tell = core.token_for(&decode(bytes)?, now)?;
        metrics.opened();
        Ok(encode(&tell))
    })
    .await
}

async fn open<D: HubDb>(State(app): Shared<D>, body: Body) -> Response {
    let done = match read_body(body) {
        Ok(bytes) => opened(&app, &bytes).await,
        Err(e) => Err((e, 0)),
    };
    match done {
        Ok(tell) => cbor(StatusCode::OK, encode(&tell)),
        Err((e, wait)) => refuse(&e, wait),
    }
}

/// A refusal and the seconds to wait after it.
type Waits<T> = Result<T, (HubError, u64)>;

async fn opened<D: HubDb>(app: &Arc<App<D>>, bytes: &[u8]) -> Waits<OpenTell> {
    let now = |e: HubError| (e, 0);
    let OpenAsk { token, ask } = decode(bytes).map_err(|e| now(e.into()))?;
    if ask.0.len() > OPENING_BYTES {
        return Err(now(HubError::new("too_large")));
    }
    let device = token.device;
    let opening = alone(app, move |core, now| core.token_for(&token, now));
    let token = opening.await.map_err(now)?;
    app.metrics.opened();
    let gate = app.gates.device(&device);
    gate.map_err(|wait| (HubError::new("too_often"), wait))?;
    let exchange = alone(app, move |core, now| core.exchange(&device, &ask.0, now));
    let (tell, taken) = exchange.await.map_err(now)?;
    app.metrics.took(&taken);
    let tell = toso_sync::message::Bytes(tell);
    Ok(OpenTell { token, tell })
}

async fn sync<D: HubDb>(State(app): Shared<D>, head: HeaderMap, body: Body) -> Response {
    let device = match bearer(&app, &head).await {
        Ok(device) => device,
        Err(refused) => return refused,
    };
    let metrics = Arc::clone(&app.metrics);
    answer(&app, body, move |core, bytes, now| {
        let (tell, taken) = core.exchange(&device, bytes, now)?;
        metrics.took(&taken);
        Ok(tell)
    })
    .await
}

async fn file<D: HubDb>(State(app): Shared<D>, head: HeaderMap, body: Body) -> Response {
    let device = match bearer(&app, &head).await {
        Ok(device) => device,
        Err(refused) => return refused,
    };
    let done = match read_body(body) {
        Ok(bytes) => {
            let hub = app.hub.clone();
            let done = tokio::task::spawn_blocking(move || hub.answer_file(&device, &bytes));
            done.await
                .unwrap_or_else(|_| Err(HubError::new("internal")))
        }
        Err(e) => Err(e),
    };
    match done {
        Ok(bytes) => cbor(StatusCode::OK, bytes),
        Err(e) => refuse(&e, 0),
    }
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
mod tests;
