//! An enrolled device whose app keeps no rule: what it gives is refused or set aside, and no honest copy ever counts it.

use super::World;
use super::random::Dice;
use super::reading::copies;
use crate::bomb;
use toso_domain::crdt::{Actor, ChangeHash, Document, Patch, Scalar, hash_of};
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::caps;
use toso_sync::id::{Epoch, Head, Log, Position};
use toso_sync::key::{Random, Secret};
use toso_sync::memory::MemoryShelf;
use toso_sync::message::{Ask, Digest, SpaceAsk, digest_of_ids};
use toso_sync::pack::{Entry, Header, Pack, head_of, read_body};
use toso_sync::replica::Replica;
use toso_sync::ruling::{Id16, Role};
use toso_sync::shelf::{Shelf, Verdict};

/// One such device.
#[derive(Debug)]
pub(crate) struct Hostile {
    pub(super) secret: Secret,
    epoch: Epoch,
    given: Vec<(SpaceId, Pack)>,
    /// Packs no copy may count.
    forbidden: Vec<(SpaceId, Head)>,
    /// Changes no copy may accept.
    refused: Vec<(SpaceId, ChangeHash)>,
}

/// What it tries. The first ones are packs that must never count, then changes that must never be accepted.
const TRICKS: [Trick; 17] = [
    Trick::BadSignature,
    Trick::AnothersName,
    Trick::WrongPrev,
    Trick::UnknownPast,
    Trick::Gap,
    Trick::OtherSpace,
    Trick::NoCertificate,
    Trick::NewerVersion,
    Trick::BadBody,
    Trick::Bomb,
    Trick::AnothersActor,
    Trick::SameNumber,
    Trick::OtherKind,
    Trick::Damaged,
    Trick::Fork,
    Trick::Replay,
    Trick::Honest,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trick {
    BadSignature,
    AnothersName,
    WrongPrev,
    UnknownPast,
    Gap,
    OtherSpace,
    NoCertificate,
    NewerVersion,
    BadBody,
    Bomb,
    AnothersActor,
    SameNumber,
    OtherKind,
    Damaged,
    Fork,
    Replay,
    Honest,
}

impl Trick {
    fn never_counts(self) -> bool {
        self as usize <= Self::Bomb as usize
    }

    fn never_accepted(self) -> bool {
        matches!(
            self,
            Self::AnothersActor | Self::SameNumber | Self::OtherKind
        )
    }
}

impl World {
    /// One hostile act; the first time the device is enrolled, as people are who turn.
    pub(super) fn hostile_event(&mut self) {
        if self.hostile.is_empty() {
            let secret = Secret::from_bytes(&self.dice.bytes32());
            self.certify(&secret, vec![Role::Member]);
            self.hostile.push(Hostile {
                secret,
                epoch: Epoch(self.dice.bytes16()),
                given: Vec::new(),
                forbidden: Vec::new(),
                refused: Vec::new(),
            });
        }
        if self.dice.chance(2) {
            let key = self.hostile[0].secret.device();
            self.hub.transaction(|hub| hub.revoke(key)).unwrap();
            self.note("the hostile device is revoked".into());
        }
        let trick = TRICKS[self.dice.below(TRICKS.len())];
        let space = self.spaces[self.dice.below(2)];
        let Some((pack, head, hash)) = self.make(trick, space) else {
            return;
        };
        let key = self.hostile[0].secret.device();
        let rulings = digest_of_ids(&self.hub.book().ids(None));
        let before = self.hub.ledger(space).unwrap().get(&head).map(|m| m.valid);
        let ask = asking(space, rulings, vec![pack.clone()]);
        let tell = self.hub.answer(&key, &ask, self.hub_epoch, self.now);
        let tell = tell.expect("whatever is given is no fault of the hub");
        let counts = self.hub.ledger(space).unwrap().get(&head).map(|m| m.valid);
        let hostile = &mut self.hostile[0];
        if trick.never_counts() && before.is_none() {
            hostile.forbidden.push((space, head));
        }
        if trick.never_accepted() {
            hostile.refused.push((space, hash));
        }
        hostile.given.push((space, pack));
        let codes: Vec<_> = tell.spaces[0].not_taken.iter().map(|n| &n.code).collect();
        self.note(format!(
            "hostile: {trick:?} in {space}: {codes:?}, counts {counts:?}"
        ));
    }

    /// The pack of a trick, its name, and the change in it. `None` where there is nothing to do it to yet.
    fn make(&mut self, trick: Trick, space: SpaceId) -> Option<(Pack, Head, ChangeHash)> {
        let hostile = &self.hostile[0];
        if trick == Trick::Replay {
            let count = hostile.given.len();
            let (of, pack) = hostile.given.get(self.dice.below(count.max(1)))?.clone();
            let head = head_of(&pack.header);
            return (of == space).then_some((pack, head, ChangeHash([0; 32])));
        }
        let log = Log {
            device: hostile.secret.device(),
            epoch: hostile.epoch,
        };
        let top = self.top_at_hub(space, &log);
        if top.is_none() && trick == Trick::WrongPrev {
            return None;
        }
        let (of, document) = self.documents[self.dice.below(self.documents.len())];
        let base = self
            .hub
            .document(of, document)
            .unwrap()
            .filter(|_| of == space);
        let actor = match trick {
            Trick::AnothersActor => Actor(self.dice.bytes16()),
            _ => log.actor(space),
        };
        let named = (document, self.kind_of(document));
        let entry = entry(trick, named, base, actor, &mut self.dice)?;
        let hash = entry.hash;
        let certificate = self
            .hub
            .book()
            .certificate_of(&log.device)
            .map(|(id, _)| *id);
        let mut header = Header {
            v: caps::VERSION,
            space: *space.as_bytes(),
            device: log.device,
            epoch: log.epoch,
            seq: top.map_or(1, |(seq, _)| seq + 1),
            prev: top.map(|(_, head)| head),
            after: self.hub.ledger(space).unwrap().vector(),
            replaces: Vec::new(),
            closes: Vec::new(),
            device_clock: self.now,
            entries_hash: [0; 32],
            cert: top.is_none().then_some(certificate).flatten(),
            accounts: Vec::new(),
        };
        header.after.retain(|at| at.log != log);
        let mut secret = self.hostile[0].secret.clone();
        match trick {
            Trick::AnothersName => header.device = self.devices[0].secret.device(),
            Trick::WrongPrev => header.prev = Some(Head(self.dice.bytes16())),
            Trick::UnknownPast => header.after.push(Position {
                log: Log {
                    device: self.devices[0].secret.device(),
                    epoch: Epoch(self.dice.bytes16()),
                },
                seq: 1,
                head: Head(self.dice.bytes16()),
            }),
            Trick::Gap => {
                header.seq += 1;
                header.prev = Some(Head(self.dice.bytes16()));
                header.cert = None;
            }
            Trick::OtherSpace => header.space = self.dice.bytes16(),
            Trick::NewerVersion => header.v += 1,
            Trick::NoCertificate => {
                secret = Secret::from_bytes(&self.dice.bytes32());
                header.device = secret.device();
                (header.seq, header.prev) = (1, None);
                header.cert = certificate;
            }
            // The pack before, in another way: of two only one can count.
            Trick::Fork if header.seq > 1 => {
                let at = self
                    .hub
                    .ledger(space)
                    .unwrap()
                    .get(&header.prev?)
                    .cloned()?;
                (header.seq, header.prev) = (at.seq, at.prev);
                header.cert = at.prev.is_none().then_some(certificate).flatten();
            }
            _ => {}
        }
        let (mut pack, head) = Pack::seal(&secret, header, &[entry]);
        match trick {
            Trick::BadSignature => pack.sig[self.dice.below(64)] ^= 1 << self.dice.below(8),
            // Not every bit of a frame says something.
            Trick::BadBody => loop {
                let at = self.dice.below(pack.body.len());
                pack.body[at] ^= 1 << self.dice.below(8);
                let (header, _) = pack.read_header().ok()?;
                if read_body(&header, &pack.body).is_err() {
                    break;
                }
            },
            Trick::Bomb => pack.body = bomb::zeros(64, 0x58),
            _ => {}
        }
        Some((pack, head, hash))
    }

    fn top_at_hub(&mut self, space: SpaceId, log: &Log) -> Option<(u64, Head)> {
        let top = self.hub.ledger(space).unwrap().top(log)?;
        Some((top.seq, top.head))
    }

    /// No copy counts a pack that must not count, nor accepts a change that must not be accepted.
    pub(super) fn check_hostile(&mut self) -> Result<(), String> {
        for (name, copy) in copies(&mut self.devices, &mut self.hub) {
            for hostile in &self.hostile {
                hostile
                    .check(copy)
                    .map_err(|why| format!("O5: {why} on {name}"))?;
            }
        }
        Ok(())
    }
}

impl Hostile {
    fn check(&self, copy: &mut Replica<MemoryShelf>) -> Result<(), String> {
        for (space, head) in &self.forbidden {
            let ledger = copy.ledger(*space).unwrap();
            if ledger.get(head).is_some_and(|meta| meta.valid) {
                return Err(format!("forbidden pack {head} counts"));
            }
        }
        for (space, hash) in &self.refused {
            let rows = copy.shelf.entries_of_change(*space, hash).unwrap();
            if rows.iter().any(|row| row.verdict == Verdict::Accepted) {
                return Err(format!("forbidden change {hash} is accepted"));
            }
        }
        Ok(())
    }
}

/// The one change of a hostile pack. `None` where the trick needs a record and there is none.
fn entry(
    trick: Trick,
    (document, own_kind): (RecordId, &str),
    base: Option<Document>,
    actor: Actor,
    dice: &mut Dice,
) -> Option<Entry> {
    let mut patch = Patch::new();
    if base.is_none() {
        patch.insert("_kind".into(), Some(Scalar::Text(own_kind.into())));
        patch.insert("_v".into(), Some(Scalar::Int(1)));
        patch.insert("_salt".into(), Some(Scalar::Bytes(dice.bytes16().to_vec())));
    }
    let text = format!("hostile-{}", dice.roll());
    patch.insert("note".into(), Some(Scalar::Text(text)));
    let mut written = match (trick, base) {
        // Written without what this actor wrote before: the same number once more.
        (Trick::SameNumber, Some(base)) => {
            let all = base.changes();
            let own = all.iter().any(|change| change.actor == actor);
            let before: Vec<_> = all.iter().filter(|change| change.actor != actor).collect();
            let rest = Document::from_changes(before.iter().map(|change| &change.raw));
            rest.ok().filter(|rest| own && !rest.is_empty())?
        }
        (Trick::SameNumber, None) => return None,
        (_, base) => base.unwrap_or_default(),
    };
    let mut raw = written.write(actor, &patch, 1_790_000_000).ok()??;
    if trick == Trick::Damaged {
        raw = bomb::damaged(&raw, dice);
    }
    let kind = if trick == Trick::OtherKind {
        "visit"
    } else {
        own_kind
    };
    Some(Entry {
        document,
        kind: kind.into(),
        hash: hash_of(&raw).unwrap_or(ChangeHash([7; 32])),
        len: u32::try_from(raw.len()).ok()?,
        re: Vec::new(),
        raw: Some(raw),
    })
}

fn asking(space: SpaceId, rulings: Digest, packs: Vec<Pack>) -> Ask {
    let part = SpaceAsk {
        packs,
        ..SpaceAsk::bare(Id16::from(space), Digest([0; 16]))
    };
    Ask {
        v: caps::VERSION,
        rulings,
        ruling_ids: None,
        give_rulings: Vec::new(),
        spaces: vec![part],
    }
}
