//! One run: asks the hub what it holds, then gives and takes range by range.

use super::known::{
    clear, drop_damaged, drop_parts, is_named, kept, named, note, sizes_here, wanted,
};
use super::{FilesInput, FilesReport};
use crate::device::name;
use crate::error::{CallError, Called};
use crate::underway::{FilesRunning, FilesTicket};
use std::collections::BTreeMap;
use toso_domain::file::FileHash;
use toso_domain::id::{RecordId, SpaceId};
use toso_store::{FileFacts, Filed};
use toso_sync::caps::VERSION;
use toso_sync::file::{
    FILE_BYTES, FileAsk, FileTell, FileTold, FileWhat, Give, NAMES, RANGE_BYTES, Standing, Take,
    read_file_tell,
};
use toso_sync::message::{Bytes, Digest, digest_of_ids};
use toso_sync::pack::encode;

/// A range at first and at least, bytes: what an old network carries in seconds.
const RANGE_FIRST: usize = 32 * 1024;
const RANGE_LEAST: usize = 8 * 1024;
/// A range that took less than this is followed by a larger one, milliseconds.
const QUICK_MS: i64 = 1_500;
/// After so long the hub is asked for everything again, milliseconds: what it lost meanwhile is given once more.
const ASK_AGAIN_MS: i64 = 7 * 24 * 60 * 60_000;

/// One file that is to be moved, and how much of it the other side has.
struct Job {
    space: SpaceId,
    hash: FileHash,
    at_hub: Standing,
    /// Records that name it.
    records: Vec<RecordId>,
}

pub(super) struct Run<'a> {
    ticket: &'a FilesTicket<'a>,
    pub(super) report: FilesReport,
    /// Bytes of the next range.
    range: usize,
}

impl<'a> Run<'a> {
    pub(super) fn new(ticket: &'a FilesTicket<'a>) -> Self {
        Self {
            ticket,
            report: FilesReport::default(),
            range: RANGE_FIRST,
        }
    }

    /// Gives and takes what is wanted; what was done until then stands in the report when it is cut short.
    pub(super) fn all(&mut self, input: FilesInput) -> Called<()> {
        let (give, take) = self.look(input)?;
        let all = give.iter().map(|job| u64::from(job.at_hub.size));
        let taking = take.iter().map(|job| u64::from(job.at_hub.size));
        self.ticket.begin(&FilesRunning {
            files_up: give.len() as u64,
            files_down: take.len() as u64,
            bytes: all.chain(taking).sum(),
            ..FilesRunning::default()
        });
        for job in give {
            self.give(&job)?;
        }
        for job in take {
            self.take(&job)?;
        }
        Ok(())
    }

    /// Asks the hub how the files stand there that it is not known to hold, and says what is to be moved.
    fn look(&mut self, input: FilesInput) -> Called<(Vec<Job>, Vec<Job>)> {
        let (by_space, here) = self.ticket.desk(|desk| {
            let here = sizes_here(desk)?;
            let kept = kept(desk)?;
            let last = desk.device.number(name::FILES_ASKED)?.unwrap_or(0);
            let again = desk.now.saturating_sub(last) >= ASK_AGAIN_MS || desk.now < last;
            let mut by_space: BTreeMap<SpaceId, BTreeMap<FileHash, Vec<RecordId>>> =
                BTreeMap::new();
            let named = named(desk)?;
            drop_parts(desk, &named.keys().copied().collect())?;
            for (hash, named) in named {
                let wanted = match input.hash {
                    Some(only) => only == hash,
                    None if here.contains_key(&hash) => {
                        input.give && (again || !kept.contains_key(&hash))
                    }
                    None => input.take,
                };
                if wanted {
                    let of_space = by_space.entry(named.space).or_default();
                    of_space.insert(hash, named.records);
                }
            }
            Ok((by_space, here))
        })?;
        let (mut give, mut take) = (Vec::new(), Vec::new());
        for (space, mut records) in by_space {
            let names: Vec<FileHash> = records.keys().copied().collect();
            for names in names.chunks(NAMES) {
                let asked = FileWhat::Held(names.iter().map(|hash| (*hash).into()).collect());
                let tell = self.ask(space, asked)?;
                let FileTold::Held(held) = tell.told else {
                    return Err(CallError::new("not_a_hub"));
                };
                let held: Vec<(FileHash, Standing)> = names.iter().copied().zip(held).collect();
                let whole = held.iter().filter(|(_, stands)| stands.whole);
                let whole: Vec<FileHash> = whole.map(|(hash, _)| *hash).collect();
                let lost = held.iter().filter(|(_, stands)| !stands.whole);
                let lost: Vec<FileHash> = lost.map(|(hash, _)| *hash).collect();
                self.ticket
                    .desk(|desk| note(desk, &whole, &lost, tell.epoch))?;
                for (hash, at_hub) in held {
                    let records = records.remove(&hash).unwrap_or_default();
                    let size = here
                        .get(&hash)
                        .map(|bytes| u32::try_from(*bytes).unwrap_or(0));
                    match size {
                        Some(_) if at_hub.whole && input.hash.is_some() => {
                            if self.ticket.desk(|desk| drop_damaged(desk, &hash))? {
                                take.push(Job {
                                    space,
                                    hash,
                                    at_hub,
                                    records,
                                });
                            }
                        }
                        Some(_) if at_hub.whole => {}
                        Some(size) => give.push(Job {
                            space,
                            hash,
                            at_hub: Standing { size, ..at_hub },
                            records,
                        }),
                        None if at_hub.whole => take.push(Job {
                            space,
                            hash,
                            at_hub,
                            records,
                        }),
                        None => self.report.nowhere += 1,
                    }
                }
            }
        }
        if input.hash.is_none() && input.give {
            self.ticket.desk(|desk| {
                let now = desk.now.to_be_bytes();
                desk.device.set(&[(name::FILES_ASKED, &now)])
            })?;
        }
        Ok((give, take))
    }

    fn give(&mut self, job: &Job) -> Called<()> {
        let filed =
            self.ticket
                .desk(|desk| match desk.device.copy.shelf.store.file(&job.hash) {
                    Err(toso_store::StoreError::FileDamaged) => Ok(None),
                    filed => Ok(filed?),
                })?;
        let Some(filed) = filed else {
            self.report.damaged += 1;
            return Ok(());
        };
        let size = u32::try_from(filed.bytes.len()).unwrap_or(u32::MAX);
        let mut at = job.at_hub.held;
        let (mut again, mut spent) = (false, 0);
        loop {
            let from = usize::try_from(at).unwrap_or(usize::MAX);
            let rest = filed.bytes.get(from..).unwrap_or_default();
            let range = rest.get(..self.range).unwrap_or(rest);
            let what = FileWhat::Give(Give {
                name: job.hash.into(),
                size,
                at,
                bytes: Bytes(range.to_vec()),
                rulings: self.rulings()?,
            });
            let (sent, began) = (range.len(), self.ticket.now());
            // The hub says where its part ends. One that never has enough would go on for ever.
            spent += sent + RANGE_LEAST;
            if spent > 8 * (filed.bytes.len() + RANGE_BYTES) {
                return Err(CallError::new("not_a_hub"));
            }
            let tell = match self.ask(job.space, what) {
                // What the hub had of it was not of this file; it begins anew.
                Err(error) if error.code == "file_damaged" && !again => {
                    again = true;
                    at = 0;
                    continue;
                }
                // Its record is erased, and this device will hear of it with its next exchange.
                Err(error) if error.code == "erased" => return Ok(()),
                tell => tell?,
            };
            let FileTold::Given(stands) = tell.told else {
                return Err(CallError::new("not_a_hub"));
            };
            self.moved(sent, 0, began);
            if stands.whole {
                self.ticket
                    .desk(|desk| note(desk, &[job.hash], &[], tell.epoch))?;
                self.report.given += 1;
                self.ticket.one_more(1, 0);
                return Ok(());
            }
            at = stands.held;
        }
    }

    fn take(&mut self, job: &Job) -> Called<()> {
        let key = format!("{}{}", name::FILE_PART, job.hash);
        let mut bytes = self.ticket.desk(|desk| {
            let part = desk.device.copy.shelf.store.value(&key)?;
            Ok(part.unwrap_or_default())
        })?;
        loop {
            let at = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            let what = FileWhat::Take(Take {
                name: job.hash.into(),
                at,
                most: u32::try_from(self.range).unwrap_or(u32::MAX),
            });
            let began = self.ticket.now();
            let tell = self.ask(job.space, what)?;
            let FileTold::Taken(size, range) = tell.told else {
                return Err(CallError::new("not_a_hub"));
            };
            let end = usize::try_from(size).unwrap_or(usize::MAX);
            if size == 0 {
                // It was erased meanwhile, or did not hold: somebody gives it again.
                self.report.nowhere += 1;
                return Ok(());
            }
            let fits = size <= FILE_BYTES && bytes.len() + range.0.len() <= end;
            if !fits || (range.0.is_empty() && bytes.len() < end) {
                self.ticket.desk(|desk| clear(desk, &key))?;
                return Err(CallError::new("not_a_hub"));
            }
            self.moved(0, range.0.len(), began);
            bytes.extend_from_slice(&range.0);
            if bytes.len() < end {
                let goes_on = self.ticket.desk(|desk| {
                    if wanted(desk, &job.records) {
                        desk.device.set(&[(&key, &bytes)])?;
                        return Ok(true);
                    }
                    clear(desk, &key)?;
                    Ok(false)
                })?;
                if goes_on {
                    continue;
                }
                return Ok(());
            }
            let good = self
                .ticket
                .desk(|desk| Ok(is_named(desk, (job.space, job.hash), &job.records, &bytes)))?;
            let filed = good.then(|| filed(job.space, bytes));
            self.ticket.desk(|desk| {
                clear(desk, &key)?;
                // An exchange meanwhile may have brought that it is erased.
                let Some(filed) = filed.as_ref().filter(|_| wanted(desk, &job.records)) else {
                    return Ok(());
                };
                Ok(desk.device.copy.shelf.store.put_file(&job.hash, filed)?)
            })?;
            if filed.is_none() {
                return Err(CallError::new("file_damaged"));
            }
            self.ticket
                .desk(|desk| note(desk, &[job.hash], &[], tell.epoch))?;
            self.report.taken += 1;
            self.ticket.one_more(0, 1);
            return Ok(());
        }
    }

    /// Counts what was moved, and makes the next range fit the network.
    fn moved(&mut self, up: usize, down: usize, began: i64) {
        self.report.bytes_up += up as u64;
        self.report.bytes_down += down as u64;
        self.ticket
            .step(self.report.bytes_up, self.report.bytes_down);
        let took = self.ticket.now().saturating_sub(began);
        self.range = if took < QUICK_MS {
            (self.range * 2).min(RANGE_BYTES)
        } else {
            (self.range / 2).max(RANGE_LEAST)
        };
    }

    /// What this device has heard of the commune's rulings.
    fn rulings(&self) -> Called<Digest> {
        self.ticket
            .desk(|desk| Ok(digest_of_ids(&desk.device.copy.book().ids(None))))
    }

    fn ask(&self, space: SpaceId, what: FileWhat) -> Called<FileTell> {
        if self.ticket.is_stopped() {
            return Err(CallError::new("cancelled"));
        }
        let ask = encode(&FileAsk {
            v: VERSION,
            space: space.into(),
            what,
        });
        let link = &self.ticket.app.link;
        let answer = link.file(&self.ticket.caller, &ask, &|| self.ticket.is_stopped())?;
        self.ticket.desk(|desk| {
            let book = desk.device.copy.book();
            let tell = read_file_tell(|key| book.trusts(key), &ask, &answer);
            tell.map_err(|bad| CallError::new(bad.code))
        })
    }
}

/// A file that came: what it is follows from its bytes, as when it was added.
fn filed(space: SpaceId, bytes: Vec<u8>) -> Filed {
    let size = crate::photo::size_of(&bytes);
    let media = if bytes.starts_with(b"%PDF-") {
        "application/pdf"
    } else {
        "image/jpeg"
    };
    let facts = FileFacts {
        space,
        media: media.to_owned(),
        width: size.map(|(width, _)| width),
        height: size.map(|(_, height)| height),
    };
    Filed { facts, bytes }
}
