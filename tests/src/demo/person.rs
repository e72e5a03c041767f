//! Somebody with a device: a profile folder and the app on it.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail, ensure};
use serde_json::{Value, json};
use toso_app::clock::{SystemClock, SystemRandom};
use toso_app::http::HttpLink;
use toso_app::{App, CallError, Parts, call};
use toso_store::Cost;

/// Somebody with a device; the app is closed or open.
#[derive(Debug)]
pub struct Person {
    /// What stories call them.
    pub name: String,
    /// Their profile.
    pub folder: PathBuf,
    pin: String,
    machine: String,
    cost: Cost,
    app: Option<App>,
}

impl Person {
    /// A device without a profile yet.
    ///
    /// # Errors
    /// No HTTP client can be made.
    pub fn new(
        folder: &Path,
        name: &str,
        pin: &str,
        machine: &str,
        cost: Cost,
    ) -> anyhow::Result<Self> {
        let mut person = Self {
            name: name.to_owned(),
            folder: folder.to_owned(),
            pin: pin.to_owned(),
            machine: machine.to_owned(),
            cost,
            app: None,
        };
        person.start()?;
        Ok(person)
    }

    fn start(&mut self) -> anyhow::Result<()> {
        let link = HttpLink::new().map_err(|error| anyhow!("no HTTP client: {}", error.code))?;
        self.app = Some(App::new(Parts {
            folder: self.folder.clone(),
            clock: Box::new(SystemClock),
            random: Box::new(SystemRandom),
            link: Box::new(link),
            keys: None,
            phone: None,
            machine: self.machine.clone(),
            cost: self.cost,
        }));
        Ok(())
    }

    /// Opens the app again and types the PIN.
    ///
    /// # Errors
    /// The profile does not open.
    pub fn open(&mut self) -> anyhow::Result<()> {
        self.start()?;
        let pin = self.pin.clone();
        self.done("profile.unlock", json!({ "pin": pin }))?;
        Ok(())
    }

    /// Closes the app; its files may be copied then.
    pub fn close(&mut self) {
        self.app = None;
    }

    /// A second device made of a copy of this one's files, on another machine.
    ///
    /// # Errors
    /// The copy cannot be made or opened.
    pub fn clone_onto(&mut self, folder: &Path) -> anyhow::Result<Self> {
        self.close();
        copy_folder(&self.folder, folder)?;
        self.open()?;
        let machine = format!("{} again", self.machine);
        let mut other = Self::new(
            folder,
            &format!("{}'s clone", self.name),
            &self.pin,
            &machine,
            self.cost,
        )?;
        other.open()?;
        Ok(other)
    }

    /// The open app.
    ///
    /// # Errors
    /// It is closed.
    pub fn app(&self) -> anyhow::Result<&App> {
        self.app.as_ref().context("the app is closed")
    }

    /// A call that must succeed.
    ///
    /// # Errors
    /// It was refused.
    pub fn done(&self, name: &str, input: Value) -> anyhow::Result<Value> {
        call(self.app()?, name, input)
            .map_err(|error| anyhow!("{}: {name}: {}", self.name, error.to_json()))
    }

    /// A call that must be refused with this code.
    ///
    /// # Errors
    /// It was not, or with another code.
    pub fn refused(&self, name: &str, input: Value, code: &str) -> anyhow::Result<CallError> {
        match call(self.app()?, name, input) {
            Ok(_) => bail!("{}: {name} was not refused", self.name),
            Err(error) => {
                ensure!(
                    error.code == code,
                    "{}: {name}: {} instead of {code}",
                    self.name,
                    error.code
                );
                Ok(error)
            }
        }
    }

    /// Exchanges with the hub.
    ///
    /// # Errors
    /// It could not.
    pub fn sync(&self) -> anyhow::Result<Value> {
        self.done("sync.run", json!({}))
    }

    /// Makes a record; its id.
    ///
    /// # Errors
    /// It was refused.
    pub fn create(&self, space: &str, kind: &str, fields: Value) -> anyhow::Result<String> {
        let input = json!({ "space": space, "kind": kind, "fields": fields });
        text(&self.done("record.create", input)?, "/id")
    }

    /// Makes records together, each input as `record.create` takes it.
    ///
    /// # Errors
    /// One was refused, and none was made.
    pub fn create_all(&self, inputs: impl Iterator<Item = Value>) -> anyhow::Result<()> {
        let inputs = inputs
            .map(serde_json::from_value)
            .collect::<Result<_, _>>()?;
        let made = self.app()?.create_all(inputs);
        made.map(drop)
            .map_err(|error| anyhow!("{}: {}", self.name, error.to_json()))
    }

    /// Changes fields of a record.
    ///
    /// # Errors
    /// It was refused.
    pub fn save(&self, id: &str, patch: Value) -> anyhow::Result<Value> {
        self.done("record.save", json!({ "id": id, "patch": patch }))
    }

    /// One record, whole.
    ///
    /// # Errors
    /// It is not here.
    pub fn get(&self, id: &str) -> anyhow::Result<Value> {
        self.done("record.get", json!({ "id": id }))
    }

    /// What waits in this device to be told to its owner.
    ///
    /// # Errors
    /// The app is closed.
    pub fn notices(&self) -> anyhow::Result<Vec<String>> {
        let rows = self.done("notices.list", json!({}))?;
        let rows = rows.as_array().context("no list")?;
        rows.iter().map(|row| text(row, "/code")).collect()
    }
}

/// A text in an answer.
pub(super) fn text(answer: &Value, pointer: &str) -> anyhow::Result<String> {
    let found = answer.pointer(pointer).and_then(Value::as_str);
    Ok(found
        .with_context(|| format!("no text at {pointer} of {answer}"))?
        .to_owned())
}

/// Copies a folder with all files in it into a new one.
pub(super) fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
