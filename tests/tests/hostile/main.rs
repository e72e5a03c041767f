//! Scripted hostile behaviour of hubs, devices and carried files, each by name with its outcome. Beside each, honest people's
//! copies stay as they are and their next work is kept.
//!
//! The hub that misbehaves is met by the real session, its answers signed with its true key, or by the real app over HTTP. The
//! device that misbehaves meets the real hub on its database over HTTP. Files are taken by the same code as in the app.
//! `cargo nextest run -E 'binary(hostile)' --no-capture` prints the table.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a failed step is a failed test, and figures are told"
)]

mod behaviour;
mod craft;
mod device;
mod device_entry;
mod device_rights;
mod device_session;
mod enrol;
mod file;
mod file_inside;
mod file_place;
mod hub;
mod hub_gives;
mod hub_line;
mod meter;
mod world;

#[path = "../door_bad/commune.rs"]
#[allow(dead_code, reason = "shared with another binary, which uses all of it")]
mod commune;
#[path = "../door_bad/state.rs"]
#[allow(dead_code, reason = "as above")]
mod state;
#[path = "../door_bad/thief.rs"]
mod thief;
#[path = "../door_bad/way.rs"]
#[allow(dead_code, reason = "as above")]
mod way;
#[path = "../door_bad/wire.rs"]
#[allow(dead_code, reason = "as above")]
mod wire;

use behaviour::Played;
use meter::{frugal, frugal as frugal_all};
use std::sync::{Mutex, PoisonError};

/// Memory is counted for the whole process: one side at a time.
static ALONE: Mutex<()> = Mutex::new(());

#[test]
fn a_hostile_hub_changes_nothing_that_its_key_does_not_cover() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut played = Played::default();
    played.play("hub", hub::BEHAVIOURS);
    played.play("hub", hub_gives::BEHAVIOURS);
    played.play("hub", hub_line::BEHAVIOURS);
    played.ends(15);
}

#[test]
fn a_hostile_device_gets_nothing_past_the_hub() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut played = Played::default();
    played.play("device", device::BEHAVIOURS);
    played.play("device", device_entry::BEHAVIOURS);
    played.play("device", device_rights::BEHAVIOURS);
    played.play("device", device_session::BEHAVIOURS);
    played.play("device", enrol::BEHAVIOURS);
    played.ends(25);
}

#[test]
fn a_hostile_file_brings_in_nothing_but_what_is_right() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut played = Played::default();
    played.play("file", file::BEHAVIOURS);
    played.play("file", file_inside::BEHAVIOURS);
    played.play("file", file_place::BEHAVIOURS);
    played.ends(20);
}
