//! Android: the Kotlin classes beside `MainActivity`, registered with Tauri.

use crate::native::{Native, Refused};
use serde_json::Value;
use tauri::plugin::{Builder, PluginHandle, TauriPlugin};
use tauri::{Manager, Wry};
use toso_app::Parts;

use crate::keys::PhoneKeys;

/// Package of the Kotlin classes.
const PACKAGE: &str = "vn.toso.app";

/// The key store's Kotlin, once Tauri has loaded it.
#[derive(Debug, Clone)]
pub struct KeysPlugin(PluginHandle<Wry>);

impl Native for KeysPlugin {
    fn ask(&self, command: &str, input: Value) -> Result<Value, Refused> {
        self.0.run_mobile_plugin(command, input).map_err(|error| {
            let code = match error {
                tauri::plugin::mobile::PluginInvokeError::InvokeRejected(told) => told.code,
                _ => None,
            };
            Refused {
                code: code.unwrap_or_else(|| "unreached".into()),
            }
        })
    }
}

/// Loads the key store's Kotlin; the handle is then the app's state, a [`KeysPlugin`].
#[must_use]
pub fn keys() -> TauriPlugin<Wry> {
    Builder::new("toso-keys")
        .setup(|app, api| {
            let handle = api.register_android_plugin(PACKAGE, "KeysPlugin")?;
            app.manage(KeysPlugin(handle));
            Ok(())
        })
        .build()
}

/// What this machine gives an app, with the phone's key store. After the plugin of [`keys`] was loaded.
#[must_use]
pub fn with_keys(app: &tauri::App<Wry>, parts: Parts) -> Parts {
    let kotlin = app.state::<KeysPlugin>().inner().clone();
    Parts {
        keys: Some(Box::new(PhoneKeys::new(kotlin))),
        ..parts
    }
}
