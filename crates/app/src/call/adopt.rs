//! What is in a pack of the tray, and staff writing it again under their own name (rule 5.3 of the protocol).

use super::staff::{self, ApprovePack};
use crate::app::{App, Desk};
use crate::authorize::{Action, authorize};
use crate::error::{CallError, Called};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};
use toso_domain::crdt::{Scalar, read};
use toso_domain::id::RecordId;
use toso_sync::id::Head;
use toso_sync::pack::{Pack, decode};
use toso_sync::replica::{Mode, Outcome};

/// What one change of a pack writes.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Edit {
    /// The record.
    pub id: RecordId,
    /// Its kind.
    pub kind: String,
    /// When, by the author's clock; milliseconds since 1970.
    pub at: i64,
    /// Values by field, a tick of a set as `field/item`; null empties one.
    pub fields: Map<String, Value>,
}

/// Output of `tray.adopt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Adopted {
    /// Changes it took; 0 when all of it stood already.
    pub changes: u64,
}

/// `tray.show`
pub(crate) fn show(app: &App, input: &ApprovePack) -> Called<Vec<Edit>> {
    fetch(app, input)?;
    app.desk(|desk| {
        let entries = desk.device.copy.entries(input.space, &head(input)?)?;
        let mut out = Vec::new();
        for entry in entries {
            let Some(change) = entry.raw.as_deref().and_then(|raw| read(raw).ok()) else {
                continue;
            };
            let shown = change.ops.into_iter().filter(|op| !op.key.starts_with('_'));
            let value = |write: Option<Scalar>| write.map_or(Value::Null, |v| v.to_json());
            out.push(Edit {
                id: entry.document,
                kind: entry.kind,
                at: change.time * 1000,
                fields: shown.map(|op| (op.key, value(op.write))).collect(),
            });
        }
        Ok(out)
    })
}

/// `tray.adopt`
pub(crate) fn adopt(app: &App, input: &ApprovePack) -> Called<Adopted> {
    super::sync::run(app)?;
    fetch(app, input)?;
    let changes = app.desk(|desk| {
        let (now, head) = (desk.now, head(input)?);
        let copy = &mut desk.device.copy;
        Ok(copy.adopt(input.space, &head, now, desk.random)?)
    })?;
    super::sync::run(app)?;
    Ok(Adopted { changes })
}

fn head(input: &ApprovePack) -> Called<Head> {
    Head::from_hex(&input.head).ok_or_else(|| CallError::new("bad_input").with("head", ""))
}

/// Has the pack here: a revoked phone hands its last work to the hub alone.
fn fetch(app: &App, input: &ApprovePack) -> Called<()> {
    let head = head(input)?;
    let held = app.desk(|desk| {
        authorize(&desk.device.who()?, Action::Staff)?;
        let space = desk.device.spaces()?.contains(&input.space);
        let space = space.then_some(input.space);
        let space = space.ok_or_else(|| CallError::new("not_in_space"))?;
        Ok(desk.device.copy.ledger(space)?.get(&head).is_some())
    })?;
    if held {
        return Ok(());
    }
    let asked = json!({ "space": input.space, "head": input.head });
    let told = staff::ask(app, "tray.pack", &asked)?;
    let pack = told.get("pack").and_then(Value::as_str).and_then(bytes);
    let pack: Option<Pack> = pack.and_then(|bytes| decode(&bytes).ok());
    let pack = pack.ok_or_else(|| CallError::new("not_a_hub"))?;
    app.desk(|desk| take(desk, input, &pack))
}

/// Takes the pack aside, every byte checked as a stranger's.
fn take(desk: &mut Desk<'_>, input: &ApprovePack, pack: &Pack) -> Called<()> {
    let now = desk.now;
    let outcome = desk.device.copy.transaction(|copy| {
        let outcome = copy.take_pack(input.space, pack, Mode::Tray, now)?;
        copy.settle_taken(input.space)?;
        Ok(outcome)
    })?;
    match outcome {
        Outcome::Taken | Outcome::Dup => Ok(()),
        Outcome::Not { code, .. } => Err(CallError::new(code)),
    }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| {
        char::from(b)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? * 16 + digit(*low)?),
            _ => None,
        })
        .collect()
}
