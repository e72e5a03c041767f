//! Stories of one device's database, on real files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    unreachable_pub
)]

mod story {
    pub mod figures;
    pub mod folder;
    pub mod journal;
    pub mod key;
    pub mod open;
    pub mod records;
    pub mod values;
}
