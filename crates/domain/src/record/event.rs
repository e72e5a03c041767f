//! A meeting, a class, a fair, a broadcast: what it was about and who came.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A meeting, a class, a fair, a broadcast: what it was about and who came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// What it was.
    #[schemars(extend("x-catalog" = "event_kind"), extend("x-step" = 1))]
    pub event_kind: String,
    /// Title.
    #[schemars(length(max = 160), extend("x-find" = true), extend("x-step" = 1))]
    pub title: String,
    /// Day.
    #[schemars(extend("x-step" = 1))]
    pub day: LocalDate,
    /// Where.
    #[schemars(length(max = 160), extend("x-step" = 1))]
    pub place: Option<String>,
    /// Villages it was for.
    #[schemars(extend("x-ref" = "unit"), extend("x-merge" = "set"), extend("x-step" = 1))]
    #[serde(default)]
    pub villages: BTreeSet<RecordId>,
    /// What it was about.
    #[schemars(extend("x-catalog" = "topic"), extend("x-merge" = "set"), extend("x-step" = 1))]
    #[serde(default)]
    pub topics: BTreeSet<String>,
    /// How people were counted.
    #[schemars(extend("x-catalog" = "attendance_method"), extend("x-step" = 2))]
    pub attendance: String,
    /// People who came.
    #[schemars(range(min = 0, max = 100000), extend("x-unit" = "nguoi"), extend("x-step" = 2))]
    pub people: Option<u32>,
    /// Women among them.
    #[schemars(range(min = 0, max = 100000), extend("x-unit" = "nguoi"), extend("x-step" = 2))]
    pub women: Option<u32>,
    /// People of 60 and over among them.
    #[schemars(range(min = 0, max = 100000), extend("x-unit" = "nguoi"), extend("x-step" = 2))]
    pub elders: Option<u32>,
    /// Households that somebody came for.
    #[schemars(range(min = 0, max = 100000), extend("x-unit" = "ho"), extend("x-step" = 2))]
    pub households: Option<u32>,
    /// Another language was spoken.
    #[schemars(extend("x-catalog" = "language"), extend("x-step" = 2))]
    pub language: Option<String>,
    /// Members who presented.
    #[schemars(extend("x-ref" = "member"), extend("x-merge" = "set"), extend("x-step" = 3))]
    #[serde(default)]
    pub presenters: BTreeSet<RecordId>,
    /// Material that was used.
    #[schemars(extend("x-ref" = "material"), extend("x-merge" = "set"), extend("x-step" = 3))]
    #[serde(default)]
    pub materials: BTreeSet<RecordId>,
    /// Who held it.
    #[schemars(length(max = 120), extend("x-step" = 3))]
    pub host: Option<String>,
    /// What was asked.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 3))]
    pub questions: Option<String>,
    /// What came of it.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 3))]
    pub result: Option<String>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 3))]
    pub note: Option<String>,
    /// Photos, by the names their files have (at most 58 bytes). No faces without consent, no papers ever.
    #[schemars(extend("x-merge" = "set"), extend("x-private" = "P2"), extend("x-step" = 3))]
    #[serde(default)]
    pub photo: BTreeSet<String>,
    /// Pictures of the minutes, by the names their files have.
    #[schemars(extend("x-merge" = "set"), extend("x-private" = "P2"), extend("x-step" = 3))]
    #[serde(default)]
    pub minutes: BTreeSet<String>,
}

impl Kept for Event {
    fn doubts(&self) -> Vec<Problem> {
        let more = |part: Option<u32>| part > self.people && self.people.is_some();
        let parts = [
            ("women", self.women),
            ("elders", self.elders),
            ("households", self.households),
        ];
        let odd = parts.into_iter().filter(|(_, part)| more(*part));
        odd.map(|(field, _)| Problem::new(field, "more_than_all"))
            .collect()
    }
}
