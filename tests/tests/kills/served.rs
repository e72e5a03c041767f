//! `toso serve` as a process that may die at any moment, and the way a page speaks to it.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};
use toso_tests::binary::program;
use toso_tests::demo::PIN;

/// The program ends a connection on which nothing is asked for ten seconds; a browser then opens another one.
const IDLE: Duration = Duration::from_secs(5);

/// The process; killed with this value.
pub struct Served {
    process: Child,
    out: Option<ChildStdout>,
}

/// The way to it.
pub struct Page {
    host: String,
    token: String,
    stream: Option<BufReader<TcpStream>>,
    answered: Instant,
    /// Why there was no answer.
    pub last: String,
}

impl Served {
    /// Starts it; it may still be opening its files.
    pub fn start(profile: &Path) -> Self {
        let mut process = Command::new(program_once())
            .arg("--profile")
            .arg(profile)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("TOSO_PIN", PIN)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let out = process.stdout.take();
        Self { process, out }
    }

    /// Waits until it listens. `None` when it ended before.
    pub fn page(&mut self) -> Option<Page> {
        let mut line = String::new();
        BufReader::new(self.out.take()?)
            .read_line(&mut line)
            .unwrap();
        let told: Value = serde_json::from_str(&line).ok()?;
        let host = told["listening"]
            .as_str()?
            .strip_prefix("http://")?
            .to_owned();
        Some(Page {
            host,
            token: told["token"].as_str()?.to_owned(),
            stream: None,
            answered: Instant::now(),
            last: String::new(),
        })
    }

    /// SIGKILL, now.
    pub fn kill(&mut self) {
        drop(self.process.kill());
        self.process.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Looked for once: whether it is fresh takes longer to tell than it takes to start.
fn program_once() -> &'static Path {
    static FOUND: std::sync::OnceLock<std::path::PathBuf> = std::sync::OnceLock::new();
    FOUND.get_or_init(|| program("toso"))
}

impl Page {
    /// A call. `None` when the program died before it answered; an error when it refused.
    pub fn call(&mut self, name: &str, input: &Value) -> Option<Result<Value, Value>> {
        match self.try_call(name, input) {
            Ok(told) => Some(told),
            Err(error) => {
                assert!(
                    !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
                    "{name}: hangs"
                );
                self.last = format!("{name}: {error:?}");
                self.stream = None;
                None
            }
        }
    }

    /// A call that must be answered well.
    pub fn done(&mut self, name: &str, input: &Value) -> Value {
        let told = self.call(name, input);
        told.unwrap_or_else(|| panic!("no answer: {}", self.last))
            .unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn try_call(&mut self, name: &str, input: &Value) -> std::io::Result<Result<Value, Value>> {
        let broken = || std::io::Error::from(ErrorKind::UnexpectedEof);
        if self.stream.is_none() || self.answered.elapsed() > IDLE {
            let stream = TcpStream::connect(&self.host)?;
            stream.set_read_timeout(Some(Duration::from_secs(60)))?;
            stream.set_nodelay(true)?;
            self.stream = Some(BufReader::new(stream));
        }
        let stream = self.stream.as_mut().unwrap();
        let body = json!({ "name": name, "input": input }).to_string();
        let request = format!(
            "POST /call HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.host,
            self.token,
            body.len()
        );
        stream.get_mut().write_all(request.as_bytes())?;
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let well = line.split(' ').nth(1).ok_or_else(broken)? == "200";
        let mut length = 0;
        while line.trim_end() != "" {
            line.clear();
            if stream.read_line(&mut line)? == 0 {
                return Err(broken());
            }
            let lower = line.to_ascii_lowercase();
            if let Some(told) = lower.strip_prefix("content-length: ") {
                length = told.trim_end().parse().map_err(|_| broken())?;
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        self.answered = Instant::now();
        let value: Value = serde_json::from_slice(&body)?;
        Ok(if well { Ok(value) } else { Err(value) })
    }

    /// Every visit of the device: its note, and where it stands.
    pub fn visits(&mut self) -> BTreeMap<String, (String, String)> {
        let mut found = BTreeMap::new();
        let mut input = json!({ "kind": "visit", "limit": 1000 });
        loop {
            let page = self.done("record.list", &input);
            for item in page["items"].as_array().unwrap() {
                let text = |field: &Value| field.as_str().unwrap_or_default().to_owned();
                let told = (text(&item["fields"]["note"]), text(&item["sync"]));
                assert_eq!(item["clashes"], json!([]), "one writer cannot clash");
                found.insert(text(&item["id"]), told);
            }
            if page["next"].is_null() {
                return found;
            }
            input["after"] = page["next"].clone();
        }
    }
}
