//! `duplicate.find`: whether a household that is being written down is here already.

use crate::app::Desk;
use crate::error::{CallError, Called};
use crate::house::text_in;
use crate::lease;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use toso_domain::duplicate::{LIKELY, likeness, same_fields};
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::{patch, text};
use toso_store::{Houses, Record, Search};

/// Households compared by name, and again by phone; more share a name in no village.
const COMPARED: u32 = 500;

/// Input of `duplicate.find`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlikeInput {
    /// Only this space.
    pub space: Option<SpaceId>,
    /// Fields of the household as far as they are typed; what cannot be read yet speaks for nothing.
    pub fields: Map<String, Value>,
}

/// A household that may be the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Alike {
    /// Its id.
    pub id: RecordId,
    /// Its space.
    pub space: SpaceId,
    /// First line.
    pub title: String,
    /// Second line.
    pub subtitle: String,
    /// How alike they are, 60 to 100.
    pub likeness: u32,
    /// What speaks for it most: `phone`, `name`, or `address` when the names differ in tone or spelling.
    pub by: &'static str,
    /// Fields that are the same to a reader.
    pub same: Vec<&'static str>,
}

/// `duplicate.find`: most alike first.
pub(crate) fn find(desk: &mut Desk<'_>, input: AlikeInput) -> Called<Vec<Alike>> {
    lease::lists(desk.device, desk.now)?;
    let typed = readable(&input.fields)?;
    let mut found = BTreeMap::new();
    for record in candidates(desk, &typed, input.space)? {
        let likeness = likeness(&typed, &record.row.body);
        if likeness >= LIKELY {
            let place = (std::cmp::Reverse(likeness), record.id, record.space);
            found.insert(place, alike(&typed, record, likeness));
        }
    }
    Ok(found.into_values().collect())
}

/// The fields as they would be stored. Errors: `unknown_field`.
fn readable(fields: &Map<String, Value>) -> Called<Map<String, Value>> {
    let mut typed = Map::new();
    for (name, value) in fields {
        if toso_domain::schema::field("household", name).is_none() {
            return Err(CallError::new("unknown_field").with(name, true));
        }
        let one = Map::from_iter([(name.clone(), value.clone())]);
        let Ok(patch) = patch::to_patch("household", &one, None) else {
            continue;
        };
        if let Some(Some(scalar)) = patch.get(name) {
            typed.insert(name.clone(), scalar.to_json());
        }
    }
    Ok(typed)
}

/// Households that share the head's name, tones and i or y aside, or the phone.
fn candidates(
    desk: &Desk<'_>,
    typed: &Map<String, Value>,
    space: Option<SpaceId>,
) -> Called<Vec<Record>> {
    let of = |key: &str| typed.get(key).and_then(Value::as_str).unwrap_or_default();
    let store = &desk.device.copy.shelf.store;
    let mut ids = Vec::new();
    for words in [text::fold(of("head_name")), of("phone").replace("+84", "0")] {
        let hits = store.search(&Search {
            text: words,
            space,
            kinds: vec!["household".into()],
            limit: COMPARED,
            alike: true,
        })?;
        ids.extend(hits.iter().map(|hit| hit.id));
    }
    let page = store.houses(&Houses {
        among: Some(ids),
        ..Houses::default()
    })?;
    let mut records = page.items;
    records.retain(|record| space.is_none_or(|space| record.space == space));
    Ok(records)
}

fn alike(typed: &Map<String, Value>, record: Record, likeness: u32) -> Alike {
    let same = same_fields(typed, &record.row.body);
    let name = |body: &Map<String, Value>| text_in(body, "head_name").unwrap_or_default();
    let by = if same.contains(&"phone") {
        "phone"
    } else if same.contains(&"address") && !text::same(&name(typed), &name(&record.row.body)) {
        "address"
    } else {
        "name"
    };
    Alike {
        id: record.id,
        space: record.space,
        title: record.row.title,
        subtitle: record.row.subtitle,
        likeness,
        by,
        same,
    }
}
