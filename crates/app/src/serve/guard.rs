//! Who may ask: whoever knows the token, from this machine's own address and from no page of another site.

use axum::http::{HeaderMap, Uri, header};
use std::net::SocketAddr;
use subtle::ConstantTimeEq;

/// Knows the token and the names of this server.
#[derive(Debug)]
pub(super) struct Guard {
    token: String,
    hosts: Vec<String>,
}

impl Guard {
    pub(super) fn new(address: SocketAddr, token: &[u8; 32]) -> Self {
        let port = address.port();
        Self {
            token: token.iter().map(|b| format!("{b:02x}")).collect(),
            hosts: vec![address.to_string(), format!("localhost:{port}")],
        }
    }

    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// Whether the request came to this server by its own name, and from no page of another site. Errors: `foreign_host`,
    /// `foreign_origin`.
    pub(super) fn near(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), &'static str> {
        // A name of somebody else's that resolves to this machine (DNS rebinding) is not ours.
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = hosts.next().and_then(|host| host.to_str().ok());
        let ours = host.is_some_and(|host| self.hosts.iter().any(|own| own == host));
        if !ours || hosts.next().is_some() || uri.authority().is_some() {
            return Err("foreign_host");
        }
        let own = |origin: &str| {
            let host = origin.strip_prefix("http://");
            host.is_some_and(|host| self.hosts.iter().any(|own| own == host))
        };
        let origins = headers.get_all(header::ORIGIN).iter();
        let mut origins = origins.map(|origin| origin.to_str().is_ok_and(own));
        let site = headers.get("sec-fetch-site").map(|site| site.as_bytes());
        let near = site.is_none_or(|site| matches!(site, b"same-origin" | b"none"));
        if near && origins.all(|own| own) {
            Ok(())
        } else {
            Err("foreign_origin")
        }
    }

    /// Whether the request brought the token.
    pub(super) fn knows(&self, headers: &HeaderMap) -> bool {
        // Looked at to the end whatever differs first: time must not tell how much of a guess was right.
        let given = headers.get(header::AUTHORIZATION).map(|h| h.as_bytes());
        let given = given.and_then(|given| given.strip_prefix(b"Bearer "));
        given.is_some_and(|given| bool::from(given.ct_eq(self.token.as_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn told(lines: &[(&'static str, &str)], uri: &str) -> Result<(), &'static str> {
        let guard = Guard::new(SocketAddr::from(([127, 0, 0, 1], 8500)), &[0xab; 32]);
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        guard.near(&uri.parse().unwrap(), &headers)?;
        guard.knows(&headers).then_some(()).ok_or("wrong_token")
    }

    #[test]
    fn only_the_own_page_with_the_token_comes_in() {
        let bearer = format!("Bearer {}", "ab".repeat(32));
        let (host, token) = (("host", "127.0.0.1:8500"), ("authorization", &*bearer));
        assert_eq!(told(&[host, token], "/call"), Ok(()));
        let own = ("origin", "http://localhost:8500");
        let local = ("host", "localhost:8500");
        assert_eq!(told(&[local, own, token], "/call"), Ok(()));
        let strangers: [(&[(&'static str, &str)], &str); 9] = [
            (&[token], "foreign_host"),
            (&[("host", "evil.example:8500"), token], "foreign_host"),
            (&[("host", "127.0.0.1"), token], "foreign_host"),
            (&[host, ("host", "evil.example"), token], "foreign_host"),
            (
                &[host, ("origin", "http://evil.example"), token],
                "foreign_origin",
            ),
            (&[host, ("origin", "null"), token], "foreign_origin"),
            (
                &[host, ("sec-fetch-site", "cross-site"), token],
                "foreign_origin",
            ),
            (&[host], "wrong_token"),
            (&[host, ("authorization", "Bearer abab")], "wrong_token"),
        ];
        for (lines, code) in strangers {
            assert_eq!(told(lines, "/call"), Err(code), "{lines:?}");
        }
        assert_eq!(told(&[own], "/"), Err("foreign_host"));
        let absolute = "http://evil.example/call";
        assert_eq!(told(&[host, token], absolute), Err("foreign_host"));
    }
}
