//! A real hub over HTTP on port 0 and three devices: the office, an honest member with the whole app on real files, and a
//! member's phone in wrong hands, whose key is real and whose packs are made by hand.

use crate::thief::Thief;
use crate::wire::{Answer, post};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use toso_app::clock::{Clock, SystemRandom};
use toso_app::http::HttpLink;
use toso_app::{App, CallError, Parts, call};
use toso_domain::id::SpaceId;
use toso_hub::{Hub, Listen, Running};
use toso_sync::client::Run;
use toso_sync::message::{SpaceTell, read_tell};
use toso_sync::pack::{Pack, encode};
use toso_sync::session::Progress;
use toso_tests::quick::QUICK;
use toso_tests::village::team;

/// 1 November 2026.
pub(crate) const START: i64 = 1_793_500_000_000;
pub(crate) const PIN: &str = "135790";

/// What is counted is counted for the whole process: one commune at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// The time of hub and devices.
#[derive(Clone)]
pub(crate) struct Time(pub(crate) Arc<AtomicI64>);

impl Clock for Time {
    fn now(&self) -> i64 {
        self.0.load(SeqCst)
    }

    fn steady(&self) -> i64 {
        self.0.load(SeqCst)
    }
}

/// Everything.
pub(crate) struct Commune {
    pub(crate) time: Time,
    pub(crate) url: String,
    pub(crate) staff_code: String,
    pub(crate) hub: Option<Hub>,
    pub(crate) runtime: tokio::runtime::Runtime,
    pub(crate) office: App,
    pub(crate) honest: App,
    pub(crate) thief: Thief,
    running: Option<Running>,
    folder: tempfile::TempDir,
    _alone: MutexGuard<'static, ()>,
}

impl Commune {
    pub(crate) fn new() -> Self {
        Self::listening(Listen::default(), None)
    }

    /// The honest phone reaches the hub by `way`, when one is given: somebody between them.
    pub(crate) fn listening(listen: Listen, way: Option<&dyn Fn(&str) -> String>) -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        let time = Time(Arc::new(AtomicI64::new(START)));
        let data = folder.path().join("hub");
        let made = toso_hub::init::init(&data, "Xã Mường Lống", None, &clock(&time)).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let hub = Hub::open(&data, clock(&time)).unwrap();
        let running = runtime
            .block_on(toso_hub::serve(hub.clone(), listen))
            .unwrap();
        let url = running.url.clone();
        let office = app(folder.path(), "Hoa", &time);
        begin(&office, &hub, &url, &made.staff_code);
        let (invitation, honest) = (
            invite(&office, "Vừ A Páo"),
            app(folder.path(), "Páo", &time),
        );
        let by = way.map_or_else(|| url.clone(), |way| way(&url));
        let asked = done(&honest, "enrol.start", enrolment(&by, &invitation, PIN));
        approve(&office, &asked["device_id"], &asked["check_number"]);
        done(&honest, "enrol.state", json!({}));
        let thief = Thief::comes_in(&runtime, &office, &url);
        done(&honest, "sync.run", json!({}));
        let mut commune = Self {
            time,
            url,
            staff_code: made.staff_code,
            hub: Some(hub),
            runtime,
            office,
            honest,
            thief,
            running: Some(running),
            folder,
            _alone: alone,
        };
        commune.thief_syncs();
        commune
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("hub")
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn pass(&self, millis: i64) {
        self.time.0.fetch_add(millis, SeqCst);
    }

    /// The hub's process ends in good order.
    pub(crate) fn stop(&mut self) {
        self.hub = None;
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop()).unwrap();
        }
    }

    /// Serves what is in the folder at the address devices know.
    pub(crate) fn start(&mut self) -> Result<(), &'static str> {
        let hub = Hub::open(&self.data(), clock(&self.time)).map_err(|e| e.code)?;
        let listen = Listen {
            address: self.url.strip_prefix("http://").unwrap().parse().unwrap(),
            ..Listen::default()
        };
        let serving = toso_hub::serve(hub.clone(), listen);
        self.running = Some(self.runtime.block_on(serving).unwrap());
        self.hub = Some(hub);
        Ok(())
    }

    /// The honest phone writes, exchanges, and the office has it: work goes on.
    #[track_caller]
    pub(crate) fn goes_on(&self) {
        let id = write(&self.honest, "Lầu Bá Đủa");
        let told = done(&self.honest, "sync.run", json!({}));
        assert_eq!(told["waiting"], 0, "{told}");
        let kept = done(&self.honest, "record.get", json!({ "id": id }));
        assert_eq!(kept["sync"], "kept");
        done(&self.office, "sync.run", json!({}));
        let there = done(&self.office, "record.get", json!({ "id": id }));
        assert_eq!(there["fields"], kept["fields"]);
    }

    /// One honest exchange of the phone in wrong hands.
    pub(crate) fn thief_syncs(&mut self) -> Progress {
        let now = self.time.now();
        let thief = &mut self.thief;
        thief.person.clock = now;
        let mut token = None;
        let mut run = Run {
            secret: &thief.person.secret,
            now: &|| now,
            random: &mut thief.person.dice,
            on_progress: &mut |_, _, _| {},
            cancelled: &|| false,
        };
        let copy = &mut thief.person.copy;
        let spaces = [team()];
        let done = thief.line.exchange(&mut token, copy, &spaces, &mut run);
        self.runtime.block_on(done).unwrap().progress
    }

    /// Packs given to the hub past every check of the giver's; what the hub says of the team's space.
    #[track_caller]
    pub(crate) fn gives(&mut self, packs: &[Pack], tray: &[Pack]) -> SpaceTell {
        let (sent, answer) = self.asks(team(), packs, tray);
        assert_eq!(answer.status, 200, "{}", answer.code());
        let book = self.thief.person.copy.book();
        let tell = read_tell(|key| book.trusts(key), &sent, &answer.body).unwrap();
        tell.spaces.into_iter().next().unwrap()
    }

    /// One request with these packs, counted.
    #[track_caller]
    pub(crate) fn asks(
        &mut self,
        space: SpaceId,
        packs: &[Pack],
        tray: &[Pack],
    ) -> (Vec<u8>, Answer) {
        let sent = encode(&self.thief.ask(space, packs, tray));
        let answer = crate::frugal_all(|| self.posts("/v1/sync", &sent));
        (sent, answer)
    }

    /// The state of one document of the team at the hub.
    pub(crate) fn document(&self, id: toso_domain::id::RecordId) -> Option<[u8; 32]> {
        crate::state::of_document(&self.data(), id)
    }

    /// A request in the name of the phone in wrong hands.
    pub(crate) fn posts(&self, path: &str, body: &[u8]) -> Answer {
        post(&self.url, path, Some(&self.thief.token), body)
    }

    /// Opens another session.
    pub(crate) fn reopens(&mut self) {
        let Thief {
            person,
            certificate,
            line,
            token,
        } = &mut self.thief;
        let opened = line.open_session(&person.secret, certificate);
        *token = self.runtime.block_on(opened).unwrap().token.bearer();
    }
}

impl Drop for Commune {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.stop();
        }
    }
}

fn clock(time: &Time) -> toso_hub::clock::Clock {
    let time = time.clone();
    Arc::new(move || time.now())
}

/// The app of a person, on real files.
pub(crate) fn app(folder: &Path, name: &str, time: &Time) -> App {
    App::new(Parts {
        folder: folder.join(name),
        clock: Box::new(time.clone()),
        random: Box::new(SystemRandom),
        link: Box::new(HttpLink::new().unwrap()),
        keys: None,
        phone: None,
        machine: name.to_owned(),
        cost: QUICK,
    })
}

/// Staff come in and lay out the commune and its team.
fn begin(office: &App, hub: &Hub, url: &str, code: &str) {
    let told = done(
        office,
        "enrol.start",
        enrolment(url, code, "mat khau van phong"),
    );
    assert_eq!(told["state"], "active");
    let commune = hub.commune();
    done(
        office,
        "record.create",
        json!({ "space": commune, "kind": "unit", "id": commune,
            "fields": { "name": "Xã Mường Lống", "unit_kind": "xa" } }),
    );
    done(
        office,
        "record.create",
        json!({ "space": commune, "kind": "team", "id": team(),
            "fields": { "name": "Tổ Huồi Tụ", "team_kind": "cap_thon", "unit": commune } }),
    );
    done(office, "sync.run", json!({}));
}

pub(crate) fn invite(office: &App, name: &str) -> String {
    let spaces = done(office, "space.list", json!({}));
    let commune = spaces
        .as_array()
        .unwrap()
        .iter()
        .find(|s| s["id"] != json!(team()));
    let made = done(
        office,
        "record.create",
        json!({ "space": commune.unwrap()["id"], "kind": "member", "fields": { "full_name": name } }),
    );
    let invited = done(
        office,
        "member.invite",
        json!({ "member": made["id"], "roles": ["member"], "teams": [team()] }),
    );
    invited["code"].as_str().unwrap().to_owned()
}

pub(crate) fn approve(office: &App, device: &Value, number: &Value) {
    let input = json!({ "device": device, "check_number": number });
    done(office, "device.approve", input);
}

pub(crate) fn enrolment(url: &str, code: &str, pin: &str) -> Value {
    json!({ "url": url, "code": code, "name": "Máy", "pin": pin })
}

/// A new household in the team's space.
pub(crate) fn write(app: &App, head: &str) -> String {
    let fields = json!({ "head_name": head, "cluster": "Huồi Tụ", "consent": "dong_y" });
    let input = json!({ "space": team(), "kind": "household", "fields": fields });
    done(app, "record.create", input)["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[track_caller]
pub(crate) fn done(app: &App, name: &str, input: Value) -> Value {
    call(app, name, input).unwrap_or_else(|e| panic!("{name}: {e} {:?}", e.detail))
}

/// A call that must be refused, with words that say what to do.
#[track_caller]
pub(crate) fn refused(app: &App, name: &str, input: Value) -> CallError {
    match call(app, name, input) {
        Ok(told) => panic!("{name} was done: {told}"),
        Err(error) => {
            assert!(!error.message.is_empty() && !error.hint.is_empty());
            error
        }
    }
}
