//! What a journal frame holds: drafts as saved, packs as sealed by this device.
//!
//! The journal brings back what the database lost, so a frame must say all of it. Bytes here are this device's own,
//! sealed under its key; reading still never trusts a length.

use toso_domain::crdt::ChangeHash;
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::pack::Pack;
use toso_sync::shelf::DraftRow;

/// One thing the journal keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    /// A saved edit.
    Draft(SpaceId, DraftRow),
    /// A sealed pack, with the documents it changes.
    Pack(SpaceId, Pack, Vec<RecordId>),
}

impl Item {
    /// True when bytes of the document stand in it.
    pub(crate) fn concerns(&self, document: &RecordId) -> bool {
        match self {
            Self::Draft(_, row) => row.document == *document,
            Self::Pack(_, _, documents) => documents.contains(document),
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Draft(space, row) => {
                out.push(1);
                out.extend_from_slice(space.as_bytes());
                out.extend_from_slice(row.document.as_bytes());
                out.extend_from_slice(&row.hash.0);
                out.extend_from_slice(&row.order.to_be_bytes());
                out.extend_from_slice(&row.saved_at.to_be_bytes());
                part(out, row.kind.as_bytes());
                part(out, &row.raw);
            }
            Self::Pack(space, pack, documents) => {
                out.push(2);
                out.extend_from_slice(space.as_bytes());
                out.extend_from_slice(&pack.sig);
                part(out, &pack.header);
                part(out, &pack.body);
                let ids: Vec<u8> = documents.iter().flat_map(|id| *id.as_bytes()).collect();
                part(out, &ids);
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let tag = from.take::<1>()?;
        let space = SpaceId::from_bytes(from.take()?);
        match tag {
            [1] => {
                let document = RecordId::from_bytes(from.take()?);
                let hash = ChangeHash(from.take()?);
                let order = u64::from_be_bytes(from.take()?);
                let saved_at = i64::from_be_bytes(from.take()?);
                let kind = String::from_utf8(from.part()?.to_vec()).ok()?;
                let raw = from.part()?.to_vec();
                Some(Self::Draft(
                    space,
                    DraftRow {
                        hash,
                        document,
                        kind,
                        order,
                        raw,
                        saved_at,
                    },
                ))
            }
            [2] => {
                let sig = from.take()?;
                let header = from.part()?.to_vec();
                let body = from.part()?.to_vec();
                let ids = from.part()?.chunks_exact(16);
                let documents = ids
                    .filter_map(|id| Some(RecordId::from_bytes(id.try_into().ok()?)))
                    .collect();
                Some(Self::Pack(space, Pack { header, sig, body }, documents))
            }
            _ => None,
        }
    }
}

/// Bytes of one frame at most: the store's cap is twice this.
const FRAME: usize = 2 << 20;

/// The items as frame payloads, normally one.
pub(crate) fn write(items: &[Item]) -> Vec<Vec<u8>> {
    let mut frames = vec![Vec::new()];
    for item in items {
        let mut bytes = Vec::new();
        item.write(&mut bytes);
        match frames.last_mut() {
            Some(last) if last.is_empty() || last.len() + bytes.len() <= FRAME => {
                last.extend_from_slice(&bytes);
            }
            _ => frames.push(bytes),
        }
    }
    frames.retain(|frame| !frame.is_empty());
    frames
}

/// Items of one payload. What cannot be read ends it: a frame is proven by its seal, so only a newer app writes that.
pub(crate) fn read(payload: &[u8]) -> Vec<Item> {
    let mut from = Reader(payload);
    let mut items = Vec::new();
    while !from.0.is_empty() {
        let Some(item) = Item::read(&mut from) else {
            break;
        };
        items.push(item);
    }
    items
}

fn part(out: &mut Vec<u8>, bytes: &[u8]) {
    let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&len.to_be_bytes());
    out.extend_from_slice(bytes);
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn part(&mut self) -> Option<&'a [u8]> {
        let len = usize::try_from(u32::from_be_bytes(self.take()?)).ok()?;
        let (head, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_gives_back_what_was_saved_and_survives_a_cut() {
        let space = SpaceId::from_bytes([1; 16]);
        let row = DraftRow {
            hash: ChangeHash([2; 32]),
            document: RecordId::from_bytes([3; 16]),
            kind: "visit".into(),
            order: 4,
            raw: vec![5; 100],
            saved_at: -6,
        };
        let pack = Pack {
            header: vec![7; 9],
            sig: [8; 64],
            body: vec![9; 300],
        };
        let items = vec![
            Item::Draft(space, row.clone()),
            Item::Pack(space, pack, vec![row.document]),
        ];
        let frames = write(&items);
        assert_eq!(frames.len(), 1);
        assert_eq!(read(&frames[0]), items);
        assert!(items.iter().all(|item| item.concerns(&row.document)));
        for cut in 0..frames[0].len() {
            assert!(read(&frames[0][..cut]).len() < 2);
        }
    }
}
