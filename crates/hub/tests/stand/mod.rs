//! A hub on port 0 and people with phones, for stories.
#![allow(dead_code, missing_docs, unreachable_pub)]

pub mod http;
pub mod process;
pub mod tls;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use toso_domain::crdt::{Patch, Scalar};
use toso_domain::id::{RecordId, SpaceId};
use toso_hub::clock::{Clock, System};
use toso_hub::init::Made;
use toso_hub::{Hub, Listen, Running};
use toso_sync::enrol::{
    Challenge, Code, EnrolAsk, EnrolState, EnrolTell, ErrorTell, StateAsk, StateTell, TokenAsk,
    TokenTell,
};
use toso_sync::id::HubKey;
use toso_sync::key::{Random, Secret};
use toso_sync::memory::MemoryShelf;
use toso_sync::message::read_tell;
use toso_sync::pack::{decode, encode};
use toso_sync::replica::Replica;
use toso_sync::session::{Progress, Session};

/// 1 November 2026.
const START: i64 = 1_793_500_000_000;

/// A hub that serves, its folder and its clock.
pub struct Stand {
    pub folder: tempfile::TempDir,
    pub made: Made,
    pub time: Arc<AtomicI64>,
    pub url: String,
    running: Option<Running>,
    runtime: tokio::runtime::Runtime,
}

impl Stand {
    pub fn new() -> Self {
        Self::with(Listen::default())
    }

    pub fn with(listen: Listen) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let time = Arc::new(AtomicI64::new(START));
        let made = toso_hub::init::init(
            &folder.path().join("hub"),
            "Xã Mường Lống",
            None,
            &clock(&time),
        )
        .unwrap();
        let mut stand = Self {
            folder,
            made,
            time,
            url: String::new(),
            running: None,
            runtime: tokio::runtime::Runtime::new().unwrap(),
        };
        stand.start(listen);
        stand
    }

    /// A hub that another process serves at `url`, on the machine's clock.
    pub fn beside(folder: tempfile::TempDir, made: Made, url: &str) -> Self {
        Self {
            folder,
            made,
            time: Arc::new(AtomicI64::new(toso_hub::clock::machine()())),
            url: url.to_owned(),
            running: None,
            runtime: tokio::runtime::Runtime::new().unwrap(),
        }
    }

    pub fn start(&mut self, listen: Listen) {
        let hub = Hub::open(&self.data(), clock(&self.time)).unwrap();
        let running = self.runtime.block_on(toso_hub::serve(hub, listen)).unwrap();
        self.url.clone_from(&running.url);
        self.running = Some(running);
    }

    pub fn stop(&mut self) {
        let running = self.running.take().unwrap();
        self.runtime.block_on(running.stop()).unwrap();
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("hub")
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn now(&self) -> i64 {
        self.time.load(Ordering::SeqCst)
    }

    pub fn pass(&self, millis: i64) {
        self.time.fetch_add(millis, Ordering::SeqCst);
    }

    fn cbor<T: for<'b> minicbor::Decode<'b, ()>>(
        &self,
        path: &str,
        token: Option<&str>,
        body: &[u8],
    ) -> Result<T, String> {
        let answer = http::ask(&self.url, "POST", path, token, body);
        if answer.status == 200 {
            Ok(decode(&answer.body).unwrap())
        } else {
            Err(decode::<ErrorTell>(&answer.body).unwrap().code)
        }
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        if self.running.is_some() {
            self.stop();
        }
    }
}

fn clock(time: &Arc<AtomicI64>) -> Clock {
    let time = Arc::clone(time);
    Arc::new(move || time.load(Ordering::SeqCst))
}

/// A phone or an office computer, its shelf in memory.
pub struct Phone {
    pub secret: Secret,
    pub nonce: [u8; 16],
    pub replica: Option<Replica<MemoryShelf>>,
    pub commune: Option<SpaceId>,
    pub hub: Option<HubKey>,
    pub token: Option<String>,
}

impl Phone {
    pub fn new() -> Self {
        Self {
            secret: Secret::from_bytes(&System.bytes32()),
            nonce: System.bytes16(),
            replica: None,
            commune: None,
            hub: None,
            token: None,
        }
    }

    pub fn name(&self) -> String {
        self.secret.device().to_string()
    }

    /// Shows a code; answers the state.
    pub fn enrol(&mut self, stand: &Stand, code: &str) -> Result<String, String> {
        let code = Code::parse(code).unwrap();
        let ask = EnrolAsk::make(&code, &self.secret, "Máy của Páo", self.nonce, [0; 32]);
        let tell: EnrolTell = stand.cbor("/v1/enrol", None, &encode(&ask))?;
        tell.check(&code.secret(), &ask, None).unwrap();
        self.commune = Some(tell.space.into());
        self.hub = Some(tell.authority);
        let rulings: Vec<Vec<u8>> = tell.rulings.into_iter().map(|b| b.0).collect();
        self.begin(tell.authority, &rulings);
        Ok(word(tell.state))
    }

    fn begin(&mut self, authority: HubKey, rulings: &[Vec<u8>]) {
        if self.replica.is_none() {
            let shelf = MemoryShelf::new();
            let secret = Some(self.secret.clone());
            self.replica = Some(Replica::open(shelf, authority, None, secret).unwrap());
        }
        self.replica().take_rulings(rulings).unwrap();
    }

    pub fn replica(&mut self) -> &mut Replica<MemoryShelf> {
        self.replica.as_mut().unwrap()
    }

    pub fn check_number(&self) -> String {
        toso_sync::enrol::check_number(&self.secret.device(), &self.hub.unwrap(), &self.nonce)
    }

    /// Asks whether staff approved.
    pub fn state(&mut self, stand: &Stand) -> String {
        let ask = encode(&StateAsk::make(&self.secret, self.nonce));
        let tell: StateTell = stand.cbor("/v1/enrol/state", None, &ask).unwrap();
        let rulings: Vec<Vec<u8>> = tell.rulings.into_iter().map(|b| b.0).collect();
        self.replica().take_rulings(&rulings).unwrap();
        word(tell.state)
    }

    /// Opens a session, showing its own certificate.
    pub fn open(&mut self, stand: &Stand) -> Result<TokenTell, String> {
        let challenge: Challenge = stand.cbor("/v1/challenge", None, &[]).unwrap();
        let own = self.replica().certificate().map(|(id, _)| id);
        let own = self.replica().ruling_bytes(own.as_slice());
        let own = own.first().cloned().unwrap_or_default();
        let ask = TokenAsk::make(
            &self.secret,
            &own,
            &challenge.authority,
            challenge.challenge,
        );
        let tell: TokenTell = stand.cbor("/v1/token", None, &encode(&ask))?;
        self.token = Some(HubKey(tell.token.0).to_string());
        Ok(tell)
    }

    /// One whole exchange.
    pub fn sync(&mut self, stand: &Stand, spaces: &[SpaceId]) -> Result<Progress, String> {
        let (now, hub) = (stand.now(), self.hub.unwrap());
        let token = self.token.clone();
        let replica = self.replica.as_mut().unwrap();
        let mut session = Session::start(replica, spaces, now, &mut System).unwrap();
        while !session.is_done() {
            let ask = encode(&session.ask(replica).unwrap());
            let answer = http::ask(&stand.url, "POST", "/v1/sync", token.as_deref(), &ask);
            if answer.status != 200 {
                return Err(decode::<ErrorTell>(&answer.body).unwrap().code);
            }
            let tell = read_tell(|by| *by == hub, &ask, &answer.body).unwrap();
            session.take(replica, &tell, now, &mut System).unwrap();
        }
        Ok(session.progress)
    }

    /// Asks the hub as staff.
    pub fn staff(
        &self,
        stand: &Stand,
        call: &str,
        input: serde_json::Value,
    ) -> Result<serde_json::Value, String> {
        let body = serde_json::json!({ "call": call, "input": input }).to_string();
        let token = self.token.as_deref();
        let answer = http::ask(&stand.url, "POST", "/v1/staff", token, body.as_bytes());
        if answer.status == 200 {
            return Ok(serde_json::from_slice(&answer.body).unwrap());
        }
        Err(decode::<ErrorTell>(&answer.body).unwrap().code)
    }

    /// Writes a new record.
    pub fn write(&mut self, stand: &Stand, space: SpaceId, kind: &str, name: &str) -> RecordId {
        let id = RecordId::from_bytes(System.bytes16());
        self.write_as(stand, space, id, kind, name);
        id
    }

    pub fn write_as(
        &mut self,
        stand: &Stand,
        space: SpaceId,
        id: RecordId,
        kind: &str,
        name: &str,
    ) {
        let text = |t: &str| Some(Scalar::Text(t.to_owned()));
        let patch: Patch = BTreeMap::from([
            ("_kind".to_owned(), text(kind)),
            ("_v".to_owned(), Some(Scalar::Int(1))),
            (
                "_salt".to_owned(),
                Some(Scalar::Bytes(System.bytes16().to_vec())),
            ),
            ("name".to_owned(), text(name)),
        ]);
        self.replica()
            .save(space, id, kind, &patch, stand.now(), &mut System)
            .unwrap();
    }

    pub fn holds(&mut self, space: SpaceId, id: RecordId) -> bool {
        self.replica().document(space, id).unwrap().is_some()
    }
}

fn word(state: EnrolState) -> String {
    match state {
        EnrolState::Pending => "pending",
        EnrolState::Active => "active",
        EnrolState::Refused => "refused",
    }
    .to_owned()
}

/// Staff: enrolled by the first code, in session.
pub fn lan(stand: &Stand) -> Phone {
    let mut lan = Phone::new();
    assert_eq!(lan.enrol(stand, &stand.made.staff_code).unwrap(), "active");
    lan.open(stand).unwrap();
    lan
}

/// A member, let in by staff, in session; with the team both write in.
pub fn pao(stand: &Stand, lan: &mut Phone) -> (Phone, SpaceId) {
    let commune = lan.commune.unwrap();
    let member = lan.write(stand, commune, "member", "Vừ A Páo");
    let team = SpaceId::from(lan.write(stand, commune, "team", "Tổ bản Mường Lống"));
    lan.sync(stand, &[commune]).unwrap();
    let mut pao = Phone::new();
    let code = invite(stand, lan, member, team);
    assert_eq!(pao.enrol(stand, &code).unwrap(), "pending");
    approve(stand, lan, &pao, &pao.check_number()).unwrap();
    assert_eq!(pao.state(stand), "active");
    pao.open(stand).unwrap();
    (pao, team)
}

pub fn invite(stand: &Stand, lan: &Phone, member: RecordId, team: SpaceId) -> String {
    let input = serde_json::json!({ "member": member, "roles": ["member"], "teams": [team] });
    let told = lan.staff(stand, "member.invite", input).unwrap();
    told["code"].as_str().unwrap().to_owned()
}

pub fn approve(stand: &Stand, lan: &Phone, phone: &Phone, number: &str) -> Result<(), String> {
    let input = serde_json::json!({ "device": phone.name(), "check_number": number });
    lan.staff(stand, "device.approve", input).map(drop)
}

/// True when any file below `folder` holds these bytes in clear.
pub fn leaks(folder: &Path, needle: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap_or_default();
        bytes.windows(needle.len()).any(|w| w == needle)
    })
}
