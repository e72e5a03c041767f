//! The unsealed file: what stands in a sealed one, one after the other. No program writes it; the simulator does, by the
//! thousand, and files of the time before the seal are read.

use super::PLAIN;
use super::frame::Frames;
use super::frame::{Frame, put, put_framed};
use super::write::{packs, receipts, rulings};
use crate::pack::encode;
use crate::replica::{Fault, Replica};
use crate::shelf::Shelf;
use std::io::Write;
use toso_domain::id::SpaceId;

/// Writes all this copy holds of the spaces, readable by anybody.
///
/// # Errors
/// `file` when writing fails; faults of the shelf.
pub fn export_plain<S: Shelf>(
    copy: &mut Replica<S>,
    spaces: &[SpaceId],
    out: &mut dyn Write,
) -> Result<(), Fault> {
    put(out, PLAIN)?;
    let from = Frame::From(copy.authority_key(), copy.device());
    put_framed(out, &encode(&from))?;
    let mut frames = Frames::new(out);
    rulings(copy, |_| true, &mut frames)?;
    for space in spaces {
        receipts(copy, *space, &mut frames)?;
    }
    for space in spaces {
        packs(copy, *space, &mut frames)?;
    }
    frames.put(&Frame::End(None))
}
