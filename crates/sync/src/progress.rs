//! What an exchange did so far, and what the device knows of the other side within it.

use crate::id::{Epoch, Head, Position, RulingId};
use crate::pack::Hash32;
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::id::SpaceId;

/// What an exchange did so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Packs and changes given and taken by the hub.
    pub pushed: (usize, usize),
    /// Packs and changes taken here.
    pub pulled: (usize, usize),
    /// Requests sent.
    pub requests: usize,
    /// The hub's clock in its last answer, milliseconds since 1970.
    pub hub_time: i64,
    /// The hub's epoch in its last answer.
    pub hub_epoch: Option<Epoch>,
    /// Packs the hub did not take, with the code.
    pub refused: BTreeMap<Head, String>,
    /// Spaces the hub did not answer, with the code.
    pub closed: BTreeMap<SpaceId, String>,
}

/// What the hub said of one space; `shown` is the tray as the last ask had it, for what became void since is yet to be shown.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) vector: Option<Vec<Position>>,
    pub(crate) receipts: BTreeSet<RulingId>,
    pub(crate) want_tray: Vec<Head>,
    pub(crate) shown: BTreeSet<Head>,
    pub(crate) holes: Vec<Hash32>,
    pub(crate) level: bool,
    pub(crate) told: bool,
    /// The device's own vector as the last ask had it, and whether the hub said that it holds all of it.
    pub(crate) asked: Option<Vec<Position>>,
    pub(crate) kept: bool,
}

/// What the last ask gave, to know what its answer acknowledges.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    pub(crate) packs: BTreeMap<Head, usize>,
    pub(crate) tray: BTreeSet<Head>,
}
