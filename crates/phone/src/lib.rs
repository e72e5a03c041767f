//! What a phone has and a desktop has not. Each part speaks to the phone's own code (Kotlin) through [`Native`], so that
//! everything on this side of it is tested on any machine.

#[cfg(target_os = "android")]
pub mod android;
mod handset;
mod keys;
mod native;

pub use handset::{Handset, Kotlin};
pub use keys::PhoneKeys;
pub use native::{Native, Refused};
