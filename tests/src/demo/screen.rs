//! A device's screens in a browser: `toso serve` as a process of its own.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::Context;
use serde_json::Value;

/// A served profile; ended with this value unless left.
#[derive(Debug)]
pub struct Screen {
    process: Option<Child>,
    /// What a browser opens: address and token.
    pub link: String,
}

impl Screen {
    /// Serves the profile on a free port; what it logs goes into `log`.
    ///
    /// # Errors
    /// The program does not start, or says no.
    pub fn serve(program: &Path, profile: &Path, log: &Path) -> anyhow::Result<Self> {
        let told = File::options().create(true).append(true).open(log)?;
        let mut command = Command::new(program);
        command
            .arg("--profile")
            .arg(profile)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(told);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut process = command.spawn().context("toso does not start")?;
        let mut line = String::new();
        if let Some(out) = process.stdout.take() {
            BufReader::new(out).read_line(&mut line)?;
        }
        let said: Value = serde_json::from_str(&line)
            .with_context(|| format!("toso serve did not say where it listens; see {log:?}"))?;
        let link = said["open"].as_str().context("no address")?.to_owned();
        Ok(Self {
            process: Some(process),
            link,
        })
    }

    /// Leaves it running after this program; its process number.
    #[must_use]
    pub fn leave(mut self) -> Option<u32> {
        self.process.take().map(|process| process.id())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.kill());
            drop(process.wait());
        }
    }
}
