//! A device without a screen, for the many that are only asked about: let in, looked at, revoked.

use crate::people::Somebody;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use toso_app::clock::{Clock, SystemClock};
use toso_domain::id::SpaceId;
use toso_hub::clock::System;
use toso_sync::client::{self, Line, Run};
use toso_sync::enrol::Code;
use toso_sync::key::{Random, Secret};
use toso_sync::memory::MemoryShelf;
use toso_sync::replica::Replica;
use toso_tests::sim::random::Dice;
use toso_tests::village::Person;

pub struct Phone {
    pub secret: Secret,
    pub check_number: String,
    pub nonce: [u8; 16],
    line: Line,
}

impl Phone {
    /// Shows a code; waits.
    pub fn asks(runtime: &Runtime, url: &str, code: &str, name: &str) -> Self {
        let secret = Secret::from_bytes(&System.bytes32());
        let nonce = System.bytes16();
        let line = Line::open(client::Hub {
            url: url.to_owned(),
            authority: None,
            tls_pin: None,
        });
        let line = line.unwrap();
        let code = Code::parse(code).unwrap();
        let asked = runtime.block_on(line.enrol(&code, &secret, name, nonce));
        Self {
            check_number: asked.unwrap().check_number,
            secret,
            nonce,
            line,
        }
    }

    pub fn name(&self) -> String {
        self.secret.device().to_string()
    }

    /// Staff compare the number and let it in.
    pub fn is_let_in(&self, office: &Somebody) {
        let input = json!({ "device": self.name(), "check_number": self.check_number });
        office.done("device.approve", input);
    }

    /// What runs on it once it was let in.
    pub fn begins(self, runtime: &Runtime, space: SpaceId) -> Running {
        let told = runtime.block_on(self.line.enrol_state(&self.secret, self.nonce));
        let rulings: Vec<Vec<u8>> = told.unwrap().rulings.into_iter().map(|b| b.0).collect();
        let authority = toso_sync::ruling::Ruling::read(&rulings[0]).unwrap().by;
        let secret = self.secret.clone();
        let mut copy = Replica::open(MemoryShelf::new(), authority, None, Some(secret)).unwrap();
        copy.take_rulings(&rulings).unwrap();
        let person = Person {
            copy,
            secret: self.secret,
            dice: Dice::new(u64::from(self.nonce[0])),
            clock: SystemClock.now(),
            spaces: vec![space],
        };
        Running {
            person,
            line: self.line,
        }
    }
}

/// A phone at work.
pub struct Running {
    pub person: Person,
    line: Line,
}

impl Running {
    pub fn syncs(&mut self, runtime: &Runtime) {
        let Self { person, line } = self;
        let now = SystemClock.now();
        let mut run = Run {
            secret: &person.secret,
            now: &|| now,
            random: &mut person.dice,
            on_progress: &mut |_, _, _| {},
            cancelled: &|| false,
        };
        let spaces = person.spaces.clone();
        let mut token = None;
        let done = line.exchange(&mut token, &mut person.copy, &spaces, &mut run);
        runtime.block_on(done).unwrap();
    }
}

/// The text at a place of an answer.
pub fn text(answer: &Value, at: &str) -> String {
    let found = answer.pointer(at).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no {at}")).to_owned()
}
