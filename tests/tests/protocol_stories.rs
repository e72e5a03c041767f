//! The stories the sync protocol was corrected by, and the rules that rest on reasoning, each as a test by name.
//! Numbers are those of `docs/protocol.md`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failed step is a failed test"
)]

mod stories {
    mod bounds;
    mod bytes;
    mod deaths;
    mod forks;
    mod hand_over;
    mod hubs;
    mod leaving;
    mod revoked;
    mod rules;
    mod sealed;
    mod slices;
    mod twins;
}
