//! A document as people read it: fields, clashes, title, what is searched and how it is sorted.

use crate::catalog;
use crate::consent;
use crate::crdt::{Document, Scalar, Version};
use crate::id::RecordId;
use crate::location::Location;
use crate::planted;
use crate::record::{Kind, Order, kind};
use crate::schema::{Field, Type, field, fields};
use crate::time::LocalDate;
use crate::{patch, phone, sort, text};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What a title says for a code of a newer version.
const NEWER: &str = "khác (bản mới hơn)";

/// One record projected from its document.
#[derive(Debug, Clone, PartialEq)]
pub struct Projected {
    /// Kind as written; may be one this version does not know. Empty when the document says none.
    pub kind: String,
    /// Fields: sets as sorted arrays, unknown fields as they are; keys beginning with `_` left out.
    pub body: Map<String, Value>,
    /// Why it was deleted, if it was.
    pub deleted: Option<String>,
    /// Record it is a duplicate of.
    pub merged_into: Option<RecordId>,
    /// Fields written to different values at the same time, all values, the one shown first.
    pub clashes: BTreeMap<String, Vec<Version>>,
    /// Known fields whose value is of a wrong type: kept in the document, left out of `body`.
    pub unreadable: Vec<String>,
    /// True when fields are left out because somebody did not agree to them, or does no more.
    pub withheld: bool,
    /// What a list shows.
    pub title: String,
    /// What a list shows under it.
    pub subtitle: String,
    /// Folded text that search looks in.
    pub search: String,
    /// Sort key, see [`crate::sort`].
    pub sort: Vec<u8>,
    /// Records it refers to, by field.
    pub refs: Vec<(String, RecordId)>,
}

/// Every key of a document with its values, the one shown first.
type Values = BTreeMap<String, Vec<Scalar>>;

/// Projects a document. Never fails: what cannot be read is left out and named.
#[must_use]
pub fn project(doc: &Document) -> Projected {
    let values = doc.values_by_key();
    let text_of = |key: &str| match values.get(key).and_then(|held| held.first()) {
        Some(Scalar::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let name = text_of("_kind").unwrap_or_default();
    let mut out = Projected {
        kind: name.clone(),
        body: Map::new(),
        deleted: text_of("deleted").filter(|why| !why.is_empty()),
        merged_into: text_of("merged_into").and_then(|id| id.parse().ok()),
        clashes: BTreeMap::new(),
        unreadable: Vec::new(),
        withheld: false,
        title: String::new(),
        subtitle: String::new(),
        search: String::new(),
        sort: Vec::new(),
        refs: Vec::new(),
    };
    for field in fields(&name).iter().filter(|f| f.holds.is_set()) {
        ticks(&values, field, &mut out);
    }
    for (key, held) in &values {
        match key.split_once('/') {
            _ if key.starts_with('_') => {}
            Some((set, _)) => unknown_tick(&values, &name, set, &mut out),
            None => register(doc, &name, key, held, &mut out),
        }
    }
    let answers = values.get(consent::FIELD).map_or(&[][..], Vec::as_slice);
    for field in consent::withheld(&name, answers) {
        out.body.remove(&field.name);
        out.clashes.remove(&field.name);
        out.refs.retain(|(named, _)| *named != field.name);
        out.withheld = true;
    }
    if let Some(kind) = kind(&name) {
        dress(kind, &mut out);
    }
    out
}

/// A set this version knows. Items of a set of ids that are none are left out and the set is named unreadable.
fn ticks(values: &Values, field: &Field, out: &mut Projected) {
    let mut items = patch::items_in(values, &field.name);
    if field.holds == Type::Ids {
        let held = items.len();
        items.retain(|item| item.parse::<RecordId>().is_ok());
        if items.len() < held {
            out.unreadable.push(field.name.clone());
        }
        let ids = items.iter().filter_map(|item| item.parse().ok());
        out.refs.extend(ids.map(|id| (field.name.clone(), id)));
    }
    let items = items.into_iter().map(Value::String).collect();
    out.body.insert(field.name.clone(), items);
}

/// A set of a newer version is kept and shown as an array of its items, whatever they are.
fn unknown_tick(values: &Values, kind: &str, set: &str, out: &mut Projected) {
    if field(kind, set).is_none() && !out.body.contains_key(set) {
        let items = patch::items_in(values, set);
        out.body.insert(
            set.to_owned(),
            items.into_iter().map(Value::String).collect(),
        );
    }
}

fn register(doc: &Document, kind: &str, key: &str, held: &[Scalar], out: &mut Projected) {
    let known = field(kind, key);
    let safe = known.and_then(|f| f.safe.clone()).map(Scalar::Text);
    let taken = safe.filter(|safe| held.contains(safe));
    let settled = taken.is_some();
    let Some(shown) = taken.as_ref().or(held.first()) else {
        return;
    };
    if *shown == Scalar::Null {
        // Nothing was said: neither a value nor a wrong one.
    } else if known.is_some_and(|field| !fits(field, shown)) {
        out.unreadable.push(key.to_owned());
    } else {
        if let (Some(Type::Id), Scalar::Text(id)) = (known.map(|f| f.holds), shown) {
            out.refs
                .extend(id.parse().ok().map(|id| (key.to_owned(), id)));
        }
        out.body.insert(key.to_owned(), shown.to_json());
    }
    if !settled && held.iter().any(|value| value != shown) && !planted!("clash_loser_dropped") {
        out.clashes.insert(key.to_owned(), doc.get(key));
    }
}

fn fits(field: &Field, value: &Scalar) -> bool {
    match (field.holds, value) {
        (Type::Text, Scalar::Text(_))
        | (Type::Bool, Scalar::Bool(_))
        | (Type::Integer, Scalar::Int(_)) => true,
        (Type::Day, Scalar::Text(day)) => day.parse::<LocalDate>().is_ok(),
        // One that was not rounded is more than anybody may keep.
        (Type::Location, Scalar::Text(at)) => at
            .parse::<Location>()
            .is_ok_and(|rounded| rounded.to_string() == *at),
        (Type::Id, Scalar::Text(id)) => id.parse::<RecordId>().is_ok(),
        _ => false,
    }
}

/// Title, subtitle, search and order, from the kind's row and its fields' words. Titles are Vietnamese; a screen in
/// another language takes the fields.
fn dress(kind: &Kind, out: &mut Projected) {
    let shown = |name: &str| match (out.body.get(name), field(kind.name, name)) {
        (
            Some(Value::String(code)),
            Some(Field {
                catalog: Some(catalog),
                ..
            }),
        ) => catalog::item(catalog, code)
            .map_or(NEWER, |item| &item.vi)
            .to_owned(),
        (
            Some(Value::String(day)),
            Some(Field {
                holds: Type::Day, ..
            }),
        ) => day.parse().map_or_else(|_| day.clone(), LocalDate::display),
        (Some(Value::String(text)), _) if name == "phone" => phone::display(text),
        (Some(Value::String(text)), _) => text.clone(),
        (Some(Value::Number(n)), _) => n.to_string(),
        _ => String::new(),
    };
    let plain = |name: &str| {
        out.body
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let mut title = shown(kind.title);
    if title.is_empty() && out.withheld {
        consent::NAMELESS.clone_into(&mut title);
    }
    let parts: Vec<String> = kind
        .subtitle
        .iter()
        .map(|f| shown(f))
        .filter(|t| !t.is_empty())
        .collect();
    let found: Vec<String> = fields(kind.name)
        .iter()
        .filter(|f| f.find)
        .map(|f| shown(&f.name))
        .chain(
            out.body
                .get("phone")
                .and_then(Value::as_str)
                .map(|p| p.replace("+84", "0")),
        )
        .filter(|t| !t.is_empty())
        .collect();
    out.search = text::fold(&found.join(" "));
    out.sort = match kind.order {
        Order::Person => sort::person_key(&title),
        Order::Text => sort::text_key(&title),
        Order::Day => sort::day_key(plain(kind.title)),
    };
    out.title = title;
    out.subtitle = parts.join(" · ");
}

/// Codes and fields of a projected record that this version does not know: shown as "khác (bản mới hơn)".
#[must_use]
pub fn newer(kind: &str, body: &Map<String, Value>) -> BTreeSet<String> {
    body.keys()
        .filter(|name| field(kind, name).is_none())
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests;
