//! Local changes that are saved on this disk but not yet sealed into a pack.

use crate::ChangeHash;
use crate::error::Result;
use crate::open::Store;
use crate::pack::{exact, narrow};
use rusqlite::{Row, params};
use toso_domain::id::{RecordId, SpaceId};

/// One draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRow {
    /// Hash of the change.
    pub hash: ChangeHash,
    /// Document it changes.
    pub document: RecordId,
    /// Kind of the record.
    pub kind: String,
    /// Order of saving, from 1.
    pub order: u64,
    /// The raw change.
    pub raw: Vec<u8>,
    /// The patch it came from.
    pub patch: Vec<u8>,
    /// Changes of void packs it re-makes.
    pub remakes: Vec<ChangeHash>,
    /// Milliseconds since 1970 by the device's clock.
    pub saved_at: i64,
}

const COLUMNS: &str =
    "SELECT hash, document, kind, place, raw, patch, remakes, saved_at FROM main.draft";

impl Store {
    /// Drafts of a space, by `order`.
    pub fn drafts(&self, space: SpaceId) -> Result<Vec<DraftRow>> {
        let mut get = self
            .connection
            .prepare_cached(&format!("{COLUMNS} WHERE space = ?1 ORDER BY place, hash"))?;
        let rows = get.query_map([space.as_bytes().as_slice()], draft)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Drafts of one document, by `order`: not empty means the record still waits.
    pub fn drafts_of_document(&self, space: SpaceId, document: RecordId) -> Result<Vec<DraftRow>> {
        let mut get = self.connection.prepare_cached(&format!(
            "{COLUMNS} WHERE document = ?2 AND space = ?1 ORDER BY place, hash"
        ))?;
        let rows = get.query_map(
            [space.as_bytes().as_slice(), document.as_bytes().as_slice()],
            draft,
        )?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The highest `order` of a space's drafts; 0 without any.
    pub fn last_draft(&self, space: SpaceId) -> Result<u64> {
        let mut get = self
            .connection
            .prepare_cached("SELECT coalesce(max(place), 0) FROM main.draft WHERE space = ?1")?;
        let n: i64 = get.query_row([space.as_bytes().as_slice()], |row| row.get(0))?;
        Ok(u64::try_from(n).unwrap_or(0))
    }

    /// How many drafts a space has.
    pub fn draft_count(&self, space: SpaceId) -> Result<u64> {
        let mut get = self
            .connection
            .prepare_cached("SELECT count(*) FROM main.draft WHERE space = ?1")?;
        let n: i64 = get.query_row([space.as_bytes().as_slice()], |row| row.get(0))?;
        Ok(u64::try_from(n).unwrap_or(0))
    }

    /// Adds a draft; one with the same hash is replaced.
    pub fn put_draft(&mut self, space: SpaceId, row: &DraftRow) -> Result<()> {
        let remakes: Vec<u8> = row.remakes.iter().flat_map(|hash| hash.0).collect();
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO main.draft (space, hash, document, kind, place, saved_at, remakes, raw, patch)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                space.as_bytes().as_slice(),
                row.hash.0.as_slice(),
                row.document.as_bytes().as_slice(),
                row.kind,
                narrow(row.order)?,
                row.saved_at,
                remakes,
                row.raw,
                row.patch
            ])?;
        Ok(())
    }

    /// Removes a draft; an absent one changes nothing.
    pub fn drop_draft(&mut self, space: SpaceId, hash: &ChangeHash) -> Result<()> {
        self.connection
            .prepare_cached("DELETE FROM main.draft WHERE space = ?1 AND hash = ?2")?
            .execute(params![space.as_bytes().as_slice(), hash.0.as_slice()])?;
        Ok(())
    }
}

fn draft(row: &Row<'_>) -> rusqlite::Result<DraftRow> {
    let remakes = row.get_ref(6)?.as_blob()?;
    Ok(DraftRow {
        hash: ChangeHash(exact(row, 0)?),
        document: RecordId::from_bytes(exact(row, 1)?),
        kind: row.get(2)?,
        order: u64::try_from(row.get::<_, i64>(3)?).unwrap_or(0),
        raw: row.get(4)?,
        patch: row.get(5)?,
        remakes: remakes
            .chunks_exact(32)
            .filter_map(|c| Some(ChangeHash(c.try_into().ok()?)))
            .collect(),
        saved_at: row.get(7)?,
    })
}
