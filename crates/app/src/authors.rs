//! Who wrote a change: from the actor to the log, from the log to the device, from its certificate to the member.

use crate::device::Device;
use crate::error::Called;
use std::collections::BTreeMap;
use toso_domain::crdt::Actor;
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::id::DeviceKey;

/// The authors of one space.
#[derive(Debug)]
pub(crate) struct Authors {
    own: DeviceKey,
    devices: BTreeMap<Actor, DeviceKey>,
    members: BTreeMap<DeviceKey, (RecordId, String)>,
}

impl Authors {
    /// Everyone who has a log in the space, and this device.
    pub(crate) fn of(device: &mut Device, space: SpaceId) -> Called<Self> {
        let mut devices = BTreeMap::new();
        let current = device.copy.current_log(space)?;
        for log in device.copy.ledger(space)?.logs().chain(&current) {
            devices.insert(log.actor(space), log.device);
        }
        let certificates = device.copy.book().devices();
        let members = certificates
            .into_iter()
            .map(|(key, c)| (key, (c.member.into(), c.name.clone())))
            .collect();
        Ok(Self {
            own: device.secret.device(),
            devices,
            members,
        })
    }

    /// The device an actor belongs to.
    pub(crate) fn device(&self, actor: &Actor) -> Option<DeviceKey> {
        self.devices.get(actor).copied()
    }

    /// The member an actor belongs to.
    pub(crate) fn member(&self, actor: &Actor) -> Option<RecordId> {
        let device = self.device(actor)?;
        self.members.get(&device).map(|(member, _)| *member)
    }

    /// What the owner calls the device an actor belongs to.
    pub(crate) fn device_name(&self, actor: &Actor) -> Option<String> {
        let device = self.device(actor)?;
        self.members.get(&device).map(|(_, name)| name.clone())
    }

    /// True for another device than this one. An actor without a log is our own: its edits are not sealed yet.
    pub(crate) fn is_other(&self, actor: &Actor) -> bool {
        self.device(actor).is_some_and(|device| device != self.own)
    }

    /// An actor as the row keeps it: 32 hex digits.
    pub(crate) fn actor(text: &str) -> Option<Actor> {
        toso_sync::id::Epoch::from_hex(text).map(|e| Actor(e.0))
    }
}
