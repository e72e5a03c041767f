//! The way to the hub. The app asks; over HTTP, or in one process in tests, the bytes are the same.

use crate::error::Called;
use serde_json::Value;
use toso_sync::id::HubKey;
use toso_sync::key::Secret;

/// What a profile knows of its hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hub {
    /// Address, `http://127.0.0.1:8420`.
    pub url: String,
    /// The commune's authority.
    pub authority: HubKey,
    /// SHA-256 of the TLS key the device accepts; none on loopback.
    pub pin: Option<[u8; 32]>,
}

/// Who asks whom.
#[derive(Debug, Clone)]
pub struct Caller {
    /// This device's key.
    pub secret: Secret,
    /// Its hub.
    pub hub: Hub,
    /// Its certificate and what it takes to trust it, signed bytes: a hub restored from an old backup takes them back.
    pub rulings: Vec<Vec<u8>>,
}

/// Where a device asks to be let in, and what it was told of who must answer there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// Address.
    pub url: String,
    /// The one-time code.
    pub code: String,
    /// The authority the commune began with; none when the code was typed, which then proves both sides alone.
    pub authority: Option<HubKey>,
    /// SHA-256 of the TLS certificate that must be shown.
    pub pin: Option<[u8; 32]>,
}

/// What an enrolment answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// The hub, its keys proven by the code.
    pub hub: Hub,
    /// The commune's space.
    pub commune: Option<toso_domain::id::SpaceId>,
    /// Six digits that staff compare before they approve.
    pub check_number: String,
    /// Rulings to begin with, signed bytes; the device's certificate among them when it is active at once.
    pub rulings: Vec<Vec<u8>>,
}

/// The way to a hub. Calls block; none is made while the profile is locked for others.
pub trait Link: Send + Sync {
    /// Asks to be enrolled. Errors: `wrong_hub` when another answers than was told, `offline`, `code_wrong`, …
    fn enrol(&self, to: &Invited, name: &str, secret: &Secret) -> Called<Enrolled>;
    /// Asks whether staff approved: signed rulings, the device's certificate among them once they did.
    /// Errors: `offline`, `enrol_refused`, …
    fn enrol_state(&self, caller: &Caller) -> Called<Vec<Vec<u8>>>;
    /// Successions that lead from the authority the caller knows to the hub's of today, signed bytes. Errors: `wrong_hub`
    /// when none do, `offline`, …
    fn successions(&self, caller: &Caller) -> Called<Vec<Vec<u8>>>;
    /// One request of an exchange: the bytes of an ask, answered by the bytes of a signed tell. `stopped` is looked at while
    /// the hub is waited for. Errors: `cancelled` once it is true, `offline`, …
    fn exchange(&self, caller: &Caller, ask: &[u8], stopped: &dyn Fn() -> bool) -> Called<Vec<u8>>;
    /// One question about files: bytes, answered by the bytes of a signed answer. Goes beside an exchange. `stopped` as there.
    /// Errors: `cancelled`, `offline`, `later`, `file_damaged`, …
    fn file(&self, caller: &Caller, ask: &[u8], stopped: &dyn Fn() -> bool) -> Called<Vec<u8>>;
    /// One call of staff, answered by the hub. Errors: the hub's code.
    fn staff(&self, caller: &Caller, call: &str, input: &Value) -> Called<Value>;
}
