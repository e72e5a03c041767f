//! A server of a few lines that answers whatever a test wants.

use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One request as it came.
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) bearer: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// What the server does with a request.
pub(crate) enum Reply {
    /// Answers these bytes and hangs up.
    Bytes(Vec<u8>),
    /// Answers these, then these again and again until the other side hangs up.
    Endless(Vec<u8>, Vec<u8>),
    /// Says nothing.
    Silence,
}

/// An answer with a body.
pub(crate) fn reply(status: &str, head: &str, body: &[u8]) -> Reply {
    let len = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\n{head}content-length: {len}\r\nconnection: close\r\n\r\n");
    Reply::Bytes([head.as_bytes(), body].concat())
}

/// An answer as a hub gives it.
pub(crate) fn cbor(body: &[u8]) -> Reply {
    reply("200 OK", "content-type: application/cbor\r\n", body)
}

/// Serves until the test ends; answers its address.
pub(crate) async fn serve(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))
        .await
        .unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = Arc::clone(&answer);
            tokio::spawn(async move { one(stream, &*answer).await });
        }
    });
    url
}

async fn one(mut stream: TcpStream, answer: &(impl Fn(&Asked) -> Reply + Send + Sync)) {
    let mut bytes = Vec::new();
    let asked = loop {
        let mut part = [0; 16 * 1024];
        match stream.read(&mut part).await {
            Ok(n) if n > 0 => bytes.extend_from_slice(&part[..n]),
            _ => return,
        }
        if let Some(asked) = whole(&bytes) {
            break asked;
        }
    };
    let reply = answer(&asked);
    match reply {
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Reply::Endless(head, again) => {
            let mut sent = stream.write_all(&head).await;
            while sent.is_ok() {
                sent = stream.write_all(&again).await;
            }
        }
        Reply::Silence => std::future::pending().await,
    }
}

/// The request, once all of it is there.
pub(crate) fn whole(bytes: &[u8]) -> Option<Asked> {
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let value = |name: &str| {
        head.lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.to_owned())
    };
    let len = value("content-length").map_or(0, |v| v.parse().unwrap());
    let body = &bytes[end + 4..];
    (body.len() >= len).then(|| Asked {
        path: head.split(' ').nth(1).unwrap().to_owned(),
        bearer: value("authorization"),
        body: body.to_vec(),
    })
}
