//! Rows of the store in the words of the protocol.

use toso_sync::id::{Epoch, Head};
use toso_sync::shelf::{DraftRow, EntryRow, PackRow, Verdict};

pub(crate) fn pack_row(row: toso_store::PackRow) -> PackRow {
    PackRow {
        head: Head(row.head),
        device: row.device,
        epoch: Epoch(row.epoch),
        seq: row.seq,
        header: row.header,
        sig: row.sig,
        valid: row.valid,
        arrived: row.arrived,
        received_at: row.received_at,
    }
}

pub(crate) fn entry_row(row: toso_store::EntryRow) -> EntryRow {
    EntryRow {
        pack: Head(row.pack),
        ix: row.ix,
        document: row.document,
        kind: row.kind,
        hash: row.hash,
        verdict: Verdict::from_u8(row.verdict),
        why: row.why,
    }
}

pub(crate) fn draft_row(row: toso_store::DraftRow) -> DraftRow {
    DraftRow {
        hash: row.hash,
        document: row.document,
        kind: row.kind,
        order: row.order,
        raw: row.raw,
        saved_at: row.saved_at,
    }
}
