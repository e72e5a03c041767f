//! The certificate a device holds to: the one it was shown, whatever name it bears and whoever signed it.

use crate::commune::{hub, phone};
use crate::door::{answer, code};
use crate::stub::{Asked, Reply, reply, whole};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::sync::Arc;
use toso_sync::client::{Hub, Line};
use toso_sync::key::sha256;

/// Of a name that no test uses; made for these tests and good for nothing else.
const CERT: &[u8] = include_bytes!("hub.cert.der");
const KEY: &[u8] = include_bytes!("hub.key.der");

fn print() -> [u8; 32] {
    sha256(&[CERT])
}

/// Serves over TLS from a thread of its own.
fn secure(answer: impl Fn(&Asked) -> Reply + Send + 'static) -> String {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(KEY));
    let chain = vec![CertificateDer::from(CERT)];
    let config = Arc::new(config.with_single_cert(chain, key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let tls = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(tls, stream.unwrap());
            let mut bytes = Vec::new();
            let mut part = [0; 4096];
            while let Ok(n @ 1..) = stream.read(&mut part) {
                bytes.extend_from_slice(&part[..n]);
                let Some(asked) = whole(&bytes) else { continue };
                if let Reply::Bytes(bytes) = answer(&asked) {
                    let _ = stream.write_all(&bytes);
                }
                stream.conn.send_close_notify();
                let _ = stream.flush();
                let _ = stream.sock.shutdown(Shutdown::Write);
                break;
            }
        }
    });
    url
}

#[tokio::test]
async fn a_typed_code_proves_the_certificate_that_was_seen() {
    let url = secure(|asked| answer(asked, &code(), &print()));
    let line = Line::open(Hub {
        authority: None,
        ..hub(&url)
    })
    .unwrap();
    assert_eq!(line.seen(), None);
    let enrolled = line.enrol(&code(), &phone(), "Máy", [5; 16]).await.unwrap();
    assert_eq!(
        (line.seen(), enrolled.hub.tls_pin),
        (Some(print()), Some(print()))
    );
    let later = Line::open(enrolled.hub).unwrap();
    later.enrol_state(&phone(), [5; 16]).await.unwrap();
}

#[tokio::test]
async fn whoever_relays_with_a_certificate_of_their_own_is_seen() {
    let url = secure(|asked| answer(asked, &code(), &[8; 32]));
    let line = Line::open(Hub {
        authority: None,
        ..hub(&url)
    })
    .unwrap();
    let error = line
        .enrol(&code(), &phone(), "Máy", [5; 16])
        .await
        .unwrap_err();
    assert_eq!((error.code, &*error.detail), ("wrong_hub", "wrong_tls"));
}

#[tokio::test]
async fn another_certificate_than_the_pinned_one_ends_the_call() {
    let url = secure(|_| panic!("nothing is sent"));
    let line = Line::open(Hub {
        tls_pin: Some([8; 32]),
        ..hub(&url)
    })
    .unwrap();
    let error = line.enrol_state(&phone(), [5; 16]).await.unwrap_err();
    assert_eq!((error.code, &*error.detail), ("wrong_hub", "tls"));
    assert_eq!(line.seen(), None);
}

#[tokio::test]
async fn a_portal_that_speaks_no_tls_is_not_a_hub() {
    let eager = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n<html>");
            let _ = stream.read(&mut [0; 1024]);
        });
        format!("https://{address}")
    };
    let error = Line::open(hub(&eager))
        .unwrap()
        .enrol_state(&phone(), [5; 16])
        .await;
    assert_eq!(error.unwrap_err().code, "not_a_hub");
}

#[tokio::test]
async fn trouble_at_the_pinned_machine_is_the_servers() {
    let url = secure(|_| reply("502 Bad Gateway", "content-type: text/html\r\n", b"nginx"));
    let line = Line::open(Hub {
        tls_pin: Some(print()),
        ..hub(&url)
    })
    .unwrap();
    let error = line.enrol_state(&phone(), [5; 16]).await.unwrap_err();
    assert_eq!(error.code, "server");
}
