//! The people who share this device: who they are, turning to another, room for one more.

use super::Done;
use crate::app::App;
use crate::error::Called;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A profile of this device, as its lock screen shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Shared {
    /// For `profile.choose`.
    pub id: String,
    /// What its owner calls the device; null when that is not known.
    pub label: Option<String>,
    /// True for the one that is spoken to.
    pub current: bool,
}

/// `profile.list`
pub(crate) fn list(app: &App) -> Called<Vec<Shared>> {
    let inner = app.inner();
    let current = inner.current();
    let all = inner.profiles().into_iter().map(|one| {
        let current = one.id == current;
        let shared = Shared {
            id: one.id,
            label: one.label,
            current,
        };
        (one.made, shared)
    });
    // One whose owner never enrolled is nobody's, but for who is about to.
    let all = all.filter(|(made, shared)| *made || shared.current);
    Ok(all.map(|(_, shared)| shared).collect())
}

/// Input of `profile.choose`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choose {
    /// One of `profile.list`.
    pub id: String,
}

/// `profile.choose`
pub(crate) fn choose(app: &App, input: &Choose) -> Called<Done> {
    let mut inner = app.inner();
    inner.turn_to(&input.id).map(|()| Done::YES)
}

/// `profile.add`
pub(crate) fn add(app: &App) -> Called<Done> {
    let mut inner = app.inner();
    inner.make_room().map(|()| Done::YES)
}

/// `practice.start`
pub(crate) fn practise(app: &App) -> Called<Done> {
    app.inner().practise().map(|()| Done::YES)
}
