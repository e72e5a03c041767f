//! `record.purge`: erasing a record for good, everywhere.

use super::{Action, Asked, authorize};
use crate::core::Core;
use crate::db::HubDb;
use crate::error::Done;
use serde::Deserialize;
use serde_json::{Value, json};
use toso_domain::id::RecordId;
use toso_sync::ruling::Body;

/// Which record, and the person it is erased for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Purge {
    document: RecordId,
    subject: RecordId,
}

impl<D: HubDb> Core<D> {
    pub(crate) fn record_purge(&mut self, asked: &Asked<'_>, input: &Purge) -> Done<Value> {
        authorize(asked.actor, Action::Purge)?;
        let body = Body::Purge(input.document.into(), input.subject.into());
        let ruling = self.state(&body, |_| Ok(()))?;
        self.db().scrub()?;
        crate::backup::drop_aside(self.log.folder())?;
        Ok(json!({ "document": input.document, "ruling": ruling.id.to_string() }))
    }
}
