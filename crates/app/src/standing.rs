//! What of this device's work waits, is kept at the hub, or was refused. Screens say "kept" from nothing else.

use crate::device::{Device, name};
use crate::error::Called;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::id::{DeviceKey, Epoch, Head, Log, Position};

/// Where a record's own changes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
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

/// What of a space is asked for. A device may have written ten thousand records: who needs one, or only what is open, does
/// not pay for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    All,
    /// Not what is kept.
    Open,
    One(RecordId),
}

impl Asked {
    /// What fills `?1`: one statement serves for all records.
    fn values(self) -> Vec<Value> {
        match self {
            Self::One(id) => vec![hex(id.as_bytes()).into()],
            _ => Vec::new(),
        }
    }
}

/// Reads the standing of a space.
pub(crate) fn of_space(device: &mut Device, space: SpaceId) -> Called<Standing> {
    read(device, space, Asked::All)
}

/// The same without what is kept.
pub(crate) fn open_of_space(device: &mut Device, space: SpaceId) -> Called<Standing> {
    read(device, space, Asked::Open)
}

/// Where one record's own changes are.
pub(crate) fn of_record(device: &mut Device, space: SpaceId, id: RecordId) -> Called<State> {
    Ok(read(device, space, Asked::One(id))?.of(&id))
}

fn read(device: &mut Device, space: SpaceId, asked: Asked) -> Called<Standing> {
    let mut standing = Standing::default();
    let one = match asked {
        Asked::One(_) => " AND document = unhex(?1)",
        _ => "",
    };
    let sql = format!(
        "SELECT DISTINCT document FROM main.draft WHERE space = {}{one}",
        blob(space.as_bytes())
    );
    let store = &device.copy.shelf.store;
    standing
        .waiting
        .extend(store.query(&sql, &asked.values())?.iter().filter_map(document));
    for (key, _) in store.values(&format!("refused/{space}/"))? {
        let id = key.split('/').nth(2).and_then(|id| id.parse().ok());
        standing
            .refused
            .extend(id.map(|id: RecordId| (id, "draft_refused".to_owned())));
    }
    let own = device.secret.device();
    read_packs(device, space, own, asked, &mut standing)?;
    let Standing {
        waiting,
        refused,
        kept,
    } = &mut standing;
    kept.retain(|id| !waiting.contains(id) && !refused.contains_key(id));
    Ok(standing)
}

fn read_packs(
    device: &mut Device,
    space: SpaceId,
    own: DeviceKey,
    asked: Asked,
    to: &mut Standing,
) -> Called<()> {
    let covered = covered(device, space, own)?;
    let tray: BTreeSet<Head> = device
        .copy
        .tray_of(space, &own)?
        .into_iter()
        .chain(device.copy.book().is_revoked(&own).then_some(Head([0; 16])))
        .collect();
    let revoked = tray.contains(&Head([0; 16]));
    let store = &device.copy.shelf.store;
    let mut not_taken = BTreeMap::new();
    for (key, code) in store.values(name::NOT_TAKEN)? {
        let head = key.strip_prefix(name::NOT_TAKEN).and_then(Head::from_hex);
        not_taken.extend(head.map(|h| (h, String::from_utf8_lossy(&code).into_owned())));
    }
    let wanted = match asked {
        Asked::All => String::new(),
        Asked::Open => without_kept(&covered, not_taken.keys()),
        Asked::One(_) => " AND e.document = unhex(?1)".to_owned(),
    };
    let sql = format!(
        "SELECT e.document AS document, p.head AS head, p.epoch AS epoch, p.seq AS seq, p.valid AS valid,
            max(e.verdict = 2) AS bad, max(e.why) AS why
         FROM main.pack p JOIN main.entry e ON e.pack = p.no
         WHERE p.space = {} AND p.device = {} AND e.verdict <> 4{wanted} GROUP BY p.no, e.document",
        blob(space.as_bytes()),
        blob(&own.0)
    );
    for row in store.query(&sql, &asked.values())? {
        let (Some(id), Some(head)) = (document(&row), bytes16(&row, "head").map(Head)) else {
            continue;
        };
        let seq = row.get("seq").and_then(Value::as_u64).unwrap_or(u64::MAX);
        let valid = row.get("valid").and_then(Value::as_i64) == Some(1);
        let held = bytes16(&row, "epoch")
            .and_then(|e| covered.get(&Epoch(e)))
            .is_some_and(|at| seq <= *at);
        if let Some(code) = not_taken.get(&head) {
            to.refused.insert(id, code.clone());
        } else if valid && row.get("bad").and_then(Value::as_i64) == Some(1) {
            let why = row.get("why").and_then(Value::as_str).unwrap_or_default();
            to.refused.insert(id, why.to_owned());
        } else if !valid && tray.contains(&head) && revoked {
            to.refused.insert(id, "revoked".into());
        } else if valid && held {
            to.kept.insert(id);
        } else if valid || tray.contains(&head) {
            to.waiting.insert(id);
        }
    }
    Ok(())
}

/// The condition that leaves out what is kept for certain: accepted in a pack that counts and that the hub covers.
fn without_kept<'a>(
    covered: &BTreeMap<Epoch, u64>,
    not_taken: impl Iterator<Item = &'a Head>,
) -> String {
    let logs: Vec<String> = covered
        .iter()
        .map(|(epoch, seq)| format!("p.epoch = {} AND p.seq <= {seq}", blob(&epoch.0)))
        .collect();
    if logs.is_empty() {
        return String::new();
    }
    let heads: Vec<String> = not_taken.map(|head| blob(&head.0)).collect();
    format!(
        " AND NOT (p.valid = 1 AND e.verdict <> 2 AND p.head NOT IN ({}) AND ({}))",
        heads.join(", "),
        logs.join(" OR ")
    )
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

/// Bytes as SQL writes them; ours, never typed by a person.
pub(crate) fn blob(bytes: &[u8]) -> String {
    format!("X'{}'", hex(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn document(row: &Map<String, Value>) -> Option<RecordId> {
    bytes16(row, "document").map(RecordId::from_bytes)
}

/// Sixteen bytes, which the store gives as an id.
fn bytes16(row: &Map<String, Value>, column: &str) -> Option<[u8; 16]> {
    let id: RecordId = row.get(column)?.as_str()?.parse().ok()?;
    Some(*id.as_bytes())
}
