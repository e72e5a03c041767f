//! The kinds of record. One struct per kind, one file per kind, one line in [`KINDS`].
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
mod kinds;
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

pub use kind::{Kept, Kind, Order, Space, Writers, schema_of};
pub use kinds::{KINDS, kind};
