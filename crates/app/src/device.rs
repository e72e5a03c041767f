//! An unlocked profile: its copy of the commune, who it belongs to, and what it knows of time and hub.

use crate::clock::Random;
use crate::error::{CallError, Called};
use crate::fault::fault;
use crate::link::{Caller, Hub};
use crate::shelf::DeviceShelf;
use std::collections::BTreeSet;
use toso_domain::id::{RecordId, SpaceId};
use toso_store::{After, List};
use toso_sync::id::HubKey;
use toso_sync::key::Secret;
use toso_sync::replica::Replica;
use toso_sync::ruling::Role;
use toso_sync::shelf::Shelf;

/// Names of values the app keeps in the database.
pub(crate) mod name {
    /// Secret key of the device, 32 bytes.
    pub(crate) const SECRET: &str = "device/secret";
    /// What its owner calls the device.
    pub(crate) const DEVICE_NAME: &str = "device/name";
    /// Address of the hub.
    pub(crate) const HUB_URL: &str = "hub/url";
    /// The authority's key.
    pub(crate) const HUB_AUTHORITY: &str = "hub/authority";
    /// Pinned TLS key.
    pub(crate) const HUB_PIN: &str = "hub/pin";
    /// The commune's space.
    pub(crate) const COMMUNE: &str = "hub/commune";
    /// Check number while approval is waited for.
    pub(crate) const CHECK: &str = "enrol/check";
    /// Last signed time of the hub, milliseconds since 1970.
    pub(crate) const HUB_TIME: &str = "hub/time";
    /// Device clock minus hub clock at that time, milliseconds.
    pub(crate) const CLOCK_ERROR: &str = "hub/clock-error";
    /// Device time of the last exchange that ended well.
    pub(crate) const LAST_OK: &str = "sync/last-ok";
    /// Packs the hub did not take: `<head>` → code.
    pub(crate) const NOT_TAKEN: &str = "sync/not-taken/";
    /// Files the hub holds: `<name>` → its epoch.
    pub(crate) const FILE_KEPT: &str = "file/kept/";
    /// What came of a file so far: `<name>` → its first bytes.
    pub(crate) const FILE_PART: &str = "file/part/";
    /// In which of the hub's lives that is noted: its epoch.
    pub(crate) const FILES_EPOCH: &str = "file/epoch";
    /// When the hub was last asked for all files, milliseconds since 1970.
    pub(crate) const FILES_ASKED: &str = "file/asked";
    /// Notices not yet read.
    pub(crate) const NOTICE: &str = "notice/";
}

/// Who asks: the member named by the device's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The member's record in the commune's space.
    pub member: RecordId,
    /// Roles, at least one.
    pub roles: Vec<Role>,
}

impl Who {
    /// Commune staff, commune leaders and administrators.
    #[must_use]
    pub fn is_staff(&self) -> bool {
        let staff = |r: &Role| matches!(r, Role::Staff | Role::Leader | Role::Admin);
        self.roles.iter().any(staff)
    }

    /// Tổ trưởng.
    #[must_use]
    pub fn is_lead(&self) -> bool {
        self.roles.contains(&Role::Lead)
    }
}

/// An unlocked profile.
#[derive(Debug)]
pub(crate) struct Device {
    /// Its copy.
    pub(crate) copy: Replica<DeviceShelf>,
    /// Its key.
    pub(crate) secret: Secret,
    /// The hub it is enrolled with.
    pub(crate) hub: Option<Hub>,
    /// True when six digits open the profile.
    pub(crate) pin: bool,
    /// How many late edits wait, once counted and until something changes.
    pub(crate) late: Option<usize>,
}

impl Device {
    /// Who this device belongs to. Errors: `not_enrolled` before staff approved it.
    pub(crate) fn who(&self) -> Called<Who> {
        let (_, certificate) = self
            .copy
            .certificate()
            .ok_or_else(|| CallError::new("not_enrolled"))?;
        Ok(Who {
            member: certificate.member.into(),
            roles: certificate.roles,
        })
    }

    /// True when staff work behind six digits: they must set a passphrase first.
    pub(crate) fn is_weak(&self) -> bool {
        self.pin && self.who().is_ok_and(|who| who.is_staff())
    }

    /// The hub and the key to speak to it with. Errors: `not_enrolled`.
    pub(crate) fn caller(&self) -> Called<Caller> {
        Ok(Caller {
            secret: self.secret.clone(),
            hub: self
                .hub
                .clone()
                .ok_or_else(|| CallError::new("not_enrolled"))?,
            rulings: self.own_rulings(),
        })
    }

    /// The device's certificate and the successions that make its signer trusted.
    fn own_rulings(&self) -> Vec<Vec<u8>> {
        let book = self.copy.book();
        let own = self.copy.certificate().map(|(id, _)| id);
        let mut ids = book.ids(None);
        ids.retain(|id| Some(*id) == own || book.get(id).is_some_and(|r| r.word() == "succession"));
        self.copy.ruling_bytes(&ids)
    }

    /// The commune's space, once known.
    pub(crate) fn commune(&self) -> Called<Option<SpaceId>> {
        if let Some(id) = self.value16(name::COMMUNE)? {
            return Ok(Some(SpaceId::from_bytes(id)));
        }
        for space in self.copy.shelf.spaces()? {
            let record = self.copy.shelf.store.record(space, space.into())?;
            if record.is_some_and(|r| r.row.kind == "unit") {
                return Ok(Some(space));
            }
        }
        Ok(None)
    }

    /// Every space this device holds by its certificate; for staff every team the commune's space names.
    pub(crate) fn spaces(&self) -> Called<Vec<SpaceId>> {
        let mut spaces = BTreeSet::new();
        let commune = self.commune()?;
        if let Some((_, certificate)) = self.copy.certificate() {
            spaces.extend(certificate.spaces.iter().map(|id| SpaceId::from(*id)));
            if certificate.all_spaces {
                spaces.extend(commune);
                spaces.extend(self.teams(commune)?);
                spaces.extend(self.copy.shelf.spaces()?);
            }
        }
        Ok(spaces.into_iter().collect())
    }

    fn teams(&self, commune: Option<SpaceId>) -> Called<Vec<SpaceId>> {
        let list = List {
            kind: Some("team".into()),
            space: commune,
            hidden: true,
            ..List::default()
        };
        let page = self.copy.shelf.store.list(&list)?;
        Ok(page.items.iter().map(|r| r.id.into()).collect())
    }

    /// The space a record is in; `given` when the caller knows it. Errors: `not_found`.
    pub(crate) fn space_of(&self, id: RecordId, given: Option<SpaceId>) -> Called<SpaceId> {
        if let Some(space) = given {
            return Ok(space);
        }
        let found = self.copy.shelf.store.find(id)?;
        // After a hand-over a record may stand in several spaces: its home is meant, where that is held.
        let home = found.iter().find(|r| !r.away);
        home.or(found.first())
            .map(|r| r.space)
            .ok_or_else(|| CallError::new("not_found"))
    }

    /// The space a record counts in, when it was handed over out of `space`.
    pub(crate) fn home_elsewhere(&self, space: SpaceId, id: RecordId) -> Option<SpaceId> {
        let home = self.copy.book().moved(&id)?.to;
        (home != space).then_some(home)
    }

    /// A number kept under a name.
    pub(crate) fn number(&self, name: &str) -> Called<Option<i64>> {
        let bytes = self.copy.shelf.value(name)?;
        Ok(bytes
            .and_then(|b| b.try_into().ok())
            .map(i64::from_be_bytes))
    }

    /// A text kept under a name.
    pub(crate) fn text(&self, name: &str) -> Called<Option<String>> {
        let bytes = self.copy.shelf.value(name)?;
        Ok(bytes.and_then(|b| String::from_utf8(b).ok()))
    }

    fn value16(&self, name: &str) -> Called<Option<[u8; 16]>> {
        let bytes = self.copy.shelf.value(name)?;
        Ok(bytes.and_then(|b| b.try_into().ok()))
    }

    /// Sets values, all or none.
    pub(crate) fn set(&mut self, values: &[(&str, &[u8])]) -> Called<()> {
        Ok(self.copy.transaction(|copy| {
            for (name, bytes) in values {
                copy.shelf.set_value(name, bytes)?;
            }
            Ok(())
        })?)
    }

    /// Forgets values.
    pub(crate) fn forget(&mut self, names: &[&str]) -> Called<()> {
        Ok(self.copy.transaction(|copy| {
            for name in names {
                copy.shelf.store.drop_value(name).map_err(fault)?;
            }
            Ok(())
        })?)
    }

    /// Makes what waits of every space under the current rights; called after a start or new rulings.
    pub(crate) fn upkeep(&mut self, now: i64, random: &mut dyn Random) -> Called<()> {
        if self.copy.certificate().is_none() {
            return Ok(());
        }
        for space in self.copy.shelf.spaces()? {
            self.copy.remake(space, now, random)?;
        }
        Ok(())
    }

    /// Reads what the database says of hub and key.
    pub(crate) fn read_hub(shelf: &DeviceShelf) -> Called<Option<Hub>> {
        let url = shelf.value(name::HUB_URL)?;
        let key = shelf.value(name::HUB_AUTHORITY)?;
        let (Some(url), Some(key)) = (url, key.and_then(|k| <[u8; 32]>::try_from(k).ok())) else {
            return Ok(None);
        };
        let pin = shelf.value(name::HUB_PIN)?;
        Ok(Some(Hub {
            url: String::from_utf8_lossy(&url).into_owned(),
            authority: HubKey(key),
            pin: pin.and_then(|p| p.try_into().ok()),
        }))
    }
}

/// The place of a page as text; a bad one begins anew.
pub(crate) fn after(text: Option<&str>) -> Called<Option<After>> {
    text.map(|t| After::from_text(t).ok_or_else(|| CallError::new("bad_input").with("after", "")))
        .transpose()
}
