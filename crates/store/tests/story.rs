//! Stories of one device's database, on real files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    unreachable_pub
)]

mod story {
    pub mod folder;
    pub mod journal;
    pub mod open;
    pub mod records;
}
