//! What a phone has and a desktop has not: a scanner of its own, a finger's reader, reminders. The app asks for them here
//! and never while it holds its lock: a person may take a minute to answer.

use crate::error::CallError;
use std::sync::{Mutex, MutexGuard, PoisonError};
use zeroize::Zeroizing;

/// Why the phone gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotGiven {
    /// Its owner went back.
    Stopped,
    /// Its owner, or whoever set the phone up, does not allow it.
    Denied,
    /// This phone has none, or none that answers.
    Missing,
    /// What it was to open was sealed by what it no longer knows: another finger was added, the lock screen taken off.
    Lost,
}

/// Words of the phone's own sheet that asks for a finger.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// What is asked, one line.
    pub title: &'a str,
    /// Why, one line.
    pub reason: &'a str,
    /// The way back.
    pub cancel: &'a str,
}

/// A line that the phone shows at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    /// When, as `2026-11-23T00:00:00.000Z`.
    pub at: String,
    /// What it says: counts only, for it is seen on a locked phone.
    pub line: String,
}

/// The phone's own parts. Each may be missing.
pub trait Phone: Send + Sync {
    /// Looks through the camera, behind the page, until a QR code is seen; what stands in it.
    ///
    /// # Errors
    /// `Stopped` after [`Phone::stop`]; `Denied`; `Missing`.
    fn scan(&self) -> Result<Zeroizing<String>, NotGiven>;

    /// Ends a look that is under way.
    fn stop(&self);

    /// Whether the phone has a reader and knows a finger of its owner.
    fn knows_finger(&self) -> bool;

    /// Seals 32 bytes so that only its owner's finger opens them, which is asked for at once.
    ///
    /// # Errors
    /// `Stopped`, `Denied`, `Missing`.
    fn seal(&self, bytes: &[u8; 32], asking: Asking<'_>) -> Result<String, NotGiven>;

    /// Opens what [`Phone::seal`] gave.
    ///
    /// # Errors
    /// `Stopped`, `Denied`, `Missing`, `Lost`.
    fn open(&self, sealed: &str, asking: Asking<'_>) -> Result<Zeroizing<[u8; 32]>, NotGiven>;

    /// Whether the phone may show reminders; `ask` lets it ask its owner.
    fn may_remind(&self, ask: bool) -> bool;

    /// Puts these reminders in the place of all before.
    ///
    /// # Errors
    /// `Denied`, `Missing`.
    fn remind(&self, all: &[Reminder]) -> Result<(), NotGiven>;
}

/// The link that this phone was opened with, until a screen took it.
#[derive(Default)]
pub(crate) struct Opened(Mutex<Option<Zeroizing<String>>>);

impl Opened {
    pub(crate) fn slot(&self) -> MutexGuard<'_, Option<Zeroizing<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl NotGiven {
    /// As an error of the camera.
    pub(crate) fn of_camera(self) -> CallError {
        CallError::new(match self {
            Self::Stopped => "cancelled",
            Self::Denied => "camera_denied",
            Self::Missing | Self::Lost => "no_scanner",
        })
    }

    /// As an error of the finger's reader.
    pub(crate) fn of_finger(self) -> CallError {
        CallError::new(match self {
            Self::Stopped => "cancelled",
            Self::Denied => "finger_denied",
            Self::Missing => "no_finger",
            Self::Lost => "finger_lost",
        })
    }
}
