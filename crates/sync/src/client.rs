//! The device's line to its hub over HTTP: letting in, sessions, exchanges and calls of staff.
//!
//! Networks lie: a captive portal answers for anybody. Nothing here changes the copy but an answer the commune's authority
//! signed, and a device talks to no machine but the one whose certificate it holds to.

mod door;
mod error;
mod exchange;
mod http;
mod staff;
mod tls;

pub use door::Enrolled;
pub use error::ClientError;
pub use exchange::{Access, Exchanged, Run};

use crate::id::HubKey;
use reqwest::Url;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tls::Pin;

const CONNECT: Duration = Duration::from_secs(10);
/// How long an idle connection is used again. Shorter than any hub or proxy keeps one: nothing runs here between two
/// requests that would see it closed, and a batch sent into a closed one looks as if there were no network.
const IDLE: Duration = Duration::from_secs(2);

/// What a device knows of a hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hub {
    /// Address: `https://…`, or `http://` on this machine only. Without a scheme, `https` is meant.
    pub url: String,
    /// The commune's authority; none before the first enrolment by a typed code.
    pub authority: Option<HubKey>,
    /// SHA-256 of the TLS certificate (DER) to accept, and no other; none before the first enrolment by a typed code, and
    /// on plain HTTP.
    pub tls_pin: Option<[u8; 32]>,
}

/// An open line to one hub; keeps connections between requests. Belongs to the runtime it was first used on, which needs
/// IO and time. Dropping a call's future ends the call.
#[derive(Debug)]
pub struct Line {
    hub: Hub,
    base: Url,
    http: reqwest::Client,
    pin: Arc<Pin>,
}

impl Line {
    /// Prepares a line; nothing is sent yet.
    ///
    /// # Errors
    /// `bad_url`; `insecure_hub` for plain HTTP to another machine; `internal`.
    pub fn open(hub: Hub) -> Result<Self, ClientError> {
        let base = address(&hub.url)?;
        let pin = Arc::new(Pin::new(hub.tls_pin));
        let local = [
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            SocketAddr::from((Ipv6Addr::LOCALHOST, 0)),
        ];
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::config(&pin)?)
            .http1_only()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            // Whatever a resolver says, this name is this machine.
            .resolve_to_addrs("localhost", &local)
            .build()
            .map_err(|_| ClientError::new("internal"))?;
        Ok(Self {
            hub,
            base,
            http,
            pin,
        })
    }

    /// The hub at the other end.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// SHA-256 of the TLS certificate this line saw; none before the first request and on plain HTTP. Every later request of
    /// this line is held to it.
    #[must_use]
    pub fn seen(&self) -> Option<[u8; 32]> {
        self.pin.seen()
    }

    /// True when whoever answers holds the key of the certificate this device was shown.
    fn is_pinned(&self) -> bool {
        self.hub.tls_pin.is_some() && self.base.scheme() == "https"
    }
}

fn address(text: &str) -> Result<Url, ClientError> {
    let text = text.trim();
    let whole = if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    let url = Url::parse(&whole).map_err(|_| ClientError::new("bad_url"))?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    let host = url.host_str().filter(|_| plain);
    let host = host.ok_or(ClientError::new("bad_url"))?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_this_machine(host) => Ok(url),
        "http" => Err(ClientError::new("insecure_hub")),
        _ => Err(ClientError::new("bad_url")),
    }
}

fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
