//! The peers: Node programs under `tests/peers`, told what to do a line at a time.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, bail};
use serde_json::Value;

/// One Node process; ended with this value.
#[derive(Debug)]
pub(super) struct Peer {
    process: Child,
    say: Option<ChildStdin>,
    hear: BufReader<ChildStdout>,
    /// The first line it said: where it listens, or that it is ready.
    pub(super) first: Value,
}

impl Peer {
    /// Starts `script` of `tests/peers` with these words.
    ///
    /// # Errors
    /// There is no Node, or the packages are not installed.
    pub(super) fn start(scripts: &Path, script: &str, words: &[&str]) -> anyhow::Result<Self> {
        let mut process = Command::new("node")
            .current_dir(scripts)
            .arg(script)
            .args(words)
            .env("NODE_ENV", "production")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("node does not start")?;
        let say = process.stdin.take();
        let hear = BufReader::new(process.stdout.take().context("no output")?);
        let mut peer = Self {
            process,
            say,
            hear,
            first: Value::Null,
        };
        peer.first = peer
            .line()
            .with_context(|| format!("{script} did not start"))?;
        Ok(peer)
    }

    /// Where it listens.
    #[must_use]
    pub(super) fn url(&self) -> String {
        self.first["listening"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Gives a command and waits for its answer.
    ///
    /// # Errors
    /// It ended, or it failed.
    pub(super) fn ask(&mut self, command: &Value) -> anyhow::Result<Value> {
        let say = self.say.as_mut().context("the peer ended")?;
        writeln!(say, "{command}")?;
        let answer = self.line()?;
        if let Some(error) = answer.get("error") {
            bail!("{}: {error}", command["do"]);
        }
        Ok(answer)
    }

    fn line(&mut self) -> anyhow::Result<Value> {
        let mut line = String::new();
        self.hear.read_line(&mut line)?;
        serde_json::from_str(&line).with_context(|| format!("not an answer: {line:?}"))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.say = None;
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
