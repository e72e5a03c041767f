//! Files at the hub: a folder beside the database, a folder in it for each space, each file sealed under a key of its own.
//!
//! The folder is the index: a file is held when its name is there. What came of one in part stands beside it, piece by
//! piece, each sealed as it came, so that nothing lies here in plain at any moment.

use crate::clock::System;
use crate::error::{Done, HubError};
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use toso_domain::file::FileHash;
use toso_domain::id::SpaceId;
use toso_domain::seal;
use toso_sync::file::Standing;
use toso_sync::key::Random;

/// What stands behind the name of a file that is not all here.
const PART: &str = ".part";
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

    /// Takes a range that begins where the part held ends; any other changes nothing. Durable when it answers.
    ///
    /// Errors: `file_damaged` when all of it is here and is not what its name says: then the part is gone and it is given
    /// from its beginning; `disk_full`.
    pub(crate) fn give(&self, of: Of<'_>, size: u32, at: u32, bytes: &[u8]) -> Done<Standing> {
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
        if FileHash::of(of.0, &part.plain) != *of.1 {
            self.drop_part(of)?;
            return Err(HubError::new("file_damaged"));
        }
        let sealed = self.seal(of, &part.plain, WHOLE)?;
        put(&self.path(of), &sealed)?;
        // Another record names it: it is here by right.
        erase(&self.gone(of))?;
        self.drop_part(of)?;
        self.standing(of)
    }

    /// Drops a file and what came of it in part, written over first as far as the disk obeys; an absent one changes
    /// nothing.
    pub(crate) fn drop_file(&self, of: Of<'_>) -> Done<()> {
        erase(&self.path(of))?;
        self.drop_part(of)
    }

    /// As [`Self::drop_file`], for good: backups lose it too, and taking one back does not bring it.
    pub(crate) fn erase_file(&self, of: Of<'_>) -> Done<()> {
        self.make_folder(of.0)?;
        put(&self.gone(of), &[])?;
        self.drop_file(of)
    }

    /// Copies what `to` lacks, and erases there what was erased here. How many files it holds then.
    pub(crate) fn copy_to(&self, to: &Self) -> Done<usize> {
        for (space, name) in self.all()? {
            let of = (space, &name);
            if to.gone(of).exists() || self.is_in(to, of)? {
                continue;
            }
            if let Some(sealed) = read(&self.path(of))? {
                to.make_folder(space)?;
                put(&to.path(of), &sealed)?;
            }
        }
        for (space, name) in self.erased()? {
            to.drop_file((space, &name))?;
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

    fn erased(&self) -> Done<Vec<(SpaceId, FileHash)>> {
        self.named(GONE)
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

    /// One more piece: u32 length of the sealed piece, big-endian, then it. The size of the file and where the piece begins
    /// are bound to it. A piece the disk took in part only is cut off when it is met.
    fn append(&self, of: Of<'_>, size: u32, at: u32, bytes: &[u8]) -> Done<()> {
        let sealed = self.seal(of, bytes, &piece(size, at))?;
        let path = self.part(of);
        let whole = self.read_part(of)?.filter(|part| part.size == size);
        let good = whole.map_or(0, |part| part.on_disk);
        let fresh = good == 0;
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)?;
        file.set_len(good)?;
        use std::io::{Seek, SeekFrom};
        file.seek(SeekFrom::Start(good))?;
        let mut frame = Vec::new();
        if fresh {
            frame.extend_from_slice(&size.to_be_bytes());
        }
        frame.extend_from_slice(&u32::try_from(sealed.len()).unwrap_or(u32::MAX).to_be_bytes());
        frame.extend_from_slice(&sealed);
        file.write_all(&frame)?;
        file.sync_all()?;
        if fresh {
            sync_folder(&self.of_space(of.0))?;
        }
        Ok(())
    }

    /// What came of a file so far: the pieces that are whole.
    fn read_part(&self, of: Of<'_>) -> Done<Option<Part>> {
        let Some(bytes) = read(&self.part(of))? else {
            return Ok(None);
        };
        let Some((size, mut rest)) = bytes.split_first_chunk::<4>() else {
            return Ok(None);
        };
        let mut part = Part::new(u32::from_be_bytes(*size));
        part.on_disk = 4;
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let length = u32::from_be_bytes(*length);
            let sealed = usize::try_from(length).ok().and_then(|n| after.split_at_checked(n));
            let Some((sealed, after)) = sealed else {
                break;
            };
            let bound = piece(part.size, part.held());
            let Some(plain) = seal::open(&self.key(of), sealed, &bound) else {
                break;
            };
            part.plain.extend_from_slice(&plain);
            part.on_disk += 4 + u64::from(length);
            rest = after;
        }
        Ok(Some(part))
    }
}

/// What is bound to the seal of a whole file.
const WHOLE: &[u8] = b"whole";

fn piece(size: u32, at: u32) -> Vec<u8> {
    [&b"piece"[..], &size.to_be_bytes(), &at.to_be_bytes()].concat()
}

/// A file that is not all here.
struct Part {
    size: u32,
    plain: Vec<u8>,
    /// Bytes of its file on the disk that are good.
    on_disk: u64,
}

impl Part {
    fn new(size: u32) -> Self {
        Self {
            size,
            plain: Vec::new(),
            on_disk: 0,
        }
    }

    fn held(&self) -> u32 {
        small(self.plain.len() as u64)
    }

    fn standing(&self) -> Standing {
        Standing {
            held: self.held(),
            size: if self.plain.is_empty() { 0 } else { self.size },
            whole: false,
        }
    }
}

fn small(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn read(path: &Path) -> Done<Option<Vec<u8>>> {
    absent(fs::read(path))
}

fn size_of(path: &Path) -> Done<Option<u64>> {
    absent(fs::metadata(path).map(|found| found.len()))
}

fn absent<T>(done: std::io::Result<T>) -> Done<Option<T>> {
    match done {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Names and paths in a folder; none when there is no such folder.
fn entries(folder: &Path) -> Done<Vec<(String, PathBuf)>> {
    let mut out = Vec::new();
    for entry in absent(fs::read_dir(folder))?.into_iter().flatten() {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        if let Some(name) = name.map(str::to_owned) {
            out.push((name, path));
        }
    }
    Ok(out)
}

fn sync_folder(folder: &Path) -> Done<()> {
    Ok(File::open(folder)?.sync_all()?)
}

/// Puts a file under its name in one step, durably.
pub(crate) fn put(path: &Path, bytes: &[u8]) -> Done<()> {
    let fresh = path.with_extension("new");
    drop(fs::remove_file(&fresh));
    let mut file = crate::folder::create_new(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    path.parent().map_or(Ok(()), sync_folder)
}

fn erase(path: &Path) -> Done<()> {
    let Some(length) = size_of(path)? else {
        return Ok(());
    };
    let mut file = OpenOptions::new().write(true).open(path)?;
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), length), &mut file)?;
    file.sync_all()?;
    fs::remove_file(path)?;
    path.parent().map_or(Ok(()), sync_folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACE: SpaceId = SpaceId::from_bytes([7; 16]);

    fn files() -> (tempfile::TempDir, Files) {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(&folder.path().join("files"), Secret([5; 32]));
        (folder, files)
    }

    fn photo() -> (FileHash, Vec<u8>) {
        let bytes: Vec<u8> = (0..100_000_u32).flat_map(u32::to_be_bytes).collect();
        (FileHash::of(SPACE, &bytes), bytes)
    }

    fn standing(held: usize, size: usize, whole: bool) -> Standing {
        Standing {
            held: held as u32,
            size: size as u32,
            whole,
        }
    }

    #[test]
    fn a_file_comes_in_pieces_of_any_length_and_is_read_whole() {
        let (folder, files) = files();
        let (name, bytes) = photo();
        let of = (SPACE, &name);
        let size = bytes.len() as u32;
        assert_eq!(files.standing(of).unwrap(), Standing::default());
        let mut at = 0;
        for length in [1, 70_000, 3, 0].into_iter().cycle() {
            let to = (at + length).min(bytes.len());
            let told = files.give(of, size, at as u32, &bytes[at..to]).unwrap();
            at = to;
            assert_eq!(told, standing(at, bytes.len(), at == bytes.len()));
            // A range given twice, as after a lost answer, or one that leaves a gap, changes nothing.
            assert_eq!(files.give(of, size, 0, &bytes[..1]).unwrap(), told);
            if at < bytes.len() {
                assert!(files.read(of).unwrap().is_none());
                assert_eq!(files.give(of, size, at as u32 + 1, &[9]).unwrap(), told);
            } else {
                break;
            }
        }
        assert_eq!(files.read(of).unwrap().as_ref(), Some(&bytes));
        assert_eq!(files.all().unwrap(), [(SPACE, name)]);
        let on_disk = fs::read(files.path(of)).unwrap();
        assert!(!on_disk.windows(16).any(|w| w == &bytes[400..416]));
        assert!(!files.part(of).exists());
        drop(folder);
    }

    #[test]
    fn a_piece_cut_short_by_a_crash_is_given_again() {
        let (_folder, files) = files();
        let (name, bytes) = photo();
        let of = (SPACE, &name);
        let size = bytes.len() as u32;
        files.give(of, size, 0, &bytes[..1_000]).unwrap();
        files.give(of, size, 1_000, &bytes[1_000..3_000]).unwrap();
        let all = fs::read(files.part(of)).unwrap();
        for length in (0..all.len()).step_by(11) {
            fs::write(files.part(of), &all[..length]).unwrap();
            let held = files.standing(of).unwrap().held as usize;
            assert!([0, 1_000, 3_000].contains(&held));
            let told = files.give(of, size, held as u32, &bytes[held..4_000]).unwrap();
            assert_eq!(told, standing(4_000, bytes.len(), false), "cut at {length}");
        }
        let told = files.give(of, size, 4_000, &bytes[4_000..]).unwrap();
        assert!(told.whole);
        assert_eq!(files.read(of).unwrap(), Some(bytes));
    }

    #[test]
    fn what_is_not_what_its_name_says_is_not_kept() {
        let (_folder, files) = files();
        let (name, mut bytes) = photo();
        let of = (SPACE, &name);
        let size = bytes.len() as u32;
        bytes[5] ^= 1;
        files.give(of, size, 0, &bytes[..1_000]).unwrap();
        let last = files.give(of, size, 1_000, &bytes[1_000..]);
        assert_eq!(last.unwrap_err().code, "file_damaged");
        assert_eq!(files.standing(of).unwrap(), Standing::default());
        // One that turned bad on the disk is told, never given out.
        bytes[5] ^= 1;
        files.give(of, size, 0, &bytes).unwrap();
        let mut sealed = fs::read(files.path(of)).unwrap();
        sealed[50] ^= 1;
        fs::write(files.path(of), sealed).unwrap();
        assert_eq!(files.read(of).unwrap_err().code, "file_damaged");
        files.drop_file(of).unwrap();
        files.drop_file(of).unwrap();
        assert!(files.all().unwrap().is_empty() && files.bytes().unwrap() == 0);
    }
}
