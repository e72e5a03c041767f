//! Networks as they are, between the real app on real files and a real hub: cut at every byte of what either says, lost
//! replies, silence, everything said twice, slow lines, hotel pages, a hub or a proxy in trouble.
//!
//! After each fault the app said a code it knows or that all went well, the next exchange on a good line completes, and
//! another phone then shows every record that was saved, once, changed as often as it was changed.
//!
//! Time limits of a silent hub are looked at in `tests/tests/client`; here who waits for one stops it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    unreachable_pub,
    reason = "a failed step is a failed test"
)]

mod cuts;
mod faults;
mod photo_stand;
mod photos;
mod proxy;
mod slow;
mod stand;
