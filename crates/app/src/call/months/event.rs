//! `event.months`: events and who came.

use super::product::in_order;
use super::{Asked, MonthsInput, OfMonth};
use crate::app::Desk;
use crate::economy::{self, Row};
use crate::error::Called;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use toso_domain::id::RecordId;
use toso_domain::time::LocalDate;

/// People whose names stand on a list.
const LISTED: &str = "diem_danh";
/// People of whom somebody said about how many they were.
const ESTIMATED: &str = "uoc_tinh";

/// Events and who came (E01, E02). People are counted at each event they came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Held {
    /// Events.
    pub events: u32,
    /// Of these, those of which nobody said how many came. They add no people.
    pub uncounted: u32,
    /// People who came: as counted or estimated; where there is a list, as many as stand on it.
    pub people: u64,
    /// Of these, those at events where it was an estimate.
    pub estimated: u64,
    /// Women among the people of events that say how many were women.
    pub women: u64,
    /// People of those events.
    pub women_of: u64,
    /// People of 60 and over, of events that say how many these were.
    pub elders: u64,
    /// People of those events.
    pub elders_of: u64,
}

impl Held {
    fn add(&mut self, event: &Row, listed: u64) {
        let number = |field| event.number(field).and_then(|n| u64::try_from(n).ok());
        let method = event.text("attendance");
        let people = if method == LISTED {
            Some(listed)
        } else {
            number("people")
        };
        self.events += 1;
        self.uncounted += u32::from(people.is_none());
        self.people += people.unwrap_or(0);
        if method == ESTIMATED {
            self.estimated += people.unwrap_or(0);
        }
        // Where only the women were counted, there came at least these.
        if let Some(women) = number("women") {
            self.women += women;
            self.women_of += people.unwrap_or(women);
        }
        if let Some(elders) = number("elders") {
            self.elders += elders;
            self.elders_of += people.unwrap_or(elders);
        }
    }
}

/// Events of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EventMonth {
    /// The month.
    #[serde(flatten)]
    pub of: OfMonth,
    /// Events whose day lies in it. Of a member: those they presented at.
    #[serde(flatten)]
    pub held: Held,
}

/// Events of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OfKind {
    /// Code of `event_kind`.
    pub event_kind: String,
    /// Those of all the months.
    #[serde(flatten)]
    pub held: Held,
}

/// Events over the months.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EventMonths {
    /// The day the last month ends on.
    pub day: LocalDate,
    /// The months, the oldest first.
    pub months: Vec<EventMonth>,
    /// All the months by kind of event, in the order of the catalog; kinds without one are left out.
    pub kinds: Vec<OfKind>,
    /// All the months together.
    pub all: Held,
}

/// `event.months`
pub(crate) fn months(desk: &mut Desk<'_>, input: MonthsInput) -> Called<EventMonths> {
    let asked = Asked::read(desk, input)?;
    let events = events(desk, &asked)?;
    let listed = listed(desk)?;
    let mut kinds: BTreeMap<String, Held> = BTreeMap::new();
    let mut all = Held::default();
    let mut months: Vec<EventMonth> = asked
        .months
        .iter()
        .map(|month| EventMonth {
            of: month.into(),
            held: Held::default(),
        })
        .collect();
    for event in &events {
        let Some(day) = event.day("day") else {
            continue;
        };
        let pairs = asked.months.iter().zip(&mut months);
        let many = listed.get(&event.own_id()).copied().unwrap_or(0);
        for (_, month) in pairs.filter(|(month, _)| month.holds(day)) {
            month.held.add(event, many);
            all.add(event, many);
            kinds
                .entry(event.text("event_kind"))
                .or_default()
                .add(event, many);
        }
    }
    let order = in_order("event_kind", kinds.keys());
    Ok(EventMonths {
        day: asked.day,
        months,
        kinds: order
            .into_iter()
            .filter_map(|event_kind| {
                let held = kinds.get(&event_kind).copied()?;
                Some(OfKind { event_kind, held })
            })
            .collect(),
        all,
    })
}

/// Events of the months, of who is asked for.
fn events(desk: &Desk<'_>, asked: &Asked) -> Called<Vec<Row>> {
    let (Some(first), Some(last)) = (asked.months.first(), asked.months.last()) else {
        return Ok(Vec::new());
    };
    let sql = "SELECT id, event_kind, day, attendance, people, women, elders, presenters FROM event
        WHERE day BETWEEN ?1 AND ?2";
    let days = [first.first, last.until].map(|day: LocalDate| day.to_string().into());
    let mut found = economy::chosen(desk, sql, &days)?;
    if let Some(me) = &asked.me {
        found.retain(|event| event.names_one_of("presenters", me));
    }
    Ok(found)
}

/// How many stand on each event's list.
fn listed(desk: &Desk<'_>) -> Called<BTreeMap<RecordId, u64>> {
    let sql = "SELECT event, count(*) AS people FROM event_attendance GROUP BY event";
    let rows = economy::chosen(desk, sql, &[])?;
    let read = |row: &Row| {
        let people = row.number("people").and_then(|n| u64::try_from(n).ok())?;
        Some((row.id("event")?, people))
    };
    Ok(rows.iter().filter_map(read).collect())
}
