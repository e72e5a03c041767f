//! Writing a sealed file: who may read which part, and the parts.

use super::frame::{Frame, Frames, put, put_framed};
use super::{Cover, MAGIC, seal};
use crate::id::DeviceKey;
use crate::message::Bytes;
use crate::pack::encode;
use crate::replica::{Fault, Replica};
use crate::ruling::{Body, Certificate, Ruling};
use crate::shelf::Shelf;
use std::io::Write;
use toso_domain::id::SpaceId;

/// For whom a file is written. The hub can always read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// Other devices; without one known here that could read a space there is no file.
    Devices,
    /// The hub, whether or not any device could read it too.
    Hub,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Other devices that can read at least one of the spaces.
    pub readers: usize,
}

/// Writes all this copy holds of the spaces. The devices that can read it are those whose certificate this copy knows:
/// a device let in later, or unheard of here, cannot.
///
/// # Errors
/// `no_readers` when a file to [`To::Devices`] could be read by none; `file` when writing fails; faults of the shelf.
pub fn export<S: Shelf>(
    copy: &mut Replica<S>,
    spaces: &[SpaceId],
    to: To,
    out: &mut dyn Write,
) -> Result<Written, Fault> {
    let readers = Readers::of(copy);
    let others = readers.others(spaces);
    if others == 0 && to == To::Devices {
        return Err(Fault::new("no_readers"));
    }
    let everybody = readers.groups(|_| true);
    let mut parts = Vec::new();
    for space in spaces {
        let some = readers.groups(|certificate| certificate.names(*space));
        parts.extend(some.into_iter().map(|group| (*space, group)));
    }
    let leaving = readers.revoked.chunks(seal::READERS).len();
    let sections = u32::try_from(everybody.len() + leaving + parts.len()).unwrap_or(u32::MAX);

    put(out, MAGIC)?;
    let cover = Cover {
        authority: copy.authority_key(),
    };
    put_framed(out, &encode(&cover))?;
    for group in &everybody {
        seal::seal(out, group, |plain| {
            let mut frames = Frames::new(plain);
            rulings(copy, |_| true, &mut frames)?;
            frames.end(Some(sections))
        })?;
    }
    for group in readers.revoked.chunks(seal::READERS) {
        // A revoked device learns by any route that it is, and nothing else.
        seal::seal(out, group, |plain| {
            let mut frames = Frames::new(plain);
            let why = |r: &Ruling| matches!(r.body, Some(Body::Revocation(..)));
            rulings(copy, why, &mut frames)?;
            frames.end(None)
        })?;
    }
    for (space, group) in &parts {
        seal::seal(out, group, |plain| {
            let mut frames = Frames::new(plain);
            receipts(copy, *space, &mut frames)?;
            packs(copy, *space, &mut frames)?;
            frames.end(None)
        })?;
    }
    seal::end(out)?;
    Ok(Written { readers: others })
}

/// Who can read what, by the certificates and revocations known here.
struct Readers {
    /// The hub, then the writer: they can read everything.
    always: Vec<DeviceKey>,
    /// Every other device that is not revoked.
    devices: Vec<(DeviceKey, Certificate)>,
    revoked: Vec<DeviceKey>,
}

impl Readers {
    fn of<S: Shelf>(copy: &Replica<S>) -> Self {
        let book = copy.book();
        let hub = book.authority().map(|key| DeviceKey(key.0));
        let own = copy.device();
        let all = book.devices().into_iter();
        let (revoked, devices): (Vec<_>, Vec<_>) = all
            .filter(|(key, _)| Some(*key) != own)
            .map(|(key, certificate)| (key, certificate.clone()))
            .partition(|(key, _)| book.is_revoked(key));
        Self {
            always: hub.into_iter().chain(own).collect(),
            devices,
            revoked: revoked.into_iter().map(|(key, _)| key).collect(),
        }
    }

    fn others(&self, spaces: &[SpaceId]) -> usize {
        let may = |c: &Certificate| spaces.iter().any(|space| c.names(*space));
        self.devices.iter().filter(|(_, c)| may(c)).count()
    }

    /// Those who may, in groups of which each takes a section of its own.
    fn groups(&self, may: impl Fn(&Certificate) -> bool) -> Vec<Vec<DeviceKey>> {
        let devices = self.devices.iter().filter(|(_, c)| may(c));
        let mut all = self.always.clone();
        all.extend(devices.map(|(key, _)| *key));
        all.chunks(seal::READERS).map(<[_]>::to_vec).collect()
    }
}

/// Rulings of the whole commune.
pub(super) fn rulings<S: Shelf>(
    copy: &Replica<S>,
    which: impl Fn(&Ruling) -> bool,
    frames: &mut Frames<'_>,
) -> Result<(), Fault> {
    let book = copy.book();
    for ruling in book.ids(None).iter().filter_map(|id| book.get(id)) {
        if which(ruling) {
            frames.put(&Frame::Ruling(Bytes(ruling.bytes.clone())))?;
        }
    }
    Ok(())
}

/// What the hub says it holds of a space.
pub(super) fn receipts<S: Shelf>(
    copy: &Replica<S>,
    space: SpaceId,
    frames: &mut Frames<'_>,
) -> Result<(), Fault> {
    for bytes in copy.ruling_bytes(&copy.book().ids(Some(space))) {
        frames.put(&Frame::Ruling(Bytes(bytes)))?;
    }
    Ok(())
}

/// Packs of a space in causal order, then its tray.
pub(super) fn packs<S: Shelf>(
    copy: &mut Replica<S>,
    space: SpaceId,
    frames: &mut Frames<'_>,
) -> Result<(), Fault> {
    for head in copy.ledger(space)?.lacking(&[]) {
        if let Some(pack) = copy.pack(space, &head)? {
            frames.put(&Frame::Pack(space.into(), pack))?;
        }
    }
    for head in copy.given_aside(space)? {
        if let Some(pack) = copy.pack(space, &head)? {
            frames.put(&Frame::Tray(space.into(), pack))?;
        }
    }
    Ok(())
}
