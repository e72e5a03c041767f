//! One exchange of a simulated device with the hub, over a network and on machines that may fail at any step.

use super::World;
use super::random::Dice;
use toso_sync::limits::Limits;
use toso_sync::message::{Ask, Tell, read_tell, sign_tell};
use toso_sync::pack::{decode, encode};
use toso_sync::replica::Fault;
use toso_sync::session::{Progress, Session};

impl World {
    /// A whole exchange of one device over an honest network. Answers what it did.
    ///
    /// # Errors
    /// Faults of the copies.
    pub fn sync(&mut self, device: usize) -> Result<Progress, Fault> {
        self.exchange(device, &mut |_, _| Fate::Delivered)
    }

    /// What the hub takes in the next request: as usual, or little of what is new or void.
    fn stint(&mut self) {
        let mut limits = Limits::default();
        if let Some(dice) = &mut self.stingy {
            if dice.chance(15) {
                limits.allowance = Some(dice.below(1_500) as u64);
            }
            if dice.chance(15) {
                limits.tray_bytes = dice.below(1_500) as u64;
            }
        }
        self.hub.limits = limits;
    }

    /// An exchange in which `fate` decides what becomes of each request.
    ///
    /// # Errors
    /// Faults of the copies; `cut` when the network ended it.
    pub fn exchange(
        &mut self,
        device: usize,
        fate: &mut dyn FnMut(&mut Dice, usize) -> Fate,
    ) -> Result<Progress, Fault> {
        let (now, clock) = (self.now, self.clock(device));
        let spaces = self.spaces.clone();
        // Before it opens a session a device hears by which successions it comes to trust the hub.
        let led = self.hub.book().successions();
        self.devices[device].copy.take_rulings(&led)?;
        let copy = &mut self.devices[device].copy;
        let mut session = Session::start(copy, &spaces, clock, &mut self.dice)?;
        let mut rounds = 0;
        while !session.is_done() {
            rounds += 1;
            assert!(
                rounds < 400,
                "an exchange must end\n{}",
                self.diary[self.diary.len().saturating_sub(60)..].join("\n")
            );
            let mut ask = session.ask(&mut self.devices[device].copy)?;
            let fate = fate(&mut self.dice, rounds);
            if fate == Fate::Lost {
                return Err(Fault::new("cut"));
            }
            if fate == Fate::Shuffled {
                for part in &mut ask.spaces {
                    self.dice.shuffle(&mut part.packs);
                }
            }
            let sent = encode(&ask);
            let read: Ask = decode(&sent).expect("what we encode we decode");
            assert_eq!(read, ask, "the wire keeps every field");
            let key = self.devices[device].secret.device();
            if let Fate::HubDies(after) = fate {
                self.hub.shelf.fail_in = Some(after);
            }
            self.stint();
            let told = self.hub.answer(&key, &read, self.hub_epoch, now);
            self.hub.shelf.fail_in = None;
            let mut tell = match told {
                Ok(tell) => tell,
                Err(_) => {
                    self.hub_stumbles();
                    return Err(Fault::new("cut"));
                }
            };
            if fate == Fate::Doubled {
                tell = self.hub.answer(&key, &read, self.hub_epoch, now)?;
            }
            if fate == Fate::ReplyLost {
                return Err(Fault::new("cut"));
            }
            if fate == Fate::Shuffled {
                for part in &mut tell.spaces {
                    self.dice.shuffle(&mut part.packs);
                }
            }
            let bytes = sign_tell(&self.authority, &sent, &tell);
            let mut tell: Tell = read_tell(
                |k| self.devices[device].copy.book().trusts(k),
                &sent,
                &bytes,
            )?;
            let Self {
                devices,
                dice,
                diary,
                ..
            } = self;
            if let Fate::DeviceDies(after) = fate {
                devices[device].copy.shelf.fail_in = Some(after);
            }
            if rounds > 390 || std::env::var_os("SIM_TALK").is_some() {
                for (a, t) in ask.spaces.iter().zip(&tell.spaces) {
                    diary.push(format!(
                            "{} gives {} packs {} tray {} heals of {:?}; hub {} gives {} packs {} receipts {} tray {} heals, not {:?}, wants {:?} more {} rulings {} / {}",
                            device,
                            a.packs.len(),
                            a.tray_packs.len(),
                            a.heals.len(),
                            a.tray.len(),
                            t.state,
                            t.packs.len(),
                            t.give_receipts.len(),
                            t.tray_packs.len(),
                            t.heals.len(),
                            t.not_taken,
                            t.want_tray.len(),
                            t.more,
                            ask.give_rulings.len(),
                            tell.give_rulings.len()
                        ));
                }
            }
            let copy = &mut devices[device].copy;
            // Two answers of three in slices, as the app takes them while somebody waits, and while nobody does; a device may
            // die between them.
            let mut more = Ok(rounds % 3 > 0);
            while let Ok(true) = more {
                more = session.take_some(copy, &mut tell, clock, &|| rounds % 3 == 1);
            }
            let taken = more.and_then(|_| session.take(copy, &tell, clock, dice));
            devices[device].copy.shelf.fail_in = None;
            if taken.is_err() {
                self.device_stumbles(device);
                return Err(Fault::new("cut"));
            }
        }
        Ok(session.progress)
    }
}

/// What becomes of one request and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Both arrive.
    Delivered,
    /// The request never arrives.
    Lost,
    /// The hub took it, the answer never arrives.
    ReplyLost,
    /// The request arrives twice.
    Doubled,
    /// Packs arrive in another order.
    Shuffled,
    /// The hub dies at its n-th write.
    HubDies(u32),
    /// The device dies at its n-th write.
    DeviceDies(u32),
}
