//! A hub, an office on a good line, Lan on a bad one and Páo on a good one; and what Lan has saved, remembered outside.

use crate::proxy::Proxy;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use toso_app::clock::{Clock, SystemClock, SystemRandom};
use toso_app::http::HttpLink;
use toso_app::link::{Caller, Enrolled, Invited, Link};
use toso_app::{App, CallError, Called, Parts, call};
use toso_hub::{Hub, Running};
use toso_sync::key::Secret;
use toso_tests::quick::QUICK;
use toso_tests::quick::unhurried;
use toso_tests::sim::random::Dice;

const WORDS: &str = "mat khau that dai";

/// The real line, taken up anew when a test wants the session to be opened again.
#[derive(Clone)]
pub struct Again(Arc<Mutex<Arc<HttpLink>>>);

impl Again {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Arc::new(HttpLink::new().unwrap()))))
    }

    pub fn anew(&self) {
        *self.0.lock().unwrap() = Arc::new(HttpLink::new().unwrap());
    }

    fn now(&self) -> Arc<HttpLink> {
        Arc::clone(&self.0.lock().unwrap())
    }
}

impl Link for Again {
    fn enrol(&self, to: &Invited, name: &str, secret: &Secret) -> Called<Enrolled> {
        self.now().enrol(to, name, secret)
    }

    fn enrol_state(&self, caller: &Caller) -> Called<Vec<Vec<u8>>> {
        self.now().enrol_state(caller)
    }

    fn successions(&self, caller: &Caller) -> Called<Vec<Vec<u8>>> {
        self.now().successions(caller)
    }

    fn exchange(&self, caller: &Caller, ask: &[u8], stopped: &dyn Fn() -> bool) -> Called<Vec<u8>> {
        self.now().exchange(caller, ask, stopped)
    }

    fn file(&self, caller: &Caller, ask: &[u8], stopped: &dyn Fn() -> bool) -> Called<Vec<u8>> {
        self.now().file(caller, ask, stopped)
    }

    fn staff(&self, caller: &Caller, call: &str, input: &Value) -> Called<Value> {
        self.now().staff(caller, call, input)
    }
}

pub struct Person {
    pub app: App,
    pub link: Again,
}

impl Person {
    pub fn new(folder: &Path) -> Self {
        let link = Again::new();
        let app = App::new(Parts {
            folder: folder.to_owned(),
            clock: Box::new(SystemClock),
            random: Box::new(SystemRandom),
            link: Box::new(link.clone()),
            keys: None,
            phone: None,
            machine: "chaos".to_owned(),
            cost: QUICK,
        });
        Self { app, link }
    }

    pub fn call(&self, name: &str, input: Value) -> Result<Value, CallError> {
        call(&self.app, name, input)
    }

    #[track_caller]
    pub fn done(&self, name: &str, input: Value) -> Value {
        self.call(name, input)
            .unwrap_or_else(|e| panic!("{name}: {e} {:?}", e.detail))
    }
}

pub struct Stand {
    pub proxy: Proxy,
    pub office: Person,
    pub lan: Person,
    pub pao: Person,
    pub team: String,
    pub commune: String,
    /// Note by id of what Lan was told is saved.
    pub saved: BTreeMap<String, String>,
    pub folder: tempfile::TempDir,
    pub hub: Hub,
    _serving: Running,
    _runtime: tokio::runtime::Runtime,
}

impl Stand {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let data = folder.path().join("hub");
        let clock: toso_hub::clock::Clock = Arc::new(|| SystemClock.now());
        let made = toso_hub::init::init(&data, "Xã Mường Lống", None, &clock).unwrap();
        let hub = Hub::open(&data, clock).unwrap();
        let commune = hub.commune().to_string();
        let serving = runtime
            .block_on(toso_hub::serve(hub.clone(), unhurried()))
            .unwrap();
        let proxy = Proxy::before(&serving.url);
        let person = |name: &str| Person::new(&folder.path().join(name));
        let office = person("office");
        let input =
            json!({ "url": serving.url, "code": made.staff_code, "name": "Máy", "pin": WORDS });
        office.done("enrol.start", input);
        let create = |kind: &str, id: Option<&str>, fields: Value| {
            let input = json!({ "space": commune, "kind": kind, "id": id, "fields": fields });
            office.done("record.create", input)["id"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        create(
            "unit",
            Some(&commune),
            json!({ "name": "Xã Mường Lống", "unit_kind": "xa" }),
        );
        let team = create(
            "team",
            None,
            json!({ "name": "Tổ một", "team_kind": "cap_thon", "unit": commune }),
        );
        office.done("sync.run", json!({}));
        let (lan, pao) = (person("lan"), person("pao"));
        let mut stand = Self {
            office,
            lan,
            pao,
            team,
            commune,
            saved: BTreeMap::new(),
            folder,
            hub,
            _serving: serving,
            _runtime: runtime,
            proxy,
        };
        let (bad, good) = (stand.proxy.url.clone(), stand._serving.url.clone());
        for (who, url) in [(&stand.lan, bad), (&stand.pao, good)] {
            let asked = who.done("enrol.start", stand.invitation(&url));
            stand.lets_in(who, &asked);
        }
        stand.saves(0);
        stand.settles();
        stand
    }

    /// What `enrol.start` is asked with, for one more device of the team.
    pub fn invitation(&self, url: &str) -> Value {
        let fields = json!({ "full_name": "Vừ A Páo" });
        let input = json!({ "space": self.commune, "kind": "member", "fields": fields });
        let member = self.office.done("record.create", input)["id"].clone();
        let input = json!({ "member": member, "roles": ["member"], "teams": [self.team] });
        let code = self.office.done("member.invite", input)["code"].clone();
        json!({ "url": url, "code": code, "name": "Máy", "pin": WORDS })
    }

    pub fn lets_in(&self, who: &Person, asked: &Value) {
        let input = json!({ "device": asked["device_id"], "check_number": asked["check_number"] });
        self.office.done("device.approve", input);
        who.done("enrol.state", json!({}));
        who.done("sync.run", json!({}));
    }

    /// Lan saves a visit.
    pub fn saves(&mut self, n: u64) {
        self.saves_note(format!("lượt {n}"));
    }

    /// Forty visits with notes that no packing makes short.
    pub fn saves_much(&mut self, n: u64) {
        for m in 0..40 {
            let mut dice = Dice::new(n * 100 + m);
            let letters = (0..400).map(|_| char::from(b'a' + dice.below(26) as u8));
            self.saves_note(letters.collect());
        }
    }

    fn saves_note(&mut self, note: String) {
        let fields = json!({ "day": "2026-11-20", "contact": "gap_chu_ho", "note": note });
        let input = json!({ "space": self.team, "kind": "visit", "fields": fields });
        let id = self.lan.done("record.create", input)["id"]
            .as_str()
            .unwrap()
            .to_owned();
        self.saved.insert(id, note);
    }

    /// On a good line Lan's next exchange completes, and nothing waits.
    pub fn completes(&self, place: &str) {
        let told = self.lan.call("sync.run", json!({}));
        let told =
            told.unwrap_or_else(|e| panic!("{place}: the next exchange: {e} {:?}", e.detail));
        assert_eq!(told["waiting"], 0, "{place}: {told}");
        assert_eq!(told["refused"], json!([]), "{place}: {told}");
    }

    /// Páo then has every record, once, as it was saved: how many there are.
    pub fn settles(&self) -> u64 {
        self.completes("at rest");
        self.pao.done("sync.run", json!({}));
        let input = json!({ "space": self.team, "kind": "visit", "limit": 1000 });
        let mut found = BTreeMap::new();
        let mut after = Value::Null;
        loop {
            let mut input = input.clone();
            input["after"] = after;
            let page = self.pao.done("record.list", input);
            for item in page["items"].as_array().unwrap() {
                let id = item["id"].as_str().unwrap().to_owned();
                let note = item["fields"]["note"].as_str().unwrap().to_owned();
                assert!(found.insert(id, note).is_none(), "listed twice");
            }
            after = page["next"].clone();
            if after.is_null() {
                break;
            }
        }
        let lost: Vec<_> = self
            .saved
            .iter()
            .filter(|(id, _)| !found.contains_key(*id))
            .collect();
        assert!(lost.is_empty(), "lost: {lost:?}");
        assert_eq!(found, self.saved, "more than was saved");
        found.len() as u64
    }

    /// Nothing was done twice: each field of each record was written once.
    pub fn nothing_is_doubled(&self) {
        for id in self.saved.keys() {
            let steps = self.pao.done("record.history", json!({ "id": id }));
            let steps = steps.as_array().unwrap().iter();
            let mut written: Vec<&str> =
                steps.map(|step| step["field"].as_str().unwrap()).collect();
            written.sort_unstable();
            assert_eq!(written, ["contact", "day", "note"], "{id}");
        }
        let space = self.team.parse().unwrap();
        let (lan, pao) = (self.lan.app.view_hash(space), self.pao.app.view_hash(space));
        assert_eq!(lan.unwrap(), pao.unwrap());
    }
}
