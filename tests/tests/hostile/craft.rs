//! Changes written byte by byte, past the library: right in all but what a story makes wrong.

use toso_domain::crdt::{ChangeHash, Document};
use toso_sync::key::sha256;

/// One operation: a text or a number to a key of the record.
#[derive(Clone)]
pub(crate) struct Op {
    pub(crate) key: String,
    /// 1 puts, 3 deletes, 5 counts on.
    pub(crate) action: u64,
    /// Sort in the low four bits, length above them.
    pub(crate) meta: u64,
    pub(crate) value: Vec<u8>,
    /// Operations it takes the place of: number of the actor (0 is the author), counter.
    pub(crate) pred: Vec<(u64, i64)>,
}

impl Op {
    pub(crate) fn text(key: &str, text: &str) -> Self {
        Self::of(key, 6, text.as_bytes())
    }

    pub(crate) fn of(key: &str, sort: u64, value: &[u8]) -> Self {
        Self {
            key: key.into(),
            action: 1,
            meta: (value.len() as u64) << 4 | sort,
            value: value.to_vec(),
            pred: Vec::new(),
        }
    }
}

/// A change in its parts.
#[derive(Clone)]
pub(crate) struct Craft {
    pub(crate) deps: Vec<ChangeHash>,
    pub(crate) actor: Vec<u8>,
    pub(crate) seq: u64,
    pub(crate) start: u64,
    pub(crate) time: i64,
    pub(crate) message: Vec<u8>,
    pub(crate) others: Vec<[u8; 16]>,
    pub(crate) ops: Vec<Op>,
    /// Columns beside those that follow from the operations.
    pub(crate) more: Vec<(u64, Vec<u8>)>,
    /// Bytes behind the columns.
    pub(crate) extra: Vec<u8>,
    /// Runs are spelled out value by value: the same meaning, other bytes.
    pub(crate) wordy: bool,
}

impl Craft {
    /// The next change on a document by an actor that has not written there.
    pub(crate) fn on(document: &Document, actor: [u8; 16], ops: Vec<Op>) -> Self {
        let last = document.changes().iter().map(|c| c.max_op()).max();
        Self {
            deps: document.heads(),
            actor: actor.to_vec(),
            seq: 1,
            start: last.unwrap_or(0) + 1,
            time: 1_790_000_000,
            message: Vec::new(),
            others: Vec::new(),
            ops,
            more: Vec::new(),
            extra: Vec::new(),
            wordy: false,
        }
    }

    /// The first change of a household.
    pub(crate) fn household(actor: [u8; 16]) -> Self {
        let ops = vec![
            Op::text("_kind", "household"),
            Op::of("_salt", 7, &[9; 16]),
            Op::of("_v", 4, &[1]),
            Op::text("head_name", "Hờ A Chư"),
        ];
        Self::on(&Document::new(), actor, ops)
    }

    /// Its bytes, length and checksum made to fit.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut body = unsigned(self.deps.len() as u64);
        body.extend(self.deps.iter().flat_map(|dep| dep.0));
        body.extend(unsigned(self.actor.len() as u64));
        body.extend(&self.actor);
        body.extend(unsigned(self.seq));
        body.extend(unsigned(self.start));
        body.extend(signed(self.time));
        body.extend(unsigned(self.message.len() as u64));
        body.extend(&self.message);
        body.extend(unsigned(self.others.len() as u64));
        for other in &self.others {
            body.push(16);
            body.extend(other);
        }
        let columns = self.columns();
        body.extend(unsigned(columns.len() as u64));
        for (spec, bytes) in &columns {
            body.extend(unsigned(*spec));
            body.extend(unsigned(bytes.len() as u64));
        }
        body.extend(columns.iter().flat_map(|(_, bytes)| bytes));
        body.extend(&self.extra);
        chunk(1, &body)
    }

    fn columns(&self) -> Vec<(u64, Vec<u8>)> {
        let ops = &self.ops;
        let text = |key: &String| [unsigned(key.len() as u64), key.as_bytes().to_vec()].concat();
        let preds: Vec<(u64, i64)> = ops.iter().flat_map(|op| op.pred.clone()).collect();
        let steps = preds.iter().scan(0, |last, (_, counter)| {
            Some(signed(counter - std::mem::replace(last, *counter)))
        });
        let each = |value: &dyn Fn(&Op) -> Vec<u8>| self.runs(ops.iter().map(value).collect());
        let mut columns = vec![
            (0x15, each(&|op| text(&op.key))),
            (0x34, unsigned(ops.len() as u64)),
            (0x42, each(&|op| unsigned(op.action))),
            (0x56, each(&|op| unsigned(op.meta))),
            (0x57, ops.iter().flat_map(|op| op.value.clone()).collect()),
            (0x70, each(&|op| unsigned(op.pred.len() as u64))),
            (
                0x71,
                self.runs(preds.iter().map(|(who, _)| unsigned(*who)).collect()),
            ),
            (0x73, self.runs(steps.collect())),
        ];
        columns.retain(|(_, bytes)| !bytes.is_empty());
        columns.extend(self.more.clone());
        columns.sort_by_key(|(spec, _)| *spec);
        columns
    }

    /// Run-length coding: two and more of one value are a run, the others stand as they are.
    fn runs(&self, values: Vec<Vec<u8>>) -> Vec<u8> {
        let mut out = Vec::new();
        let mut alone: Vec<&Vec<u8>> = Vec::new();
        let flush = |alone: &mut Vec<&Vec<u8>>, out: &mut Vec<u8>| {
            if !alone.is_empty() {
                out.extend(signed(-(alone.len() as i64)));
                alone.drain(..).for_each(|value| out.extend(value));
            }
        };
        for same in values.chunk_by(|a, b| a == b && !self.wordy) {
            if let [one] = same {
                alone.push(one);
                continue;
            }
            flush(&mut alone, &mut out);
            out.extend(signed(same.len() as i64));
            out.extend(&same[0]);
        }
        flush(&mut alone, &mut out);
        out
    }
}

/// A chunk of a type around a body.
pub(crate) fn chunk(kind: u8, body: &[u8]) -> Vec<u8> {
    let hashed = [&[kind][..], &unsigned(body.len() as u64), body].concat();
    sealed(&hashed)
}

/// Magic and checksum before what the checksum covers.
pub(crate) fn sealed(hashed: &[u8]) -> Vec<u8> {
    let sum = sha256(&[hashed]);
    [&[0x85, 0x6f, 0x4a, 0x83][..], &sum[..4], hashed].concat()
}

pub(crate) fn unsigned(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

pub(crate) fn signed(mut value: i64) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 && byte & 0x40 == 0 || value == -1 && byte & 0x40 != 0 {
            out.push(byte);
            return out;
        }
        out.push(byte | 0x80);
    }
}
