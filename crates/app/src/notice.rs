//! Notices: what a person must hear about once, kept until read.

use crate::app::Desk;
use crate::device::{Device, name};
use crate::error::Called;
use serde_json::json;
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::replica::Notice;

/// Keeps a notice until it is read. `code` has words in the registry like an error.
pub(crate) fn add(
    device: &mut Device,
    now: i64,
    code: &str,
    space: Option<SpaceId>,
    record: Option<RecordId>,
) -> Called<()> {
    let about = record.map_or_else(|| space.map(|s| s.to_string()), |r| Some(r.to_string()));
    let key = format!(
        "{}{now:013}/{code}/{}",
        name::NOTICE,
        about.unwrap_or_default()
    );
    let value = json!({ "code": code, "at": now, "space": space, "record": record });
    device.set(&[(&key, value.to_string().as_bytes())])
}

/// Keeps what the protocol had to tell in this piece of work.
pub(crate) fn keep(desk: &mut Desk<'_>) -> Called<()> {
    for notice in desk.device.copy.take_notices() {
        let (code, space, record) = match notice {
            Notice::NewEpoch(space) => ("new_epoch", Some(space), None),
            Notice::Behind(space) => ("behind", Some(space), None),
            Notice::Remade(space, _) => ("remade", Some(space), None),
            Notice::DraftRefused(space, record) => ("draft_refused", Some(space), Some(record)),
            Notice::Revoked => ("revoked", None, None),
            Notice::Left(space) => ("left_space", Some(space), None),
        };
        let known = desk.device.copy.shelf.store.values(name::NOTICE)?;
        let told = known
            .iter()
            .any(|(_, value)| String::from_utf8_lossy(value).contains(&format!("\"{code}\"")));
        // A revoked device meets its revocation at every piece of work; one notice is enough.
        if !(code == "revoked" && told) {
            add(desk.device, desk.now, code, space, record)?;
        }
    }
    Ok(())
}
