//! A proxy that reads whole messages and does something to one of them.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What is done to a message: a request and the reply to it.
#[derive(Debug, Clone)]
pub enum Deed {
    /// Only so many bytes of the request reach the hub; a number beyond its length goes round.
    CutRequest(u64),
    /// The hub did it; only so many bytes of its reply come back. At 0 none.
    CutReply(u64),
    /// Nothing is read, and the connection reset.
    Reset,
    /// Nothing comes back, and the connection stays.
    Silence,
    /// The hub did it, and nothing comes back, and the connection stays.
    LateSilence,
    /// The request reaches the hub twice; the second reply comes back.
    Twice,
    /// Everything takes this long more.
    Delay(Duration),
    /// Somebody else answers, this.
    Says(Vec<u8>),
    /// So many bytes a second each way, and so long there and back.
    Slow(u64, Duration),
}

#[derive(Default)]
struct State {
    /// Which message from now on, what is done, and to how many from there.
    plan: Option<(u64, Deed, u64)>,
    messages: u64,
    /// How often it was done.
    done: u64,
    up: u64,
    down: u64,
}

/// The way to a hub.
#[derive(Clone)]
pub struct Proxy {
    pub url: String,
    state: Arc<Mutex<State>>,
}

/// What went through since the last plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Went {
    pub messages: u64,
    pub done: u64,
    pub up: u64,
    pub down: u64,
}

impl Proxy {
    /// Before a hub; its threads end with the process.
    pub fn before(url: &str) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self {
            url: format!("http://{}", socket.local_addr().unwrap()),
            state: Arc::default(),
        };
        let (hub, state) = (
            url.strip_prefix("http://").unwrap().to_owned(),
            Arc::clone(&proxy.state),
        );
        std::thread::spawn(move || {
            for phone in socket.incoming().flatten() {
                let (hub, state) = (hub.clone(), Arc::clone(&state));
                // Whoever hangs up is no matter.
                std::thread::spawn(move || drop(carry(phone, &hub, &state)));
            }
        });
        proxy
    }

    /// From now on does this to the message of that number and to the next ones, `times` in all.
    pub fn plans(&self, message: u64, deed: Deed, times: u64) {
        *self.lock() = State {
            plan: Some((message, deed, times)),
            ..State::default()
        };
    }

    /// A good line from now on; what went through since the last plan.
    pub fn passes(&self) -> Went {
        let state = std::mem::take(&mut *self.lock());
        let State {
            messages,
            done,
            up,
            down,
            ..
        } = state;
        Went {
            messages,
            done,
            up,
            down,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn carry(mut phone: TcpStream, hub: &str, state: &Mutex<State>) -> std::io::Result<()> {
    phone.set_nodelay(true)?;
    loop {
        // Looked at before it is read: a connection closed with bytes unread is reset.
        let mut first = [0];
        if phone.peek(&mut first)? == 0 {
            return Ok(());
        }
        let deed = {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            let now = state.messages;
            state.messages += 1;
            let planned = state.plan.clone();
            let meant = planned.filter(|(from, _, times)| now >= *from && now - from < *times);
            state.done += u64::from(meant.is_some());
            meant.map(|(_, deed, _)| deed)
        };
        if let Some(Deed::Reset) = deed {
            return Ok(());
        }
        let asked = message(&mut phone)?;
        let place = |n: u64, length: usize| usize::try_from(n % length as u64).unwrap();
        let reply = match &deed {
            Some(Deed::Says(reply)) => reply.clone(),
            Some(Deed::Silence) => {
                std::thread::sleep(Duration::from_secs(20));
                return Ok(());
            }
            Some(Deed::CutRequest(n)) => {
                let mut far = TcpStream::connect(hub)?;
                far.write_all(&asked[..place(*n, asked.len())])?;
                far.shutdown(Shutdown::Both)?;
                return Ok(());
            }
            Some(Deed::Twice) => {
                ask(hub, &asked)?;
                ask(hub, &asked)?
            }
            Some(Deed::Slow(speed, around)) => {
                std::thread::sleep(
                    *around + Duration::from_secs_f64(asked.len() as f64 / *speed as f64),
                );
                let reply = ask(hub, &asked)?;
                std::thread::sleep(Duration::from_secs_f64(reply.len() as f64 / *speed as f64));
                reply
            }
            Some(Deed::Delay(time)) => {
                std::thread::sleep(*time);
                ask(hub, &asked)?
            }
            _ => ask(hub, &asked)?,
        };
        {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            state.up += asked.len() as u64;
            state.down += reply.len() as u64;
        }
        match deed {
            Some(Deed::CutReply(n)) => {
                phone.write_all(&reply[..place(n, reply.len())])?;
                return phone.shutdown(Shutdown::Both);
            }
            Some(Deed::LateSilence) => {
                std::thread::sleep(Duration::from_secs(20));
                return Ok(());
            }
            Some(Deed::Says(_)) => {
                phone.write_all(&reply)?;
                return phone.shutdown(Shutdown::Write);
            }
            _ => phone.write_all(&reply)?,
        }
    }
}

/// Asks the hub on a connection of its own.
fn ask(hub: &str, asked: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut far = TcpStream::connect(hub)?;
    far.set_nodelay(true)?;
    far.write_all(asked)?;
    message(&mut far)
}

/// One message, head and body.
fn message(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut all = Vec::new();
    let mut part = [0; 16 * 1024];
    loop {
        if let Some(end) = all.windows(4).position(|at| at == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&all[..end]).to_ascii_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            let whole = end + 4 + length.unwrap_or(0);
            while all.len() < whole {
                let count = stream.read(&mut part)?;
                if count == 0 {
                    return Err(std::io::ErrorKind::UnexpectedEof.into());
                }
                all.extend_from_slice(&part[..count]);
            }
            return Ok(all);
        }
        let count = stream.read(&mut part)?;
        if count == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        all.extend_from_slice(&part[..count]);
    }
}
