//! How two copies meet: the protocol of both ends, a session without IO, and its client.
//!
//! This crate never opens a file or a database and never reads a clock: [`shelf::Shelf`] keeps, the caller passes time
//! and random bytes. Every rule it holds to is numbered in `docs/protocol.md`.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic
    )
)]

pub mod answer;
pub mod book;
mod capped;
pub mod caps;
pub mod carried;
pub mod client;
pub mod crockford;
pub mod enrol;
pub mod file;
pub mod id;
pub mod invitation;
pub mod key;
pub mod ledger;
pub mod limits;
pub mod memory;
pub mod message;
pub mod pack;
pub mod replica;
mod room;
pub mod ruling;
pub mod session;
pub mod settle;
pub mod shelf;
pub mod wire;
