//! The programs die at every system call that writes, syncs, renames, cuts or removes, one run a call; and each of these
//! calls fails once with a broken and once with a full disk. Afterwards everything acknowledged is there, nothing half.

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

mod device;
mod hub;
mod order;
mod points;
mod scene;
#[path = "../kills/stand.rs"]
mod stand;
