//! Enrolling this device with a commune's hub.

use crate::app::{App, Desk};
use crate::device::{Device, name};
use crate::error::{CallError, Called};
use crate::link::{Enrolled, Invited};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toso_store::key;
use toso_sync::invitation::Invitation;

/// Input of `enrol.start`: `url` and `code`, or `qr`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// Address of the hub.
    pub url: Option<String>,
    /// The one-time code as it was read out.
    pub code: Option<String>,
    /// The text of the QR that `member.invite` gave: the hub is held to what it says.
    pub qr: Option<super::profile::Typed>,
    /// What its owner calls the device.
    pub name: String,
    /// The PIN (six digits) or passphrase (at least twelve characters) of the profile that is made.
    pub pin: super::profile::Typed,
}

/// Where the enrolment stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Enrolment {
    /// The device's key in hex.
    pub device_id: String,
    /// What staff compare before they approve; empty once active.
    pub check_number: String,
    /// `pending` or `active`.
    pub state: &'static str,
}

/// `enrol.start`
pub(crate) fn start(app: &App, input: &Start) -> Called<Enrolment> {
    // Read first: nothing is made for what is no invitation.
    let invited = invited(input)?;
    let (key, secret) = {
        let mut inner = app.inner();
        std::fs::create_dir_all(inner.folder()).map_err(toso_store::StoreError::from)?;
        // A profile left by an enrolment that failed half-way is used again with the same PIN.
        let key = if key::asks(inner.folder())?.is_some() {
            inner.key(&input.pin.0)?
        } else {
            let pin = super::profile::secret(&input.pin.0);
            key::create(inner.folder(), pin, inner.cost, inner.keys())?
        };
        if inner.device.is_none() {
            inner.start(&key)?;
        }
        let secret = inner.desk(|desk| {
            if desk.device.hub.is_some() {
                return Err(CallError::new("already_enrolled"));
            }
            Ok(desk.device.secret.clone())
        })?;
        (key, secret)
    };
    let label = toso_domain::text::one_line(&input.name);
    let enrolled = app.link.enrol(&invited, &label, &secret)?;
    let mut inner = app.inner();
    inner.desk(|desk| {
        desk.device.set(&[(name::DEVICE_NAME, label.as_bytes())])?;
        keep(desk, &enrolled)
    })?;
    inner.keep_label(&label);
    // Opened anew, the copy trusts the authority it has just learned of.
    inner.device = None;
    inner.start(&key)?;
    inner.desk(|desk| take(desk, &enrolled.rulings))
}

/// Errors: `bad_input`, `bad_qr`, `qr_version`.
fn invited(input: &Start) -> Called<Invited> {
    match (&input.url, &input.code, &input.qr) {
        (None, None, Some(qr)) => {
            let read = Invitation::read(&qr.0).map_err(|bad| CallError::new(bad.code))?;
            Ok(Invited {
                url: read.url,
                code: read.code.to_string(),
                authority: Some(read.authority),
                pin: read.tls,
            })
        }
        (Some(url), Some(code), None) => Ok(Invited {
            url: url.clone(),
            code: code.clone(),
            authority: None,
            pin: None,
        }),
        _ => Err(CallError::new("bad_input").with("what", "url and code, or qr")),
    }
}

/// `enrol.state`
pub(crate) fn state(app: &App) -> Called<Enrolment> {
    let (active, caller) = app.desk(|desk| {
        let active = desk.device.copy.certificate().is_some();
        Ok((active, desk.device.caller()?))
    })?;
    if active {
        return app.desk(|desk| of(desk.device));
    }
    let rulings = app.link.enrol_state(&caller)?;
    app.desk(|desk| take(desk, &rulings))
}

/// Keeps address and keys of the hub.
fn keep(desk: &mut Desk<'_>, enrolled: &Enrolled) -> Called<()> {
    let hub = &enrolled.hub;
    let mut values: Vec<(&str, &[u8])> = vec![
        (name::HUB_URL, hub.url.as_bytes()),
        (name::HUB_AUTHORITY, &hub.authority.0),
        (name::CHECK, enrolled.check_number.as_bytes()),
    ];
    values.extend(hub.pin.as_ref().map(|pin| (name::HUB_PIN, &pin[..])));
    let commune = enrolled.commune.as_ref();
    values.extend(commune.map(|space| (name::COMMUNE, &space.as_bytes()[..])));
    desk.device.set(&values)
}

/// Takes the rulings of an answer: the certificate among them makes the device active.
pub(crate) fn take(desk: &mut Desk<'_>, rulings: &[Vec<u8>]) -> Called<Enrolment> {
    desk.device.copy.take_rulings(rulings)?;
    desk.device.upkeep(desk.now, desk.random)?;
    of(desk.device)
}

fn of(device: &Device) -> Called<Enrolment> {
    let active = device.copy.certificate().is_some();
    let check_number = device.text(name::CHECK)?.unwrap_or_default();
    Ok(Enrolment {
        device_id: device.secret.device().to_string(),
        check_number: if active { String::new() } else { check_number },
        state: if active { "active" } else { "pending" },
    })
}

/// `no`, `pending`, `active` or `revoked`.
pub(crate) fn word(device: &Device) -> &'static str {
    if device.hub.is_none() {
        "no"
    } else if device.copy.book().is_revoked(&device.secret.device()) {
        "revoked"
    } else if device.copy.certificate().is_some() {
        "active"
    } else {
        "pending"
    }
}
