//! A carried file: one direction of an exchange on a stick or another phone. Rulings, then packs, then the tray.
//!
//! Sealed: the rulings to every device of the commune, each space to the devices that hold it, all of it to the hub. Its
//! inside may be years old or come from an old backup: whoever takes it checks every byte as if a stranger had sent it.

mod frame;
mod plain;
mod seal;
mod write;

pub use plain::export_plain;
pub use seal::{open_for, seal_for};
pub use write::{To, Written, export};

use crate::capped::{Capped, Waiting};
use crate::id::{HubKey, Position};
use crate::pack::{Pack, decode};
use crate::replica::{Fault, Mode, Outcome, Replica};
use crate::shelf::Shelf;
use frame::{Frame, Stop};
use minicbor::{Decode, Encode};
use std::collections::BTreeMap;
use std::io::Read;
use toso_domain::id::SpaceId;
#[cfg(fault)]
use toso_domain::planted;

const MAGIC: &[u8; 8] = b"TOSOFIL2";
/// First bytes of an unsealed file.
const PLAIN: &[u8; 8] = b"TOSOFIL1";
/// Bytes of what stands outside the seal.
const COVER: usize = 1024;
/// Sections of one file.
const SECTIONS: u32 = 1_000;

/// What anybody may read of a sealed file.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
struct Cover {
    /// The authority the commune began with.
    #[n(0)]
    authority: HubKey,
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
    /// Sections sealed to others, stepped over.
    pub closed: usize,
    /// False when the file was cut: what came before the cut is taken.
    pub whole: bool,
}

/// Takes a carried file. `spaces` says which spaces this copy holds; packs of others are left alone.
///
/// # Errors
/// `not_a_file`, `wrong_commune`, `malformed`, `too_large`; `not_for_this_device` when nothing in it is sealed to this
/// copy; faults of the shelf. What was taken before the error stays.
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
    let mut taking = Taking {
        spaces,
        now,
        report: Carried::default(),
        rulings: Waiting::default(),
        stated: 0,
        touched: Vec::new(),
    };
    let done = match &magic {
        MAGIC => taking.sealed(copy, input),
        PLAIN => taking.plain(copy, input),
        _ => return Err(Fault::new("not_a_file")),
    };
    match done {
        Err(Stop::Fault(fault)) => return Err(fault),
        Err(Stop::Cut) if input.is_over() => return Err(Fault::new("too_large")),
        Ok(()) | Err(Stop::Cut) => {}
    }
    copy.after_file(&taking.touched)?;
    Ok(taking.report)
}

/// A file being taken.
struct Taking<'a, S> {
    spaces: &'a dyn Fn(&Replica<S>, SpaceId) -> bool,
    now: i64,
    report: Carried,
    /// Rulings read and not yet taken, and how many were read.
    rulings: Waiting,
    stated: usize,
    touched: Vec<SpaceId>,
}

impl<S: Shelf> Taking<'_, S> {
    fn sealed(&mut self, copy: &mut Replica<S>, input: &mut dyn Read) -> Result<(), Stop> {
        let not_a_file = |_| Fault::new("not_a_file");
        let cover = frame::read_framed(input, COVER).map_err(|_| Fault::new("not_a_file"))?;
        let cover: Cover = decode(&cover).map_err(not_a_file)?;
        if !copy.book().trusts(&cover.authority) {
            return Err(Fault::new("wrong_commune").into());
        }
        let keys: Vec<_> = copy.secrets().filter_map(seal::identity).collect();
        let (mut opened, mut said) = (0, None);
        let mut effort = copy.limits.file_effort;
        for seen in 0..=SECTIONS {
            let Some(mut section) = seal::Section::next(input)? else {
                self.report.whole = said.is_none_or(|said| said == seen);
                break;
            };
            let inside = seal::open(&mut section, &keys, &mut effort, |plain| {
                self.frames(copy, plain)
            })?;
            // The end of the section, without which a cut just before it would not show.
            section.skip()?;
            match inside {
                Some(sections) => {
                    opened += 1;
                    said = sections.or(said);
                }
                None => self.report.closed += 1,
            }
        }
        if opened == 0 && self.report.closed > 0 {
            return Err(Fault::new("not_for_this_device").into());
        }
        Ok(())
    }

    fn plain(&mut self, copy: &mut Replica<S>, input: &mut dyn Read) -> Result<(), Stop> {
        match frame::read(input) {
            Ok(Frame::From(authority, _)) if copy.book().trusts(&authority) => {}
            Ok(Frame::From(..)) => return Err(Fault::new("wrong_commune").into()),
            _ => return Err(Fault::new("not_a_file").into()),
        }
        self.frames(copy, input)?;
        self.report.whole = true;
        Ok(())
    }

    /// Takes frames up to the end, and answers what the end says.
    fn frames(&mut self, copy: &mut Replica<S>, input: &mut dyn Read) -> Result<Option<u32>, Stop> {
        loop {
            let frame = frame::read(input);
            if !matches!(frame, Ok(Frame::Ruling(_))) || self.rulings.is_high() {
                self.report.rulings += copy.take_rulings(&self.rulings.take())?.taken;
            }
            match frame? {
                Frame::Ruling(bytes) => {
                    self.stated += 1;
                    if self.stated > copy.limits.file_rulings {
                        return Err(Fault::new("too_large").into());
                    }
                    self.rulings.push(bytes.0);
                }
                Frame::Pack(space, pack) => self.pack(copy, space.into(), &pack, Mode::Counting)?,
                Frame::Tray(space, pack) => self.pack(copy, space.into(), &pack, Mode::Tray)?,
                Frame::Pad(_) => {}
                Frame::End(sections) => return Ok(sections),
                Frame::From(..) => return Err(Fault::new("malformed").into()),
            }
        }
    }

    fn pack(
        &mut self,
        copy: &mut Replica<S>,
        space: SpaceId,
        pack: &Pack,
        mode: Mode,
    ) -> Result<(), Fault> {
        let mut left = |code: &str| *self.report.not_taken.entry(code.to_owned()).or_default() += 1;
        if !(self.spaces)(copy, space) {
            left("not_in_space");
            return Ok(());
        }
        let now = self.now;
        let outcome = copy.transaction(|copy| {
            #[cfg(fault)]
            if planted!("revoked_accepted_by_file") {
                return copy.take_pack_of_anybody(space, pack, mode, now);
            }
            let outcome = copy.take_pack(space, pack, mode, now)?;
            copy.settle_taken(space)?;
            copy.purge_returning()?;
            Ok(outcome)
        })?;
        match outcome {
            Outcome::Taken => self.report.packs += 1,
            Outcome::Dup => self.report.dup += 1,
            Outcome::Not { code, .. } => left(code),
        }
        if !self.touched.contains(&space) {
            self.touched.push(space);
        }
        Ok(())
    }
}

impl<S: Shelf> Replica<S> {
    /// As if nobody were revoked: a fault planted to see that it is found.
    #[cfg(fault)]
    fn take_pack_of_anybody(
        &mut self,
        space: SpaceId,
        pack: &Pack,
        mode: Mode,
        now: i64,
    ) -> Result<Outcome, Fault> {
        let mut revoked = std::collections::BTreeMap::new();
        self.swap_revoked(&mut revoked);
        let outcome = self.take_pack(space, pack, mode, now);
        self.swap_revoked(&mut revoked);
        outcome
    }

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
