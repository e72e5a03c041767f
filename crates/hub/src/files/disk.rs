//! What the folder of files asks of the disk: absent is an answer, and what is said to be there is there after a crash.

use crate::error::Done;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

pub(super) fn small(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

pub(super) fn read(path: &Path) -> Done<Option<Vec<u8>>> {
    absent(fs::read(path))
}

/// Bytes of a file; `None` when there is none.
pub(super) fn size_of(path: &Path) -> Done<Option<u64>> {
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
pub(super) fn entries(folder: &Path) -> Done<Vec<(String, PathBuf)>> {
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

/// Has the disk keep what stands in a folder; that of a bare name is the one the program runs in.
pub(super) fn sync_folder(folder: &Path) -> Done<()> {
    let here = folder.as_os_str().is_empty();
    let folder = if here { Path::new(".") } else { folder };
    Ok(File::open(folder)?.sync_all()?)
}

/// Puts a file under its name in one step, durably.
pub(super) fn put(path: &Path, bytes: &[u8]) -> Done<()> {
    let fresh = path.with_extension("new");
    drop(fs::remove_file(&fresh));
    let mut file = crate::folder::create_new(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Writes a file over with zeroes, as far as the disk obeys, and removes it; an absent one changes nothing.
pub(super) fn erase(path: &Path) -> Done<()> {
    let Some(length) = size_of(path)? else {
        return Ok(());
    };
    let mut file = OpenOptions::new().write(true).open(path)?;
    std::io::copy(&mut std::io::repeat(0).take(length), &mut file)?;
    file.sync_all()?;
    fs::remove_file(path)?;
    path.parent().map_or(Ok(()), sync_folder)
}
