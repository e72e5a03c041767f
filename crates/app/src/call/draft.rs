//! Form texts not yet saved, kept on every field change: a killed app reopens the form.

use super::Done;
use crate::app::Desk;
use crate::error::{CallError, Called};
use crate::shelf::FORM;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Bytes of one form at most.
const FORM_BYTES: usize = 256 * 1024;

/// Input of `draft.put`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Put {
    /// Which form: the screen's own name, with the record's id when it changes one (so that erasing finds it).
    pub key: String,
    /// What stands in it.
    pub form: Value,
}

/// A form as kept.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Form {
    /// Which form.
    pub key: String,
    /// What stood in it; null when nothing is kept.
    pub form: Value,
    /// When it was kept, milliseconds since 1970.
    pub at: Option<i64>,
}

/// Input of `draft.get` and `draft.drop`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// Which form.
    pub key: String,
}

fn name(key: &str) -> Called<String> {
    if key.is_empty() || key.len() > 200 {
        return Err(CallError::new("bad_input").with("key", "length"));
    }
    Ok(format!("{FORM}{key}"))
}

/// `draft.put`
pub(crate) fn put(desk: &mut Desk<'_>, input: Put) -> Called<Done> {
    let bytes = json!({ "form": input.form, "at": desk.now }).to_string();
    if bytes.len() > FORM_BYTES {
        return Err(CallError::new("too_large"));
    }
    desk.device
        .set(&[(&name(&input.key)?, bytes.as_bytes())])
        .map(|()| Done::YES)
}

/// `draft.get`
pub(crate) fn get(desk: &mut Desk<'_>, input: Key) -> Called<Form> {
    let kept = desk.device.text(&name(&input.key)?)?;
    let kept: Value = kept
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    Ok(Form {
        key: input.key,
        form: kept.get("form").cloned().unwrap_or_default(),
        at: kept.get("at").and_then(Value::as_i64),
    })
}

/// One form that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Kept {
    /// Which form.
    pub key: String,
    /// When it was kept, milliseconds since 1970.
    pub at: i64,
}

/// `draft.list`
pub(crate) fn list(desk: &mut Desk<'_>) -> Called<Vec<Kept>> {
    let kept = desk.device.copy.shelf.store.values(FORM)?.into_iter();
    let kept = kept.filter_map(|(name, bytes)| {
        let form: Value = serde_json::from_slice(&bytes).ok()?;
        Some(Kept {
            key: name.strip_prefix(FORM)?.to_owned(),
            at: form.get("at").and_then(Value::as_i64)?,
        })
    });
    let mut kept: Vec<Kept> = kept.collect();
    kept.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.key.cmp(&b.key)));
    Ok(kept)
}

/// `draft.drop`
pub(crate) fn drop_form(desk: &mut Desk<'_>, input: Key) -> Called<Done> {
    desk.device
        .forget(&[&name(&input.key)?])
        .map(|()| Done::YES)
}
