//! Purposes whose answer is a record of its own, given by a household or one of its people: without a yes nothing is kept
//! for them, after a no nothing is shown. What a record's own answer opens is the domain's ([`toso_domain::consent`]).

use crate::app::Desk;
use crate::error::Called;
use crate::house::{as_one, id_in};
use serde_json::{Map, Value};
use toso_domain::consent::{OWN, YES, filled};
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::schema::{self, Field, Problem};

/// Filled fields of `input` whose purpose nobody named in `whole` agreed to.
pub(crate) fn needed(
    desk: &Desk<'_>,
    space: SpaceId,
    kind: &str,
    input: &Map<String, Value>,
    whole: &Map<String, Value>,
) -> Called<Vec<Problem>> {
    let mut problems = Vec::new();
    for (field, purpose) in asked(kind, input) {
        if !agreed(desk, space, whole, purpose)? {
            problems.push(Problem::new(&field.name, "consent_needed"));
        }
    }
    Ok(problems)
}

/// Takes out what nobody agrees to any more.
pub(crate) fn withhold(
    desk: &Desk<'_>,
    space: SpaceId,
    kind: &str,
    fields: &mut Map<String, Value>,
) -> Called<()> {
    for (field, purpose) in asked(kind, fields).collect::<Vec<_>>() {
        if !agreed(desk, space, fields, purpose)? {
            fields.remove(&field.name);
        }
    }
    Ok(())
}

/// Filled fields that need an answer of their own, each with its purpose.
fn asked<'a>(
    kind: &str,
    fields: &'a Map<String, Value>,
) -> impl Iterator<Item = (&'static Field, &'static str)> + use<'a> {
    let purpose = |f: &'static Field| Some((f, f.consent.as_deref().filter(|p| *p != OWN)?));
    let given = |(field, _): &(&'static Field, _)| filled(fields, &field.name);
    schema::fields(kind)
        .iter()
        .filter_map(purpose)
        .filter(given)
}

/// The newest answer for a purpose is a yes; of several of one day a no counts.
fn agreed(desk: &Desk<'_>, space: SpaceId, of: &Map<String, Value>, purpose: &str) -> Called<bool> {
    let mut who: Vec<String> = Vec::new();
    for subject in ["household", "citizen"]
        .iter()
        .filter_map(|field| id_in(of, field))
    {
        who.extend(
            as_one(desk, space, subject)?
                .iter()
                .map(RecordId::to_string),
        );
    }
    let sql = "SELECT decision FROM consent WHERE purpose = ?1
        AND (household IN (SELECT value FROM json_each(?2)) OR citizen IN (SELECT value FROM json_each(?2)))
        ORDER BY given_on DESC, decision = ?3 LIMIT 1";
    let values = [
        purpose.into(),
        Value::from(who).to_string().into(),
        YES.into(),
    ];
    let rows = desk.device.copy.shelf.store.query(sql, &values)?;
    let answer = rows.first().and_then(|row| row.get("decision")?.as_str());
    Ok(answer == Some(YES))
}
