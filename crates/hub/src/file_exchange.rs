//! One question about files: who may ask, how much one device may give, and the answer, signed.
//!
//! What is looked up in the database is looked up alone on the hub; bytes go to and from the disk beside it, so that a photo
//! holds up nobody's records.

use crate::core::{Core, secret};
use crate::db::HubDb;
use crate::elsewhere::Elsewhere;
use crate::error::{Done, HubError};
use crate::files::{Files, Secret};
use crate::hub::Hub;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::PoisonError;
use toso_domain::file::FileHash;
use toso_domain::id::SpaceId;
use toso_sync::caps;
use toso_sync::file::{
    FileAsk, FileTell, FileTold, FileWhat, Give, RANGE_BYTES, Take, read_file_ask, sign_file_tell,
};
use toso_sync::id::{DeviceKey, Epoch};
use toso_sync::key::Random;
use toso_sync::message::{Bytes, Digest, digest_of_ids};

impl<D: HubDb> Hub<D> {
    /// Answers the question in these bytes, signed over them. Blocks.
    ///
    /// # Errors
    /// `not_in_space`, `revoked`, `later` when this device gave enough for now, `files_full`, `disk_full`, `erased`, `file_damaged`, `version`, …
    pub(crate) fn answer_file(&self, device: &DeviceKey, bytes: &[u8]) -> Done<Vec<u8>> {
        let ask = read_file_ask(bytes)?;
        let space = SpaceId::from(ask.space);
        let now = self.now();
        let given = match &ask.what {
            FileWhat::Give(give) => give.bytes.0.len() as u64,
            _ => 0,
        };
        let ready = self.alone(|core| {
            core.may_ask(device, &ask, now)?;
            if given > 0 {
                if core.given_files.left(device, now) < given {
                    return Err(HubError::new("later"));
                }
                core.given_files.add(device, given);
            }
            core.ready()
        })?;
        let lacking = lacking(&ready.files, space, &ask.what);
        let elsewhere = if lacking.is_empty() {
            Elsewhere::new()
        } else {
            self.alone(|core| core.elsewhere(space, &lacking))?
        };
        let told = self.told(&ready, space, &elsewhere, &ask.what)?;
        let epoch = ready.epoch;
        Ok(sign_file_tell(
            &ready.signer,
            bytes,
            &FileTell { epoch, told },
        ))
    }

    fn told(
        &self,
        ready: &Ready,
        space: SpaceId,
        elsewhere: &Elsewhere,
        what: &FileWhat,
    ) -> Done<FileTold> {
        let files = &ready.files;
        // One at a time: two devices may give the same file, and a third have it erased.
        let held = self.inner.files.lock();
        let mut held = held.unwrap_or_else(PoisonError::into_inner);
        let others = |name: &FileHash| -> Vec<SpaceId> {
            let others = elsewhere.get(name).into_iter().flatten();
            others.copied().collect()
        };
        match what {
            FileWhat::Held(names) => {
                let mut all = Vec::with_capacity(names.len());
                for name in names {
                    let name = FileHash::from(*name);
                    let space = files.lies_in((space, &name), &others(&name));
                    all.push(files.standing((space, &name))?);
                }
                Ok(FileTold::Held(all))
            }
            FileWhat::Give(Give {
                name,
                size,
                at,
                bytes,
                rulings,
            }) => {
                let name = FileHash::from(*name);
                let (of, others) = ((space, &name), others(&name));
                let there = (files.lies_in(of, &others), &name);
                if there != of {
                    return files.standing(there).map(FileTold::Given);
                }
                let erased = |space: &SpaceId| files.is_erased((*space, &name));
                // Whoever has not heard all that the hub has may not know yet that it was erased.
                let knows = *rulings == ready.rulings && held.erasures == ready.erasures;
                if !knows && others.iter().chain([&space]).any(erased) {
                    return Err(HubError::new("erased"));
                }
                held.grow(files, bytes.0.len() as u64)?;
                let given = files.give(of, &others, *size, *at, &bytes.0);
                given.map(FileTold::Given)
            }
            FileWhat::Take(take) => {
                let name = FileHash::from(take.name);
                let space = files.lies_in((space, &name), &others(&name));
                take_range(files, (space, &name), take)
            }
        }
    }
}

/// What is looked up alone on the hub, before the disk.
struct Ready {
    files: Files,
    signer: toso_sync::key::Secret,
    epoch: Epoch,
    rulings: Digest,
    erasures: u64,
}

/// The files in `folder`, sealed from this database's secret; `None` when it has none yet: then there are no files.
pub(crate) fn files_in<D: HubDb>(db: &D, folder: &Path) -> Done<Option<Files>> {
    let Some(bytes) = db.secret(secret::FILES)? else {
        return Ok(None);
    };
    let bytes = <[u8; 32]>::try_from(bytes);
    let bytes = bytes.map_err(|_| HubError::with("db_damaged", secret::FILES))?;
    Ok(Some(Files::new(folder, Secret(bytes))))
}

/// Names in a question whose files do not lie in its space, where that makes a difference: of one that is given, its last
/// range tells which space's key made the name.
fn lacking(files: &Files, space: SpaceId, what: &FileWhat) -> BTreeSet<FileHash> {
    let names: Vec<_> = match what {
        FileWhat::Held(names) => names.clone(),
        FileWhat::Take(take) => vec![take.name],
        FileWhat::Give(give)
            if u64::from(give.at) + give.bytes.0.len() as u64 >= u64::from(give.size) =>
        {
            vec![give.name]
        }
        FileWhat::Give(_) => Vec::new(),
    };
    let names = names.into_iter().map(FileHash::from);
    names
        .filter(|name| !files.path((space, name)).exists())
        .collect()
}

/// A range of a whole file. One that turned bad on the disk is dropped: whoever has it gives it again.
fn take_range(files: &Files, of: (SpaceId, &FileHash), take: &Take) -> Done<FileTold> {
    let whole = match files.read(of) {
        Err(e) if e.code == "file_damaged" => {
            tracing::warn!(code = "file_damaged", "a file did not hold and is dropped");
            files.drop_file(of)?;
            None
        }
        read => read?,
    };
    let whole = whole.unwrap_or_default();
    let at = usize::try_from(take.at).unwrap_or(usize::MAX);
    let most = usize::try_from(take.most)
        .unwrap_or(RANGE_BYTES)
        .min(RANGE_BYTES);
    let range = whole.get(at..).unwrap_or_default();
    let range = range.get(..most).unwrap_or(range).to_vec();
    let size = u32::try_from(whole.len()).unwrap_or(u32::MAX);
    Ok(FileTold::Taken(size, Bytes(range)))
}

/// How much the folder of files holds, and may.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// Bytes, counted when somebody first gives and kept up from then on; some more than there are.
    bytes: Option<u64>,
    /// Bytes at most; as the disk allows when none.
    pub(crate) most: Option<u64>,
    /// How often files of erased records were dropped since the start.
    pub(crate) erasures: u64,
}

impl Held {
    fn grow(&mut self, files: &Files, by: u64) -> Done<()> {
        let Some(most) = self.most else {
            return Ok(());
        };
        let mut held = match self.bytes {
            Some(held) => held,
            None => files.bytes()?,
        };
        if held.saturating_add(by) > most {
            // Perhaps some were dropped since.
            held = files.bytes()?;
        }
        if held.saturating_add(by) > most {
            self.bytes = Some(held);
            return Err(HubError::new("files_full"));
        }
        self.bytes = Some(held + by);
        Ok(())
    }
}

impl<D: HubDb> Core<D> {
    /// Files are their space's: who holds the space asks.
    fn may_ask(&mut self, device: &DeviceKey, ask: &FileAsk, now: i64) -> Done<()> {
        if ask.v != caps::VERSION {
            return Err(HubError::new("version"));
        }
        let space = SpaceId::from(ask.space);
        let holds = self.standing(device, now)?.names(space);
        if holds && self.is_space(space)? {
            return Ok(());
        }
        Err(HubError::new("not_in_space"))
    }

    fn ready(&mut self) -> Done<Ready> {
        let held = self.held.lock();
        let erasures = held.unwrap_or_else(PoisonError::into_inner).erasures;
        Ok(Ready {
            files: self.files()?,
            signer: self.authority.clone(),
            epoch: self.facts.epoch,
            rulings: digest_of_ids(&self.replica.book().ids(None)),
            erasures,
        })
    }

    /// The files in the hub's folder. Their secret is made when it is first needed, and kept in the database with the others.
    pub(crate) fn files(&mut self) -> Done<Files> {
        let folder = self.log.folder().join(crate::folder::FILES);
        if let Some(files) = files_in(self.db(), &folder)? {
            return Ok(files);
        }
        let fresh = self.random.bytes32();
        self.db().set_secret(secret::FILES, &fresh)?;
        Ok(Files::new(&folder, Secret(fresh)))
    }
}
