//! The routes of the hub, each asked over HTTP in somebody's name: with its real key, and for calls of staff past
//! everything its app would have refused first.

use crate::calls::{Target, hex, input};
use crate::judge::Answer;
use crate::world::World;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use toso_domain::file::FileHash;
use toso_domain::id::SpaceId;
use toso_hub::clock::System;
use toso_sync::enrol::{
    Challenge, Code, EnrolAsk, ErrorTell, OpenAsk, OpenTell, StateAsk, TokenAsk, TokenTell,
};
use toso_sync::file::{FileAsk, FileTell, FileTold, FileWhat, Give, Take};
use toso_sync::id::DeviceKey;
use toso_sync::key::{Random, Secret};
use toso_sync::message::{Ask, Bytes, Digest, SignedTell, SpaceAsk, Tell, digest_of_ids};
use toso_sync::pack::{decode, encode};
use toso_sync::ruling::{Body, Ruling};

const STAFF: &str = "/v1/staff#";
const FILE: &str = "/v1/file";

/// Every route of the description, that of staff once for each of its calls.
pub fn names() -> Vec<String> {
    let told = serde_json::to_value(toso_hub::description()).unwrap();
    let mut names = Vec::new();
    for (path, route) in told["paths"].as_object().unwrap() {
        if path != "/v1/staff" {
            names.push(path.clone());
            continue;
        }
        let summary = route["post"]["summary"].as_str().unwrap();
        let words: BTreeSet<&str> = summary.split('`').skip(1).step_by(2).collect();
        assert_eq!(
            words,
            answered(),
            "calls that are described and that are answered"
        );
        names.extend(words.iter().map(|word| format!("{STAFF}{word}")));
    }
    names
}

/// The calls in the hub's own table of what staff ask.
fn answered() -> BTreeSet<&'static str> {
    let source = include_str!("../../../crates/hub/src/staff/mod.rs");
    let arms = source
        .lines()
        .filter_map(|line| line.trim().split_once("\" => self."));
    arms.filter_map(|(name, _)| name.strip_prefix('"'))
        .collect()
}

/// What came back.
struct Reply {
    status: u16,
    body: Vec<u8>,
}

impl Reply {
    fn code(&self) -> String {
        let told = ErrorTell::read(&self.body);
        told.map_or_else(|| self.status.to_string(), |told| told.code)
    }

    /// Refused, in all its words.
    fn refused(&self) -> Answer {
        let words = format!("{} {}", self.status, String::from_utf8_lossy(&self.body));
        let outcome = self.code();
        Answer { outcome, words }
    }

    fn judged(&self) -> Answer {
        if self.status == 200 {
            Answer::good(String::from_utf8_lossy(&self.body).into_owned(), "no mark")
        } else {
            self.refused()
        }
    }
}

fn send(url: &str, method: &str, path: &str, heads: &str, body: &[u8]) -> Reply {
    let host = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n{heads}\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).unwrap();
    let end = all.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    Reply {
        status: std::str::from_utf8(&all[9..12]).unwrap().parse().unwrap(),
        body: all[end + 4..].to_vec(),
    }
}

/// Somebody's key, and the newest certificate of it; who has neither makes them up.
struct Asker {
    secret: Secret,
    certificate: Vec<u8>,
}

impl Asker {
    fn of(world: &World, who: &str) -> Self {
        let heard = &world.people[who].heard;
        let secret = heard.secret();
        let secret = secret.unwrap_or_else(|| Secret::from_bytes(&System.bytes32()));
        let own = heard.rulings().into_iter().filter_map(|bytes| {
            let body = Ruling::read(&bytes).ok()?.body?;
            match body {
                Body::Certificate(c) if c.device == secret.device() => Some((c.issued, bytes)),
                _ => None,
            }
        });
        let newest = own.max_by_key(|(issued, _)| *issued);
        Self {
            certificate: newest.map(|(_, bytes)| bytes).unwrap_or_default(),
            secret,
        }
    }

    fn challenge(&self, url: &str) -> TokenAsk {
        let reply = send(url, "POST", "/v1/challenge", "", b"");
        let told: Challenge = decode(&reply.body).unwrap();
        TokenAsk::make(
            &self.secret,
            &self.certificate,
            &told.authority,
            told.challenge,
        )
    }

    /// The head that carries a session; for who gets none, one that was never given.
    fn bearer(&self, url: &str, who: &str) -> String {
        let reply = send(url, "POST", "/v1/token", "", &encode(&self.challenge(url)));
        let token = match decode::<TokenTell>(&reply.body) {
            Ok(told) if reply.status == 200 => told.token.bearer(),
            _ if who == "nobody" => return String::new(),
            _ => format!("Bearer {}", hex(32)),
        };
        format!("authorization: {token}\r\n")
    }
}

fn ask_of(space: SpaceId) -> Ask {
    let part = SpaceAsk {
        vector: Some(Vec::new()),
        ..SpaceAsk::bare(space.into(), Digest([0; 16]))
    };
    Ask {
        v: 1,
        rulings: digest_of_ids(&[]),
        ruling_ids: Some(Vec::new()),
        give_rulings: Vec::new(),
        spaces: vec![part],
    }
}

/// What the hub told of the one space: `sees` when it gave packs of others, else the state it told.
fn told(bytes: &[u8]) -> Answer {
    let signed: SignedTell = decode(bytes).unwrap();
    let tell: Tell = decode(&signed.tell).unwrap();
    let part = &tell.spaces[0];
    let nothing = part.packs.is_empty() && part.tray_packs.is_empty() && part.heals.is_empty();
    let silent =
        part.vector.is_empty() && part.receipts.is_empty() && part.give_receipts.is_empty();
    let state = if !nothing {
        "sees".to_owned()
    } else if silent {
        part.state.clone()
    } else {
        format!("{}+tops", part.state)
    };
    Answer {
        words: state.clone(),
        outcome: state,
    }
}

/// What is asked about a file of the space.
fn file_ask(space: SpaceId, what: FileWhat) -> Vec<u8> {
    encode(&FileAsk {
        v: 1,
        space: space.into(),
        what,
    })
}

/// A whole file, given.
fn gives(space: SpaceId, bytes: &[u8]) -> Vec<u8> {
    let give = Give {
        name: FileHash::of(space, bytes).into(),
        size: u32::try_from(bytes.len()).unwrap(),
        at: 0,
        bytes: Bytes(bytes.to_vec()),
        rulings: digest_of_ids(&[]),
    };
    file_ask(space, FileWhat::Give(give))
}

/// Gives one more file, then takes the one that stands in the place: `sees` when its bytes came.
fn file(url: &str, heads: &str, t: &Target) -> Answer {
    let fresh = gives(t.space, &System.bytes32());
    let given = send(url, "POST", FILE, heads, &fresh);
    let name = t.file.parse::<FileHash>().unwrap().into();
    let (at, most) = (0, u32::MAX);
    let take = file_ask(t.space, FileWhat::Take(Take { name, at, most }));
    let taken = send(url, "POST", FILE, heads, &take);
    if given.status != 200 || taken.status != 200 {
        assert_eq!(given.code(), taken.code(), "giving and taking");
        return taken.refused();
    }
    let signed: SignedTell = decode(&taken.body).unwrap();
    let tell: FileTell = decode(&signed.tell).unwrap();
    let FileTold::Taken(size, bytes) = tell.told else {
        panic!("another answer than was asked for");
    };
    let whole = FileHash::of(t.space, &bytes.0).to_string() == t.file;
    assert_eq!(whole, size > 0, "{} of {size} bytes", bytes.0.len());
    let outcome = if whole { "sees" } else { "ok" }.to_owned();
    Answer {
        words: outcome.clone(),
        outcome,
    }
}

/// An administrator gives the hub what stands in a place.
pub fn gives_file(world: &World, scope: &str) {
    let place = &world.places[scope];
    let office = world.office_of(scope);
    let hash = place.file.parse().unwrap();
    let (_, bytes) = office.app.file(hash).unwrap();
    let heads = Asker::of(world, "admin").bearer(&world.here.url, "admin");
    let reply = send(
        &world.here.url,
        "POST",
        FILE,
        &heads,
        &gives(place.space, &bytes),
    );
    assert_eq!(reply.status, 200, "{}", reply.code());
}

/// Asks one route.
pub fn ask(world: &mut World, name: &str, scope: &str, who: &'static str, t: &Target) -> Answer {
    let url = world.here.url.clone();
    let asker = Asker::of(world, who);
    let whole = scope == crate::table::NONE;
    match name {
        "/livez" | "/readyz" | "/v1/openapi.json" => send(&url, "GET", name, "", b"").judged(),
        "/metrics" => {
            // From elsewhere: on the hub's own machine the page is anybody's.
            let heads = format!(
                "x-forwarded-for: 203.0.113.9\r\n{}",
                asker.bearer(&url, who)
            );
            send(&url, "GET", name, &heads, b"").judged()
        }
        "/v1/challenge" => send(&url, "POST", name, "", b"").judged(),
        "/v1/enrol" => {
            let code = Code::parse(&t.code).unwrap();
            let ask = EnrolAsk::make(&code, &asker.secret, "Máy", System.bytes16(), [0; 32]);
            send(&url, "POST", name, "", &encode(&ask)).judged()
        }
        "/v1/enrol/state" => {
            let own = StateAsk::make(&asker.secret, System.bytes16());
            let ask = StateAsk {
                device: if whole { own.device } else { key(&t.device) },
                ..own
            };
            send(&url, "POST", name, "", &encode(&ask)).judged()
        }
        "/v1/token" => {
            let own = asker.challenge(&url);
            let ask = if whole { own } else { borrowed(own, t) };
            send(&url, "POST", name, "", &encode(&ask)).judged()
        }
        "/v1/sync/open" => {
            let own = asker.challenge(&url);
            let token = if whole { borrowed(own, t) } else { own };
            let ask = Bytes(encode(&ask_of(t.space)));
            let reply = send(&url, "POST", name, "", &encode(&OpenAsk { token, ask }));
            match decode::<OpenTell>(&reply.body) {
                Ok(opened) if reply.status == 200 => told(&opened.tell.0),
                _ => reply.refused(),
            }
        }
        "/v1/sync" => {
            let heads = asker.bearer(&url, who);
            let reply = send(&url, "POST", name, &heads, &encode(&ask_of(t.space)));
            if reply.status == 200 {
                told(&reply.body)
            } else {
                reply.refused()
            }
        }
        FILE => file(&url, &asker.bearer(&url, who), t),
        staff => {
            let call = staff.strip_prefix(STAFF).unwrap();
            let body = json!({ "call": call, "input": input_at_hub(call, t) }).to_string();
            let heads = asker.bearer(&url, who);
            let reply = send(&url, "POST", "/v1/staff", &heads, body.as_bytes());
            let mut answer = reply.judged();
            if answer.outcome == "ok" && answer.words.contains(&t.aside) && call == "tray.list" {
                answer.outcome = "sees".to_owned();
            }
            answer
        }
    }
}

/// Another device's session asked for with one's own signature.
fn borrowed(own: TokenAsk, t: &Target) -> TokenAsk {
    TokenAsk {
        device: key(&t.device),
        certificate: Bytes(t.certificate.clone()),
        ..own
    }
}

fn key(hex: &str) -> DeviceKey {
    DeviceKey::from_hex(hex).unwrap()
}

fn input_at_hub(call: &str, t: &Target) -> Value {
    match call {
        "hand_over" => json!({ "documents": [t.record], "from": t.space, "to": t.next }),
        "record.purge" => json!({ "document": t.record, "subject": t.record }),
        "tray.list" => json!({ "space": t.space }),
        "tray.pack" | "tray.approve" => json!({ "space": t.space, "head": t.aside }),
        other => input(other, t),
    }
}
