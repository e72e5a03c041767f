//! The list of kinds: its name, the field that is its title, those under it, and how its records are sorted.

use super::*;
use Order::{Day, Person, Text};
use kind::{commune, team};

/// All kinds.
pub const KINDS: &[Kind] = &[
    commune::<unit::Unit>("unit", "name", &["code"], Text),
    commune::<team::Team>("team", "name", &["decision_no"], Text),
    commune::<member::Member>("member", "full_name", &["phone"], Person),
    team::<household::Household>("household", "head_name", &["cluster", "address"], Person),
    team::<citizen::Citizen>("citizen", "full_name", &["birth_date"], Person),
    team::<visit::Visit>("visit", "day", &["contact"], Day),
    team::<assistance::Assistance>("assistance", "day", &["category", "outcome"], Day),
    team::<ocop_product::OcopProduct>("ocop_product", "name", &["subject_name"], Text),
    team::<listing::Listing>("listing", "platform", &["shop_name", "url"], Text),
    team::<listing_check::ListingCheck>("listing_check", "checked_on", &["result"], Day).appended(),
    team::<ocop_certificate::OcopCertificate>(
        "ocop_certificate",
        "issued_on",
        &["stars", "decision_no"],
        Day,
    ),
    team::<ocop_subject::OcopSubject>("ocop_subject", "name", &["representative"], Text),
    team::<digital_store::DigitalStore>("digital_store", "name", &["sector"], Text),
    team::<store_check::StoreCheck>("store_check", "checked_on", &["level", "state"], Day)
        .appended(),
    team::<event::Event>("event", "title", &["day", "place"], Text),
    team::<event_attendance::EventAttendance>("event_attendance", "name", &["household"], Text),
    team::<dossier::Dossier>("dossier", "procedure", &["status", "code"], Text),
    team::<status::Status>("status", "topic", &["value"], Text).appended(),
    team::<consent::Consent>("consent", "purpose", &["decision"], Text),
    team::<task::Task>("task", "title", &["due_on", "state"], Text),
    commune::<plan::Plan>("plan", "title", &["decision_no"], Text),
    commune::<target::Target>("target", "indicator", &["source"], Text),
    team::<feedback::Feedback>("feedback", "feedback_kind", &["state", "day"], Text),
    team::<duty::Duty>("duty", "day", &["place", "shift"], Day),
    team::<activity_day::ActivityDay>("activity_day", "day", &["state"], Day),
    team::<training::Training>("training", "title", &["day"], Text),
    commune::<membership::Membership>("membership", "position", &["from"], Text),
    commune::<school::School>("school", "name", &["code"], Text),
    team::<village_profile::VillageProfile>("village_profile", "figures_on", &["source"], Day),
    team::<household_badge::HouseholdBadge>("household_badge", "badge", &["result", "day"], Text),
    team::<safety_report::SafetyReport>(
        "safety_report",
        "fraud_kind",
        &["fraud_channel", "day"],
        Text,
    ),
    commune::<material::Material>("material", "title", &["version"], Text),
    commune::<catalog_item::CatalogItem>("catalog_item", "vi", &["catalog", "code"], Text),
];

/// A kind by name.
#[must_use]
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}
