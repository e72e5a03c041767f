//! What the app must know of a kind beside its fields: where it lives, who writes it, how it is told and sorted.

use crate::schema::Problem;
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Which space a kind lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Space {
    /// The commune's.
    Commune,
    /// A team's.
    Team,
}

/// Who may write a kind. The gate holds to the same (see `toso_sync`): this is for the form and the clear refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writers {
    /// Commune staff.
    Staff,
    /// Every member of the space.
    Member,
}

/// How records of a kind are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By given name, then family name, then the middle.
    Person,
    /// By the Vietnamese alphabet.
    Text,
    /// By day, newest first.
    Day,
}

/// A struct that records are kept as. Its rules compare fields with each other; they warn and never refuse, for the field
/// knows oddities no rule does.
pub trait Kept: DeserializeOwned {
    /// What looks odd.
    fn doubts(&self) -> Vec<Problem>;
}

/// One kind.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Its name, everywhere.
    pub name: &'static str,
    /// Its JSON Schema, without the common fields.
    pub schema: fn() -> Value,
    /// What looks odd in a record of it, field against field.
    pub doubts: fn(&Map<String, Value>) -> Vec<Problem>,
    /// Where it lives.
    pub space: Space,
    /// Who writes it.
    pub writers: Writers,
    /// Field shown as its title.
    pub title: &'static str,
    /// Fields shown under it.
    pub subtitle: &'static [&'static str],
    /// How its records are sorted.
    pub order: Order,
    /// A record of it is never rewritten: a newer one counts instead. It can be deleted and brought back.
    pub appended: bool,
}

type Text = &'static str;

/// A kind that lives with a team and that its members write.
pub(super) const fn team<T: Kept + JsonSchema>(
    name: Text,
    title: Text,
    subtitle: &'static [Text],
    order: Order,
) -> Kind {
    Kind {
        name,
        schema: schema_of::<T>,
        doubts: doubts_of::<T>,
        space: Space::Team,
        writers: Writers::Member,
        title,
        subtitle,
        order,
        appended: false,
    }
}

/// A kind that lives with the commune and that its staff write.
pub(super) const fn commune<T: Kept + JsonSchema>(
    name: Text,
    title: Text,
    subtitle: &'static [Text],
    order: Order,
) -> Kind {
    Kind {
        space: Space::Commune,
        writers: Writers::Staff,
        ..team::<T>(name, title, subtitle, order)
    }
}

impl Kind {
    /// The same, never rewritten.
    pub(super) const fn appended(self) -> Self {
        Self {
            appended: true,
            ..self
        }
    }
}

/// The doubts about a record of a kind; none while it cannot be read whole, for then [`crate::schema::check`] has more
/// to say.
fn doubts_of<T: Kept>(record: &Map<String, Value>) -> Vec<Problem> {
    let whole = serde_json::from_value(Value::Object(record.clone()));
    whole.map_or_else(|_| Vec::new(), |record: T| record.doubts())
}

/// The JSON Schema of a struct, references written out in place.
#[must_use]
pub fn schema_of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    SchemaGenerator::new(settings)
        .into_root_schema_for::<T>()
        .to_value()
}
