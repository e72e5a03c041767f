//! The kinds of record. One struct per kind, one file per kind, one row in [`KINDS`].
//!
//! Struct order is form order, doc comments are the data dictionary, `x-` words say the rest (see [`crate::schema`]).
//! Fields are added, never renamed, retyped or re-meant.

pub mod activity_day;
pub mod assistance;
pub mod catalog_item;
pub mod citizen;
pub mod common;
pub mod consent;
pub mod digital_store;
pub mod dossier;
pub mod duty;
pub mod event;
pub mod event_attendance;
pub mod feedback;
pub mod household;
pub mod household_badge;
mod kind;
pub mod listing;
pub mod listing_check;
pub mod material;
pub mod member;
pub mod membership;
pub mod ocop_certificate;
pub mod ocop_product;
pub mod ocop_subject;
pub mod plan;
pub mod safety_report;
pub mod school;
pub mod status;
pub mod store_check;
pub mod target;
pub mod task;
pub mod team;
pub mod training;
pub mod unit;
pub mod village_profile;
pub mod visit;

use kind::doubts_of;
pub use kind::{Kept, Kind, Order, Space, Writers, schema_of};

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
        appended: false,
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
        appended: false,
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
        appended: false,
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
        appended: false,
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
        appended: false,
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
        appended: false,
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
        appended: false,
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
        appended: false,
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
        appended: false,
    },
    Kind {
        name: "listing_check",
        schema: schema_of::<listing_check::ListingCheck>,
        doubts: doubts_of::<listing_check::ListingCheck>,
        space: Space::Team,
        writers: Writers::Member,
        title: "checked_on",
        subtitle: &["result"],
        order: Order::Day,
        appended: true,
    },
    Kind {
        name: "ocop_certificate",
        schema: schema_of::<ocop_certificate::OcopCertificate>,
        doubts: doubts_of::<ocop_certificate::OcopCertificate>,
        space: Space::Team,
        writers: Writers::Member,
        title: "issued_on",
        subtitle: &["stars", "decision_no"],
        order: Order::Day,
        appended: false,
    },
    Kind {
        name: "ocop_subject",
        schema: schema_of::<ocop_subject::OcopSubject>,
        doubts: doubts_of::<ocop_subject::OcopSubject>,
        space: Space::Team,
        writers: Writers::Member,
        title: "name",
        subtitle: &["representative"],
        order: Order::Text,
        appended: false,
    },
    Kind {
        name: "digital_store",
        schema: schema_of::<digital_store::DigitalStore>,
        doubts: doubts_of::<digital_store::DigitalStore>,
        space: Space::Team,
        writers: Writers::Member,
        title: "name",
        subtitle: &["sector"],
        order: Order::Text,
        appended: false,
    },
    Kind {
        name: "store_check",
        schema: schema_of::<store_check::StoreCheck>,
        doubts: doubts_of::<store_check::StoreCheck>,
        space: Space::Team,
        writers: Writers::Member,
        title: "checked_on",
        subtitle: &["level", "state"],
        order: Order::Day,
        appended: true,
    },
    Kind {
        name: "event",
        schema: schema_of::<event::Event>,
        doubts: doubts_of::<event::Event>,
        space: Space::Team,
        writers: Writers::Member,
        title: "title",
        subtitle: &["day", "place"],
        order: Order::Text,
        appended: false,
    },
    Kind {
        name: "event_attendance",
        schema: schema_of::<event_attendance::EventAttendance>,
        doubts: doubts_of::<event_attendance::EventAttendance>,
        space: Space::Team,
        writers: Writers::Member,
        title: "name",
        subtitle: &["household"],
        order: Order::Text,
        appended: false,
    },
    Kind {
        name: "dossier",
        schema: schema_of::<dossier::Dossier>,
        doubts: doubts_of::<dossier::Dossier>,
        space: Space::Team,
        writers: Writers::Member,
        title: "procedure",
        subtitle: &["status", "code"],
        order: Order::Text,
        appended: false,
    },
    Kind {
        name: "status",
        schema: schema_of::<status::Status>,
        doubts: doubts_of::<status::Status>,
        space: Space::Team,
        writers: Writers::Member,
        title: "topic",
        subtitle: &["value"],
        order: Order::Text,
        appended: true,
    },
    Kind {
        name: "consent",
        schema: schema_of::<consent::Consent>,
        doubts: doubts_of::<consent::Consent>,
        space: Space::Team,
        writers: Writers::Member,
        title: "purpose",
        subtitle: &["decision"],
        order: Order::Text,
        appended: false,
    },
    Kind {
        name: "task",
        schema: schema_of::<task::Task>,
        doubts: doubts_of::<task::Task>,
        space: Space::Team,
        writers: Writers::Member,
        title: "title",
        subtitle: &["due_on", "state"],
        order: Order::Text,
        appended: false,
    },
    Kind {
        name: "plan",
        schema: schema_of::<plan::Plan>,
        doubts: doubts_of::<plan::Plan>,
        space: Space::Commune,
        writers: Writers::Staff,
        title: "title",
        subtitle: &["decision_no"],
        order: Order::Text,
        appended: false,
    },
    Kind {
        name: "target",
        schema: schema_of::<target::Target>,
        doubts: doubts_of::<target::Target>,
        space: Space::Commune,
        writers: Writers::Staff,
        title: "indicator",
        subtitle: &["source"],
        order: Order::Text,
        appended: false,
    },
    Kind {
        name: "feedback",
        schema: schema_of::<feedback::Feedback>,
        doubts: doubts_of::<feedback::Feedback>,
        space: Space::Team,
        writers: Writers::Member,
        title: "feedback_kind",
        subtitle: &["state", "day"],
        order: Order::Text,
        appended: false,
    },
    Kind {
        name: "duty",
        schema: schema_of::<duty::Duty>,
        doubts: doubts_of::<duty::Duty>,
        space: Space::Team,
        writers: Writers::Member,
        title: "day",
        subtitle: &["place", "shift"],
        order: Order::Day,
        appended: false,
    },
    Kind {
        name: "activity_day",
        schema: schema_of::<activity_day::ActivityDay>,
        doubts: doubts_of::<activity_day::ActivityDay>,
        space: Space::Team,
        writers: Writers::Member,
        title: "day",
        subtitle: &["state"],
        order: Order::Day,
        appended: false,
    },
    Kind {
        name: "training",
        schema: schema_of::<training::Training>,
        doubts: doubts_of::<training::Training>,
        space: Space::Team,
        writers: Writers::Member,
        title: "title",
        subtitle: &["day"],
        order: Order::Text,
        appended: false,
    },
    Kind {
        name: "membership",
        schema: schema_of::<membership::Membership>,
        doubts: doubts_of::<membership::Membership>,
        space: Space::Commune,
        writers: Writers::Staff,
        title: "position",
        subtitle: &["from"],
        order: Order::Text,
        appended: false,
    },
    Kind {
        name: "school",
        schema: schema_of::<school::School>,
        doubts: doubts_of::<school::School>,
        space: Space::Commune,
        writers: Writers::Staff,
        title: "name",
        subtitle: &["code"],
        order: Order::Text,
        appended: false,
    },
    Kind {
        name: "village_profile",
        schema: schema_of::<village_profile::VillageProfile>,
        doubts: doubts_of::<village_profile::VillageProfile>,
        space: Space::Team,
        writers: Writers::Member,
        title: "figures_on",
        subtitle: &["source"],
        order: Order::Day,
        appended: false,
    },
    Kind {
        name: "household_badge",
        schema: schema_of::<household_badge::HouseholdBadge>,
        doubts: doubts_of::<household_badge::HouseholdBadge>,
        space: Space::Team,
        writers: Writers::Member,
        title: "badge",
        subtitle: &["result", "day"],
        order: Order::Text,
        appended: false,
    },
    Kind {
        name: "safety_report",
        schema: schema_of::<safety_report::SafetyReport>,
        doubts: doubts_of::<safety_report::SafetyReport>,
        space: Space::Team,
        writers: Writers::Member,
        title: "fraud_kind",
        subtitle: &["fraud_channel", "day"],
        order: Order::Text,
        appended: false,
    },
    Kind {
        name: "material",
        schema: schema_of::<material::Material>,
        doubts: doubts_of::<material::Material>,
        space: Space::Commune,
        writers: Writers::Staff,
        title: "title",
        subtitle: &["version"],
        order: Order::Text,
        appended: false,
    },
    Kind {
        name: "catalog_item",
        schema: schema_of::<catalog_item::CatalogItem>,
        doubts: doubts_of::<catalog_item::CatalogItem>,
        space: Space::Commune,
        writers: Writers::Staff,
        title: "vi",
        subtitle: &["catalog", "code"],
        order: Order::Text,
        appended: false,
    },
];

/// A kind by name.
#[must_use]
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}
