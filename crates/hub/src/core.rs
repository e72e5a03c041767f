//! The hub under its lock: one copy with the authority's key, its database and its log of rulings.

use crate::clock::System;
use crate::db::{AuditRow, HubDb};
use crate::error::{Done, HubError};
use crate::file_exchange::Held;
use crate::quota::Given;
use crate::ruling_log::RulingLog;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::id::{DeviceKey, Epoch, HubKey};
use toso_sync::key::{Random, Secret};
use toso_sync::replica::Replica;
use toso_sync::ruling::{Body, Certificate, Ruling};

/// Names of the secrets.
pub(crate) mod secret {
    pub(crate) const AUTHORITY: &str = "authority";
    /// The public key the commune began with; absent until it changes.
    pub(crate) const FIRST: &str = "authority/first";
    /// Secrets of earlier authorities, one after the other: files were sealed to them.
    pub(crate) const EARLIER: &str = "authority/earlier";
    pub(crate) const COMMUNE: &str = "commune";
    pub(crate) const NAME: &str = "name";
    pub(crate) const EPOCH: &str = "epoch";
    pub(crate) const TLS_KEY: &str = "tls_key";
    pub(crate) const TLS_CERT: &str = "tls_cert";
    pub(crate) const TLS_PRINT: &str = "tls_print";
    pub(crate) const RECIPIENT: &str = "recipient";
    /// What files are sealed from; at a hub made by an earlier version absent until the first is given.
    pub(crate) const FILES: &str = "files";
}

/// What never changes while the hub runs.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    /// The authority the commune began with: what devices are told at enrolment, and from which successions lead on.
    pub(crate) first: HubKey,
    /// The authority of today, which signs.
    pub(crate) hub: HubKey,
    pub(crate) commune: RecordId,
    pub(crate) epoch: Epoch,
    pub(crate) tls_print: [u8; 32],
}

/// Everything a request may need; one request at a time holds it.
#[derive(Debug)]
pub(crate) struct Core<D> {
    pub(crate) replica: Replica<D>,
    pub(crate) authority: Secret,
    pub(crate) facts: Facts,
    pub(crate) log: RulingLog,
    /// Open challenges and when they end. Forgotten at a restart: devices ask again.
    pub(crate) challenges: BTreeMap<[u8; 32], i64>,
    pub(crate) random: System,
    /// What each device has given lately.
    pub(crate) given: Given,
    /// What each device has given of files lately: photos leave room for records.
    pub(crate) given_files: Given,
    /// Held while files are written or dropped. Never while waiting for this.
    pub(crate) held: Arc<Mutex<Held>>,
    seen: BTreeMap<DeviceKey, i64>,
}

impl<D: HubDb> Core<D> {
    pub(crate) fn open(db: D, log: &std::path::Path) -> Done<Self> {
        let need = |name: &str| db.secret(name)?.ok_or(HubError::with("db_damaged", name));
        let array = |name: &str| -> Done<[u8; 32]> {
            let bytes = need(name)?;
            bytes
                .try_into()
                .map_err(|_| HubError::with("db_damaged", name))
        };
        let text = |name: &str| -> Done<String> {
            String::from_utf8(need(name)?).map_err(|_| HubError::with("db_damaged", name))
        };
        let id = |name: &str| -> Done<[u8; 16]> {
            let bytes = need(name)?;
            bytes
                .try_into()
                .map_err(|_| HubError::with("db_damaged", name))
        };
        let authority = Secret::from_bytes(&array(secret::AUTHORITY)?);
        let first = db.secret(secret::FIRST)?.is_some();
        let facts = Facts {
            first: if first {
                HubKey(array(secret::FIRST)?)
            } else {
                authority.hub()
            },
            hub: authority.hub(),
            commune: RecordId::from_bytes(id(secret::COMMUNE)?),
            epoch: Epoch(id(secret::EPOCH)?),
            tls_print: array(secret::TLS_PRINT)?,
        };
        let log = RulingLog::open(log, &text(secret::RECIPIENT)?)?;
        let seen = db.seen()?;
        let earlier = db.secret(secret::EARLIER)?.unwrap_or_default();
        let (earlier, _) = earlier.as_chunks::<32>();
        let earlier = earlier.iter().map(Secret::from_bytes).collect();
        let mut replica = Replica::open(db, facts.first, Some(authority.clone()), None)?;
        replica.keep_earlier(earlier);
        let mut core = Self {
            replica,
            authority,
            facts,
            log,
            challenges: BTreeMap::new(),
            random: System,
            given: Given::default(),
            given_files: Given::default(),
            held: Arc::default(),
            seen,
        };
        // What was committed just before a crash may not have reached the log.
        core.log_rulings()?;
        Ok(core)
    }

    pub(crate) fn db(&mut self) -> &mut D {
        &mut self.replica.shelf
    }

    /// The commune's own space.
    pub(crate) fn commune(&self) -> SpaceId {
        self.facts.commune.into()
    }

    /// After a panic: undo what is open and read everything again.
    pub(crate) fn recover(&mut self) -> Done<()> {
        self.replica.shelf.rollback();
        Ok(self.replica.reload()?)
    }

    /// Brings rulings that are new in the database to the log beside it, and drops the files of what they erased.
    pub(crate) fn log_rulings(&mut self) -> Done<()> {
        let new = self.replica.shelf.unlogged()?;
        if !new.is_empty() {
            let (ids, bytes): (Vec<_>, Vec<_>) = new.into_iter().unzip();
            self.log.append(&bytes)?;
            self.replica
                .transaction(|hub| Ok(hub.shelf.set_logged(&ids)?))?;
        }
        self.drop_noted_files()
    }

    /// States rulings in one transaction together with `also`, and logs them before anybody hears of it.
    pub(crate) fn state(
        &mut self,
        body: &Body,
        also: impl FnOnce(&mut D) -> Result<(), toso_sync::shelf::ShelfError>,
    ) -> Done<Ruling> {
        let ruling = self.replica.transaction(|hub| {
            let ruling = hub.state(body)?;
            also(&mut hub.shelf)?;
            Ok(ruling)
        })?;
        self.log_rulings()?;
        Ok(ruling)
    }

    /// The certificate of a device that may act: known, not revoked, not expired.
    pub(crate) fn standing(&self, device: &DeviceKey, now: i64) -> Done<Certificate> {
        if self.replica.book().is_revoked(device) {
            return Err(HubError::new("revoked"));
        }
        let (_, certificate) = self
            .replica
            .book()
            .certificate_of(device)
            .ok_or(HubError::new("unknown_device"))?;
        if certificate.expires < now {
            return Err(HubError::new("cert_expired"));
        }
        Ok(certificate.clone())
    }

    /// True for the commune's space and for those of its accepted `team` records.
    pub(crate) fn is_space(&self, space: SpaceId) -> Done<bool> {
        let commune = self.commune();
        Ok(space == commune
            || self
                .replica
                .shelf
                .kind_of(commune, space.into())?
                .as_deref()
                == Some("team"))
    }

    /// Notes that a device was here, at most once a minute: each note is a durable write.
    pub(crate) fn note_seen(&mut self, device: &DeviceKey, now: i64) -> Done<()> {
        if self.seen.get(device).is_none_or(|at| now - at >= 60_000) {
            self.replica.shelf.set_seen(device, now)?;
            self.seen.insert(*device, now);
        }
        Ok(())
    }

    pub(crate) fn last_seen(&self, device: &DeviceKey) -> Option<i64> {
        self.seen.get(device).copied()
    }

    /// Adds a line to the audit trail.
    pub(crate) fn audit(
        &mut self,
        now: i64,
        actor: &DeviceKey,
        action: &str,
        object: &str,
        result: &str,
    ) -> Done<()> {
        let row = AuditRow {
            at: now,
            actor: *actor,
            action: action.to_owned(),
            object: object.to_owned(),
            result: result.to_owned(),
        };
        Ok(self.replica.shelf.audit(&row)?)
    }

    pub(crate) fn bytes32(&mut self) -> [u8; 32] {
        self.random.bytes32()
    }
}
