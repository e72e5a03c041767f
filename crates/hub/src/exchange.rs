//! One request of an exchange: what is no space of this commune is told so, the rest is the protocol's.

use crate::core::Core;
use crate::db::HubDb;
use crate::error::{Done, HubError};
use toso_sync::caps;
use toso_sync::id::DeviceKey;
use toso_sync::message::{Ask, NotTaken, SpaceAsk, SpaceTell, Tell, sign_tell};
use toso_sync::pack::{Pack, decode, head_of};

impl<D: HubDb> Core<D> {
    /// Answers the ask in these bytes, signed over them.
    pub(crate) fn exchange(&mut self, device: &DeviceKey, bytes: &[u8], now: i64) -> Done<Vec<u8>> {
        let ask: Ask = decode(bytes)?;
        if ask.v != caps::VERSION {
            return Err(HubError::new("version"));
        }
        let known = self.replica.book();
        if !known.is_revoked(device) {
            // A certificate may have run out since the token was given.
            self.standing(device, now)?;
        }
        let tell = self.answer(device, &ask, now);
        // Also after a fault: what was committed before it must reach the log.
        self.log_rulings()?;
        let tell = tell?;
        self.note_seen(device, now)?;
        Ok(sign_tell(&self.authority, bytes, &tell))
    }

    fn answer(&mut self, device: &DeviceKey, ask: &Ask, now: i64) -> Done<Tell> {
        let parts: Vec<SpaceAsk> = ask.spaces.iter().take(caps::SPACES).cloned().collect();
        let commune = self.commune();
        let mut told: Vec<SpaceTell> = Vec::new();
        let mut later: Vec<SpaceAsk> = parts.clone();
        let mut give_rulings = ask.give_rulings.clone();
        if self.any_unknown(&parts)? && parts.iter().any(|p| commune == p.space.into()) {
            // The teams meant may be in this very message: the commune's space goes first.
            later.retain(|p| commune != p.space.into());
            let first = Ask {
                spaces: parts
                    .iter()
                    .filter(|p| commune == p.space.into())
                    .cloned()
                    .collect(),
                give_rulings: std::mem::take(&mut give_rulings),
                ..ask.clone()
            };
            let epoch = self.facts.epoch;
            told = self.replica.answer(device, &first, epoch, now)?.spaces;
        }
        // While the commune's space still differs, a space unknown here may be one of a team that is on its way.
        let may_come = told.iter().any(|part| part.state == "open");
        let mut spaces = Vec::new();
        for part in later {
            if self.is_space(part.space.into())? {
                spaces.push(part);
            } else {
                told.push(not_here(&part, may_come));
            }
        }
        let rest = Ask {
            spaces,
            give_rulings,
            ..ask.clone()
        };
        let mut tell = self.replica.answer(device, &rest, self.facts.epoch, now)?;
        told.append(&mut tell.spaces);
        // In the order they were asked for.
        told.sort_by_key(|t| parts.iter().position(|p| p.space == t.space));
        tell.spaces = told;
        Ok(tell)
    }

    fn any_unknown(&self, parts: &[SpaceAsk]) -> Done<bool> {
        for part in parts {
            if !self.is_space(part.space.into())? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What is told of a space this commune does not have, or does not have yet: then everything given is to be given again.
fn not_here(part: &SpaceAsk, may_come: bool) -> SpaceTell {
    let given = part.packs.iter().chain(&part.tray_packs);
    let again = |pack: &Pack| NotTaken {
        head: head_of(&pack.header),
        code: "later".to_owned(),
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
    }
}
