//! The smallest HTTP client that can ask a hub, so that what is counted is the hub's.

use std::io::{Read, Write};
use std::net::TcpStream;
use toso_sync::enrol::ErrorTell;

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The code of a refusal.
    #[track_caller]
    pub(crate) fn code(&self) -> String {
        match ErrorTell::read(&self.body) {
            Some(told) => told.code,
            None => panic!("{}: {}", self.status, String::from_utf8_lossy(&self.body)),
        }
    }
}

/// The head of a request that closes its connection.
pub(crate) fn head(host: &str, path: &str, token: Option<&str>, length: usize) -> String {
    let bearer = token.map_or(String::new(), |t| format!("authorization: {t}\r\n"));
    format!(
        "POST {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
         content-type: application/cbor\r\ncontent-length: {length}\r\n{bearer}\r\n"
    )
}

/// Sends a request and reads until the hub closes.
#[track_caller]
pub(crate) fn post(url: &str, path: &str, token: Option<&str>, body: &[u8]) -> Answer {
    let host = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let head = head(host, path, token, body.len());
    stream.write_all(head.as_bytes()).unwrap();
    // A hub that refuses a body closes before it has read all of it.
    let _ = stream.write_all(body);
    read(&mut stream)
}

/// Reads an answer until the other end closes.
#[track_caller]
pub(crate) fn read(stream: &mut TcpStream) -> Answer {
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all);
    let end = all.windows(4).position(|w| w == b"\r\n\r\n");
    let end = end.expect("a head");
    let status = std::str::from_utf8(&all[9..12]).unwrap().parse().unwrap();
    Answer {
        status,
        body: all[end + 4..].to_vec(),
    }
}
