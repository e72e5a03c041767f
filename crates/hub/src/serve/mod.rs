//! The hub on the network: plain HTTP on loopback, TLS with the hub's own key elsewhere.

mod answer;
mod cap;
mod describe;
mod limit;
mod metrics;
mod route;

pub use limit::Limits;
pub use metrics::MetricsToken;
pub use route::description;

use crate::db::HubDb;
use crate::error::{Done, HubError};
use crate::hub::{Hub, Tls};
use answer::broken;
use axum::middleware::from_fn_with_state;
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use cap::Cap;
use limit::Gates;
use metrics::{Metrics, counted};
use route::{App, in_time, router};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;
use tower_http::catch_panic::CatchPanicLayer;

/// Header lines of one request.
const HEADERS: usize = 64;

/// Where and how to listen.
#[derive(Debug, Clone)]
pub struct Listen {
    /// Address; port 0 takes a free one.
    pub address: SocketAddr,
    /// A proxy in front does TLS and names the peer's address in `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// SHA-256 of the proxy's certificate: enrolling devices prove that they saw it.
    pub proxy_print: Option<[u8; 32]>,
    /// Address that codes give to devices, when it is not the one listened on.
    pub url: Option<String>,
    /// Whoever bears it may read the figures from elsewhere.
    pub metrics: Option<MetricsToken>,
    /// Bounds.
    pub limits: Limits,
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            behind_proxy: false,
            proxy_print: None,
            url: None,
            metrics: None,
            limits: Limits::default(),
        }
    }
}

/// A hub that serves.
pub struct Running {
    /// Its address.
    pub url: String,
    handle: Handle<SocketAddr>,
    task: JoinHandle<std::io::Result<()>>,
    red: Box<dyn Fn() + Send + Sync>,
    drain: Duration,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Running {
    /// Says not to be ready, takes no more connections, and waits for requests under way.
    ///
    /// # Errors
    /// What ended the server, if it was not this.
    pub async fn stop(self) -> Done<()> {
        (self.red)();
        self.handle.graceful_shutdown(Some(self.drain));
        match self.task.await {
            Ok(ended) => Ok(ended?),
            Err(e) => Err(HubError::with("internal", e)),
        }
    }

    /// Waits until the server ends by itself.
    ///
    /// # Errors
    /// Those of the server.
    pub async fn ended(&mut self) -> Done<()> {
        match (&mut self.task).await {
            Ok(ended) => Ok(ended?),
            Err(e) => Err(HubError::with("internal", e)),
        }
    }
}

/// Begins to serve. Needs a tokio runtime; returns once connections are taken.
///
/// # Errors
/// `cannot_listen`, `bad_config`.
pub async fn serve<D: HubDb>(hub: Hub<D>, listen: Listen) -> Done<Running> {
    let refused = |e: std::io::Error| HubError::with("cannot_listen", e.kind());
    let socket = TcpListener::bind(listen.address).map_err(refused)?;
    socket.set_nonblocking(true).map_err(refused)?;
    let address = socket.local_addr().map_err(refused)?;
    let plain = address.ip().is_loopback() || listen.behind_proxy;
    let url = format!("{}://{address}", if plain { "http" } else { "https" });
    drop(
        hub.inner
            .address
            .set(listen.url.unwrap_or_else(|| url.clone())),
    );
    let limits = listen.limits;
    let tls = hub.inner.tls.clone();
    let print = match listen.proxy_print {
        Some(print) if listen.behind_proxy => print,
        _ if plain => [0; 32],
        _ => hub.key_fingerprint(),
    };
    let metrics = Arc::new(Metrics::new(listen.metrics)?);
    let app = Arc::new(App {
        hub,
        gates: Gates::new(&limits),
        ready: AtomicBool::new(true),
        proxied: listen.behind_proxy,
        tls: !plain,
        print,
        metrics: Arc::clone(&metrics),
        description: description().to_json().unwrap_or_default(),
    });
    let routes = router(Arc::clone(&app))
        .layer(from_fn_with_state(
            Duration::from_secs(limits.request_seconds),
            in_time,
        ))
        .layer(CatchPanicLayer::custom(broken))
        .layer(from_fn_with_state(metrics, counted))
        .into_make_service_with_connect_info::<SocketAddr>();
    let handle = Handle::new();
    let head = Duration::from_secs(limits.head_seconds);
    let cap = Cap::new(limits.connections);
    let mut server = axum_server::from_tcp(socket)
        .map_err(refused)?
        .handle(handle.clone())
        .first_request_timeout(head)
        .http1_only();
    server
        .http_builder()
        .http1()
        .header_read_timeout(head)
        .max_headers(HEADERS)
        .max_buf_size(64 * 1024);
    let task = if plain {
        tokio::spawn(server.acceptor(cap).serve(routes))
    } else {
        let acceptor = RustlsAcceptor::new(own_certificate(&tls)?).acceptor(cap);
        tokio::spawn(server.acceptor(acceptor).serve(routes))
    };
    Ok(Running {
        url,
        handle,
        task,
        red: Box::new(move || app.ready.store(false, Ordering::SeqCst)),
        drain: Duration::from_secs(limits.drain_seconds),
    })
}

fn own_certificate(tls: &Tls) -> Done<RustlsConfig> {
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
    let bad = |e: rustls::Error| HubError::with("bad_config", e);
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(tls.key.clone()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(bad)?
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(tls.cert.clone())], key)
        .map_err(bad)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(config)))
}
