//! What staff may ask the hub: one table of calls, each with the right it needs.

mod device;
mod hand_over;
mod member;
mod record;
mod tray;

use crate::core::Core;
use crate::db::HubDb;
use crate::error::{Done, HubError};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use toso_sync::id::DeviceKey;
use toso_sync::ruling::{Certificate, Role};

/// Something only some roles may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Make a code for a member.
    Invite,
    /// Make a code for, or revoke a device of, somebody with rights over others.
    Appoint,
    /// See devices.
    SeeDevices,
    /// Let a waiting device in.
    Approve,
    /// Revoke a device.
    Revoke,
    /// Erase a record for good.
    Purge,
    /// Hand a record over to another team.
    HandOver,
    /// See what was set aside.
    SeeTray,
    /// Let what was set aside count.
    ApproveTray,
}

/// Whether the holder of this certificate may do this. Nothing is allowed that is not named here.
pub(crate) fn authorize(actor: &Certificate, action: Action) -> Done<()> {
    let roles: &[Role] = match action {
        Action::Appoint => &[Role::Admin],
        Action::Purge => &[Role::Staff, Role::Leader, Role::Admin],
        Action::Invite
        | Action::HandOver
        | Action::SeeDevices
        | Action::Approve
        | Action::Revoke
        | Action::SeeTray
        | Action::ApproveTray => &[Role::Staff, Role::Admin],
    };
    if roles.iter().any(|role| actor.roles.contains(role)) {
        Ok(())
    } else {
        Err(HubError::new("not_allowed"))
    }
}

/// Roles with rights over others.
pub(crate) fn is_appointed(roles: &[Role]) -> bool {
    roles
        .iter()
        .any(|r| matches!(r, Role::Staff | Role::Leader | Role::Admin))
}

/// A call in flight.
pub(crate) struct Asked<'a> {
    pub(crate) actor: &'a Certificate,
    pub(crate) now: i64,
    /// Where devices reach this hub, and the certificate they see there (its SHA-256; zeroes on plain loopback).
    pub(crate) address: &'a str,
    pub(crate) print: [u8; 32],
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    call: String,
    #[serde(default)]
    input: Map<String, Value>,
}

impl<D: HubDb> Core<D> {
    /// Answers `{"call","input"}` by a device.
    pub(crate) fn staff(
        &mut self,
        device: &DeviceKey,
        body: &[u8],
        (address, print): (&str, [u8; 32]),
        now: i64,
    ) -> Done<Value> {
        let actor = self.standing(device, now)?;
        let asked: Envelope =
            serde_json::from_slice(body).map_err(|e| HubError::with("bad_input", e.line()))?;
        let context = Asked {
            actor: &actor,
            now,
            address,
            print,
        };
        let input = Value::Object(asked.input);
        let object = object(&input);
        let done = match asked.call.as_str() {
            "member.invite" => self.member_invite(&context, read(input)?),
            "device.list" => self.device_list(&context, &read(input)?),
            "device.approve" => self.device_approve(&context, &read(input)?),
            "device.revoke" => self.device_revoke(&context, &read(input)?),
            "device.rights" => self.device_rights(&context, &read(input)?),
            "hand_over" => self.hand_over(&context, &read(input)?),
            "record.purge" => self.record_purge(&context, &read(input)?),
            "tray.list" => self.tray_list(&context, &read(input)?),
            "tray.pack" => self.tray_pack(&context, &read(input)?),
            "tray.approve" => self.tray_approve(&context, &read(input)?),
            _ => return Err(HubError::new("no_such_call")),
        };
        let result = done.as_ref().map_or_else(|e| e.code, |_| "ok");
        self.audit(now, device, &asked.call, &object, result)?;
        done
    }
}

/// The ids a call is about, for the audit trail.
fn object(input: &Value) -> String {
    let part = |name: &str| input.get(name).and_then(Value::as_str);
    let words: Vec<String> = [
        "member", "device", "document", "subject", "space", "from", "to", "head", "reason",
    ]
    .iter()
    .filter_map(|name| Some(format!("{name}={}", part(name)?)))
    .collect();
    words.join(" ").chars().take(500).collect()
}

fn read<T: DeserializeOwned>(input: Value) -> Done<T> {
    serde_json::from_value(input).map_err(|_| HubError::new("bad_input"))
}

/// A name in hex or an id, as a call spells it.
pub(crate) fn named<T>(found: Option<T>) -> Done<T> {
    found.ok_or(HubError::new("bad_input"))
}

/// A call without input.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}
