//! Whoever answers in the hub's place, to the real app over HTTP: without the commune's key nothing it says changes a copy.

use crate::behaviour::{Behaviour, World};
use crate::commune::{Commune, done, refused, write};
use crate::device::table;
use crate::{frugal, state};
use serde_json::json;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use toso_hub::Listen;
use toso_sync::caps;
use toso_sync::enrol::ErrorTell;
use toso_sync::pack::encode;

table! { Caught;
    shows_a_login_page => "not_a_hub",
    says_that_a_page_is_cbor => "not_a_hub",
    sends_the_phone_elsewhere => "not_a_hub, and nobody is asked there",
    asks_for_a_password => "not_a_hub",
    closes_without_a_word => "offline",
    speaks_no_http => "offline",
    cuts_its_answer => "offline",
    announces_a_terabyte => "too_large",
    answers_without_end => "too_large in 32 MB",
    heads_without_end => "offline in 32 MB",
    drips_its_answer => "a person may stop it at once",
    packs_its_answer => "not_a_hub",
    says_unsigned_that_the_phone_is_revoked => "told, and nothing is locked or lost",
    says_its_refusal_in_a_megabyte => "not_a_hub",
    says_to_wait_a_thousand_years => "later, and a person may ask at once",
}

type Answers = Arc<dyn Fn(&mut TcpStream) + Send + Sync>;

/// The way from a phone to its hub, and who stands on it.
struct Way {
    answers: Arc<Mutex<Option<Answers>>>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Way {
    fn new() -> Self {
        Self {
            answers: Arc::default(),
            open: Arc::default(),
        }
    }

    /// From now on this is said to every request; nothing is passed on.
    fn says(&self, answers: impl Fn(&mut TcpStream) + Send + Sync + 'static) {
        *locked(&self.answers) = Some(Arc::new(answers));
        self.cuts();
    }

    fn passes(&self) {
        *locked(&self.answers) = None;
        self.cuts();
    }

    /// Connections that were kept would go on as before.
    fn cuts(&self) {
        for stream in locked(&self.open).drain(..) {
            drop(stream.shutdown(Shutdown::Both));
        }
    }

    /// Opens the way; its threads end with the process.
    fn to(&self, url: &str) -> String {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let here = format!("http://{}", socket.local_addr().unwrap());
        let hub = url.strip_prefix("http://").unwrap().to_owned();
        let (answers, open) = (Arc::clone(&self.answers), Arc::clone(&self.open));
        std::thread::spawn(move || {
            for stream in socket.incoming().flatten() {
                let answers = locked(&answers).clone();
                locked(&open).extend(stream.try_clone());
                let hub = hub.clone();
                std::thread::spawn(move || match answers {
                    Some(answers) => answer(stream, &answers),
                    None => pass(&stream, &hub),
                });
            }
        });
        here
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn pass(phone: &TcpStream, hub: &str) {
    let Ok(far) = TcpStream::connect(hub) else {
        return;
    };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            drop(std::io::copy(&mut &*phone, &mut &far));
            drop(far.shutdown(Shutdown::Write));
        });
        drop(std::io::copy(&mut &far, &mut &*phone));
        drop(phone.shutdown(Shutdown::Both));
    });
}

/// Reads one request to its end and lets somebody answer it.
fn answer(mut phone: TcpStream, answers: &Answers) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match phone.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    if phone.read_exact(&mut body).is_ok() {
        answers(&mut phone);
    }
    drop(phone.shutdown(Shutdown::Both));
}

/// A commune whose honest phone has work that waits, and somebody on its way to the hub.
pub(crate) struct Caught {
    commune: Commune,
    way: Way,
    waits: String,
}

impl World for Caught {
    const LASTS: bool = true;

    fn begin() -> Self {
        let way = Way::new();
        let commune = Commune::listening(Listen::default(), Some(&|url| way.to(url)));
        let waits = write(&commune.honest, "Vừ Y Mai");
        Self {
            commune,
            way,
            waits,
        }
    }

    fn goes_on(&mut self) {
        self.way.passes();
        self.commune.goes_on();
        let kept = done(
            &self.commune.honest,
            "record.get",
            json!({ "id": self.waits }),
        );
        assert_eq!(kept["sync"], "kept");
        self.waits = write(&self.commune.honest, "Vừ Y Mai");
    }
}

impl Caught {
    /// The exchange fails with this code, the phone shows what it showed, and its work waits.
    #[track_caller]
    fn fails(&self, code: &str) {
        let honest = &self.commune.honest;
        let before = state::of_app(honest);
        let began = Instant::now();
        let told = frugal(|| refused(honest, "sync.run", json!({})));
        assert_eq!(told.code, code);
        assert!(began.elapsed() < Duration::from_secs(8));
        assert_eq!(state::of_app(honest), before, "nothing changed");
        let record = done(honest, "record.get", json!({ "id": self.waits }));
        assert_eq!(record["sync"], "waiting");
        let state = done(honest, "profile.state", json!({}));
        assert_eq!(
            (&state["enrolled"], &state["state"]),
            (&json!("active"), &json!("unlocked")),
            "{state}"
        );
    }

    fn says(&self, status: &str, kind: &str, body: &[u8]) {
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        let all = [head.as_bytes(), body].concat();
        self.way.says(move |phone| drop(phone.write_all(&all)));
    }
}

const PAGE: &str = "<!DOCTYPE html><html><body>Đăng nhập Wi-Fi</body></html>";
const CBOR: &str = "application/cbor";

fn shows_a_login_page(caught: &mut Caught) {
    for status in [
        "200 OK",
        "511 Network Authentication Required",
        "404 Not Found",
        "500 No",
    ] {
        caught.says(status, "text/html; charset=utf-8", PAGE.as_bytes());
        caught.fails("not_a_hub");
    }
}

fn says_that_a_page_is_cbor(caught: &mut Caught) {
    for status in ["200 OK", "203 Hm", "403 Forbidden"] {
        caught.says(status, CBOR, PAGE.as_bytes());
        caught.fails("not_a_hub");
    }
    caught.says("200 OK", CBOR, &[0x9f; 100_000]);
    caught.fails("not_a_hub");
}

fn sends_the_phone_elsewhere(caught: &mut Caught) {
    let there = TcpListener::bind("127.0.0.1:0").unwrap();
    there.set_nonblocking(true).unwrap();
    let address = there.local_addr().unwrap();
    for status in [
        "301 Moved",
        "302 Found",
        "303 See",
        "307 Temporary",
        "308 Permanent",
    ] {
        caught.says(
            &format!("{status}\r\nlocation: http://{address}/v1/sync"),
            "text/html",
            PAGE.as_bytes(),
        );
        caught.fails("not_a_hub");
    }
    assert!(there.accept().is_err(), "nobody is asked there");
}

fn asks_for_a_password(caught: &mut Caught) {
    for status in [
        "401 Unauthorized\r\nwww-authenticate: Basic realm=\"x\"",
        "407 Proxy\r\nproxy-authenticate: Basic",
    ] {
        caught.says(status, "text/html", PAGE.as_bytes());
        caught.fails("not_a_hub");
    }
}

fn closes_without_a_word(caught: &mut Caught) {
    caught.way.says(|_| ());
    caught.fails("offline");
}

fn speaks_no_http(caught: &mut Caught) {
    for bytes in [
        &b"\0\x01\x02\x03"[..],
        b"SSH-2.0-x\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
    ] {
        caught.way.says(move |phone| drop(phone.write_all(bytes)));
        caught.fails("offline");
    }
}

fn cuts_its_answer(caught: &mut Caught) {
    caught.way.says(|phone| {
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: {CBOR}\r\ncontent-length: 5000\r\n\r\nabc");
        drop(phone.write_all(head.as_bytes()));
    });
    caught.fails("offline");
}

fn announces_a_terabyte(caught: &mut Caught) {
    for length in ["1099511627776", "4194305"] {
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: {CBOR}\r\ncontent-length: {length}\r\n\r\n");
        caught
            .way
            .says(move |phone| drop(phone.write_all(head.as_bytes())));
        caught.fails("too_large");
    }
}

fn answers_without_end(caught: &mut Caught) {
    caught.way.says(|phone| {
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {CBOR}\r\ntransfer-encoding: chunked\r\n\r\n"
        );
        drop(phone.write_all(head.as_bytes()));
        let chunk = [&b"4000\r\n"[..], &[0; 0x4000], b"\r\n"].concat();
        while phone.write_all(&chunk).is_ok() {}
    });
    caught.fails("too_large");
}

fn heads_without_end(caught: &mut Caught) {
    caught.way.says(|phone| {
        drop(phone.write_all(b"HTTP/1.1 200 OK\r\n"));
        let line = format!("x-{}: y\r\n", "z".repeat(4_000));
        while phone.write_all(line.as_bytes()).is_ok() {}
    });
    caught.fails("offline");
}

fn drips_its_answer(caught: &mut Caught) {
    let asked = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&asked);
    caught.way.says(move |phone| {
        seen.fetch_add(1, SeqCst);
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: {CBOR}\r\ncontent-length: 4000\r\n\r\n");
        drop(phone.write_all(head.as_bytes()));
        while phone.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    let honest = &caught.commune.honest;
    let (error, took) = std::thread::scope(|scope| {
        let run = scope.spawn(|| refused(honest, "sync.run", json!({})));
        while asked.load(SeqCst) == 0 {
            std::thread::sleep(Duration::from_millis(10));
        }
        // Meanwhile a person writes on.
        write(honest, "Vừ Y Mai");
        let began = Instant::now();
        done(honest, "sync.stop", json!({}));
        (run.join().unwrap(), began.elapsed())
    });
    assert_eq!(error.code, "cancelled");
    assert!(took < Duration::from_secs(2), "{took:?}");
}

/// A frame that would unpack to gigabytes, by a coding nobody asked for.
fn packs_its_answer(caught: &mut Caught) {
    let bomb = toso_tests::bomb::zeros(8 * 1024, 0x58);
    for coding in ["zstd", "gzip", "br", "deflate"] {
        let kind = format!("{CBOR}\r\ncontent-encoding: {coding}");
        caught.says("200 OK", &kind, &bomb);
        caught.fails("not_a_hub");
    }
}

fn says_unsigned_that_the_phone_is_revoked(caught: &mut Caught) {
    for code in ["revoked", "cert_expired", "no_cert"] {
        caught.says("403 Forbidden", CBOR, &encode(&ErrorTell::new(code)));
        caught.fails(code);
    }
}

fn says_its_refusal_in_a_megabyte(caught: &mut Caught) {
    for code in [
        "x".repeat(1_000_000),
        "<script>".into(),
        String::new(),
        "Mã".into(),
    ] {
        caught.says("403 Forbidden", CBOR, &encode(&ErrorTell::new(&code)));
        caught.fails("not_a_hub");
    }
    let long = vec![0; caps::MESSAGE_BYTES + 1];
    caught.says("403 Forbidden", CBOR, &long);
    caught.fails("too_large");
}

fn says_to_wait_a_thousand_years(caught: &mut Caught) {
    for wait in ["99999999999999999999", "31536000000", "-1", "x"] {
        caught.says(
            &format!("503 Busy\r\nretry-after: {wait}"),
            "text/html",
            PAGE.as_bytes(),
        );
        caught.fails("later");
    }
    let busy = ErrorTell {
        code: "too_often".into(),
        retry_after: Some(u32::MAX),
    };
    caught.says("429 Busy", CBOR, &encode(&busy));
    caught.fails("later");
}
