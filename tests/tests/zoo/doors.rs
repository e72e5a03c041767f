//! Every door foreign bytes come in by, each as the product opens it: what it says of bytes, by its stable code.

use crate::meter::weighed;
use std::time::{Duration, Instant};
use toso_domain::crdt::{Document, read};
use toso_domain::gate::{Expect, History, check};
use toso_sync::carried::import;
use toso_sync::enrol::{Code, EnrolAsk, ErrorTell, OpenAsk, StateAsk, TokenAsk};
use toso_sync::invitation::Invitation;
use toso_sync::memory::MemoryShelf;
use toso_sync::message::{Ask, Tell, read_ask, read_tell, sign_tell};
use toso_sync::pack::{Pack, decode, encode};
use toso_sync::replica::{Mode, Replica};
use toso_sync::session::Session;
use toso_sync::shelf::Verdict;
use toso_tests::village::{Village, entry, gives, record, team, verdicts};

/// A door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Door {
    /// A change, read alone.
    Change,
    /// A change in a pack that is what it says: the gate.
    Entry,
    /// A change in a pack of somebody else's record, set beside what stands there.
    Beside,
    /// A pack in CBOR.
    Pack,
    /// A pack's body under a header that is true to it.
    Body,
    /// A ruling.
    Ruling,
    /// A ruling's statement, signed with the authority's key.
    Statement,
    /// A request of an exchange.
    Ask,
    /// An answer, as it comes from the network.
    Signed,
    /// An answer, signed with the authority's key.
    Tell,
    /// A carried file.
    File,
    /// The text of a QR.
    Qr,
    /// What stands in the QR code of a card, a receipt, a shop.
    Scan,
    /// A typed code.
    Code,
    /// What comes before a session: enrolments, openings, refusals.
    Greeting,
}

/// Lan's phone, the hub, and what Páo's key can sign.
pub(crate) struct Stand {
    pub(crate) village: Village,
    lan: MemoryShelf,
    pao: MemoryShelf,
    hub: MemoryShelf,
}

impl Stand {
    pub(crate) fn new() -> Self {
        let mut village = Village::new();
        village.lan.notes(record(1), &[("head_name", "Vừ Thị Lan")]);
        village.pao.notes(record(2), &[("head_name", "Lò Văn Páo")]);
        village
            .hub
            .meets_all(&mut [&mut village.lan, &mut village.pao]);
        let lan = village.lan.copy.shelf.backup();
        let pao = village.pao.copy.shelf.backup();
        let hub = village.hub.copy.shelf.backup();
        Self {
            village,
            lan,
            pao,
            hub,
        }
    }

    /// Everything as it was.
    pub(crate) fn begins_again(&mut self) {
        self.village.lan.is_restored(self.lan.clone());
        self.village.pao.is_restored(self.pao.clone());
        let authority = self.village.hub.authority.clone();
        let copy = Replica::open(self.hub.clone(), authority.hub(), Some(authority), None);
        self.village.hub.copy = copy.unwrap();
    }

    /// What the door says; `ok` where bytes were taken, or said nothing.
    pub(crate) fn offers(&mut self, door: Door, bytes: &[u8]) -> String {
        let bad = |code: &'static str| code.to_owned();
        match door {
            Door::Change => read(bytes).map_or_else(|e| bad(e.code), |_| "ok".into()),
            Door::Entry => self.entry(bytes, 40),
            Door::Beside => self.entry(bytes, 2),
            Door::Pack => match decode::<Pack>(bytes) {
                Ok(pack) => self.pack(&pack),
                Err(e) => bad(e.code),
            },
            Door::Body => {
                let header = self.village.pao.next_header();
                let (good, _) = self.village.pao.forges(header, &[]);
                let body = bytes.to_vec();
                self.pack(&Pack { body, ..good })
            }
            Door::Ruling => self.ruling(bytes),
            Door::Statement => {
                let authority = &self.village.hub.authority;
                let sig = authority.sign(toso_sync::key::Purpose::Ruling, bytes);
                let signed = toso_sync::ruling::Signed {
                    statement: bytes.to_vec(),
                    by: authority.hub(),
                    sig,
                };
                self.ruling(&encode(&signed))
            }
            Door::Ask => self.ask(bytes),
            Door::Signed => {
                let book = self.village.lan.copy.book();
                let told = read_tell(|key| book.trusts(key), b"ask", bytes);
                told.map_or_else(|e| bad(e.code), |_| "ok".into())
            }
            Door::Tell => self.tell(bytes),
            Door::File => {
                let lan = &mut self.village.lan;
                let told = import(&mut lan.copy, &|_, _| true, &mut &bytes[..], lan.clock);
                match told {
                    Err(e) => bad(e.code),
                    Ok(told) if !told.whole => "cut".into(),
                    Ok(told) => told
                        .not_taken
                        .into_keys()
                        .next()
                        .unwrap_or_else(|| "ok".into()),
                }
            }
            Door::Qr => {
                let text = String::from_utf8_lossy(bytes);
                Invitation::read(&text).map_or_else(|e| bad(e.code), |_| "ok".into())
            }
            Door::Scan => scan(&String::from_utf8_lossy(bytes)),
            Door::Code => {
                let text = String::from_utf8_lossy(bytes);
                Code::parse(&text).map_or_else(|| bad("code_wrong"), |_| "ok".into())
            }
            Door::Greeting => greeting(bytes),
        }
    }

    /// A change by Páo, in the next pack of his log, to a record.
    fn entry(&mut self, raw: &[u8], n: u8) -> String {
        let Some(hash) = toso_domain::crdt::hash_of(raw) else {
            return "bad_body".into();
        };
        let header = self.village.pao.next_header();
        let mut one = entry(record(n), "household", raw.to_vec());
        one.hash = hash;
        let (pack, head) = self.village.pao.forges(header, &[one]);
        match &*self.pack(&pack) {
            "ok" => {}
            code => return code.to_owned(),
        }
        let (verdict, why) = verdicts(&self.village.lan.copy, &head).remove(0);
        if verdict == Verdict::Accepted {
            // What is accepted loads again, as it was.
            let held = self.village.lan.copy.document(team(), record(n));
            let held = held.unwrap().expect("accepted and there");
            let loaded = Document::load(&held.save()).unwrap();
            assert_eq!(loaded.state_hash(), held.state_hash());
            return "ok".into();
        }
        why
    }

    fn pack(&mut self, pack: &Pack) -> String {
        let outcome = gives(&mut self.village.lan.copy, pack, Mode::Counting);
        outcome.code().unwrap_or("ok").to_owned()
    }

    fn ruling(&mut self, bytes: &[u8]) -> String {
        let told = self
            .village
            .lan
            .copy
            .take_rulings(&[bytes.to_vec()])
            .unwrap();
        told.refused
            .first()
            .map_or_else(|| "ok".into(), |code| (*code).to_owned())
    }

    fn ask(&mut self, bytes: &[u8]) -> String {
        let Village { hub, pao, .. } = &mut self.village;
        let ask: Ask = match read_ask(bytes) {
            Ok(ask) => ask,
            Err(e) => return e.code.to_owned(),
        };
        let device = pao.secret.device();
        let told = hub.copy.answer(&device, &ask, hub.epoch, hub.clock);
        let told = told.unwrap();
        let not = told.spaces.iter().find_map(|part| part.not_taken.first());
        let closed = told
            .spaces
            .iter()
            .find(|part| !matches!(&*part.state, "open" | "level"));
        match (not, closed) {
            (Some(not), _) => not.code.clone(),
            (None, Some(part)) => part.state.clone(),
            (None, None) => "ok".into(),
        }
    }

    fn tell(&mut self, bytes: &[u8]) -> String {
        let Village { hub, lan, .. } = &mut self.village;
        let mut session =
            Session::start(&mut lan.copy, &[team()], lan.clock, &mut lan.dice).unwrap();
        let ask = encode(&session.ask(&mut lan.copy).unwrap());
        let Ok(tell) = decode::<Tell>(bytes) else {
            return "not_a_hub".into();
        };
        let answer = sign_tell(&hub.authority, &ask, &tell);
        let mut tell = match read_tell(|key| lan.copy.book().trusts(key), &ask, &answer) {
            Ok(tell) => tell,
            Err(e) => return e.code.to_owned(),
        };
        while session
            .take_some(&mut lan.copy, &mut tell, lan.clock, &|| true)
            .unwrap()
        {}
        session
            .take(&mut lan.copy, &tell, lan.clock, &mut lan.dice)
            .unwrap();
        // And what it would say next.
        session.ask(&mut lan.copy).unwrap();
        let unfit = session.progress.unfit.values().next();
        unfit.cloned().unwrap_or_else(|| "ok".into())
    }
}

/// All that may be asked before a session stands, one after the other.
/// What a form would take of it; a card or an account that shows itself by `Debug` is a bug.
fn scan(text: &str) -> String {
    use toso_domain::qr::{Kind, address, card, kind, receipt, vietqr};
    if let Some(card) = card::read(text) {
        assert_eq!(format!("{card:?} {:?}", card.number), "Card(…) IdNumber(…)");
        assert!(card.name.chars().count() <= 80);
    }
    if let Ok(code) = vietqr::read(text) {
        assert_eq!(format!("{code:?}"), "VietQr(…)");
    }
    drop((receipt::read(text), address::read(text)));
    match kind(text) {
        Kind::Invitation | Kind::Other => "other_qr".to_owned(),
        _ => "ok".to_owned(),
    }
}

fn greeting(bytes: &[u8]) -> String {
    let mut said = "malformed".to_owned();
    let mut note = |told: Result<(), &'static str>| said = told.err().unwrap_or("ok").to_owned();
    let code = Code::parse("ABC-DEFGH-JKMNP").unwrap();
    if let Ok(ask) = decode::<EnrolAsk>(bytes) {
        note(ask.check(&code.secret(), &[0; 32]).map_err(|e| e.code));
    }
    if let Ok(ask) = decode::<StateAsk>(bytes) {
        note(ask.check().map_err(|e| e.code));
    }
    let authority = toso_sync::key::Secret::from_bytes(&[1; 32]).hub();
    if let Ok(ask) = decode::<TokenAsk>(bytes) {
        note(ask.check(&authority).map(drop).map_err(|e| e.code));
    }
    if let Ok(open) = decode::<OpenAsk>(bytes) {
        note(open.token.check(&authority).map(drop).map_err(|e| e.code));
    }
    if ErrorTell::read(bytes).is_some() {
        note(Ok(()));
    }
    said
}

/// The gate alone, on a record with a history: whatever passes it can be applied and loads again.
pub(crate) fn gate(on: &Document, actor: toso_domain::crdt::Actor, raw: &[u8]) -> String {
    let Some(hash) = toso_domain::crdt::hash_of(raw) else {
        return "bad_body".into();
    };
    let history = History::from_document(on);
    let expect = Expect {
        actor,
        kind: "household",
        hash,
        may_write: true,
    };
    match check(&history, &|_| true, history.next_seq(&actor), raw, &expect) {
        Err(e) => e.code.to_owned(),
        Ok(_) => {
            let mut copy = on.clone();
            if let Err(e) = copy.apply(raw) {
                return format!("passed, and then {}", e.code);
            }
            let loaded = Document::load(&copy.save()).unwrap();
            assert_eq!(loaded.state_hash(), copy.state_hash());
            "ok".into()
        }
    }
}

/// What one offer may take of time, beside a machine that others use too.
pub(crate) const LONGEST: Duration = Duration::from_secs(1);

/// An offer with its answer, its time and the most that was held for it. What took long is told by the processor time this
/// process had meanwhile, at most the time that passed: waiting for a processor on a busy machine is no slowness of ours.
pub(crate) fn measured<T>(work: impl FnOnce() -> T) -> (T, Duration, usize) {
    let (began, had) = (Instant::now(), processor());
    let (out, grown) = weighed(work);
    let mut took = began.elapsed();
    if let (true, Some(had), Some(has)) = (took > LONGEST, had, processor()) {
        took = took.min(has.saturating_sub(had));
    }
    (out, took, grown)
}

/// Ticks of processor time a second in `/proc`, the same on every Linux that Rust knows.
const TICKS: u64 = 100;

/// Processor time this process has had, to 10 ms; none where there is no `/proc`.
pub(crate) fn processor() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the program's name in brackets, and may hold anything; user and system time are 14 and 15.
    let (_, after) = told.rsplit_once(')')?;
    let mut times = after.split_whitespace().skip(11).take(2);
    let mut next = || times.next()?.parse::<u64>().ok();
    Some(Duration::from_millis((next()? + next()?) * (1_000 / TICKS)))
}

/// The library's panics are caught and answered; they need not be told here.
pub(crate) fn quiet() {
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let library = |file: &str| file.contains("automerge") || file.contains("hexane");
        if !info.location().is_some_and(|at| library(at.file())) {
            loud(info);
        }
    }));
}
