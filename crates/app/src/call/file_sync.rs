//! Files to and from the hub, apart from records: what waits and what it costs, then range by range, each of which may
//! begin at any byte. The lock is held while a file is read or written, never while the network is waited for.

mod known;
mod run;

use crate::app::App;
use crate::error::Called;
use crate::underway::{FilesRunning, FilesTicket};
use crate::{lease, photo};
pub(crate) use known::meet;
use known::{kept, named, sizes_here};
use run::Run;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use toso_domain::file::FileHash;

/// Files and what they weigh.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Amount {
    /// Files.
    pub files: u64,
    /// Bytes; of files not here at most, as far as a photo goes.
    pub bytes: u64,
}

impl Amount {
    fn add(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes += bytes;
    }
}

/// Where files stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FilesStatus {
    /// Here and not known to be at the hub.
    pub waiting: Amount,
    /// Named by a record here, and not here.
    pub missing: Amount,
    /// What is under way; null when nothing is.
    pub running: Option<FilesRunning>,
}

/// Input of `file.sync`.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FilesInput {
    /// Gives what waits; yes unless said.
    #[serde(default = "yes")]
    pub give: bool,
    /// Takes what is missing; no unless said.
    #[serde(default)]
    pub take: bool,
    /// Only this file.
    pub hash: Option<FileHash>,
}

fn yes() -> bool {
    true
}

/// What `file.sync` did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FilesReport {
    /// Files the hub holds now and did not before.
    pub given: u64,
    /// Files that are here now and were not before.
    pub taken: u64,
    /// Bytes of files sent.
    pub bytes_up: u64,
    /// Bytes of files received.
    pub bytes_down: u64,
    /// Files that are missing here and at the hub: another device has yet to give them.
    pub nowhere: u64,
    /// Files that are damaged here; the hub may have them.
    pub damaged: u64,
    /// True when this device has given the hub enough for now: the rest goes another time, by itself.
    pub later: bool,
}

/// `file.status`
pub(crate) fn status(app: &App) -> Called<FilesStatus> {
    let mut inner = app.inner();
    let running = inner.files_running();
    inner.desk(|desk| {
        let mut status = FilesStatus {
            waiting: Amount::default(),
            missing: Amount::default(),
            running,
        };
        let here = sizes_here(desk)?;
        let kept: BTreeSet<FileHash> = kept(desk)?.into_keys().collect();
        for hash in named(desk)?.into_keys() {
            match here.get(&hash) {
                Some(bytes) if !kept.contains(&hash) => status.waiting.add(*bytes),
                Some(_) => {}
                None => status.missing.add(photo::BYTES_MAX as u64),
            }
        }
        Ok(status)
    })
}

/// `file.stop`
pub(crate) fn stop(app: &App) -> super::Done {
    app.inner().stop_files();
    super::Done::YES
}

/// `file.sync`
pub(crate) fn run(app: &App, input: FilesInput) -> Called<FilesReport> {
    let ticket = FilesTicket::take(app)?;
    ticket.desk(|desk| lease::call(desk.device, "file.sync"))?;
    let mut run = Run::new(&ticket);
    let done = run.all(input);
    match done {
        Err(error) if error.code == "later" => run.report.later = true,
        done => done?,
    }
    Ok(run.report)
}
