//! A proxy between a device and its hub that counts: bytes each way, and requests.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;

use super::row::Figures;

/// What went through since it was last asked.
#[derive(Debug, Default)]
struct Counts {
    up: AtomicU64,
    down: AtomicU64,
    requests: AtomicU64,
    /// Bytes down after which every connection is cut; 0 for never.
    cut_after: AtomicU64,
}

/// The proxy; it ends with this program.
#[derive(Clone, Debug)]
pub(super) struct Proxy {
    /// Where devices find it: scheme and all.
    pub(super) url: String,
    counts: Arc<Counts>,
}

impl Proxy {
    /// Before a server at `url`, `http://` or `ws://`.
    ///
    /// # Errors
    /// No port is free.
    pub(super) fn before(url: &str) -> anyhow::Result<Self> {
        let (scheme, address) = url.split_once("://").unwrap_or(("http", url));
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let proxy = Self {
            url: format!("{scheme}://{}", listener.local_addr()?),
            counts: Arc::default(),
        };
        let (counts, address) = (Arc::clone(&proxy.counts), address.to_owned());
        thread::spawn(move || {
            for device in listener.incoming().flatten() {
                let Ok(hub) = TcpStream::connect(&address) else {
                    continue;
                };
                drop(join(&device, &hub, &counts));
            }
        });
        Ok(proxy)
    }

    /// Forgets what was counted.
    pub(super) fn begin(&self) {
        self.counts.up.store(0, SeqCst);
        self.counts.down.store(0, SeqCst);
        self.counts.requests.store(0, SeqCst);
    }

    /// Cuts every connection once so many bytes went down since [`Proxy::begin`]; 0 for never.
    pub(super) fn cut_after(&self, bytes: u64) {
        self.counts.cut_after.store(bytes, SeqCst);
    }

    /// What was counted, beside the time it took.
    #[must_use]
    pub(super) fn counted(&self, seconds: f64) -> Figures {
        let read = |count: &AtomicU64| Some(count.load(SeqCst) as f64);
        Figures {
            seconds: Some(seconds),
            bytes_up: read(&self.counts.up),
            bytes_down: read(&self.counts.down),
            requests: read(&self.counts.requests),
            mb: None,
        }
    }
}

fn join(device: &TcpStream, hub: &TcpStream, counts: &Arc<Counts>) -> std::io::Result<()> {
    for end in [device, hub] {
        end.set_nodelay(true)?;
    }
    let (up, down) = (
        (device.try_clone()?, hub.try_clone()?),
        (hub.try_clone()?, device.try_clone()?),
    );
    let (mine, its) = (Arc::clone(counts), Arc::clone(counts));
    thread::spawn(move || {
        let mut talk = Talk::default();
        carry(up, |bytes| {
            mine.up.fetch_add(bytes.len() as u64, SeqCst);
            mine.requests.fetch_add(talk.requests_in(bytes), SeqCst);
            true
        });
    });
    thread::spawn(move || {
        carry(down, |bytes| {
            let before = its.down.fetch_add(bytes.len() as u64, SeqCst);
            let most = its.cut_after.load(SeqCst);
            most == 0 || before < most
        });
    });
    Ok(())
}

/// Carries until one end closes or `look` says no more.
fn carry((mut from, mut to): (TcpStream, TcpStream), mut look: impl FnMut(&[u8]) -> bool) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let bytes = &buffer[..count];
        if !look(bytes) || to.write_all(bytes).is_err() {
            drop(from.shutdown(Shutdown::Both));
            drop(to.shutdown(Shutdown::Both));
            return;
        }
    }
    drop(to.shutdown(Shutdown::Write));
}

/// Finds requests in what a device says: heads of HTTP, and frames once it became a web socket.
#[derive(Debug, Default)]
struct Talk {
    socket: bool,
    /// What is not looked at yet of the head or frame that is coming.
    head: Vec<u8>,
    /// Bytes of a frame's body still to come.
    body: u64,
}

/// The end of a request's first line.
const LINE: &[u8] = b" HTTP/1.1\r\n";

impl Talk {
    fn requests_in(&mut self, bytes: &[u8]) -> u64 {
        if self.socket {
            return self.frames_in(bytes);
        }
        // The last bytes before stay, so that a line cut in two is found.
        self.head.extend_from_slice(bytes);
        let found = self
            .head
            .windows(LINE.len())
            .filter(|at| *at == LINE)
            .count();
        let text = String::from_utf8_lossy(&self.head).to_ascii_lowercase();
        if text.contains("upgrade: websocket") {
            self.socket = true;
            self.head.clear();
        } else {
            let keep = self.head.len().min(LINE.len() - 1);
            self.head.drain(..self.head.len() - keep);
        }
        found as u64
    }

    fn frames_in(&mut self, mut bytes: &[u8]) -> u64 {
        let mut frames = 0;
        loop {
            let skip = self.body.min(bytes.len() as u64);
            self.body -= skip;
            bytes = &bytes[usize::try_from(skip).unwrap_or(0)..];
            if self.body > 0 || bytes.is_empty() {
                return frames;
            }
            self.head.push(bytes[0]);
            bytes = &bytes[1..];
            if let Some(length) = length_of(&self.head) {
                frames += 1;
                self.body = length;
                self.head.clear();
            }
        }
    }
}

/// Length of a client's frame, once its head is whole (two bytes, the longer length, four of the mask).
fn length_of(head: &[u8]) -> Option<u64> {
    let wide = match head.get(1)? & 0x7f {
        126 => 2,
        127 => 8,
        short => return (head.len() == 6).then_some(u64::from(short)),
    };
    (head.len() == 6 + wide).then(|| {
        let bytes = &head[2..2 + wide];
        bytes
            .iter()
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_however_they_are_cut() {
        let text = b"POST /v1/sync HTTP/1.1\r\ncontent-length: 3\r\n\r\nabcGET /x HTTP/1.1\r\n\r\n";
        for cut in 0..text.len() {
            let mut talk = Talk::default();
            let (one, two) = text.split_at(cut);
            assert_eq!(
                talk.requests_in(one) + talk.requests_in(two),
                2,
                "cut at {cut}"
            );
        }
    }

    #[test]
    fn messages_of_a_web_socket_are_counted_by_their_frames() {
        let mut talk = Talk::default();
        let head = b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n";
        assert_eq!(talk.requests_in(head), 1);
        let mut frames = vec![0x82, 0x83, 1, 2, 3, 4, 9, 9, 9];
        frames.extend([0x82, 0xfe, 1, 0, 1, 2, 3, 4]);
        frames.extend([7; 256]);
        let found: u64 = frames.chunks(5).map(|part| talk.requests_in(part)).sum();
        assert_eq!(found, 2);
        assert_eq!((talk.body, talk.head.len()), (0, 0));
    }
}
