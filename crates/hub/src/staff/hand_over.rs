//! `hand_over` and `device.rights`: where a record counts from now on, and who holds which team.

use super::{Action, Asked, authorize, is_appointed, named};
use crate::core::Core;
use crate::db::HubDb;
use crate::door::CERTIFICATE_LIFE;
use crate::error::{Done, HubError};
use serde::Deserialize;
use serde_json::{Value, json};
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::id::DeviceKey;
use toso_sync::ruling::{Body, Certificate};

/// Records handed over in one call: a household with its people.
const RECORDS: usize = 500;

/// Which records, from whom, to whom.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HandOver {
    documents: Vec<RecordId>,
    from: SpaceId,
    to: SpaceId,
}

/// What a device may do from now on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GiveRights {
    device: String,
    roles: Vec<String>,
    #[serde(default)]
    teams: Vec<SpaceId>,
}

impl<D: HubDb> Core<D> {
    /// All records or none; of two hand-overs at once the second finds another home.
    pub(crate) fn hand_over(&mut self, asked: &Asked<'_>, input: &HandOver) -> Done<Value> {
        authorize(asked.actor, Action::HandOver)?;
        if input.documents.is_empty() || input.documents.len() > RECORDS {
            return Err(HubError::with("bad_input", "documents"));
        }
        for space in [input.from, input.to] {
            if !self.is_space(space)? {
                return Err(HubError::new("no_space"));
            }
            if space == self.commune() {
                return Err(HubError::new("wrong_space"));
            }
        }
        self.replica.transaction(|hub| {
            for document in &input.documents {
                hub.hand_over(*document, input.from, input.to)?;
            }
            Ok(())
        })?;
        self.log_rulings()?;
        Ok(json!({ "documents": input.documents, "home": input.to }))
    }

    pub(crate) fn device_rights(&mut self, asked: &Asked<'_>, input: &GiveRights) -> Done<Value> {
        authorize(asked.actor, Action::Approve)?;
        let device = named(DeviceKey::from_hex(&input.device))?;
        let rights = self.rights(asked, &input.roles, &input.teams)?;
        let book = self.replica.book();
        if book.is_revoked(&device) {
            return Err(HubError::new("revoked"));
        }
        let held = book.certificate_of(&device);
        let (_, held) = held.ok_or(HubError::new("no_such_device"))?;
        if is_appointed(&held.roles) {
            authorize(asked.actor, Action::Appoint)?;
        }
        let certificate = Certificate {
            roles: rights.roles,
            spaces: rights.spaces,
            all_spaces: rights.all_spaces,
            expires: asked.now + CERTIFICATE_LIFE,
            // The newest certificate counts, whatever this machine's clock did meanwhile.
            issued: asked.now.max(held.issued + 1),
            ..held.clone()
        };
        self.state(&Body::Certificate(certificate), |_| Ok(()))?;
        Ok(json!({ "device": device.to_string() }))
    }
}
