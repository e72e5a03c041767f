//! A commune of one phone and a hub that answers at a socket: both copies are the real protocol over memory.

use crate::stub::{Asked, Reply, cbor, reply, serve};
use std::sync::{Arc, Mutex};
use toso_domain::crdt::{Document, Scalar};
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::client::{ClientError, Exchanged, Hub, Line, Run};
use toso_sync::enrol::{Challenge, ErrorTell, OpenAsk, OpenTell, Token, TokenAsk, TokenTell};
use toso_sync::id::Epoch;
use toso_sync::key::{Random, Secret};
use toso_sync::memory::MemoryShelf;
use toso_sync::message::{Bytes, read_ask, sign_tell};
use toso_sync::replica::Replica;
use toso_sync::ruling::{Body, Certificate, Role, Ruling};
use toso_sync::wire::{decode, encode};

pub(crate) const NOW: i64 = 1_780_000_000_000;

/// Random enough for a test, the same every time.
pub(crate) struct Dice(pub(crate) u64);

impl Random for Dice {
    fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(99);
            *byte = (self.0 >> 40) as u8;
        }
    }
}

pub(crate) fn team() -> SpaceId {
    SpaceId::from_bytes([7; 16])
}

pub(crate) fn authority() -> Secret {
    Secret::from_bytes(&[1; 32])
}

pub(crate) fn phone() -> Secret {
    Secret::from_bytes(&[3; 32])
}

pub(crate) fn certificate() -> Ruling {
    let body = Body::Certificate(Certificate {
        device: phone().device(),
        member: RecordId::from_bytes([9; 16]).into(),
        roles: vec![Role::Lead],
        spaces: vec![team().into()],
        all_spaces: false,
        expires: NOW + 86_400_000,
        issued: NOW,
        name: "máy".into(),
    });
    Ruling::sign(&authority(), &body)
}

/// The phone, with one record that no other copy has.
pub(crate) fn phone_with_work() -> Replica<MemoryShelf> {
    let mut copy = new_phone();
    write(&mut copy, "Đã cài ứng dụng");
    copy
}

pub(crate) fn new_phone() -> Replica<MemoryShelf> {
    let shelf = MemoryShelf::new();
    let mut copy = Replica::open(shelf, authority().hub(), None, Some(phone())).unwrap();
    copy.take_rulings(&[certificate().bytes]).unwrap();
    copy
}

/// Writes the one visit with this note.
fn write(copy: &mut Replica<MemoryShelf>, note: &str) {
    let patch = [
        ("_kind", Scalar::Text("visit".into())),
        ("_v", Scalar::Int(1)),
        ("_salt", Scalar::Bytes(vec![4; 16])),
        ("note", Scalar::Text(note.into())),
    ];
    let patch = patch
        .into_iter()
        .map(|(k, v)| (k.to_owned(), Some(v)))
        .collect();
    let document = RecordId::from_bytes([8; 16]);
    copy.save(team(), document, "visit", &patch, NOW, &mut Dice(1))
        .unwrap();
}

/// The hub's side.
pub(crate) struct Office {
    pub(crate) copy: Replica<MemoryShelf>,
    /// Sessions opened so far; only the newest token counts.
    pub(crate) sessions: u8,
    /// After this many exchanges the token is forgotten once.
    pub(crate) forget_at: Option<usize>,
    pub(crate) asked: usize,
}

impl Office {
    pub(crate) fn new() -> Self {
        let secret = Some(authority());
        let mut copy = Replica::open(MemoryShelf::new(), authority().hub(), secret, None).unwrap();
        copy.take_rulings(&[certificate().bytes]).unwrap();
        Self {
            copy,
            sessions: 0,
            forget_at: None,
            asked: 0,
        }
    }

    pub(crate) fn answer(&mut self, asked: &Asked) -> Reply {
        match &*asked.path {
            "/v1/challenge" => cbor(&encode(&Challenge {
                authority: authority().hub(),
                challenge: [6; 32],
                successions: vec![],
            })),
            "/v1/token" => {
                let ask: TokenAsk = decode(&asked.body).unwrap();
                cbor(&encode(&self.session(&ask)))
            }
            "/v1/sync/open" => {
                let OpenAsk { token, ask } = decode(&asked.body).unwrap();
                let token = self.session(&token);
                let tell = Bytes(self.tell(&ask.0));
                cbor(&encode(&OpenTell { token, tell }))
            }
            "/v1/sync" => {
                let known = Token([self.sessions; 32]).bearer();
                let forgotten = self.forget_at == Some(self.asked);
                if asked.bearer.as_ref() != Some(&known) || forgotten {
                    self.forget_at = None;
                    return refusal("401 Unauthorized", "bad_token");
                }
                cbor(&self.tell(&asked.body))
            }
            path => panic!("{path}"),
        }
    }

    fn session(&mut self, ask: &TokenAsk) -> TokenTell {
        let (_, certificate) = ask.check(&authority().hub()).unwrap();
        assert_eq!(certificate.device, phone().device());
        self.sessions += 1;
        TokenTell {
            token: Token([self.sessions; 32]),
            expires: NOW + 1,
        }
    }

    fn tell(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.asked += 1;
        let ask = read_ask(bytes).unwrap();
        let answer = self
            .copy
            .answer(&phone().device(), &ask, Epoch([5; 16]), NOW);
        sign_tell(&authority(), bytes, &answer.unwrap())
    }
}

pub(crate) fn refusal(status: &str, code: &str) -> Reply {
    let head = "content-type: application/cbor\r\n";
    reply(status, head, &encode(&ErrorTell::new(code)))
}

pub(crate) async fn open(office: Office) -> (String, Arc<Mutex<Office>>) {
    let office = Arc::new(Mutex::new(office));
    let inside = Arc::clone(&office);
    let url = serve(move |asked| inside.lock().unwrap().answer(asked)).await;
    (url, office)
}

pub(crate) fn line(url: &str) -> Line {
    Line::open(hub(url)).unwrap()
}

pub(crate) fn hub(url: &str) -> Hub {
    Hub {
        url: url.to_owned(),
        authority: Some(authority().hub()),
        tls_pin: None,
    }
}

pub(crate) async fn exchange(
    url: &str,
    copy: &mut Replica<MemoryShelf>,
    token: &mut Option<Token>,
) -> Result<Exchanged, ClientError> {
    let mut run = Run {
        secret: &phone(),
        now: &|| NOW,
        random: &mut Dice(2),
        on_progress: &mut |_, _, _| {},
        cancelled: &|| false,
    };
    line(url).exchange(token, copy, &[team()], &mut run).await
}

fn held(copy: &Replica<MemoryShelf>) -> [u8; 32] {
    let document = copy
        .document(team(), RecordId::from_bytes([8; 16]))
        .unwrap();
    document.as_ref().map(Document::state_hash).unwrap()
}

#[tokio::test]
async fn a_phone_and_its_hub_hold_the_same_after_an_exchange() {
    let (url, office) = open(Office::new()).await;
    let mut copy = phone_with_work();
    let (mut steps, mut token) = (Vec::new(), None);
    let secret = phone();
    let mut run = Run {
        secret: &secret,
        now: &|| NOW,
        random: &mut Dice(2),
        on_progress: &mut |progress, up, down| steps.push((progress.requests, up, down)),
        cancelled: &|| false,
    };
    let line = line(&url);
    let done = line
        .exchange(&mut token, &mut copy, &[team()], &mut run)
        .await
        .unwrap();
    assert_eq!(
        (done.progress.pushed, done.progress.hub_time),
        ((1, 1), NOW)
    );
    assert_eq!(
        steps.last(),
        Some(&(done.progress.requests, done.bytes_up, done.bytes_down))
    );
    assert!(done.bytes_up > 300 && done.bytes_down > 100);
    assert_eq!(held(&copy), held(&office.lock().unwrap().copy));
    assert!(token.is_some());
}

#[tokio::test]
async fn a_session_the_hub_forgot_is_opened_again_once() {
    let (url, office) = open(Office {
        forget_at: Some(1),
        ..Office::new()
    })
    .await;
    let (mut copy, mut token) = (phone_with_work(), Some(Token([77; 32])));
    exchange(&url, &mut copy, &mut token).await.unwrap();
    assert_eq!(held(&copy), held(&office.lock().unwrap().copy));
    assert!(office.lock().unwrap().sessions >= 1);
    let url = serve(|asked| match &*asked.path {
        "/v1/sync" | "/v1/sync/open" => refusal("401 Unauthorized", "bad_token"),
        _ => Office::new().answer(asked),
    });
    let error = exchange(&url.await, &mut copy, &mut token)
        .await
        .unwrap_err();
    assert_eq!((error.code, token), ("bad_token", None));
}

/// What is asked of a hub that says to the first openings of a session that their challenge is used up, and how it ends.
async fn asked_when_used_up(
    openings: usize,
) -> (Vec<String>, Result<(usize, usize), &'static str>) {
    let (paths, office) = (Arc::new(Mutex::new(Vec::new())), Mutex::new(Office::new()));
    let heard = Arc::clone(&paths);
    let url = serve(move |asked| {
        let mut heard = heard.lock().unwrap();
        heard.push(asked.path.clone());
        let opened = heard.iter().filter(|path| *path == "/v1/sync/open");
        if heard.last().is_some_and(|path| path == "/v1/sync/open") && opened.count() <= openings {
            return refusal("401 Unauthorized", "bad_challenge");
        }
        office.lock().unwrap().answer(asked)
    })
    .await;
    let done = exchange(&url, &mut phone_with_work(), &mut None).await;
    let heard = paths.lock().unwrap().clone();
    let done = done.map(|done| done.progress.pushed);
    (heard, done.map_err(|error| error.code))
}

#[tokio::test]
async fn an_opening_whose_answer_was_lost_is_made_again_once_with_a_new_challenge() {
    let twice = ["/v1/challenge", "/v1/sync/open"].repeat(2);
    let (paths, done) = asked_when_used_up(1).await;
    assert_eq!(paths[..4], twice);
    assert_eq!(done, Ok((1, 1)));
    let (paths, done) = asked_when_used_up(9).await;
    assert_eq!(paths, twice);
    assert_eq!(done, Err("later"));
}

#[tokio::test]
async fn a_revoked_or_expired_device_hears_so() {
    for code in ["revoked", "cert_expired"] {
        let url = serve(move |asked| match &*asked.path {
            "/v1/token" => refusal("403 Forbidden", code),
            _ => Office::new().answer(asked),
        });
        let error = line(&url.await)
            .open_session(&phone(), &certificate().bytes)
            .await;
        assert_eq!(error.unwrap_err().code, code);
    }
}

/// What is asked of a hub, path by path, by a phone that was level with it before and wrote these notes since.
async fn asked_for(notes: &[&str]) -> Vec<String> {
    let (paths, office) = (Arc::new(Mutex::new(Vec::new())), Mutex::new(Office::new()));
    let heard = Arc::clone(&paths);
    let url = serve(move |asked| {
        heard.lock().unwrap().push(asked.path.clone());
        office.lock().unwrap().answer(asked)
    })
    .await;
    let mut copy = new_phone();
    exchange(&url, &mut copy, &mut None).await.unwrap();
    paths.lock().unwrap().clear();
    for note in notes {
        write(&mut copy, note);
    }
    exchange(&url, &mut copy, &mut None).await.unwrap();
    let heard = paths.lock().unwrap();
    heard.clone()
}

#[tokio::test]
async fn a_days_work_goes_with_the_opening_of_its_session_in_two_requests() {
    let paths = asked_for(&["Đã cài ứng dụng"]).await;
    assert_eq!(paths, ["/v1/challenge", "/v1/sync/open"]);
}

#[tokio::test]
async fn what_a_weak_uplink_may_take_longer_for_than_a_challenge_lasts_is_sent_after_it() {
    let mut dice = Dice(9);
    let noise: Vec<u8> = (0..1_500).flat_map(|_| dice.bytes16()).collect();
    // Hex of what does not pack: half as long when packed.
    let hex: String = noise.iter().map(|byte| format!("{byte:02x}")).collect();
    let paths = asked_for(&[&hex[..16_000], &hex[16_000..32_000], &hex[32_000..]]).await;
    assert_eq!(paths, ["/v1/challenge", "/v1/token", "/v1/sync"]);
}
