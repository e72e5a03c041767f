//! The seal around a section: one age file, readable by the keys named, cut into chunks so that others can step over it.
//!
//! Device and authority keys are Ed25519; a section is sealed to their X25519 form, by which age hides whom it is for.

use super::frame::{Stop, failed, put, put_framed};
use crate::caps;
use crate::id::DeviceKey;
use crate::key::{Secret, x25519_of};
use crate::replica::Fault;
use age::x25519::{Identity, Recipient};
use age::{DecryptError, Decryptor, Encryptor};
use bech32::{Bech32, Hrp};
use std::io::{self, BufRead, BufReader, Cursor, ErrorKind, Read, Write};
use zeroize::Zeroizing;

/// Bytes of one chunk at most.
const CHUNK: usize = 64 * 1024;
/// Readers of one section at most; more take a section each. The header is read again for each of its lines.
pub(super) const READERS: usize = 248;
/// Bytes and lines of a section's age header at most: what so many readers take, and room for a stanza that says nothing.
const HEADER: u64 = 32 * 1024;
const LINES: usize = 600;
/// Numbers of readers are rounded up to a multiple of this by keys that nobody has.
const ROUND: usize = 8;

/// Writes one section: what `inside` writes, for these readers only.
pub(super) fn seal(
    out: &mut dyn Write,
    readers: &[DeviceKey],
    inside: impl FnOnce(&mut dyn Write) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut keys: Vec<Recipient> = readers.iter().filter_map(recipient).collect();
    while keys.is_empty() || !keys.len().is_multiple_of(ROUND) {
        keys.push(Identity::generate().to_public());
    }
    let broken = |_| Fault::new("internal");
    let all = keys.iter().map(|key| key as &dyn age::Recipient);
    let sealer = Encryptor::with_recipients(all).map_err(broken)?;
    let mut chunks = io::BufWriter::with_capacity(CHUNK, Chunked(&mut *out));
    let mut sealed = sealer.wrap_output(&mut chunks).map_err(|e| failed(&e))?;
    inside(&mut sealed)?;
    sealed.finish().map_err(|e| failed(&e))?;
    chunks.flush().map_err(|e| failed(&e))?;
    drop(chunks);
    end(out)
}

/// Writes a file that one key opens and nobody else: what `inside` writes.
///
/// # Errors
/// `file`, those of `inside`.
pub fn seal_for(
    out: &mut dyn Write,
    key: &Secret,
    inside: impl FnOnce(&mut dyn Write) -> Result<(), Fault>,
) -> Result<(), Fault> {
    seal(out, &[key.device()], inside)
}

/// Opens such a file and hands its inside to `work`, which reads it to its end.
///
/// # Errors
/// `not_for_this_device` for another key, `malformed` when the file was cut or altered, `file`, those of `work`.
pub fn open_for<T>(
    input: &mut dyn Read,
    key: &Secret,
    work: impl FnOnce(&mut dyn Read) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let keys: Vec<Identity> = identity(key).into_iter().collect();
    let fault = |stop| match stop {
        Stop::Cut => Fault::new("malformed"),
        Stop::Fault(fault) => fault,
    };
    let section = Section::next(input).map_err(fault)?;
    let mut section = section.ok_or_else(|| Fault::new("malformed"))?;
    let mut effort = caps::FILE_EFFORT;
    let inside = open(&mut section, &keys, &mut effort, |plain| Ok(work(plain)?)).map_err(fault)?;
    // The end of the section, without which a cut just before it would not show.
    section.skip().map_err(fault)?;
    inside.ok_or_else(|| Fault::new("not_for_this_device"))
}

/// Writes the end of a section; one at once, without a section, is the end of the file.
pub(super) fn end(out: &mut dyn Write) -> Result<(), Fault> {
    put(out, &0_u32.to_be_bytes())
}

fn recipient(key: &DeviceKey) -> Option<Recipient> {
    let text = bech32::encode_lower::<Bech32>(Hrp::parse("age").ok()?, &x25519_of(&key.0)?).ok()?;
    text.parse().ok()
}

/// What opens the sections sealed to this key.
pub(super) fn identity(secret: &Secret) -> Option<Identity> {
    let bytes = Zeroizing::new(secret.x25519());
    let hrp = Hrp::parse("age-secret-key-").ok()?;
    let text = Zeroizing::new(bech32::encode_upper::<Bech32>(hrp, &*bytes).ok()?);
    text.parse().ok()
}

/// Each write is one chunk.
struct Chunked<'a>(&'a mut dyn Write);

impl Write for Chunked<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let part = bytes.get(..CHUNK).unwrap_or(bytes);
        if !part.is_empty() {
            put_framed(self.0, part).map_err(|f| io::Error::other(f.detail))?;
        }
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// One section as its chunks give it.
pub(super) struct Section<'a> {
    input: &'a mut dyn Read,
    left: usize,
    done: bool,
}

impl<'a> Section<'a> {
    /// The next section; `None` at the end of the file.
    pub(super) fn next(input: &'a mut dyn Read) -> Result<Option<Self>, Stop> {
        let mut section = Self {
            input,
            left: 0,
            done: false,
        };
        section.chunk()?;
        Ok((!section.done).then_some(section))
    }

    fn chunk(&mut self) -> io::Result<()> {
        let mut len = [0; 4];
        self.input.read_exact(&mut len)?;
        self.left = usize::try_from(u32::from_be_bytes(len)).unwrap_or(usize::MAX);
        self.done = self.left == 0;
        if self.left > CHUNK {
            return Err(ErrorKind::FileTooLarge.into());
        }
        Ok(())
    }

    /// Steps over what is left.
    pub(super) fn skip(&mut self) -> Result<(), Stop> {
        io::copy(self, &mut io::sink())?;
        Ok(())
    }
}

impl Read for Section<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 && !self.done {
            self.chunk()?;
        }
        if self.done || out.is_empty() {
            return Ok(0);
        }
        let most = out.len().min(self.left);
        let got = self.input.read(out.get_mut(..most).unwrap_or_default())?;
        if got == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.left -= got;
        Ok(got)
    }
}

/// Opens a section with one of the keys and hands its inside to `work`. `None`: it is sealed to others. The library reads
/// a header again for each of its lines: that is taken from `effort`, or a file of a thousand full headers would hold a
/// phone for minutes.
pub(super) fn open<T>(
    section: &mut Section<'_>,
    keys: &[Identity],
    effort: &mut u64,
    work: impl FnOnce(&mut dyn Read) -> Result<T, Stop>,
) -> Result<Option<T>, Stop> {
    let mut input = BufReader::with_capacity(CHUNK, &mut *section);
    let header = header(&mut input)?;
    let lines = header.iter().filter(|byte| **byte == b'\n').count() as u64;
    *effort = effort
        .checked_sub(lines.pow(2))
        .ok_or_else(|| Fault::new("too_large"))?;
    let sealed = Decryptor::new_buffered(Cursor::new(header).chain(input)).map_err(stop)?;
    let keys = keys.iter().map(|key| key as &dyn age::Identity);
    let mut plain = match sealed.decrypt(keys) {
        Ok(plain) => plain,
        Err(DecryptError::NoMatchingKeys) => {
            section.skip()?;
            return Ok(None);
        }
        Err(e) => return Err(stop(e)),
    };
    let done = work(&mut plain)?;
    // Only the last chunk of the seal proves that nothing was cut from it.
    if plain.read(&mut [0])? > 0 {
        return Err(Fault::new("malformed").into());
    }
    Ok(Some(done))
}

/// The lines of the age header. Read here first, because the library bounds neither their number nor their length.
fn header(input: &mut impl BufRead) -> Result<Vec<u8>, Stop> {
    let mut header = Vec::new();
    let mut bounded = input.take(HEADER);
    for _ in 0..LINES {
        let line = header.len();
        if bounded.read_until(b'\n', &mut header)? == 0 {
            break;
        }
        if header.get(line..).is_some_and(|l| l.starts_with(b"--- ")) {
            return Ok(header);
        }
    }
    Err(Fault::new("malformed").into())
}

fn stop(e: DecryptError) -> Stop {
    match e {
        DecryptError::Io(e) => e.into(),
        _ => Fault::new("malformed").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::{READERS, Section, identity, open, put, seal};
    use crate::caps;
    use crate::key::Secret;
    use std::io;

    /// What a section for so many readers costs whoever opens it.
    fn effort(readers: usize) -> u64 {
        let secrets: Vec<Secret> = (0..readers)
            .map(|n| Secret::from_bytes(&[u8::try_from(n).unwrap(); 32]))
            .collect();
        let keys: Vec<_> = secrets.iter().map(Secret::device).collect();
        let mut file = Vec::new();
        seal(&mut file, &keys, |out| put(out, b"chao")).unwrap();
        let mut input = file.as_slice();
        let mut section = Section::next(&mut input).unwrap().unwrap();
        let mut left = u64::MAX;
        let mine = [identity(&secrets[0]).unwrap()];
        let whole = |plain: &mut dyn io::Read| Ok(io::copy(plain, &mut io::sink())?);
        let opened = open(&mut section, &mine, &mut left, whole).unwrap();
        assert!(opened.is_some());
        u64::MAX - left
    }

    /// A commune of 200 teams of 60 readers each, and of 500 devices, which all hold the rulings and the commune's space.
    #[test]
    fn the_file_of_the_largest_commune_costs_far_less_than_a_file_may() {
        let teams = 200 * effort(60);
        let everybody = 2 * 500_u64.div_ceil(READERS as u64) * effort(READERS);
        let cost = teams + everybody;
        assert!(cost * 10 < caps::FILE_EFFORT * 8, "{cost}");
    }
}
