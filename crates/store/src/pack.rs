//! Packs as received or sealed, and what became of their entries.

use crate::ChangeHash;
use crate::error::{Result, StoreError};
use crate::open::Store;
use rusqlite::{OptionalExtension, Row, params};
use toso_domain::id::{RecordId, SpaceId};

/// One pack without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackRow {
    /// First 16 bytes of the header's hash.
    pub head: [u8; 16],
    /// Author's public key.
    pub device: [u8; 32],
    /// Epoch of the log.
    pub epoch: [u8; 16],
    /// Place in the log, from 1.
    pub seq: u64,
    /// Signed header, exactly as received or sealed.
    pub header: Vec<u8>,
    /// Signature over the header.
    pub sig: [u8; 64],
    /// True while the pack counts.
    pub valid: bool,
    /// Order of arrival at this copy, from 1.
    pub arrived: u64,
    /// Milliseconds since 1970 by this copy's clock when it arrived.
    pub received_at: i64,
}

/// One entry of one pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// The pack it stands in.
    pub pack: [u8; 16],
    /// Place in the pack, from 0.
    pub ix: u32,
    /// Document it changes.
    pub document: RecordId,
    /// Kind the author signed for.
    pub kind: String,
    /// Hash of the change.
    pub hash: ChangeHash,
    /// 0 pending, 1 accepted, 2 refused, 3 hole, 4 purged.
    pub verdict: u8,
    /// Gate code when refused, else empty.
    pub why: String,
}

/// Hashes of the entries whose bytes are missing here (verdict 3) in a space, through the index of them: they are few, and
/// asked for with every request of an exchange. Left alone the planner reads every entry of the space, to have them sorted.
pub(crate) const HOLES: &str =
    "SELECT DISTINCT e.hash FROM main.entry e INDEXED BY entry_hole CROSS JOIN main.pack p ON p.no = e.pack
    WHERE e.verdict = 3 AND p.space = ?1 ORDER BY e.hash";
const ENTRIES: &str = "SELECT p.head, e.ix, e.document, e.kind, e.hash, e.verdict, e.why
    FROM main.entry e JOIN main.pack p ON p.no = e.pack";

impl Store {
    /// Spaces that have packs or drafts here, by id.
    pub fn spaces(&self) -> Result<Vec<SpaceId>> {
        let mut get = self.connection.prepare_cached(
            "SELECT space FROM main.pack UNION SELECT space FROM main.draft ORDER BY space",
        )?;
        let rows = get.query_map([], |row| Ok(SpaceId::from_bytes(exact(row, 0)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Every pack of a space, by `arrived`.
    pub fn packs(&self, space: SpaceId) -> Result<Vec<PackRow>> {
        let mut get = self.connection.prepare_cached(
            "SELECT head, device, epoch, seq, header, sig, valid, arrived, received_at
             FROM main.pack WHERE space = ?1 ORDER BY arrived, no",
        )?;
        let rows = get.query_map([space.as_bytes().as_slice()], pack)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Adds a pack with its body and entries. The `pack` field of the entries is not looked at.
    /// Errors: `db` when the pack is held already.
    pub fn put_pack(
        &mut self,
        space: SpaceId,
        row: &PackRow,
        body: &[u8],
        entries: &[EntryRow],
    ) -> Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO main.pack (space, head, device, epoch, seq, valid, arrived, received_at, sig, header, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                space.as_bytes().as_slice(),
                row.head.as_slice(),
                row.device.as_slice(),
                row.epoch.as_slice(),
                narrow(row.seq)?,
                row.valid,
                narrow(row.arrived)?,
                row.received_at,
                row.sig.as_slice(),
                row.header,
                body
            ])?;
        let no = self.connection.last_insert_rowid();
        let mut put = self.connection.prepare_cached(
            "INSERT INTO main.entry (pack, ix, document, kind, hash, verdict, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        for entry in entries {
            put.execute(params![
                no,
                entry.ix,
                entry.document.as_bytes().as_slice(),
                entry.kind,
                entry.hash.0.as_slice(),
                entry.verdict,
                entry.why
            ])?;
        }
        Ok(())
    }

    /// Marks a pack as counting or void.
    pub fn set_valid(&mut self, space: SpaceId, head: &[u8; 16], valid: bool) -> Result<()> {
        self.connection
            .prepare_cached("UPDATE main.pack SET valid = ?3 WHERE space = ?1 AND head = ?2")?
            .execute(params![space.as_bytes().as_slice(), head.as_slice(), valid])?;
        Ok(())
    }

    /// The header bytes of a pack.
    pub fn header(&self, space: SpaceId, head: &[u8; 16]) -> Result<Option<Vec<u8>>> {
        let mut get = self
            .connection
            .prepare_cached("SELECT header FROM main.pack WHERE space = ?1 AND head = ?2")?;
        Ok(get
            .query_row([space.as_bytes().as_slice(), head.as_slice()], |row| {
                row.get(0)
            })
            .optional()?)
    }

    /// The author's signature over the header of a pack.
    pub fn signature(&self, space: SpaceId, head: &[u8; 16]) -> Result<Option<[u8; 64]>> {
        let mut get = self
            .connection
            .prepare_cached("SELECT sig FROM main.pack WHERE space = ?1 AND head = ?2")?;
        Ok(get
            .query_row([space.as_bytes().as_slice(), head.as_slice()], |row| {
                exact(row, 0)
            })
            .optional()?)
    }

    /// The body bytes of a pack.
    pub fn body(&self, space: SpaceId, head: &[u8; 16]) -> Result<Option<Vec<u8>>> {
        let mut get = self
            .connection
            .prepare_cached("SELECT body FROM main.pack WHERE space = ?1 AND head = ?2")?;
        Ok(get
            .query_row([space.as_bytes().as_slice(), head.as_slice()], |row| {
                row.get(0)
            })
            .optional()?)
    }

    /// Replaces the body of a pack (bytes erased, or a hole healed).
    pub fn set_body(&mut self, space: SpaceId, head: &[u8; 16], body: &[u8]) -> Result<()> {
        self.connection
            .prepare_cached("UPDATE main.pack SET body = ?3 WHERE space = ?1 AND head = ?2")?
            .execute(params![space.as_bytes().as_slice(), head.as_slice(), body])?;
        Ok(())
    }

    /// Entries of one pack, by `ix`.
    pub fn entries_of_pack(&self, space: SpaceId, head: &[u8; 16]) -> Result<Vec<EntryRow>> {
        let by = "WHERE p.space = ?1 AND p.head = ?2 ORDER BY e.ix";
        self.entries(by, space, head)
    }

    /// Entries of one document in every pack of the space, void ones too, by (pack's `arrived`, `ix`).
    pub fn entries_of_document(&self, space: SpaceId, document: RecordId) -> Result<Vec<EntryRow>> {
        let by = "WHERE e.document = ?2 AND p.space = ?1 ORDER BY p.arrived, p.no, e.ix";
        self.entries(by, space, document.as_bytes())
    }

    /// Entries that hold this change.
    pub fn entries_of_change(&self, space: SpaceId, hash: &ChangeHash) -> Result<Vec<EntryRow>> {
        self.entries(
            "WHERE e.hash = ?2 AND p.space = ?1 ORDER BY p.arrived, p.no, e.ix",
            space,
            &hash.0,
        )
    }

    fn entries(&self, by: &str, space: SpaceId, key: &[u8]) -> Result<Vec<EntryRow>> {
        let mut get = self.connection.prepare_cached(&format!("{ENTRIES} {by}"))?;
        let rows = get.query_map([space.as_bytes().as_slice(), key], entry)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Hashes of the changes whose bytes are missing in the space, each once, by hash.
    pub fn holes(&self, space: SpaceId) -> Result<Vec<ChangeHash>> {
        let mut get = self.connection.prepare_cached(HOLES)?;
        let rows = get.query_map([space.as_bytes().as_slice()], |row| {
            Ok(ChangeHash(exact(row, 0)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Stores a verdict.
    pub fn set_verdict(
        &mut self,
        space: SpaceId,
        head: &[u8; 16],
        ix: u32,
        verdict: u8,
        why: &str,
    ) -> Result<()> {
        self.connection
            .prepare_cached(
                "UPDATE main.entry SET verdict = ?4, why = ?5
                 WHERE pack = (SELECT no FROM main.pack WHERE space = ?1 AND head = ?2) AND ix = ?3",
            )?
            .execute(params![space.as_bytes().as_slice(), head.as_slice(), ix, verdict, why])?;
        Ok(())
    }
}

fn pack(row: &Row<'_>) -> rusqlite::Result<PackRow> {
    Ok(PackRow {
        head: exact(row, 0)?,
        device: exact(row, 1)?,
        epoch: exact(row, 2)?,
        seq: u64::try_from(row.get::<_, i64>(3)?).unwrap_or(0),
        header: row.get(4)?,
        sig: exact(row, 5)?,
        valid: row.get(6)?,
        arrived: u64::try_from(row.get::<_, i64>(7)?).unwrap_or(0),
        received_at: row.get(8)?,
    })
}

fn entry(row: &Row<'_>) -> rusqlite::Result<EntryRow> {
    Ok(EntryRow {
        pack: exact(row, 0)?,
        ix: row.get(1)?,
        document: RecordId::from_bytes(exact(row, 2)?),
        kind: row.get(3)?,
        hash: ChangeHash(exact(row, 4)?),
        verdict: row.get(5)?,
        why: row.get(6)?,
    })
}

/// A blob column of exactly `N` bytes.
pub(crate) fn exact<const N: usize>(row: &Row<'_>, ix: usize) -> rusqlite::Result<[u8; N]> {
    let value = row.get_ref(ix)?;
    value
        .as_blob()?
        .try_into()
        .map_err(|_| rusqlite::Error::InvalidColumnType(ix, "blob".into(), value.data_type()))
}

/// SQLite counts in i64.
pub(crate) fn narrow(n: u64) -> Result<i64> {
    i64::try_from(n).map_err(|_| StoreError::Db("number too large".into()))
}
