//! `tray.list`, `tray.pack`, `tray.approve`: packs that do not count, what is in one, and letting a revoked device's last
//! work count after all. Adopting is the staff device's to do: the hub signs for nobody.

use super::{Action, Asked, authorize, named};
use crate::core::Core;
use crate::db::HubDb;
use crate::error::{Done, HubError};
use serde::Deserialize;
use serde_json::{Value, json};
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::id::{Head, Position};
use toso_sync::pack::{encode, read_header};
use toso_sync::ruling::{Body, SpacePosition};

/// One space, or all.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct List {
    space: Option<SpaceId>,
}

/// Which pack.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Approve {
    space: SpaceId,
    head: String,
}

impl<D: HubDb> Core<D> {
    pub(crate) fn tray_list(&mut self, asked: &Asked<'_>, input: &List) -> Done<Value> {
        authorize(asked.actor, Action::SeeTray)?;
        let spaces = match input.space {
            Some(space) => vec![space],
            None => self.db().spaces()?,
        };
        let mut out = Vec::new();
        for space in spaces {
            let heads = self.replica.tray(space)?;
            for row in self.db().packs(space)? {
                if !heads.contains(&row.head) {
                    continue;
                }
                let device = toso_sync::id::DeviceKey(row.device);
                let entries = self.db().entries_of_pack(space, &row.head)?;
                let entries: Vec<Value> = entries
                    .iter()
                    .map(|e| json!({ "document": e.document, "kind": e.kind }))
                    .collect();
                let book = self.replica.book();
                let member = book
                    .certificate_of(&device)
                    .map(|(_, c)| RecordId::from(c.member));
                out.push(json!({
                    "space": space, "head": row.head.to_string(), "device": device.to_string(), "member": member,
                    "revoked": book.is_revoked(&device), "seq": row.seq, "received_at": row.received_at,
                    "entries": entries,
                }));
            }
        }
        Ok(Value::Array(out))
    }

    /// A pack of the tray as it came, CBOR in lower-case hex.
    pub(crate) fn tray_pack(&mut self, asked: &Asked<'_>, input: &Approve) -> Done<Value> {
        authorize(asked.actor, Action::SeeTray)?;
        let head = named(Head::from_hex(&input.head))?;
        if !self.replica.tray(input.space)?.contains(&head) {
            return Err(HubError::new("not_found"));
        }
        let pack = self.replica.pack(input.space, &head)?;
        let pack = encode(&pack.ok_or(HubError::new("healing"))?);
        let hex: String = pack.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(json!({ "pack": hex }))
    }

    /// Moves the end of a revoked device's log up to this pack.
    pub(crate) fn tray_approve(&mut self, asked: &Asked<'_>, input: &Approve) -> Done<Value> {
        authorize(asked.actor, Action::ApproveTray)?;
        let head = named(Head::from_hex(&input.head))?;
        if !self.replica.tray(input.space)?.contains(&head) {
            return Err(HubError::new("not_found"));
        }
        let header = self.db().header(input.space, &head)?;
        let header = read_header(&header.ok_or(HubError::new("not_found"))?)?;
        if !self.replica.book().is_revoked(&header.device) {
            return Err(HubError::new("not_revoked"));
        }
        let at = Position {
            log: header.log(),
            seq: header.seq,
            head,
        };
        let end = SpacePosition {
            space: input.space.into(),
            log: at.log,
            seq: at.seq,
            head,
        };
        let body = Body::Revocation(header.device, vec![end]);
        self.replica.transaction(|hub| {
            hub.state(&body)?;
            hub.sign_receipts(input.space)
        })?;
        self.log_rulings()?;
        Ok(json!({ "head": head.to_string(), "seq": header.seq }))
    }
}
