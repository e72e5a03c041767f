//! What goes into one pack: as much as fits, however badly it compresses.

use crate::caps;
use crate::pack::{Entry, write_body};

/// Entries in order, cut where a pack is full.
pub(super) fn chunks(entries: Vec<Entry>) -> Vec<Vec<Entry>> {
    let mut chunks: Vec<Vec<Entry>> = vec![Vec::new()];
    let mut bytes = 0;
    for entry in entries {
        let len = size(&entry);
        let full = chunks
            .last()
            .is_some_and(|c| c.len() >= caps::PACK_ENTRIES || bytes + len > caps::SEAL_BYTES);
        if full {
            chunks.push(Vec::new());
            bytes = 0;
        }
        bytes += len;
        if let Some(chunk) = chunks.last_mut() {
            chunk.push(entry);
        }
    }
    chunks.into_iter().flat_map(halved).collect()
}

fn size(entry: &Entry) -> usize {
    entry.raw.as_ref().map_or(0, Vec::len) + entry.re.len() * 34
}

/// Texts that hardly compress would make a pack nobody takes, its author neither: the cap is on what is sent. Half of it is
/// left to the header.
fn halved(mut chunk: Vec<Entry>) -> Vec<Vec<Entry>> {
    let most = caps::PACK_BYTES - caps::HEADER_BYTES;
    let small = chunk.iter().map(size).sum::<usize>() <= most;
    if small || chunk.len() < 2 || write_body(&chunk).len() <= most {
        return vec![chunk];
    }
    let rest = chunk.split_off(chunk.len() / 2);
    [halved(chunk), halved(rest)].concat()
}
