//! The app for a browser on the same machine: plain HTTP on loopback, for whoever was told the token.
//!
//! `GET /` and what it names: the screens. `POST /call` {name, input}, `GET /changed` (server-sent events {kinds, ids}), `PUT`
//! and `GET /file/{hash}`. A page of another site can reach loopback too: hence the token, the check of who asks, and of
//! the name it asked for.

mod feed;
mod guard;
mod route;
mod screens;

use crate::app::App;
use crate::error::{CallError, Called};
use axum_server::Handle;
use feed::Feed;
use guard::Guard;
use route::{Shared, router};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Where to listen, who may ask, and how long is waited for whom.
#[derive(Clone)]
pub struct Listen {
    /// Address of this machine; port 0 takes a free one.
    pub address: SocketAddr,
    /// Random bytes that nobody else knows.
    pub token: [u8; 32],
    /// How long the head of a request may take to come.
    pub head: Duration,
    /// How long its body may.
    pub body: Duration,
    /// How long stopping waits for requests under way.
    pub drain: Duration,
}

impl Listen {
    /// On `address`, for who knows `token`; 10 s for a head, 60 s for a body, 30 s to end.
    #[must_use]
    pub fn new(address: SocketAddr, token: [u8; 32]) -> Self {
        Self {
            address,
            token,
            head: Duration::from_secs(10),
            body: Duration::from_secs(60),
            drain: Duration::from_secs(30),
        }
    }
}

impl std::fmt::Debug for Listen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listen")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// An app that serves.
pub struct Running {
    /// Its address.
    pub url: String,
    /// What every request but those for the screens must bring as `Authorization: Bearer …`: 64 hex digits.
    pub token: String,
    feed: Arc<Feed>,
    drain: Duration,
    handle: Handle<SocketAddr>,
    task: JoinHandle<std::io::Result<()>>,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Running {
    /// What to open in a browser. The token stands where a browser keeps it to itself: it never goes over the wire in an
    /// address.
    #[must_use]
    pub fn open(&self) -> String {
        format!("{}/#token={}", self.url, self.token)
    }

    /// Takes no more connections, ends the streams of changes, and waits for requests under way.
    ///
    /// # Errors
    /// `internal` when the server had ended by itself.
    pub async fn stop(self) -> Called<()> {
        self.feed.close();
        self.handle.graceful_shutdown(Some(self.drain));
        match self.task.await {
            Ok(Ok(())) => Ok(()),
            _ => Err(CallError::new("internal")),
        }
    }

    /// Waits until the server ends by itself.
    ///
    /// # Errors
    /// `internal`: it never should.
    pub async fn ended(&mut self) -> Called<()> {
        drop((&mut self.task).await);
        Err(CallError::new("internal"))
    }
}

/// Begins to serve. Needs a tokio runtime; returns once connections are taken. The
/// caller keeps a handle of `app` and drops it outside the runtime.
///
/// # Errors
/// `not_loopback`, `cannot_listen`.
pub async fn serve(app: &Arc<App>, listen: Listen) -> Called<Running> {
    if !listen.address.ip().is_loopback() {
        return Err(CallError::new("not_loopback"));
    }
    let refused = |_: std::io::Error| CallError::new("cannot_listen");
    let socket = TcpListener::bind(listen.address).map_err(refused)?;
    socket.set_nonblocking(true).map_err(refused)?;
    let address = socket.local_addr().map_err(refused)?;
    let feed = Arc::new(Feed::default());
    let told = Arc::clone(&feed);
    app.on_change(Box::new(move |changed| told.tell(changed)));
    let guard = Guard::new(address, &listen.token);
    let token = guard.token().to_owned();
    let routes = router(Shared {
        app: Arc::clone(app),
        feed: Arc::clone(&feed),
        guard: Arc::new(guard),
        patience: listen.body,
    });
    let handle = Handle::new();
    let mut server = axum_server::from_tcp(socket)
        .map_err(refused)?
        .handle(handle.clone())
        .first_request_timeout(listen.head)
        .http1_only();
    let mut http = server.http_builder().http1();
    http.header_read_timeout(listen.head)
        .max_buf_size(64 * 1024);
    Ok(Running {
        url: format!("http://{address}"),
        token,
        feed,
        drain: listen.drain,
        handle,
        task: tokio::spawn(server.serve(routes.into_make_service())),
    })
}
