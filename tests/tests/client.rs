//! What a line to the hub makes of networks as they are, and that it brings two copies together over a real socket.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[path = "client/commune.rs"]
mod commune;
#[path = "client/door.rs"]
mod door;
#[path = "client/network.rs"]
mod network;
#[path = "client/stub.rs"]
mod stub;
#[path = "client/tls.rs"]
mod tls;
