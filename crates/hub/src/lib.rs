//! The meeting place of a commune: keeps what devices give, states rulings, lets devices in.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic
    )
)]

pub mod backup;
pub mod carry;
mod census;
pub mod clock;
pub mod command;
pub mod config;
mod core;
pub mod db;
pub mod doctor;
mod door;
mod elsewhere;
mod erased;
pub mod error;
mod exchange;
mod file_exchange;
mod files;
pub mod folder;
mod help;
mod hub;
pub mod init;
pub mod quota;
pub mod recovery;
pub mod role;
pub mod ruling_log;
mod serve;
mod staff;
pub mod staff_code;
pub mod succession;

pub use hub::{Bounds, Hub};
pub use serve::{Limits, Listen, MetricsToken, Running, description, serve};
