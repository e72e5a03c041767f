//! Who holds which space, where records count, and what staff carry after a hand-over.

use super::World;
use super::reading::number;
use toso_domain::crdt::Scalar;
use toso_sync::replica::Mode;
use toso_sync::ruling::Role;

impl World {
    /// Somebody gets other rights; half of them hear of it before they send anything, as by a carried file.
    pub(super) fn change_rights(&mut self, device: usize) {
        let secret = self.devices[device].secret.clone();
        let role = [Role::Member, Role::Lead, Role::Staff][self.dice.below(3)];
        self.certify(&secret, vec![role]);
        let hears = self.devices[device].live && self.dice.chance(50);
        if hears {
            let ids = self.hub.book().ids(None);
            let given = self.hub.ruling_bytes(&ids);
            self.devices[device].copy.take_rulings(&given).unwrap();
        }
        self.note(format!("{device} becomes {role:?}, hears of it: {hears}"));
    }

    /// A member goes to one team, or holds both again.
    pub(super) fn change_teams(&mut self, device: usize) {
        let secret = self.devices[device].secret.clone();
        let spaces = match self.dice.below(3) {
            0 => vec![self.spaces[0]],
            1 => vec![self.spaces[1]],
            _ => self.spaces.clone(),
        };
        self.note(format!("{device} holds {spaces:?}"));
        self.certify_for(&secret, vec![Role::Member], &spaces);
    }

    /// Staff hand a record over; their device learns of it at once, as after a purge.
    pub(super) fn hand_over(&mut self, device: usize) {
        let (made_in, document) = self.documents[self.dice.below(self.documents.len())];
        let from = self.hub.book().moved(&document).map_or(made_in, |m| m.to);
        let to = if from == self.spaces[0] {
            self.spaces[1]
        } else {
            self.spaces[0]
        };
        let told = self
            .hub
            .transaction(|hub| hub.hand_over(document, from, to));
        if let Ok(ruling) = &told
            && self.devices[device].live
        {
            let given = [ruling.bytes.clone()];
            self.devices[device].copy.take_rulings(&given).unwrap();
        }
        let code = told.map_or_else(|fault| fault.code, |_| "ok");
        self.note(format!(
            "{document} goes to {to}, asked by {device}: {code}"
        ));
    }

    /// Staff write again under their own name what the hub has set aside.
    pub(super) fn adopt(&mut self) {
        let staff = self.devices.iter().position(|device| {
            let mine = device.copy.certificate();
            device.live && mine.is_some_and(|(_, c)| c.is_staff())
        });
        let Some(device) = staff else { return };
        for space in self.spaces.clone() {
            let tray = self.hub.tray(space).unwrap();
            let Some(head) = tray.first() else {
                continue;
            };
            let Some(pack) = self.hub.pack(space, head).unwrap() else {
                continue;
            };
            let Self {
                devices, dice, now, ..
            } = self;
            let copy = &mut devices[device].copy;
            let taken = copy.transaction(|copy| {
                let outcome = copy.take_pack(space, &pack, Mode::Tray, *now)?;
                copy.settle_taken(space)?;
                Ok(outcome)
            });
            let adopted = copy.adopt(space, head, *now, dice);
            let adopted = adopted.map_err(|fault| fault.code);
            self.note(format!(
                "{device} takes {head} aside: {taken:?}, adopts: {adopted:?}"
            ));
        }
    }

    /// A staff device carries, or its user decides on a late edit.
    pub(super) fn carry(&mut self, device: usize) {
        if !self.devices[device].live {
            return;
        }
        let Self {
            devices,
            dice,
            now,
            decided: decisions,
            ..
        } = self;
        let copy = &mut devices[device].copy;
        let written = copy.carry_due(*now, dice).unwrap();
        let mut decided = String::new();
        for document in copy.book().all_moved() {
            let Some(late) = copy.late(document).unwrap().into_iter().next() else {
                continue;
            };
            let take = dice.chance(50);
            for value in late.patch.values().flatten() {
                if let Scalar::Text(text) = value {
                    decisions.extend(number(text));
                }
            }
            copy.settle_late(document, &late.change, take, *now, dice)
                .unwrap();
            decided = format!(", {} of {document} taken: {take}", late.change);
        }
        self.note(format!("{device} carries {written}{decided}"));
    }
}
