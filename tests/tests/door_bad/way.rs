//! Somebody between a phone and its hub: passes on what both say, or does something else.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use toso_sync::enrol::{OpenAsk, OpenTell};
use toso_sync::message::Bytes;
use toso_sync::wire::{decode, encode};

/// Ask and answer in, the new answer out.
type Alter = dyn Fn(&[u8], Vec<u8>) -> Vec<u8> + Send + Sync;

/// What is done with the next requests.
#[derive(Clone)]
pub(crate) enum Deed {
    /// Passes both ways.
    Pass,
    /// Answers itself, with these bytes.
    Says(Vec<u8>),
    /// Passes on, and this to the answers of exchanges: ask, answer; the new answer.
    Alters(Arc<Alter>),
    /// Passes on, and ends the connection before the answer is whole.
    Cuts,
    /// Passes to somebody else.
    Leads(String),
}

/// The way from one phone to its hub.
#[derive(Clone)]
pub(crate) struct Way {
    deed: Arc<Mutex<Deed>>,
}

impl Way {
    pub(crate) fn new() -> Self {
        Self {
            deed: Arc::new(Mutex::new(Deed::Pass)),
        }
    }

    pub(crate) fn does(&self, deed: Deed) {
        *self.deed.lock().unwrap_or_else(PoisonError::into_inner) = deed;
    }

    /// Opens the way to the hub at `url`; what to call instead of it. Its thread ends with the process.
    pub(crate) fn to(&self, url: &str) -> String {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let here = format!("http://{}", socket.local_addr().unwrap());
        let (deed, hub) = (Arc::clone(&self.deed), url.to_owned());
        std::thread::spawn(move || {
            for stream in socket.incoming() {
                let deed = deed.lock().unwrap_or_else(PoisonError::into_inner).clone();
                // One request a connection, one after the other. A phone that hangs up is no matter.
                drop(stream.and_then(|stream| carry(stream, &hub, deed)));
            }
        });
        here
    }
}

fn carry(mut phone: TcpStream, hub: &str, deed: Deed) -> std::io::Result<()> {
    let (head, body) = message(&mut phone)?;
    let to = match &deed {
        Deed::Says(bytes) => return phone.write_all(bytes),
        Deed::Leads(other) => other,
        _ => hub,
    };
    let mut far = TcpStream::connect(to.strip_prefix("http://").unwrap_or(to))?;
    far.write_all(closing(&head).as_bytes())?;
    far.write_all(&body)?;
    let (told, mut answer) = message(&mut far)?;
    let opening = head.starts_with("POST /v1/sync/open ");
    let of_exchange = opening || head.starts_with("POST /v1/sync ");
    if let (Deed::Alters(alter), true) = (&deed, of_exchange) {
        answer = match opening.then(|| decode::<OpenTell>(&answer)) {
            Some(Ok(told)) => {
                let OpenAsk { ask, .. } = decode(&body).unwrap();
                let tell = Bytes(alter(&ask.0, told.tell.0));
                encode(&OpenTell { tell, ..told })
            }
            _ => alter(&body, answer),
        };
    }
    let length = answer.len();
    if matches!(deed, Deed::Cuts) && of_exchange {
        answer.truncate(length / 2);
    }
    let lines = told
        .lines()
        .filter(|line| !line.to_lowercase().starts_with("content-length"));
    let mut out = String::new();
    for line in lines.filter(|line| !line.is_empty()) {
        out += &format!("{line}\r\n");
    }
    phone.write_all(format!("{out}content-length: {length}\r\n\r\n").as_bytes())?;
    phone.write_all(&answer)
}

/// A head that asks for one answer only.
fn closing(head: &str) -> String {
    let mut lines: Vec<&str> = head.lines().filter(|line| !line.is_empty()).collect();
    lines.retain(|line| !line.to_lowercase().starts_with("connection"));
    lines.join("\r\n") + "\r\nconnection: close\r\n\r\n"
}

/// One message: its head and its body.
fn message(stream: &mut TcpStream) -> std::io::Result<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut byte = [0];
    while !all.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        all.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&all).into_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body)?;
    Ok((head, body))
}
