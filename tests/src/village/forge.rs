//! Packs and changes made by hand, past all checks of an honest phone.

use super::{Person, genesis, team};
use toso_domain::crdt::{Document, Patch, Scalar};
use toso_sync::id::{Epoch, Head, Log};
use toso_sync::key::Random;
use toso_sync::pack::{Entry, Header, Pack};

impl Person {
    /// The header of this phone's next pack, to be sealed by hand.
    pub fn next_header(&mut self) -> Header {
        let certificate = self.copy.certificate().unwrap().0;
        let log = self.log().unwrap_or(Log {
            device: self.secret.device(),
            epoch: Epoch(self.dice.bytes16()),
        });
        let vector = self.copy.ledger(team()).unwrap().vector();
        let top = vector.iter().find(|at| at.log == log).copied();
        Header {
            v: 1,
            space: *team().as_bytes(),
            device: log.device,
            epoch: log.epoch,
            seq: top.map_or(1, |at| at.seq + 1),
            prev: top.map(|at| at.head),
            after: vector.into_iter().filter(|at| at.log != log).collect(),
            replaces: Vec::new(),
            closes: Vec::new(),
            device_clock: self.clock,
            entries_hash: [0; 32],
            cert: top.is_none().then_some(certificate),
            accounts: Vec::new(),
        }
    }

    /// Seals a header and entries with this phone's key, past all its checks.
    #[must_use]
    pub fn forges(&self, header: Header, entries: &[Entry]) -> (Pack, Head) {
        Pack::seal(&self.secret, header, entries)
    }

    /// A change of `document` on top of `on`, written by hand under the log's actor.
    #[must_use]
    pub fn change(&self, log: Log, on: &Document, fields: &[(&str, &str)]) -> Vec<u8> {
        let mut patch: Patch = fields
            .iter()
            .map(|(key, text)| ((*key).into(), Some(Scalar::Text((*text).into()))))
            .collect();
        if on.is_empty() {
            patch.extend(genesis("household", [9; 16]));
        }
        let written = on
            .clone()
            .write(log.actor(team()), &patch, self.clock / 1_000);
        written.unwrap().unwrap()
    }
}
