//! A carried file: one direction of an exchange on a stick or another phone. Rulings, then packs, then the tray.
//!
//! Frames of `length (u32, big-endian) ‖ CBOR`. It may be years old or come from an old backup: whoever takes it checks
//! every byte as if a stranger had sent it.

use crate::capped::{Capped, Waiting};
use crate::caps;
use crate::id::{DeviceKey, HubKey, Position};
use crate::message::Bytes;
use crate::pack::{Pack, decode, encode};
use crate::replica::{Fault, Mode, Outcome, Replica};
use crate::ruling::Id16;
use crate::shelf::Shelf;
use minicbor::{Decode, Encode};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use toso_domain::id::SpaceId;

const MAGIC: &[u8; 8] = b"TOSOFIL1";

/// One frame of a carried file.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
enum Frame {
    /// Whose commune, and who wrote the file.
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
    /// The whole file was written.
    #[n(4)]
    End,
}

/// What taking a file did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Carried {
    /// New rulings.
    pub rulings: usize,
    /// New packs.
    pub packs: usize,
    /// Packs held before.
    pub dup: usize,
    /// Packs not taken, by code of section 5.1.
    pub not_taken: BTreeMap<String, usize>,
    /// False when the file was cut: what came before the cut is taken.
    pub whole: bool,
}

/// Writes all this copy holds of the spaces.
///
/// # Errors
/// `file` when writing fails; faults of the shelf.
pub fn export<S: Shelf>(
    copy: &mut Replica<S>,
    spaces: &[SpaceId],
    out: &mut dyn Write,
) -> Result<(), Fault> {
    put(out, MAGIC)?;
    write(out, &Frame::From(copy.authority_key(), copy.device()))?;
    let mut ids = copy.book().ids(None);
    for space in spaces {
        ids.extend(copy.book().ids(Some(*space)));
    }
    for bytes in copy.ruling_bytes(&ids) {
        write(out, &Frame::Ruling(Bytes(bytes)))?;
    }
    for space in spaces {
        for head in copy.ledger(*space)?.lacking(&[]) {
            if let Some(pack) = copy.pack(*space, &head)? {
                write(out, &Frame::Pack((*space).into(), pack))?;
            }
        }
        for head in copy.tray(*space)? {
            if let Some(pack) = copy.pack(*space, &head)? {
                write(out, &Frame::Tray((*space).into(), pack))?;
            }
        }
    }
    write(out, &Frame::End)
}

/// Takes a carried file. `spaces` says which spaces this copy holds; packs of others are left alone.
///
/// # Errors
/// `not_a_file`, `wrong_commune`, `malformed`, `too_large`, faults of the shelf. What was taken before the error stays.
pub fn import<S: Shelf>(
    copy: &mut Replica<S>,
    spaces: &dyn Fn(&Replica<S>, SpaceId) -> bool,
    input: &mut dyn Read,
    now: i64,
) -> Result<Carried, Fault> {
    let input = &mut Capped::new(input, copy.limits.file_bytes);
    let mut magic = [0; 8];
    input
        .read_exact(&mut magic)
        .map_err(|_| Fault::new("not_a_file"))?;
    if magic != *MAGIC {
        return Err(Fault::new("not_a_file"));
    }
    match read(input)? {
        Some(Frame::From(authority, _)) if copy.book().trusts(&authority) => {}
        Some(Frame::From(..)) => return Err(Fault::new("wrong_commune")),
        _ => return Err(Fault::new("not_a_file")),
    }
    let mut report = Carried::default();
    let (mut waiting, mut stated) = (Waiting::default(), 0);
    let mut touched: Vec<SpaceId> = Vec::new();
    loop {
        let frame = read(input)?;
        if !matches!(frame, Some(Frame::Ruling(_))) || waiting.is_high() {
            report.rulings += copy.take_rulings(&waiting.take())?.taken;
        }
        let (space, pack, mode) = match frame {
            Some(Frame::Ruling(bytes)) => {
                stated += 1;
                if stated > copy.limits.file_rulings {
                    return Err(Fault::new("too_large"));
                }
                waiting.push(bytes.0);
                continue;
            }
            Some(Frame::Pack(space, pack)) => (SpaceId::from(space), pack, Mode::Counting),
            Some(Frame::Tray(space, pack)) => (SpaceId::from(space), pack, Mode::Tray),
            Some(Frame::End) => {
                report.whole = true;
                break;
            }
            Some(Frame::From(..)) => return Err(Fault::new("malformed")),
            None if input.is_over() => return Err(Fault::new("too_large")),
            None => break,
        };
        if !spaces(copy, space) {
            *report.not_taken.entry("not_in_space".into()).or_default() += 1;
            continue;
        }
        let outcome = copy.transaction(|copy| {
            let outcome = copy.take_pack(space, &pack, mode, now)?;
            copy.settle_taken(space)?;
            copy.purge_returning()?;
            Ok(outcome)
        })?;
        match outcome {
            Outcome::Taken => report.packs += 1,
            Outcome::Dup => report.dup += 1,
            Outcome::Not { code, .. } => *report.not_taken.entry(code.to_owned()).or_default() += 1,
        }
        if !touched.contains(&space) {
            touched.push(space);
        }
    }
    copy.after_file(&touched)?;
    Ok(report)
}

impl<S: Shelf> Replica<S> {
    /// A hub signs receipts for what the file brought; a device counts as kept what receipts in it cover, until the hub's
    /// next live answer says otherwise.
    fn after_file(&mut self, spaces: &[SpaceId]) -> Result<(), Fault> {
        let mut all = self.shelf.spaces()?;
        all.extend_from_slice(spaces);
        all.sort_unstable();
        all.dedup();
        self.transaction(|copy| {
            for space in all {
                if copy.is_authority() {
                    copy.sign_receipts(space)?;
                    continue;
                }
                copy.prune_receipts(space)?;
                let mut vector: BTreeMap<_, Position> = copy
                    .hub_vector(space)?
                    .unwrap_or_default()
                    .into_iter()
                    .map(|p| (p.log, p))
                    .collect();
                for log in copy.book().receipted_logs(space) {
                    let receipts: Vec<Position> =
                        copy.book().receipts(space, &log).copied().collect();
                    for at in receipts {
                        let held = copy.ledger(space)?.holds(&at);
                        let entry = vector.entry(log).or_insert(at);
                        if held && entry.seq < at.seq {
                            *entry = at;
                        }
                    }
                }
                let vector: Vec<Position> = vector.into_values().collect();
                copy.set_hub_vector(space, &vector)?;
            }
            Ok(())
        })
    }
}

fn put(out: &mut dyn Write, bytes: &[u8]) -> Result<(), Fault> {
    out.write_all(bytes).map_err(|e| Fault {
        code: "file",
        detail: e.kind().to_string(),
    })
}

fn write(out: &mut dyn Write, frame: &Frame) -> Result<(), Fault> {
    let bytes = encode(frame);
    let len = u32::try_from(bytes.len()).map_err(|_| Fault::new("too_large"))?;
    put(out, &len.to_be_bytes())?;
    put(out, &bytes)
}

/// The next frame; `None` at the end of the input, also in the middle of a frame (the file was cut).
fn read(input: &mut dyn Read) -> Result<Option<Frame>, Fault> {
    let mut len = [0; 4];
    if input.read_exact(&mut len).is_err() {
        return Ok(None);
    }
    let len = u64::from(u32::from_be_bytes(len));
    if len > (caps::PACK_BYTES + caps::RULING_BYTES) as u64 {
        return Err(Fault::new("too_large"));
    }
    let mut bytes = Vec::new();
    let got = input
        .take(len)
        .read_to_end(&mut bytes)
        .map_err(|_| Fault::new("file"))?;
    if (got as u64) < len {
        return Ok(None);
    }
    Ok(Some(decode(&bytes)?))
}
