//! The device's database: one encrypted file per profile, with the journal and the keys beside it.
//!
//! It keeps bytes and rows and judges nothing: what counts is the business of the protocol, which reaches this crate
//! through a thin adapter in the app. Hence plain types here: heads and epochs are 16 bytes, device keys 32.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic
    )
)]

mod aside;
mod away;
mod copy;
pub mod document;
pub mod door;
pub mod draft;
pub mod durable;
pub mod error;
pub mod file;
pub mod finger;
mod frame;
#[cfg(test)]
mod full;
pub mod house;
mod identity;
mod journal;
pub mod key;
pub mod key_store;
mod lock;
pub mod migrate;
pub mod open;
pub mod pack;
pub mod rebuild;
pub mod record;
pub mod ruling;
pub mod save;
mod seal;
pub mod search;
pub mod secret;
pub mod sign;
mod status;
pub mod transaction;
mod tries;
pub mod view;
mod watch;

pub use document::RecordRow;
pub use door::AtDoor;
pub use draft::DraftRow;
pub use error::{Result, StoreError};
pub use file::{FileFacts, Filed};
pub use house::{Assigned, Done, Houses};
pub use key::{Asks, Cost, Secret};
pub use key_store::{KeyStore, MemoryKeys};
pub use open::{Opened, Profile, Store, set_aside};
pub use pack::{EntryRow, PackRow};
pub use record::{After, List, Page, Record};
pub use search::{Found, Search};
pub use secret::DatabaseKey;
pub use sign::Sign;
pub use toso_domain::crdt::ChangeHash;
