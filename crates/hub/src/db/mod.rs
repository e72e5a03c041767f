//! What a hub keeps beyond the protocol's shelf: codes, devices that wait, tokens, the audit trail and its own secrets.
//!
//! [`HubDb`] is the only way the rest of the crate reaches a database, so that another engine is another module.

pub mod sqlite;

use std::collections::BTreeMap;
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::id::{DeviceKey, Head, RulingId};
use toso_sync::ruling::{Id16, Role};
use toso_sync::shelf::{Kept, Shelf};

/// A one-time code, without the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeRow {
    /// What the device names it by.
    pub lookup: Vec<u8>,
    /// Hash of the code: enough to check a proof, not enough to type it.
    pub secret: [u8; 32],
    /// Record of the member in the commune's space.
    pub member: Id16,
    /// Roles the certificate will carry.
    pub roles: Vec<Role>,
    /// Spaces it will name.
    pub spaces: Vec<Id16>,
    /// Every space of the commune.
    pub all_spaces: bool,
    /// The first staff device needs nobody's approval.
    pub at_once: bool,
    /// Milliseconds since 1970 after which it is worth nothing.
    pub expires: i64,
    /// Wrong proofs so far.
    pub tries: u32,
    /// The device that used it.
    pub used_by: Option<DeviceKey>,
}

/// A device that proved a code and waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingRow {
    /// The device.
    pub device: DeviceKey,
    /// Its code.
    pub lookup: Vec<u8>,
    /// What its owner calls it.
    pub name: String,
    /// Six digits shown on both sides.
    pub check_number: String,
    /// Milliseconds since 1970.
    pub asked_at: i64,
    /// True once staff refused it.
    pub refused: bool,
}

/// A token, by its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenRow {
    /// SHA-256 of the token.
    pub hash: [u8; 32],
    /// Whom it was given to.
    pub device: DeviceKey,
    /// Milliseconds since 1970.
    pub expires: i64,
}

/// One line of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Milliseconds since 1970 by the hub's clock.
    pub at: i64,
    /// The device that asked; zeroes for the command line.
    pub actor: DeviceKey,
    /// Name of the action.
    pub action: String,
    /// Ids it was about, and the reason staff gave.
    pub object: String,
    /// `ok` or the code of the refusal.
    pub result: String,
}

/// A hub's database. Writes outside [`Shelf::begin`] and [`Shelf::commit`] are durable one by one.
pub trait HubDb: Shelf + Send + 'static {
    /// A named secret.
    fn secret(&self, name: &str) -> Kept<Option<Vec<u8>>>;
    /// Sets a named secret.
    fn set_secret(&mut self, name: &str, bytes: &[u8]) -> Kept<()>;

    /// A code by what the device names it by.
    fn code(&self, lookup: &[u8]) -> Kept<Option<CodeRow>>;
    /// Adds a code or replaces the one with the same lookup.
    fn put_code(&mut self, row: &CodeRow) -> Kept<()>;
    /// Forgets codes that expired before `now` and that no waiting device needs.
    fn drop_codes(&mut self, now: i64) -> Kept<()>;

    /// A device that waits.
    fn pending(&self, device: &DeviceKey) -> Kept<Option<PendingRow>>;
    /// Every device that waits or was refused, oldest first.
    fn all_pending(&self) -> Kept<Vec<PendingRow>>;
    /// Adds a waiting device or replaces its row.
    fn put_pending(&mut self, row: &PendingRow) -> Kept<()>;
    /// Forgets a waiting device.
    fn drop_pending(&mut self, device: &DeviceKey) -> Kept<()>;

    /// A token by its hash.
    fn token(&self, hash: &[u8; 32]) -> Kept<Option<TokenRow>>;
    /// Adds a token.
    fn put_token(&mut self, row: &TokenRow) -> Kept<()>;
    /// Forgets every token of a device.
    fn drop_tokens_of(&mut self, device: &DeviceKey) -> Kept<()>;
    /// Forgets tokens that expired before `now`.
    fn drop_expired_tokens(&mut self, now: i64) -> Kept<()>;

    /// When each device was last here, milliseconds since 1970.
    fn seen(&self) -> Kept<BTreeMap<DeviceKey, i64>>;
    /// Notes that a device was here.
    fn set_seen(&mut self, device: &DeviceKey, at: i64) -> Kept<()>;

    /// Adds a line to the audit trail, chained to the line before.
    fn audit(&mut self, row: &AuditRow) -> Kept<()>;
    /// The whole trail, oldest first; fails with `audit_broken` where the chain does not hold.
    fn audited(&self) -> Kept<Vec<AuditRow>>;

    /// Kind of a document made of accepted entries.
    fn kind_of(&self, space: SpaceId, document: RecordId) -> Kept<Option<String>>;

    /// Entries of one pack; 0 when it is not held.
    fn entry_count(&self, space: SpaceId, head: &Head) -> Kept<u64>;

    /// Bytes the database takes, spare pages included.
    fn bytes(&self) -> Kept<u64>;

    /// Lets the file grow to about so many bytes, or as the disk allows; what needs more fails with `disk_full`.
    fn grow_no_further(&mut self, bytes: Option<u64>) -> Kept<()>;

    /// Leaves nothing of what was erased in files the engine keeps beside its tables.
    fn scrub(&mut self) -> Kept<()>;

    /// Rulings other than receipts that are not yet in the log beside the database.
    fn unlogged(&self) -> Kept<Vec<(RulingId, Vec<u8>)>>;
    /// Notes that these are in the log.
    fn set_logged(&mut self, ids: &[RulingId]) -> Kept<()>;
}
