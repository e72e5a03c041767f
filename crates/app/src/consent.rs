//! Purposes whose answer is a record of its own, given by a household or one of its people: without a yes nothing is kept
//! for them, after a no nothing is shown. What a record's own answer opens is the domain's ([`toso_domain::consent`]).

use crate::app::Desk;
use crate::error::Called;
use crate::house::{id_in, text_in};
use serde_json::{Map, Value};
use toso_domain::consent::{OWN, YES};
use toso_domain::id::RecordId;
use toso_domain::schema::{self, Field, Problem};

/// Fields of who answers, in a record that is kept for a purpose and in the answer alike.
const WHO: [&str; 2] = ["household", "citizen"];

/// Filled fields of `input` whose purpose nobody named in `whole` agreed to.
pub(crate) fn needed(
    desk: &Desk<'_>,
    kind: &str,
    input: &Map<String, Value>,
    whole: &Map<String, Value>,
) -> Called<Vec<Problem>> {
    let mut problems = Vec::new();
    for (field, purpose) in asked(kind) {
        let filled = match input.get(&field.name) {
            None | Some(Value::Null) => false,
            Some(Value::Array(items)) => !items.is_empty(),
            Some(_) => true,
        };
        if filled && !agreed(desk, whole, purpose)? {
            problems.push(Problem::new(&field.name, "consent_needed"));
        }
    }
    Ok(problems)
}

/// Takes out what nobody agrees to any more.
pub(crate) fn withhold(desk: &Desk<'_>, kind: &str, fields: &mut Map<String, Value>) -> Called<()> {
    for (field, purpose) in asked(kind) {
        if fields.contains_key(&field.name) && !agreed(desk, fields, purpose)? {
            fields.remove(&field.name);
        }
    }
    Ok(())
}

fn asked(kind: &str) -> impl Iterator<Item = (&'static Field, &'static str)> {
    let purpose = |f: &'static Field| Some((f, f.consent.as_deref().filter(|p| *p != OWN)?));
    schema::fields(kind).iter().filter_map(purpose)
}

/// The newest answer for a purpose is a yes; of several of one day a no counts.
fn agreed(desk: &Desk<'_>, of: &Map<String, Value>, purpose: &str) -> Called<bool> {
    let store = &desk.device.copy.shelf.store;
    let mut newest: Option<(String, bool)> = None;
    let who = WHO.iter().filter_map(|field| id_in(of, field));
    for subject in who.collect::<Vec<RecordId>>() {
        for (space, id, _) in store.refs_to(subject, None)? {
            let Some(answer) = store.record(space, id)?.map(|held| held.row) else {
                continue;
            };
            let body = &answer.body;
            let on_it = text_in(body, "purpose").is_some_and(|p| p == purpose);
            if answer.kind != "consent" || answer.deleted.is_some() || !on_it {
                continue;
            }
            let day = text_in(body, "given_on").unwrap_or_default();
            let yes = text_in(body, "decision").is_some_and(|d| d == YES);
            newest = match newest {
                Some((last, said)) if last == day => Some((last, said && yes)),
                Some((last, said)) if last > day => Some((last, said)),
                _ => Some((day, yes)),
            };
        }
    }
    Ok(newest.is_some_and(|(_, yes)| yes))
}
