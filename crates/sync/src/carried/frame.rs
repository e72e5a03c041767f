//! What stands inside a carried file: frames of `length (u32, big-endian) ‖ CBOR`.

use crate::caps;
use crate::id::{DeviceKey, HubKey};
use crate::message::Bytes;
use crate::pack::{Pack, decode, encode};
use crate::replica::Fault;
use crate::ruling::Id16;
use minicbor::{Decode, Encode};
use std::io::{ErrorKind, Read, Write};

/// Sections are padded to a multiple of this, so that their length says little.
const UNIT: usize = 4096;
/// Least length of a pad, so that its CBOR head always has three bytes.
const PAD: usize = 256;

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(super) enum Frame {
    /// Whose commune, and who wrote the file; in unsealed files only.
    #[n(0)]
    From(#[n(0)] HubKey, #[n(1)] Option<DeviceKey>),
    /// One ruling.
    #[n(1)]
    Ruling(#[n(0)] Bytes),
    /// One counting pack of a space.
    #[n(2)]
    Pack(#[n(0)] Id16, #[n(1)] Pack),
    /// One void pack that nothing replaces.
    #[n(3)]
    Tray(#[n(0)] Id16, #[n(1)] Pack),
    /// The file or section ends here; the rulings' section says how many sections its file has.
    #[n(4)]
    End(#[n(0)] Option<u32>),
    /// Zeros.
    #[n(5)]
    Pad(#[n(0)] Bytes),
}

/// Why reading stopped.
#[derive(Debug)]
pub(super) enum Stop {
    /// The input ended before its end.
    Cut,
    /// It is no honest file, or the medium or the shelf failed.
    Fault(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<std::io::Error> for Stop {
    fn from(e: std::io::Error) -> Self {
        match e.kind() {
            ErrorKind::UnexpectedEof => Self::Cut,
            // What a seal that does not hold is reported with.
            ErrorKind::InvalidData => Fault::new("malformed").into(),
            ErrorKind::FileTooLarge => Fault::new("too_large").into(),
            kind => Fault {
                code: "file",
                detail: kind.to_string(),
            }
            .into(),
        }
    }
}

/// A failure of the file being written.
pub(super) fn failed(e: &std::io::Error) -> Fault {
    Fault {
        code: "file",
        detail: e.kind().to_string(),
    }
}

/// Writes bytes as they are.
pub(super) fn put(out: &mut dyn Write, bytes: &[u8]) -> Result<(), Fault> {
    out.write_all(bytes).map_err(|e| failed(&e))
}

/// Writes length and bytes, and answers how many together.
pub(super) fn put_framed(out: &mut dyn Write, bytes: &[u8]) -> Result<usize, Fault> {
    let len = u32::try_from(bytes.len()).map_err(|_| Fault::new("too_large"))?;
    put(out, &len.to_be_bytes())?;
    put(out, bytes)?;
    Ok(4 + bytes.len())
}

/// Writes frames of one section and counts their bytes.
pub(super) struct Frames<'a> {
    out: &'a mut dyn Write,
    written: usize,
}

impl<'a> Frames<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out, written: 0 }
    }

    pub(super) fn put(&mut self, frame: &Frame) -> Result<(), Fault> {
        self.written += put_framed(self.out, &encode(frame))?;
        Ok(())
    }

    /// Pads and ends the section.
    pub(super) fn end(&mut self, sections: Option<u32>) -> Result<(), Fault> {
        let end = Frame::End(sections);
        let least = Frame::Pad(Bytes(vec![0; PAD]));
        let so_far = self.written + 4 + encode(&least).len() + 4 + encode(&end).len();
        let pad = PAD + so_far.next_multiple_of(UNIT) - so_far;
        self.put(&Frame::Pad(Bytes(vec![0; pad])))?;
        self.put(&end)
    }
}

/// Reads one length and its bytes, at most `cap` of them; cut anywhere is [`Stop::Cut`].
pub(super) fn read_framed(input: &mut dyn Read, cap: usize) -> Result<Vec<u8>, Stop> {
    let mut len = [0; 4];
    input.read_exact(&mut len)?;
    let len = u64::from(u32::from_be_bytes(len));
    if len > cap as u64 {
        return Err(Fault::new("too_large").into());
    }
    let mut bytes = Vec::new();
    input.take(len).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < len {
        return Err(Stop::Cut);
    }
    Ok(bytes)
}

/// The next frame.
pub(super) fn read(input: &mut dyn Read) -> Result<Frame, Stop> {
    let bytes = read_framed(input, caps::PACK_BYTES + caps::RULING_BYTES)?;
    Ok(decode(&bytes).map_err(Fault::from)?)
}
