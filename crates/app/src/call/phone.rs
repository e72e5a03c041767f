//! What a phone has of its own: which parts are there, and an invitation that it was opened with.

use super::Done;
use super::qr::Text;
use crate::app::App;
use crate::changed::Changed;
use crate::error::{CallError, Called};
use schemars::JsonSchema;
use serde::Serialize;
use toso_domain::qr::{self, Kind};
use toso_store::finger;
use zeroize::Zeroizing;

/// What of a phone this device has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Parts {
    /// A scanner of its own, for `qr.*` with `scanner`.
    pub scanner: bool,
    /// `none` without a reader or a finger that it knows, `off`, or `on` when a finger opens this profile.
    pub finger: &'static str,
    /// `none`, `off` or `on`: whether it may show reminders.
    pub reminders: &'static str,
}

/// `phone.state`
pub(crate) fn state(app: &App) -> Called<Parts> {
    let Some(phone) = app.phone() else {
        return Ok(Parts {
            scanner: false,
            finger: "none",
            reminders: "none",
        });
    };
    let knows = phone.knows_finger();
    let reminders = if phone.may_remind(false) { "on" } else { "off" };
    // A file that is damaged opens nothing, and is replaced when it is switched on again.
    let kept = finger::asks(app.inner().folder()).ok().flatten().is_some();
    let finger = match (knows, kept) {
        (false, _) => "none",
        (true, false) => "off",
        (true, true) => "on",
    };
    Ok(Parts {
        scanner: true,
        finger,
        reminders,
    })
}

/// `phone.stop`
pub(crate) fn stop(app: &App) -> Done {
    if let Some(phone) = app.phone() {
        phone.stop();
    }
    Done::YES
}

/// `phone.invitation`
pub(crate) fn invitation(app: &App) -> Option<Text> {
    let mut text = app.opened().slot().take()?;
    Some(Text {
        text: std::mem::take(&mut text),
    })
}

impl App {
    /// The phone was opened with a link. An invitation waits for the screen that takes it, which is told; anything else is
    /// nothing of ours.
    ///
    /// # Errors
    /// `other_qr` for what is no invitation.
    pub fn open_link(&self, link: &str) -> Called<()> {
        match qr::kind(link) {
            Kind::Invitation => {
                *self.opened().slot() = Some(Zeroizing::new(link.to_owned()));
                self.inner().tell(&Changed::of_invitation());
                Ok(())
            }
            other => Err(CallError::new("other_qr").with("is", other.code())),
        }
    }
}
