//! What the stories stand on: an invented commune, and a simulator that drives the real protocol code.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test support: a failed step is a failed test"
)]

pub mod bench;
pub mod binary;
pub mod bomb;
pub mod commune;
pub mod data;
pub mod demo;
pub mod proof;
pub mod qr;
pub mod quick;
pub mod screens;
pub mod sim;
pub mod village;
