//! `device.list`, `device.approve`, `device.revoke`.

use super::{Action, Asked, Nothing, authorize, is_appointed, named};
use crate::core::Core;
use crate::db::HubDb;
use crate::error::{Done, HubError};
use serde::Deserialize;
use serde_json::{Value, json};
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::id::DeviceKey;

/// Which device, and the number read off it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Approve {
    device: String,
    check_number: String,
}

/// Which device, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Revoke {
    device: String,
    reason: String,
}

impl<D: HubDb> Core<D> {
    pub(crate) fn device_list(&mut self, asked: &Asked<'_>, _: &Nothing) -> Done<Value> {
        authorize(asked.actor, Action::SeeDevices)?;
        let mut out = Vec::new();
        for row in self.db().all_pending()? {
            let code = self.db().code(&row.lookup)?;
            let member = code.as_ref().map(|c| RecordId::from(c.member));
            let roles = code.as_ref().map(|c| crate::role::words(&c.roles));
            out.push(json!({
                "device": row.device.to_string(), "name": row.name, "member": member, "roles": roles,
                "state": if row.refused { "refused" } else { "pending" },
                "check_number": row.check_number, "asked_at": row.asked_at, "last_seen": null,
            }));
        }
        let book = self.replica.book();
        let mut devices: Vec<_> = book.devices().into_iter().collect();
        devices.sort_by_key(|(device, certificate)| (certificate.issued, *device));
        for (device, certificate) in devices {
            let spaces: Vec<SpaceId> = certificate.spaces.iter().map(|s| (*s).into()).collect();
            out.push(json!({
                "device": device.to_string(),
                "name": certificate.name,
                "member": RecordId::from(certificate.member),
                "roles": crate::role::words(&certificate.roles),
                "spaces": spaces,
                "all_spaces": certificate.all_spaces,
                "state": if book.is_revoked(&device) { "revoked" } else { "active" },
                "issued": certificate.issued,
                "expires": certificate.expires,
                "last_seen": self.last_seen(&device),
            }));
        }
        Ok(Value::Array(out))
    }

    pub(crate) fn device_approve(&mut self, asked: &Asked<'_>, input: &Approve) -> Done<Value> {
        authorize(asked.actor, Action::Approve)?;
        let device = named(DeviceKey::from_hex(&input.device))?;
        let waiting = self.db().pending(&device)?;
        let code = match &waiting {
            Some(row) => self.db().code(&row.lookup)?,
            None => None,
        };
        if code.is_some_and(|code| is_appointed(&code.roles)) {
            authorize(asked.actor, Action::Appoint)?;
        }
        self.approve(&device, &input.check_number, asked.now)?;
        Ok(json!({ "device": device.to_string(), "state": "active" }))
    }

    pub(crate) fn device_revoke(&mut self, asked: &Asked<'_>, input: &Revoke) -> Done<Value> {
        authorize(asked.actor, Action::Revoke)?;
        let device = named(DeviceKey::from_hex(&input.device))?;
        if input.reason.trim().is_empty() || input.reason.chars().count() > 200 {
            return Err(HubError::with("bad_input", "reason"));
        }
        let certificate = self.replica.book().certificate_of(&device);
        let Some((_, certificate)) = certificate else {
            // One that waits is simply not let in.
            let mut row = self
                .db()
                .pending(&device)?
                .ok_or(HubError::new("no_such_device"))?;
            row.refused = true;
            self.db().put_pending(&row)?;
            return Ok(json!({ "device": device.to_string(), "state": "refused" }));
        };
        if is_appointed(&certificate.roles) && certificate.device != asked.actor.device {
            authorize(asked.actor, Action::Appoint)?;
        }
        self.replica.transaction(|hub| {
            hub.revoke(device)?;
            Ok(hub.shelf.drop_tokens_of(&device)?)
        })?;
        self.log_rulings()?;
        Ok(json!({ "device": device.to_string(), "state": "revoked" }))
    }
}
