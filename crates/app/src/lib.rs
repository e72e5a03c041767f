//! What a screen may ask: the device's store, the protocol and a clock, behind one table of calls.
//!
//! [`calls`] is the contents page. A window, a browser, a terminal and a test all pass [`call`].
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic
    )
)]

mod app;
mod authorize;
mod authors;
mod backup;
pub mod call;
pub mod calls;
mod carry;
mod changed;
pub mod clock;
mod consent;
mod device;
mod due;
mod economy;
mod erase;
mod error;
mod fault;
mod home;
mod house;
pub mod http;
mod journal;
mod kind;
mod lease;
pub mod link;
mod machine;
mod notice;
pub mod phone;
mod photo;
mod practice;
mod project;
pub mod registry;
mod returned;
mod revision;
mod rows;
#[cfg(feature = "serve")]
pub mod serve;
pub mod shelf;
mod standing;
mod start;
mod underway;

pub use app::{App, Listener, Parts};
pub use calls::call;
pub use changed::Changed;
pub use device::Who;
pub use error::{CallError, Called};
pub use machine::machine;
pub use standing::State;
