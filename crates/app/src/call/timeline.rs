//! `household.timeline`: what was done at a door and written about it, newest first.

use crate::app::Desk;
use crate::authors::Authors;
use crate::call::history::written;
use crate::call::shown::shown;
use crate::error::{CallError, Called};
use crate::house::{Homes, Name, Names, ids_in};
use crate::lease;
use crate::standing::{self, Standing, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use toso_domain::crdt::Change;
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::time::LocalDate;
use toso_store::AtDoor;

/// Entries when the caller names no number.
const PAGE: u32 = 50;
/// Entries at most.
const PAGE_MAX: u32 = 500;

/// Input of `household.timeline`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimelineInput {
    /// The household; one that was merged into another tells of that one.
    pub id: RecordId,
    /// Its space, when known.
    pub space: Option<SpaceId>,
    /// Entries, 50 unless said, 500 at most.
    pub limit: Option<u32>,
    /// `place` of the last entry of the page before.
    pub before: Option<String>,
}

/// What an entry tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A visit.
    Visit,
    /// An act of help.
    Assistance,
    /// A save of the household's own fields.
    Edit,
    /// The household or one of its people was written down.
    Created,
}

/// One field of a save.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Edit {
    /// The field.
    pub field: String,
    /// Value before; null when there was none. Of a set, the item taken out.
    pub from: Value,
    /// Value after; null when it was emptied. Of a set, the item put in.
    pub to: Value,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Entry {
    /// What it tells of.
    pub what: What,
    /// The record.
    pub id: RecordId,
    /// Its kind.
    pub kind: String,
    /// Day of a visit or of help, day of writing of the others; ISO.
    pub day: String,
    /// When it was written down, by the author's clock; milliseconds since 1970.
    pub at: i64,
    /// Members who came or helped; of the others, who wrote it.
    pub members: Vec<Name>,
    /// What the owner calls the device it was written on; null for one not known here.
    pub device: Option<String>,
    /// Where it is.
    pub sync: State,
    /// Fields of the record; of a save, `field`, `from` and `to` of its first field.
    pub fields: Map<String, Value>,
    /// All fields of a save; empty for the others.
    pub edits: Vec<Edit>,
    /// Its place, for `before`; opaque.
    pub place: String,
}

/// Where an entry stands: its day, when it was written, its number among the saves of one record, the record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place(String, i64, usize, RecordId);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}.{}", self.0, self.1, self.2, self.3)
    }
}

impl Place {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let day = parts.next()?.to_owned();
        let at = parts.next()?.parse().ok()?;
        let number = parts.next()?.parse().ok()?;
        let id = parts.next()?.parse().ok()?;
        parts.next().is_none().then_some(Self(day, at, number, id))
    }
}

/// `household.timeline`
pub(crate) fn timeline(desk: &mut Desk<'_>, input: TimelineInput) -> Called<Vec<Entry>> {
    lease::lists(desk.device, desk.now)?;
    let before = input.before.as_deref().map(|text| {
        Place::read(text).ok_or_else(|| CallError::new("bad_input").with("before", ""))
    });
    let before = before.transpose()?;
    let id = Homes::read(desk)?.of(input.id);
    let space = desk
        .device
        .space_of(id, input.space.filter(|_| id == input.id))?;
    let held = desk.device.copy.shelf.store.record(space, id)?;
    if held.is_none_or(|record| record.row.kind != "household") {
        return Err(CallError::new("not_found"));
    }
    let size = usize::try_from(input.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX)).unwrap_or(1);
    let mut page = Reading::new(desk, before);
    page.saves(space, id)?;
    page.people(id)?;
    page.done(id, size)?;
    let mut entries = page.entries;
    entries.sort_by(|a, b| b.0.cmp(&a.0));
    Ok(entries
        .into_iter()
        .take(size)
        .map(|(_, entry)| entry)
        .collect())
}

/// A page while it is read.
struct Reading<'a, 'd> {
    desk: &'a mut Desk<'d>,
    before: Option<Place>,
    authors: BTreeMap<SpaceId, Authors>,
    standings: BTreeMap<SpaceId, Standing>,
    names: Names,
    entries: Vec<(Place, Entry)>,
}

impl<'a, 'd> Reading<'a, 'd> {
    fn new(desk: &'a mut Desk<'d>, before: Option<Place>) -> Self {
        Self {
            desk,
            before,
            authors: BTreeMap::new(),
            standings: BTreeMap::new(),
            names: Names::default(),
            entries: Vec::new(),
        }
    }

    /// Saves of the household's own fields.
    fn saves(&mut self, space: SpaceId, id: RecordId) -> Called<()> {
        let Some(doc) = self.desk.device.copy.document(space, id)? else {
            return Ok(());
        };
        let states = standing::of_changes(self.desk.device, space, id)?;
        for (number, (change, fields)) in written(&doc).into_iter().enumerate() {
            let new = change.ops.iter().any(|op| op.key == "_kind");
            let edits: Vec<Edit> = fields.into_iter().map(edit).collect();
            if edits.is_empty() && !new {
                continue;
            }
            let mut entry = self.by(space, id, "household", &change)?;
            entry.sync = states.get(&change.hash).copied().unwrap_or(State::Waiting);
            if new {
                entry.fields = values(edits);
            } else {
                entry.what = What::Edit;
                entry.fields = first(&edits);
                entry.edits = edits;
            }
            self.put(number, entry);
        }
        Ok(())
    }

    /// People written down as of the household.
    fn people(&mut self, house: RecordId) -> Called<()> {
        for person in self
            .desk
            .device
            .copy
            .shelf
            .store
            .at_doors(&[house], "citizen")?
        {
            if let Some(entry) = self.record(&person, What::Created)? {
                self.put(0, entry);
            }
        }
        Ok(())
    }

    /// Visits and help. Only as many are read whole as the page may show: those of its last day are read all, for they
    /// stand in the order they were written.
    fn done(&mut self, house: RecordId, size: usize) -> Called<()> {
        let mut all = done_at(self.desk, house)?;
        all.sort_by(|a, b| b.1.day.cmp(&a.1.day));
        let mut sure = 0;
        let mut last = String::new();
        for (what, one) in all {
            if let Some(before) = &self.before
                && one.day > before.0
            {
                continue;
            }
            if sure >= size && one.day != last {
                break;
            }
            sure += usize::from(self.before.as_ref().is_none_or(|b| one.day < b.0));
            last.clone_from(&one.day);
            if let Some(mut entry) = self.record(&one, what)? {
                entry.day = one.day;
                self.put(0, entry);
            }
        }
        Ok(())
    }

    /// An entry of a record as it stands, by who wrote it down first.
    fn record(&mut self, one: &AtDoor, what: What) -> Called<Option<Entry>> {
        let (space, id) = (one.space, one.id);
        let held = self.desk.device.copy.shelf.store.record(space, id)?;
        let doc = self.desk.device.copy.document(space, id)?;
        let (Some(held), Some(doc)) = (held, doc) else {
            return Ok(None);
        };
        let changes = doc.changes();
        let Some(first) = changes.first() else {
            return Ok(None);
        };
        let mut entry = self.by(space, id, &one.kind, first)?;
        entry.what = what;
        entry.fields = shown(self.desk, space, &one.kind, held.row.body)?;
        if what != What::Created {
            entry.members = ids_in(&entry.fields, "members")
                .into_iter()
                .map(|member| self.names.of(self.desk, member))
                .collect::<Called<_>>()?;
        }
        if !self.standings.contains_key(&space) {
            let standing = standing::open(self.desk.device, space)?;
            self.standings.insert(space, standing);
        }
        entry.sync = self
            .standings
            .get(&space)
            .map_or(State::Kept, |s| s.of(&id));
        Ok(Some(entry))
    }

    /// An entry by the author of a change.
    fn by(&mut self, space: SpaceId, id: RecordId, kind: &str, change: &Change) -> Called<Entry> {
        if !self.authors.contains_key(&space) {
            let authors = Authors::of(self.desk.device, space)?;
            self.authors.insert(space, authors);
        }
        let authors = self.authors.get(&space);
        let member = authors.and_then(|all| all.member(&change.actor));
        let device = authors.and_then(|all| all.device_name(&change.actor));
        let names = member.map(|member| self.names.of(self.desk, member));
        let at = change.time.saturating_mul(1000);
        Ok(Entry {
            what: What::Created,
            id,
            kind: kind.to_owned(),
            day: LocalDate::from_millis(at).to_string(),
            at,
            members: names.transpose()?.into_iter().collect(),
            device,
            sync: State::Kept,
            fields: Map::new(),
            edits: Vec::new(),
            place: String::new(),
        })
    }

    fn put(&mut self, number: usize, mut entry: Entry) {
        let place = Place(entry.day.clone(), entry.at, number, entry.id);
        if self.before.as_ref().is_none_or(|before| place < *before) {
            entry.place = place.to_string();
            self.entries.push((place, entry));
        }
    }
}

/// Visits and help of a household: those that name it or what was merged into it, help of its visits, and help to its
/// people that names neither.
fn done_at(desk: &Desk<'_>, house: RecordId) -> Called<Vec<(What, AtDoor)>> {
    let store = &desk.device.copy.shelf.store;
    let visits = store.at_doors(&[house], "visit")?;
    let mut help = store.at_doors(&[house], "assistance")?;
    help.extend(store.help_of_visits(&[house])?);
    let people = store.at_doors(&[house], "citizen")?;
    let people: Vec<RecordId> = people.iter().map(|person| person.id).collect();
    let known: BTreeSet<RecordId> = help.iter().map(|one| one.id).collect();
    let mut loose = store.help_to(&people)?;
    loose.retain(|one| !known.contains(&one.id) && one.house.is_none());
    let ids: Vec<RecordId> = loose.iter().map(|one| one.id).collect();
    let elsewhere = store.doors_of(&ids)?;
    loose.retain(|one| !elsewhere.contains_key(&one.id));
    help.extend(loose);
    let visits = visits.into_iter().map(|visit| (What::Visit, visit));
    let help = help.into_iter().map(|one| (What::Assistance, one));
    Ok(visits.chain(help).collect())
}

/// One key of a document as a field: an item of a set comes or goes.
fn edit((key, from, to): (String, Value, Value)) -> Edit {
    let Some((field, item)) = key.split_once('/') else {
        return Edit {
            field: key,
            from,
            to,
        };
    };
    let item = |there: bool| if there { item.into() } else { Value::Null };
    let put_in = to == Value::Bool(true);
    Edit {
        field: field.to_owned(),
        from: item(!put_in),
        to: item(put_in),
    }
}

fn first(edits: &[Edit]) -> Map<String, Value> {
    let Some(edit) = edits.first() else {
        return Map::new();
    };
    Map::from_iter([
        ("field".to_owned(), edit.field.as_str().into()),
        ("from".to_owned(), edit.from.clone()),
        ("to".to_owned(), edit.to.clone()),
    ])
}

/// What the first save wrote, field by field; a set as the list of its items.
fn values(edits: Vec<Edit>) -> Map<String, Value> {
    let mut fields: Map<String, Value> = Map::new();
    for edit in edits {
        let set = toso_domain::schema::field("household", &edit.field);
        if set.is_some_and(|field| field.holds.is_set()) {
            let list = fields
                .entry(edit.field)
                .or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(list) = list {
                list.push(edit.to);
            }
        } else {
            fields.insert(edit.field, edit.to);
        }
    }
    fields
}
