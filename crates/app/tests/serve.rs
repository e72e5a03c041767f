//! The app in a browser: who is let in, what is told, and that it ends in order.
#![cfg(feature = "serve")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "a test, which shares the world of the stories"
)]

#[path = "story/world.rs"]
mod world;

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use toso_app::serve::{Listen, Running, serve};
use toso_app::{App, call};
use toso_sync::key::sha256;
use toso_sync::ruling::Role;
use world::Commune;

struct Browser {
    commune: Arc<Commune>,
    running: Option<Running>,
    runtime: Runtime,
    host: String,
    bearer: String,
    // Last: dropped outside the runtime.
    app: Arc<App>,
}

struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap().to_owned()
    }
}

impl Browser {
    fn new() -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        Self::with(Listen::new(address, [7; 32]))
    }

    fn with(listen: Listen) -> Self {
        let (commune, _staff) = Commune::new();
        let (_, name, pin) = commune.person("Lan", &[Role::Member], "123456").end();
        let app = Arc::new(commune.app(&name));
        call(&app, "profile.unlock", json!({ "pin": pin })).unwrap();
        let runtime = Runtime::new().unwrap();
        let running = runtime.block_on(serve(&app, listen)).unwrap();
        assert_eq!(running.token, "07".repeat(32));
        Self {
            commune,
            host: running.url.strip_prefix("http://").unwrap().to_owned(),
            bearer: format!("authorization: Bearer {}\r\n", running.token),
            running: Some(running),
            runtime,
            app,
        }
    }

    fn send(&self, method: &str, path: &str, lines: &str, body: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        let length = body.len();
        let head = format!("{method} {path} HTTP/1.1\r\ncontent-length: {length}\r\n{lines}\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        // A server that refuses a body closes before it has read all of it.
        let _ = stream.write_all(body);
        stream
    }

    fn raw(&self, method: &str, path: &str, lines: &str, body: &[u8]) -> Answer {
        let lines = format!("{lines}connection: close\r\n");
        let mut all = Vec::new();
        let _ = self.send(method, path, &lines, body).read_to_end(&mut all);
        let end = all
            .windows(4)
            .position(|w| w == b"\r\n\r\n")
            .expect("a head");
        let head = String::from_utf8(all[..end].to_vec()).unwrap();
        Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_lowercase(),
            body: all[end + 4..].to_vec(),
        }
    }

    /// As the own page asks.
    fn ask(&self, method: &str, path: &str, more: &str, body: &[u8]) -> Answer {
        let lines = format!("host: {}\r\n{}{more}", self.host, self.bearer);
        self.raw(method, path, &lines, body)
    }

    fn call(&self, name: &str, input: Value) -> Answer {
        let body = json!({ "name": name, "input": input }).to_string();
        self.ask("POST", "/call", "", body.as_bytes())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop()).unwrap();
        }
    }
}

#[test]
fn only_the_own_page_with_the_token_is_answered() {
    let browser = Browser::new();
    let body = json!({ "name": "space.list", "input": {} }).to_string();
    let body = body.as_bytes();
    let host = format!("host: {}\r\n", browser.host);
    let paths = [("POST", "/call"), ("GET", "/changed"), ("GET", "/file/x")];
    for (method, path) in paths {
        let code = |lines: &str| {
            let answer = browser.raw(method, path, lines, body);
            (answer.status, answer.code())
        };
        let told = |status: u16, code: &str| (status, code.to_owned());
        assert_eq!(code(&host), told(401, "wrong_token"));
        let wrong = format!("{host}authorization: Bearer {}\r\n", "08".repeat(32));
        assert_eq!(code(&wrong), told(401, "wrong_token"));
        let own = format!("{host}{}", browser.bearer);
        let evil = format!("{own}origin: http://evil.example\r\n");
        assert_eq!(code(&evil), told(403, "foreign_origin"));
        let rebound = format!("host: evil.example\r\n{}", browser.bearer);
        assert_eq!(code(&rebound), told(421, "foreign_host"));
    }
    let mine = format!("origin: http://{}\r\n", browser.host);
    let well = browser.ask("POST", "/call", &mine, body);
    assert_eq!(
        (well.status, well.json().as_array().unwrap().len()),
        (200, 2)
    );
    for line in ["cache-control: no-store", "x-content-type-options: nosniff"] {
        assert!(well.head.contains(line), "{}", well.head);
    }
    assert!(
        !well.head.contains("access-control"),
        "no other site may read"
    );
    assert_eq!(browser.ask("GET", "/else", "", b"").status, 404);
}

#[test]
fn the_screens_come_without_the_token_and_bring_what_they_may_do() {
    let browser = Browser::new();
    let host = format!("host: {}\r\n", browser.host);
    let page = browser.raw("GET", "/", &host, b"");
    assert_eq!(page.status, 200);
    assert!(page.body.starts_with(b"<!"));
    for line in [
        "content-type: text/html; charset=utf-8",
        "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n",
        "permissions-policy: camera=(self), geolocation=(self), microphone=()",
        "cache-control: no-cache",
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
        "cross-origin-resource-policy: same-origin",
    ] {
        assert!(page.head.contains(line), "{line}\n{}", page.head);
    }
    assert!(!page.head.contains("access-control") && !page.head.contains("sandbox"));
    let tag = page.head.split("etag: ").nth(1).unwrap();
    let tag = tag.lines().next().unwrap().replace("w/", "W/");
    let again = browser.raw("GET", "/", &format!("{host}if-none-match: {tag}\r\n"), b"");
    assert_eq!((again.status, again.body.len()), (304, 0));
    let head = browser.raw("HEAD", "/", &host, b"");
    assert_eq!((head.status, head.body.len()), (200, 0));
    // Only to the own page, like all else.
    let evil = format!("{host}origin: http://evil.example\r\n");
    assert_eq!(browser.raw("GET", "/", &evil, b"").code(), "foreign_origin");
    let framed = format!("{host}sec-fetch-site: cross-site\r\n");
    assert_eq!(
        browser.raw("GET", "/", &framed, b"").code(),
        "foreign_origin"
    );
    let rebound = browser.raw("GET", "/", "host: evil.example\r\n", b"");
    assert_eq!(rebound.code(), "foreign_host");
    for path in [
        "/else",
        "/assets/",
        "/assets/none-0000.js",
        "/assets/../../Cargo.toml",
        "/../../../../etc/hostname",
        "/..%2f..%2fCargo.toml",
        "/%2e%2e/%2e%2e/Cargo.toml",
        "//etc/hostname",
        "/index.html.gz",
        "/screens/index.html",
    ] {
        let none = browser.raw("GET", path, &host, b"");
        assert_eq!(
            (none.status, none.code()),
            (404, "no_such_call".into()),
            "{path}"
        );
    }
    assert_eq!(browser.raw("POST", "/", &host, b"").status, 404);
    let open = browser.running.as_ref().unwrap().open();
    let expected = format!("http://{}/#token={}", browser.host, "07".repeat(32));
    assert_eq!(open, expected);
}

#[test]
fn refusals_are_told_as_everywhere_and_a_body_has_its_bounds() {
    let browser = Browser::new();
    let refused = browser.call("record.get", json!({ "id": "x" }));
    assert_eq!((refused.status, refused.code()), (422, "bad_input".into()));
    let answer = browser.ask("POST", "/call", "", b"no JSON");
    assert_eq!((answer.status, answer.code()), (400, "bad_input".into()));
    let answer = browser.ask("POST", "/call", "", &vec![b' '; (2 << 20) + 1]);
    assert_eq!((answer.status, answer.code()), (413, "too_large".into()));
    let path = json!({ "space": browser.commune.team, "path": "photo.jpg" });
    let answer = browser.call("file.add", path);
    assert_eq!((answer.status, answer.code()), (400, "bad_input".into()));
    let elsewhere = SocketAddr::from(([0, 0, 0, 0], 0));
    let refused = serve(&browser.app, Listen::new(elsewhere, [1; 32]));
    let refused = browser.runtime.block_on(refused).unwrap_err();
    assert_eq!(refused.code, "not_loopback");
}

#[test]
fn a_save_is_told_to_every_page_that_listens_and_streams_end_with_the_server() {
    let mut browser = Browser::new();
    let lines = format!("host: {}\r\n{}", browser.host, browser.bearer);
    let mut pages: Vec<BufReader<TcpStream>> = (0..2)
        .map(|_| BufReader::new(browser.send("GET", "/changed", &lines, b"")))
        .collect();
    for page in &mut pages {
        let (mut line, mut head) = (String::new(), String::new());
        // Once the head is here, the page listens.
        while line != "\r\n" {
            line.clear();
            assert!(page.read_line(&mut line).unwrap() > 0);
            head += &line;
        }
        assert!(head.contains("content-type: text/event-stream\r\n"));
        assert!(head.contains("cache-control: no-store\r\n"), "{head}");
    }
    let fields = json!({ "head_name": "Lầu Bá Đủa" });
    let input = json!({ "space": browser.commune.team, "kind": "household", "fields": fields });
    let made = browser.call("record.create", input).json();
    for page in &mut pages {
        let mut line = String::new();
        while !line.starts_with("data: ") {
            line.clear();
            assert!(page.read_line(&mut line).unwrap() > 0);
        }
        let told: Value = serde_json::from_str(line.strip_prefix("data: ").unwrap()).unwrap();
        assert_eq!(told, json!({ "kinds": ["household"], "ids": [made["id"]] }));
    }
    let running = browser.running.take().unwrap();
    browser.runtime.block_on(running.stop()).unwrap();
    for mut page in pages {
        let mut rest = String::new();
        page.read_to_string(&mut rest).unwrap();
        assert!(!rest.contains("data:"), "{rest}");
    }
    assert!(TcpStream::connect(&browser.host).is_err());
}

#[test]
fn a_file_goes_in_and_comes_out_and_what_is_not_what_was_sent_is_refused() {
    let browser = Browser::new();
    let space = format!("toso-space: {}\r\n", browser.commune.team);
    let pdf = b"%PDF-1.7 a paper".to_vec();
    let hex: String = sha256(&[&pdf]).iter().map(|b| format!("{b:02x}")).collect();
    let put = |more: &str, body: &[u8]| browser.ask("PUT", &format!("/file/{hex}"), more, body);
    let told = put(&space, &pdf);
    assert_eq!(told.status, 200, "{}", told.json());
    let kept = told.json();
    assert_eq!(
        (&kept["media"], &kept["size"]),
        (&json!("application/pdf"), &json!(16))
    );
    assert_eq!(put(&space, &pdf).json(), kept, "sent again, it is the same");
    assert_eq!(put(&space, b"%PDF-1.7 cut").code(), "wrong_hash");
    assert_eq!(put("", &pdf).code(), "bad_input");
    let path = format!("/file/{}", kept["hash"].as_str().unwrap());
    let got = browser.ask("GET", &path, "", b"");
    assert_eq!((got.status, got.body), (200, pdf));
    assert!(got.head.contains("content-type: application/pdf"));
    assert!(
        got.head
            .contains("content-security-policy: default-src 'none'; sandbox")
    );
    for path in [format!("/file/{hex}"), format!("/file/{}", "a".repeat(52))] {
        let none = browser.ask("GET", &path, "", b"");
        assert_eq!((none.status, none.code()), (404, "file_not_here".into()));
    }
    browser.call("profile.lock", json!({}));
    assert_eq!(browser.ask("GET", &path, "", b"").code(), "locked");
}

#[test]
fn who_says_nothing_or_half_is_not_waited_for() {
    let mut listen = Listen::new(SocketAddr::from(([127, 0, 0, 1], 0)), [7; 32]);
    listen.head = Duration::from_millis(300);
    listen.body = Duration::from_millis(300);
    let browser = Browser::with(listen);
    let mut silent = TcpStream::connect(&browser.host).unwrap();
    silent
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    assert_eq!(silent.read_to_end(&mut Vec::new()).unwrap(), 0, "closed");
    let lines = format!("host: {}\r\n{}", browser.host, browser.bearer);
    let mut slow = TcpStream::connect(&browser.host).unwrap();
    let head = format!("POST /call HTTP/1.1\r\ncontent-length: 10\r\n{lines}\r\n{{\"name");
    slow.write_all(head.as_bytes()).unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut told = String::new();
    let _ = slow.read_to_string(&mut told);
    assert!(
        told.starts_with("HTTP/1.1 408") && told.contains("timeout"),
        "{told}"
    );
    assert_eq!(browser.call("space.list", json!({})).status, 200);
}
