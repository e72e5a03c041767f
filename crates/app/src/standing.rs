//! What of this device's work waits, is kept at the hub, or was refused. Screens say "kept" from nothing else.

use crate::device::{Device, name};
use crate::error::Called;
use crate::returned;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::crdt::ChangeHash;
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::id::{DeviceKey, Epoch, Head, Log, Position};

/// Where a record's own changes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Some are on this disk only.
    Waiting,
    /// The hub's latest answer covers all of them (or there are none).
    Kept,
    /// Some do not count, by the hub's word or the gate's.
    Refused,
}

/// The standing of one space.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) waiting: BTreeSet<RecordId>,
    /// With the code.
    pub(crate) refused: BTreeMap<RecordId, String>,
    pub(crate) kept: BTreeSet<RecordId>,
    /// Bytes of drafts and of packs that wait.
    pub(crate) bytes: usize,
}

impl Standing {
    pub(crate) fn of(&self, id: &RecordId) -> State {
        if self.refused.contains_key(id) {
            State::Refused
        } else if self.waiting.contains(id) {
            State::Waiting
        } else {
            State::Kept
        }
    }
}

/// Reads the standing of a space, with what is kept.
pub(crate) fn of_space(device: &mut Device, space: SpaceId) -> Called<Standing> {
    let mut standing = open(device, space)?;
    let sql = "SELECT DISTINCT e.document AS document FROM main.pack p JOIN main.entry e ON e.pack = p.no
         WHERE p.space = unhex(?1) AND p.device = unhex(?2) AND p.valid = 1 AND e.verdict NOT IN (2, 4)";
    let values = [hex(space.as_bytes()), hex(&device.secret.device().0)];
    let rows = device.copy.shelf.store.query(sql, &values)?;
    let Standing {
        waiting,
        refused,
        kept,
        ..
    } = &mut standing;
    kept.extend(rows.iter().filter_map(document));
    kept.retain(|id| !waiting.contains(id) && !refused.contains_key(id));
    Ok(standing)
}

/// What waits and what was refused of a space: all that a list needs, and no more work than there is of it.
pub(crate) fn open(device: &mut Device, space: SpaceId) -> Called<Standing> {
    let mut standing = Standing::default();
    let sql = "SELECT DISTINCT document FROM main.draft WHERE space = unhex(?1)";
    let values = [hex(space.as_bytes())];
    let store = &device.copy.shelf.store;
    standing
        .waiting
        .extend(store.query(sql, &values)?.iter().filter_map(document));
    let sql = "SELECT sum(length(raw)) AS bytes FROM main.draft WHERE space = unhex(?1)";
    let values = [hex(space.as_bytes())];
    standing.bytes = store.query(sql, &values)?.iter().map(bytes).sum();
    let were_read = returned::were_read(device, space)?;
    for id in returned::refused_drafts(device, space, &were_read)? {
        standing.refused.insert(id, returned::OWN_GATE.to_owned());
    }
    read_packs(device, space, &mut standing)?;
    read_refused(device, space, &were_read, &mut standing)?;
    Ok(standing)
}

/// What a pack of this device's own says of the records in it.
enum Said {
    /// They wait.
    Waiting,
    /// They do not count, by this code.
    Refused(String),
}

/// Records of own packs that the hub does not hold, or will not.
fn read_packs(device: &mut Device, space: SpaceId, to: &mut Standing) -> Called<()> {
    let own = device.secret.device();
    let covered = covered(device, space, own)?;
    let tray: BTreeSet<Head> = device.copy.tray_of(space, &own)?.into_iter().collect();
    let revoked = device.copy.book().is_revoked(&own);
    let store = &device.copy.shelf.store;
    let mut not_taken = BTreeMap::new();
    for (key, code) in store.values(name::NOT_TAKEN)? {
        let head = key.strip_prefix(name::NOT_TAKEN).and_then(Head::from_hex);
        not_taken.extend(head.map(|h| (h, String::from_utf8_lossy(&code).into_owned())));
    }
    let sql =
        "SELECT no, head, epoch, seq, valid, length(header) + length(body) AS bytes FROM main.pack
         WHERE space = unhex(?1) AND device = unhex(?2)";
    let values = [hex(space.as_bytes()), hex(&own.0)];
    for row in store.query(sql, &values)? {
        let number = |column: &str| row.get(column).and_then(Value::as_i64);
        let (Some(no), Some(head)) = (number("no"), bytes16(&row, "head").map(Head)) else {
            continue;
        };
        let valid = number("valid") == Some(1);
        let seq = row.get("seq").and_then(Value::as_u64).unwrap_or(u64::MAX);
        let held = bytes16(&row, "epoch")
            .and_then(|e| covered.get(&Epoch(e)))
            .is_some_and(|at| seq <= *at);
        let aside = !valid && tray.contains(&head);
        let said = match not_taken.get(&head) {
            Some(code) => Said::Refused(code.clone()),
            None if aside && revoked => Said::Refused("revoked".into()),
            None if valid && !held || aside => Said::Waiting,
            None => continue,
        };
        if matches!(said, Said::Waiting) {
            to.bytes += bytes(&row);
        }
        // What was refused in a pack that counts does not wait: it is read below.
        let sql = "SELECT document FROM main.entry WHERE pack = ?1 AND verdict <> 4
             GROUP BY document HAVING ?2 OR max(verdict = 2) = 0";
        let all = !valid || not_taken.contains_key(&head);
        let rows = store.query(sql, &[no.into(), all.into()])?;
        for id in rows.iter().filter_map(document) {
            match &said {
                Said::Waiting => {
                    to.waiting.insert(id);
                }
                Said::Refused(code) => {
                    to.refused.insert(id, code.clone());
                }
            }
        }
    }
    Ok(())
}

/// Records of own packs that count, with an entry that does not and that its author did not read about yet.
fn read_refused(
    device: &mut Device,
    space: SpaceId,
    were_read: &BTreeSet<(RecordId, ChangeHash)>,
    to: &mut Standing,
) -> Called<()> {
    let sql = "SELECT e.document AS document, e.hash AS hash, e.why AS why
         FROM main.entry e CROSS JOIN main.pack p ON p.no = e.pack
         WHERE e.verdict = 2 AND p.space = unhex(?1) AND p.device = unhex(?2) AND p.valid = 1 ORDER BY e.why DESC";
    let values = [hex(space.as_bytes()), hex(&device.secret.device().0)];
    for row in device.copy.shelf.store.query(sql, &values)? {
        let why = row.get("why").and_then(Value::as_str).unwrap_or_default();
        let (Some(id), Some(hash)) = (document(&row), hash(&row)) else {
            continue;
        };
        if !were_read.contains(&(id, hash)) {
            to.refused.entry(id).or_insert_with(|| why.to_owned());
        }
    }
    Ok(())
}

/// Where each change of one record is; one that is missing was refused or counts no more.
pub(crate) fn of_changes(
    device: &mut Device,
    space: SpaceId,
    record: RecordId,
) -> Called<BTreeMap<ChangeHash, State>> {
    let own = device.secret.device();
    let covered = covered(device, space, own)?;
    let store = &device.copy.shelf.store;
    let sql = "SELECT e.hash AS hash, p.device = unhex(?1) AS own, p.epoch AS epoch, p.seq AS seq
         FROM main.entry e JOIN main.pack p ON p.no = e.pack
         WHERE e.document = unhex(?2) AND p.space = unhex(?3) AND p.valid = 1 AND e.verdict <> 2";
    let values = [hex(&own.0), hex(record.as_bytes()), hex(space.as_bytes())];
    let mut states = BTreeMap::new();
    for row in store.query(sql, &values)? {
        let Some(hash) = hash(&row) else { continue };
        let seq = row.get("seq").and_then(Value::as_u64).unwrap_or(u64::MAX);
        let held = bytes16(&row, "epoch")
            .and_then(|e| covered.get(&Epoch(e)))
            .is_some_and(|at| seq <= *at);
        let theirs = row.get("own").and_then(Value::as_i64) == Some(0);
        let state = states.entry(hash).or_insert(State::Waiting);
        if theirs || held {
            *state = State::Kept;
        }
    }
    let sql = "SELECT hash FROM main.draft WHERE document = unhex(?1) AND space = unhex(?2)";
    let values = [hex(record.as_bytes()), hex(space.as_bytes())];
    for row in store.query(sql, &values)? {
        states.extend(hash(&row).map(|hash| (hash, State::Waiting)));
    }
    Ok(states)
}

/// How far the hub's latest answer covers each own log, hash included.
fn covered(device: &mut Device, space: SpaceId, own: DeviceKey) -> Called<BTreeMap<Epoch, u64>> {
    let vector: Vec<Position> = device.copy.hub_vector(space)?.unwrap_or_default();
    let ledger = device.copy.ledger(space)?;
    let own_log = |log: &Log| log.device == own;
    Ok(vector
        .iter()
        .filter(|at| own_log(&at.log) && ledger.holds(at))
        .map(|at| (at.log.epoch, at.seq))
        .collect())
}

/// Bytes as the text that `unhex` reads: bound, not written into a statement, so that one is planned once for all spaces.
pub(crate) fn hex(bytes: &[u8]) -> Value {
    let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    Value::String(hex)
}

fn document(row: &Map<String, Value>) -> Option<RecordId> {
    bytes16(row, "document").map(RecordId::from_bytes)
}

fn bytes(row: &Map<String, Value>) -> usize {
    let bytes = row.get("bytes").and_then(Value::as_u64).unwrap_or_default();
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

/// The hash of a change.
pub(crate) fn hash(row: &Map<String, Value>) -> Option<ChangeHash> {
    ChangeHash::from_hex(row.get("hash")?.as_str()?)
}

/// Sixteen bytes, which the store gives as an id.
pub(crate) fn bytes16(row: &Map<String, Value>, column: &str) -> Option<[u8; 16]> {
    let id: RecordId = row.get(column)?.as_str()?.parse().ok()?;
    Some(*id.as_bytes())
}
