//! The spaces of this device, and packs that do not count.

use crate::app::Desk;
use crate::error::Called;
use crate::standing;
use schemars::JsonSchema;
use serde::Serialize;
use toso_domain::id::{RecordId, SpaceId};

/// One space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Space {
    /// Its id, that of its `team` or `unit` record.
    pub id: SpaceId,
    /// `commune` or `team`.
    pub kind: &'static str,
    /// Its name; empty until its record is here.
    pub name: String,
    /// Records changed here that the hub does not hold yet.
    pub waiting: usize,
    /// Records changed here that the hub holds.
    pub kept: usize,
    /// Records with changes that do not count.
    pub refused: usize,
}

/// `space.list`
pub(crate) fn list(desk: &mut Desk<'_>) -> Called<Vec<Space>> {
    let commune = desk.device.commune()?;
    let mut out = Vec::new();
    for id in desk.device.spaces()? {
        let standing = standing::of_space(desk.device, id)?;
        let found = desk.device.copy.shelf.store.find(id.into())?;
        let name = found.first().map(|record| record.row.title.clone());
        out.push(Space {
            id,
            kind: if commune == Some(id) {
                "commune"
            } else {
                "team"
            },
            name: name.unwrap_or_default(),
            waiting: standing.waiting.len(),
            kept: standing.kept.len(),
            refused: standing.refused.len(),
        });
    }
    Ok(out)
}

/// A pack set aside that nothing replaces yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Aside {
    /// Its space.
    pub space: SpaceId,
    /// Its name.
    pub pack: String,
    /// Who wrote it; null for a device not known here.
    pub member: Option<RecordId>,
    /// `revoked` or `remaking`.
    pub why: &'static str,
    /// When it came here, milliseconds since 1970.
    pub received_at: Option<i64>,
    /// Records it changes.
    pub records: Vec<RecordId>,
}

/// `tray.list`
pub(crate) fn tray(desk: &mut Desk<'_>) -> Called<Vec<Aside>> {
    crate::lease::lists(desk.device, desk.now)?;
    let mut out = Vec::new();
    for space in desk.device.spaces()? {
        for head in desk.device.copy.tray(space)? {
            use toso_sync::shelf::Shelf;
            let entries = desk.device.copy.shelf.entries_of_pack(space, &head)?;
            let mut records: Vec<RecordId> = entries.iter().map(|e| e.document).collect();
            records.sort_unstable();
            records.dedup();
            let meta = desk.device.copy.ledger(space)?.get(&head).map(|m| m.log);
            let book = desk.device.copy.book();
            let device = meta.map(|log| log.device);
            let certificate = device.and_then(|d| book.certificate_of(&d));
            let revoked = device.is_some_and(|d| book.is_revoked(&d));
            out.push(Aside {
                space,
                pack: head.to_string(),
                member: certificate.map(|(_, c)| c.member.into()),
                why: if revoked { "revoked" } else { "remaking" },
                received_at: received_at(desk, space, &head)?,
                records,
            });
        }
    }
    Ok(out)
}

fn received_at(desk: &Desk<'_>, space: SpaceId, head: &toso_sync::id::Head) -> Called<Option<i64>> {
    let sql = "SELECT received_at FROM main.pack WHERE space = unhex(?1) AND head = unhex(?2)";
    let values = [standing::hex(space.as_bytes()), standing::hex(&head.0)];
    let rows = desk.device.copy.shelf.store.query(sql, &values)?;
    Ok(rows
        .first()
        .and_then(|row| row.get("received_at"))
        .and_then(serde_json::Value::as_i64))
}
