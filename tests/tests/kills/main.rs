//! kill -9 on the real programs, over and over: what was called saved or kept is there afterwards, and nothing else is.
//!
//! The checker stands outside: it remembers what it was answered, and asks again after each restart.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a failed step is a failed test"
)]

mod alone;
mod ledger;
mod served;
mod stand;
mod together;
