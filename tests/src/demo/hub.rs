//! The hub's program as a process of its own.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, ensure};
use serde_json::Value;

/// A hub, running or stopped; ended with this value unless left.
#[derive(Debug)]
pub struct Hub {
    program: PathBuf,
    data: PathBuf,
    log: PathBuf,
    process: Option<Child>,
    recovery: String,
    /// Where it listens: the same after every start, as devices remember it.
    pub url: String,
    /// Enrols the first staff device.
    pub staff_code: String,
}

impl Hub {
    /// Makes a hub under `home` and serves it on a free port.
    ///
    /// # Errors
    /// The program does not start, or says no.
    pub fn begin(program: &Path, home: &Path, name: &str) -> anyhow::Result<Self> {
        let data = home.join("hub");
        let mut init = Command::new(program);
        init.arg("init")
            .arg("--data")
            .arg(&data)
            .args(["--name", name]);
        let told = answer(&mut init)?;
        let text = |field: &str| told[field].as_str().unwrap_or_default().to_owned();
        let mut hub = Self {
            program: program.to_owned(),
            data,
            log: home.join("hub.log"),
            process: None,
            recovery: text("recovery_key"),
            url: "http://127.0.0.1:0".to_owned(),
            staff_code: text("staff_code"),
        };
        hub.serve()?;
        Ok(hub)
    }

    /// The hub that was made under `home`, served again where devices know it.
    ///
    /// # Errors
    /// The program does not start, or ends at once.
    pub fn again(program: &Path, home: &Path, url: &str) -> anyhow::Result<Self> {
        let mut hub = Self {
            program: program.to_owned(),
            data: home.join("hub"),
            log: home.join("hub.log"),
            process: None,
            recovery: String::new(),
            url: url.to_owned(),
            staff_code: String::new(),
        };
        hub.serve()?;
        Ok(hub)
    }

    /// Serves, where it served before.
    ///
    /// # Errors
    /// The program does not start, or ends at once.
    pub fn serve(&mut self) -> anyhow::Result<()> {
        let address = self.url.strip_prefix("http://").unwrap_or_default();
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut command = Command::new(&self.program);
        command
            .arg("serve")
            .arg("--data")
            .arg(&self.data)
            .args(["--listen", address])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        // Its own group: a Ctrl+C at the terminal of a demo that was left is not meant for it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut process = command.spawn().context("toso-hub does not start")?;
        let mut line = String::new();
        if let Some(out) = process.stdout.take() {
            BufReader::new(out).read_line(&mut line)?;
        }
        self.process = Some(process);
        let told: Value = serde_json::from_str(&line).with_context(|| {
            format!("toso-hub did not say where it listens; see {:?}", self.log)
        })?;
        told["listening"]
            .as_str()
            .context("no address")?
            .clone_into(&mut self.url);
        Ok(())
    }

    /// Its process number, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Child::id)
    }

    /// Ends it at once, like a power cut: SIGKILL.
    ///
    /// # Errors
    /// It does not run.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        let mut process = self.process.take().context("the hub does not run")?;
        process.kill()?;
        process.wait()?;
        Ok(())
    }

    /// Asks it to end, and waits: SIGTERM.
    ///
    /// # Errors
    /// It does not run, or ends badly.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        let mut process = self.process.take().context("the hub does not run")?;
        Command::new("kill")
            .args(["-TERM", &process.id().to_string()])
            .status()?;
        let ended = process.wait()?;
        ensure!(ended.success(), "the hub ended with {ended}");
        Ok(())
    }

    /// Backs up into a new file, also while it runs.
    ///
    /// # Errors
    /// The program says no.
    pub fn backup(&self, file: &Path) -> anyhow::Result<Value> {
        let mut command = Command::new(&self.program);
        answer(
            command
                .arg("backup")
                .arg("--data")
                .arg(&self.data)
                .arg(file),
        )
    }

    /// Restores a backup into a new folder, and serves from there.
    ///
    /// # Errors
    /// The hub runs, or the program says no.
    pub fn restore(&mut self, file: &Path, data: &Path) -> anyhow::Result<Value> {
        ensure!(self.process.is_none(), "the hub runs");
        let mut command = Command::new(&self.program);
        command.env("TOSO_RECOVERY_KEY", &self.recovery);
        let told = answer(command.arg("restore").arg("--data").arg(data).arg(file))?;
        data.clone_into(&mut self.data);
        self.serve()?;
        Ok(told)
    }

    /// Leaves it running after this program; its process number.
    #[must_use]
    pub fn leave(mut self) -> Option<u32> {
        let process = self.process.take();
        process.map(|process| process.id())
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        if self.process.is_some() {
            drop(self.kill());
        }
    }
}

fn answer(command: &mut Command) -> anyhow::Result<Value> {
    let told = command.stdin(Stdio::null()).output()?;
    ensure!(
        told.status.success(),
        "toso-hub refused: {}",
        String::from_utf8_lossy(&told.stderr).trim()
    );
    Ok(serde_json::from_slice(&told.stdout)?)
}
