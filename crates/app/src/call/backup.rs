//! Backups as a screen moves them: in pieces, since a page has no business with paths.

use super::Done;
use crate::app::App;
use crate::backup::{self, COMING, FILE, Holds, Made};
use crate::call::profile::Typed;
use crate::error::{CallError, Called};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use toso_store::StoreError;

/// Bytes of one piece at most.
const PIECE: usize = 1 << 20;
/// Bytes of a backup that is taken at most: a phone's whole store.
const MOST: u64 = 4 << 30;

/// `backup.make`
pub(crate) fn make(app: &App) -> Called<Made> {
    backup::make(app)
}

/// `backup.drop`
pub(crate) fn drop_file(app: &App) -> Called<Done> {
    let home = app.inner().home.clone();
    drop(fs::remove_file(home.join(FILE)));
    Ok(Done::YES)
}

/// Input of `backup.read`.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct From {
    /// Bytes read so far.
    pub offset: u64,
}

/// A piece of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Piece {
    /// Its bytes in base64, 1 MiB at most; none at the end.
    pub bytes: String,
    /// Bytes of the whole file.
    pub all: u64,
}

/// `backup.read`
pub(crate) fn read(app: &App, input: From) -> Called<Piece> {
    let path = app.inner().home.join(FILE);
    let mut file = File::open(path).map_err(|_| CallError::new("no_backup"))?;
    let all = file.metadata().map_err(StoreError::from)?.len();
    file.seek(SeekFrom::Start(input.offset))
        .map_err(StoreError::from)?;
    let mut bytes = Vec::with_capacity(PIECE);
    let piece = u64::try_from(PIECE).unwrap_or(u64::MAX);
    file.take(piece)
        .read_to_end(&mut bytes)
        .map_err(StoreError::from)?;
    Ok(Piece {
        bytes: STANDARD.encode(bytes),
        all,
    })
}

/// Input of `backup.put`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// Bytes given so far; 0 begins anew.
    pub offset: u64,
    /// The next ones in base64, 1 MiB at most.
    pub bytes: String,
}

/// `backup.put`
pub(crate) fn put(app: &App, input: &Given) -> Called<Done> {
    let refused = || CallError::new("bad_input").with("what", "offset or bytes");
    if input.bytes.len() > PIECE.div_ceil(3) * 4 {
        return Err(refused());
    }
    let bytes = STANDARD.decode(&input.bytes).map_err(|_| refused())?;
    let inner = app.inner();
    fs::create_dir_all(&inner.home).map_err(StoreError::from)?;
    let mut options = OpenOptions::new();
    options.create(true).append(input.offset > 0).write(true);
    options.truncate(input.offset == 0);
    let mut file = options
        .open(inner.home.join(COMING))
        .map_err(StoreError::from)?;
    let held = file.metadata().map_err(StoreError::from)?.len();
    if held != input.offset || held > MOST {
        return Err(refused());
    }
    file.write_all(&bytes).map_err(StoreError::from)?;
    Ok(Done::YES)
}

/// Input of `backup.restore`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Restore {
    /// The code that was shown when the backup was made.
    pub code: Typed,
    /// The PIN (six digits) or passphrase (at least twelve characters) from now on.
    pub pin: Typed,
}

/// `backup.restore`
pub(crate) fn restore(app: &App, input: &Restore) -> Called<Holds> {
    backup::restore(app, &input.code.0, &input.pin.0)
}
