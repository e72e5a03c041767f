//! The profile on this device: its state, unlocking, locking, a new PIN.

use super::Done;
use crate::app::{App, Inner};
use crate::device::{Device, name};
use crate::error::{CallError, Called};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toso_domain::id::{RecordId, SpaceId};
use toso_store::{Asks, DatabaseKey, Secret, key};

/// Where a profile stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct State {
    /// `none`, `locked` or `unlocked`.
    pub state: &'static str,
    /// `pin` or `passphrase`; null without a profile.
    pub asks: Option<&'static str>,
    /// True in the invented commune of `practice.start`.
    pub practice: bool,
    /// Milliseconds until the next try is allowed.
    pub wait_ms: i64,
    /// `no`, `pending`, `active` or `revoked`; null while locked.
    pub enrolled: Option<&'static str>,
    /// The device's key in hex.
    pub device_id: Option<String>,
    /// What its owner calls it.
    pub device_name: Option<String>,
    /// Record of the member in the commune's space.
    pub member: Option<RecordId>,
    /// Roles: `member`, `lead`, `staff`, `leader`, `school`, `province`, `admin`.
    pub roles: Vec<&'static str>,
    /// Address of the hub.
    pub hub: Option<String>,
    /// Name of the commune; null while locked or not known here yet.
    pub commune: Option<String>,
    /// Name of the member; null likewise.
    pub member_name: Option<String>,
    /// Names of the teams this device holds, those not known here yet left out.
    pub team_names: Vec<String>,
    /// True when all of them are school teams: then doors are parents', and clusters are classes.
    pub school: bool,
}

/// `profile.state`
pub(crate) fn state(app: &App) -> Called<State> {
    let mut inner = app.inner();
    let asks = key::asks(inner.folder())?;
    let steady = inner.clock.steady();
    let mut out = State {
        state: if inner.device.is_some() {
            "unlocked"
        } else if asks.is_some() {
            "locked"
        } else {
            "none"
        },
        asks: asks.map(|asks| match asks {
            Asks::Pin => "pin",
            Asks::Passphrase => "passphrase",
        }),
        practice: inner.practice.is_some(),
        wait_ms: if asks.is_some() {
            key::wait_ms(inner.folder(), steady)
        } else {
            0
        },
        enrolled: None,
        device_id: None,
        device_name: None,
        member: None,
        roles: Vec::new(),
        hub: None,
        commune: None,
        member_name: None,
        team_names: Vec::new(),
        school: false,
    };
    if inner.device.is_some() {
        inner.desk(|desk| {
            let device = &desk.device;
            let who = device.who().ok();
            out.enrolled = Some(super::enrol::word(device));
            out.device_id = Some(device.secret.device().to_string());
            out.device_name = device.text(name::DEVICE_NAME)?;
            let hub = device.hub.as_ref().filter(|_| !out.practice);
            out.hub = hub.map(|hub| hub.url.clone());
            out.roles = who
                .iter()
                .flat_map(|w| &w.roles)
                .map(super::staff::word)
                .collect();
            out.member = who.map(|w| w.member);
            // A revoked device shows no record, not even these.
            if crate::lease::call(device, "").is_ok() {
                name_places(device, &mut out)?;
            }
            Ok(())
        })?;
    }
    Ok(out)
}

/// What a head line shows.
fn name_places(device: &Device, out: &mut State) -> Called<()> {
    let Some(commune) = device.commune()? else {
        return Ok(());
    };
    let title = |space: SpaceId, id: RecordId| -> Called<Option<String>> {
        let held = device.copy.shelf.store.record(space, id)?;
        let title = held.map(|record| record.row.title);
        Ok(title.filter(|title| !title.is_empty()))
    };
    out.commune = title(commune, commune.into())?;
    if let Some(member) = out.member {
        out.member_name = title(commune, member)?;
    }
    let mut schools = Vec::new();
    for space in device.spaces()? {
        if space != commune {
            out.team_names.extend(title(commune, space.into())?);
            schools.push(super::people::is_school(device, space)?);
        }
    }
    out.school = !schools.is_empty() && schools.iter().all(|school| *school);
    Ok(())
}

/// What a person types to open a profile. Never shown.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Typed(pub(crate) String);

impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Typed(…)")
    }
}

/// Input of `profile.unlock`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unlock {
    /// PIN or passphrase.
    pub pin: Typed,
}

/// `profile.unlock`
pub(crate) fn unlock(app: &App, input: &Unlock) -> Called<Done> {
    let mut inner = app.inner();
    inner.unlock(&input.pin.0)?;
    Ok(Done::YES)
}

/// `profile.lock`
pub(crate) fn lock(app: &App) -> Called<Done> {
    app.inner().lock();
    Ok(Done::YES)
}

/// Input of `profile.pin`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPin {
    /// The present PIN or passphrase.
    pub old: Typed,
    /// The new one: six digits, or at least twelve characters; staff need the latter.
    pub new: Typed,
}

/// `profile.pin`
pub(crate) fn pin(app: &App, input: &NewPin) -> Called<Done> {
    let mut inner = app.inner();
    let staff = inner.device.as_ref().and_then(|d| d.who().ok());
    if staff.is_some_and(|who| who.is_staff()) && is_pin(&input.new.0) {
        return Err(CallError::new("weak_secret"));
    }
    let asks = key::asks(inner.folder())?.ok_or_else(|| CallError::new("key_missing"))?;
    let old = known(asks, &input.old.0);
    let (steady, cost) = (inner.clock.steady(), inner.cost);
    key::change(
        inner.folder(),
        old,
        secret(&input.new.0),
        cost,
        steady,
        inner.keys(),
    )?;
    if let Some(device) = inner.device.as_mut() {
        device.pin = is_pin(&input.new.0);
    }
    Ok(Done::YES)
}

impl Inner {
    /// Opens the profile with what its owner typed; one that is open checks the secret and stays open.
    pub(crate) fn unlock(&mut self, typed: &str) -> Called<()> {
        let key = self.key(typed)?;
        if self.device.is_some() {
            return Ok(());
        }
        self.start_labelled(&key)
    }

    /// Opens the profile, and notes its owner's name for the lock screen.
    pub(crate) fn start_labelled(&mut self, key: &DatabaseKey) -> Called<()> {
        self.start(key)?;
        let label = self.desk(|desk| desk.device.text(name::DEVICE_NAME))?;
        self.keep_label(&label.unwrap_or_default());
        Ok(())
    }

    /// The database key, for what its owner typed. The try is counted.
    pub(crate) fn key(&self, typed: &str) -> Called<DatabaseKey> {
        let asks = key::asks(self.folder())?.ok_or_else(|| CallError::new("no_profile"))?;
        let steady = self.clock.steady();
        Ok(key::unlock(
            self.folder(),
            known(asks, typed),
            steady,
            self.keys(),
        )?)
    }
}

/// Six digits are a PIN, anything else a passphrase.
pub(crate) fn secret(typed: &str) -> Secret<'_> {
    if is_pin(typed) {
        Secret::Pin(typed)
    } else {
        Secret::Passphrase(typed)
    }
}

fn known(asks: Asks, typed: &str) -> Secret<'_> {
    match asks {
        Asks::Pin => Secret::Pin(typed),
        Asks::Passphrase => Secret::Passphrase(typed),
    }
}

pub(crate) fn is_pin(typed: &str) -> bool {
    typed.len() == 6 && typed.bytes().all(|b| b.is_ascii_digit())
}
