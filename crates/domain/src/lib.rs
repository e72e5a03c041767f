//! What a record is. Pure: no clock, no file, no network, no SQL; the time, the ids and the random bytes are passed in.
//!
//! A record is one small, flat Automerge document. Its kind is one struct ([`record`]); its form, check, view and
//! labels follow from that struct's schema ([`schema`]). [`gate`] decides which foreign changes may touch it.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic
    )
)]

pub mod catalog;
pub mod consent;
pub mod crdt;
pub mod duplicate;
pub mod economy;
pub mod file;
pub mod gate;
pub mod id;
pub mod id_number;
pub mod label;
pub mod location;
pub mod months;
pub mod patch;
pub mod phone;
pub mod planted;
pub mod prescan;
pub mod qr;
pub mod record;
pub mod schema;
pub mod seal;
pub mod sort;
pub mod text;
pub mod time;
pub mod view;
