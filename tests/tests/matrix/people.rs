//! Somebody with a device: the app on real files, its line to the hub listened to so that a test can ask in its name.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use toso_app::clock::{SystemClock, SystemRandom};
use toso_app::http::HttpLink;
use toso_app::link::{Caller, Enrolled, Invited, Link};
use toso_app::{App, CallError, Called, Parts, call};
use toso_sync::key::Secret;
use toso_tests::quick::QUICK;

pub const WORDS: &str = "mat khau that dai";

/// What a device was heard to be: its key and its certificate, for asking at the hub as a changed app would.
#[derive(Clone, Default)]
pub struct Heard(Arc<Mutex<Option<Known>>>);

/// A device's key, and what it last asked with once it had a certificate.
type Known = (Secret, Option<Caller>);

impl Heard {
    /// The device's key, once it asked to be let in.
    pub fn secret(&self) -> Option<Secret> {
        let heard = self.0.lock().unwrap();
        heard.as_ref().map(|(secret, _)| secret.clone())
    }

    /// Its rulings, its own certificate among them, once it has one.
    pub fn rulings(&self) -> Vec<Vec<u8>> {
        let heard = self.0.lock().unwrap();
        let caller = heard.as_ref().and_then(|(_, caller)| caller.as_ref());
        caller.map(|c| c.rulings.clone()).unwrap_or_default()
    }

    fn hear(&self, secret: &Secret, caller: Option<&Caller>) {
        *self.0.lock().unwrap() = Some((secret.clone(), caller.cloned()));
    }
}

/// The real line, listened to.
struct Tapped(HttpLink, Heard);

impl Link for Tapped {
    fn enrol(&self, to: &Invited, name: &str, secret: &Secret) -> Called<Enrolled> {
        self.1.hear(secret, None);
        self.0.enrol(to, name, secret)
    }

    fn enrol_state(&self, caller: &Caller) -> Called<Vec<Vec<u8>>> {
        self.0.enrol_state(caller)
    }

    fn successions(&self, caller: &Caller) -> Called<Vec<Vec<u8>>> {
        self.0.successions(caller)
    }

    fn exchange(&self, caller: &Caller, ask: &[u8], stopped: &dyn Fn() -> bool) -> Called<Vec<u8>> {
        self.1.hear(&caller.secret, Some(caller));
        self.0.exchange(caller, ask, stopped)
    }

    fn file(&self, caller: &Caller, ask: &[u8], stopped: &dyn Fn() -> bool) -> Called<Vec<u8>> {
        self.1.hear(&caller.secret, Some(caller));
        self.0.file(caller, ask, stopped)
    }

    fn staff(&self, caller: &Caller, call: &str, input: &Value) -> Called<Value> {
        self.0.staff(caller, call, input)
    }
}

/// Somebody.
pub struct Somebody {
    pub app: App,
    pub folder: PathBuf,
    pub heard: Heard,
}

impl Somebody {
    pub fn new(folder: PathBuf) -> Self {
        let heard = Heard::default();
        let app = App::new(Parts {
            folder: folder.clone(),
            clock: Box::new(SystemClock),
            random: Box::new(SystemRandom),
            link: Box::new(Tapped(HttpLink::new().unwrap(), heard.clone())),
            keys: None,
            phone: None,
            machine: "matrix".to_owned(),
            cost: QUICK,
        });
        Self { app, folder, heard }
    }

    /// The same on a copy of the folder, which may be spoiled; unlocked when this one has a profile.
    pub fn copy(&self, folder: &Path) -> Self {
        drop(std::fs::remove_dir_all(folder));
        if self.folder.exists() {
            copy_folder(&self.folder, folder);
        }
        let copy = Self::new(folder.to_owned());
        if self.call("profile.state", json!({})).unwrap()["state"] == "unlocked" {
            copy.done("profile.unlock", json!({ "pin": WORDS }));
        }
        copy
    }

    pub fn call(&self, name: &str, input: Value) -> Result<Value, CallError> {
        call(&self.app, name, input)
    }

    #[track_caller]
    pub fn done(&self, name: &str, input: Value) -> Value {
        self.call(name, input)
            .unwrap_or_else(|e| panic!("{name}: {e} {:?}", e.detail))
    }

    pub fn sync(&self) {
        self.done("sync.run", json!({}));
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    std::fs::set_permissions(to, from.metadata().unwrap().permissions()).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
