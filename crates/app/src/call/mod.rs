//! The calls, one file a topic. The table is in [`crate::calls`].

pub mod adopt;
pub mod alike;
pub mod assign;
pub mod backup;
pub mod clash;
pub mod draft;
pub mod enrol;
pub mod file;
pub mod file_sync;
pub mod finger;
pub mod hand_over;
pub mod history;
pub mod household;
pub mod list;
pub mod month;
pub mod months;
pub mod notices;
pub mod people;
pub mod phone;
pub mod product;
pub mod profile;
pub mod profiles;
pub mod qr;
pub mod record;
pub mod reminder;
pub mod returned;
pub mod save;
pub mod schema;
mod shown;
pub mod space;
pub mod staff;
pub mod standing;
pub mod storage;
pub mod store;
pub mod sync;
pub mod timeline;
pub mod today;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toso_domain::id::RecordId;

/// No input.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// A record was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Named {
    /// Its id.
    pub id: RecordId,
}

/// Done; nothing to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Done {
    /// Always true.
    pub done: bool,
}

impl Done {
    pub(crate) const YES: Self = Self { done: true };
}
