//! Photos and papers: kept beside the records that name them in a set `photo/<hash>`.

use crate::app::{App, Desk};
use crate::error::{CallError, Called};
use crate::lease;
use crate::photo::{self, Form};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use toso_domain::file::FileHash;
use toso_domain::id::SpaceId;
use toso_store::{FileFacts, Filed};

/// Bytes of a file as given at most: a photo as the camera made it.
pub(crate) const GIVEN_MAX: usize = 20 << 20;
/// Bytes of a PDF at most, which is kept as it is.
const PDF_MAX: usize = 5 << 20;

/// Input of `file.add`: `path` or `bytes`, one of them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Add {
    /// The space of the record that will name it.
    pub space: SpaceId,
    /// Where it lies on this machine. From a terminal only, never from a browser.
    pub path: Option<PathBuf>,
    /// Its bytes in base 64.
    pub bytes: Option<String>,
}

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Info {
    /// Its name: what a record's `photo` holds.
    pub hash: FileHash,
    /// Its space.
    pub space: SpaceId,
    /// Bytes as kept.
    pub size: usize,
    /// `image/jpeg` or `application/pdf`.
    pub media: String,
    /// Pixels across, for a photo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels down, for a photo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// True: its bytes are on this device.
    pub here: bool,
}

/// Input of `file.info`.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Its space, when known.
    pub space: Option<SpaceId>,
    /// Its name.
    pub hash: FileHash,
}

/// Input of `file.picture`.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PictureInput {
    /// Its space, when known.
    pub space: Option<SpaceId>,
    /// Its name.
    pub hash: FileHash,
    /// Pixels of the longer side at most, 320 unless said, 1,600 at most.
    pub side: Option<u32>,
}

/// A photo to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Picture {
    /// A JPEG in base 64.
    pub bytes: String,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// `file.picture`
pub(crate) fn picture(app: &App, input: PictureInput) -> Called<Picture> {
    let filed = app.desk(|desk| open(desk, &input.hash, input.space))?;
    if Form::of(&filed.bytes) == Some(Form::Pdf) {
        return Err(CallError::new("file_kind"));
    }
    // Not under the lock, as in `add`.
    let photo = photo::shown(&filed.bytes, input.side.unwrap_or(photo::SMALL))?;
    Ok(Picture {
        bytes: STANDARD.encode(&photo.jpeg),
        width: photo.width,
        height: photo.height,
    })
}

/// `file.add`
pub(crate) fn add(app: &App, input: Add) -> Called<Info> {
    let bytes = match (input.path, input.bytes) {
        (Some(path), None) => read(&path)?,
        (None, Some(text)) => {
            if text.len() > GIVEN_MAX.div_ceil(3) * 4 {
                return Err(CallError::new("file_too_large"));
            }
            let plain = STANDARD.decode(text);
            plain.map_err(|_| CallError::new("bad_input").with("bytes", "base64"))?
        }
        _ => return Err(CallError::new("bad_input").with("what", "path or bytes")),
    };
    app.add_file(input.space, &bytes)
}

impl App {
    /// Keeps a file of a space: a photo is made anew (at most 1,600 pixels a side, turned upright, nothing but the
    /// picture), a PDF is kept as it is.
    ///
    /// # Errors
    /// `locked`, `not_in_space`, `file_too_large`, `file_kind`, `photo_too_large`, `photo_unreadable`, `disk_full`.
    pub fn add_file(&self, space: SpaceId, given: &[u8]) -> Called<Info> {
        self.desk(|desk| holds(desk, space))?;
        if given.len() > GIVEN_MAX {
            return Err(CallError::new("file_too_large"));
        }
        // Not under the lock: a photo takes a moment, and others may go on.
        let filed = match Form::of(given).ok_or_else(|| CallError::new("file_kind"))? {
            Form::Photo(format) => {
                let photo = photo::anew(given, format)?;
                let size = (Some(photo.width), Some(photo.height));
                filed(space, "image/jpeg", size, photo.jpeg)
            }
            Form::Pdf if given.len() > PDF_MAX => return Err(CallError::new("file_too_large")),
            Form::Pdf => filed(space, "application/pdf", (None, None), given.to_vec()),
        };
        let hash = FileHash::of(space, &filed.bytes);
        self.desk(|desk| {
            holds(desk, space)?;
            desk.device.copy.shelf.store.put_file(&hash, &filed)?;
            Ok(info_of(hash, filed))
        })
    }

    /// A file's media type and bytes.
    ///
    /// # Errors
    /// `locked`, `lease`, `file_not_here`, `file_damaged`.
    pub fn file(&self, hash: FileHash) -> Called<(String, Vec<u8>)> {
        self.desk(|desk| {
            let filed = open(desk, &hash, None)?;
            Ok((filed.facts.media, filed.bytes))
        })
    }
}

/// `file.info`
pub(crate) fn info(desk: &mut Desk<'_>, input: Ask) -> Called<Info> {
    let filed = open(desk, &input.hash, input.space)?;
    Ok(info_of(input.hash, filed))
}

/// A file is an old record like any other: the lease hides it, and a space that is no longer held does, unless a record that
/// was handed over names it in one that is.
fn open(desk: &Desk<'_>, hash: &FileHash, space: Option<SpaceId>) -> Called<Filed> {
    lease::lists(desk.device, desk.now)?;
    let store = &desk.device.copy.shelf.store;
    let filed = store.file(hash)?;
    let filed = filed.ok_or_else(|| CallError::new("file_not_here"))?;
    let spaces = desk.device.spaces()?;
    let shown = |of: SpaceId| spaces.contains(&of) && space.is_none_or(|space| space == of);
    // Which records name it takes a look at all of them.
    if shown(filed.facts.space) || store.naming_file(hash)?.iter().any(|(of, _)| shown(*of)) {
        Ok(filed)
    } else {
        Err(CallError::new("file_not_here"))
    }
}

fn holds(desk: &Desk<'_>, space: SpaceId) -> Called<()> {
    if desk.device.spaces()?.contains(&space) {
        Ok(())
    } else {
        Err(CallError::new("not_in_space"))
    }
}

fn filed(
    space: SpaceId,
    media: &str,
    (width, height): (Option<u32>, Option<u32>),
    bytes: Vec<u8>,
) -> Filed {
    let facts = FileFacts {
        space,
        media: media.to_owned(),
        width,
        height,
    };
    Filed { facts, bytes }
}

fn info_of(hash: FileHash, filed: Filed) -> Info {
    Info {
        hash,
        space: filed.facts.space,
        size: filed.bytes.len(),
        media: filed.facts.media,
        width: filed.facts.width,
        height: filed.facts.height,
        here: true,
    }
}

/// Never more than is allowed, whatever grows or lies meanwhile. The name of the file goes nowhere.
fn read(path: &Path) -> Called<Vec<u8>> {
    let wrong = |_| CallError::new("file");
    let file = File::open(path).map_err(wrong)?;
    let mut bytes = Vec::new();
    let most = u64::try_from(GIVEN_MAX).unwrap_or(u64::MAX) + 1;
    file.take(most).read_to_end(&mut bytes).map_err(wrong)?;
    if bytes.len() > GIVEN_MAX {
        return Err(CallError::new("file_too_large"));
    }
    Ok(bytes)
}
