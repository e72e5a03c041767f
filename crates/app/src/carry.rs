//! A commune's work on a stick: written on one device, taken on another, where no network goes.

use crate::app::App;
use crate::error::{CallError, Called};
use crate::underway::Ticket;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use toso_sync::caps;
use toso_sync::carried::{self, To};

impl App {
    /// Writes rulings, packs and tray of every space to a new file, sealed: the other devices this one knows of can read
    /// of it what their certificates name, and the hub everything. Answers `{"spaces","bytes","readers"}`.
    ///
    /// # Errors
    /// `locked`, `not_enrolled`, `no_readers`, `file` (also when the file is there already), faults of the store.
    pub fn export(&self, to: &Path) -> Called<Value> {
        self.write_file(to, To::Devices)
    }

    /// The same for carrying to the hub: also when no other device is known here. Answers as [`App::export`].
    ///
    /// # Errors
    /// Those of [`App::export`] but `no_readers`.
    pub fn export_for_hub(&self, to: &Path) -> Called<Value> {
        self.write_file(to, To::Hub)
    }

    fn write_file(&self, to: &Path, whom: To) -> Called<Value> {
        let ticket = Ticket::take(self)?;
        let mut file = create(to)?;
        let written = ticket.desk(|desk| {
            let mut spaces = desk.device.spaces()?;
            // The commune's space names the teams: whoever takes the file must have it first.
            let commune = desk.device.commune()?;
            spaces.sort_by_key(|space| Some(*space) != commune);
            for space in &spaces {
                desk.device.copy.seal(*space, desk.now, desk.random)?;
            }
            let mut out = BufWriter::new(&mut file);
            let written = carried::export(&mut desk.device.copy, &spaces, whom, &mut out)?;
            out.flush().map_err(|_| CallError::new("file"))?;
            Ok((spaces.len(), written.readers))
        });
        let synced = file.sync_all().and_then(|()| file.metadata());
        match (written, synced) {
            (Ok((spaces, readers)), Ok(meta)) => {
                Ok(json!({ "spaces": spaces, "bytes": meta.len(), "readers": readers }))
            }
            (told, _) => {
                // Half a file would be taken for a whole one by its name.
                drop(std::fs::remove_file(to));
                Err(told.err().unwrap_or_else(|| CallError::new("file")))
            }
        }
    }

    /// Takes a carried file, every byte checked as a stranger's. Answers what was taken.
    ///
    /// # Errors
    /// `locked`, `not_enrolled`, `file`, `not_a_file`, `wrong_commune`, `not_for_this_device`, `malformed`, `too_large`,
    /// faults of the store.
    pub fn import(&self, from: &Path) -> Called<Value> {
        let ticket = Ticket::take(self)?;
        let file = File::open(from).map_err(|_| CallError::new("file"))?;
        let size = file.metadata().map_err(|_| CallError::new("file"))?.len();
        if size > caps::FILE_BYTES {
            return Err(CallError::new("too_large"));
        }
        ticket.desk(|desk| {
            let held = desk.device.spaces()?;
            let copy = &mut desk.device.copy;
            let holds = |copy: &toso_sync::replica::Replica<_>, space| {
                let named = copy.certificate().is_some_and(|(_, c)| c.names(space));
                named || held.contains(&space)
            };
            let report = carried::import(copy, &holds, &mut BufReader::new(file), desk.now)?;
            desk.device.upkeep(desk.now, desk.random)?;
            Ok(json!({
                "rulings": report.rulings, "packs": report.packs, "dup": report.dup,
                "not_taken": report.not_taken, "closed": report.closed, "whole": report.whole,
            }))
        })
    }
}

/// A new file that only its owner reads.
fn create(path: &Path) -> Called<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|_| CallError::new("file"))
}
