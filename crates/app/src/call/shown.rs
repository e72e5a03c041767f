//! What calls show of a record's fields.

use crate::app::Desk;
use crate::error::Called;
use crate::{consent, kind, project};
use serde_json::{Map, Value};
use toso_domain::id::{RecordId, SpaceId};

/// A row's fields as every call shows them: the record that stands for a merged one wherever a field names it, and
/// nothing that nobody agrees to any more.
pub(crate) fn shown(
    desk: &Desk<'_>,
    space: SpaceId,
    kind: &str,
    body: Map<String, Value>,
) -> Called<Map<String, Value>> {
    let mut fields = kind::shown(body);
    read_through(desk, space, kind, &mut fields)?;
    consent::withhold(desk, space, kind, &mut fields)?;
    Ok(fields)
}

/// Shows the record that stands for a merged one wherever a field names it.
fn read_through(
    desk: &Desk<'_>,
    space: SpaceId,
    kind: &str,
    fields: &mut Map<String, Value>,
) -> Called<()> {
    let store = &desk.device.copy.shelf.store;
    for field in kind::references(kind) {
        let Some(value) = fields.get_mut(&field.name) else {
            continue;
        };
        let texts: &mut [Value] = match &mut *value {
            Value::Array(list) => list,
            one => std::slice::from_mut(one),
        };
        for text in texts {
            if let Some(id) = text.as_str().and_then(|t| t.parse::<RecordId>().ok()) {
                let stands = project::stands_for(store, space, id)?;
                if stands != id {
                    *text = stands.to_string().into();
                }
            }
        }
        if let Value::Array(list) = value {
            list.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            list.dedup();
        }
    }
    Ok(())
}
