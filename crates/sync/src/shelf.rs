//! What one copy keeps, seen as a shelf: the only way the protocol reads or writes anything durable.
//! The device (over its encrypted store), the hub (over its database) and the simulator (in memory) each provide one.
//!
//! Writes between [`Shelf::begin`] and [`Shelf::commit`] are one transaction: after a crash all or none of them stand.

use crate::id::{DeviceKey, Epoch, Head, RulingId};
use toso_domain::crdt::{ChangeHash, Document};
use toso_domain::id::{RecordId, SpaceId};

/// A failure below the protocol: the disk, the database. `code` is stable and safe to show.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct ShelfError {
    /// Stable code: `disk_full`, `db_damaged`, `db_busy`, `db`.
    pub code: &'static str,
    /// For the operator; never holds personal data.
    pub detail: String,
}

/// Result of a shelf operation.
pub type Kept<T> = Result<T, ShelfError>;

/// One pack without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackRow {
    /// First 16 bytes of the header's SHA-256: the pack's name.
    pub head: Head,
    /// Author's Ed25519 public key.
    pub device: [u8; 32],
    /// Epoch of the log.
    pub epoch: Epoch,
    /// Place in the log, from 1.
    pub seq: u64,
    /// The signed header bytes exactly as received or sealed, never re-encoded.
    pub header: Vec<u8>,
    /// Ed25519 signature over the header.
    pub sig: [u8; 64],
    /// True while the pack counts; false while it is set aside (void).
    pub valid: bool,
    /// Order of arrival at this copy, from 1; decides nothing but an unreceipted fork here.
    pub arrived: u64,
    /// Milliseconds since 1970 by this copy's clock when it arrived (shown, never decides).
    pub received_at: i64,
}

/// What became of one entry of a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Verdict {
    /// Not judged: its pack is void, or a change it depends on is missing here.
    Pending = 0,
    /// Counts.
    Accepted = 1,
    /// Refused by the gate, everywhere alike; `why` holds the code.
    Refused = 2,
    /// Its bytes are missing here and may come back from another copy.
    Hole = 3,
    /// Its document was erased; the bytes are gone for good.
    Purged = 4,
}

impl Verdict {
    /// Reads the stored number; anything unknown is `Pending`, which is judged again.
    #[must_use]
    pub fn from_u8(n: u8) -> Self {
        match n {
            1 => Self::Accepted,
            2 => Self::Refused,
            3 => Self::Hole,
            4 => Self::Purged,
            _ => Self::Pending,
        }
    }
}

/// One entry of one pack, in the shelf's index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// The pack it stands in.
    pub pack: Head,
    /// Place in the pack, from 0.
    pub ix: u32,
    /// Document it changes.
    pub document: RecordId,
    /// Kind the author signed for.
    pub kind: String,
    /// Hash of the change.
    pub hash: ChangeHash,
    /// What became of it.
    pub verdict: Verdict,
    /// Gate code when refused, else empty.
    pub why: String,
}

/// A local change that is saved on this disk but not yet sealed into a pack.
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
    /// The raw change. It holds its own patch, so it can be made again under another actor.
    pub raw: Vec<u8>,
    /// Milliseconds since 1970 by the device's clock.
    pub saved_at: i64,
}

/// The durable side of one copy. Every method may fail with [`ShelfError`]; a failed transaction is rolled back by the caller.
pub trait Shelf {
    /// What is kept of a document beside its bytes.
    type View: Send + 'static;

    /// Opens a transaction.
    fn begin(&mut self) -> Kept<()>;
    /// Makes the transaction durable. When this returns `Ok`, power may fail.
    fn commit(&mut self) -> Kept<()>;
    /// Undoes the transaction. Never fails.
    fn rollback(&mut self);

    /// A small named value (current epoch, hub's last vector …).
    fn value(&self, name: &str) -> Kept<Option<Vec<u8>>>;
    /// Sets a named value.
    fn set_value(&mut self, name: &str, bytes: &[u8]) -> Kept<()>;

    /// Removes every value whose name begins with `prefix`.
    fn clear_values(&mut self, prefix: &str) -> Kept<()>;

    /// All rulings, signed bytes, any order.
    fn rulings(&self) -> Kept<Vec<Vec<u8>>>;
    /// Adds a ruling; adding one that is there changes nothing. `kind` is its word (`receipt`, `purge` …), `space` where it belongs to one.
    fn put_ruling(
        &mut self,
        id: &RulingId,
        kind: &str,
        space: Option<SpaceId>,
        signed: &[u8],
    ) -> Kept<()>;
    /// Forgets a ruling that a longer receipt replaced.
    fn drop_ruling(&mut self, id: &RulingId) -> Kept<()>;

    /// Spaces that have packs or drafts here.
    fn spaces(&self) -> Kept<Vec<SpaceId>>;

    /// Every pack of a space, by `arrived`.
    fn packs(&self, space: SpaceId) -> Kept<Vec<PackRow>>;
    /// Adds a pack with its body and index of entries.
    fn put_pack(
        &mut self,
        space: SpaceId,
        row: &PackRow,
        body: &[u8],
        entries: &[EntryRow],
    ) -> Kept<()>;
    /// Marks a pack as counting or void.
    fn set_valid(&mut self, space: SpaceId, head: &Head, valid: bool) -> Kept<()>;
    /// The header bytes of a pack.
    fn header(&self, space: SpaceId, head: &Head) -> Kept<Option<Vec<u8>>>;
    /// The author's signature over the header.
    fn signature(&self, space: SpaceId, head: &Head) -> Kept<Option<[u8; 64]>>;
    /// The body bytes of a pack.
    fn body(&self, space: SpaceId, head: &Head) -> Kept<Option<Vec<u8>>>;
    /// Replaces the body (bytes erased, or a hole healed).
    fn set_body(&mut self, space: SpaceId, head: &Head, body: &[u8]) -> Kept<()>;

    /// Bytes of one device's packs set aside here, in every space: headers, signatures and bodies. Asked of a hub's shelf.
    fn void_bytes(&self, device: &DeviceKey) -> Kept<u64> {
        let mut sum = 0;
        for space in self.spaces()? {
            for row in self.packs(space)? {
                if !row.valid && row.device == device.0 {
                    let body = self.body(space, &row.head)?.unwrap_or_default();
                    sum += (row.header.len() + row.sig.len() + body.len()) as u64;
                }
            }
        }
        Ok(sum)
    }

    /// Entries of one pack, by `ix`.
    fn entries_of_pack(&self, space: SpaceId, head: &Head) -> Kept<Vec<EntryRow>>;
    /// Entries of one document in every pack of the space, void ones too, by (pack's `arrived`, `ix`).
    fn entries_of_document(&self, space: SpaceId, document: RecordId) -> Kept<Vec<EntryRow>>;
    /// Entries that hold this change (more than one when two branches sealed the same draft).
    fn entries_of_change(&self, space: SpaceId, hash: &ChangeHash) -> Kept<Vec<EntryRow>>;
    /// Hashes whose verdict is [`Verdict::Hole`] in the space.
    fn holes(&self, space: SpaceId) -> Kept<Vec<ChangeHash>>;
    /// Stores a verdict.
    fn set_verdict(
        &mut self,
        space: SpaceId,
        pack: &Head,
        ix: u32,
        verdict: Verdict,
        why: &str,
    ) -> Kept<()>;

    /// Saved bytes of a document.
    fn document(&self, space: SpaceId, document: RecordId) -> Kept<Option<Vec<u8>>>;
    /// What is kept of a document beside its bytes, from the document alone: it is made where documents are judged, beside
    /// the one that writes.
    fn view(doc: &Document) -> Self::View;
    /// Stores a document with its view, and whatever else is derived from it (search).
    /// `whole` is false while bytes of it are missing here: then it is read-only.
    fn put_document(
        &mut self,
        space: SpaceId,
        document: RecordId,
        doc: &Document,
        view: Self::View,
        whole: bool,
    ) -> Kept<()>;
    /// Removes a document and everything derived from it. Removing an absent one changes nothing.
    fn drop_document(&mut self, space: SpaceId, document: RecordId) -> Kept<()>;

    /// Notes whether an instance of a document counts in another space (rule 7.4), whether the document is here or not.
    /// A copy that shows no lists need not keep it.
    fn set_away(&mut self, _space: SpaceId, _document: RecordId, _away: bool) -> Kept<()> {
        Ok(())
    }
    /// Removes packs, drafts, documents and all derived rows of a space (rule 7.6); rulings stay. A hub leaves no space.
    fn drop_space(&mut self, _space: SpaceId) -> Kept<()> {
        Err(ShelfError {
            code: "internal",
            detail: "this copy leaves no space".to_owned(),
        })
    }

    /// Drafts of a space, by `order`.
    fn drafts(&self, space: SpaceId) -> Kept<Vec<DraftRow>>;
    /// The highest `order` of a space's drafts; 0 without any.
    fn last_draft(&self, space: SpaceId) -> Kept<u64> {
        Ok(self.drafts(space)?.last().map_or(0, |draft| draft.order))
    }
    /// Adds a draft.
    fn put_draft(&mut self, space: SpaceId, draft: &DraftRow) -> Kept<()>;
    /// Removes a draft (sealed, re-made or erased).
    fn drop_draft(&mut self, space: SpaceId, hash: &ChangeHash) -> Kept<()>;
}
