//! `toso-hub staff-code`: a way back in for a commune whose only staff device was lost.
//!
//! Whoever runs this holds the folder and its key and is trusted already; the trail says that it was done. The lost
//! device keeps its rights until the new one revokes it.

use crate::clock::Clock;
use crate::core::Core;
use crate::db::{AuditRow, CodeRow, HubDb};
use crate::error::{Done, HubError};
use crate::hub::Hub;
use serde::Serialize;
use std::path::Path;
use toso_domain::id::RecordId;
use toso_sync::id::DeviceKey;
use toso_sync::key::Random;
use toso_sync::ruling::{Id16, Role};

/// How long the code is good, milliseconds: the same as that of `init`.
const CODE: i64 = 60 * 60_000;
/// Stands in the trail where no device acted but the operator.
const OPERATOR: DeviceKey = DeviceKey([0; 32]);

/// What is told, once.
#[derive(Debug, Clone, Serialize)]
pub struct StaffCode {
    /// Enrols one administrator's device, at once active.
    pub staff_code: String,
    /// Record of the member the device will belong to; new when none was named.
    pub member: RecordId,
    /// When the code ends, milliseconds since 1970.
    pub expires: i64,
}

/// Makes a one-time code for an administrator's device at the hub in `folder`, for `member` when given.
///
/// The hub must be stopped: the trail has one writer, and a code is no reason to give it two.
///
/// # Errors
/// `no_hub`, `in_use` while it serves, `no_such_member`, those of [`Hub::open`].
pub fn staff_code(folder: &Path, member: Option<RecordId>, clock: &Clock) -> Done<StaffCode> {
    let hub = Hub::open(folder, clock.clone())?;
    let now = hub.now();
    hub.alone(|core| make(core, member, now))
}

fn make<D: HubDb>(core: &mut Core<D>, member: Option<RecordId>, now: i64) -> Done<StaffCode> {
    let member = match member {
        Some(member) => {
            let commune = core.commune();
            let kind = core.db().kind_of(commune, member)?;
            if kind.as_deref() != Some("member") {
                return Err(HubError::new("no_such_member"));
            }
            member
        }
        None => {
            let mut ten = [0; 10];
            core.random.fill(&mut ten);
            RecordId::v7(now, ten)
        }
    };
    let code = core.new_code()?;
    let expires = now + CODE;
    let row = CodeRow {
        lookup: code.id().as_bytes().to_vec(),
        secret: code.secret().0,
        member: Id16::from(member),
        roles: vec![Role::Staff, Role::Admin],
        spaces: Vec::new(),
        all_spaces: true,
        at_once: true,
        expires,
        tries: 0,
        used_by: None,
    };
    let line = AuditRow {
        at: now,
        actor: OPERATOR,
        action: "staff-code".to_owned(),
        object: format!("member={member}"),
        result: "ok".to_owned(),
    };
    // No code without its line, and no line without its code.
    core.replica.transaction(|hub| {
        hub.shelf.put_code(&row)?;
        Ok(hub.shelf.audit(&line)?)
    })?;
    core.db().scrub()?;
    Ok(StaffCode {
        staff_code: code.to_string(),
        member,
        expires,
    })
}
