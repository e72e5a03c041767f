//! One request of an exchange: what is no space of this commune is told so, the rest is the protocol's.

use crate::core::Core;
use crate::db::HubDb;
use crate::error::{Done, HubError};
use std::collections::BTreeMap;
use toso_domain::id::SpaceId;
use toso_sync::caps;
use toso_sync::id::{DeviceKey, Head};
use toso_sync::message::{Ask, NotTaken, SpaceAsk, SpaceTell, Tell, read_ask, sign_tell};
use toso_sync::pack::{Pack, head_of};
use toso_sync::ruling::Id16;

impl<D: HubDb> Core<D> {
    /// Answers the ask in these bytes, signed over them; beside it what was taken.
    pub(crate) fn exchange(
        &mut self,
        device: &DeviceKey,
        bytes: &[u8],
        now: i64,
    ) -> Done<(Vec<u8>, Taken)> {
        let ask = read_ask(bytes)?;
        if ask.v != caps::VERSION {
            return Err(HubError::new("version"));
        }
        let known = self.replica.book();
        if !known.is_revoked(device) {
            // A certificate may have run out since the token was given.
            self.standing(device, now)?;
        }
        let given = given(&ask);
        let left = self.given.left(device, now);
        self.replica.limits.allowance = Some(left);
        let tell = self.answer(device, ask, now);
        let still = self.replica.limits.allowance.take().unwrap_or(left);
        self.given.add(device, left.saturating_sub(still));
        // Also after a fault: what was committed before it must reach the log.
        self.log_rulings()?;
        let tell = tell?;
        for code in ["later", "tray_full"] {
            let over = tell.spaces.iter().flat_map(|part| &part.not_taken);
            if over.filter(|not| not.code == code).count() > 0 {
                tracing::warn!(code, device = %device, "over its bound");
            }
        }
        // Only shown to staff: a disk that takes no more must not keep anybody from reading.
        if let Err(e) = self.note_seen(device, now) {
            tracing::warn!(code = e.code, "not noted as seen");
        }
        // Figures for the operator: what was taken stays taken when they cannot be read.
        let taken = self.taken(&given, &tell).unwrap_or_default();
        Ok((sign_tell(&self.authority, bytes, &tell), taken))
    }

    /// What of the packs given is held now and was not before.
    fn taken(&self, given: &[(SpaceId, Vec<Head>)], tell: &Tell) -> Done<Taken> {
        let mut taken = Taken::default();
        for part in &tell.spaces {
            let space = SpaceId::from(part.space);
            for not in &part.not_taken {
                *taken.refused.entry(not.code.clone()).or_default() += 1;
            }
            let open = matches!(part.state.as_str(), "open" | "level");
            let heads = given.iter().filter(|(of, _)| open && *of == space);
            for head in heads.flat_map(|(_, heads)| heads) {
                if !part.not_taken.iter().any(|not| not.head == *head) {
                    taken.packs += 1;
                    taken.changes += self.replica.shelf.entry_count(space, head)?;
                }
            }
        }
        Ok(taken)
    }

    fn answer(&mut self, device: &DeviceKey, mut ask: Ask, now: i64) -> Done<Tell> {
        ask.spaces.truncate(caps::SPACES);
        let order: Vec<Id16> = ask.spaces.iter().map(|part| part.space).collect();
        let (commune, epoch) = (self.commune(), self.facts.epoch);
        let mut told: Vec<SpaceTell> = Vec::new();
        if self.any_unknown(&order)? && order.iter().any(|space| commune == (*space).into()) {
            // The teams meant may be in this very message: the commune's space goes first.
            let parts = std::mem::take(&mut ask.spaces).into_iter();
            let (first, rest) = parts.partition(|part| commune == part.space.into());
            let first = Ask {
                v: ask.v,
                rulings: ask.rulings,
                ruling_ids: ask.ruling_ids.clone(),
                give_rulings: std::mem::take(&mut ask.give_rulings),
                spaces: first,
            };
            ask.spaces = rest;
            told = self.replica.answer(device, &first, epoch, now)?.spaces;
        }
        // While the commune's space still differs, a space unknown here may be one of a team that is on its way.
        let may_come = told.iter().any(|part| part.state == "open");
        let mut spaces = Vec::new();
        for part in std::mem::take(&mut ask.spaces) {
            if self.is_space(part.space.into())? {
                spaces.push(part);
            } else {
                told.push(not_here(&part, may_come));
            }
        }
        ask.spaces = spaces;
        let mut tell = self.replica.answer(device, &ask, epoch, now)?;
        told.append(&mut tell.spaces);
        // In the order they were asked for.
        told.sort_by_key(|t| order.iter().position(|space| *space == t.space));
        tell.spaces = told;
        Ok(tell)
    }

    fn any_unknown(&self, spaces: &[Id16]) -> Done<bool> {
        for space in spaces {
            if !self.is_space((*space).into())? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What one step of an exchange brought.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub(crate) packs: u64,
    pub(crate) changes: u64,
    /// Packs that were not taken, by code.
    pub(crate) refused: BTreeMap<String, u64>,
}

/// Heads of the packs in an ask, by space.
fn given(ask: &Ask) -> Vec<(SpaceId, Vec<Head>)> {
    let heads = |part: &SpaceAsk| {
        let packs = part.packs.iter().chain(&part.tray_packs);
        packs.map(|pack| head_of(&pack.header)).collect()
    };
    let parts = ask.spaces.iter().take(caps::SPACES);
    parts
        .map(|part| (SpaceId::from(part.space), heads(part)))
        .collect()
}

/// What is told of a space this commune does not have, or does not have yet: then everything given is to be given again,
/// for what it builds on, the team itself, is missing.
fn not_here(part: &SpaceAsk, may_come: bool) -> SpaceTell {
    let given = part.packs.iter().chain(&part.tray_packs);
    let again = |pack: &Pack| NotTaken {
        head: head_of(&pack.header),
        code: "missing".to_owned(),
    };
    SpaceTell {
        space: part.space,
        state: if may_come { "open" } else { "no_space" }.to_owned(),
        vector: Vec::new(),
        receipts: Vec::new(),
        give_receipts: Vec::new(),
        packs: Vec::new(),
        more: may_come,
        not_taken: given.map(again).collect(),
        want_tray: Vec::new(),
        tray_packs: Vec::new(),
        holes: Vec::new(),
        heals: Vec::new(),
        kept: None,
        apart: None,
    }
}
