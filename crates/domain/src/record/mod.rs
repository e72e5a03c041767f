//! The kinds of record. One struct per kind, one file per kind, one row in [`KINDS`].
//!
//! Struct order is form order, doc comments are the data dictionary, `x-` words say the rest (see [`crate::schema`]).
//! Fields are added, never renamed, retyped or re-meant.

pub mod assistance;
pub mod citizen;
pub mod common;
pub mod household;
pub mod listing;
pub mod member;
pub mod ocop_product;
pub mod team;
pub mod unit;
pub mod visit;

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
}

/// All kinds.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "unit",
        schema: schema_of::<unit::Unit>,
        doubts: doubts_of::<unit::Unit>,
        space: Space::Commune,
        writers: Writers::Staff,
        title: "name",
        subtitle: &["code"],
        order: Order::Text,
    },
    Kind {
        name: "team",
        schema: schema_of::<team::Team>,
        doubts: doubts_of::<team::Team>,
        space: Space::Commune,
        writers: Writers::Staff,
        title: "name",
        subtitle: &["decision_no"],
        order: Order::Text,
    },
    Kind {
        name: "member",
        schema: schema_of::<member::Member>,
        doubts: doubts_of::<member::Member>,
        space: Space::Commune,
        writers: Writers::Staff,
        title: "full_name",
        subtitle: &["phone"],
        order: Order::Person,
    },
    Kind {
        name: "household",
        schema: schema_of::<household::Household>,
        doubts: doubts_of::<household::Household>,
        space: Space::Team,
        writers: Writers::Member,
        title: "head_name",
        subtitle: &["cluster", "address"],
        order: Order::Person,
    },
    Kind {
        name: "citizen",
        schema: schema_of::<citizen::Citizen>,
        doubts: doubts_of::<citizen::Citizen>,
        space: Space::Team,
        writers: Writers::Member,
        title: "full_name",
        subtitle: &["birth_date"],
        order: Order::Person,
    },
    Kind {
        name: "visit",
        schema: schema_of::<visit::Visit>,
        doubts: doubts_of::<visit::Visit>,
        space: Space::Team,
        writers: Writers::Member,
        title: "day",
        subtitle: &["contact"],
        order: Order::Day,
    },
    Kind {
        name: "assistance",
        schema: schema_of::<assistance::Assistance>,
        doubts: doubts_of::<assistance::Assistance>,
        space: Space::Team,
        writers: Writers::Member,
        title: "day",
        subtitle: &["category", "outcome"],
        order: Order::Day,
    },
    Kind {
        name: "ocop_product",
        schema: schema_of::<ocop_product::OcopProduct>,
        doubts: doubts_of::<ocop_product::OcopProduct>,
        space: Space::Team,
        writers: Writers::Member,
        title: "name",
        subtitle: &["subject_name"],
        order: Order::Text,
    },
    Kind {
        name: "listing",
        schema: schema_of::<listing::Listing>,
        doubts: doubts_of::<listing::Listing>,
        space: Space::Team,
        writers: Writers::Member,
        title: "platform",
        subtitle: &["shop_name", "url"],
        order: Order::Text,
    },
];

/// A kind by name.
#[must_use]
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
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
