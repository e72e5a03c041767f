//! Opening the profile with a finger, on a phone that has a reader. The PIN stays, and is asked whenever the finger fails.

use super::Done;
use super::profile::Typed;
use crate::app::App;
use crate::error::{CallError, Called};
use crate::phone::{Asking, NotGiven, Phone};
use schemars::JsonSchema;
use serde::Deserialize;
use toso_store::{StoreError, finger};
use zeroize::Zeroizing;

/// Input of `finger.unlock`: what the phone's own sheet says.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// What is asked.
    pub title: String,
    /// Why.
    pub reason: String,
    /// The way back.
    pub cancel: String,
}

impl Words {
    fn asking(&self) -> Asking<'_> {
        Asking {
            title: &self.title,
            reason: &self.reason,
            cancel: &self.cancel,
        }
    }
}

/// Input of `finger.on`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct On {
    /// The present PIN or passphrase.
    pub pin: Typed,
    /// What the phone's own sheet says.
    pub words: Words,
}

fn phone(app: &App) -> Called<&dyn Phone> {
    app.phone().ok_or_else(|| NotGiven::Missing.of_finger())
}

/// `finger.on`. The secret is a counted try; nothing is kept unless the finger was given.
///
/// # Errors
/// `no_finger`, `finger_denied`; `cancelled`, also when the device turned to another profile meanwhile; those of
/// `profile.unlock`.
pub(crate) fn on(app: &App, input: &On) -> Called<Done> {
    let phone = phone(app)?;
    let (folder, key, by) = {
        let mut inner = app.inner();
        let key = inner.key(&input.pin.0)?;
        let by = Zeroizing::new(inner.random.bytes32());
        (inner.folder().to_owned(), key, by)
    };
    let sealed = phone
        .seal(&by, input.words.asking())
        .map_err(NotGiven::of_finger)?;
    let inner = app.inner();
    if inner.folder() != folder {
        return Err(CallError::new("cancelled"));
    }
    finger::keep(&folder, &key, &by, &sealed, inner.keys())?;
    Ok(Done::YES)
}

/// `finger.off`
pub(crate) fn off(app: &App) -> Called<Done> {
    finger::forget(app.inner().folder())?;
    Ok(Done::YES)
}

/// `finger.unlock`. A way that can open no more is forgotten: the secret is asked, and the switch stands at off.
///
/// # Errors
/// `no_finger`, `finger_denied`, `finger_lost`, `cancelled`; `key_lost`.
pub(crate) fn unlock(app: &App, input: &Words) -> Called<Done> {
    let phone = phone(app)?;
    let folder = app.inner().folder().to_owned();
    let sealed = finger::asks(&folder)?.ok_or_else(|| NotGiven::Missing.of_finger())?;
    let by = match phone.open(&sealed, input.asking()) {
        Ok(by) => by,
        Err(NotGiven::Lost) => {
            finger::forget(&folder)?;
            return Err(NotGiven::Lost.of_finger());
        }
        Err(other) => return Err(other.of_finger()),
    };
    let mut inner = app.inner();
    if inner.folder() != folder {
        return Err(CallError::new("cancelled"));
    }
    if inner.device.is_some() {
        return Ok(Done::YES);
    }
    let key = match finger::open(&folder, &by, inner.keys()) {
        Err(StoreError::KeyDamaged) => {
            finger::forget(&folder)?;
            return Err(NotGiven::Lost.of_finger());
        }
        other => other?,
    };
    inner.start_labelled(&key)?;
    Ok(Done::YES)
}
