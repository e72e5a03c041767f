//! Files to and from the hub, apart from records: what waits and what it costs, then range by range, each of which may
//! begin at any byte. The lock is held while a file is read or written, never while the network is waited for.

use crate::app::{App, Desk};
use crate::device::name;
use crate::error::{CallError, Called};
use crate::underway::{FilesRunning, FilesTicket};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::file::FileHash;
use toso_domain::id::SpaceId;
use toso_domain::schema;
use toso_store::{FileFacts, Filed};
use toso_sync::caps::VERSION;
use toso_sync::file::{
    FileAsk, FileTell, FileTold, FileWhat, Give, NAMES, RANGE_BYTES, Standing, Take, read_file_tell,
};
use toso_sync::id::Epoch;
use toso_sync::message::Bytes;
use toso_sync::pack::encode;
use toso_sync::shelf::Shelf;

/// A range at first and at least, bytes: what an old network carries in seconds.
const RANGE_FIRST: usize = 32 * 1024;
const RANGE_LEAST: usize = 8 * 1024;
/// A range that took less than this is followed by a larger one, milliseconds.
const QUICK_MS: i64 = 1_500;
/// After so long the hub is asked for everything again, milliseconds: what it lost meanwhile is given once more.
const ASK_AGAIN_MS: i64 = 7 * 24 * 60 * 60_000;
/// Bytes a photo has at most, for what has not been seen yet.
const PHOTO_MOST: u64 = 200_000;

/// Files and what they weigh.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Amount {
    /// Files.
    pub files: u64,
    /// Bytes; of files not here at most, as far as a photo goes.
    pub bytes: u64,
}

impl Amount {
    fn add(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes += bytes;
    }
}

/// Where files stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FilesStatus {
    /// Here and not known to be at the hub.
    pub waiting: Amount,
    /// Named by a record here, and not here.
    pub missing: Amount,
    /// What is under way; null when nothing is.
    pub running: Option<FilesRunning>,
}

/// Input of `file.sync`.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FilesInput {
    /// Gives what waits; yes unless said.
    #[serde(default = "yes")]
    pub give: bool,
    /// Takes what is missing; no unless said.
    #[serde(default)]
    pub take: bool,
    /// Only this file.
    pub hash: Option<FileHash>,
}

fn yes() -> bool {
    true
}

/// What `file.sync` did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FilesReport {
    /// Files the hub holds now and did not before.
    pub given: u64,
    /// Files that are here now and were not before.
    pub taken: u64,
    /// Bytes of files sent.
    pub bytes_up: u64,
    /// Bytes of files received.
    pub bytes_down: u64,
    /// Files that are missing here and at the hub: another device has yet to give them.
    pub nowhere: u64,
    /// Files that are damaged here; the hub may have them.
    pub damaged: u64,
    /// True when this device has given the hub enough for now: the rest goes another time, by itself.
    pub later: bool,
}

/// `file.status`
pub(crate) fn status(app: &App) -> Called<FilesStatus> {
    let mut inner = app.inner();
    let running = inner.files_running();
    inner.desk(|desk| {
        let mut status = FilesStatus {
            waiting: Amount::default(),
            missing: Amount::default(),
            running,
        };
        let here = sizes_here(desk)?;
        let kept: BTreeSet<FileHash> = kept(desk)?.into_keys().collect();
        for (_, hash) in named(desk)? {
            match here.get(&hash) {
                Some(bytes) if !kept.contains(&hash) => status.waiting.add(*bytes),
                Some(_) => {}
                None => status.missing.add(PHOTO_MOST),
            }
        }
        Ok(status)
    })
}

/// `file.stop`
pub(crate) fn stop(app: &App) -> super::Done {
    app.inner().stop_files();
    super::Done::YES
}

/// `file.sync`
pub(crate) fn run(app: &App, input: FilesInput) -> Called<FilesReport> {
    let ticket = FilesTicket::take(app)?;
    let mut run = Run {
        ticket: &ticket,
        report: FilesReport::default(),
        range: RANGE_FIRST,
    };
    let done = run.all(input);
    match done {
        Err(error) if error.code == "later" => run.report.later = true,
        done => done?,
    }
    Ok(run.report)
}

/// One file that is to be moved, and how much of it the other side has.
struct Job {
    space: SpaceId,
    hash: FileHash,
    at_hub: Standing,
}

struct Run<'a> {
    ticket: &'a FilesTicket<'a>,
    report: FilesReport,
    /// Bytes of the next range.
    range: usize,
}

impl Run<'_> {
    fn all(&mut self, input: FilesInput) -> Called<()> {
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
            let mut by_space: BTreeMap<SpaceId, Vec<FileHash>> = BTreeMap::new();
            for (space, hash) in named(desk)? {
                let wanted = match input.hash {
                    Some(only) => only == hash,
                    None if here.contains_key(&hash) => {
                        input.give && (again || !kept.contains_key(&hash))
                    }
                    None => input.take,
                };
                if wanted {
                    by_space.entry(space).or_default().push(hash);
                }
            }
            Ok((by_space, here))
        })?;
        let (mut give, mut take) = (Vec::new(), Vec::new());
        for (space, names) in by_space {
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
                self.ticket.desk(|desk| note(desk, &whole, &lost, tell.epoch))?;
                for (hash, at_hub) in held {
                    let size = here.get(&hash).map(|bytes| u32::try_from(*bytes).unwrap_or(0));
                    match size {
                        Some(_) if at_hub.whole => {}
                        Some(size) => give.push(Job {
                            space,
                            hash,
                            at_hub: Standing { size, ..at_hub },
                        }),
                        None if at_hub.whole => take.push(Job { space, hash, at_hub }),
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
        let filed = self.ticket.desk(|desk| match desk.device.copy.shelf.store.file(&job.hash) {
            Err(toso_store::StoreError::FileDamaged) => Ok(None),
            filed => Ok(filed?),
        })?;
        let Some(filed) = filed else {
            self.report.damaged += 1;
            return Ok(());
        };
        let size = u32::try_from(filed.bytes.len()).unwrap_or(u32::MAX);
        let mut at = job.at_hub.held;
        let mut again = false;
        loop {
            let from = usize::try_from(at).unwrap_or(usize::MAX);
            let rest = filed.bytes.get(from..).unwrap_or_default();
            let range = rest.get(..self.range).unwrap_or(rest);
            let what = FileWhat::Give(Give {
                name: job.hash.into(),
                size,
                at,
                bytes: Bytes(range.to_vec()),
            });
            let (sent, began) = (range.len(), self.ticket.now());
            let tell = match self.ask(job.space, what) {
                // What the hub had of it was not of this file; it begins anew.
                Err(error) if error.code == "file_damaged" && !again => {
                    again = true;
                    at = 0;
                    continue;
                }
                tell => tell?,
            };
            let FileTold::Given(stands) = tell.told else {
                return Err(CallError::new("not_a_hub"));
            };
            self.moved(sent, 0, began);
            if stands.whole {
                self.ticket.desk(|desk| note(desk, &[job.hash], &[], tell.epoch))?;
                self.report.given += 1;
                self.ticket.one_more(1, 0);
                return Ok(());
            }
            // Whatever was taken, the hub says where its part ends. One that takes nothing would go on for ever.
            if stands.held == at && sent > 0 && again {
                return Err(CallError::new("not_a_hub"));
            }
            again |= stands.held == at;
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
            if (range.0.is_empty() && bytes.len() < end) || bytes.len() + range.0.len() > end {
                return Err(CallError::new("not_a_hub"));
            }
            self.moved(0, range.0.len(), began);
            bytes.extend_from_slice(&range.0);
            if bytes.len() < end {
                self.ticket.desk(|desk| desk.device.set(&[(&key, &bytes)]))?;
                continue;
            }
            let good = FileHash::of(job.space, &bytes) == job.hash;
            let filed = good.then(|| filed(job.space, bytes));
            self.ticket.desk(|desk| {
                desk.device
                    .copy
                    .transaction(|copy| Ok(copy.shelf.clear_values(&key)?))?;
                let Some(filed) = &filed else { return Ok(()) };
                Ok(desk.device.copy.shelf.store.put_file(&job.hash, filed)?)
            })?;
            if filed.is_none() {
                return Err(CallError::new("file_damaged"));
            }
            self.ticket.desk(|desk| note(desk, &[job.hash], &[], tell.epoch))?;
            self.report.taken += 1;
            self.ticket.one_more(0, 1);
            return Ok(());
        }
    }

    /// Counts what was moved, and makes the next range fit the network.
    fn moved(&mut self, up: usize, down: usize, began: i64) {
        self.report.bytes_up += up as u64;
        self.report.bytes_down += down as u64;
        self.ticket.step(self.report.bytes_up, self.report.bytes_down);
        let took = self.ticket.now().saturating_sub(began);
        self.range = if took < QUICK_MS {
            (self.range * 2).min(RANGE_BYTES)
        } else {
            (self.range / 2).max(RANGE_LEAST)
        };
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

/// Files that records of the spaces here name.
fn named(desk: &Desk<'_>) -> Called<BTreeSet<(SpaceId, FileHash)>> {
    let spaces: BTreeSet<SpaceId> = desk.device.spaces()?.into_iter().collect();
    let mut out = BTreeSet::new();
    for (kind, field) in schema::file_fields() {
        let found = desk.device.copy.shelf.store.named_files(kind, field)?;
        out.extend(found.into_iter().filter(|(space, _)| spaces.contains(space)));
    }
    Ok(out)
}

/// Files here and the bytes of each.
fn sizes_here(desk: &Desk<'_>) -> Called<BTreeMap<FileHash, u64>> {
    Ok(desk.device.copy.shelf.store.file_sizes()?)
}

/// Files the hub said it holds, and in which of its lives.
fn kept(desk: &Desk<'_>) -> Called<BTreeMap<FileHash, Vec<u8>>> {
    let values = desk.device.copy.shelf.store.values(name::FILE_KEPT)?;
    let read = |(key, epoch): (String, Vec<u8>)| {
        let name = key.strip_prefix(name::FILE_KEPT)?;
        Some((name.parse().ok()?, epoch))
    };
    Ok(values.into_iter().filter_map(read).collect())
}

/// Notes what the hub holds and what it does not. A hub in another life than before (restored) forgets all notes: it is
/// asked again.
fn note(desk: &mut Desk<'_>, whole: &[FileHash], lost: &[FileHash], epoch: Epoch) -> Called<()> {
    let other = kept(desk)?.into_iter().filter(|(_, of)| *of != epoch.0);
    let other: Vec<FileHash> = other.map(|(hash, _)| hash).collect();
    let key = |hash: &FileHash| format!("{}{hash}", name::FILE_KEPT);
    desk.device.copy.transaction(|copy| {
        for hash in other.iter().chain(lost) {
            copy.shelf.clear_values(&key(hash))?;
        }
        for hash in whole {
            copy.shelf.set_value(&key(hash), &epoch.0)?;
        }
        Ok(())
    })?;
    Ok(())
}
