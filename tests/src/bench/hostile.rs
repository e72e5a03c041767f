//! What a hostile pack costs the hub: its real program, asked by a device whose key is real and whose packs are not.

use std::time::Instant;

use anyhow::{Context, ensure};
use serde_json::json;
use toso_sync::client::{self, Access, Line};
use toso_sync::enrol::{Code, Token};
use toso_sync::id::HubKey;
use toso_sync::key::{Random, Secret};
use toso_sync::memory::MemoryShelf;
use toso_sync::message::{Ask, Digest, SpaceAsk, digest_of_ids, read_tell};
use toso_sync::pack::{Pack, encode};
use toso_sync::replica::Replica;

use super::row::{Bound, Figures, Row, Side, median};
use super::stand::Stand;
use super::{Bench, disk};
use crate::bomb::{damaged, expansion, zeros};
use crate::sim::random::Dice;
use crate::village::{MORNING, Person, entry, record, team};

/// A phone in wrong hands and its way to the hub.
struct Thief {
    person: Person,
    line: Line,
    runtime: tokio::runtime::Runtime,
    token: Option<Token>,
    certificate: Vec<u8>,
}

impl Thief {
    fn comes_in(stand: &Stand) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let made =
            stand
                .office
                .create(&stand.commune, "member", json!({ "full_name": "Hờ A Chư" }))?;
        let rights = json!({ "member": made, "roles": ["member"], "teams": [team()] });
        let invited = stand.office.done("member.invite", rights)?;
        let code = Code::parse(invited["code"].as_str().unwrap_or_default()).context("no code")?;
        let (secret, mut dice) = (Secret::from_bytes(&[0x44; 32]), Dice::new(44));
        let line = Line::open(client::Hub {
            url: stand.hub.url.clone(),
            authority: None,
            tls_pin: None,
        })?;
        let nonce = dice.bytes16();
        let asked = runtime.block_on(line.enrol(&code, &secret, "Máy rơi", nonce))?;
        let told =
            json!({ "device": secret.device().to_string(), "check_number": asked.check_number });
        stand.office.done("device.approve", told)?;
        let state = runtime.block_on(line.enrol_state(&secret, nonce))?;
        let authority = asked.hub.authority.context("no authority")?;
        let mut copy = Replica::open(MemoryShelf::new(), authority, None, Some(secret.clone()))?;
        let rulings: Vec<Vec<u8>> = state.rulings.into_iter().map(|bytes| bytes.0).collect();
        copy.take_rulings(&rulings)?;
        let own = copy.certificate().context("no certificate")?.0;
        let certificate = copy.ruling_bytes(&[own]).pop().context("no certificate")?;
        Ok(Self {
            person: Person {
                copy,
                secret,
                dice,
                clock: MORNING,
                spaces: vec![team()],
            },
            line,
            runtime,
            token: None,
            certificate,
        })
    }

    /// Gives one pack past every check of its own; what became of it.
    fn gives(&mut self, pack: &Pack) -> anyhow::Result<Option<String>> {
        let ask = Ask {
            v: 1,
            rulings: digest_of_ids(&self.person.copy.book().ids(None)),
            ruling_ids: None,
            give_rulings: Vec::new(),
            spaces: vec![SpaceAsk {
                packs: vec![pack.clone()],
                ..SpaceAsk::bare(team().into(), Digest([0; 16]))
            }],
        };
        let sent = encode(&ask);
        let trusts = |key: &HubKey| self.person.copy.book().trusts(key);
        let access = Access {
            secret: &self.person.secret,
            certificate: &self.certificate,
            trusts: &trusts,
        };
        let asking = self
            .line
            .send_ask(&mut self.token, &access, &sent, &|| false);
        let answer = self.runtime.block_on(asking)?;
        let tell = read_tell(|key| self.person.copy.book().trusts(key), &sent, &answer)
            .map_err(|bad| anyhow::anyhow!("{}", bad.code))?;
        let not_taken = tell
            .spaces
            .first()
            .and_then(|space| space.not_taken.first());
        Ok(not_taken.map(|not| not.code.clone()))
    }

    /// A pack of every bad kind, in the order of [`KINDS`].
    fn packs(&mut self) -> Vec<Pack> {
        let thief = &mut self.person;
        let header = thief.next_header();
        let actor = header_actor(&header);
        let bomb = entry(record(1), "household", expansion(actor, 100_000_000));
        let (expands, _) = thief.forges(header.clone(), &[bomb]);
        let (mut inflates, _) = thief.forges(header.clone(), &[]);
        inflates.body = zeros(8_192, 0x58);
        let mut forged = expands.clone();
        forged.sig[5] ^= 1;
        let log = toso_sync::id::Log {
            device: header.device,
            epoch: header.epoch,
        };
        let good = thief.change(
            log,
            &toso_domain::crdt::Document::new(),
            &[("head_name", "Lò Văn Páo")],
        );
        let many =
            (0..200_u8).map(|n| entry(record(n), "household", damaged(&good, &mut thief.dice)));
        let many: Vec<_> = many.collect();
        let (hurts, _) = thief.forges(header, &many);
        vec![forged, inflates, expands, hurts]
    }
}

/// What is wrong with each pack.
const KINDS: [&str; 4] = [
    "forged_ms",
    "inflates_to_1_gib_ms",
    "expands_to_24_gb_ms",
    "damaged_200_ms",
];

fn header_actor(header: &toso_sync::pack::Header) -> [u8; 16] {
    let log = toso_sync::id::Log {
        device: header.device,
        epoch: header.epoch,
    };
    log.actor(team()).0
}

/// `hostile`
///
/// # Errors
/// A step failed, or a hostile pack counted.
pub(super) fn hostile(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let home = bench.home("hostile")?;
    let (mut runs, mut fsync) = (Vec::new(), Vec::new());
    let mut by_kind = vec![Vec::new(); KINDS.len()];
    for sample in 0..bench.samples {
        let stand = Stand::begin(bench, &home.join(sample.to_string()))?;
        let mut thief = Thief::comes_in(&stand)?;
        let pid = stand.hub.pid().context("the hub does not run")?;
        fsync.push(disk::fsync_ms(&home)?);
        // The session opens and the pages are warm before anything is measured.
        let packs = thief.packs();
        thief.gives(&packs[0])?;
        let before = disk::memory_mb(pid)?.1;
        let mut worst = 0.0_f64;
        for (kind, pack) in packs.iter().enumerate() {
            let began = Instant::now();
            thief.gives(pack)?;
            let seconds = began.elapsed().as_secs_f64();
            by_kind[kind].push(seconds * 1e3);
            worst = worst.max(seconds);
        }
        runs.push(Figures {
            seconds: Some(worst),
            mb: Some(disk::memory_mb(pid)?.1 - before),
            ..Figures::default()
        });
        stand.office.sync()?;
        let shown = stand
            .office
            .done("record.list", json!({ "kind": "household" }))?;
        ensure!(
            shown["items"] == json!([]),
            "something of it counts: {shown}"
        );
    }
    std::fs::remove_dir_all(&home)?;
    let more = KINDS
        .iter()
        .zip(&by_kind)
        .map(|(kind, took)| (*kind, median(took).unwrap_or(0.0)));
    Ok(vec![Row {
        name: "hostile",
        what:
            "the slowest of four hostile packs, request to answer; memory: growth of the hub's most"
                .to_owned(),
        ours: Side::of(&runs),
        peer: None,
        budget: vec![Bound::Seconds(0.05), Bound::Mb(32.0)],
        fsync_ms: median(&fsync).unwrap_or(0.0),
        more: more.collect(),
    }])
}
