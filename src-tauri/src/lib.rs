//! The window: one command `call` to the app, one event `changed` from it, and nothing else.

mod place;

use serde_json::Value;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use tauri::{Emitter, Manager, State, Url, WebviewWindowBuilder, webview::NewWindowResponse};
use toso_app::{App, CallError, Parts};

/// Runs one call of the app. An error has the shape that it has over HTTP: `{"error": {code, message, hint, …}}`.
#[tauri::command]
async fn call(app: State<'_, Arc<App>>, name: String, input: Value) -> Result<Value, Value> {
    // A page has no business with paths: it gives bytes.
    if name == "file.add" && input.get("path").is_some() {
        let error = CallError::new("bad_input").with("path", "not from a window");
        return Err(error.to_json());
    }
    let app = Arc::clone(&app);
    // Calls wait for disk, network and the PIN's slow hash. A panic in one is that call's failure.
    let done = tauri::async_runtime::spawn_blocking(move || toso_app::call(&app, &name, input));
    let done = done
        .await
        .unwrap_or_else(|_| Err(CallError::new("internal")));
    done.map_err(|error| error.to_json())
}

/// Shows the window until it is closed.
///
/// `--profile DIR`, or `TOSO_PROFILE`, opens the profile of that folder, as often as there are folders. Without it the
/// profile lies among the app's own data and there is one window: a second start brings it to the front.
///
/// False, and why on standard error, when there is no display or no web view. (A phone's system expects no `Result`.)
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run() -> bool {
    let given = place::given(
        std::env::args_os().skip(1),
        std::env::var_os("TOSO_PROFILE"),
    );
    let builder = tauri::Builder::default();
    #[cfg(desktop)]
    let builder = match given {
        Some(_) => builder,
        None => builder.plugin(tauri_plugin_single_instance::init(|app, _, _| {
            if let Some(window) = app.get_webview_window("main") {
                drop(window.unminimize().and_then(|()| window.set_focus()));
            }
        })),
    };
    #[cfg(target_os = "android")]
    let builder = toso_phone::android::with_classes(builder);
    let told = builder
        .invoke_handler(tauri::generate_handler![call])
        .setup(move |tauri| open(tauri, given))
        .run(tauri::generate_context!())
        .inspect_err(|error| drop(writeln!(std::io::stderr(), "{error}")));
    told.is_ok()
}

/// Joins the app of the profile to a window that never leaves its own page.
fn open(tauri: &tauri::App, given: Option<PathBuf>) -> Result<(), Box<dyn std::error::Error>> {
    let profile = match &given {
        Some(folder) => folder.clone(),
        None => tauri.path().app_local_data_dir()?.join("profile"),
    };
    let parts = Parts::of_this_machine(profile)?;
    #[cfg(target_os = "android")]
    let parts = toso_phone::android::with_phone(tauri, parts);
    let app = Arc::new(App::of_home(parts));
    let screens = tauri.handle().clone();
    app.on_change(Box::new(move |changed| {
        // Posts to the window's own queue and does not wait; without a window nobody looks.
        drop(screens.emit("changed", changed));
    }));
    #[cfg(target_os = "android")]
    toso_phone::android::follow_links(tauri, &app)?;
    tauri.manage(app);
    let config = tauri.config().app.windows.first();
    let config = config.ok_or(tauri::Error::WindowNotFound)?;
    let mut window = WebviewWindowBuilder::from_config(tauri, config)?
        .on_navigation(|url: &Url| place::is_ours(url, tauri::is_dev()))
        .on_new_window(|_, _| NewWindowResponse::Deny);
    if let Some(folder) = given {
        // What a web view keeps for itself is not shared between profiles either.
        window = window.data_directory(folder.join("web"));
    }
    window.build()?;
    Ok(())
}
