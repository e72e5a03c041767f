//! The app for a browser on the same machine: plain HTTP on loopback, for whoever was told the token.
//!
//! `POST /call` {name, input}, `GET /changed` (server-sent events {kinds, ids}), `PUT` and `GET /file/{hash}`. A page of
//! another site can reach loopback too: hence the token, the check of who asks, and of the name it asked for.

mod feed;
mod guard;
mod route;

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

/// Seconds until the head of a request must have come.
const HEAD: Duration = Duration::from_secs(10);
/// Seconds that stopping waits for requests under way.
const DRAIN: Duration = Duration::from_secs(30);

/// An app that serves.
pub struct Running {
    /// Its address.
    pub url: String,
    /// What every request must bring as `Authorization: Bearer …`: 64 hex digits.
    pub token: String,
    feed: Arc<Feed>,
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
    /// Takes no more connections, ends the streams of changes, and waits for requests under way.
    ///
    /// # Errors
    /// `internal` when the server had ended by itself.
    pub async fn stop(self) -> Called<()> {
        self.feed.close();
        self.handle.graceful_shutdown(Some(DRAIN));
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

/// Begins to serve on `address`, whose port may be 0. Needs a tokio runtime; returns once connections are taken. The
/// caller keeps a handle of `app` and drops it outside the runtime.
///
/// # Errors
/// `not_loopback`, `cannot_listen`.
pub async fn serve(app: &Arc<App>, address: SocketAddr, token: [u8; 32]) -> Called<Running> {
    if !address.ip().is_loopback() {
        return Err(CallError::new("not_loopback"));
    }
    let refused = |_: std::io::Error| CallError::new("cannot_listen");
    let socket = TcpListener::bind(address).map_err(refused)?;
    socket.set_nonblocking(true).map_err(refused)?;
    let address = socket.local_addr().map_err(refused)?;
    let feed = Arc::new(Feed::default());
    let told = Arc::clone(&feed);
    app.on_change(Box::new(move |changed| told.tell(changed)));
    let guard = Guard::new(address, &token);
    let token = guard.token().to_owned();
    let routes = router(Shared {
        app: Arc::clone(app),
        feed: Arc::clone(&feed),
        guard: Arc::new(guard),
    });
    let handle = Handle::new();
    let mut server = axum_server::from_tcp(socket)
        .map_err(refused)?
        .handle(handle.clone())
        .first_request_timeout(HEAD)
        .http1_only();
    let mut http = server.http_builder().http1();
    http.header_read_timeout(HEAD).max_buf_size(64 * 1024);
    Ok(Running {
        url: format!("http://{address}"),
        token,
        feed,
        handle,
        task: tokio::spawn(server.serve(routes.into_make_service())),
    })
}
