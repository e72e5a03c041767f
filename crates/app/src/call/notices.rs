//! What a person must hear about.

use super::Done;
use crate::app::Desk;
use crate::device::name;
use crate::error::Called;
use crate::lease::{self, Lease};
use crate::registry;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Clock error from which people are told, milliseconds.
const CLOCK: i64 = 5 * 60_000;

/// One notice.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct NoticeRow {
    /// Its name, for `notices.drop`; null for one that stands as long as its reason.
    pub key: Option<String>,
    /// Stable code.
    pub code: String,
    /// In Vietnamese.
    pub message: String,
    /// What to do, in Vietnamese.
    pub hint: String,
    /// Since when, milliseconds since 1970.
    pub at: Option<i64>,
    /// The space it is about.
    pub space: Option<Value>,
    /// The record it is about.
    pub record: Option<Value>,
}

/// `notices.list`
pub(crate) fn list(desk: &mut Desk<'_>) -> Called<Vec<NoticeRow>> {
    let mut out = Vec::new();
    for code in standing(desk)? {
        out.push(row(None, code, None, &Value::Null));
    }
    for (key, value) in desk.device.copy.shelf.store.values(name::NOTICE)? {
        let told: Value = serde_json::from_slice(&value).unwrap_or_default();
        let code = told.get("code").and_then(Value::as_str).unwrap_or_default();
        let at = told.get("at").and_then(Value::as_i64);
        let key = key.strip_prefix(name::NOTICE).map(str::to_owned);
        out.push(row(key, code, at, &told));
    }
    Ok(out)
}

fn row(key: Option<String>, code: &str, at: Option<i64>, told: &Value) -> NoticeRow {
    let words = registry::words(code);
    let part = |name: &str| told.get(name).filter(|v| !v.is_null()).cloned();
    NoticeRow {
        key,
        code: code.to_owned(),
        message: words.message,
        hint: words.hint,
        at,
        space: part("space"),
        record: part("record"),
    }
}

/// Notices that stand as long as their reason.
fn standing(desk: &mut Desk<'_>) -> Called<Vec<&'static str>> {
    let mut out = Vec::new();
    out.extend(match lease::stand(desk.device, desk.now)? {
        Lease::Fresh => None,
        Lease::Notice => Some("lease_notice"),
        Lease::Warn => Some("lease_warn"),
        Lease::Hidden => Some("lease"),
    });
    let error = desk.device.number(name::CLOCK_ERROR)?.unwrap_or(0);
    if error.abs() > CLOCK {
        out.push("clock_wrong");
    }
    if desk.device.is_weak() {
        out.push("weak_secret");
    }
    Ok(out)
}

/// Input of `notices.drop`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// `key` of the notice.
    pub key: String,
}

/// `notices.drop`
pub(crate) fn read(desk: &mut Desk<'_>, input: Read) -> Called<Done> {
    let name = format!("{}{}", name::NOTICE, input.key);
    desk.device.forget(&[&name]).map(|()| Done::YES)
}
