//! One question about files: who may ask, how much one device may give, and the answer, signed.
//!
//! What is looked up in the database is looked up alone on the hub; bytes go to and from the disk beside it, so that a photo
//! holds up nobody's records.

use crate::core::{Core, secret};
use crate::db::HubDb;
use crate::error::{Done, HubError};
use crate::files::{Files, Secret};
use crate::hub::Hub;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::PoisonError;
use toso_domain::file::{FileHash, named_in};
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::caps;
use toso_sync::file::{
    FileAsk, FileTell, FileTold, FileWhat, Give, RANGE_BYTES, Take, read_file_ask, sign_file_tell,
};
use toso_sync::id::DeviceKey;
use toso_sync::key::Random;
use toso_sync::message::Bytes;
use toso_sync::pack::{read_body, read_header};
use toso_sync::ruling::{Body, Ruling};

impl<D: HubDb> Hub<D> {
    /// Answers the question in these bytes, signed over them. Blocks.
    ///
    /// # Errors
    /// `not_in_space`, `revoked`, `later` when this device gave enough for now, `disk_full`, `file_damaged`, `version`, …
    pub(crate) fn answer_file(&self, device: &DeviceKey, bytes: &[u8]) -> Done<Vec<u8>> {
        let ask = read_file_ask(bytes)?;
        let space = SpaceId::from(ask.space);
        let now = self.now();
        let given = match &ask.what {
            FileWhat::Give(give) => give.bytes.0.len() as u64,
            _ => 0,
        };
        let (files, signer, epoch) = self.alone(|core| {
            core.may_ask(device, &ask, now)?;
            if given > 0 {
                if core.given_files.left(device, now) < given {
                    return Err(HubError::new("later"));
                }
                core.given_files.add(device, given);
            }
            let files = core.files()?;
            Ok((files, core.authority.clone(), core.facts.epoch))
        })?;
        let told = self.told(&files, space, &ask.what)?;
        Ok(sign_file_tell(&signer, bytes, &FileTell { epoch, told }))
    }

    fn told(&self, files: &Files, space: SpaceId, what: &FileWhat) -> Done<FileTold> {
        // One at a time: two devices may give the same file.
        let held = self.inner.files.lock();
        let mut held = held.unwrap_or_else(PoisonError::into_inner);
        match what {
            FileWhat::Held(names) => {
                let mut all = Vec::with_capacity(names.len());
                for name in names {
                    all.push(files.standing((space, &FileHash::from(*name)))?);
                }
                Ok(FileTold::Held(all))
            }
            FileWhat::Give(Give {
                name,
                size,
                at,
                bytes,
            }) => {
                held.grow(files, bytes.0.len() as u64)?;
                let of = (space, &FileHash::from(*name));
                files.give(of, *size, *at, &bytes.0).map(FileTold::Given)
            }
            FileWhat::Take(take) => take_range(files, space, take),
        }
    }
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

/// A range of a whole file. One that turned bad on the disk is dropped: whoever has it gives it again.
fn take_range(files: &Files, space: SpaceId, take: &Take) -> Done<FileTold> {
    let of = (space, &FileHash::from(take.name));
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
    let most = usize::try_from(take.most).unwrap_or(RANGE_BYTES).min(RANGE_BYTES);
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
            return Err(HubError::new("disk_full"));
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

    /// Files that the documents of these purges name, in every space: looked up while their changes are still here.
    pub(crate) fn files_of_purged(&mut self, rulings: &[&[u8]]) -> Done<Vec<(SpaceId, FileHash)>> {
        let purged: BTreeSet<RecordId> = rulings
            .iter()
            .filter_map(|bytes| match Ruling::read(bytes).ok()?.body? {
                Body::Purge(document, _) => Some(document.into()),
                _ => None,
            })
            .filter(|document| !self.replica.book().is_purged(document))
            .collect();
        let mut out = Vec::new();
        for document in purged {
            out.extend(self.files_of(document)?);
        }
        Ok(out)
    }

    /// Files a document names or ever named, by space.
    pub(crate) fn files_of(&mut self, document: RecordId) -> Done<BTreeSet<(SpaceId, FileHash)>> {
        let mut out = BTreeSet::new();
        for space in self.db().spaces()? {
            let rows = self.db().entries_of_document(space, document)?;
            let heads: BTreeSet<_> = rows.into_iter().map(|row| row.pack).collect();
            for head in heads {
                let header = self.db().header(space, &head)?;
                let body = self.db().body(space, &head)?;
                let header = header.and_then(|header| read_header(&header).ok());
                let entries = header
                    .zip(body)
                    .and_then(|(header, body)| read_body(&header, &body).ok());
                let own = entries.into_iter().flatten();
                let raw = own.filter(|e| e.document == document).filter_map(|e| e.raw);
                out.extend(raw.flat_map(|raw| named_in(&raw)).map(|name| (space, name)));
            }
        }
        Ok(out)
    }

    /// Drops these files. One that another record names too is given again by whoever holds it.
    pub(crate) fn drop_files(&mut self, names: impl IntoIterator<Item = (SpaceId, FileHash)>) -> Done<()> {
        let files = self.files()?;
        for (space, name) in names {
            files.erase_file((space, &name))?;
        }
        Ok(())
    }
}
