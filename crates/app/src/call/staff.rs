//! What only staff do. The hub decides and signs; this device asks, then learns the rulings like everyone else.

use super::Named;
use super::space::Aside;
use crate::app::App;
use crate::authorize::{Action, authorize};
use crate::error::{CallError, Called};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::ruling::Role as Granted;

/// What a member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Thành viên.
    Member,
    /// Tổ trưởng.
    Lead,
    /// Cán bộ xã.
    Staff,
    /// Lãnh đạo xã.
    Leader,
    /// Cán bộ trường.
    School,
    /// Tỉnh.
    Province,
    /// Quản trị.
    Admin,
}

/// A role's word in the calls.
pub(crate) fn word(role: &Granted) -> &'static str {
    match role {
        Granted::Member => "member",
        Granted::Lead => "lead",
        Granted::Staff => "staff",
        Granted::Leader => "leader",
        Granted::School => "school",
        Granted::Province => "province",
        Granted::Admin => "admin",
    }
}

/// Input of `member.invite`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    /// The member's record in the commune's space.
    pub member: RecordId,
    /// Roles of the device, at least one.
    pub roles: Vec<Role>,
    /// Spaces of the teams it holds; staff hold all.
    #[serde(default)]
    pub teams: Vec<SpaceId>,
    /// Minutes the code lives; 10 unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
}

/// Input of `device.approve`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approve {
    /// The device's key in hex.
    pub device: String,
    /// The number its screen shows.
    pub check_number: String,
}

/// Input of `device.revoke`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Revoke {
    /// The device's key in hex.
    pub device: String,
    /// Why.
    pub reason: String,
}

/// Input of `record.purge`.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Purge {
    /// The record that is erased for good, everywhere.
    pub id: RecordId,
    /// The person it is about, when that is another record: nothing that names them comes back.
    pub subject: Option<RecordId>,
}

/// Input of `tray.approve`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovePack {
    /// The space.
    pub space: SpaceId,
    /// `pack` of a line of `tray.list`.
    pub head: String,
}

/// `record.purge`
pub(crate) fn purge(app: &App, input: Purge) -> Called<Named> {
    let subject = input.subject.unwrap_or(input.id);
    let asked = json!({ "document": input.id, "subject": subject });
    ask_then_sync(app, "record.purge", &asked)?;
    Ok(Named { id: input.id })
}

/// A pack set aside, as the hub tells it.
#[derive(Debug, Deserialize)]
struct AtTheHub {
    space: SpaceId,
    head: String,
    member: Option<RecordId>,
    revoked: bool,
    received_at: Option<i64>,
    entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    document: RecordId,
}

/// `tray.list`: a revoked phone hands its last work to the hub alone, so that is where staff find it.
pub(crate) fn tray(app: &App) -> Called<Vec<Aside>> {
    let (mut out, staff) = app.desk(|desk| {
        let staff = desk.device.who().is_ok_and(|who| who.is_staff());
        Ok((super::space::tray(desk)?, staff))
    })?;
    if !staff {
        return Ok(out);
    }
    let told = match ask(app, "tray.list", &json!({})) {
        Ok(told) => told,
        // A leader's device is not shown what lies there; what lies here it is.
        Err(error) if matches!(&*error.code, "offline" | "not_allowed") => return Ok(out),
        Err(error) => return Err(error),
    };
    let told: Vec<AtTheHub> =
        serde_json::from_value(told).map_err(|_| CallError::new("not_a_hub"))?;
    for pack in told {
        if out.iter().any(|own| own.pack == pack.head) {
            continue;
        }
        let mut records: Vec<RecordId> = pack.entries.iter().map(|e| e.document).collect();
        records.sort_unstable();
        records.dedup();
        out.push(Aside {
            space: pack.space,
            pack: pack.head,
            member: pack.member,
            why: if pack.revoked { "revoked" } else { "remaking" },
            received_at: pack.received_at,
            records,
        });
    }
    Ok(out)
}

/// Asks the hub. Errors: `not_allowed`, `weak_secret`, `offline`, the hub's own.
pub(crate) fn ask<I: Serialize>(app: &App, call: &str, input: &I) -> Called<Value> {
    let caller = app.desk(|desk| {
        authorize(&desk.device.who()?, Action::Staff)?;
        if desk.device.is_weak() {
            return Err(CallError::new("weak_secret"));
        }
        desk.device.caller()
    })?;
    app.link.staff(&caller, call, &json!(input))
}

/// Asks the hub after an exchange, since it must know the record that is named.
pub(crate) fn ask_after_sync<I: Serialize>(app: &App, call: &str, input: &I) -> Called<Value> {
    app.desk(|desk| authorize(&desk.device.who()?, Action::Staff))?;
    super::sync::run(app)?;
    ask(app, call, input)
}

/// Asks the hub and takes the ruling it signed at once.
pub(crate) fn ask_then_sync<I: Serialize>(app: &App, call: &str, input: &I) -> Called<Value> {
    let answer = ask_after_sync(app, call, input)?;
    super::sync::run(app)?;
    Ok(answer)
}
