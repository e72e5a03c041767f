//! Which records wait, are kept or were returned: what the counts of `sync.status` stand for.

use crate::app::Desk;
use crate::error::Called;
use crate::lease;
use crate::returned;
use crate::standing::{self, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use toso_domain::id::{RecordId, SpaceId};

/// Records told when the caller names no number.
const PAGE: usize = 200;
/// Records told at most.
const PAGE_MAX: usize = 1_000;

/// Input of `sync.records`.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingInput {
    /// `waiting`, `kept` or `refused`.
    pub state: State,
    /// Records told, 200 unless said, 1,000 at most.
    pub limit: Option<usize>,
}

/// A record changed on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Stands {
    /// Its id.
    pub id: RecordId,
    /// Its space.
    pub space: SpaceId,
    /// Its kind; of one that is not in the view (its first change was returned) as that change said, else empty.
    pub kind: String,
    /// First line.
    pub title: String,
    /// Second line.
    pub subtitle: String,
    /// The household it was done at, or the product it sells; null for what stands by itself.
    pub about: Option<RecordId>,
    /// Why it was returned; null otherwise.
    pub code: Option<String>,
    /// When it last changed here, milliseconds since 1970; 0 for one that is not in the view.
    pub updated: i64,
}

/// `sync.records`: newest first.
pub(crate) fn list(desk: &mut Desk<'_>, input: StandingInput) -> Called<Vec<Stands>> {
    lease::lists(desk.device, desk.now)?;
    let mut found = BTreeMap::new();
    for space in desk.device.spaces()? {
        let ids: Vec<(RecordId, Option<String>)> = match input.state {
            State::Kept => {
                let kept = standing::of_space(desk.device, space)?.kept;
                kept.into_iter().map(|id| (id, None)).collect()
            }
            State::Waiting => {
                let open = standing::open(desk.device, space)?;
                let waits = open.waiting.into_iter();
                let waits = waits.filter(|id| !open.refused.contains_key(id));
                waits.map(|id| (id, None)).collect()
            }
            State::Refused => {
                let refused = standing::open(desk.device, space)?.refused;
                refused
                    .into_iter()
                    .map(|(id, code)| (id, Some(code)))
                    .collect()
            }
        };
        for (id, code) in ids {
            let held = desk.device.copy.shelf.store.record(space, id)?;
            let row = held.map(|record| record.row);
            let updated = row.as_ref().map_or(0, |row| row.updated);
            let about = row.as_ref().and_then(|row| about(&row.body));
            let alone = match (&row, input.state) {
                (None, State::Refused) => {
                    returned::alone(&returned::of_record(desk.device, space, id)?)
                }
                _ => None,
            };
            let (kind, title, subtitle) = row
                .map(|row| (row.kind, row.title, row.subtitle))
                .or_else(|| alone.map(|seen| (seen.kind, seen.title, seen.subtitle)))
                .unwrap_or_default();
            let stands = Stands {
                id,
                space,
                kind,
                title,
                subtitle,
                about,
                code,
                updated,
            };
            found.insert((std::cmp::Reverse(updated), id, space), stands);
        }
    }
    let most = input.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX);
    Ok(found.into_values().take(most).collect())
}

/// The record whose page tells of this one.
fn about(body: &Map<String, Value>) -> Option<RecordId> {
    let named = |field| body.get(field).and_then(Value::as_str);
    let id = named("household").or_else(|| named("product"));
    id.and_then(|id| id.parse().ok())
}
