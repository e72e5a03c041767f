//! What a power cut, a full disk, a failing disk and flipped bits leave of a profile: what was called saved is there, or
//! the damage is told.
//!
//! SQLite writes through a layer of ours (`vfs`) that remembers every write and every sync, so that the states which a cut
//! may leave can be built and opened. The journal is written by the standard library, each frame whole and synced before
//! the transaction commits; that order is watched by `crash_points`, here it stands in the log as a note.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    unreachable_pub,
    reason = "a failed step is a failed test"
)]

mod damage;
mod disk;
mod faults;
mod loss;
mod story;
mod two;
mod vfs;
