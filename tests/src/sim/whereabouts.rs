//! Where an edit stands, for the person who reads a failure.

use super::World;
use super::oracle::check_ledger;
use super::reading::{copies, numbers, picture};
use std::collections::BTreeSet;
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::id::Log;
use toso_sync::shelf::Shelf;

impl World {
    /// Looks at what a copy must never let out of step, after every event; slow, to find when a failure began.
    pub(super) fn watch(&mut self) -> Result<(), String> {
        let spaces = self.spaces.clone();
        let last = self.diary.last().cloned().unwrap_or_default();
        for (name, copy) in copies(&mut self.devices, &mut self.hub) {
            check_ledger(copy, &spaces).map_err(|why| format!("{why} on {name} after {last}"))?;
        }
        Ok(())
    }

    /// Where an edit stands on each live copy, for the person who reads a failure.
    #[must_use]
    pub fn whereabouts(&mut self, number: u64) -> String {
        let spaces = self.spaces.clone();
        let mut out = String::new();
        for (name, copy) in copies(&mut self.devices, &mut self.hub) {
            for space in &spaces {
                for draft in copy.shelf.drafts(*space).unwrap() {
                    if numbers(&draft.raw).contains(&number) {
                        out += &format!("\n    {name}: draft {}", draft.hash);
                    }
                }
                for row in copy.shelf.packs(*space).unwrap() {
                    let entries = copy.entries(*space, &row.head).unwrap();
                    for (entry, index) in entries
                        .iter()
                        .zip(copy.shelf.entries_of_pack(*space, &row.head).unwrap())
                    {
                        if entry
                            .raw
                            .as_ref()
                            .is_some_and(|raw| numbers(raw).contains(&number))
                        {
                            out += &format!(
                                "\n    {name}: pack {} of {:?} seq {} counts {} change {} {:?} {}",
                                row.head,
                                row.epoch,
                                row.seq,
                                row.valid,
                                entry.hash,
                                index.verdict,
                                index.why
                            );
                        }
                    }
                }
            }
        }
        out
    }

    /// The documents of a space that a device and the hub have differently, change by change.
    pub(super) fn parted(&mut self, device: usize, space: SpaceId) -> String {
        let hub = picture(&mut self.hub, space).1;
        let theirs = picture(&mut self.devices[device].copy, space).1;
        let all: BTreeSet<RecordId> = hub.keys().chain(theirs.keys()).copied().collect();
        let mut out = String::new();
        for document in all.iter().filter(|d| hub.get(d) != theirs.get(d)) {
            out += &format!("\n    {document}");
            let copies = [
                ("hub", &mut self.hub),
                ("device", &mut self.devices[device].copy),
            ];
            for (name, copy) in copies {
                out += &format!("\n      {name}:");
                let found = copy.document(space, *document).unwrap();
                for change in found.iter().flat_map(|doc| doc.changes()) {
                    out += &format!(
                        "\n        has {} by {:?} {} on {:?}",
                        change.hash, change.actor, change.seq, change.deps
                    );
                }
                for row in copy.shelf.entries_of_document(space, *document).unwrap() {
                    let ledger = copy.ledger(space).unwrap();
                    let counts = ledger.get(&row.pack).is_some_and(|meta| meta.valid);
                    out += &format!(
                        "\n        entry {} in {} counts {counts}: {:?} {}",
                        row.hash, row.pack, row.verdict, row.why
                    );
                }
            }
        }
        out
    }

    /// How a device and the hub differ in a space, log by log.
    #[must_use]
    pub fn difference(&mut self, device: usize, space: SpaceId) -> String {
        let mut out = String::new();
        let hub = self.hub.ledger(space).unwrap().clone();
        let theirs = self.devices[device].copy.ledger(space).unwrap().clone();
        let (a, b) = (theirs.vector(), hub.vector());
        let unlike: BTreeSet<Log> = a
            .iter()
            .filter(|p| !b.contains(p))
            .chain(b.iter().filter(|p| !a.contains(p)))
            .map(|p| p.log)
            .collect();
        for log in unlike {
            out += &format!("\n    log {} of {}", log.epoch, log.device);
            for (name, ledger, book) in [
                ("hub", &hub, self.hub.book()),
                ("device", &theirs, self.devices[device].copy.book()),
            ] {
                let receipts: Vec<_> = book
                    .receipts(space, &log)
                    .map(|r| (r.seq, r.head))
                    .collect();
                out += &format!(
                    "\n      {name}: receipts {receipts:?} revoked {:?}",
                    book.revoked_end(space, &log)
                );
                for head in ledger.known(&log) {
                    let m = ledger.get(&head).unwrap();
                    out += &format!(
                        "\n        {} {head} after {:?} counts {} closes {:?}",
                        m.seq,
                        m.prev,
                        m.valid,
                        m.closes
                            .iter()
                            .map(|c| (c.log.epoch, c.seq))
                            .collect::<Vec<_>>()
                    );
                    for at in m.after.iter().filter(|at| !ledger.holds(at)) {
                        out += &format!(" lacks {} {} {}", at.log.epoch, at.seq, at.head);
                    }
                }
            }
        }
        out
    }
}
