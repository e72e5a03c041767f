//! What is under way with the hub or a carried file: the right to it, how far an exchange is for whoever asks meanwhile,
//! and the wish to end it.

use crate::app::{App, Desk, Inner};
use crate::call::sync::Report;
use crate::changed::Changed;
use crate::error::{CallError, Called};
use crate::link::Caller;
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How far an exchange is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Running {
    /// Requests answered.
    pub requests: usize,
    /// Packs given and taken by the hub.
    pub packs_up: usize,
    /// All packs there are to give, those given included; null until the hub has said what it holds.
    pub packs_up_all: Option<usize>,
    /// Changes given and taken by the hub.
    pub changes_up: usize,
    /// Packs taken here.
    pub packs_down: usize,
    /// Changes taken here.
    pub changes_down: usize,
    /// Bytes sent.
    pub bytes_up: usize,
    /// Bytes received.
    pub bytes_down: usize,
    /// When it began, by this device's clock, milliseconds since 1970.
    pub started_at: i64,
}

/// Holds the one place there is for an exchange or a carried file.
#[derive(Debug, Default)]
pub(crate) struct Underway {
    /// None for a file.
    running: Option<Running>,
    stopped: Arc<AtomicBool>,
}

/// The right to exchange: one exchange at a time, and none goes on after the profile was locked.
pub(crate) struct Ticket<'a> {
    pub(crate) app: &'a App,
    unlocks: u64,
    pub(crate) caller: Caller,
    stopped: Arc<AtomicBool>,
}

impl<'a> Ticket<'a> {
    /// Errors: `locked`, `not_enrolled`, `practice`, `sync_running`.
    pub(crate) fn take(app: &'a App) -> Called<Self> {
        let mut inner = app.inner();
        if inner.practice.is_some() {
            return Err(CallError::new("practice"));
        }
        let caller = inner.desk(|desk| desk.device.caller())?;
        if inner.underway.is_some() {
            return Err(CallError::new("sync_running"));
        }
        let underway = Underway::default();
        let stopped = Arc::clone(&underway.stopped);
        inner.underway = Some(underway);
        Ok(Self {
            app,
            unlocks: inner.unlocks,
            caller,
            stopped,
        })
    }

    /// Works on the profile this ticket was taken for.
    pub(crate) fn desk<T>(&self, work: impl FnOnce(&mut Desk<'_>) -> Called<T>) -> Called<T> {
        let mut inner = self.app.inner();
        if inner.unlocks != self.unlocks {
            return Err(CallError::new("locked"));
        }
        Inner::desk(&mut inner, |desk| {
            // Rulings move records and rights without a record that changed.
            desk.device.late = None;
            work(desk)
        })
    }

    /// An exchange begins.
    pub(crate) fn begin(&self) {
        let mut inner = self.app.inner();
        let started_at = inner.clock.now();
        inner.note(Running {
            started_at,
            ..Running::default()
        });
    }

    /// It is a step further; `left` packs are yet to be given, where that is known.
    pub(crate) fn step(&self, report: &Report, left: Option<usize>) {
        let mut inner = self.app.inner();
        let started_at = inner.running().map_or(0, |running| running.started_at);
        inner.note(Running {
            requests: report.requests,
            packs_up: report.pushed.packs,
            packs_up_all: left.map(|left| report.pushed.packs + left),
            changes_up: report.pushed.changes,
            packs_down: report.pulled.packs,
            changes_down: report.pulled.changes,
            bytes_up: report.bytes_up,
            bytes_down: report.bytes_down,
            started_at,
        });
    }

    /// True once somebody wants the exchange to end.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut inner = self.app.inner();
        let ended = inner.underway.take();
        if ended.is_some_and(|underway| underway.running.is_some()) {
            inner.tell(&Changed::of_sync());
        }
    }
}

/// How far files are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FilesRunning {
    /// Files to be given.
    pub files_up: u64,
    /// Of them, given.
    pub given: u64,
    /// Files to be taken.
    pub files_down: u64,
    /// Of them, taken.
    pub taken: u64,
    /// Bytes to be moved, those included of which the other side has a part.
    pub bytes: u64,
    /// Bytes sent.
    pub bytes_up: u64,
    /// Bytes received.
    pub bytes_down: u64,
}

/// Holds the one place there is for files that move.
#[derive(Debug, Default)]
pub(crate) struct FilesUnderway {
    running: FilesRunning,
    stopped: Arc<AtomicBool>,
}

/// The right to move files: once at a time, beside an exchange, and not after the profile was locked.
pub(crate) struct FilesTicket<'a> {
    pub(crate) app: &'a App,
    unlocks: u64,
    pub(crate) caller: Caller,
    stopped: Arc<AtomicBool>,
}

impl<'a> FilesTicket<'a> {
    /// Errors: `locked`, `not_enrolled`, `practice`, `files_running`.
    pub(crate) fn take(app: &'a App) -> Called<Self> {
        let mut inner = app.inner();
        if inner.practice.is_some() {
            return Err(CallError::new("practice"));
        }
        let caller = inner.desk(|desk| desk.device.caller())?;
        if inner.files.is_some() {
            return Err(CallError::new("files_running"));
        }
        let underway = FilesUnderway::default();
        let stopped = Arc::clone(&underway.stopped);
        inner.files = Some(underway);
        Ok(Self {
            app,
            unlocks: inner.unlocks,
            caller,
            stopped,
        })
    }

    /// Works on the profile this ticket was taken for.
    pub(crate) fn desk<T>(&self, work: impl FnOnce(&mut Desk<'_>) -> Called<T>) -> Called<T> {
        let mut inner = self.app.inner();
        if inner.unlocks != self.unlocks {
            return Err(CallError::new("locked"));
        }
        inner.desk(work)
    }

    /// Milliseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        self.app.inner().clock.now()
    }

    /// It is known what there is to move.
    pub(crate) fn begin(&self, running: &FilesRunning) {
        self.note(|now| *now = *running);
    }

    /// So many bytes were moved until now.
    pub(crate) fn step(&self, bytes_up: u64, bytes_down: u64) {
        self.note(|now| (now.bytes_up, now.bytes_down) = (bytes_up, bytes_down));
    }

    /// Files are where they should be.
    pub(crate) fn one_more(&self, given: u64, taken: u64) {
        self.note(|now| (now.given, now.taken) = (now.given + given, now.taken + taken));
    }

    fn note(&self, write: impl FnOnce(&mut FilesRunning)) {
        let mut inner = self.app.inner();
        if let Some(underway) = inner.files.as_mut() {
            write(&mut underway.running);
            inner.tell(&Changed::of_files());
        }
    }

    /// True once somebody wants it to end.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

impl Drop for FilesTicket<'_> {
    fn drop(&mut self) {
        let mut inner = self.app.inner();
        inner.files = None;
        inner.tell(&Changed::of_files());
    }
}

impl Inner {
    /// Files that move.
    pub(crate) fn files_running(&self) -> Option<FilesRunning> {
        self.files.as_ref().map(|underway| underway.running)
    }

    /// Asks files that move to rest.
    pub(crate) fn stop_files(&self) {
        if let Some(underway) = &self.files {
            underway.stopped.store(true, Ordering::Relaxed);
        }
    }

    /// The exchange under way.
    pub(crate) fn running(&self) -> Option<Running> {
        self.underway.as_ref()?.running
    }

    fn note(&mut self, running: Running) {
        if let Some(underway) = self.underway.as_mut() {
            underway.running = Some(running);
            self.tell(&Changed::of_sync());
        }
    }

    /// Asks the exchange under way to end.
    pub(crate) fn stop(&self) {
        if let Some(underway) = &self.underway {
            underway.stopped.store(true, Ordering::Relaxed);
        }
    }
}
