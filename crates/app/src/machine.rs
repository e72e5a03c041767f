//! The machine we run on: which one it is, to notice a copied profile, and what it gives an app.

use crate::app::Parts;
use crate::clock::{SystemClock, SystemRandom};
use crate::error::Called;
use crate::http::HttpLink;
use std::path::{Path, PathBuf};
use toso_store::Cost;

impl Parts {
    /// The machine's clock, random numbers and network, for a profile in `folder`; no key store yet.
    ///
    /// # Errors
    /// `internal` when the system gives no event queue.
    pub fn of_this_machine(folder: PathBuf) -> Called<Self> {
        Ok(Self {
            folder,
            clock: Box::new(SystemClock),
            random: Box::new(SystemRandom),
            link: Box::new(HttpLink::new()?),
            keys: None,
            phone: None,
            machine: machine(),
            cost: Cost::DEVICE,
        })
    }
}

/// What tells this machine from another; empty where the system says nothing.
#[must_use]
pub fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(Path::new(path)).ok();
    read("/etc/machine-id")
        .or_else(|| std::env::var("COMPUTERNAME").ok())
        .or_else(|| std::env::var("HOSTNAME").ok())
        .map(|text| text.trim().to_owned())
        .unwrap_or_default()
}
