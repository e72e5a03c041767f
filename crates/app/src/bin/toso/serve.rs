//! `toso serve`: until it is asked to stop.

use serde_json::json;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use toso_app::clock::{Random, SystemRandom};
use toso_app::serve::{Listen, serve};
use toso_app::{App, CallError, Called};

/// How long a call under way is waited for when the program ends.
const LAST: Duration = Duration::from_secs(5);

/// Serves until SIGTERM or Ctrl+C, then lets requests under way end.
///
/// Errors: `not_loopback`, `cannot_listen`, `internal`.
pub(crate) fn run(app: App, address: SocketAddr) -> Called<()> {
    let app = Arc::new(app);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|_| CallError::new("internal"))?;
    let done = runtime.block_on(until_stopped(&app, address));
    runtime.shutdown_timeout(LAST);
    done
}

async fn until_stopped(app: &Arc<App>, address: SocketAddr) -> Called<()> {
    let token = SystemRandom.bytes32();
    // Before anybody can know where it listens: from then on it may be asked to stop.
    let mut stop = Stop::listen().map_err(|_| CallError::new("internal"))?;
    let mut running = serve(app, Listen::new(address, token)).await?;
    let line = json!({ "listening": running.url, "token": running.token, "open": running.open() });
    {
        let mut out = std::io::stdout().lock();
        let told = writeln!(out, "{line}").and_then(|()| out.flush());
        told.map_err(|_| CallError::new("internal"))?;
    }
    tokio::select! {
        ended = running.ended() => return ended,
        () = stop.asked() => {}
    }
    running.stop().await
}

/// SIGTERM, or Ctrl+C.
struct Stop {
    #[cfg(unix)]
    term: tokio::signal::unix::Signal,
    #[cfg(unix)]
    int: tokio::signal::unix::Signal,
}

impl Stop {
    fn listen() -> std::io::Result<Self> {
        #[cfg(unix)]
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            #[cfg(unix)]
            term: signal(SignalKind::terminate())?,
            #[cfg(unix)]
            int: signal(SignalKind::interrupt())?,
        })
    }

    async fn asked(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.term.recv() => {}
            _ = self.int.recv() => {}
        }
        #[cfg(not(unix))]
        drop(tokio::signal::ctrl_c().await);
    }
}
