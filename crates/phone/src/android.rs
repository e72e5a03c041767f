//! Android: the Kotlin beside `MainActivity` and that of Tauri's plugins, registered under names of our own. No page may ask
//! them anything: what a page may ask is the one command of the window.

use crate::handset::{Handset, Kotlin};
use crate::keys::PhoneKeys;
use crate::native::{Native, Refused};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use tauri::ipc::{Channel, InvokeResponseBody};
use tauri::plugin::mobile::PluginInvokeError;
use tauri::plugin::{Builder, PluginHandle, TauriPlugin};
use tauri::{Manager, Wry};
use toso_app::{App, Parts};

/// One Kotlin class, once Tauri has loaded it.
#[derive(Debug, Clone)]
pub struct Class(PluginHandle<Wry>);

impl Native for Class {
    fn ask(&self, command: &str, input: Value) -> Result<Value, Refused> {
        self.0.run_mobile_plugin(command, input).map_err(|error| {
            let code = match error {
                PluginInvokeError::InvokeRejected(told) => match (told.code, told.message) {
                    (Some(code), _) => code,
                    // The scanner tells its own end without a code.
                    (None, Some(message)) if message == "cancelled" => message,
                    (None, _) => String::new(),
                },
                _ => "unreached".into(),
            };
            Refused { code }
        })
    }
}

/// The classes, as the app's state.
#[derive(Debug, Clone)]
struct Keys(Class);
#[derive(Debug, Clone)]
struct Scanner(Class);
#[derive(Debug, Clone)]
struct Finger(Class);
#[derive(Debug, Clone)]
struct Reminders(Class);
#[derive(Debug, Clone)]
struct Links(PluginHandle<Wry>);

/// A Tauri plugin that loads one class and keeps it as `state` makes it.
fn class<S: Send + Sync + 'static>(
    name: &'static str,
    package: &'static str,
    class: &'static str,
    state: fn(PluginHandle<Wry>) -> S,
) -> TauriPlugin<Wry, Option<Value>> {
    Builder::new(name)
        .setup(move |app, api| {
            let handle = api.register_android_plugin(package, class)?;
            app.manage(state(handle));
            Ok(())
        })
        .build()
}

/// Has the window load every class: the key store's, the scanner's, the finger's reader's, the reminders', the links'. The last has its
/// description in `tauri.conf.json` under its name.
#[must_use]
pub fn with_classes(builder: tauri::Builder<Wry>) -> tauri::Builder<Wry> {
    let all = [
        class("toso-keys", "vn.toso.app", "KeysPlugin", |h| Keys(Class(h))),
        class(
            "toso-scanner",
            "app.tauri.barcodescanner",
            "BarcodeScannerPlugin",
            |h| Scanner(Class(h)),
        ),
        class(
            "toso-finger",
            "app.tauri.biometric",
            "BiometricPlugin",
            |h| Finger(Class(h)),
        ),
        class(
            "toso-reminders",
            "app.tauri.notification",
            "NotificationPlugin",
            |h| Reminders(Class(h)),
        ),
        class("deep-link", "app.tauri.deep_link", "DeepLinkPlugin", Links),
    ];
    all.into_iter().fold(builder, tauri::Builder::plugin)
}

/// What this machine gives an app, with the phone's own parts. After [`with_classes`].
#[must_use]
pub fn with_phone(app: &tauri::App<Wry>, parts: Parts) -> Parts {
    let phone = Handset::new(Kotlin {
        scanner: app.state::<Scanner>().0.clone(),
        finger: app.state::<Finger>().0.clone(),
        reminders: app.state::<Reminders>().0.clone(),
    });
    Parts {
        keys: Some(Box::new(PhoneKeys::new(app.state::<Keys>().0.clone()))),
        phone: Some(Box::new(phone)),
        ..parts
    }
}

#[derive(Serialize)]
struct Handler {
    handler: Channel,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Link {
    url: Option<String>,
}

/// Gives the app the link that the phone was opened with, and those to come. What is no invitation is nobody's.
///
/// # Errors
/// When the Kotlin does not answer.
pub fn follow_links(tauri: &tauri::App<Wry>, app: &Arc<App>) -> tauri::Result<()> {
    let links = tauri.state::<Links>().0.clone();
    let open = |link: Link, app: &App| {
        if let Some(url) = link.url {
            drop(app.open_link(&url));
        }
    };
    let later = Arc::clone(app);
    let handler = Channel::new(move |event| {
        if let InvokeResponseBody::Json(text) = event {
            open(serde_json::from_str(&text).unwrap_or_default(), &later);
        }
        Ok(())
    });
    let told = links.run_mobile_plugin::<Value>("setEventHandler", Handler { handler });
    told.map_err(|error| {
        tauri::Error::PluginInitialization("deep-link".into(), error.to_string())
    })?;
    let first = links.run_mobile_plugin::<Link>("getCurrent", ());
    open(first.unwrap_or_default(), app);
    Ok(())
}
