//! The rulings a copy holds, read once and ready to be asked. Rulings merge as sets, so order never matters here.

use crate::id::{DeviceKey, HubKey, Log, Position, RulingId};
use crate::ruling::{Body, Certificate, Ruling, Settings};
use std::collections::{BTreeMap, BTreeSet};
use toso_domain::crdt::ChangeHash;
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::planted;

/// Where the logs of revoked devices end.
pub(crate) type Revoked = BTreeMap<DeviceKey, BTreeMap<(SpaceId, Log), u64>>;

/// Everything stated by the trusted authority (and its predecessors) that this copy has seen.
#[derive(Debug, Clone, Default)]
pub struct Book {
    /// The key this copy began with; the others follow from it.
    first: Option<HubKey>,
    trusted: BTreeSet<HubKey>,
    all: BTreeMap<RulingId, Ruling>,
    /// Rulings by keys not (yet) trusted are refused, so all of these count.
    certificates: BTreeMap<RulingId, Certificate>,
    receipts: BTreeMap<(SpaceId, Log), BTreeMap<Position, RulingId>>,
    revoked: Revoked,
    purged: BTreeSet<RecordId>,
    subjects: BTreeSet<RecordId>,
    lost: BTreeSet<(SpaceId, ChangeHash)>,
    moved: BTreeMap<RecordId, Moved>,
    settings: Option<Settings>,
}

/// Where a document that was handed over counts, and where it has been (rule 7.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Number of the greatest move; the ruling's name decides between equal ones.
    pub serial: u64,
    ruling: RulingId,
    /// Space it left last.
    pub from: SpaceId,
    /// Its home.
    pub to: SpaceId,
    spaces: BTreeSet<SpaceId>,
}

impl Moved {
    /// Every other space it has been in, the one it left last first.
    pub fn others(&self) -> impl Iterator<Item = SpaceId> + '_ {
        let rest = self.spaces.iter().copied();
        std::iter::once(self.from)
            .chain(rest.filter(|space| *space != self.from))
            .filter(|space| *space != self.to)
    }
}

impl Book {
    /// An empty book that trusts one authority.
    #[must_use]
    pub fn new(authority: HubKey) -> Self {
        Self {
            first: Some(authority),
            trusted: BTreeSet::from([authority]),
            ..Self::default()
        }
    }

    /// True when a ruling signed by this key counts.
    #[must_use]
    pub fn trusts(&self, key: &HubKey) -> bool {
        self.trusted.contains(key)
    }

    /// The authority of today: the last of the successions that begin with the key this copy began with.
    #[must_use]
    pub fn authority(&self) -> Option<HubKey> {
        let mut past = BTreeSet::new();
        let mut now = self.first?;
        while past.insert(now) {
            let next = self.all.values().find_map(|ruling| match ruling.body {
                Some(Body::Succession(new)) if ruling.by == now && !past.contains(&new) => {
                    Some(new)
                }
                _ => None,
            });
            now = next.unwrap_or(now);
        }
        Some(now)
    }

    /// Signed bytes of every succession: whoever trusts the first key comes to trust the last by them.
    #[must_use]
    pub fn successions(&self) -> Vec<Vec<u8>> {
        let all = self.all.values();
        all.filter(|ruling| matches!(ruling.body, Some(Body::Succession(_))))
            .map(|ruling| ruling.bytes.clone())
            .collect()
    }

    /// Adds a verified ruling. Answers false when it was there, or its signer is not trusted.
    pub fn add(&mut self, ruling: &Ruling) -> bool {
        if !self.trusts(&ruling.by) || self.all.contains_key(&ruling.id) {
            return false;
        }
        match &ruling.body {
            Some(Body::Certificate(c)) => {
                self.certificates.insert(ruling.id, c.clone());
            }
            Some(Body::Succession(new)) => {
                self.trusted.insert(*new);
            }
            Some(Body::Receipt(space, at)) => {
                self.receipts
                    .entry(((*space).into(), at.log))
                    .or_default()
                    .insert(*at, ruling.id);
            }
            Some(Body::Revocation(device, positions)) => {
                let ends = self.revoked.entry(*device).or_default();
                for p in positions {
                    let end = ends.entry((p.space.into(), p.log)).or_default();
                    *end = p.seq.max(*end);
                }
            }
            Some(Body::Purge(document, subject)) => {
                self.purged.insert((*document).into());
                self.subjects.insert((*subject).into());
            }
            Some(Body::Lost(space, change)) => {
                self.lost.insert(((*space).into(), ChangeHash(change.0)));
            }
            Some(Body::Settings(s)) => {
                let old = self.settings.take().filter(|old| old.serial >= s.serial);
                self.settings = Some(old.unwrap_or_else(|| s.clone()));
            }
            Some(Body::Move(document, from, to, serial)) => {
                self.add_move(
                    (*document).into(),
                    (*from).into(),
                    (*to).into(),
                    *serial,
                    ruling.id,
                );
            }
            None => {}
        }
        self.all.insert(ruling.id, ruling.clone());
        true
    }

    /// Serials are counted by the hub, which may have forgotten some: the ruling's name decides between equal ones.
    fn add_move(
        &mut self,
        document: RecordId,
        from: SpaceId,
        to: SpaceId,
        serial: u64,
        ruling: RulingId,
    ) {
        let moved = self.moved.entry(document).or_insert_with(|| Moved {
            serial,
            ruling,
            from,
            to,
            spaces: BTreeSet::new(),
        });
        moved.spaces.extend([from, to]);
        if (serial, ruling) > (moved.serial, moved.ruling) {
            (moved.serial, moved.ruling, moved.from, moved.to) = (serial, ruling, from, to);
        }
    }

    /// Where a document that was ever handed over counts.
    #[must_use]
    pub fn moved(&self, document: &RecordId) -> Option<&Moved> {
        self.moved.get(document)
    }

    /// Every document that was ever handed over, erased ones left out.
    #[must_use]
    pub fn all_moved(&self) -> Vec<RecordId> {
        let moved = self.moved.keys().filter(|id| !self.is_purged(id));
        moved.copied().collect()
    }

    /// False for an instance of a document that counts in another space.
    #[must_use]
    pub fn is_home(&self, space: SpaceId, document: &RecordId) -> bool {
        self.moved
            .get(document)
            .is_none_or(|moved| moved.to == space)
    }

    /// Forgets a receipt that a longer one on the same branch replaced.
    pub fn drop_receipt(&mut self, space: SpaceId, at: &Position) -> Option<RulingId> {
        let id = self.receipts.get_mut(&(space, at.log))?.remove(at)?;
        self.all.remove(&id);
        Some(id)
    }

    /// A ruling by name.
    #[must_use]
    pub fn get(&self, id: &RulingId) -> Option<&Ruling> {
        self.all.get(id)
    }

    /// Names of the rulings of one space (`Some`: its receipts) or of the whole commune (`None`), sorted.
    #[must_use]
    pub fn ids(&self, space: Option<SpaceId>) -> Vec<RulingId> {
        match space {
            None => self
                .all
                .values()
                .filter(|r| r.space().is_none())
                .map(|r| r.id)
                .collect(),
            Some(space) => {
                let mut ids: Vec<RulingId> = self
                    .receipts_of(space)
                    .flat_map(|(_, at)| at.values().copied())
                    .collect();
                ids.sort_unstable();
                ids
            }
        }
    }

    fn receipts_of(
        &self,
        space: SpaceId,
    ) -> impl Iterator<Item = (&(SpaceId, Log), &BTreeMap<Position, RulingId>)> {
        self.receipts.iter().filter(move |((s, _), _)| *s == space)
    }

    /// Receipts on one log: positions the authority holds durably. Normally one.
    pub fn receipts(&self, space: SpaceId, log: &Log) -> impl Iterator<Item = &Position> {
        self.receipts
            .get(&(space, *log))
            .into_iter()
            .flat_map(BTreeMap::keys)
    }

    /// Logs of the space that have a receipt.
    #[must_use]
    pub fn receipted_logs(&self, space: SpaceId) -> Vec<Log> {
        self.receipts_of(space).map(|((_, log), _)| *log).collect()
    }

    /// A certificate by its ruling's name.
    #[must_use]
    pub fn certificate(&self, id: &RulingId) -> Option<&Certificate> {
        self.certificates.get(id)
    }

    /// The newest certificate of a device, with its name.
    #[must_use]
    pub fn certificate_of(&self, device: &DeviceKey) -> Option<(&RulingId, &Certificate)> {
        self.certificates
            .iter()
            .filter(|(_, c)| c.device == *device)
            .max_by_key(|(id, c)| (c.issued, **id))
    }

    /// The newest certificate of a device that names the space: what it may still give of a space it left hangs on it.
    #[must_use]
    pub fn certificate_for(
        &self,
        device: &DeviceKey,
        space: SpaceId,
    ) -> Option<(&RulingId, &Certificate)> {
        self.certificates
            .iter()
            .filter(|(_, c)| c.device == *device && c.names(space))
            .max_by_key(|(id, c)| (c.issued, **id))
    }

    /// True when the device once held the space and its newest certificate no longer names it (rule 7.6).
    #[must_use]
    pub fn has_left(&self, device: &DeviceKey, space: SpaceId) -> bool {
        self.certificate_for(device, space).is_some()
            && self
                .certificate_of(device)
                .is_some_and(|(_, c)| !c.names(space))
    }

    /// Every device with its newest certificate.
    #[must_use]
    pub fn devices(&self) -> BTreeMap<DeviceKey, &Certificate> {
        let mut out: BTreeMap<DeviceKey, &Certificate> = BTreeMap::new();
        for c in self.certificates.values() {
            let newest = out.entry(c.device).or_insert(c);
            if newest.issued < c.issued {
                *newest = c;
            }
        }
        out
    }

    /// True when the device may add nothing any more but what a revocation names.
    #[must_use]
    pub fn is_revoked(&self, device: &DeviceKey) -> bool {
        self.revoked.contains_key(device)
    }

    /// Takes every revocation out, or puts them back: a fault planted to see that it is found.
    #[cfg(fault)]
    pub(crate) fn swap_revoked(&mut self, other: &mut Revoked) {
        std::mem::swap(&mut self.revoked, other);
    }

    /// Where a revoked device's log ends: `None` when it is not revoked, 0 for a log no revocation names (rule 2.2).
    #[must_use]
    pub fn revoked_end(&self, space: SpaceId, log: &Log) -> Option<u64> {
        let ends = self.revoked.get(&log.device)?;
        let end = ends.get(&(space, *log)).copied().unwrap_or(0);
        Some(end + u64::from(planted!("cut_off_by_one")))
    }

    /// True when the document is erased for good.
    #[must_use]
    pub fn is_purged(&self, document: &RecordId) -> bool {
        self.purged.contains(document)
    }

    /// Ids that no record may bring back: erased documents and the people they were about.
    #[must_use]
    pub fn is_erased_subject(&self, id: &RecordId) -> bool {
        self.subjects.contains(id) || self.purged.contains(id)
    }

    /// True when anything at all was erased.
    #[must_use]
    pub fn has_purges(&self) -> bool {
        !self.purged.is_empty()
    }

    /// Every erased document.
    #[must_use]
    pub fn purged(&self) -> Vec<RecordId> {
        self.purged.iter().copied().collect()
    }

    /// True when staff declared these bytes lost everywhere.
    #[must_use]
    pub fn is_lost(&self, space: SpaceId, change: &ChangeHash) -> bool {
        self.lost.contains(&(space, *change))
    }

    /// Settings of the commune, if stated.
    #[must_use]
    pub fn settings(&self) -> Option<&Settings> {
        self.settings.as_ref()
    }
}
