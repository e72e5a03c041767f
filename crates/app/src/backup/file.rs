//! What stands inside the seal: a mark, the key, what was counted, then database and files as they lie.

use super::{Poured, Proof};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};
use toso_store::DatabaseKey;
use toso_sync::replica::Fault;

const MAGIC: &[u8; 16] = b"toso-profile-1\n\0";
/// Bytes of the counts at most, and of a name.
const FACTS: usize = 1 << 20;
const NAME: usize = 256;

#[derive(Serialize, Deserialize)]
struct Facts {
    label: String,
    proof: Proof,
}

fn failed(e: &io::Error) -> Fault {
    let code = match e.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => "malformed",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "disk_full",
        _ => "file",
    };
    Fault {
        code,
        detail: e.kind().to_string(),
    }
}

pub(super) fn write(
    out: &mut dyn Write,
    key: &DatabaseKey,
    label: &str,
    proof: &Proof,
    from: &Path,
) -> Result<(), Fault> {
    let facts = Facts {
        label: label.to_owned(),
        proof: proof.clone(),
    };
    let facts = serde_json::to_vec(&facts).map_err(|_| Fault::new("internal"))?;
    let put = |out: &mut dyn Write, bytes: &[u8]| out.write_all(bytes).map_err(|e| failed(&e));
    put(out, MAGIC)?;
    put(out, key.bytes())?;
    put(out, &len(facts.len())?.to_be_bytes())?;
    put(out, &facts)?;
    for name in names(from)? {
        let text = name.to_str().ok_or_else(|| Fault::new("internal"))?;
        let text = text.replace(std::path::MAIN_SEPARATOR, "/");
        let mut file = File::open(from.join(&name)).map_err(|e| failed(&e))?;
        let bytes = file.metadata().map_err(|e| failed(&e))?.len();
        put(out, &len(text.len())?.to_be_bytes())?;
        put(out, text.as_bytes())?;
        put(out, &bytes.to_be_bytes())?;
        let copied = io::copy(&mut file, out).map_err(|e| failed(&e))?;
        if copied != bytes {
            return Err(Fault::new("file"));
        }
    }
    // A name without letters: the end.
    put(out, &0_u32.to_be_bytes())
}

fn len(bytes: usize) -> Result<u32, Fault> {
    u32::try_from(bytes).map_err(|_| Fault::new("too_large"))
}

/// Database and files of a copy, in order of their names.
fn names(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let mut names = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(inside) = open.pop() {
        for entry in fs::read_dir(folder.join(&inside)).map_err(|e| failed(&e))? {
            let entry = entry.map_err(|e| failed(&e))?;
            let name = inside.join(entry.file_name());
            if entry.file_type().map_err(|e| failed(&e))?.is_dir() {
                open.push(name);
            } else {
                names.push(name);
            }
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// Reads it into an empty folder.
pub(super) fn read(input: &mut dyn Read, folder: &Path) -> Result<Poured, Fault> {
    let mut magic = [0; 16];
    take(input, &mut magic)?;
    if magic != *MAGIC {
        return Err(Fault::new("malformed"));
    }
    let mut key = [0; 32];
    take(input, &mut key)?;
    let facts = text(input, FACTS)?;
    let facts: Facts = serde_json::from_slice(&facts).map_err(|_| Fault::new("malformed"))?;
    loop {
        let name = text(input, NAME)?;
        if name.is_empty() {
            break;
        }
        let name = String::from_utf8(name).map_err(|_| Fault::new("malformed"))?;
        let to = folder.join(plain(&name)?);
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent).map_err(|e| failed(&e))?;
        }
        let mut bytes = [0; 8];
        take(input, &mut bytes)?;
        let bytes = u64::from_be_bytes(bytes);
        let mut file = File::create_new(&to).map_err(|e| failed(&e))?;
        let copied = io::copy(&mut input.take(bytes), &mut file).map_err(|e| failed(&e))?;
        if copied != bytes {
            return Err(Fault::new("malformed"));
        }
        file.sync_all().map_err(|e| failed(&e))?;
    }
    Ok(Poured {
        key: DatabaseKey::from_bytes(key),
        label: facts.label,
        proof: facts.proof,
    })
}

fn take(input: &mut dyn Read, out: &mut [u8]) -> Result<(), Fault> {
    input.read_exact(out).map_err(|e| failed(&e))
}

fn text(input: &mut dyn Read, most: usize) -> Result<Vec<u8>, Fault> {
    let mut length = [0; 4];
    take(input, &mut length)?;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > most {
        return Err(Fault::new("too_large"));
    }
    let mut bytes = vec![0; length];
    take(input, &mut bytes)?;
    Ok(bytes)
}

/// A name that leads nowhere but into the folder: the file may be of somebody else's making.
fn plain(name: &str) -> Result<&Path, Fault> {
    let path = Path::new(name);
    let inside = path
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if inside {
        Ok(path)
    } else {
        Err(Fault::new("malformed"))
    }
}
