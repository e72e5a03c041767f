//! Files at the hub: a folder beside the database, a folder in it for each space, each file sealed under a key of its own.
//!
//! The folder is the index: a file is held when its name is there. What came of one in part stands beside it, piece by
//! piece, each sealed as it came, so that nothing lies here in plain at any moment.

mod disk;
mod part;

use crate::clock::System;
use crate::error::{Done, HubError};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use toso_domain::file::FileHash;
use toso_domain::id::SpaceId;
use toso_domain::seal;
use toso_sync::file::Standing;
use toso_sync::key::Random;

use disk::{entries, erase, put, read, size_of, small, sync_folder};
use part::Part;

/// What stands behind the name of a file that is not all here.
const PART: &str = ".part";
/// What is bound to the seal of a whole file.
const WHOLE: &[u8] = b"whole";
/// Behind the name of one that was erased with its record: no backup brings it back.
const GONE: &str = ".gone";

/// The folder and the secret its files are sealed from.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    folder: PathBuf,
    secret: Secret,
}

/// Never shown.
#[derive(Clone)]
pub(crate) struct Secret(pub(crate) [u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// One file of one space.
type Of<'a> = (SpaceId, &'a FileHash);

impl Files {
    pub(crate) fn new(folder: &Path, secret: Secret) -> Self {
        Self {
            folder: folder.to_owned(),
            secret,
        }
    }

    fn of_space(&self, space: SpaceId) -> PathBuf {
        self.folder.join(space.to_string())
    }

    pub(crate) fn path(&self, (space, name): Of<'_>) -> PathBuf {
        self.of_space(space).join(name.to_string())
    }

    fn part(&self, (space, name): Of<'_>) -> PathBuf {
        self.of_space(space).join(format!("{name}{PART}"))
    }

    fn gone(&self, (space, name): Of<'_>) -> PathBuf {
        self.of_space(space).join(format!("{name}{GONE}"))
    }

    fn key(&self, (space, name): Of<'_>) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"toso hub file v1\0");
        hash.update(self.secret.0);
        hash.update(space.as_bytes());
        hash.update(name.0);
        hash.finalize().into()
    }

    fn seal(&self, of: Of<'_>, text: &[u8], bound: &[u8]) -> Done<Vec<u8>> {
        let mut nonce = [0; seal::NONCE];
        let drawn = [System.bytes16(), System.bytes16()].concat();
        for (to, from) in nonce.iter_mut().zip(drawn) {
            *to = from;
        }
        seal::seal(&self.key(of), nonce, text, bound).ok_or(HubError::new("internal"))
    }

    /// The first of these spaces where a file is held, all of it; its own when it is in none.
    pub(crate) fn lies_in(&self, (space, name): Of<'_>, others: &[SpaceId]) -> SpaceId {
        let mut all = std::iter::once(&space).chain(others);
        let found = all.find(|space| self.path((**space, name)).exists());
        found.copied().unwrap_or(space)
    }

    /// How a file stands.
    pub(crate) fn standing(&self, of: Of<'_>) -> Done<Standing> {
        if let Some(size) = size_of(&self.path(of))? {
            let size = small(size.saturating_sub(seal::AROUND as u64));
            return Ok(Standing {
                held: size,
                size,
                whole: true,
            });
        }
        let part = self.read_part(of)?;
        Ok(part.map_or_else(Standing::default, |part| part.standing()))
    }

    /// A whole file; `None` when it is not held. Errors: `file_damaged` when its seal does not hold.
    pub(crate) fn read(&self, of: Of<'_>) -> Done<Option<Vec<u8>>> {
        let Some(sealed) = read(&self.path(of))? else {
            return Ok(None);
        };
        let text = seal::open(&self.key(of), &sealed, WHOLE);
        text.map(Some).ok_or(HubError::new("file_damaged"))
    }

    /// Takes a range that begins where the part held ends; any other changes nothing. Durable when it answers. All of it
    /// goes to the space whose key made its name: this one, or one of `others`.
    ///
    /// Errors: `file_damaged` when all of it is here and is not what its name says: then the part is gone and it is given
    /// from its beginning; `disk_full`.
    pub(crate) fn give(
        &self,
        of: Of<'_>,
        others: &[SpaceId],
        size: u32,
        at: u32,
        bytes: &[u8],
    ) -> Done<Standing> {
        let standing = self.standing(of)?;
        if standing.whole {
            return Ok(standing);
        }
        let mut part = self
            .read_part(of)?
            .filter(|part| part.size == size)
            .unwrap_or_else(|| Part::new(size));
        if part.held() != at || (bytes.is_empty() && size > 0) {
            return Ok(part.standing());
        }
        self.make_folder(of.0)?;
        part.plain.extend_from_slice(bytes);
        if part.held() < size {
            self.append(of, size, at, bytes)?;
            return Ok(part.standing());
        }
        let mut all = std::iter::once(&of.0).chain(others);
        let Some(home) = all.find(|space| FileHash::of(**space, &part.plain) == *of.1) else {
            self.drop_part(of)?;
            return Err(HubError::new("file_damaged"));
        };
        let whole = (*home, of.1);
        self.make_folder(*home)?;
        let sealed = self.seal(whole, &part.plain, WHOLE)?;
        put(&self.path(whole), &sealed)?;
        // Another record names it: it is here by right.
        erase(&self.gone(whole))?;
        erase(&self.gone(of))?;
        self.drop_part(whole)?;
        self.drop_part(of)?;
        self.standing(whole)
    }

    /// Drops a file and what came of it in part, written over first as far as the disk obeys; an absent one changes
    /// nothing.
    pub(crate) fn drop_file(&self, of: Of<'_>) -> Done<()> {
        erase(&self.path(of))?;
        self.drop_part(of)
    }

    /// True for one that was erased and did not come back since.
    pub(crate) fn is_erased(&self, of: Of<'_>) -> bool {
        self.gone(of).exists()
    }

    /// As [`Self::drop_file`], for good: backups lose it too, and taking one back does not bring it.
    pub(crate) fn erase_file(&self, of: Of<'_>) -> Done<()> {
        self.make_folder(of.0)?;
        put(&self.gone(of), &[])?;
        self.drop_file(of)
    }

    /// Makes the folder of a backup hold what is held here. How many files it holds then.
    pub(crate) fn back_up(&self, to: &Self) -> Done<usize> {
        for (space, name) in self.all()? {
            // Erased before an earlier backup, and given again by right since.
            erase(&to.gone((space, &name)))?;
        }
        self.copy_to(to)
    }

    /// Copies what `to` lacks and has not erased, and erases there for good what was erased here: wherever a backup is
    /// taken back, nobody brings it again. How many files it holds then.
    pub(crate) fn copy_to(&self, to: &Self) -> Done<usize> {
        for (space, name) in self.erased()? {
            let of = (space, &name);
            if !to.is_erased(of) || to.path(of).exists() {
                to.erase_file(of)?;
            }
        }
        for (space, name) in self.all()? {
            let of = (space, &name);
            if to.is_erased(of) || self.is_in(to, of)? {
                continue;
            }
            if let Some(sealed) = read(&self.path(of))? {
                to.make_folder(space)?;
                put(&to.path(of), &sealed)?;
            }
        }
        Ok(to.all()?.len())
    }

    fn is_in(&self, to: &Self, of: Of<'_>) -> Done<bool> {
        let there = size_of(&to.path(of))?;
        Ok(there.is_some() && there == size_of(&self.path(of))?)
    }

    /// Opens every file. How many there are. Errors: `file_damaged`.
    pub(crate) fn check(&self) -> Done<usize> {
        let all = self.all()?;
        for (space, name) in &all {
            self.read((*space, name))?;
        }
        Ok(all.len())
    }

    fn drop_part(&self, of: Of<'_>) -> Done<()> {
        erase(&self.part(of))
    }

    /// Every whole file, by space and name.
    pub(crate) fn all(&self) -> Done<Vec<(SpaceId, FileHash)>> {
        self.named("")
    }

    /// Every file that was erased and did not come back since.
    fn erased(&self) -> Done<Vec<(SpaceId, FileHash)>> {
        let mut erased = self.named(GONE)?;
        // A crash between the two steps of giving it again leaves both names.
        erased.retain(|(space, name)| !self.path((*space, name)).exists());
        Ok(erased)
    }

    fn named(&self, suffix: &str) -> Done<Vec<(SpaceId, FileHash)>> {
        let mut out = Vec::new();
        for (space, folder) in entries(&self.folder)? {
            let Ok(space) = space.parse::<SpaceId>() else {
                continue;
            };
            let names = entries(&folder)?.into_iter();
            let names = names.filter_map(|(name, _)| name.strip_suffix(suffix)?.parse().ok());
            out.extend(names.map(|name| (space, name)));
        }
        out.sort_unstable();
        Ok(out)
    }

    /// Bytes on the disk, parts included.
    pub(crate) fn bytes(&self) -> Done<u64> {
        let mut sum = 0;
        for (_, folder) in entries(&self.folder)? {
            for (_, path) in entries(&folder)? {
                sum += size_of(&path)?.unwrap_or(0);
            }
        }
        Ok(sum)
    }

    fn make_folder(&self, space: SpaceId) -> Done<()> {
        let folder = self.of_space(space);
        if folder.exists() {
            return Ok(());
        }
        fs::create_dir_all(&folder)?;
        crate::folder::private(&self.folder, 0o700)?;
        crate::folder::private(&folder, 0o700)?;
        if let Some(above) = self.folder.parent() {
            sync_folder(above)?;
        }
        sync_folder(&self.folder)
    }
}

#[cfg(test)]
mod tests;
