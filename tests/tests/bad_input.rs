//! What strangers, couriers and worn-out sticks may put before the protocol: each gets a stable code, changes nothing,
//! and asks for little memory.
//!
//! Every allocation of this binary is counted, see [`frugal`]: 32 MB a case.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed step is a failed test"
)]

mod frugal;

use frugal::frugal;

mod bad {
    mod body;
    mod file;
    mod message;
    mod pack;
    mod ruling;
}
