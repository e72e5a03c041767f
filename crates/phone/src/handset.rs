//! A phone's scanner, finger's reader and reminders, each by a Tauri plugin's Kotlin. Asked from Rust, and by no page: what a
//! card's code says never stands in a page's memory, and a page can ask nothing of the plugins.

use crate::native::{Native, Refused};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use toso_app::phone::{Asking, NotGiven, Phone, Reminder};
use zeroize::Zeroizing;

/// The ways to the three plugins.
#[derive(Debug)]
pub struct Kotlin<N> {
    /// `BarcodeScannerPlugin`.
    pub scanner: N,
    /// `BiometricPlugin`.
    pub finger: N,
    /// `NotificationPlugin`.
    pub reminders: N,
}

/// The phone's own parts.
#[derive(Debug)]
pub struct Handset<N>(Kotlin<N>);

/// Reminders are numbered from here on, one a day ahead; there are never as many.
const FIRST_ID: i32 = 1000;
const MOST: usize = 64;

impl<N: Native> Handset<N> {
    /// Over ways to the phone's code.
    #[must_use]
    pub fn new(kotlin: Kotlin<N>) -> Self {
        Self(kotlin)
    }

    /// One turn of the finger's reader.
    fn cipher(&self, way: &str, data: &str, asking: Asking<'_>) -> Result<String, NotGiven> {
        let mut input = json!({
            "title": asking.title,
            "reason": asking.reason,
            "cancelTitle": asking.cancel,
            // The phone's own PIN is known to more people than a finger is; Tổ Số's PIN is the other way in.
            "allowDeviceCredential": false,
            "confirmationRequired": false,
        });
        if let Some(input) = input.as_object_mut() {
            input.insert(way.to_owned(), data.into());
        }
        let told = self.0.finger.ask("biometricCipher", input);
        let told = told.map_err(|refused| match refused.code.as_str() {
            "userCancel" | "systemCancel" | "appCancel" => NotGiven::Stopped,
            "biometryLockout" | "authenticationFailed" => NotGiven::Denied,
            "biometryNotAvailable" | "biometryNotEnrolled" | "passcodeNotSet" => NotGiven::Missing,
            // Without a code of its own: the key that sealed it is no more.
            "" => NotGiven::Lost,
            _ => NotGiven::Denied,
        })?;
        text(&told, "data").ok_or(NotGiven::Missing)
    }
}

impl<N: Native> Phone for Handset<N> {
    fn scan(&self) -> Result<Zeroizing<String>, NotGiven> {
        let allowed = self.0.scanner.ask("requestPermissions", json!({}));
        let allowed = allowed.map_err(|_| NotGiven::Missing)?;
        if text(&allowed, "camera").as_deref() != Some("granted") {
            return Err(NotGiven::Denied);
        }
        // Behind the page, which is see-through meanwhile: the way back stays in sight.
        let input = json!({ "windowed": true, "formats": ["QR_CODE"], "cameraDirection": "back" });
        let seen =
            self.0
                .scanner
                .ask("scan", input)
                .map_err(|refused| match refused.code.as_str() {
                    "cancelled" => NotGiven::Stopped,
                    _ => NotGiven::Missing,
                })?;
        text(&seen, "content")
            .map(Zeroizing::new)
            .ok_or(NotGiven::Missing)
    }

    fn stop(&self) {
        // Nothing under way, or nothing there: it has ended either way.
        drop(self.0.scanner.ask("cancel", json!({})));
    }

    fn knows_finger(&self) -> bool {
        let told = self.0.finger.ask("status", json!({}));
        told.is_ok_and(|told| told.get("isAvailable") == Some(&Value::Bool(true)))
    }

    fn seal(&self, bytes: &[u8; 32], asking: Asking<'_>) -> Result<String, NotGiven> {
        let plain = Zeroizing::new(STANDARD.encode(bytes));
        let told = self.cipher("dataToEncrypt", &plain, asking);
        // Nothing was sealed yet that could be lost: this phone has no reader that is strong enough to seal with.
        told.map_err(|not_given| match not_given {
            NotGiven::Lost => NotGiven::Missing,
            other => other,
        })
    }

    fn open(&self, sealed: &str, asking: Asking<'_>) -> Result<Zeroizing<[u8; 32]>, NotGiven> {
        let told = Zeroizing::new(self.cipher("dataToDecrypt", sealed, asking)?);
        let bytes = STANDARD.decode(told.as_bytes()).map(Zeroizing::new);
        let bytes = bytes.map_err(|_| NotGiven::Lost)?;
        <[u8; 32]>::try_from(bytes.as_slice())
            .map(Zeroizing::new)
            .map_err(|_| NotGiven::Lost)
    }

    fn may_remind(&self, ask: bool) -> bool {
        let command = if ask {
            "requestPermissions"
        } else {
            "checkPermissions"
        };
        let told = self.0.reminders.ask(command, json!({}));
        told.is_ok_and(|told| text(&told, "permissionState").as_deref() == Some("granted"))
    }

    fn remind(&self, all: &[Reminder]) -> Result<(), NotGiven> {
        let ids: Vec<i32> = (FIRST_ID..).take(MOST).collect();
        let missing = |_: Refused| NotGiven::Missing;
        let planned = &self.0.reminders;
        planned
            .ask("cancel", json!({ "notifications": ids }))
            .map_err(missing)?;
        for (id, one) in ids.iter().zip(all) {
            let shown = json!({
                "id": id,
                "title": "Tổ Số",
                "body": one.line,
                // A phone that sleeps may show it a little late: no right to wake it at the minute is asked for.
                "schedule": { "at": { "date": one.at, "repeating": false, "allowWhileIdle": true } },
                "autoCancel": true,
            });
            planned.ask("show", shown).map_err(missing)?;
        }
        Ok(())
    }
}

fn text(told: &Value, name: &str) -> Option<String> {
    told.get(name).and_then(Value::as_str).map(str::to_owned)
}

#[cfg(test)]
mod tests;
