//! Files of erased records: noted in the transaction that enters the erasure, while the record's bytes still say their
//! names, and dropped after it; after a crash in between when the hub is opened.

use crate::core::Core;
use crate::db::HubDb;
use crate::error::Done;
use std::collections::BTreeSet;
use std::sync::PoisonError;
use toso_domain::file::{FileHash, named_in};
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::pack::{read_body, read_header};
use toso_sync::shelf::{Kept, Shelf};

/// Files that are to be dropped: 16 bytes of space and 32 of name each.
const NOTED: &str = "files/erased";

/// Notes the files of a record that is about to be erased.
pub(crate) fn note<S: Shelf>(shelf: &mut S, document: RecordId) -> Kept<()> {
    let names = files_of(shelf, document)?;
    if names.is_empty() {
        return Ok(());
    }
    let mut noted = shelf.value(NOTED)?.unwrap_or_default();
    for (space, name) in names {
        noted.extend_from_slice(space.as_bytes());
        noted.extend_from_slice(&name.0);
    }
    shelf.set_value(NOTED, &noted)
}

/// Files a document names or ever named, by space.
fn files_of<S: Shelf>(shelf: &S, document: RecordId) -> Kept<BTreeSet<(SpaceId, FileHash)>> {
    let mut out = BTreeSet::new();
    for space in shelf.spaces()? {
        let names = named_by(shelf, space, document, |_| true)?;
        out.extend(names.into_iter().map(|name| (space, name)));
    }
    Ok(out)
}

/// Files a document names or ever named in one space, as far as entries are of kinds that are wanted.
pub(crate) fn named_by<S: Shelf>(
    shelf: &S,
    space: SpaceId,
    document: RecordId,
    kind: impl Fn(&str) -> bool,
) -> Kept<BTreeSet<FileHash>> {
    let mut out = BTreeSet::new();
    let rows = shelf.entries_of_document(space, document)?.into_iter();
    let heads: BTreeSet<_> = rows
        .filter(|row| kind(&row.kind))
        .map(|row| row.pack)
        .collect();
    for head in heads {
        let header = shelf.header(space, &head)?;
        let body = shelf.body(space, &head)?;
        let header = header.and_then(|header| read_header(&header).ok());
        let entries = header
            .zip(body)
            .and_then(|(header, body)| read_body(&header, &body).ok());
        let own = entries.into_iter().flatten();
        let raw = own.filter(|e| e.document == document).filter_map(|e| e.raw);
        out.extend(raw.flat_map(|raw| named_in(&raw)));
    }
    Ok(out)
}

impl<D: HubDb> Core<D> {
    /// Drops the files that are noted. One that another record names too is given again by whoever holds it.
    pub(crate) fn drop_noted_files(&mut self) -> Done<()> {
        let Some(noted) = self.db().value(NOTED)? else {
            return Ok(());
        };
        let files = self.files()?;
        {
            let held = self.held.lock();
            let mut held = held.unwrap_or_else(PoisonError::into_inner);
            held.erasures += 1;
            for of in noted.chunks_exact(48) {
                let (space, name) = of.split_at(16);
                let space = <[u8; 16]>::try_from(space).map(SpaceId::from_bytes);
                let name = <[u8; 32]>::try_from(name).map(FileHash);
                if let (Ok(space), Ok(name)) = (space, name) {
                    files.erase_file((space, &name))?;
                }
            }
        }
        Ok(self.db().clear_values(NOTED)?)
    }
}
