//! The bytes a record is kept as: its changes, one behind the other, while they are few; then the library's compact form.
//!
//! What is kept must load as the same record for as long as it stands. Loading a few changes is the very step by which
//! the record was made from them, so nothing is left to prove, and for a new record it costs half of making the compact
//! form and loading that. The compact form is smaller once there are many. It is loaded and compared before it counts;
//! where it does not hold, the changes stay. So whether a change is taken never hangs on how many came before it.

use super::change::Refusal;
use super::library::Automerge;
use super::read::guarded;
use super::{Document, library};
use crate::prescan;
use std::sync::Arc;

/// Changes up to which a record is kept as them.
pub(super) const FEW: usize = 8;

/// How a record is kept.
#[derive(Clone)]
pub(super) enum Kept {
    /// Its changes, each after those it depends on.
    Changes { bytes: Arc<[u8]>, count: usize },
    /// The library's form, proven or read.
    Compact(Arc<[u8]>),
    /// Nobody asked for the bytes yet: the library's form, of a record written here.
    Unsaved,
}

impl Kept {
    /// Of a record nobody has written yet.
    pub(super) fn nothing() -> Self {
        Self::Changes {
            bytes: Arc::from([]),
            count: 0,
        }
    }

    /// What these saved bytes are.
    fn read(saved: &[u8]) -> Self {
        match count(saved) {
            Some(count) => Self::Changes {
                bytes: saved.into(),
                count,
            },
            None => Self::Compact(saved.into()),
        }
    }

    /// With more changes behind; `None` when they are too many to be kept as such.
    pub(super) fn and(&self, more: &[&[u8]]) -> Option<Self> {
        let Self::Changes { bytes, count } = self else {
            return None;
        };
        let count = count + more.len();
        (count <= FEW).then(|| Self::Changes {
            bytes: joined(bytes, more),
            count,
        })
    }
}

fn joined(first: &[u8], more: &[&[u8]]) -> Arc<[u8]> {
    let parts = std::iter::once(first).chain(more.iter().copied());
    parts.collect::<Vec<_>>().concat().into()
}

/// How many changes these bytes are; `None` when they are not changes alone.
fn count(mut saved: &[u8]) -> Option<usize> {
    let mut count = 0;
    while !saved.is_empty() {
        (_, saved) = prescan::first_chunk(saved).ok()?;
        count += 1;
    }
    Some(count)
}

impl Document {
    /// From the bytes of [`Document::save`]. They must be this copy's own: foreign bytes come as changes, through the
    /// gate.
    ///
    /// # Errors
    /// `malformed` or `panic` if they are damaged.
    pub fn load(saved: &[u8]) -> Result<Self, Refusal> {
        if saved.is_empty() {
            return Ok(Self::new());
        }
        guarded(|| match Automerge::load(saved) {
            Ok(library) => Ok(Self {
                library,
                kept: Kept::read(saved),
            }),
            Err(_) => Err(Refusal::new("malformed")),
        })
    }

    /// The whole record with its history. Equal changes give a loadable equal record, not always equal bytes.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        match &self.kept {
            Kept::Changes { bytes, .. } | Kept::Compact(bytes) => bytes.to_vec(),
            Kept::Unsaved => self.library.save(),
        }
    }

    /// This record and `changes`, in a form that is known to load.
    pub(super) fn with(&self, changes: Vec<library::Change>) -> Result<Self, Refusal> {
        guarded(|| {
            let raws: Vec<&[u8]> = changes.iter().map(library::Change::raw_bytes).collect();
            let new: Vec<_> = changes.iter().map(library::Change::hash).collect();
            let made = match self.kept.and(&raws) {
                Some(few) => Self::from_kept(few)?,
                None => match guarded(|| self.compact(&changes)) {
                    Ok(compact) => compact,
                    Err(_) => self.uncompact(&raws)?,
                },
            };
            let whole = new.iter().all(|hash| {
                let held = made.library.get_change_meta_by_hash(hash);
                held.is_some()
            });
            if whole {
                Ok(made)
            } else {
                Err(Refusal::new("apply"))
            }
        })
    }

    fn from_kept(kept: Kept) -> Result<Self, Refusal> {
        let (Kept::Changes { bytes, .. } | Kept::Compact(bytes)) = &kept else {
            return Err(Refusal::new("apply"));
        };
        let library = Automerge::load(bytes).map_err(|_| Refusal::new("apply"))?;
        Ok(Self { library, kept })
    }

    /// In the compact form, proven to load as the same record.
    fn compact(&self, changes: &[library::Change]) -> Result<Self, Refusal> {
        let apply = Refusal::new("apply");
        let mut scratch = self.library.clone();
        scratch
            .apply_changes(changes.iter().cloned())
            .map_err(|_| apply)?;
        let scratch = Self {
            library: scratch,
            kept: Kept::Unsaved,
        };
        let reloaded = Self::from_kept(Kept::Compact(scratch.library.save().into()))?;
        let same =
            scratch.heads() == reloaded.heads() && scratch.listing()? == reloaded.listing()?;
        if same { Ok(reloaded) } else { Err(apply) }
    }

    /// As its changes although they are many, because their compact form does not hold.
    pub(super) fn uncompact(&self, raws: &[&[u8]]) -> Result<Self, Refusal> {
        let held = self.library.get_changes(&[]);
        let first: Vec<&[u8]> = held.iter().map(|change| change.raw_bytes()).collect();
        let count = first.len() + raws.len();
        let bytes = joined(&first.concat(), raws);
        Self::from_kept(Kept::Changes { bytes, count })
    }
}
