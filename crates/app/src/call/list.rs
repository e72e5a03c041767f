//! Lists, search and likely duplicates.

use crate::app::Desk;
use crate::call::shown::shown as shown_fields;
use crate::device::after;
use crate::error::{CallError, Called};
use crate::standing::{self, Standing, State};
use crate::{kind, lease, project};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use toso_domain::duplicate::{LIKELY, duplicate_key, likeness};
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::text;
use toso_store::{List, Record, Search};

/// Records of a page when the caller names no number.
const PAGE: u32 = 50;
/// Records of a page at most.
const PAGE_MAX: u32 = 1_000;

/// Order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Vietnamese order of titles; people by given name; dated records by date.
    #[default]
    Title,
    /// For dated kinds: by day, then by when it changed here; the newest first.
    Newest,
}

/// Input of `record.list`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListInput {
    /// Only this kind.
    pub kind: Option<String>,
    /// Only this space.
    pub space: Option<SpaceId>,
    /// Fields that must have this value, or hold it in their set. `"me"` stands for the member asking.
    #[serde(default)]
    pub filter: Map<String, Value>,
    /// Order.
    #[serde(default)]
    pub sort: Sort,
    /// Records a page, 50 unless said, 1,000 at most.
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub after: Option<String>,
}

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Item {
    /// Its id.
    pub id: RecordId,
    /// Its space.
    pub space: SpaceId,
    /// Its kind.
    pub kind: String,
    /// First line.
    pub title: String,
    /// Second line.
    pub subtitle: String,
    /// Fields by name.
    pub fields: Map<String, Value>,
    /// Fields with several current values.
    pub clashes: Vec<String>,
    /// Where this device's changes of it are.
    pub sync: State,
    /// Milliseconds since 1970, by this device's clock, when it last changed here.
    pub updated: i64,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Page {
    /// Lines in order.
    pub items: Vec<Item>,
    /// Where the next page begins; null at the end.
    pub next: Option<String>,
}

/// `record.list`
pub(crate) fn list(desk: &mut Desk<'_>, input: ListInput) -> Called<Page> {
    lease::lists(desk.device, desk.now)?;
    let limit = input.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX);
    let me = desk.device.who().ok().map(|who| who.member.to_string());
    let kind = input.kind.as_deref().map(kind::find).transpose()?;
    let newest = input.sort == Sort::Newest;
    if newest && kind.is_none_or(|kind| kind.order != kind::Order::Day) {
        return Err(CallError::new("bad_input").with("sort", "newest"));
    }
    let mut filters: Vec<Vec<(String, Value)>> = vec![Vec::new()];
    for (field, mut value) in input.filter {
        if value == "me"
            && let Some(me) = &me
        {
            value = me.as_str().into();
        }
        let values = named_as(desk, kind, input.space, &field, value)?;
        filters = filters
            .into_iter()
            .flat_map(|filter| {
                let field = &field;
                values.iter().map(move |value| {
                    let mut filter = filter.clone();
                    filter.push((field.clone(), value.clone()));
                    filter
                })
            })
            .collect();
    }
    let mut list = List {
        kind: input.kind,
        space: input.space,
        newest,
        limit,
        after: after(input.after.as_deref())?,
        ..List::default()
    };
    let mut found = BTreeMap::new();
    let mut more = false;
    for filter in filters {
        list.filter = filter;
        let page = desk.device.copy.shelf.store.list(&list)?;
        more |= page.next.is_some();
        for record in page.items {
            found.insert(order(newest, &record), record);
        }
    }
    let size = usize::try_from(limit).unwrap_or(usize::MAX);
    more |= found.len() > size;
    let shown: Vec<_> = found.into_values().take(size).collect();
    let last = shown.last().filter(|_| more);
    let next = last.map(|record| list.after(record).to_text());
    let mut standings: BTreeMap<SpaceId, Standing> = BTreeMap::new();
    let mut items = Vec::with_capacity(shown.len());
    for record in shown {
        if let Entry::Vacant(place) = standings.entry(record.space) {
            place.insert(standing::open(desk.device, record.space)?);
        }
        let standing = standings.get(&record.space);
        let fields = shown_fields(desk, record.space, &record.row.kind, record.row.body)?;
        items.push(Item {
            id: record.id,
            space: record.space,
            kind: record.row.kind,
            title: record.row.title,
            subtitle: record.row.subtitle,
            fields,
            clashes: record.row.clashes.keys().cloned().collect(),
            sync: standing.map_or(State::Kept, |s| s.of(&record.id)),
            updated: record.row.updated,
        });
    }
    Ok(Page { items, next })
}

/// What the store orders by, to put several of its answers into one.
fn order(newest: bool, record: &Record) -> (Vec<u8>, Vec<u8>) {
    let changed = record.row.updated.to_be_bytes();
    let changed = changed.iter().filter(|_| newest);
    let names = record.id.as_bytes().iter().chain(record.space.as_bytes());
    let rest = changed.chain(names);
    let turned = |byte: &u8| if newest { !byte } else { *byte };
    (record.row.sort.clone(), rest.map(turned).collect())
}

/// A reference is looked for under every id that was merged into the record it names.
fn named_as(
    desk: &Desk<'_>,
    kind: Option<&kind::Kind>,
    space: Option<SpaceId>,
    field: &str,
    value: Value,
) -> Called<Vec<Value>> {
    let named = kind.is_some_and(|kind| kind::references(kind.name).any(|f| f.name == field));
    let id = value.as_str().and_then(|t| t.parse::<RecordId>().ok());
    let (true, Some(id)) = (named, id) else {
        return Ok(vec![value]);
    };
    let store = &desk.device.copy.shelf.store;
    let Some(space) = space.or_else(|| {
        let found = store.find(id).unwrap_or_default();
        found.first().map(|record| record.space)
    }) else {
        return Ok(vec![value]);
    };
    let stands = project::stands_for(store, space, id)?;
    let ids = project::aliases(store, space, stands)?;
    Ok(ids.iter().map(|id| id.to_string().into()).collect())
}

/// Input of `search`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchInput {
    /// Words, with or without tone marks; the last one may be only begun.
    pub text: String,
    /// Only this space.
    pub space: Option<SpaceId>,
    /// Only these kinds.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Hits, 50 unless said, 1,000 at most.
    pub limit: Option<u32>,
}

/// One hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Hit {
    /// Its id.
    pub id: RecordId,
    /// Its space.
    pub space: SpaceId,
    /// Its kind.
    pub kind: String,
    /// First line.
    pub title: String,
    /// Second line.
    pub subtitle: String,
}

/// `search`
pub(crate) fn search(desk: &mut Desk<'_>, input: SearchInput) -> Called<Vec<Hit>> {
    lease::lists(desk.device, desk.now)?;
    let found = desk.device.copy.shelf.store.search(&Search {
        text: text::fold(&input.text),
        space: input.space,
        kinds: input.kinds,
        limit: input.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX),
        alike: false,
    })?;
    Ok(found
        .into_iter()
        .map(|hit| Hit {
            id: hit.id,
            space: hit.space,
            kind: hit.kind,
            title: hit.title,
            subtitle: hit.subtitle,
        })
        .collect())
}

/// Input of `duplicate.list`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DuplicateInput {
    /// Only this space.
    pub space: Option<SpaceId>,
}

/// Two households that may be one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Duplicate {
    /// Their space.
    pub space: SpaceId,
    /// The two, smaller id first.
    pub records: Vec<Hit>,
    /// How alike they are, 60 to 100.
    pub likeness: u32,
    /// What speaks for it: `phone` with the name, or `name` with the same village.
    pub by: &'static str,
}

/// `duplicate.list`: most alike first. Likeness is the domain's to judge; here only those are compared that share a
/// door's key or a phone.
pub(crate) fn duplicates(desk: &mut Desk<'_>, input: DuplicateInput) -> Called<Vec<Duplicate>> {
    lease::lists(desk.device, desk.now)?;
    let page = desk.device.copy.shelf.store.list(&List {
        kind: Some("household".into()),
        space: input.space,
        ..List::default()
    })?;
    let mut together: BTreeMap<(SpaceId, String), Vec<&Record>> = BTreeMap::new();
    for record in &page.items {
        let key = duplicate_key(&record.row.kind, &record.row.body);
        let keys = key.into_iter().chain(phone(record).map(str::to_owned));
        for key in keys {
            together
                .entry((record.space, key))
                .or_default()
                .push(record);
        }
    }
    let mut found = BTreeMap::new();
    for records in together.values_mut() {
        records.sort_by_key(|record| record.id);
        for (at, one) in records.iter().enumerate() {
            for two in records.iter().skip(at + 1) {
                let likeness = likeness(&one.row.body, &two.row.body);
                if likeness >= LIKELY && !told_apart(one, two) {
                    let place = (std::cmp::Reverse(likeness), one.id, two.id);
                    found.insert(place, pair(one, two, likeness));
                }
            }
        }
    }
    Ok(found.into_values().collect())
}

/// A person looked at the two and said that they are not one.
fn told_apart(one: &Record, two: &Record) -> bool {
    let names = |record: &Record, other: &Record| {
        let listed = record.row.body.get("not_same").and_then(Value::as_array);
        let id = other.id.to_string();
        listed.is_some_and(|ids| ids.iter().any(|named| named == id.as_str()))
    };
    names(one, two) || names(two, one)
}

fn phone(record: &Record) -> Option<&str> {
    let phone = record.row.body.get("phone").and_then(Value::as_str);
    phone.filter(|phone| !phone.is_empty())
}

fn pair(one: &Record, two: &Record, likeness: u32) -> Duplicate {
    let hit = |record: &Record| Hit {
        id: record.id,
        space: record.space,
        kind: record.row.kind.clone(),
        title: record.row.title.clone(),
        subtitle: record.row.subtitle.clone(),
    };
    let same_phone = phone(one).is_some() && phone(one) == phone(two);
    Duplicate {
        space: one.space,
        records: vec![hit(one), hit(two)],
        likeness,
        by: if same_phone { "phone" } else { "name" },
    }
}
