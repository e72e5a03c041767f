//! One device of the crowd: key, shelf in memory, line to the hub.

use anyhow::Context;
use std::time::Duration;
use toso_app::clock::{Clock, SystemClock};
use toso_domain::id::{RecordId, SpaceId};
use toso_hub::clock::System;
use toso_sync::client::{self, ClientError, Line, Run};
use toso_sync::enrol::{Code, Token};
use toso_sync::key::{Random, Secret};
use toso_sync::memory::MemoryShelf;
use toso_sync::replica::Replica;
use toso_sync::ruling::Ruling;
use toso_tests::sim::random::Dice;
use toso_tests::village::Person;

/// A device that waits for staff.
pub(crate) struct Asking {
    secret: Secret,
    nonce: [u8; 16],
    line: Line,
    pub(crate) check_number: String,
}

/// A device at work.
pub(crate) struct Device {
    pub(crate) person: Person,
    pub(crate) written: Vec<RecordId>,
    line: Line,
    token: Option<Token>,
}

/// What a client says, as an error of this program.
pub(crate) fn told(error: &ClientError) -> anyhow::Error {
    anyhow::anyhow!("{} {}", error.code, error.detail)
}

/// Asks again while the hub says later: all of the crowd come from one address here, and its door is guarded.
pub(crate) async fn patient<T>(
    mut asks: impl AsyncFnMut() -> Result<T, ClientError>,
) -> Result<T, ClientError> {
    let mut tries = 0;
    loop {
        match asks().await {
            Err(error) if error.code == "later" && tries < 120 => {
                tries += 1;
                let wait = error.retry_after.unwrap_or(1).clamp(1, 30);
                tokio::time::sleep(Duration::from_secs(wait)).await;
            }
            done => return done,
        }
    }
}

impl Asking {
    pub(crate) async fn new(url: &str, code: &str) -> anyhow::Result<Self> {
        let secret = Secret::from_bytes(&System.bytes32());
        let nonce = System.bytes16();
        let line = Line::open(client::Hub {
            url: url.to_owned(),
            authority: None,
            tls_pin: None,
        });
        let line = line.map_err(|e| told(&e))?;
        let code = Code::parse(code).context("no code")?;
        let asked = patient(async || line.enrol(&code, &secret, "Máy", nonce).await);
        let check_number = asked.await.map_err(|e| told(&e))?.check_number;
        Ok(Self {
            secret,
            nonce,
            line,
            check_number,
        })
    }

    pub(crate) fn name(&self) -> String {
        self.secret.device().to_string()
    }

    /// It was let in.
    pub(crate) async fn begins(self, spaces: Vec<SpaceId>) -> anyhow::Result<Device> {
        let state = patient(async || self.line.enrol_state(&self.secret, self.nonce).await);
        let rulings = state.await.map_err(|e| told(&e))?.rulings;
        let rulings: Vec<Vec<u8>> = rulings.into_iter().map(|bytes| bytes.0).collect();
        let first = rulings.first().context("no certificate")?;
        let authority = Ruling::read(first)
            .map_err(|bad| anyhow::anyhow!(bad.code))?
            .by;
        let secret = Some(self.secret.clone());
        let copy = Replica::open(MemoryShelf::new(), authority, None, secret);
        let mut copy = copy.map_err(|fault| anyhow::anyhow!(fault.code))?;
        copy.take_rulings(&rulings)
            .map_err(|fault| anyhow::anyhow!(fault.code))?;
        let seed = u64::from_be_bytes(*self.nonce.first_chunk().context("a nonce")?);
        let person = Person {
            copy,
            secret: self.secret,
            dice: Dice::new(seed),
            clock: SystemClock.now(),
            spaces,
        };
        Ok(Device {
            person,
            written: Vec::new(),
            line: self.line,
            token: None,
        })
    }
}

impl Device {
    /// Writes so many visits of a day.
    pub(crate) fn writes(&mut self, team: SpaceId, count: usize) -> anyhow::Result<()> {
        for _ in 0..count {
            let id = RecordId::from_bytes(System.bytes16());
            let note = format!("Hướng dẫn cài ứng dụng, hẹn lại {}", self.written.len());
            let fields = [
                ("day", "2026-11-20"),
                ("contact", "gap_chu_ho"),
                ("note", &note),
            ];
            let done = self.person.writes_in(team, id, "visit", &fields);
            done.map_err(|code| anyhow::anyhow!(code))?;
            self.written.push(id);
        }
        Ok(())
    }

    /// One daily exchange.
    pub(crate) async fn syncs(&mut self) -> Result<(), ClientError> {
        let Self {
            person,
            line,
            token,
            ..
        } = self;
        let now = SystemClock.now();
        let spaces = person.spaces.clone();
        let mut run = Run {
            secret: &person.secret,
            now: &|| now,
            random: &mut person.dice,
            on_progress: &mut |_, _, _| {},
            cancelled: &|| false,
        };
        let done = line
            .exchange(token, &mut person.copy, &spaces, &mut run)
            .await;
        done.map(drop)
    }

    pub(crate) fn holds(&self, space: SpaceId, id: RecordId) -> bool {
        self.person
            .copy
            .document(space, id)
            .is_ok_and(|found| found.is_some())
    }
}
