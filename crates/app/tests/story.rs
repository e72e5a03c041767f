//! Stories of people, devices and a hub.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cloned_ref_to_slice_refs,
    missing_docs,
    unreachable_pub
)]

#[path = "story/world.rs"]
mod world;

#[path = "story/meeting.rs"]
mod meeting;

#[path = "story/device.rs"]
mod device;

#[path = "story/returned.rs"]
mod returned;
#[path = "story/revoked.rs"]
mod revoked;

#[path = "story/door.rs"]
mod door;

#[path = "story/house.rs"]
mod house;

#[path = "story/households.rs"]
mod households;

#[path = "story/backup.rs"]
mod backup;

#[path = "story/phone.rs"]
mod phone;
#[path = "story/shared.rs"]
mod shared;

#[path = "story/school.rs"]
mod school;

#[path = "story/stopped.rs"]
mod stopped;

#[path = "story/months.rs"]
mod months;
#[path = "story/paper.rs"]
mod paper;
#[path = "story/scan.rs"]
mod scan;
#[path = "story/selling.rs"]
mod selling;

#[path = "story/together.rs"]
mod together;
