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

pub mod db;
pub mod role;
