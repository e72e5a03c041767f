//! What a village was like on a day: the figures most indicators are divided by, each with its day and source.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A village on a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VillageProfile {
    /// Village.
    #[schemars(extend("x-ref" = "unit"), extend("x-step" = 1))]
    pub village: RecordId,
    /// Day of the figures.
    #[schemars(extend("x-step" = 1))]
    pub figures_on: LocalDate,
    /// Where they come from.
    #[schemars(length(max = 160), extend("x-step" = 1))]
    pub source: Option<String>,
    /// Households.
    #[schemars(range(min = 0, max = 20000), extend("x-unit" = "ho"), extend("x-step" = 1))]
    pub households_total: Option<u16>,
    /// People.
    #[schemars(range(min = 0, max = 65000), extend("x-unit" = "nguoi"), extend("x-step" = 1))]
    pub people_total: Option<u16>,
    /// People of 18 and over.
    #[schemars(range(min = 0, max = 65000), extend("x-unit" = "nguoi"), extend("x-step" = 1))]
    pub adults: Option<u16>,
    /// People of 15 and over.
    #[schemars(range(min = 0, max = 65000), extend("x-unit" = "nguoi"), extend("x-step" = 1))]
    pub from_15: Option<u16>,
    /// Poor households.
    #[schemars(range(min = 0, max = 20000), extend("x-unit" = "ho"), extend("x-step" = 1))]
    pub poor: Option<u16>,
    /// Households near poverty.
    #[schemars(range(min = 0, max = 20000), extend("x-unit" = "ho"), extend("x-step" = 1))]
    pub near_poor: Option<u16>,
    /// Households with a business.
    #[schemars(range(min = 0, max = 20000), extend("x-unit" = "ho"), extend("x-step" = 1))]
    pub business: Option<u16>,
    /// Mobile signal.
    #[schemars(extend("x-catalog" = "coverage"), extend("x-step" = 2))]
    pub coverage: Option<String>,
    /// Operators with a signal.
    #[schemars(extend("x-catalog" = "operator"), extend("x-merge" = "set"), extend("x-step" = 2))]
    #[serde(default)]
    pub operators: BTreeSet<String>,
    /// Fixed broadband.
    #[schemars(extend("x-catalog" = "yes_no"), extend("x-step" = 2))]
    pub fixed_broadband: Option<String>,
    /// Grid power.
    #[schemars(extend("x-catalog" = "grid_power"), extend("x-step" = 2))]
    pub grid_power: Option<String>,
    /// A cultural house.
    #[schemars(extend("x-catalog" = "yes_no"), extend("x-step" = 2))]
    pub culture_house: Option<String>,
    /// Public Wi-Fi.
    #[schemars(extend("x-catalog" = "yes_no"), extend("x-step" = 2))]
    pub public_wifi: Option<String>,
    /// A computer or printer for the team.
    #[schemars(extend("x-catalog" = "yes_no"), extend("x-step" = 2))]
    pub computer: Option<String>,
    /// Loudspeakers.
    #[schemars(extend("x-catalog" = "loudspeaker"), extend("x-step" = 2))]
    pub loudspeaker: Option<String>,
    /// A chat group of the village.
    #[schemars(extend("x-catalog" = "yes_no"), extend("x-step" = 2))]
    pub chat_group: Option<String>,
    /// People in it.
    #[schemars(range(min = 0, max = 65000), extend("x-unit" = "nguoi"), extend("x-when" = {"field":"chat_group","in":["co"]}), extend("x-step" = 2))]
    pub chat_members: Option<u16>,
    /// Languages spoken.
    #[schemars(extend("x-catalog" = "language"), extend("x-merge" = "set"), extend("x-step" = 2))]
    #[serde(default)]
    pub languages: BTreeSet<String>,
    /// Note.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 3))]
    pub note: Option<String>,
}

impl Kept for VillageProfile {
    fn doubts(&self) -> Vec<Problem> {
        let mut doubts = Vec::new();
        for (name, part, all) in [
            ("adults", self.adults, self.people_total),
            ("from_15", self.from_15, self.people_total),
            ("poor", self.poor, self.households_total),
            ("near_poor", self.near_poor, self.households_total),
            ("business", self.business, self.households_total),
        ] {
            if all.is_some() && part > all {
                doubts.push(Problem::new(name, "more_than_all"));
            }
        }
        doubts
    }
}
